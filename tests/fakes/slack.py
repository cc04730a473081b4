"""A Slack workspace as far as the registry asks it: members, channels, messages, views, scopes, limits per method."""

import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from tests.fakes.http import Asked, FakeServer, Reply
from tests.fakes.slack_kit import trouble_of_message, trouble_of_view

TOKEN = "xoxb-the-registry"
APP_TOKEN = "xapp-the-registry"
TEAM_ID = "T0G0V"
BOT_ID = "U0KENG"
SCOPES_ASKED: dict[str, tuple[str, ...]] = {
    "auth.test": (), "users.list": ("users:read",), "users.info": ("users:read",),
    "conversations.list": ("channels:read",),
    "conversations.create": ("channels:manage",), "conversations.invite": ("channels:manage",),
    "conversations.setTopic": ("channels:manage",), "conversations.join": ("channels:join",),
    "conversations.open": ("im:write",), "conversations.history": ("channels:history", "im:history"),
    "conversations.replies": ("channels:history", "im:history"), "chat.delete": ("chat:write",),
    "chat.postMessage": ("chat:write",), "chat.update": ("chat:write",),
    "chat.unfurl": ("links:write",), "views.open": (), "views.update": (), "views.publish": (),
}
"""What Slack wants a token to have for each method; for a history one of the two, by what the channel is."""
Fields = dict[str, Any]
_TAKEN_AS_JSON = {"blocks", "view", "metadata", "unfurls", "attachments"}
_CHANNEL_NAME = re.compile(r"[^\sA-Z.!@#$%^&*()+=\[\]{};:'\",<>/?|\\]{1,80}")
RATE_LIMITED = Reply({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "30"})
HTML = Reply(raw=b"<!DOCTYPE html><title>Slack is down</title>", headers={"Content-Type": "text/html"})
TRUNCATED = Reply(raw=b'{"ok": true, "ts": "17')
UNKNOWN_FIELDS = {"response_metadata": {"warnings": ["superfluous_charset"], "next_cursor": ""}, "new_in_2030": [1, {}]}


class Refused(Exception):
    """Slack's answer that something is not to be, by its code."""


