"""What is published of the record, as files, and what became of what was offered to a repository."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import and_, func, select

from registry.activity.models import OutboxMessage
from registry.activity.rules import Subject
from registry.addresses import Addresses
from registry.cases.models import CaseStudy
from registry.cases.records import CaseFilter, CaseRecord, case_record, case_records
from registry.cases.visibility import case_is_public
from registry.database.aggregate import AnySelect
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place
from registry.database.types import Localized
from registry.events.listing import EventFilter
from registry.events.models import Event
from registry.events.records import EventRecord, event_record, event_records
from registry.projects.models import Project
from registry.proposals.listing import ProposalFilter
from registry.proposals.records import ProposalRecord, proposal_records
from registry.publishing.case_files import case_files
from registry.publishing.event_files import event_files
from registry.publishing.models import Publication
from registry.publishing.rules import Collection, PublishedFile, PublishedRecord
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain, speaking

AT_ONCE = 50
SUBJECTS = {Collection.CASES: Subject.CASE, Collection.EVENTS: Subject.EVENT}
_TABLES: dict[Collection, type[CaseStudy] | type[Event]] = {Collection.CASES: CaseStudy, Collection.EVENTS: Event}
_LAST = 2**31


class OfferedRecord(msgspec.Struct, frozen=True):
    """What is to stand in the repository of one record: its files now, none where the public may not see it.

    ``placed`` are the files that were last put there, with what git calls their contents; ``title`` is the record's.
    """

    publication_id: int
    branch: str
    title: str
    about: str
    files: tuple[PublishedFile, ...]
    placed: dict[str, str]


class PublicationRow(msgspec.Struct, frozen=True):
    """A record that was offered to the repository, and what became of that."""

    collection: Collection
    slug: str | None
    name: Localized
    url: str | None
    delivered_at: datetime | None
    given_up_at: datetime | None
    last_error: str | None

    @property
    def trouble(self) -> str:
        """What went wrong, in the reader's language where it is one of our own sentences."""
        return _(self.last_error) if self.last_error else ""


async def published_records(reader: Reader, *, base_url: str, now: datetime) -> AsyncIterator[PublishedRecord]:
    """Every public event and case study as files, the cases first, each kind in the order of its addresses."""
    addresses = Addresses(base_url)
    cases = await _all(lambda place: case_records(reader, CaseFilter(), place=place, addresses=addresses))
    for case in sorted(cases, key=lambda one: one.id):
        yield _of_case(case, addresses)
    events = await _all(lambda place: event_records(reader, EventFilter(), now=now, place=place, addresses=addresses))
    for event in sorted(events, key=lambda one: one.id):
        yield await _of_event(reader, event, addresses)


async def published_record(
    reader: Reader, collection: Collection, slug: str, *, base_url: str
) -> PublishedRecord | None:
    """One public record as files; none where the public may not see it."""
    addresses = Addresses(base_url)
    if collection is Collection.CASES:
        case = await case_record(reader, slug, addresses)
        return _of_case(case, addresses) if case else None
    event = await event_record(reader, slug, addresses)
    return await _of_event(reader, event, addresses) if event else None


async def offered_record(reader: Reader, publication_id: int, *, base_url: str) -> OfferedRecord | None:
    """What is to stand in the repository now, in the community's first language where it speaks; none if unknown."""
    row = (await reader.execute(
        select(Publication.subject, Publication.subject_id, Publication.files).where(Publication.id == publication_id)
    )).one_or_none()
    if row is None:
        return None
    subject, subject_id, placed = row
    with speaking(languages()[0]):
        record = await record_now(reader, subject, subject_id, base_url=base_url)
        title = {Subject.CASE: _("Case study: %(title)s"), Subject.EVENT: _("Event: %(title)s")}[subject] % {
            "title": record.title
        }
        return OfferedRecord(
            publication_id, f"keng/{subject}-{subject_id}", title if record.files else _("Take out: %(what)s") % {
                "what": title
            },
            _("The registry keeps this record at %(url)s. As long as this pull request is open it is brought up to "
              "date when the record changes; close it, and it is left alone.")
            % {"url": f"{base_url}/{record.collection}/{record.slug}"}
            if record.files else _("This record is no longer public in the registry, so its files should go too."),
            record.files, placed,
        )


