"""Who speaks to us in Slack, in which language, and what we need to answer them."""

from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

from integrations.slack.answers import AnsweredUser
from integrations.slack.client import SlackClient
from registry.accounts.queries import VISITOR, Actor, actor_with_identity
from registry.accounts.rules import Permission, Role
from registry.accounts.words import who_may
from registry.database.engine import Database
from registry.errors import NotAllowed
from registry.people.rules import IdentityProvider
from registry.ports import ChatRefused, TryLater
from registry.settings import Settings
from registry.web.i18n import choose_language
from registry.web.i18n import gettext as _

LANGUAGES_KEPT = 5_000
LANGUAGE_HOLDS = timedelta(hours=6)


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """One call from Slack being answered: who speaks, when, and with what it is answered.

    ``actor`` is a visitor until ``known`` has asked the database who is behind the account.
    """

    settings: Settings
    database: Database
    now: datetime
    user: str
    team: str
    actor: Actor = VISITOR

    async def known(self) -> "Here":
        """The same with the person who signs in with this account; still a visitor when nobody does."""
        subject = f"{self.team}:{self.user}"
        async with self.database.reading() as reader:
            actor = await actor_with_identity(reader, provider=IdentityProvider.SLACK, subject=subject)
        return msgspec.structs.replace(self, actor=actor)

    def address(self, path: str) -> str:
        """The full address of one of our pages."""
        return f"{self.settings.base_url}{path}"

    def needs(self, permission: Permission, there: frozenset[Role] = frozenset()) -> None:
        """Let only those go on who may.

        Raises:
            NotAllowed: the sentence says who may, or how to become somebody here.
        """
        if not self.actor.is_signed_in:
            raise NotAllowed(_(
                "We do not know you here yet. Sign in once with Slack: %(sign_in)s – or, if you have an account here "
                "already, link Slack to it: %(account)s – and try again."
            ) % {"sign_in": self.address("/sign-in"), "account": self.address("/account")})
        if not self.actor.may(permission, there):
            raise NotAllowed(who_may(permission))


class Languages:
    """The language of each member, as Slack knows it; asked once in some hours."""

    def __init__(self, client: SlackClient | None) -> None:
        self._client = client
        self._known: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    async def of(self, user: str, *, now: datetime) -> str:
        """The interface's language for a member: theirs in Slack, or the community's where Slack does not say."""
        language, until = self._known.get(user, ("", now))
        if language and now < until:
            return language
        locale = await self._locale(user)
        language = choose_language(asked=None, remembered=None, accepted=locale)
        if locale:
            self._known[user] = (language, now + LANGUAGE_HOLDS)
            while len(self._known) > LANGUAGES_KEPT:
                self._known.popitem(last=False)
        return language

    async def _locale(self, user: str) -> str:
        if self._client is None:
            return ""
        try:
            answered = await self._client.ask("users.info", AnsweredUser, user=user, include_locale=True)
        except (TryLater, ChatRefused):  # the answer then comes in the community's first language
            return ""
        return answered.user.locale
