"""The dialogues that we open in Slack, each with how it is drawn, kept and what it says in the end."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from integrations.slack import pitching, telling
from integrations.slack.here import Here
from integrations.slack.views import View
from registry.errors import RegistryError
from registry.web.i18n import gettext as _
from registry.web.i18n import marked
from registry.web.typed import ONCE_FIELD, Typed, attempt

Memory = Mapping[str, str]


class Dialogue(NamedTuple):
    """``title`` is English and looked up where it is shown."""

    title: str
    draw: Callable[[Here, Typed, Memory], Awaitable[View]]
    keep: Callable[[Here, AsyncSession, Typed, Memory], Awaitable[str]]
    kept: Callable[[Here, str], View]

    @property
    def shown_title(self) -> str:
        """The title in the reader's language."""
        return _(self.title)


DIALOGUES: Mapping[str, Dialogue] = {
    pitching.NAME: Dialogue(marked("Pitch"), pitching.pitch_view, pitching.keep_pitch, pitching.pitch_kept),
    telling.UPDATE: Dialogue(
        marked("Post an update"), telling.update_view, telling.keep_update, telling.update_kept
    ),
    telling.HELP: Dialogue(marked("Join a project"), telling.help_view, telling.keep_offer, telling.offer_kept),
}


def new_memory(language: str, **more: str) -> dict[str, str]:
    """What a dialogue remembers from its beginning: its language, and the key with which it counts once."""
    return {"key": secrets.token_urlsafe(16), "language": language, **more}


async def keep_dialogue(here: Here, dialogue: Dialogue, typed: Typed, memory: Memory) -> str | RegistryError:
    """Do what a dialogue asks for, once however often it is sent; where it is then, or why it was not done."""
    once = typed.filled_up({ONCE_FIELD: [memory.get("key", "")]})
    async with here.database.writing() as session:
        return await attempt(
            session, once, lambda: dialogue.keep(here, session, once, memory), by=here.actor, now=here.now
        )
