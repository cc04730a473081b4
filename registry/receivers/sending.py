"""Carrying messages to receivers.

What is promised: what was committed arrives at least once, with the same id however often it is sent, in the order in
which it happened. A receiver that does not take a message is tried again in growing pauses, a dozen times within most
of a day; then it is switched off, and those who look after it are told. The rest that waited for it is dropped, and
each of it can be sent again by hand.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.rules import has_had_its_chances
from registry.database.engine import Database
from registry.inbox.keys import signature
from registry.ports import Outgoing, TryLater, WriteDown
from registry.receivers.commands import note_tried, switch_off_failing
from registry.receivers.message import message_body
from registry.receivers.queries import Parcel, parcel
from registry.receivers.rules import TEST, DispatchState, OffReason, signature_header
from registry.settings import Settings
from registry.web.i18n import marked

if TYPE_CHECKING:
    from registry.outside import Outside

NOT_PUBLIC: Final = marked("The address does not lead to the public internet.")
NO_ANSWER: Final = marked("There was no answer within five seconds, or none that can be read.")


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt: a status of HTTP, or a trouble before there was one."""

    body: str
    status: int | None = None
    trouble: str | None = None

    @property
    def has_arrived(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that it wants nothing any more."""
        return self.status == HTTPStatus.GONE


class Courier:
    """Delivers messages to receivers. ``outside`` is given in tests alone."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime], outside: "Outside | None" = None) -> None:
        self._settings = settings
        self._clock = clock
        self._outside = outside

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        """Send a message as it reads now.

        Raises:
            TryLater: its receiver did not take it, and has chances left.
        """
        now = self._clock()
        async with database.reading() as reader:
            one = await parcel(reader, message.payload["dispatch"])
            if one is None:
                return None
            body = await message_body(reader, one, base_url=self._settings.base_url, now=now)
        if one.is_off and one.kind != TEST:
            return _note(one, DispatchState.DROPPED, message, None)
        if body is None:
            return _note(one, DispatchState.WITHDRAWN, message, None)
        tried = await self._sent(one, body, now)
        if tried.has_arrived:
            return _note(one, DispatchState.ARRIVED, message, tried)
        if one.kind == TEST:
            return _note(one, DispatchState.FAILED, message, tried)
        if tried.is_gone or has_had_its_chances(message.attempt):
            reason = OffReason.GONE if tried.is_gone else OffReason.FAILING
            return _note(one, DispatchState.FAILED, message, tried, off=reason)
        async with database.writing() as session:
            await _note(one, DispatchState.FAILING, message, tried)(session, self._clock())
        raise TryLater(tried.trouble or f"HTTP {tried.status}", may_be_out=True)

    async def _sent(self, one: Parcel, body: bytes, now: datetime) -> Tried:
        from registry.outside import NoAnswer, NotAsked, Outside  # noqa: PLC0415 — it takes a while to load

        self._outside = self._outside or Outside()
        headers = {
            "Keng-Delivery": one.name, "Keng-Kind": one.kind,
            "Keng-Signature": signature_header(secret_of(self._settings, one.key), body, at=now),
        }
        try:
            answer = await self._outside.send(one.address, body, headers=headers)
        except NotAsked:
            return Tried(body=body.decode(), trouble=NOT_PUBLIC)
        except NoAnswer:
            return Tried(body=body.decode(), trouble=NO_ANSWER)
        return Tried(body=body.decode(), status=answer.status)


def secret_of(settings: Settings, key: str) -> str:
    """What a receiver's messages are signed with, of which the database holds half."""
    return signature(settings, "receiver", key)


def _note(
    one: Parcel, state: DispatchState, message: Outgoing, tried: Tried | None, *, off: OffReason | None = None
) -> WriteDown:
    async def write_down(session: AsyncSession, now: datetime) -> None:
        await note_tried(
            session, dispatch_id=one.id, state=state, attempts=message.attempt if tried else None,
            body=tried.body if tried else None, status=tried.status if tried else None,
            trouble=tried.trouble if tried else None, now=now,
        )
        if off:
            await switch_off_failing(session, receiver_id=one.receiver_id, reason=off, now=now)

    return write_down
