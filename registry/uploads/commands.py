"""Keeping a file, looking it through without changing anything, and importing it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.errors import BadInput, Conflict, NotFound
from registry.exchange.fields.text import clean_line
from registry.exchange.formats import Format
from registry.exchange.loading.load import Loaded, load
from registry.exchange.matching import (
    TableKind,
    field_keys,
    guess_columns,
    guess_kind,
    is_repeatable,
    tells_something,
)
from registry.exchange.packed import unpack
from registry.exchange.problems import Problems, UnreadableSource
from registry.exchange.reading import PACKED, inside, read_source
from registry.exchange.recognising import recognise
from registry.exchange.rows import AnyRow, Sourced
from registry.exchange.table import headings_of, sampled_cells
from registry.ports import Workplace
from registry.search.commands import refresh
from registry.uploads.models import Upload
from registry.uploads.reporting import report_of
from registry.uploads.rules import MOST_KEPT, MOST_ROWS, SAMPLED, Report, Sampled
from registry.web.i18n import gettext as _

_LONGEST_NAME = 200
"""Bytes."""


class Matched(msgspec.Struct, frozen=True):
    """How a file is read: its format, and of a table what its lines tell of and which field each column is."""

    source: Format | None
    kind: TableKind | None = None
    columns: tuple[str, ...] = ()


class Read(msgspec.Struct, frozen=True):
    """What was read out of a file."""

    matched: Matched
    problems: Problems
    rows: list[Sourced[AnyRow]] = []
    columns: tuple[Sampled, ...] = ()
    unreadable: str = ""


async def keep_upload(
    session: AsyncSession, *, name: str, content: bytes, by: Actor, now: datetime, timezone: str
) -> int:
    """Keep a file for a day and look it through; its number.

    Raises:
        BadInput: there is no file, or it is packed in a way that could do harm. It is not kept.
        Conflict: the person has as many files here as are kept.
    """
    name = _plain_name(name)
    if not content:
        raise BadInput(_("Choose a file that is not empty."))
    kept = await session.scalar(select(func.count()).select_from(Upload).where(Upload.person_id == by.person_id))
    if (kept or 0) >= MOST_KEPT:
        raise Conflict(_("You have %(num)s files here. Remove one first.") % {"num": MOST_KEPT})
    read = await asyncio.to_thread(_read, name, content, None, ZoneInfo(timezone))
    if name.lower().endswith(PACKED) and read.unreadable and read.matched.source is None:
        raise BadInput(read.unreadable)
    report = await _rehearsed(session, read, now=now, timezone=timezone)
    upload = Upload(
        person_id=by.person_id, name=name, content=content, uploaded_at=now, imported_at=None,
        report=msgspec.to_builtins(report), **_stored(read.matched),
    )
    session.add(upload)
    await session.flush()
    return upload.id


async def match_upload(
    session: AsyncSession, *, upload_id: int, source: str, kind: str, columns: Sequence[str], by: Actor, now: datetime,
    timezone: str,
) -> None:
    """Say of which format a file is and which field each column of a table is, and look it through again.

    Where another format or kind of table is named than before, its columns are guessed anew.

    Raises:
        NotFound: the file is not there any more.
        BadInput: a word that is not offered, a field given twice, or none that a line cannot be without.
    """
    upload = await _upload(session, upload_id, by)
    wanted = _checked(upload, source, kind, columns)
    read = await asyncio.to_thread(_read, upload.name, upload.content, wanted, ZoneInfo(timezone))
    report = await _rehearsed(session, read, now=now, timezone=timezone)
    await session.execute(
        update(Upload).where(Upload.id == upload_id)
        .values(report=msgspec.to_builtins(report), imported_at=None, **_stored(read.matched))
    )


async def import_upload(
    session: AsyncSession, *, upload_id: int, is_partial: bool, by: Actor, now: datetime, timezone: str
) -> None:
    """Take a file into the record: what is good of it, and with refused rows only when that is meant.

    Each record that is made or added to has an audit row, and so has the import itself.

    Raises:
        NotFound: the file is not there any more.
        BadInput: it cannot be read, holds nothing, or rows of it are refused and ``is_partial`` is not said.
    """
    upload = await _upload(session, upload_id, by)
    matched = Matched(
        Format(upload.source) if upload.source else None, TableKind(upload.table_kind) if upload.table_kind else None,
        tuple(upload.columns),
    )
    name = upload.name
    read = await asyncio.to_thread(_read, name, upload.content, matched, ZoneInfo(timezone))
    if read.unreadable or read.matched.source is None:
        raise BadInput(read.unreadable or _("Choose what is in this file first."))
    loaded = await _load(session, read, now=now, timezone=timezone)
    report = report_of(loaded, read.problems, read.rows, read.columns)
    if report.refused and not is_partial:
        raise BadInput(_("Rows are refused. Nothing was imported: mend them, or tick that the others are to be taken."))
    for one in loaded:
        await refresh(session, one.subject, one.touched)
    await session.execute(
        update(Upload).where(Upload.id == upload_id).values(report=msgspec.to_builtins(report), imported_at=now)
    )
    note_change(
        session, now=now, actor=by.label, action="imported", subject=Subject.PERSON, subject_id=by.person_id or 0,
        changes={
            "file": [None, name], "format": [None, read.matched.source.value],
            "new": [None, sum(one.new for one in report.counts)],
            "changed": [None, sum(one.changed for one in report.counts)], "refused": [None, report.refused],
        },
    )


async def drop_upload(session: AsyncSession, *, upload_id: int, by: Actor) -> None:
    """Remove a file before its day is over.

    Raises:
        NotFound: it is not there any more.
    """
    await _upload(session, upload_id, by)
    await session.execute(delete(Upload).where(Upload.id == upload_id))


async def forget_uploads(workplace: Workplace, now: datetime) -> None:
    """Job: remove files that were kept as long as the settings say. Writes only where there are such."""
    is_old = Upload.uploaded_at < now - timedelta(days=workplace.settings.uploads_kept_days)
    async with workplace.database.reading() as reader:
        if await reader.scalar(select(Upload.id).where(is_old).limit(1)) is None:
            return
    async with workplace.database.writing() as session:
        await session.execute(delete(Upload).where(is_old))


async def _upload(session: AsyncSession, upload_id: int, by: Actor) -> Upload:
    found = await session.scalar(
        select(Upload).where(Upload.id == upload_id, Upload.person_id == by.person_id).with_for_update()
    )
    if found is None:
        raise NotFound(no_such_upload())
    return found


def no_such_upload() -> str:
    """That a file is not there, and why that may be."""
    return _("There is no such file of yours. Files are removed after some time: upload it again.")


def _plain_name(name: str) -> str:
    """The last part of a file's name, as every file system takes it."""
    plain = clean_line(name).replace("\\", "/").rpartition("/")[2].lstrip(".")
    return plain.encode()[-_LONGEST_NAME:].decode(errors="ignore") or "file"


