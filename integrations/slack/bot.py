"""What answers in Slack: commands, dialogues, buttons, shared links and the App Home."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple

from slack_sdk.webhook import WebhookClient

from integrations.slack import pitching, telling
from integrations.slack.answers import AnsweredOneView, Done
from integrations.slack.blocks import section
from integrations.slack.client import SECONDS, SlackClient
from integrations.slack.dialogues import DIALOGUES, Dialogue, keep_dialogue, new_memory
from integrations.slack.errands import Errands
from integrations.slack.here import Here, Languages
from integrations.slack.home import home_view
from integrations.slack.messages import only_for_you, sentence_block
from integrations.slack.unfurls import unfurls_of
from integrations.slack.verbs import READING, say_help
from integrations.slack.views import View, errors_in, memory_of, typed_in, waiting
from integrations.slack.views import telling as told
from registry.database.engine import Database
from registry.errors import Busy, RegistryError
from registry.ports import ChatRefused, TryLater
from registry.settings import Settings
from registry.web.i18n import current_language, languages, marked, speak
from registry.web.i18n import gettext as _
from registry.web.typed import Typed

SECONDS_FOR_A_LANGUAGE = 1.0
"""A trigger opens a dialogue for three seconds; the language must not cost them."""
_OPENING = {"pitch": pitching.NAME, "update": telling.UPDATE, "join": telling.HELP}
TOO_LATE = marked("That took too long, and Slack opens no dialogue any more. Try once more.")
_TOO_LATE = ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged")
_log = logging.getLogger("keng.slack")


class Command(NamedTuple):
    """``/keng text``, as somebody typed it."""

    text: str
    user: str
    team: str
    trigger: str
    response_url: str


class Interaction:
    """Something that was pressed, chosen or sent. ``told`` is Slack's own description of it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = told
        self.kind = str(told.get("type", ""))
        self.user = str(_of(told, "user").get("id", ""))
        self.team = str(_of(told, "user").get("team_id") or _of(told, "team").get("id", ""))
        self.trigger = str(told.get("trigger_id", ""))
        self.view = _of(told, "view")
        self.name = str(told.get("callback_id") or self.view.get("callback_id", ""))
        self.response_url = str(told.get("response_url", ""))

    @property
    def actions(self) -> list[str]:
        """The buttons that were pressed."""
        return [str(one.get("action_id")) for one in self.told.get("actions") or () if isinstance(one, dict)]


class Taken(NamedTuple):
    """What became of a dialogue that was sent: Slack's answer if there is time for one, else how to draw it anew."""

    in_time: dict[str, Any]
    late: Callable[[], Awaitable[View]]


