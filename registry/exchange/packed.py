"""Packed files (ZIP) from outside, unpacked into a folder of ours once nothing in them can do harm."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from registry.exchange.problems import UnreadableSource

MOST_FILES = 500
LARGEST_UNPACKED = 64 * 1024**2
"""Bytes of all files together."""
MOST_PACKED = 200
"""How many times smaller a file may be packed; only what was made to burst is packed tighter."""
SMALL = 1024**2
_AT_ONCE = 64 * 1024


def unpack(file: Path, folder: Path) -> None:
    """Unpack a ZIP file into an empty folder; what a system adds by itself (``__MACOSX``, ``.DS_Store``) is left out.

    Raises:
        UnreadableSource: no ZIP file, cut, encrypted, with too much in it, or with a name that leads elsewhere.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            parts = [part for part in packed.infolist() if not part.is_dir()]
            _refuse_harm(file.name, parts)
            left = LARGEST_UNPACKED
            for part in parts:
                if not _is_added(part.filename):
                    left -= _unpack_one(packed, part, folder / part.filename, most=left)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        message = f"{file.name}: not a whole ZIP file ({error})"
        raise UnreadableSource(message) from error


def is_a_way_out(name: str) -> bool:
    """Whether a name in a packed file leads out of the folder it is unpacked into."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\x00" in name


def _refuse_harm(name: str, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MOST_FILES:
        raise UnreadableSource(f"{name}: it holds {len(parts)} files, and at most {MOST_FILES} are taken")
    if any(map(is_a_way_out, names)) or len(set(names)) < len(names):
        raise UnreadableSource(f"{name}: it holds a file whose name leads out of its folder, or two of one name")
    if any(stat.S_ISLNK(part.external_attr >> 16) for part in parts):
        raise UnreadableSource(f"{name}: it holds a link to another file")
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableSource(f"{name}: it is encrypted")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED or any(
        part.file_size > SMALL and part.file_size > part.compress_size * MOST_PACKED for part in parts
    ):
        raise UnreadableSource(f"{name}: it would unpack to more than {LARGEST_UNPACKED >> 20} MB")


def _unpack_one(packed: zipfile.ZipFile, part: zipfile.ZipInfo, to: Path, *, most: int) -> int:
    """Write one file; its length. What it says of its length is not believed."""
    to.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with packed.open(part) as source, to.open("xb") as target:
        while block := source.read(_AT_ONCE):
            written += len(block)
            if written > most:
                raise UnreadableSource(f"{part.filename}: it unpacks to more than it says")
            target.write(block)
    return written


def _is_added(name: str) -> bool:
    return any(step.startswith((".", "__MACOSX")) for step in PurePosixPath(name).parts)
