"""What Slack answers, as far as we read it: unknown fields are ignored, missing ones have their default."""

from typing import Any

import msgspec


class Metadata(msgspec.Struct):
    """Where the next page begins."""

    next_cursor: str = ""


class AnsweredAuth(msgspec.Struct):
    """Who we are there."""

    team_id: str
    user_id: str
    team: str = ""
    user: str = ""


class Profile(msgspec.Struct):
    """How a member shows themselves."""

    display_name: str = ""
    real_name: str = ""


class AnsweredMember(msgspec.Struct):
    """An account of the workspace."""

    id: str
    name: str = ""
    deleted: bool = False
    is_bot: bool = False
    tz: str | None = None
    locale: str = ""
    updated: int = 0
    profile: Profile = msgspec.field(default_factory=Profile)


class Said(msgspec.Struct):
    """A channel's topic or purpose."""

    value: str = ""


class AnsweredChannel(msgspec.Struct):
    """A channel of the workspace; one that is opened with a single person has its id alone."""

    id: str
    name: str = ""
    is_archived: bool = False
    is_member: bool = False
    num_members: int | None = None
    topic: Said = msgspec.field(default_factory=Said)
    purpose: Said = msgspec.field(default_factory=Said)


class AnsweredMessage(msgspec.Struct):
    """A message of a channel."""

    ts: str
    metadata: Any = None


class AnsweredPost(msgspec.Struct):
    """A message that was taken."""

    ts: str


class AnsweredUser(msgspec.Struct):
    """One account."""

    user: AnsweredMember


class AnsweredOneChannel(msgspec.Struct):
    """One channel."""

    channel: AnsweredChannel


class AnsweredMembers(msgspec.Struct):
    """A page of accounts."""

    members: tuple[AnsweredMember, ...]
    response_metadata: Metadata = msgspec.field(default_factory=Metadata)


class AnsweredChannels(msgspec.Struct):
    """A page of channels."""

    channels: tuple[AnsweredChannel, ...]
    response_metadata: Metadata = msgspec.field(default_factory=Metadata)


class AnsweredHistory(msgspec.Struct):
    """A page of messages, the last first."""

    messages: tuple[AnsweredMessage, ...]
    response_metadata: Metadata = msgspec.field(default_factory=Metadata)


class AnsweredView(msgspec.Struct):
    """A view that is open."""

    id: str


class AnsweredOneView(msgspec.Struct):
    """One view."""

    view: AnsweredView


class Done(msgspec.Struct):
    """Slack did it, and that is all."""
