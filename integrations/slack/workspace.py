"""The workspace behind ``ChatWorkspace``: messages, channels and members of Slack."""

from collections.abc import Sequence
from datetime import UTC, datetime

from integrations.slack.answers import (
    AnsweredChannel,
    AnsweredChannels,
    AnsweredHistory,
    AnsweredMember,
    AnsweredMembers,
    AnsweredMessage,
    AnsweredOneChannel,
    AnsweredPost,
    Done,
)
from integrations.slack.blocks import cut_escaped, drawn
from integrations.slack.client import SlackClient, client_of
from registry.people.rules import IdentityProvider
from registry.ports import (
    ChannelsPage,
    ChatChannel,
    ChatMember,
    ChatMessage,
    ChatRefused,
    ChatTrouble,
    MembersPage,
)
from registry.settings import Settings

PAGE_SIZE = 200
HISTORY_PAGES = 5
MOST_TOPIC = 250
LATEST = 2**33
"""No moment that an account may have changed at is later (the year 2242)."""
EVENT_TYPE = "keng_message"


class SlackWorkspace:
    """One workspace of Slack; see ``registry.ports.ChatWorkspace``."""

    label = "Slack"
    provider = IdentityProvider.SLACK

    def __init__(self, client: SlackClient, *, team_id: str, url: str) -> None:
        self._client = client
        self._team_id = team_id
        self._url = url

    async def post(self, channel: str, message: ChatMessage, *, key: str, thread: str = "") -> str:
        """Say something in a channel, or beneath the message ``thread``; its id (``ts``)."""
        posted = await self._client.ask(
            "chat.postMessage", AnsweredPost, channel=channel, thread_ts=thread or None, **drawn(message),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        )
        return posted.ts

    async def find_posted(self, channel: str, key: str, *, since: datetime, thread: str = "") -> str | None:
        """The id of our message with ``key`` in a channel, or beneath ``thread``, among the last 1,000 after ``since``.

        Slack lists the answers beneath a message apart from what else is in the channel.
        """
        method, cursor = ("conversations.replies" if thread else "conversations.history"), ""
        for _page in range(HISTORY_PAGES):
            answered = await self._client.ask(
                method, AnsweredHistory, channel=channel, ts=thread or None, oldest=f"{since.timestamp():.6f}",
                include_all_metadata=True, limit=PAGE_SIZE, cursor=cursor or None,
            )
            for message in answered.messages:
                if _key_of(message) == key:
                    return message.ts
            cursor = answered.response_metadata.next_cursor
            if not cursor:
                break
        return None

    async def change(self, channel: str, message_id: str, message: ChatMessage) -> None:
        """Replace what a message of ours says."""
        said = {name: value for name, value in drawn(message).items() if not name.startswith(("unfurl", "mrkdwn"))}
        await self._client.ask("chat.update", Done, channel=channel, ts=message_id, **said)

    async def remove(self, channel: str, message_id: str) -> None:
        """Delete a message of ours; silent when it is gone."""
        try:
            await self._client.ask("chat.delete", Done, channel=channel, ts=message_id)
        except ChatRefused as refused:
            if refused.trouble is not ChatTrouble.NO_MESSAGE:
                raise

    async def direct_channel(self, member: str) -> str:
        """The channel in which one person alone is told something."""
        return (await self._client.ask("conversations.open", AnsweredOneChannel, users=member)).channel.id

    async def channels(self, cursor: str = "") -> ChannelsPage:
        """The public channels, archived ones too."""
        answered = await self._client.ask(
            "conversations.list", AnsweredChannels, types="public_channel", limit=PAGE_SIZE, cursor=cursor or None
        )
        return ChannelsPage(tuple(map(channel_of, answered.channels)), answered.response_metadata.next_cursor)

    async def members(self, cursor: str = "") -> MembersPage:
        """The accounts, those that are gone too."""
        answered = await self._client.ask("users.list", AnsweredMembers, limit=PAGE_SIZE, cursor=cursor or None)
        return MembersPage(tuple(map(member_of, answered.members)), answered.response_metadata.next_cursor)

    async def last_said_at(self, channel: str) -> datetime | None:
        """When something was last said in a channel that we are in."""
        answered = await self._client.ask("conversations.history", AnsweredHistory, channel=channel, limit=1)
        return datetime.fromtimestamp(float(answered.messages[0].ts), UTC) if answered.messages else None

    async def create_channel(self, name: str, *, topic: str = "") -> ChatChannel:
        """Make a public channel, with us in it."""
        made = channel_of((await self._client.ask("conversations.create", AnsweredOneChannel, name=name)).channel)
        if topic:
            await self._client.ask(
                "conversations.setTopic", Done, channel=made.id, topic=cut_escaped(topic, MOST_TOPIC)
            )
        return made

    async def join(self, channel: str) -> ChatChannel:
        """Go into a public channel; silent when we are there."""
        return channel_of((await self._client.ask("conversations.join", AnsweredOneChannel, channel=channel)).channel)

    async def invite(self, channel: str, members: Sequence[str]) -> None:
        """Bring people into a channel; silent about who is there already."""
        try:
            await self._client.ask("conversations.invite", Done, channel=channel, users=",".join(members))
        except ChatRefused as refused:
            if refused.code != "already_in_channel":
                raise

    def subject_of(self, member: str) -> str:
        """What sign-in keeps for a member: the workspace and the account."""
        return f"{self._team_id}:{member}"

    def member_in(self, subject: str) -> str:
        """The account's own id."""
        return subject.rpartition(":")[2]

    def channel_address(self, channel: str) -> str:
        """The address that opens a channel in the browser or the app."""
        return f"{self._url}/app_redirect?team={self._team_id}&channel={channel}"


def workspace_of(settings: Settings) -> SlackWorkspace | None:
    """The workspace of an installation; none without a token."""
    client = client_of(settings)
    return SlackWorkspace(client, team_id=settings.slack_team_id, url=settings.slack_url) if client else None


def channel_of(answered: AnsweredChannel) -> ChatChannel:
    """A channel as Slack's answers and events describe it."""
    return ChatChannel(
        id=answered.id, name=answered.name, is_archived=answered.is_archived, has_us=answered.is_member,
        members=answered.num_members, topic=answered.topic.value, purpose=answered.purpose.value,
    )


def member_of(answered: AnsweredMember) -> ChatMember:
    """An account as Slack's answers and events describe it; Slackbot is a program too."""
    return ChatMember(
        id=answered.id, name=answered.profile.display_name or answered.profile.real_name or answered.name,
        is_gone=answered.deleted, is_bot=answered.is_bot or answered.id == "USLACKBOT", timezone=answered.tz or "",
        changed_at=datetime.fromtimestamp(answered.updated, UTC) if 0 < answered.updated < LATEST else None,
    )


def _key_of(message: AnsweredMessage) -> str | None:
    if not isinstance(message.metadata, dict) or message.metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = message.metadata.get("event_payload")
    return payload.get("key") if isinstance(payload, dict) else None
