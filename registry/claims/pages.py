"""Claiming a record, and answering claims."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.pages import RowNumber
from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.activity.rules import Subject
from registry.addresses import percent_encoded
from registry.claims.commands import (
    EVIDENCE,
    REASON,
    approve_claim,
    claimable_record,
    decline_claim,
    make_claim,
    name_of,
    take_approval_back,
    withdraw_claim,
)
from registry.claims.queries import ClaimList, claim_numbered, claims_on, count_claims
from registry.claims.rules import ClaimState
from registry.claims.words import list_words, state_words
from registry.database.engine import Reader
from registry.duplicates.words import stayed_words
from registry.errors import BadInput, NotFound, RegistryError
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
CLAIMS_A_PAGE = 20


@get("/people/{slug:str}/claim")
async def person_claim_page(
    request: AnyRequest, actor: InActor, session: InSession, slug: FromPath[str]
) -> Response[str]:
    """The form in which somebody says that they are an imported person."""
    return await _form(request, actor, session, Subject.PERSON, slug)


@post("/people/{slug:str}/claim", status_code=SEE_OTHER)
async def person_claim(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Say that an imported person is oneself."""
    return await _claim(request, actor, session, now=now, subject=Subject.PERSON, slug=slug)


@get("/projects/{slug:str}/claim")
async def project_claim_page(
    request: AnyRequest, actor: InActor, session: InSession, slug: FromPath[str]
) -> Response[str]:
    """The form in which somebody says that a project is theirs."""
    return await _form(request, actor, session, Subject.PROJECT, slug)


@post("/projects/{slug:str}/claim", status_code=SEE_OTHER)
async def project_claim(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Say that a project is one's own."""
    return await _claim(request, actor, session, now=now, subject=Subject.PROJECT, slug=slug)


@get("/claims")
async def claims_page(request: AnyRequest, actor: InActor, reader: InReader, page: PageNumber = 1) -> Response[str]:
    """Claims that the reader may answer, those answered, and the reader's own."""
    chosen = read_choices("/claims", request.query_params, ("list",))
    counts = await count_claims(reader, actor)
    usual = ClaimList.OPEN if counts[ClaimList.OPEN] or actor.may(Permission.MODERATE) else ClaimList.MINE
    which = next((one for one in ClaimList if one == chosen.values.get("list")), usual)
    pager = Pager(number=page, total=counts[which], address=chosen.url(), size=CLAIMS_A_PAGE).checked()
    return render(
        request, "claims/list.html", page=PageHead(title=_("Claims"), is_indexed=False), pager=pager,
        lists=[(list_words(one), chosen.url(list=one.value), counts[one], one is which) for one in ClaimList],
        claims=[
            (claim, state_words(claim.state))
            for claim in await claims_on(reader, which, actor, offset=pager.offset, limit=pager.size)
        ],
    )


@get("/claims/{claim_id:int}")
async def claim_page(request: AnyRequest, actor: InActor, reader: InReader, claim_id: RowNumber) -> Response[str]:
    """One claim, to be answered."""
    return await _claim_page(request, actor, reader, claim_id, Typed())


@post("/claims/{claim_id:int}", status_code=SEE_OTHER)
async def claim_answer(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, claim_id: RowNumber
) -> Response[Any]:
    """Approve or decline a claim, or take one back."""
    typed = await read_typed(request)

    async def answer() -> str:
        given: dict[str, Any] = {"claim_id": claim_id, "by": actor, "now": now}
        match typed("answer"):
            case "approve":
                await approve_claim(session, reason=typed("reason"), **given)
            case "decline":
                await decline_claim(session, reason=typed("reason"), **given)
            case "withdraw":
                await withdraw_claim(session, **given)
            case "take_back":
                stayed = await take_approval_back(session, **given)
                if stayed:
                    return f"/claims/{claim_id}?{urlencode({'stayed': ','.join(stayed)})}"
            case _:
                raise BadInput(_("Use one of the values that are offered."))
        return f"/claims/{claim_id}"

    outcome = await attempt(session, typed, answer, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _claim_page(request, actor, session, claim_id, typed)
    return see(outcome, "saved")


CLAIM_ROUTES = [
    Router("/", opt=needs(Permission.CLAIM), route_handlers=[
        person_claim_page, person_claim, project_claim_page, project_claim, claims_page, claim_page, claim_answer,
    ]),
]


async def _form(
    request: AnyRequest, actor: Actor, session: AsyncSession, subject: Subject, slug: str, *, typed: Typed | None = None
) -> Response[str]:
    typed = typed or Typed()
    record = await claimable_record(session, subject, slug, claimer_id=actor.person_id or 0)
    is_person = subject is Subject.PERSON
    name = name_of(record)
    return render(
        request, "claims/claim_form.html", status_code=typed.status,
        page=PageHead(title=_("Is this you?") if is_person else _("Is this yours?"), is_indexed=False), typed=typed,
        named=name if isinstance(name, str) else plain(name), is_person=is_person, longest=EVIDENCE,
        place=f"/people/{slug}" if is_person else f"/projects/{slug}",
    )


async def _claim(
    request: AnyRequest, actor: Actor, session: AsyncSession, *, now: datetime, subject: Subject, slug: str
) -> Response[Any]:
    typed = await read_typed(request)

    async def claim() -> str:
        made = await make_claim(
            session, subject=subject, slug=slug, evidence=typed("evidence"), evidence_url=typed("evidence_url"),
            by=actor, now=now,
        )
        return percent_encoded(f"/claims/{made.id}")

    outcome = await attempt(session, typed, claim, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _form(request, actor, session, subject, slug, typed=typed)
    return see(outcome, "claimed")


async def _claim_page(
    request: AnyRequest, actor: Actor, reader: Reader, claim_id: int, typed: Typed
) -> Response[str]:
    claim = await claim_numbered(reader, claim_id, actor)
    if claim is None:
        raise NotFound(_("There is no such claim, or it is not yours to see."))
    stayed = [name for name in request.query_params.get("stayed", "")[:500].split(",") if name]
    return render(
        request, "claims/claim.html", status_code=typed.status,
        page=PageHead(title=_("A claim"), is_indexed=False), claim=claim, state=state_words(claim.state), typed=typed,
        is_mine=claim.claimer_id == actor.person_id, longest=REASON,
        timezone=request.app.state.settings.timezone,
        may_take_back=claim.state is ClaimState.APPROVED and claim.merge_id is not None
        and actor.may(Permission.MODERATE),
        stayed=list(dict.fromkeys(stayed_words(table) for table in stayed)),
    )
