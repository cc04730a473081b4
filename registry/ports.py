"""What the registry asks of the systems around it. Each integration implements some of these protocols.

An integration is a module named in ``KENG_INTEGRATIONS`` with a function ``connect(settings) -> Connections``; the
registry imports it by that name only, so that another forge or chat can come as a sibling and nothing else moves.
"""

from importlib import import_module
from typing import Protocol, runtime_checkable

import msgspec

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


class Connections(msgspec.Struct, frozen=True, kw_only=True):
    """What one integration brings; empty where it is not configured."""

    sign_in: tuple[SignInProvider, ...] = ()
    forges: tuple[CodeForge, ...] = ()


def connect(settings: Settings) -> Connections:
    """Ask every integration of the settings what it brings."""
    brought = [import_module(name).connect(settings) for name in settings.integrations]
    return Connections(
        sign_in=tuple(provider for one in brought for provider in one.sign_in),
        forges=tuple(forge for one in brought for forge in one.forges),
    )
