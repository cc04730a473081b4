"""Where a record came from, and where one that changed its address is now."""

from datetime import date

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from registry.activity.models import Provenance, SlugRedirect
from registry.activity.rules import Subject
from registry.database.aggregate import json_rows
from registry.database.engine import Reader

SOURCES_SHOWN = 50


class ProvenanceRow(msgspec.Struct, frozen=True):
    """One row of one source that a record's facts came from."""

    source: str
    file: str
    row: str
    imported_on: date


def provenance_rows(subject: Subject, subject_id: InstrumentedAttribute[int]) -> ColumnElement[list[ProvenanceRow]]:
    """A column with the sources of a record, the first one first, for a select from the table of ``subject_id``."""
    return json_rows((
        select(Provenance.source, Provenance.file, Provenance.row, Provenance.imported_on)
        .where(Provenance.subject == subject, Provenance.subject_id == subject_id)
        .order_by(Provenance.id)
        .limit(SOURCES_SHOWN)
        .correlate_except(Provenance)
    ), ProvenanceRow)


async def moved_record(reader: Reader, subject: Subject, old_slug: str) -> int | None:
    """The row number of the record that once had this slug; none when no record ever had it (one statement)."""
    return await reader.scalar(
        select(SlugRedirect.subject_id).where(SlugRedirect.subject == subject, SlugRedirect.old_slug == old_slug)
    )
