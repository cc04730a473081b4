"""Looking after receivers, and what is noted of messages to them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, organisers
from registry.activity.commands import change_fields, note_change, refuse_older_revision
from registry.activity.models import OutboxMessage
from registry.activity.rules import Subject
from registry.announcements.rules import FactKind
from registry.checks import Checks
from registry.contributions.commands import keepers_of
from registry.errors import Conflict, NotFound
from registry.inbox.commands import tell
from registry.inbox.keys import new_key
from registry.inbox.rules import NoticeKind
from registry.moderation.limits import refuse_too_many
from registry.projects.models import Project
from registry.receivers.models import Dispatch, Receiver
from registry.receivers.rules import MOST_OF_ONE, OF_PROJECTS, ON_ITS_WAY, TEST, DispatchState, OffReason
from registry.receivers.telling import new_name, outbox_key, send_dispatch
from registry.web.i18n import gettext as _


async def add_receiver(
    session: AsyncSession, *, project_id: int | None, address: str, kinds: Collection[str], by: Actor, now: datetime
) -> Receiver:
    """Add an address that is told news, with a secret of its own. Writes an audit row, without the whole address.

    Raises:
        BadInput: the address leads nowhere public, or no kind is chosen.
        Conflict: there are as many as may be.
        TooMany: this account added too many lately.
    """
    address, chosen = _checked(project_id, address, kinds)
    await refuse_too_many(session, by=by, action="receiver added", now=now)
    count = await session.scalar(select(func.count()).where(Receiver.project_id.is_not_distinct_from(project_id)))
    if (count or 0) >= MOST_OF_ONE:
        raise Conflict(_("There are %(num)s already, and no more fit. Remove one first.") % {"num": MOST_OF_ONE})
    receiver = Receiver(
        project_id=project_id, made_by_id=by.person_id, address=address, kinds=chosen, key=new_key(), revision=1,
        created_at=now, updated_at=now,
    )
    session.add(receiver)
    await session.flush()
    _note(session, receiver, "receiver added", by.label, now, host=[None, _host(address)], kinds=[None, chosen])
    return receiver


async def change_receiver(
    session: AsyncSession, *, receiver_id: int, project_id: int | None, address: str, kinds: Collection[str],
    revision: int, by: Actor, now: datetime,
) -> None:
    """Give a receiver another address or other kinds. Writes an audit row where something changes.

    Raises:
        NotFound: there is none of that number there.
        BadInput: as ``add_receiver``.
        EditConflict: somebody changed it meanwhile.
    """
    receiver = await _receiver(session, receiver_id, project_id)
    address, chosen = _checked(project_id, address, kinds)
    refuse_older_revision(receiver, revision, theirs={"address": receiver.address})
    before = _host(receiver.address)
    changes = change_fields(receiver, {"address": address, "kinds": chosen}, now=now)
    if changes.pop("address", None):
        changes["host"] = [before, _host(address)]
    if changes:
        _note(session, receiver, "receiver changed", by.label, now, **changes)
    await session.flush()


async def renew_secret(
    session: AsyncSession, *, receiver_id: int, project_id: int | None, by: Actor, now: datetime
) -> None:
    """Give a receiver another secret; the one before signs nothing from now on. Writes an audit row.

    Raises:
        NotFound: there is none of that number there.
    """
    receiver = await _receiver(session, receiver_id, project_id)
    receiver.key, receiver.updated_at = new_key(), now
    _note(session, receiver, "receiver secret renewed", by.label, now)
    await session.flush()


async def switch_receiver(
    session: AsyncSession, *, receiver_id: int, project_id: int | None, is_on: bool, by: Actor, now: datetime
) -> None:
    """Let a receiver be told news, or nothing for now. Writes an audit row where that is another state.

    Raises:
        NotFound: there is none of that number there.
    """
    receiver = await _receiver(session, receiver_id, project_id)
    if is_on != (receiver.off_at is not None):
        return
    _note(session, receiver, "receiver switched", by.label, now, is_on=[not is_on, is_on])
    receiver.off_at, receiver.off_reason = (None, None) if is_on else (now, OffReason.BY_HAND)
    receiver.updated_at = now
    await session.flush()


async def remove_receiver(
    session: AsyncSession, *, receiver_id: int, project_id: int | None, by: Actor, now: datetime
) -> None:
    """Remove a receiver with the log of what it was sent. Writes an audit row.

    Raises:
        NotFound: there is none of that number there.
    """
    receiver = await _receiver(session, receiver_id, project_id)
    _note(session, receiver, "receiver removed", by.label, now, host=[_host(receiver.address), None])
    await session.delete(receiver)
    await session.flush()


async def send_test(
    session: AsyncSession, *, receiver_id: int, project_id: int | None, by: Actor, now: datetime
) -> None:
    """Send a receiver a message that says nothing, once, also when it is switched off. Writes an audit row.

    Raises:
        NotFound: there is none of that number there.
        TooMany: this account tested too often lately.
    """
    receiver = await _receiver(session, receiver_id, project_id)
    await refuse_too_many(session, by=by, action="receiver tested", now=now)
    name = new_name()
    dispatch = Dispatch(
        receiver_id=receiver.id, name=name, fact_key=f"{TEST}:{name}", kind=TEST, noted_at=now,
        state=DispatchState.WAITING,
    )
    session.add(dispatch)
    await session.flush()
    await send_dispatch(session, dispatch, now=now)
    _note(session, receiver, "receiver tested", by.label, now)
    await session.flush()


async def send_again(
    session: AsyncSession, *, receiver_id: int, project_id: int | None, dispatch_id: int, by: Actor, now: datetime
) -> None:
    """Send a message once more, now; one that waits for its next attempt waits no longer. Writes an audit row.

    Raises:
        NotFound: there is no such message to a receiver there.
        Conflict: the receiver is switched off.
        TooMany: this account sent too much again lately.
    """
    receiver = await _receiver(session, receiver_id, project_id)
    dispatch = await session.scalar(
        select(Dispatch).where(Dispatch.id == dispatch_id, Dispatch.receiver_id == receiver.id).with_for_update()
    )
    if dispatch is None:
        raise NotFound(_("There is no such message. Old ones are forgotten."))
    if receiver.off_at is not None and dispatch.kind != TEST:
        raise Conflict(_("This webhook is switched off. Switch it on first."))
    await refuse_too_many(session, by=by, action="dispatch sent again", now=now)
    if dispatch.state in ON_ITS_WAY:
        await session.execute(
            update(OutboxMessage).where(OutboxMessage.key == outbox_key(dispatch)).values(due_at=now)
        )
    else:
        dispatch.round, dispatch.state = dispatch.round + 1, DispatchState.WAITING
        await session.flush()
        await send_dispatch(session, dispatch, now=now)
    _note(session, receiver, "dispatch sent again", by.label, now, message=[dispatch.name, dispatch.name])
    await session.flush()


async def note_tried(
    session: AsyncSession, *, dispatch_id: int, state: DispatchState, attempts: int | None, body: str | None,
    status: int | None, trouble: str | None, now: datetime,
) -> None:
    """Note what came of a message; without ``attempts`` nothing was sent this time."""
    sent = {"attempts": attempts, "body": body, "status": status, "tried_at": now} if attempts is not None else {}
    await session.execute(
        update(Dispatch).where(Dispatch.id == dispatch_id).values(state=state, trouble=trouble, **sent)
    )


async def switch_off_failing(
    session: AsyncSession, *, receiver_id: int, reason: OffReason, now: datetime
) -> None:
    """Switch off a receiver that takes nothing, and tell those who look after it. Writes an audit row."""
    receiver = await session.get(Receiver, receiver_id, with_for_update=True)
    if receiver is None or receiver.off_at is not None:
        return
    receiver.off_at, receiver.off_reason, receiver.updated_at = now, reason, now
    _note(session, receiver, "receiver switched", "outbox", now, is_on=[True, False])
    slug = await session.scalar(select(Project.slug).where(Project.id == receiver.project_id))
    place = f"/projects/{slug}/webhooks" if slug else "/webhooks"
    people = await (keepers_of(session, receiver.project_id) if receiver.project_id else organisers(session))
    tell(
        session, people, kind=NoticeKind.RECEIVER_OFF, path=f"{place}/{receiver.id}", now=now,
        host=_host(receiver.address),
    )


def _checked(project_id: int | None, address: str, kinds: Collection[str]) -> tuple[str, list[str]]:
    from registry.outside import could_be_asked  # noqa: PLC0415 — it takes a while to load

    checks = Checks()
    address = checks.web_address("address", address, is_required=True)
    if address and not checks.errors and not could_be_asked(address):
        checks.wrong("address", _("We send to the public internet alone. Use an address that everyone can reach."))
    offered = [kind.value for kind in FactKind if project_id is None or kind in OF_PROJECTS]
    if not kinds or not set(kinds) <= set(offered):
        checks.wrong("kinds", _("Choose at least one of the kinds that are offered."))
    checks.done()
    return address, [kind for kind in offered if kind in kinds]


async def _receiver(session: AsyncSession, receiver_id: int, project_id: int | None) -> Receiver:
    receiver: Receiver | None = await session.scalar(select(Receiver).where(
        Receiver.id == receiver_id, Receiver.project_id.is_not_distinct_from(project_id),
    ).with_for_update())
    if receiver is None:
        raise NotFound(_("There is no such webhook here. It may have been removed."))
    return receiver


def _note(
    session: AsyncSession, receiver: Receiver, action: str, actor: str, now: datetime, **changes: Any
) -> None:
    note_change(
        session, now=now, actor=actor, action=action, subject=Subject.RECEIVER, subject_id=receiver.id,
        changes=changes,
    )


def _host(address: str) -> str:
    """What others may know of an address, whose path and query may be secrets."""
    return urlsplit(address).hostname or ""
