"""How a script changes something: one command of the pages, once for each key, with refusals that a script can read."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime
from hashlib import blake2b
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import HeaderParameter
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import keep_form_answer, mark_token, take_form_key
from registry.addresses import Addresses, percent_encoded
from registry.errors import BadInput, EditConflict, FieldError, Refused
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, marked

AnyRequest = Request[Any, Any, Any]
POST, PATCH, PUT = HttpMethod.POST, HttpMethod.PATCH, HttpMethod.PUT
OnceKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key", max_length=100,
        description=marked("Any text of yours: the same request with it counts once, however often it is sent."),
    ),
]


class Written(msgspec.Struct):
    """What came of a change."""

    id: Annotated[str, Meta(description="Public identifier of what was written.", examples=["budget-map"])]
    url: Annotated[
        str | None,
        Meta(description="The record in this API; null where the public does not see it.",
             examples=["https://registry.example.org/api/v1/projects/budget-map"]),
    ]
    html_url: Annotated[
        str, Meta(description="Its page.", examples=["https://registry.example.org/projects/budget-map"])
    ]
    revision: Annotated[
        int | None, Meta(description="Its newest revision, for the next change; null where it has none.", examples=[4])
    ]


class Place(msgspec.Struct, frozen=True):
    """Where something was written: its page, its identifier, its collection in the API (where it has one) and revision.

    It is kept with the key of a request as one address, from which the same answer is made again.
    """

    page: str
    id: str
    collection: str = ""
    revision: int | None = None

    def kept(self) -> str:
        """Itself as an address of this site."""
        facts = {"id": self.id, "in": self.collection, "revision": self.revision}
        return f"{self.page}?{urlencode({name: fact for name, fact in facts.items() if fact not in ('', None)})}"

    @classmethod
    def of(cls, kept: str) -> "Place":
        """What ``kept`` made an address of."""
        parts = urlsplit(kept)
        facts = {name: values[0] for name, values in parse_qs(parts.query).items()}
        revision = facts.get("revision")
        return cls(parts.path, facts["id"], facts.get("in", ""), int(revision) if revision else None)

    def written(self, addresses: Addresses) -> Written:
        """What the answer says of it."""
        return Written(
            id=self.id, url=percent_encoded(addresses.api(self.collection, self.id)) if self.collection else None,
            html_url=percent_encoded(addresses.base_url + self.page), revision=self.revision,
        )


class Writing(msgspec.Struct, frozen=True):
    """One request that changes something: who asks, when, in which transaction, with which key."""

    request: AnyRequest
    session: AsyncSession
    by: Actor
    now: datetime
    key: str

    @property
    def settings(self) -> Settings:
        """Those of this installation."""
        settings: Settings = self.request.app.state.settings
        return settings

    @property
    def today(self) -> date:
        """The day it is where the community is."""
        return self.now.astimezone(ZoneInfo(self.settings.timezone)).date()

    async def once(self, said: msgspec.Struct | None, work: Callable[[], Awaitable[Place]]) -> Response[Written]:
        """Do the work of the request and say where it left the record; its audit rows tell of the token.

        The same request with the same key is done once and answered alike.

        Raises:
            Refused: a field cannot be kept as it is; or the key has come with another request before.
            EditConflict: somebody else has changed the record meanwhile; carries the newest revision.
        """
        refuse_unkept(said)
        mark_token(self.session, self.by.token)
        digest = blake2b(await self.request.body(), digest_size=12).hexdigest()
        key = f"{self.request.method} {self.request.url.path} {self.key}" if self.key else ""
        earlier = await take_form_key(self.session, key=key, by=self.by.label, now=self.now)
        if earlier is None:
            place = await _done(work)
            await keep_form_answer(self.session, key=key, by=self.by.label, path=f"{place.kept()}#{digest}")
        else:
            place = _answered_before(earlier, digest)
        return Response(place.written(Addresses(self.settings.base_url)))


InWriting = NamedDependency[Writing]


def provide_once_key(sent_key: OnceKey = "") -> str:
    """The key of a request. By itself: what fails once a session is open would leave that open (and SQLite locked)."""
    return sent_key


def provide_writing(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, once_key: NamedDependency[str]
) -> Writing:
    """What a page function of the API writes with."""
    return Writing(request, session, actor, now, once_key)


def form_of(said: msgspec.Struct, *names: str) -> dict[str, list[str]]:
    """The named fields as the page's form has them, those that were left out excepted.

    A text in several languages fills one field for each (``title-en``); a list of words is one field with commas.
    """
    fields: dict[str, list[str]] = {}
    for name in names:
        value = getattr(said, name)
        if isinstance(value, dict):
            fields |= {f"{name}-{tag}": [value[tag]] if value.get(tag) else [] for tag in languages()}
        elif isinstance(value, bool):
            fields[name] = ["yes"] if value else []
        elif isinstance(value, list):
            fields[name] = [", ".join(value)] if value else []
        elif value is not None:
            fields[name] = [str(value)]
    return fields


def refuse_unkept(said: msgspec.Struct | None) -> None:
    """Check what no field of ours can hold, whatever it is about.

    Raises:
        Refused: a text holds NUL, or is in a language that this installation does not have.
    """
    if errors := list(_unkept(said, "")):
        raise Refused(_("Some of what was sent cannot be used as it is."), errors=errors)


def _unkept(value: Any, name: str) -> Iterator[FieldError]:
    if isinstance(value, str) and "\0" in value:
        yield FieldError(
            name=name, detail=_("A text holds a character that cannot be kept (NUL). Remove it and try again.")
        )
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _unkept(getattr(value, field), f"{name}.{field}".removeprefix("."))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _unkept(one, f"{name}[{number}]")
    elif isinstance(value, dict):
        for tag, words in value.items():
            if tag not in languages():
                yield FieldError(name=f"{name}.{tag}", detail=_("Use one of these languages: %(languages)s.") % {
                    "languages": ", ".join(languages())
                })
            yield from _unkept(words, f"{name}.{tag}")


async def _done(work: Callable[[], Awaitable[Place]]) -> Place:
    try:
        return await work()
    except EditConflict as conflict:
        raise EditConflict(
            _("Somebody has changed this since the revision that you sent, so nothing was done. Read it again, and "
              "send your change with the newest revision."),
            theirs={}, revision=conflict.revision,
        ) from conflict
    except BadInput as refusal:
        errors = [FieldError(name=_as_property(one.name), detail=one.detail) for one in refusal.errors]
        raise Refused(str(refusal), errors=errors) from refusal


def _as_property(field: str) -> str:
    """What a field of a form is called in a body: ``title.en`` for ``title-en``."""
    tag = next((tag for tag in languages() if field.endswith(f"-{tag}")), "")
    return f"{field.removesuffix(f'-{tag}')}.{tag}" if tag else field


def _answered_before(kept: str, digest: str) -> Place:
    address, _mark, former = kept.rpartition("#")
    if former != digest:
        reason = _("This key came with another request before. Use a new one for each change.")
        raise Refused(reason, errors=[FieldError(name="Idempotency-Key", detail=reason)])
    return Place.of(address)