class FakeSlack(FakeServer):
    """``users`` and ``channels`` by id, ``messages`` by channel in their order, as they stand now.

    ``views`` are open modals by id, ``homes`` the App Homes by user, ``unfurls`` what was unfurled, ``responses``
    what one person alone was shown. ``scopes`` are those of the token (``revoke`` voids it). ``limits``
    are calls a minute by method; the minute is that of ``clock``. ``triggers`` open one view each.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self.forget()
        self.route("POST", r"/api/(?P<method>[\w.]+)", self._call)
        self.route("POST", r"/respond/(?P<number>\d+)", self._respond)

    def forget(self) -> None:
        """Be an empty workspace that nobody has asked anything."""
        super().forget()
        self.users: dict[str, Fields] = {}
        self.channels: dict[str, Fields] = {}
        self.messages: defaultdict[str, list[Fields]] = defaultdict(list)
        self.responses: list[Fields] = []
        self.views: dict[str, Fields] = {}
        self.homes: dict[str, Fields] = {}
        self.unfurls: list[Fields] = []
        self.triggers: set[str] = set()
        self.scopes = {scope for asked in SCOPES_ASKED.values() for scope in asked}
        self.refused_token = ""
        self.limits: dict[str, int] = {}
        self.socket_url = ""
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._numbers = 0

    # State, as a test arranges it.

    def add_user(self, user_id: str, name: str, *, locale: str = "zh-TW", **fields: Any) -> str:
        """Let there be a member; its id."""
        self.users[user_id] = {
            "id": user_id, "team_id": TEAM_ID, "name": name, "deleted": False, "is_bot": False, "tz": "Asia/Taipei",
            "locale": locale, "updated": 1_700_000_000,
            "profile": {"display_name": name, "real_name": name, "email": f"{user_id.lower()}@canary.example"},
            **fields,
        }
        return user_id

    def add_channel(self, channel_id: str, name: str, *, members: tuple[str, ...] = (BOT_ID,), **fields: Any) -> str:
        """Let there be a public channel with ``members`` (the bot alone, if not said otherwise); its id."""
        self.channels[channel_id] = {
            "id": channel_id, "name": name, "is_channel": True, "is_archived": False, "is_private": False,
            "topic": {"value": ""}, "purpose": {"value": ""}, "members": list(members), **fields,
        }
        return channel_id

    def archive(self, channel_id: str) -> None:
        """Archive a channel."""
        self.channels[channel_id]["is_archived"] = True

    def rename(self, channel_id: str, name: str) -> None:
        """Give a channel another name; Slack remembers the old one."""
        channel = self.channels[channel_id]
        channel["previous_names"] = [channel["name"], *channel.get("previous_names", [])]
        channel["name"] = name

    def revoke(self, code: str = "token_revoked") -> None:
        """Void the token."""
        self.refused_token = code

    def trigger(self) -> str:
        """A trigger for one view, as an interaction brings it."""
        self.triggers.add(trigger := f"trigger-{self._next()}")
        return trigger

    def response_url(self) -> str:
        """Where the answer to a command goes."""
        return f"{self.url}/respond/{self._next()}"

    def stamp(self) -> str:
        """The moment of the next message, which is its id in a channel: no two are the same."""
        return f"{1_700_000_000 + self._next()}.000100"

    def said(self, channel_id: str) -> list[str]:
        """The texts of a channel in their order."""
        return [message["text"] for message in self.messages[channel_id]]

    # The API.

    def _call(self, asked: Asked) -> Reply:
        method, fields = asked.found["method"], _fields_of(asked)
        if method == "apps.connections.open":  # it has a token of its own
            is_known = asked.headers.get("authorization") == f"Bearer {APP_TOKEN}"
            return Reply({"ok": True, "url": self.socket_url} if is_known else {"ok": False, "error": "invalid_auth"})
        if method not in SCOPES_ASKED:
            return Reply({"ok": False, "error": "unknown_method"})
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.scopes))}
        if self._is_over_limit(method):
            return RATE_LIMITED
        try:
            self._admit(method, asked.headers.get("authorization", ""))
            answer = getattr(self, "_" + method.replace(".", "_").lower())(fields)
        except Refused as refused:
            needed = {"needed": ",".join(SCOPES_ASKED[method]), "provided": headers["X-OAuth-Scopes"]} if (
                str(refused) == "missing_scope") else {}
            return Reply({"ok": False, "error": str(refused), **needed}, headers=headers)
        return Reply({**UNKNOWN_FIELDS, "ok": True, **answer}, headers=headers)

    def _is_over_limit(self, method: str) -> bool:
        now, calls = self.clock(), self._calls[method]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= self.limits.get(method, 1_000_000):
            return True
        calls.append(now)
        return False

    def _admit(self, method: str, authorization: str) -> None:
        if authorization != f"Bearer {TOKEN}":
            raise Refused("invalid_auth" if authorization else "not_authed")
        if self.refused_token:
            raise Refused(self.refused_token)
        wanted = SCOPES_ASKED[method]
        if wanted and not self.scopes.intersection(wanted):
            raise Refused("missing_scope")

    def _auth_test(self, _fields: Fields) -> Fields:
        return {"url": f"{self.url}/", "team": "g0v.tw", "user": "keng", "team_id": TEAM_ID, "user_id": BOT_ID,
                "bot_id": "B0KENG"}

    def _users_list(self, fields: Fields) -> Fields:
        return self._page("members", list(self.users.values()), fields)

    def _users_info(self, fields: Fields) -> Fields:
        user = self._user(fields["user"])
        return {"user": user if fields.get("include_locale") else {k: v for k, v in user.items() if k != "locale"}}

    def _conversations_list(self, fields: Fields) -> Fields:
        shown = [one for one in self.channels.values() if not one.get("is_im")]
        return self._page("channels", [self._channel_as_seen(one) for one in shown], fields)

    def _conversations_create(self, fields: Fields) -> Fields:
        name = fields.get("name", "")
        if not name or not _CHANNEL_NAME.fullmatch(name):
            raise Refused("invalid_name_specials" if name else "invalid_name_required")
        if name in {one.get("name") for one in self.channels.values()}:
            raise Refused("name_taken")
        channel_id = self.add_channel(f"C{self._next():05}", name)
        return {"channel": self._channel_as_seen(self.channels[channel_id])}

    def _conversations_invite(self, fields: Fields) -> Fields:
        channel, users = self._open_channel(fields["channel"]), fields["users"].split(",")
        if any(user not in self.users for user in users):
            raise Refused("user_not_found")
        if BOT_ID not in channel["members"]:
            raise Refused("not_in_channel")
        if all(user in channel["members"] for user in users):
            raise Refused("already_in_channel")
        channel["members"] += [user for user in users if user not in channel["members"]]
        return {"channel": self._channel_as_seen(channel)}

    def _conversations_settopic(self, fields: Fields) -> Fields:
        channel = self._open_channel(fields["channel"])
        channel["topic"] = {"value": fields["topic"]}
        return {"channel": self._channel_as_seen(channel)}

    def _conversations_join(self, fields: Fields) -> Fields:
        channel = self._open_channel(fields["channel"])
        if BOT_ID not in channel["members"]:
            channel["members"].append(BOT_ID)
        return {"channel": self._channel_as_seen(channel)}

    def _conversations_open(self, fields: Fields) -> Fields:
        user = self._user(fields["users"])
        if user["deleted"]:
            raise Refused("user_disabled")
        channel_id = "D" + user["id"][1:]
        if channel_id not in self.channels:
            self.add_channel(channel_id, "", members=(BOT_ID, user["id"]), is_im=True)
        return {"channel": {"id": channel_id}}

    def _conversations_history(self, fields: Fields) -> Fields:
        channel = self._channel(fields["channel"])
        if ("im:history" if channel.get("is_im") else "channels:history") not in self.scopes:
            raise Refused("missing_scope")
        if BOT_ID not in channel["members"]:
            raise Refused("not_in_channel")
        oldest = float(fields.get("oldest", 0))
        found = [
            one for one in reversed(self.messages[channel["id"]])
            if float(one["ts"]) > oldest and one.get("thread_ts") == fields.get("ts")
        ]
        if not fields.get("include_all_metadata"):
            found = [{key: value for key, value in one.items() if key != "metadata"} for one in found]
        return self._page("messages", found, fields)

    def _conversations_replies(self, fields: Fields) -> Fields:
        return self._conversations_history(fields)

    def _chat_delete(self, fields: Fields) -> Fields:
        messages = self.messages[self._open_channel(fields["channel"])["id"]]
        found = [one for one in messages if one["ts"] == fields["ts"]]
        if not found:
            raise Refused("message_not_found")
        messages.remove(found[0])
        return {"ts": fields["ts"]}

    def _chat_postmessage(self, fields: Fields) -> Fields:
        channel = self._open_channel(fields["channel"])
        if BOT_ID not in channel["members"]:
            raise Refused("not_in_channel")
        self._refuse_bad_message(fields)
        ts = self.stamp()
        self.messages[channel["id"]].append({**fields, "type": "message", "user": BOT_ID, "ts": ts})
        return {"channel": channel["id"], "ts": ts, "message": {"text": fields.get("text", "")}}

    def _chat_update(self, fields: Fields) -> Fields:
        channel = self._open_channel(fields["channel"])
        found = next((one for one in self.messages[channel["id"]] if one["ts"] == fields["ts"]), None)
        if found is None:
            raise Refused("message_not_found")
        self._refuse_bad_message(fields)
        found.update({**fields, "edited": True})
        return {"channel": channel["id"], "ts": fields["ts"]}

    def _chat_unfurl(self, fields: Fields) -> Fields:
        self.unfurls.append(fields)
        return {}

    def _views_open(self, fields: Fields) -> Fields:
        if fields.get("trigger_id") not in self.triggers:
            raise Refused("expired_trigger_id")
        self.triggers.discard(fields["trigger_id"])
        return self._keep_view(f"V{self._next():05}", fields["view"])

    def _views_update(self, fields: Fields) -> Fields:
        if fields.get("view_id") not in self.views:
            raise Refused("not_found")
        return self._keep_view(fields["view_id"], fields["view"])

    def _views_publish(self, fields: Fields) -> Fields:
        if trouble := trouble_of_view(fields["view"]):
            raise Refused(trouble)
        self.homes[self._user(fields["user_id"])["id"]] = fields["view"]
        return {"view": fields["view"]}

    def _respond(self, asked: Asked) -> Reply:
        message = json.loads(asked.body)
        if trouble := trouble_of_message(message):
            return Reply(raw=trouble.encode(), status=400)
        self.responses.append(message)
        return Reply(raw=b"ok", headers={"Content-Type": "text/plain"})

    # What several methods need.

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _user(self, user_id: str) -> Fields:
        if user_id not in self.users:
            raise Refused("user_not_found")
        return self.users[user_id]

    def _channel(self, channel_id: str) -> Fields:
        if channel_id not in self.channels:
            raise Refused("channel_not_found")
        return self.channels[channel_id]

    def _open_channel(self, channel_id: str) -> Fields:
        channel = self._channel(channel_id)
        if channel["is_archived"]:
            raise Refused("is_archived")
        return channel

    def _channel_as_seen(self, channel: Fields) -> Fields:
        seen = {key: value for key, value in channel.items() if key != "members"}
        return {**seen, "is_member": BOT_ID in channel["members"], "num_members": len(channel["members"])}

    def _refuse_bad_message(self, fields: Fields) -> None:
        if trouble := trouble_of_message(fields):
            raise Refused(trouble)

    def _keep_view(self, view_id: str, view: Fields) -> Fields:
        if trouble := trouble_of_view(view):
            raise Refused(trouble)
        self.views[view_id] = {**view, "id": view_id}
        return {"view": self.views[view_id]}

    def _page(self, name: str, rows: list[Fields], fields: Fields) -> Fields:
        start, size = int(fields.get("cursor") or 0), int(fields.get("limit") or 100)
        following = str(start + size) if start + size < len(rows) else ""
        return {name: rows[start:start + size], "response_metadata": {"next_cursor": following}}


def _fields_of(asked: Asked) -> Fields:
    if asked.headers.get("content-type", "").startswith("application/json"):
        posted: Fields = json.loads(asked.body)
        return posted
    return {
        key: json.loads(value) if key in _TAKEN_AS_JSON else value for key, value in asked.form().items()
    }
