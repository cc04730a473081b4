"""The folder that an edition is written into: an empty one, or one with an older edition of ours."""

from pathlib import Path, PurePosixPath

import msgspec

from registry.edition.rules import MARKER, Edition


class StrangeFolder(Exception):
    """There is something else in the folder; the message says what to do."""


class _Marker(msgspec.Struct, frozen=True):
    """What an edition says of itself, with every file of it."""

    static_edition_of: str
    live_at: str
    files: list[str]


class EditionFolder:
    """Writes files, remembers them, and at the end removes those of the older edition that are no more.

    What others put there (``CNAME``, a repository's ``.git``) stays when an older edition was there already.

    Raises:
        StrangeFolder: the folder holds something else than an edition.
    """

    def __init__(self, folder: Path, edition: Edition) -> None:
        self._folder, self._edition = folder, edition
        self._older = _files_of_older(folder)
        self._written: set[str] = set()
        self.bytes = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._mark(self._older)

    def write(self, file: str, content: bytes) -> None:
        """Write one file; ``file`` is its path in the folder."""
        path = self._folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._written.add(file)
        self.bytes += len(content)

    def finish(self) -> int:
        """Remove what was of the older edition only; how many files there are now."""
        for file in self._older - self._written:
            (self._folder / file).unlink(missing_ok=True)
        self._mark(self._written)
        return len(self._written)

    def _mark(self, files: set[str]) -> None:
        marker = _Marker(self._edition.day.isoformat(), self._edition.live, sorted(files))
        (self._folder / MARKER).write_bytes(msgspec.json.format(msgspec.json.encode(marker), indent=1))


def _files_of_older(folder: Path) -> set[str]:
    if folder.exists() and not folder.is_dir():
        raise StrangeFolder(f"{folder} is a file. Name a folder.")
    names = [path.name for path in folder.iterdir() if path.name != ".git"] if folder.exists() else []
    if not names:
        return set()
    try:
        marker = msgspec.json.decode((folder / MARKER).read_bytes(), type=_Marker)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        raise StrangeFolder(
            f"{folder} is not empty and holds no older static edition. Name an empty folder, or one that is not there."
        ) from error
    return {file for file in marker.files if _is_below(file)}


def _is_below(file: str) -> bool:
    path = PurePosixPath(file)
    return not path.is_absolute() and ".." not in path.parts
