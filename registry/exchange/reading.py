"""Reading a source whole, whether it is a file, a folder, or either of them packed."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from registry.exchange.formats import FOLDERS, READERS, Format
from registry.exchange.matching import TableKind
from registry.exchange.packed import unpack
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.rows import AnyRow, Sourced
from registry.exchange.table import read_table

PACKED = ".zip"


def read_source(
    source: Format, path: Path, zone: ZoneInfo, problems: Problems, *, kind: TableKind | None = None,
    columns: Sequence[str] = (),
) -> list[Sourced[AnyRow]]:
    """All rows of a source; ``kind`` and ``columns`` are a table's, guessed where they are not given.

    Raises:
        UnreadableSource: the source as a whole cannot be read.
    """
    with TemporaryDirectory(prefix="keng-import-") as folder:
        if path.suffix.lower() == PACKED:
            unpack(path, Path(folder))
            path = inside(Path(folder), is_folder=source in FOLDERS)
        if source is Format.TABLE:
            return list(read_table(path, zone, problems, kind=kind, columns=columns))
        return list(READERS[source](path, zone, problems))


def inside(folder: Path, *, is_folder: bool) -> Path:
    """Where in an unpacked folder its files are: people pack the folder itself, or one file alone.

    Raises:
        UnreadableSource: one file is asked for, and there are several, or none.
    """
    found = sorted(folder.iterdir())
    if len(found) == 1 and found[0].is_dir():
        return inside(found[0], is_folder=is_folder)
    if is_folder:
        return folder
    if len(found) != 1:
        raise UnreadableSource(f"this format is one file, and {len(found)} are packed together")
    return found[0]
