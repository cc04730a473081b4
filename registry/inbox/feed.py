"""A person's own feed: what they were told, for a feed reader, at an address that only they know."""

from sqlalchemy import select

from registry.addresses import percent_encoded
from registry.database.engine import Reader
from registry.feeds.formats import Feed, FeedEntry
from registry.inbox.models import Delivery
from registry.inbox.queries import NoticeRow
from registry.inbox.words import notice_sentence
from registry.settings import Settings
from registry.web import i18n
from registry.web.i18n import gettext as _

FEED = "feed"
"""The purpose of the keys in addresses of feeds."""
ENTRIES = 50


async def owner_of_feed(reader: Reader, *, feed_key: str) -> int | None:
    """Whose feed a key opens, with their language set; none when it is nobody's (one statement)."""
    owner = (await reader.execute(
        select(Delivery.person_id, Delivery.language).where(Delivery.feed_key == feed_key)
    )).one_or_none()
    if owner is None:
        return None
    if owner.language in i18n.languages():
        i18n.speak(owner.language)
    person_id: int = owner.person_id
    return person_id


def notices_feed(notices: list[NoticeRow], settings: Settings, *, address: str) -> Feed:
    """The notices as a feed. Its ids do not name the address, which may be renewed."""
    return Feed(
        id=f"{settings.base_url}/inbox", url=f"{settings.base_url}/inbox", address=address,
        title=_("%(community)s: what you follow") % {"community": settings.community_name},
        language=i18n.current_language(), author=settings.community_name,
        entries=[
            FeedEntry(
                id=f"{settings.base_url}/inbox#{notice.id}", title=notice_sentence(notice.kind, notice.facts),
                url=settings.base_url + percent_encoded(notice.path), at=notice.told_at,
            )
            for notice in notices
        ],
    )