async def record_now(reader: Reader, subject: Subject, subject_id: int, *, base_url: str) -> PublishedRecord:
    """A record by its number, as it is now; without files where the public may not see it."""
    collection = Collection.CASES if subject is Subject.CASE else Collection.EVENTS
    table = _TABLES[collection]
    slug: str = await reader.scalar(select(table.slug).where(table.id == subject_id)) or ""
    found = await published_record(reader, collection, slug, base_url=base_url)
    return found or PublishedRecord(collection, slug, slug, ())


async def id_of(reader: Reader, collection: Collection, slug: str) -> int | None:
    """The number of the record at an address (one statement)."""
    table = _TABLES[collection]
    found: int | None = await reader.scalar(select(table.id).where(table.slug == slug))
    return found


async def publications(reader: Reader, *, offset: int, limit: int) -> list[PublicationRow]:
    """What was offered to the repository, the last first, with how it stands (one statement)."""
    rows = await reader.execute(
        _publications().order_by(Publication.asked_at.desc(), Publication.id.desc()).offset(offset).limit(limit)
    )
    return [_row(row) for row in rows]


async def publication_of(reader: Reader, collection: Collection, record_id: int) -> PublicationRow | None:
    """How one record stands in the repository; none when it was never offered (one statement)."""
    row = (await reader.execute(_publications().where(
        Publication.subject == SUBJECTS[collection], Publication.subject_id == record_id
    ))).one_or_none()
    return _row(row) if row else None


async def cases_not_offered(reader: Reader) -> list[tuple[str, Localized]]:
    """Slug and title of the public case studies that were never offered, at most fifty (one statement)."""
    offered = select(Publication.id).where(
        Publication.subject == Subject.CASE, Publication.subject_id == CaseStudy.id
    ).correlate(CaseStudy)
    rows = await reader.execute(
        select(CaseStudy.slug, CaseStudy.title).join(Project, Project.id == CaseStudy.project_id)
        .where(case_is_public(), ~offered.exists()).order_by(CaseStudy.published_at, CaseStudy.id).limit(AT_ONCE)
    )
    return [(slug, title) for slug, title in rows]


async def count_publications(reader: Reader) -> int:
    """How many records were ever offered (one statement)."""
    return await reader.scalar(select(func.count()).select_from(Publication)) or 0


async def _of_event(reader: Reader, event: EventRecord, addresses: Addresses) -> PublishedRecord:
    pitches = await _all(
        lambda place: proposal_records(reader, ProposalFilter(event=event.id), place=place, addresses=addresses)
    )
    programme = sorted(pitches, key=_place_in_order)
    return PublishedRecord(
        Collection.EVENTS, event.id, plain(event.name), event_files(event, programme, base_url=addresses.base_url)
    )


def _of_case(case: CaseRecord, addresses: Addresses) -> PublishedRecord:
    return PublishedRecord(
        Collection.CASES, case.id, plain(case.title), case_files(case, base_url=addresses.base_url)
    )


def _place_in_order(pitch: ProposalRecord) -> tuple[int, str]:
    return (_LAST if pitch.position is None else pitch.position, pitch.id)


async def _all(read: Callable[[Place], Awaitable[Batch[Any]]]) -> list[Any]:
    batch = await read(Place(AT_ONCE))
    rows = batch.rows
    while batch.last is not None:
        batch = await read(Place(AT_ONCE, batch.last))
        rows += batch.rows
    return rows


def _publications() -> AnySelect:
    return (
        select(
            Publication.subject, func.coalesce(CaseStudy.slug, Event.slug), CaseStudy.title, Event.name,
            Publication.url, OutboxMessage.delivered_at, OutboxMessage.given_up_at, OutboxMessage.last_error,
        )
        .outerjoin(CaseStudy, and_(Publication.subject == Subject.CASE, CaseStudy.id == Publication.subject_id))
        .outerjoin(Event, and_(Publication.subject == Subject.EVENT, Event.id == Publication.subject_id))
        .outerjoin(OutboxMessage, OutboxMessage.key == Publication.message_key)
    )


def _row(row: Any) -> PublicationRow:
    subject, slug, title, name, *rest = row
    collection = Collection.CASES if subject is Subject.CASE else Collection.EVENTS
    return PublicationRow(collection, slug, title or name or {}, *rest)
