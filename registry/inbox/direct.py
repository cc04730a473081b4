"""What cannot wait in an inbox goes to people as a direct message in the chat, unless they want none.

A message names a notice, never a person of the chat: who that is is looked up when it leaves. Nothing here goes to the
audit log.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.commands import send_later
from registry.activity.reading_on import SETTLED_AFTER
from registry.addresses import percent_encoded
from registry.database.engine import Database, Reader, dialect_of
from registry.inbox.mailing import delivery_of
from registry.inbox.models import Delivery, Notice
from registry.inbox.rules import NoticeKind
from registry.inbox.words import notice_sentence
from registry.jobs.commands import move_on
from registry.jobs.queries import position_of
from registry.people.models import Identity
from registry.people.rules import IdentityProvider
from registry.ports import ChatMessage, ChatRefused, ChatTrouble, ChatWorkspace, Outgoing, Workplace, WriteDown
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, speaking

DIRECT: Final = "direct message"
"""The kind of outbox message; also the name of the job's place."""
AT_ONCE: Final = 200
STILL_NEWS: Final = {
    NoticeKind.STAGE_CUED: timedelta(minutes=15), NoticeKind.DEMOS_CALLED: timedelta(hours=2),
    NoticeKind.RESULT_ASKED: timedelta(days=2),
}
"""The kinds that go out directly, and how long each is worth telling: a cue that comes late only confuses."""


class DirectMessages:
    """Puts notices that cannot wait into the outbox, and delivers them, in one chat."""

    def __init__(self, chat: ChatWorkspace, *, base_url: str, clock: Callable[[], datetime]) -> None:
        self._chat = chat
        self._base_url = base_url
        self._clock = clock

    async def take_turn(self, workplace: Workplace, now: datetime) -> None:
        """Job: read on among the notices. The first turn ever sends none."""
        async with workplace.database.reading() as reader:
            position = await position_of(reader, DIRECT)
            is_behind = position is None or bool(await self._notices(reader, position, now))
        if not is_behind:
            return
        async with workplace.database.writing() as session:
            if position is None:
                last = await session.scalar(select(func.max(Notice.id))) or 0
                await move_on(session, name=DIRECT, position=last, now=now)
                return
            notices = await self._notices(session, position, now)
            for notice in notices:
                await send_later(
                    session, key=f"direct:{notice.id}", kind=DIRECT, payload={"notice": notice.id}, now=now
                )
            if notices:
                await move_on(session, name=DIRECT, position=notices[-1].id, now=now)

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        """Tell one person in the chat; nothing where they have read it, want none or have left, or it is no news.

        Raises:
            TryLater, ChatRefused: as the chat answers.
        """
        async with database.reading() as reader:
            row = await self._told(reader, message.payload["notice"])
        if row is None or self._clock() - row.told_at > STILL_NEWS[row.kind]:
            return None
        tongue = row.language if row.language in languages() else languages()[0]
        with speaking(tongue):
            said = ChatMessage(
                text=notice_sentence(row.kind, row.facts), url=percent_encoded(self._base_url + row.path),
                url_label=_("Read it in the registry"),
                footnote=_("You can turn these messages off: %(address)s")
                % {"address": f"{self._base_url}/account/notices"},
            )
        try:
            channel = await self._chat.direct_channel(self._chat.member_in(row.subject))
            is_there = message.may_be_out and await self._chat.find_posted(channel, message.key, since=row.told_at)
            if not is_there:
                await self._chat.post(channel, said, key=message.key)
        except ChatRefused as refused:
            if refused.trouble is not ChatTrouble.NO_MEMBER:
                raise
        return None

    async def _notices(self, reader: Reader, position: int, now: datetime) -> list[Any]:
        """Notices to go out after a position, in their order."""
        settled = now if dialect_of(reader) == "sqlite" else now - SETTLED_AFTER
        rows = await reader.execute(
            select(Notice.id).where(
                Notice.id > position, Notice.kind.in_(STILL_NEWS), Notice.told_at <= settled,
                Notice.told_at > now - max(STILL_NEWS.values()), _account(self._chat.provider).exists(),
            ).order_by(Notice.id).limit(AT_ONCE)
        )
        return list(rows)

    async def _told(self, reader: Reader, notice_id: int) -> Any:
        row = (await reader.execute(
            select(
                Notice.kind, Notice.facts, Notice.path, Notice.told_at, Delivery.language,
                _account(self._chat.provider).limit(1).scalar_subquery().label("subject"),
            )
            .outerjoin(Delivery, Delivery.person_id == Notice.person_id)
            .where(Notice.id == notice_id, Notice.read_at.is_(None), func.coalesce(Delivery.takes_direct, True))
        )).one_or_none()
        return row if row and row.subject else None


async def choose_direct(session: AsyncSession, *, person_id: int, takes_direct: bool) -> None:
    """Choose whether one is told directly in the chat."""
    (await delivery_of(session, person_id)).takes_direct = takes_direct


async def takes_direct(reader: Reader, *, person_id: int) -> bool:
    """Whether a person is told directly in the chat (one statement); so does whoever never said."""
    wish = await reader.scalar(select(Delivery.takes_direct).where(Delivery.person_id == person_id))
    return wish is not False


def _account(provider: IdentityProvider) -> Any:
    return (
        select(Identity.subject)
        .where(
            Identity.person_id == Notice.person_id, Identity.provider == provider, Identity.verified_at.is_not(None)
        ).order_by(Identity.id).correlate(Notice)
    )