def _checked(upload: Upload, source: str, kind: str, columns: Sequence[str]) -> Matched:
    checks = Checks()
    if source not in set(Format):
        checks.wrong("source", _("Use one of the values that are offered."))
    if source == Format.TABLE and kind and kind not in set(TableKind):
        checks.wrong("kind", _("Use one of the values that are offered."))
    checks.done()
    if source != Format.TABLE:
        return Matched(Format(source))
    if (source, kind) != (upload.source, upload.table_kind):
        return Matched(Format.TABLE, TableKind(kind) if kind else None)
    known = field_keys(TableKind(kind))
    for place, key in enumerate(columns):
        if key and key not in known:
            checks.wrong(f"column-{place}", _("Use one of the values that are offered."))
        elif key and key in columns[:place] and not is_repeatable(TableKind(kind), key):
            checks.wrong(f"column-{place}", _("Another column is this already. Choose one of the two."))
    if not tells_something(TableKind(kind), columns):
        checks.wrong("column-0", _("No column holds the name. Choose the one that does: a line is nothing without it."))
    checks.done()
    return Matched(Format.TABLE, TableKind(kind), tuple(columns))


def _stored(matched: Matched) -> dict[str, str | list[str]]:
    return {
        "source": matched.source.value if matched.source else "",
        "table_kind": matched.kind.value if matched.kind else "", "columns": list(matched.columns),
    }


def _read(name: str, content: bytes, matched: Matched | None, zone: ZoneInfo) -> Read:
    """Read a file as it is matched, or as it looks; what cannot be read is said, not raised."""
    problems = Problems()
    matched = matched or Matched(None)
    columns: tuple[Sampled, ...] = ()
    with TemporaryDirectory(prefix="keng-upload-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            matched = _matched(path, Path(folder) / "unpacked", matched)
            if matched.source is None:
                return Read(matched, problems)
            if matched.source is Format.TABLE and not name.lower().endswith(PACKED):
                columns = tuple(Sampled(*one) for one in sampled_cells(path, most=SAMPLED))
            rows = read_source(matched.source, path, zone, problems, kind=matched.kind, columns=matched.columns)
        except UnreadableSource as error:
            reason = str(error).replace(f"{folder}/unpacked/", "").replace(f"{folder}/", "")
            return Read(matched, problems, columns=columns, unreadable=reason)
    if problems.rows_read > MOST_ROWS:
        return Read(matched, problems, columns=columns, unreadable=_(
            "This file has %(num)s rows, and this page takes %(most)s at once. Split it, or let whoever runs the site "
            "use `keng import`."
        ) % {"num": problems.rows_read, "most": MOST_ROWS})
    return Read(matched, problems, rows, columns)


def _matched(path: Path, unpacked: Path, matched: Matched) -> Matched:
    """How to read a file: as somebody said, and the rest as it looks."""
    is_packed = path.name.lower().endswith(PACKED)
    source = matched.source
    if source is None:
        if is_packed:
            unpacked.mkdir()
            unpack(path, unpacked)
        source = recognise(inside(unpacked, is_folder=True) if is_packed else path)
    if source is not Format.TABLE or is_packed or matched.columns:
        return Matched(source, matched.kind, matched.columns)
    headings = headings_of(path)
    kind = matched.kind or guess_kind(headings)
    return Matched(source, kind, tuple(guess_columns(kind, headings)))


async def _rehearsed(session: AsyncSession, read: Read, *, now: datetime, timezone: str) -> Report:
    """What importing would do: it is done, and taken back."""
    if read.unreadable or read.matched.source is None:
        return Report(columns=read.columns, unreadable=read.unreadable)
    async with session.begin_nested() as rehearsal:
        loaded = await _load(session, read, now=now, timezone=timezone)
        await rehearsal.rollback()
    return report_of(loaded, read.problems, read.rows, read.columns)


async def _load(session: AsyncSession, read: Read, *, now: datetime, timezone: str) -> list[Loaded]:
    assert read.matched.source is not None  # noqa: S101 — asked before
    return await load(session, read.rows, source=read.matched.source.value, now=now, timezone=timezone)
