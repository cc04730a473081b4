"""What a message says now, from the record as everyone may see it."""

from datetime import datetime
from hashlib import sha256

import msgspec
from sqlalchemy import select

from registry.announcements.models import AnnouncedFact, Announcement
from registry.announcements.records import Shown, shown_records
from registry.announcements.rules import AnnouncementState, FactKind
from registry.announcements.words import Told, reply_of, told_of
from registry.channels.models import Channel
from registry.database.engine import Reader
from registry.database.types import Localized


class Composed(msgspec.Struct, frozen=True):
    """A message on its way: where it goes, what it says. No ``text``: nobody may see any of it now.

    ``reply`` is what is said beneath it, where something is to be.
    """

    id: int
    revision: int
    state: AnnouncementState
    fact: FactKind
    chat: str
    channel_id: str
    message_id: str | None
    noted_at: datetime
    words: Localized
    text: Told | None
    reply: Told | None

    @property
    def key(self) -> str:
        """By what the chat's copy of it is found again."""
        return f"announcement:{self.id}"

    @property
    def told(self) -> str:
        """A digest of what it says."""
        return sha256(msgspec.json.encode(self.text, order="deterministic")).hexdigest()


async def composed(reader: Reader, announcement_id: int, *, base_url: str, now: datetime) -> Composed | None:
    """A message as it would read now; none when there is no such one (three statements)."""
    row = (await reader.execute(
        select(
            Announcement.id, Announcement.revision, Announcement.state, Announcement.fact, Channel.chat,
            Channel.channel_id, Announcement.message_id, Announcement.noted_at, Announcement.words,
        ).join(Channel, Channel.id == Announcement.channel_id).where(Announcement.id == announcement_id)
    )).one_or_none()
    if row is None:
        return None
    about = [(one.subject_id, one.detail) for one in await reader.execute(
        select(AnnouncedFact.subject_id, AnnouncedFact.detail)
        .where(AnnouncedFact.announcement_id == announcement_id).order_by(AnnouncedFact.id)
    )]
    found = await shown_records(reader, row.fact, about, now=now)
    shown = [found[one] for one in dict.fromkeys(about) if one in found]
    text = _text(row.fact, shown, row.words if len(found) == len(set(about)) else {}, base_url=base_url)
    reply = reply_of(shown[0], base_url=base_url) if shown else None
    return Composed(*row, text, reply)


def _text(kind: FactKind, shown: list[Shown], words: Localized, *, base_url: str) -> Told | None:
    """An organiser's own words, which may speak of each fact, hold only while everyone may see all of them."""
    if not shown:
        return None
    text = told_of(kind, shown, base_url=base_url)
    return Told(words, text.url) if words else text