class Bot:
    """One installation's presence in its workspace."""

    def __init__(self, settings: Settings, client: SlackClient | None) -> None:
        self.errands = Errands()
        self._settings = settings
        self._client = client
        self._languages = Languages(client)

    def is_of_ours(self, team: object) -> bool:
        """Whether something comes from the workspace whose members sign in here (any, where none is set)."""
        return not self._settings.slack_team_id or team == self._settings.slack_team_id

    def busy(self) -> dict[str, Any]:
        """What is said when more is asked than can be answered."""
        return only_for_you(_too_much())

    def too_busy_for(self, interaction: Interaction) -> dict[str, Any] | None:
        """The same in a dialogue, which keeps what was typed; a button or shortcut is not answered at all."""
        speak(_language_in(memory_of(interaction.view)))
        errors = errors_in(interaction.view, Busy(_too_much()))
        return {"response_action": "errors", "errors": errors} if errors else None

    async def answer_command(self, command: Command, database: Database, now: datetime) -> dict[str, Any] | None:
        """The answer to a command; none where a dialogue opens instead."""
        verb, _space, words = command.text.strip().partition(" ")
        verb = verb.casefold()
        speak(await self._language(command.user, now))
        here = self._here(command.user, command.team, database, now)
        try:
            if verb in _OPENING:
                await self._open(here, _OPENING[verb], command.trigger, words=words.strip())
                return None
            return await READING.get(verb, say_help)(here, words.strip())
        except RegistryError as refusal:
            return only_for_you(str(refusal))
        except (TryLater, ChatRefused) as trouble:
            return only_for_you(_(str(trouble)))
        except Exception:
            _log.exception("/keng %s failed", verb)
            return only_for_you(_broken())

    async def answer_late(self, response_url: str, answering: asyncio.Task[dict[str, Any] | None]) -> None:
        """Send the answer to a command when it is there, if Slack no longer waits for it."""
        answer = await answering
        if answer is not None:
            await self._respond(response_url, answer)

    async def take_view(self, interaction: Interaction, database: Database, now: datetime) -> Taken:
        """Do what a dialogue asks for that was filled in and sent."""
        dialogue, memory = DIALOGUES.get(interaction.name), memory_of(interaction.view)
        speak(_language_in(memory))
        if dialogue is None:
            return _shown(told("Keng", section(_broken())))
        typed = typed_in(interaction.view)
        try:
            here = await self._here(interaction.user, interaction.team, database, now).known()
            outcome = await keep_dialogue(here, dialogue, typed, memory)
            if not isinstance(outcome, RegistryError):
                return _shown(dialogue.kept(here, outcome))
            errors = errors_in(interaction.view, outcome)
            if not errors:
                return _shown(told(dialogue.shown_title, sentence_block(str(outcome))))
            late = partial(dialogue.draw, here, typed.refused(outcome), memory)
            return Taken({"response_action": "errors", "errors": errors}, late)
        except RegistryError as refusal:
            return _shown(told(dialogue.shown_title, sentence_block(str(refusal))))
        except Exception:
            _log.exception("the dialogue %s failed", interaction.name)
            return _shown(told(dialogue.shown_title, section(_broken())))

    def working_on_it(self, interaction: Interaction) -> dict[str, Any]:
        """What a dialogue shows while its work outlasts Slack's patience."""
        speak(_language_in(memory_of(interaction.view)))
        dialogue = DIALOGUES.get(interaction.name)
        return {"response_action": "update", "view": waiting(dialogue.shown_title if dialogue else "Keng")}

    async def show_late(self, interaction: Interaction, taking: asyncio.Task[Taken]) -> None:
        """Show what became of a dialogue when it is known."""
        taken = await taking
        speak(_language_in(memory_of(interaction.view)))
        await self._redraw(str(interaction.view.get("id", "")), await taken.late())

    async def react(self, interaction: Interaction, database: Database, now: datetime) -> None:
        """Do what a button or a shortcut asks for; a button that only opens a page asks for nothing."""
        here = self._here(interaction.user, interaction.team, database, now)
        if interaction.kind == "block_actions" and pitching.SHOW_ALL in interaction.actions:
            memory = {**memory_of(interaction.view), "shows": "all"}
            speak(_language_in(memory))
            view = await self._drawn(here, DIALOGUES[pitching.NAME], typed_in(interaction.view), memory)
            await self._redraw(str(interaction.view.get("id", "")), view)
        elif interaction.kind == "message_action" and interaction.name == "make_update":
            speak(await self._language(interaction.user, now))
            said = telling.as_written(str(_of(interaction.told, "message").get("text", "")))
            try:
                await self._open(here, telling.UPDATE, interaction.trigger, typed=Typed.of(text=said))
            except (TryLater, ChatRefused) as trouble:
                await self._respond(interaction.response_url, only_for_you(_(str(trouble))))

    async def show(self, event: Mapping[str, Any], database: Database, now: datetime) -> None:
        """Show what an event asks to be shown: pages that were shared, somebody's App Home. It is asked only once."""
        try:
            await self._show(event, database, now)
        except (TryLater, ChatRefused) as trouble:
            _log.warning("what %s asks for was not shown: %s", event.get("type"), trouble)

    async def _show(self, event: Mapping[str, Any], database: Database, now: datetime) -> None:
        if self._client is None:
            return
        user = str(event.get("user", ""))
        here = self._here(user, self._settings.slack_team_id, database, now)
        speak(await self._language(user, now))
        if event.get("type") == "link_shared":
            shown = await unfurls_of(here, [str(one.get("url", "")) for one in event.get("links") or ()])
            if shown:
                await self._client.ask("chat.unfurl", Done, unfurls=shown, **_place_of(event))
        elif event.get("tab", "home") == "home":
            await self._client.ask("views.publish", Done, user_id=user, view=await home_view(await here.known()))

    async def _open(
        self, here: Here, name: str, trigger: str, *, words: str = "", typed: Typed | None = None
    ) -> None:
        """Open a dialogue: first an empty one, for the trigger waits for no database; then what belongs into it."""
        dialogue = DIALOGUES[name]
        try:
            opened = await self._asked().ask(
                "views.open", AnsweredOneView, trigger_id=trigger, view=waiting(dialogue.shown_title)
            )
        except ChatRefused as refused:
            if refused.code not in _TOO_LATE:
                raise
            raise TryLater(TOO_LATE) from refused
        memory = new_memory(current_language(), project=words)
        await self._redraw(opened.view.id, await self._drawn(here, dialogue, typed or Typed(), memory))

    async def _redraw(self, view_id: str, view: View) -> None:
        """Put something else into an open dialogue; nothing where the person has closed it."""
        try:
            await self._asked().ask("views.update", Done, view_id=view_id, view=view)
        except ChatRefused as refused:
            if refused.code != "not_found":
                raise

    async def _drawn(self, here: Here, dialogue: Dialogue, typed: Typed, memory: Mapping[str, str]) -> View:
        try:
            return await dialogue.draw(await here.known(), typed, memory)
        except RegistryError as refusal:
            return told(dialogue.shown_title, sentence_block(str(refusal)))
        except Exception:
            _log.exception("the dialogue %s could not be drawn", dialogue.title)
            return told(dialogue.shown_title, section(_broken()))

    def _here(self, user: str, team: str, database: Database, now: datetime) -> Here:
        return Here(settings=self._settings, database=database, now=now, user=user, team=team)

    async def _language(self, user: str, now: datetime) -> str:
        try:
            async with asyncio.timeout(SECONDS_FOR_A_LANGUAGE):
                return await self._languages.of(user, now=now)
        except TimeoutError:
            return languages()[0]

    async def _respond(self, response_url: str, message: dict[str, Any]) -> None:
        if not response_url.startswith(("https://", "http://")):
            return
        client = WebhookClient(response_url, timeout=SECONDS, retry_handlers=[])
        answered = await asyncio.to_thread(client.send_dict, message)
        if answered.status_code != HTTPStatus.OK:
            _log.warning("a late answer was refused (HTTP %s)", answered.status_code)

    def _asked(self) -> SlackClient:
        """The client.

        Raises:
            TryLater: there is none.
        """
        if self._client is None:
            raise TryLater(marked("Dialogues need the app's token: an administrator sets KENG_SLACK_BOT_TOKEN."))
        return self._client


def _of(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _place_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """Where links were shared: in a message, or in one that is still being written."""
    if event.get("unfurl_id") and event.get("source"):
        return {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    return {"channel": event.get("channel"), "ts": event.get("message_ts")}


def _shown(view: View) -> Taken:
    async def drawn() -> View:
        return view

    return Taken({"response_action": "update", "view": view}, drawn)


def _language_in(memory: Mapping[str, str]) -> str:
    language = memory.get("language", "")
    return language if language in languages() else languages()[0]


def _too_much() -> str:
    return _("Too much is asked of us at the moment. Try again in a minute.")


def _broken() -> str:
    return _("Something broke on our side. Nothing you typed was changed; please try again in a moment.")
