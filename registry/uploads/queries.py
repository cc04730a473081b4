"""The files somebody has uploaded, without what is in them."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Reader
from registry.uploads.models import Upload
from registry.uploads.rules import MOST_KEPT, Report


class UploadRow(msgspec.Struct, frozen=True):
    """A file in the list of somebody's files."""

    id: int
    name: str
    source: str
    uploaded_at: datetime
    imported_at: datetime | None


class UploadPage(msgspec.Struct, frozen=True):
    """A file with all that is known of it."""

    id: int
    name: str
    source: str
    table_kind: str
    columns: list[str]
    report: Report
    uploaded_at: datetime
    imported_at: datetime | None


async def uploads_of(reader: Reader | AsyncSession, person_id: int) -> list[UploadRow]:
    """The files of a person, the newest first; no more are kept than one page shows."""
    rows = await reader.execute(
        select(Upload.id, Upload.name, Upload.source, Upload.uploaded_at, Upload.imported_at)
        .where(Upload.person_id == person_id).order_by(Upload.id.desc()).limit(MOST_KEPT)
    )
    return [UploadRow(*row) for row in rows]


async def upload_page(reader: Reader | AsyncSession, upload_id: int, *, person_id: int | None) -> UploadPage | None:
    """A file of a person; none where it is somebody else's, or gone."""
    columns: tuple[Any, ...] = (
        Upload.id, Upload.name, Upload.source, Upload.table_kind, Upload.columns, Upload.report, Upload.uploaded_at,
        Upload.imported_at,
    )
    row = (await reader.execute(
        select(*columns).where(Upload.id == upload_id, Upload.person_id == person_id)
    )).one_or_none()
    if row is None:
        return None
    return UploadPage(
        id=row.id, name=row.name, source=row.source, table_kind=row.table_kind, columns=list(row.columns or ()),
        report=msgspec.convert(row.report, Report), uploaded_at=row.uploaded_at, imported_at=row.imported_at,
    )
