"""The published record in a folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from registry.publishing.rules import SOURCE, Collection, PublishedRecord, facts_in


class FolderReport(msgspec.Struct, frozen=True):
    """How many files a run wrote, left as they were, and removed."""

    written: int
    unchanged: int
    removed: int


async def write_folder(folder: Path, records: AsyncIterator[PublishedRecord], *, base_url: str) -> FolderReport:
    """Write the files of records; a file that is the same already is not touched.

    A file of ours whose record the public may no longer see, or that has another name now, is removed; files that
    somebody else put there are left alone.
    """
    kept: set[Path] = set()
    written = 0
    async for record in records:
        for file in record.files:
            path = folder / file.path
            kept.add(path)
            content = file.text.encode()
            if path.is_file() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            written += 1
    removed = [path for path in _ours(folder, base_url) if path not in kept]
    for path in removed:
        path.unlink()
    return FolderReport(written, len(kept) - written, len(removed))


def _ours(folder: Path, base_url: str) -> list[Path]:
    found = []
    for collection in Collection:
        for path in sorted((folder / collection).glob("*.md")):
            source = facts_in(path.read_text(encoding="utf-8", errors="replace")).get(SOURCE)
            if isinstance(source, str) and source.startswith(f"{base_url}/{collection}/"):
                found.append(path)
    return found
