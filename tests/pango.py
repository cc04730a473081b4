"""Find the system's libraries that PDFs need, or install Debian's when root. Run as a module before the tests."""

import os
import shutil
import subprocess
import sys

from registry.web.paper import HOW_TO_INSTALL, missing_libraries

DEBIAN = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


def main() -> int:
    """Make sure that PDFs can be made, or say what to do: the tests of PDFs are skipped then, and say so."""
    if not missing_libraries():
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"PDFs are not tested: {missing_libraries()} are missing. {HOW_TO_INSTALL}", file=sys.stderr)  # noqa: T201
        return 0
    try:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN], check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"PDFs are not tested: {error}. {HOW_TO_INSTALL}", file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
