"""What the registry asks of the systems around it. Each integration implements some of these protocols.

An integration is a module named in ``KENG_INTEGRATIONS`` with a function ``connect(settings) -> Connections``; the
registry imports it by that name only, so that another forge or chat can come as a sibling and nothing else moves.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from registry.database.engine import Database
from registry.database.types import Localized
from registry.people.rules import IdentityProvider
from registry.settings import Settings


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider vouches for. ``subject`` is its own stable id; an e-mail address is never asked for."""

    provider: IdentityProvider
    subject: str
    login: str
    display_name: str


class SignInRefused(Exception):
    """The provider did not vouch for anybody; the message is for the log, without codes or tokens."""


class ProviderUnreachable(Exception):
    """The provider does not answer, or not in a usable way; the message is for the log."""


@runtime_checkable
class SignInProvider(Protocol):
    """An outside account with which people sign in (OAuth with PKCE, or OpenID Connect)."""

    @property
    def provider(self) -> IdentityProvider:
        """Whose accounts these are."""

    @property
    def label(self) -> str:
        """What the provider calls itself."""

    @property
    def form_targets(self) -> tuple[str, ...]:
        """Where its sign-in pages live, as sources of a Content-Security-Policy: a form's redirect must be allowed."""

    def authorization_url(self, *, state: str, nonce: str, code_verifier: str, redirect_uri: str) -> str:
        """The address to which the person is sent."""

    async def identify(self, *, code: str, nonce: str, code_verifier: str, redirect_uri: str) -> Claims:
        """Exchange the code that came back for what the provider says of the person.

        Raises:
            SignInRefused: the code, its verifier or what the provider says is not right.
            ProviderUnreachable: the provider is out of reach, too slow or out of order.
        """


class RepositoryFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a forge says of a repository; empty where it says nothing. ``readme`` is its first paragraph, as text."""

    url: str
    name: str
    description: str = ""
    licence: str = ""
    topics: tuple[str, ...] = ()
    site: str = ""
    readme: str = ""


class ForgeUnreachable(Exception):
    """The forge does not answer, or not in a usable way; the message is for the log."""


@runtime_checkable
class CodeForge(Protocol):
    """A place where repositories live."""

    @property
    def label(self) -> str:
        """What the forge calls itself."""

    def knows(self, url: str) -> bool:
        """Whether an address looks like a repository there."""

    async def describe_repository(self, url: str) -> RepositoryFacts | None:
        """What it says of a public repository; none when there is none. Ask outside of any transaction: it may hang.

        Raises:
            ForgeUnreachable: it is out of reach, too slow, out of order or wants us to wait.
        """


class Workplace(msgspec.Struct, frozen=True):
    """What a job works with: the installation's settings, its database and the clock."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]


class Job(msgspec.Struct, frozen=True):
    """Background work with a name and a rhythm.

    ``work`` is called with the moment of its turn and opens its own transactions. An exception is logged and noted,
    and the job gets its next turn later. Two runs of one job never overlap; other jobs run beside it, so it must not
    block the event loop (``asyncio.to_thread`` for what does).
    """

    name: str
    every: timedelta
    work: Callable[[Workplace, datetime], Awaitable[None]]


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the outbox on its way out; ``attempt`` counts from 1.

    ``may_be_out`` says that an earlier attempt broke off after it had begun (the process died, the other side did
    not answer): the message may have arrived. A deliverer that can look for ``key`` on the other side looks first.
    """

    key: str
    kind: str
    payload: dict[str, Any]
    attempt: int
    may_be_out: bool


class TryLater(Exception):
    """A message could not be delivered now. ``reason`` is shown to organisers: no addresses, no tokens in it.

    ``after`` is how long the other side asks us to wait (Retry-After); then the whole kind waits. ``may_be_out``:
    the other side had the message and did not answer.
    """

    def __init__(self, reason: str, *, after: timedelta | None = None, may_be_out: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.may_be_out = may_be_out


class Undeliverable(Exception):
    """A message can never be delivered as it is; the reason is shown to organisers, as above."""


WriteDown = Callable[[AsyncSession, datetime], Awaitable[None]]
"""What to write of a delivery, in the transaction that marks the message as delivered."""


class Deliverer(Protocol):
    """Delivers messages of one kind from the outbox; see ``registry.activity.delivery`` for what is promised."""

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        """Deliver one message; what to write of it, if anything.

        Raises:
            TryLater: not now.
            Undeliverable: not ever.
        """


class ChatLine(msgspec.Struct, frozen=True):
    """A line of a message in each of the community's languages, and where it leads (a full address, or empty)."""

    text: Localized
    url: str


class ChatText(msgspec.Struct, frozen=True):
    """A message for a chat, in plain words: whoever posts it sets and escapes it as that chat wants.

    ``more`` says how much was left out, where something was.
    """

    heading: Localized
    url: str
    lines: Sequence[ChatLine] = ()
    more: Localized = {}


class ChatTrouble(StrEnum):
    """Why a chat does not take a message, as the reason of ``Undeliverable``; organisers read a sentence for each."""

    ACCESS_REFUSED = "access_refused"
    CHANNEL_ARCHIVED = "channel_archived"
    CHANNEL_GONE = "channel_gone"
    NOT_IN_CHANNEL = "not_in_channel"
    MAY_NOT_POST = "may_not_post"
    SCOPE_MISSING = "scope_missing"
    MAYBE_THERE = "maybe_there"
    ADDRESS_REFUSED = "address_refused"


class MessageGone(Exception):
    """Somebody deleted the message in the chat."""


class ChatPoster(Protocol):
    """Writes messages in the channels of one chat. Each method raises ``TryLater`` or ``Undeliverable``."""

    async def post(self, channel_id: str, text: ChatText, *, key: str, beneath: str | None = None) -> str:
        """Post a message, or a reply ``beneath`` one; what the chat calls it. ``key`` is found again by ``find``."""

    async def find(self, channel_id: str, *, key: str, since: datetime, beneath: str | None = None) -> str | None:
        """The message that was posted with a key, if it is there.

        Raises:
            Undeliverable: ``MAYBE_THERE``: the chat does not let us look.
        """

    async def change(self, channel_id: str, message_id: str, text: ChatText) -> None:
        """Rewrite a message.

        Raises:
            MessageGone: it is not there any more.
        """

    async def remove(self, channel_id: str, message_id: str) -> None:
        """Delete a message; nothing happens when it is gone already."""


class Connections(msgspec.Struct, frozen=True, kw_only=True):
    """What one integration brings; empty where it is not configured.

    ``deliverers`` by the kind of outbox message they deliver; ``jobs`` run beside those of ``registry.jobs.schedule``.
    """

    sign_in: tuple[SignInProvider, ...] = ()
    forges: tuple[CodeForge, ...] = ()
    deliverers: Mapping[str, Deliverer] = {}
    jobs: tuple[Job, ...] = ()


def connect(settings: Settings) -> Connections:
    """Ask every integration of the settings what it brings."""
    brought: list[Connections] = [import_module(name).connect(settings) for name in settings.integrations]
    return Connections(
        sign_in=tuple(provider for one in brought for provider in one.sign_in),
        forges=tuple(forge for one in brought for forge in one.forges),
        deliverers={kind: deliverer for one in brought for kind, deliverer in one.deliverers.items()},
        jobs=tuple(job for one in brought for job in one.jobs),
    )
