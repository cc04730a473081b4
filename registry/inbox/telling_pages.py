"""How one is told besides the inbox: by e-mail and by a feed of one's own; links in letters."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import BadInput, NotFound, RegistryError
from registry.events.calendar_file import CALENDAR, calendar_file
from registry.events.calendar_queries import own_in_calendar
from registry.feeds.formats import ATOM, atom
from registry.inbox.direct import choose_direct, takes_direct
from registry.inbox.feed import ENTRIES, FEED, notices_feed, owner_of_feed
from registry.inbox.keys import key_in, secret_name
from registry.inbox.letters import STOP
from registry.inbox.mailing import (
    LONGEST_EMAIL,
    ask_to_confirm,
    choose_pace,
    close_feed,
    confirm_email,
    forget_email,
    renew_feed,
    stop_mail,
    telling_of,
)
from registry.inbox.pages import person_id_of
from registry.inbox.queries import latest_notices
from registry.inbox.words import pace_words
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.forms import ANSWERS_TO_ANYONE
from registry.web.i18n import current_language, language_name, languages
from registry.web.i18n import gettext as _
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.sessions import actor_in
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
PAGE = "/account/notices"
_FOR_ONE_READER = {"Cache-Control": "private, max-age=300"}


@get("/")
async def telling_page(request: AnyRequest, actor: InActor, reader: InReader) -> Response[str]:
    """How the reader wants to be told."""
    return await _telling(request, actor, reader, Typed())


@post("/email", status_code=SEE_OTHER)
async def telling_email(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Give an address; a letter goes there by which it is confirmed."""
    typed = await read_typed(request)

    async def ask() -> None:
        await ask_to_confirm(
            session, person_id=person_id_of(actor), email=typed("email"), settings=_settings(request), now=now
        )

    return await _changed(request, session, typed, ask, now=now)


