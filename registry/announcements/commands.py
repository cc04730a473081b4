"""Writing down what is to be announced, and what organisers do with it before and after it goes."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change, send_later
from registry.activity.rules import Subject
from registry.announcements.composing import composed
from registry.announcements.models import AnnouncedFact, Announcement, AnnouncementRoute
from registry.announcements.rules import (
    AT_EVENTS,
    OPEN_STATES,
    PATIENCE,
    AnnouncementState,
    Fact,
    FactKind,
    calls_for_a_reply,
    due_at,
)
from registry.channels.models import Channel
from registry.checks import Checks
from registry.database.engine import settings_of
from registry.database.types import Localized
from registry.errors import Conflict, NotFound
from registry.proposals.models import Proposal
from registry.web.i18n import gettext as _

WORDS_LENGTH = 2_000
_TOLD = frozenset({AnnouncementState.GOING, AnnouncementState.OUT})


async def announce(session: AsyncSession, fact: Fact, *, now: datetime) -> None:
    """Note a fact for every channel that its kind goes to; a channel that knows of it already is left alone.

    It joins what waits there of its kind, or begins a message of its own.
    """
    event_id = await _event_of(session, fact)
    looked_at: dict[int, bool] = {}
    for route in await session.scalars(select(AnnouncementRoute).where(
        AnnouncementRoute.fact == fact.kind,
        or_(AnnouncementRoute.event_id.is_(None), AnnouncementRoute.event_id == event_id),
    ).order_by(AnnouncementRoute.id)):
        looked_at[route.channel_id] = looked_at.get(route.channel_id, False) or route.is_looked_at
    known = set(await session.scalars(select(AnnouncedFact.channel_id).where(AnnouncedFact.key == fact.key)))
    for channel_id, is_held in looked_at.items():
        if channel_id not in known:
            await _announce_in(session, fact, channel_id, is_held=is_held, now=now)


async def has_told_anything(session: AsyncSession) -> bool:
    """Whether any message is out or on its way, which a change could make read otherwise."""
    return await session.scalar(
        select(Announcement.id).where(Announcement.state.in_(_TOLD)).limit(1)
    ) is not None


async def tell_changes(
    session: AsyncSession, *, subject: Subject, subject_id: int, action: str, now: datetime
) -> None:
    """Rewrite what was told of a record, or of what is a part of it, where it reads otherwise by now."""
    for announcement in await session.scalars(
        select(Announcement).where(
            Announcement.state.in_(_TOLD), Announcement.id.in_(_told_about(subject, subject_id)),
        ).order_by(Announcement.id).with_for_update()
    ):
        await _rewrite(session, announcement, now=now)
        if calls_for_a_reply(action, {announcement.fact}):
            await _put(session, announcement, now=now, reply=action)


async def send_due(session: AsyncSession, *, now: datetime) -> int:
    """Put the messages whose time has come into the outbox; how many."""
    due = list(await session.scalars(
        select(Announcement)
        .where(Announcement.state == AnnouncementState.WAITING, Announcement.due_at <= now)
        .order_by(Announcement.due_at, Announcement.id).limit(100).with_for_update()
    ))
    for announcement in due:
        announcement.state = AnnouncementState.GOING
        await _put(session, announcement, now=now)
    await session.flush()
    return len(due)


async def note_out(
    session: AsyncSession, *, announcement_id: int, revision: int, message_id: str | None, told: str, now: datetime
) -> None:
    """Note that a message is in its channel (or, without ``message_id``, no longer), as it read at ``revision``.

    What changed while it was on its way is told next.
    """
    announcement = await session.get_one(Announcement, announcement_id, with_for_update=True)
    announcement.message_id, announcement.told, announcement.out_at = message_id, told, now
    if announcement.revision != revision:
        await _put(session, announcement, now=now)
    else:
        announcement.state = AnnouncementState.OUT if message_id else AnnouncementState.TAKEN_BACK


async def hold_announcement(session: AsyncSession, *, announcement_id: int, by: Actor, now: datetime) -> None:
    """Keep a message back until somebody lets it go.

    Raises:
        NotFound: there is no such one.
        Conflict: it is on its way already.
    """
    announcement = await _waiting(session, announcement_id)
    await _move(session, announcement, AnnouncementState.HELD, "announcement held", by=by, now=now)


async def let_go(session: AsyncSession, *, announcement_id: int, by: Actor, now: datetime) -> None:
    """Send a message that waits or is held, at once.

    Raises:
        NotFound: there is no such one.
        Conflict: it is on its way already.
    """
    announcement = await _waiting(session, announcement_id)
    announcement.due_at = now
    await _move(session, announcement, AnnouncementState.GOING, "announcement let go", by=by, now=now)
    await _put(session, announcement, now=now)


async def drop_announcement(session: AsyncSession, *, announcement_id: int, by: Actor, now: datetime) -> None:
    """Decide that a message never goes. What it would have told is not told there again.

    Raises:
        NotFound: there is no such one.
        Conflict: it is on its way already.
    """
    announcement = await _waiting(session, announcement_id)
    await _move(session, announcement, AnnouncementState.DROPPED, "announcement dropped", by=by, now=now)


async def send_again(session: AsyncSession, *, announcement_id: int, by: Actor, now: datetime) -> None:
    """Send a message anew: one that could not be delivered, was deleted in the chat, or dropped.

    One that is there already is rewritten where it stands.

    Raises:
        NotFound: there is no such one.
        Conflict: it has not gone yet.
    """
    announcement = await _announcement(session, announcement_id)
    if announcement.state in OPEN_STATES:
        raise Conflict(_("This has not gone yet. Let it go first."))
    announcement.revision += 1
    await _move(session, announcement, AnnouncementState.GOING, "announcement sent again", by=by, now=now)
    await _put(session, announcement, now=now)


async def word_announcement(
    session: AsyncSession, *, announcement_id: int, words: Localized, by: Actor, now: datetime
) -> None:
    """Give a message an organiser's own words, or, with none, ours again; one that is out is rewritten.

    Raises:
        NotFound: there is no such one.
        BadInput: the words are too long (``words-en`` and so on).
    """
    announcement = await _announcement(session, announcement_id)
    checks = Checks()
    words = checks.texts("words", words, longest=WORDS_LENGTH)
    checks.done()
    if announcement.words == words:
        return
    note_change(
        session, now=now, actor=by.label, action="announcement worded", subject=Subject.ANNOUNCEMENT,
        subject_id=announcement.id, changes={"words": [announcement.words, words]},
    )
    announcement.words = words
    await session.flush()
    if announcement.state in _TOLD:
        await _rewrite(session, announcement, now=now)


async def add_route(
    session: AsyncSession, *, fact: str, channel: int | None, event_id: int | None, is_looked_at: bool, by: Actor,
    now: datetime,
) -> None:
    """Let a kind of news go to a channel: that of one event, or of everything; one that goes there already changes.

    Raises:
        BadInput: there is no such kind, or no such channel in use.
    """
    checks = Checks()
    offered = AT_EVENTS if event_id else set(FactKind)
    checks.one_of("fact", fact, offered, is_required=True)
    found = await session.scalar(select(Channel.id).where(
        Channel.id == (channel or 0), Channel.is_archived.is_(False), Channel.gone_at.is_(None)
    ))
    if found is None:
        checks.wrong("channel", _("Choose one of the channels that are in use."))
    checks.done()
    route = await session.scalar(select(AnnouncementRoute).where(
        AnnouncementRoute.fact == fact, AnnouncementRoute.channel_id == found,
        AnnouncementRoute.event_id.is_not_distinct_from(event_id),
    ).with_for_update())
    before = route.is_looked_at if route else None
    if before is is_looked_at:
        return
    if route is None:
        route = AnnouncementRoute(fact=FactKind(fact), channel_id=found, event_id=event_id)
        session.add(route)
    route.is_looked_at = is_looked_at
    await session.flush()
    _note_route(session, route, [before, is_looked_at], by=by, now=now)


async def remove_route(
    session: AsyncSession, *, route_id: int, event_id: int | None, by: Actor, now: datetime
) -> None:
    """Let a kind of news no longer go to a channel. What waits for it there still goes.

    Raises:
        NotFound: there is no such way, or it belongs to another event.
    """
    route = await session.get(AnnouncementRoute, route_id, with_for_update=True)
    if route is None or route.event_id != event_id:
        raise NotFound(_("This has been taken out already."))
    _note_route(session, route, [route.is_looked_at, None], by=by, now=now)
    await session.delete(route)
    await session.flush()


def _note_route(
    session: AsyncSession, route: AnnouncementRoute, looked_at: list[bool | None], *, by: Actor, now: datetime
) -> None:
    subject, subject_id = (
        (Subject.EVENT, route.event_id) if route.event_id else (Subject.CHANNEL, route.channel_id)
    )
    note_change(
        session, now=now, actor=by.label, action="news led to channel", subject=subject, subject_id=subject_id,
        changes={"news": [route.fact.value, route.fact.value], "channel": [route.channel_id, route.channel_id],
                 "is_looked_at": looked_at},
    )


async def _announce_in(
    session: AsyncSession, fact: Fact, channel_id: int, *, is_held: bool, now: datetime
) -> None:
    state = AnnouncementState.HELD if is_held else AnnouncementState.WAITING
    of_kind = (Announcement.channel_id == channel_id, Announcement.fact == fact.kind)
    announcement = await session.scalar(
        select(Announcement).where(*of_kind, Announcement.state == state)
        .order_by(Announcement.id.desc()).limit(1).with_for_update()
    )
    if announcement is None:
        last_due_at = await session.scalar(select(func.max(Announcement.due_at)).where(
            *of_kind, Announcement.state.not_in({AnnouncementState.HELD, AnnouncementState.DROPPED}),
        ))
        announcement = Announcement(
            channel_id=channel_id, fact=fact.kind, state=state, noted_at=now, words={}, revision=1,
            due_at=due_at(fact.kind, now=now, last_due_at=last_due_at),
        )
        session.add(announcement)
        await session.flush()
    session.add(AnnouncedFact(
        announcement_id=announcement.id, channel_id=channel_id, key=fact.key, subject=fact.subject,
        subject_id=fact.subject_id, detail=fact.detail,
    ))
    await session.flush()


async def _event_of(session: AsyncSession, fact: Fact) -> int | None:
    if fact.kind is FactKind.PITCHED:
        event_id: int | None = await session.scalar(select(Proposal.event_id).where(Proposal.id == fact.subject_id))
        return event_id
    return fact.subject_id if fact.subject is Subject.EVENT else None


def _told_about(subject: Subject, subject_id: int) -> Any:
    """The announcements of a record, and of the pitches of a project or event."""
    about = [and_(AnnouncedFact.subject == subject, AnnouncedFact.subject_id == subject_id)]
    whole = {Subject.PROJECT: Proposal.project_id, Subject.EVENT: Proposal.event_id}.get(subject)
    if whole is not None:
        about.append(and_(
            AnnouncedFact.subject == Subject.PROPOSAL,
            AnnouncedFact.subject_id.in_(select(Proposal.id).where(whole == subject_id)),
        ))
    return select(AnnouncedFact.announcement_id).where(or_(*about))


async def _rewrite(session: AsyncSession, announcement: Announcement, *, now: datetime) -> None:
    """Let a message be sent as it reads now, where it was told otherwise."""
    reads = await composed(session, announcement.id, base_url=settings_of(session).base_url, now=now)
    if reads is None or reads.told == announcement.told:
        return
    announcement.revision += 1
    if announcement.state is AnnouncementState.OUT:
        announcement.state = AnnouncementState.GOING
        await _put(session, announcement, now=now, due_at=now + PATIENCE)
    await session.flush()


async def _put(
    session: AsyncSession, announcement: Announcement, *, now: datetime, due_at: datetime | None = None,
    reply: str = "",
) -> None:
    channel = await session.get_one(Channel, announcement.channel_id)
    await session.flush()
    await send_later(
        session, key=f"announcement:{announcement.id}:{reply or announcement.revision}", kind=channel.chat,
        payload={"announcement": announcement.id, "is_reply": bool(reply)}, now=now, due_at=due_at,
        lane=f"{channel.chat}:{channel.channel_id}",
    )


async def _announcement(session: AsyncSession, announcement_id: int) -> Announcement:
    announcement = await session.get(Announcement, announcement_id, with_for_update=True)
    if announcement is None:
        raise NotFound(_("There is no such announcement."))
    return announcement


async def _waiting(session: AsyncSession, announcement_id: int) -> Announcement:
    announcement = await _announcement(session, announcement_id)
    if announcement.state not in OPEN_STATES:
        raise Conflict(_("This is on its way already, or was dropped. Look at it as it is now."))
    return announcement


async def _move(
    session: AsyncSession, announcement: Announcement, state: AnnouncementState, action: str, *, by: Actor,
    now: datetime,
) -> None:
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.ANNOUNCEMENT, subject_id=announcement.id,
        changes={"state": [announcement.state.value, state.value]},
    )
    announcement.state = state
    await session.flush()
