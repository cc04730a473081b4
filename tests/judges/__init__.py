"""Judges from outside of what we write: packages of npm and PyPI that read our pages and formats as others would."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FROM_NPM = HERE / "node_modules"
_NODE = shutil.which("node", path=os.pathsep.join((os.environ.get("PATH", ""), str(Path(sys.executable).parent))))

needs_npm = pytest.mark.skipif(
    _NODE is None or not FROM_NPM.is_dir(), reason="needs what `make test` fetches from npm for tests/judges"
)


def judged(judge: str, documents: Mapping[str, str]) -> dict[str, list[Any]]:
    """What one of the judges of ``judge.mjs`` says of each document, by its name."""
    assert _NODE is not None
    asked = json.dumps({"judge": judge, "documents": dict(documents)})
    done = subprocess.run([_NODE, HERE / "judge.mjs"], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, list[Any]] = json.loads(done.stdout)
    return said


def run_from_pypi(package: str, program: str, *arguments: str | Path, python: bool = True) -> str:
    """Run a program with a package from PyPI in an environment of its own; its output. Skips where there is no index.

    ``program`` is Python unless ``python`` is false: then it is a command of the package.
    """
    uv = Path(sys.executable).parent / "uv"
    alone = [str(uv), "run", "--quiet", "--no-project", "--isolated", "--with", package]
    there = subprocess.run([*alone, "python", "-c", ""], capture_output=True, text=True, check=False)
    if there.returncode:
        pytest.skip(f"{package} cannot be had from PyPI here: {there.stderr.strip().splitlines()[-1:]}")
    command = ["python", "-c", program] if python else [program]
    done = subprocess.run([*alone, *command, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
