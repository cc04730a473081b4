"""Offering records to a repository, and noting what stands there."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import note_change, send_later
from registry.activity.models import OutboxMessage
from registry.activity.rules import Subject
from registry.errors import NotFound
from registry.ports import Workplace
from registry.publishing.models import Publication
from registry.publishing.queries import SUBJECTS, id_of, published_record, record_now
from registry.publishing.rules import PULL_REQUEST, Collection
from registry.web.i18n import gettext as _

BY_ITSELF = "publishing"
"""The actor of what follows by itself from an organiser's first offer."""


async def offer_record(
    session: AsyncSession, *, collection: Collection, slug: str, base_url: str, by: str, now: datetime
) -> None:
    """Offer a public record to the repository, as it is now and from now on whenever it changes.

    What is on its way already is not sent twice.

    Raises:
        NotFound: there is no such record that the public may see.
    """
    record = await published_record(session, collection, slug, base_url=base_url)
    record_id = await id_of(session, collection, slug)
    if record is None or record_id is None:
        raise NotFound(_("Only what everyone may read is published. Make it public first, then try again."))
    subject = SUBJECTS[collection]
    publication = await session.scalar(
        select(Publication).where(Publication.subject == subject, Publication.subject_id == record_id)
        .with_for_update()
    )
    if publication is None:
        publication = Publication(
            subject=subject, subject_id=record_id, digest="", asked=0, message_key="", asked_at=now, files={},
        )
        session.add(publication)
        await session.flush()
    elif await _is_on_its_way(session, publication.message_key):
        return
    await _send(session, publication, record.digest, by=by, now=now)


async def offer_changed(workplace: Workplace, now: datetime) -> None:
    """Job: offer again what was offered once and has changed since, or is no longer public."""
    base_url = workplace.settings.base_url
    changed: dict[int, str] = {}
    async with workplace.database.reading() as reader:
        for row in await reader.execute(
            select(Publication.id, Publication.subject, Publication.subject_id, Publication.digest)
            .order_by(Publication.id)
        ):
            record = await record_now(reader, row.subject, row.subject_id, base_url=base_url)
            if record.digest != row.digest:
                changed[row.id] = record.digest
    for publication_id, digest in changed.items():
        async with workplace.database.writing() as session:
            publication = await session.get(Publication, publication_id, with_for_update=True)
            if publication and not await _is_on_its_way(session, publication.message_key):
                await _send(session, publication, digest, by=BY_ITSELF, now=now)


async def note_placed(
    session: AsyncSession, *, publication_id: int, files: Mapping[str, str], url: str | None
) -> None:
    """Note which files now stand on a record's branch, and its pull request."""
    publication = await session.get(Publication, publication_id)
    if publication is not None:
        publication.files, publication.url = dict(files), url


async def _send(session: AsyncSession, publication: Publication, digest: str, *, by: str, now: datetime) -> None:
    before = publication.digest
    publication.asked += 1
    publication.digest, publication.asked_at = digest, now
    publication.message_key = f"publication:{publication.id}:{publication.asked}"
    await send_later(
        session, key=publication.message_key, kind=PULL_REQUEST, payload={"publication": publication.id}, now=now,
        lane=f"publication:{publication.id}",
    )
    note_change(
        session, now=now, actor=by, action="record offered", subject=Subject(publication.subject),
        subject_id=publication.subject_id, changes={"published": [before or None, digest]},
    )
    await session.flush()


async def _is_on_its_way(session: AsyncSession, key: str) -> bool:
    return await session.scalar(select(OutboxMessage.id).where(
        OutboxMessage.key == key, OutboxMessage.delivered_at.is_(None), OutboxMessage.given_up_at.is_(None)
    )) is not None
