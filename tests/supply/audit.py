"""Known faults of what is locked, as PyPI's and npm's advisory services tell them. Run as a module.

Exits with 1 when one is known, and with 2 when a service could not be asked about everything: silence is no finding.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.supply.locks import ROOT, RUNNING, TESTING

PIP_AUDIT = "pip-audit==2.9.0"
SECONDS = 300
_BIN = Path(sys.executable).parent


class Told(NamedTuple):
    """What a service said of a lock: faults that are known, and why it was not asked about all (empty when it was)."""

    lock: str
    faults: list[str]
    not_asked: str = ""


def of_pip_audit(lock: str, output: str, errors: str) -> Told:
    """What pip-audit's JSON says. It counts what the service did not know as no fault; we do not."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Told(lock, [], errors.strip().splitlines()[-1] if errors.strip() else "pip-audit said nothing")
    skipped = [one["skip_reason"] for one in packages if "skip_reason" in one]
    faults = [f"{one['name']} {one['version']}: {fault['id']}" for one in packages for fault in one.get("vulns", ())]
    reason = f"{len(skipped)} of {len(packages)} packages, the first: {skipped[0]}" if skipped else ""
    return Told(lock, faults, reason if packages else "pip-audit found no packages")


def of_npm_audit(lock: str, output: str) -> Told:
    """What npm's JSON says."""
    try:
        said: dict[str, Any] = json.loads(output)
    except ValueError:
        return Told(lock, [], "npm said nothing that can be read")
    if "vulnerabilities" not in said:
        return Told(lock, [], str(said.get("message") or said.get("error") or "npm's answer holds no findings"))
    return Told(lock, [f"{name}: {one['severity']}" for name, one in said["vulnerabilities"].items()])


def ask_pypi(lock: str) -> Told:
    """Ask about a lock for pip, by pip-audit in an environment of its own."""
    arguments = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = _run([_BIN / "uv", "tool", "run", "--quiet", PIP_AUDIT, "-r", ROOT / lock, *arguments], ROOT)
    return of_pip_audit(lock, done.stdout, done.stderr)


def ask_npm(folder: str) -> Told:
    """Ask about a lock for npm."""
    lock = str(Path(folder) / "package-lock.json")
    npm = shutil.which("npm", path=os.pathsep.join((os.environ.get("PATH", ""), str(_BIN))))
    if npm is None:
        return Told(lock, [], "there is no npm")
    return of_npm_audit(lock, _run([npm, "audit", "--json", "--package-lock-only"], ROOT / folder).stdout)


def _run(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(_BIN), os.environ.get("PATH", "")))
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, timeout=SECONDS, capture_output=True, text=True,
        check=False,
    )


def told_in_words(told: Told) -> list[str]:
    """The lines for whoever asked."""
    lines = [f"{told.lock}: {fault}" for fault in told.faults]
    if told.not_asked:
        lines.append(f"{told.lock}: NOT AUDITED. The advisory service could not be asked: {told.not_asked}")
    return lines or [f"{told.lock}: no known fault"]


def main() -> int:
    """Ask about every lock and say what is known."""
    all_told = [*map(ask_pypi, (RUNNING, TESTING)), *map(ask_npm, ("", "tests/judges"))]
    for told in all_told:
        print(*told_in_words(told), sep="\n")  # noqa: T201
    if any(told.faults for told in all_told):
        return 1
    return 2 if any(told.not_asked for told in all_told) else 0


if __name__ == "__main__":
    sys.exit(main())