@post("/pace", status_code=SEE_OTHER)
async def telling_pace(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Choose what is mailed, and in which language."""
    typed = await read_typed(request)

    async def choose() -> None:
        await choose_pace(
            session, person_id=person_id_of(actor), pace=typed("pace"), language=typed("language")
        )

    return await _changed(request, session, typed, choose, now=now)


@post("/direct", status_code=SEE_OTHER)
async def telling_direct(request: AnyRequest, actor: InActor, session: InSession) -> Response[Any]:
    """Choose whether one is told directly in the chat."""
    typed = await read_typed(request)
    await choose_direct(session, person_id=person_id_of(actor), takes_direct=typed.has("takes_direct"))
    return see(PAGE, "saved")


@post("/email/forget", status_code=SEE_OTHER)
async def telling_forget(actor: InActor, session: InSession) -> Response[Any]:
    """Let the address be forgotten."""
    await forget_email(session, person_id=person_id_of(actor))
    return see(PAGE, "removed")


@post("/feed", status_code=SEE_OTHER)
async def telling_feed(actor: InActor, session: InSession) -> Response[Any]:
    """Get a feed, or a new address for it."""
    await renew_feed(session, person_id=person_id_of(actor))
    return see(f"{PAGE}#feed", "saved")


@post("/feed/close", status_code=SEE_OTHER)
async def telling_feed_close(actor: InActor, session: InSession) -> Response[Any]:
    """Take the feed's address away."""
    await close_feed(session, person_id=person_id_of(actor))
    return see(f"{PAGE}#feed", "removed")


@get("/feeds/{name:str}")
async def own_feed(request: AnyRequest, reader: InReader, name: FromPath[str]) -> Response[bytes]:
    """The feed at a secret address."""
    settings = _settings(request)
    person_id = await _owner(reader, settings, name)
    notices = await latest_notices(reader, person_id=person_id, limit=ENTRIES)
    feed = notices_feed(notices, settings, address=f"{settings.base_url}/feeds/{name}")
    return Response(atom(feed), media_type=ATOM, headers=_FOR_ONE_READER)


@get("/feeds/{name:str}/calendar.ics")
async def own_calendar(request: AnyRequest, reader: InReader, name: FromPath[str]) -> Response[bytes]:
    """The events that the owner of a secret address takes part in."""
    settings = _settings(request)
    events = await own_in_calendar(reader, person_id=await _owner(reader, settings, name))
    title = _("%(community)s: my events") % {"community": settings.community_name}
    return Response(
        calendar_file(events, base_url=settings.base_url, name=title), media_type=CALENDAR, headers=_FOR_ONE_READER
    )


@get("/mail/confirm")
async def mail_confirm_page(request: AnyRequest, token: Annotated[str, QueryParameter()] = "") -> Response[str]:
    """Where the link in the letter leads: a button, for opening a link must not change anything."""
    return render(
        request, "inbox/mail.html", page=PageHead(title=_("Confirm your address"), is_indexed=False),
        action="/mail/confirm", kept=[("token", token)], button=_("Yes, this is my address"),
        words=_("Notices will come to the address at which you got this letter."),
    )


@post("/mail/confirm", status_code=SEE_OTHER)
async def mail_confirm(request: AnyRequest, session: InSession, now: InNow, actor: InActor) -> Response[Any]:
    """Take the address into use."""
    await confirm_email(session, token=(await read_typed(request))("token"), now=now)
    return see(PAGE if actor.is_signed_in else "/", "saved")


@get("/mail/stop/{name:str}")
async def mail_stop_page(request: AnyRequest, name: FromPath[str]) -> Response[str]:
    """Where the link below every letter leads."""
    return render(
        request, "inbox/mail.html", page=PageHead(title=_("No more mail"), is_indexed=False),
        action=f"/mail/stop/{name}", kept=[], button=_("Mail me nothing any more"),
        words=_("Your inbox here goes on. You can choose mail again on the page of your notices."),
    )


@post("/mail/stop/{name:str}", opt=ANSWERS_TO_ANYONE, status_code=SEE_OTHER)
async def mail_stop(request: AnyRequest, session: InSession, name: FromPath[str]) -> Response[Any]:
    """Stop mail: our own button, or a mail program's (RFC 8058), which has no form of ours but the signed link."""
    key = key_in(_settings(request), STOP, name)
    if key is None:
        raise BadInput(_("This link is not whole. Copy all of it from the letter."))
    await stop_mail(session, mail_key=key)
    return see("/", "mail_stopped")


TELLING_ROUTES: Sequence[ControllerRouterHandler] = [
    Router(PAGE, opt=needs(Permission.MANAGE_OWN_ACCOUNT), route_handlers=[
        telling_page, telling_direct, telling_email, telling_pace, telling_forget, telling_feed, telling_feed_close,
    ]),
    Router("/", opt=needs(Permission.OPEN_OWN_LINK), route_handlers=[
        own_feed, own_calendar, mail_confirm_page, mail_confirm, mail_stop_page, mail_stop,
    ]),
]


async def _owner(reader: Reader, settings: Settings, name: str) -> int:
    """Whose the secret address is.

    Raises:
        NotFound: nobody's, or nobody's any more.
    """
    key = key_in(settings, FEED, name)
    person_id = await owner_of_feed(reader, feed_key=key) if key else None
    if person_id is None:
        raise NotFound(_("There is no such feed. Its owner may have given it a new address."))
    return person_id


async def _changed(
    request: AnyRequest, session: AsyncSession, typed: Typed, change: Callable[[], Awaitable[None]], *, now: datetime
) -> Response[Any]:
    actor = actor_in(request)

    async def work() -> str:
        await change()
        return PAGE

    outcome = await attempt(session, typed, work, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _telling(request, actor, session, typed)
    return see(outcome, "saved")


async def _telling(request: AnyRequest, actor: Actor, reader: Reader, typed: Typed) -> Response[str]:
    settings = _settings(request)
    telling = await telling_of(reader, person_id=person_id_of(actor))
    known = Typed.of(pace=telling.pace.value, language=telling.language or current_language())
    return render(
        request, "inbox/telling.html", page=PageHead(title=_("How you are told"), is_indexed=False),
        status_code=typed.status, telling=telling, longest=LONGEST_EMAIL, has_mail=bool(settings.smtp_host),
        email_typed=typed if typed("email") or typed.error("email") else Typed(),
        pace_typed=typed if typed("pace") else known, paces=pace_words(),
        language_choices=[(one, language_name(one)) for one in languages()],
        feed_url=_feed_url(settings, telling.feed_key), has_chat=request.app.state.connections.chat is not None,
        direct_typed=Typed.of(
            takes_direct="yes" if await takes_direct(reader, person_id=person_id_of(actor)) else None
        ),
    )


def _feed_url(settings: Settings, key: str | None) -> str:
    return f"{settings.base_url}/feeds/{secret_name(settings, FEED, key)}" if key else ""


def _settings(request: AnyRequest) -> Settings:
    settings: Settings = request.app.state.settings
    return settings
