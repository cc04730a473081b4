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
from registry.people.rules import IdentityProvider
from registry.settings import Settings
from registry.web.i18n import marked


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
    def key(self) -> str:
        """What the registry calls it."""

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


class JobTrouble(Exception):
    """A job cannot go on, and somebody can help it: the message tells organisers what to do.

    It is a message of the catalogues (``marked``), of at most 200 characters, without addresses, tokens and data.
    """


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


class ChatTrouble(StrEnum):
    """Why a chat will not do something as long as nobody changes something; ``CHAT_TROUBLES`` says what."""

    TOKEN = "token"  # noqa: S105 — a word
    SCOPE = "scope"
    NO_CHANNEL = "no channel"
    ARCHIVED = "archived"
    NOT_IN_CHANNEL = "not in channel"
    NAME_TAKEN = "name taken"
    BAD_NAME = "bad name"
    NO_MEMBER = "no member"
    NO_MESSAGE = "no message"
    FIXED = "fixed"
    MAYBE_THERE = "maybe there"
    ADDRESS = "address"
    OTHER = "other"


CHAT_TROUBLES = {
    ChatTrouble.TOKEN: marked(
        "The chat no longer accepts our token. Install the app in the workspace again and put its new token into the "
        "settings."
    ),
    ChatTrouble.SCOPE: marked(
        "The chat's app lacks a permission. Give it the scopes that `keng slack check` names, and install it again."
    ),
    ChatTrouble.NO_CHANNEL: marked("There is no such channel any more, or it is private. Choose another one."),
    ChatTrouble.ARCHIVED: marked("The channel is archived. Unarchive it in the chat, or choose another one."),
    ChatTrouble.NOT_IN_CHANNEL: marked("Our app is not in the channel. Invite it there: /invite @ and its name."),
    ChatTrouble.NAME_TAKEN: marked("A channel of that name exists already. Link that one, or choose another name."),
    ChatTrouble.BAD_NAME: marked(
        "The chat does not take that name for a channel. Use at most 80 small letters, digits and hyphens."
    ),
    ChatTrouble.NO_MEMBER: marked("That person is no longer in the workspace, or takes no messages."),
    ChatTrouble.FIXED: marked("The chat lets nobody change that message any more."),
    ChatTrouble.MAYBE_THERE: marked(
        "This may have arrived: the chat did not answer, and we may not read the channel. Look there, and send it "
        "again only if it is missing."
    ),
    ChatTrouble.ADDRESS: marked(
        "The address of this webhook is none that we send to: it must lead to the public internet. Put the right one "
        "into KENG_CHAT_WEBHOOKS."
    ),
    ChatTrouble.NO_MESSAGE: marked("That message is gone from the chat. Send it anew."),
    ChatTrouble.OTHER: marked("The chat refused it. `keng slack check` may say more."),
}
"""What a person can do about each trouble; looked up in the catalogues where it is shown."""


class ChatRefused(Undeliverable):
    """A chat will not do this; the message is the sentence of ``CHAT_TROUBLES``, ``code`` what the chat said."""

    def __init__(self, trouble: ChatTrouble, code: str) -> None:
        super().__init__(CHAT_TROUBLES[trouble])
        self.trouble = trouble
        self.code = code


class ChatLine(msgspec.Struct, frozen=True):
    """A line of a list in a message, and where it leads."""

    text: str
    url: str = ""


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What is said in a chat, as plain text without any markup: each chat draws it in its own way, and escapes it.

    ``text`` says it in one line, for notices and for who cannot see the rest. ``url`` leads to the whole of it.
    """

    text: str
    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    lines: tuple[ChatLine, ...] = ()
    url: str = ""
    url_label: str = ""
    footnote: str = ""


class ChatChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A public channel as the chat describes it now; ``members`` is none where it does not say."""

    id: str
    name: str
    is_archived: bool = False
    has_us: bool = False
    members: int | None = None
    topic: str = ""
    purpose: str = ""


class ChatMember(msgspec.Struct, frozen=True, kw_only=True):
    """An account in the chat. No e-mail address, no picture: nothing that the registry does not need.

    ``changed_at`` is the chat's own time of its last change, where it tells one.
    """

    id: str
    name: str
    is_gone: bool = False
    is_bot: bool = False
    timezone: str = ""
    changed_at: datetime | None = None


class ChannelsPage(msgspec.Struct, frozen=True):
    """Some channels, and the cursor with which the next ones are asked for (empty: these were the last)."""

    channels: tuple[ChatChannel, ...]
    cursor: str


class MembersPage(msgspec.Struct, frozen=True):
    """Some accounts, and the cursor of the next ones."""

    members: tuple[ChatMember, ...]
    cursor: str


