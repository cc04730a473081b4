"""Reads what a community wrote in TOML; whatever is wrong is said with the file, the place, and what to do."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

_STEP = re.compile(r"\.?(\w[\w-]*)(?:\[(\d+)\])?")
_Form = TypeVar("_Form")


class HandbookError(Exception):
    """A community's file cannot be used; each line of the message names the file, the place, and what to do."""


def read_toml(path: Path, form: type[_Form]) -> _Form:
    """What a TOML file holds, in the form asked for.

    Raises:
        HandbookError: it cannot be read, is no TOML, or has another form.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise HandbookError(f"{path}: it cannot be read ({error.strerror}). Put the file there.") from error
    except UnicodeDecodeError as error:
        raise HandbookError(f"{path}: byte {error.start + 1} is no UTF-8 text. Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise HandbookError(f"{path}: {error}. Mend that line: quotes, brackets and = must be whole.") from error
    try:
        return msgspec.convert(written, form)
    except msgspec.ValidationError as error:
        raise HandbookError(f"{path}: {form_fault(error, written)}") from error


def refuse(path: Path, faults: Iterable[str]) -> None:
    """Say all that is wrong with a file, if anything is.

    Raises:
        HandbookError: there is a fault.
    """
    if said := "\n".join(f"{path}: {fault}" for fault in faults):
        raise HandbookError(said)


def form_fault(error: msgspec.ValidationError, written: Mapping[str, Any]) -> str:
    """A complaint about the file's form, with its place in the words of who wrote the file."""
    complaint, _, path = str(error).partition(" - at `$")
    if unknown := re.search(r"unknown field `([^`]+)`", complaint):
        said = f"“{unknown[1]}” is nothing this file has. Take it out, or look for the right name in the file's head."
    elif missing := re.search(r"missing required field `([^`]+)`", complaint):
        said = f"“{missing[1]}” is missing. Add it."
    else:
        said = f"{complaint[:1].lower()}{complaint[1:]}. Put that there instead."
    return f"{_place(path.rstrip('`'), written) or 'the file as a whole'}: {said}"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, as a question; empty when none is near."""
    near = get_close_matches(word, list(known), n=1)
    return f" (did you mean \"{near[0]}\"?)" if near else ""


def _place(path: str, written: Mapping[str, Any]) -> str:
    """``.stage[1].checkpoint[0].text`` as "stage “blueprint”, checkpoint “two-names”, text"."""
    here: Any = written
    words: list[str] = []
    for name, number in _STEP.findall(path):
        here = here.get(name) if isinstance(here, Mapping) else None
        if number:
            here = here[int(number)] if isinstance(here, list) else None
            key = here.get("key") if isinstance(here, Mapping) else None
            words.append(f"{name} “{key}”" if isinstance(key, str) else f"{name} {int(number) + 1}")
        else:
            words.append(name)
    return ", ".join(words)
