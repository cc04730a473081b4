"""The privacy notice, and what people do with their own data: read it, take it along, have it erased."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.community.current import community
from registry.database.engine import Reader
from registry.errors import RegistryError
from registry.privacy.commands import ask_for_erasure
from registry.privacy.field_words import own_field_words, own_value
from registry.privacy.queries import kept_about, named, sole_ownerships
from registry.privacy.rules import KEPT, Kept, Purpose
from registry.privacy.words import ending_name, purpose_name, retention, table_name
from registry.settings import Settings
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.permissions import needs
from registry.web.readable import readable
from registry.web.render import PageHead, render
from registry.web.sessions import session_cookie
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
ROWS_SHOWN = 50


@get("/privacy", opt=needs(Permission.READ), sync_to_thread=False)
def privacy_page(request: AnyRequest) -> Response[str]:
    """Who keeps what about people, what for, how long and where, and the rights they have."""
    settings: Settings = request.app.state.settings
    return render(
        request, "privacy/privacy.html",
        page=PageHead(
            title=_("Privacy"),
            description=_("Who keeps what about you here, what for, how long and where, and how you read, correct, "
                          "take along or erase it."),
        ),
        purposes=[
            (purpose_name(one), retention(one, settings), _entries(one)) for one in Purpose
        ],
        settings=settings, law=community().law, keeper=community().keeper,
    )


@get("/account/data", opt=needs(Permission.MANAGE_OWN_ACCOUNT))
async def own_data_page(request: AnyRequest, actor: InActor, reader: InReader) -> Response[str]:
    """Everything that is kept about the reader, to read."""
    found = await kept_about(reader, await named(reader, _person_id(actor)), most=ROWS_SHOWN)
    timezone = request.app.state.settings.timezone
    return render(
        request, "privacy/data.html", page=PageHead(title=_("Your data"), is_indexed=False),
        found=[
            (table_name(one.kept.table), ending_name(one.kept), [_shown(row, timezone) for row in one.rows])
            for one in found if one.rows
        ],
        rows_shown=ROWS_SHOWN,
    )


@get("/account/data/all.json", opt=needs(Permission.MANAGE_OWN_ACCOUNT))
async def own_data_json(actor: InActor, reader: InReader) -> Response[bytes]:
    """Everything that is kept about the reader, as one file."""
    found = await kept_about(reader, await named(reader, _person_id(actor)))
    content: dict[str, list[Any]] = {}
    for one in found:
        rows = content.setdefault(one.kept.table, [])
        rows += [row for row in one.rows if row not in rows]
    return Response(
        msgspec.json.format(msgspec.json.encode(content)), media_type=MediaType.JSON,
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@get("/account/erase", opt=needs(Permission.MANAGE_OWN_ACCOUNT))
async def erase_page(request: AnyRequest, actor: InActor, reader: InReader) -> Response[str]:
    """What being erased means, and the form that asks for it."""
    return await _erase_form(request, actor, reader, Typed())


@post("/account/erase", opt=needs(Permission.MANAGE_OWN_ACCOUNT), status_code=SEE_OTHER)
async def erase_asked(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Ask to be erased, and be signed out."""
    typed = await read_typed(request)

    async def ask() -> str:
        await ask_for_erasure(session, by=actor, typed_name=typed("name"), now=now)
        return "/privacy"

    outcome = await attempt(session, typed, ask, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _erase_form(request, actor, session, typed)
    answer = see(outcome, "erasing")
    answer.set_cookie(session_cookie(request.app.state.settings, ""))
    return answer


PRIVACY_ROUTES: list[ControllerRouterHandler] = [
    Router("/", route_handlers=[privacy_page, own_data_page, own_data_json, erase_page, erase_asked])
]


async def _erase_form(
    request: AnyRequest, actor: Actor, reader: Reader | AsyncSession, typed: Typed
) -> Response[str]:
    return render(
        request, "privacy/erase.html", page=PageHead(title=_("Erase me"), is_indexed=False), typed=typed,
        status_code=typed.status, projects=await sole_ownerships(reader, _person_id(actor)),
        days=request.app.state.settings.erasure_wait_days, own_name=actor.name,
    )


def _person_id(actor: Actor) -> int:
    assert actor.person_id is not None  # noqa: S101 — the permission is not a visitor's
    return actor.person_id


def _shown(row: dict[str, Any], timezone: str) -> list[tuple[str, str]]:
    """The fields of a row that hold something, without row numbers, in the reader's words."""
    return [
        (own_field_words(name), own_value(name, value, timezone=timezone))
        for name, value in row.items() if readable(value) and not name.endswith("id")
    ]


def _entries(purpose: Purpose) -> list[tuple[str, str]]:
    """What is kept for a purpose and what an erasure does with it, each table once."""
    first: dict[str, Kept] = {}
    for kept in KEPT:
        if kept.purpose is purpose:
            first.setdefault(kept.table, kept)
    return [(table_name(table), ending_name(kept)) for table, kept in first.items()]