class ChatVoice(Protocol):
    """Where messages can be posted in channels, named by the chat's own ids.

    Every function raises ``TryLater`` (the chat is down, slow, or names a pause) and ``ChatRefused``. None repeats a
    request by itself. Ask outside of transactions: each may take seconds.
    """

    @property
    def label(self) -> str:
        """What the chat calls itself."""

    async def post(self, channel: str, message: ChatMessage, *, key: str, thread: str = "") -> str:
        """Say something in a channel, or beneath the message ``thread``; its id. ``key`` is kept with it."""

    async def find_posted(self, channel: str, key: str, *, since: datetime, thread: str = "") -> str | None:
        """The id of the message that was posted with ``key`` after ``since``, or beneath ``thread``; or none."""

    async def change(self, channel: str, message_id: str, message: ChatMessage) -> None:
        """Replace what a message of ours says."""

    async def remove(self, channel: str, message_id: str) -> None:
        """Delete a message of ours; silent when it is gone."""

    async def join(self, channel: str) -> object:
        """Go into a public channel."""


@runtime_checkable
class ChatWorkspace(ChatVoice, Protocol):
    """A chat in which the community lives: what can be said there, and its channels and members."""

    @property
    def provider(self) -> IdentityProvider:
        """Whose accounts its members sign in with here."""

    def subject_of(self, member: str) -> str:
        """What an identity of ours holds for a member."""

    def member_in(self, subject: str) -> str:
        """The member for whom an identity of ours stands."""

    async def direct_channel(self, member: str) -> str:
        """The channel in which one person alone is told something."""

    async def channels(self, cursor: str = "") -> ChannelsPage:
        """The public channels, archived ones too, a page at a time."""

    async def members(self, cursor: str = "") -> MembersPage:
        """The accounts, those that are gone too, a page at a time."""

    async def last_said_at(self, channel: str) -> datetime | None:
        """When something was last said in a channel that we are in; none when never."""

    async def create_channel(self, name: str, *, topic: str = "") -> ChatChannel:
        """Make a public channel, with us in it."""

    async def join(self, channel: str) -> ChatChannel:
        """Go into a public channel."""

    async def invite(self, channel: str, members: Sequence[str]) -> None:
        """Bring people into a channel; silent about who is there already."""

    def channel_address(self, channel: str) -> str:
        """The address that opens a channel."""


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


class HookCall(msgspec.Struct, frozen=True):
    """What another system sent to a door: the body as it came, its headers (names in lower case), and when."""

    body: bytes
    headers: Mapping[str, str]
    at: datetime


class HookAnswer(msgspec.Struct, frozen=True):
    """What a door answers; ``content`` is sent as JSON, and nothing is sent where there is none."""

    status: int = 200
    content: Any = None


@runtime_checkable
class WebhookDoor(Protocol):
    """An address at which another system tells us something, and proves with each call that it is that system.

    It has no session and no form's token: the signature is all. What knocks is a machine that soon gives up, so a
    door looks at the signature, keeps what it is told (``registry.hooks``) and answers; a job works on it later.
    """

    @property
    def path(self) -> str:
        """Its address, below ``/hooks/``."""

    @property
    def largest_body(self) -> int:
        """How many bytes it takes; a larger call is refused before it is read."""

    async def answer(self, call: HookCall, database: Database) -> HookAnswer:
        """Check who calls, keep what is worth keeping, and answer; what is not understood is no error."""


class Connections(msgspec.Struct, frozen=True, kw_only=True):
    """What one integration brings; empty where it is not configured.

    ``deliverers`` by the kind of outbox message they deliver; ``jobs`` run beside those of ``registry.jobs.schedule``;
    ``hooks`` become routes of the application. ``chat`` is the community's workspace; the first one connected counts.
    """

    sign_in: tuple[SignInProvider, ...] = ()
    forges: tuple[CodeForge, ...] = ()
    deliverers: Mapping[str, Deliverer] = {}
    jobs: tuple[Job, ...] = ()
    chat: ChatWorkspace | None = None
    hooks: tuple[WebhookDoor, ...] = ()


def connect(settings: Settings) -> Connections:
    """Ask every integration of the settings what it brings."""
    brought: list[Connections] = [import_module(name).connect(settings) for name in settings.integrations]
    return Connections(
        sign_in=tuple(provider for one in brought for provider in one.sign_in),
        forges=tuple(forge for one in brought for forge in one.forges),
        deliverers={kind: deliverer for one in brought for kind, deliverer in one.deliverers.items()},
        jobs=tuple(job for one in brought for job in one.jobs),
        chat=next((one.chat for one in brought if one.chat), None),
        hooks=tuple(door for one in brought for door in one.hooks),
    )
