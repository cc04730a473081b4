"""A person's own feed: what they were told, for a feed reader, at an address that only they know."""

from datetime import UTC, datetime

from sqlalchemy import select

from registry.addresses import percent_encoded
from registry.database.engine import Reader
from registry.inbox.models import Delivery
from registry.inbox.queries import NoticeRow, latest_notices
from registry.inbox.words import notice_sentence
from registry.settings import Settings
from registry.web import i18n
from registry.web.i18n import gettext as _

FEED = "feed"
"""The purpose of the keys in addresses of feeds."""
ENTRIES = 50
_EMPTY_SINCE = datetime(2012, 12, 1, tzinfo=UTC)


async def notices_in_feed(reader: Reader, *, feed_key: str) -> list[NoticeRow] | None:
    """What is in the feed of a key, with its reader's language set; none when nobody has it (two statements)."""
    owner = (await reader.execute(
        select(Delivery.person_id, Delivery.language).where(Delivery.feed_key == feed_key)
    )).one_or_none()
    if owner is None:
        return None
    if owner.language in i18n.languages():
        i18n.speak(owner.language)
    return await latest_notices(reader, person_id=owner.person_id, limit=ENTRIES)


def atom_feed(notices: list[NoticeRow], settings: Settings, *, address: str) -> bytes:
    """The notices as an Atom feed. Its ids do not name the address, which may be renewed."""
    from feedgen.feed import FeedGenerator  # noqa: PLC0415 — few answers need it, and every start would pay for it

    feed = FeedGenerator()
    feed.id(f"{settings.base_url}/inbox")
    feed.title(_("%(community)s: what you follow") % {"community": settings.community_name})
    feed.link(href=f"{settings.base_url}/inbox")
    feed.link(href=address, rel="self")
    feed.language(i18n.current_language())
    feed.updated(max((notice.told_at for notice in notices), default=_EMPTY_SINCE))
    for notice in notices:
        entry = feed.add_entry(order="append")
        entry.id(f"{settings.base_url}/inbox#{notice.id}")
        entry.title(notice_sentence(notice.kind, notice.facts))
        entry.link(href=settings.base_url + percent_encoded(notice.path))
        entry.updated(notice.told_at)
        entry.author(name=settings.community_name)
    written: bytes = feed.atom_str(pretty=True)
    return written
