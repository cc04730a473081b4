"""Offering help, answering offers, and the lists of both sides."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, PathParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import Actor, identities_of, roles_in_project
from registry.accounts.rules import Permission, Role
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.handbook import need_words
from registry.joining.commands import OfferAnswer, OfferedHelp, answer_offer, offer_help, withdraw_offer
from registry.joining.hat_pages import HAT_ROUTES
from registry.joining.queries.offers import (
    OfferRow,
    count_offers_by_person,
    count_offers_to_project,
    count_offers_waiting_for,
    offer_to_project,
    offers_by_person,
    offers_kept_open,
    offers_to_project,
    offers_waiting_for,
    project_to_help,
)
from registry.joining.queries.roles import offered_roles
from registry.joining.rules import (
    LONGEST_ANSWER,
    LONGEST_NOTE,
    MOST_HOURS,
    DeclineReason,
    OfferState,
    Side,
    may_follow,
    moves_of,
)
from registry.joining.words import account_name, answer_button, answer_sentence, decline_sentence, state_name
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, SiteContext, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

OFFERS_A_PAGE = 20
OfferNumber = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
AnyRequest = Request[Any, Any, Any]
_MINE = needs(Permission.MANAGE_OWN_ACCOUNT)
_OF_THE_PROJECT = needs(Permission.EDIT_PROJECT, there=roles_in_project)


@get("/projects/{slug:str}/help", opt=needs(Permission.READ))
async def help_page(request: AnyRequest, actor: InActor, reader: InReader, slug: FromPath[str]) -> Response[Any]:
    """The form of an offer; who is not signed in is led there and comes back to it."""
    if not actor.is_signed_in:
        return Redirect(SiteContext(request).sign_in_address, status_code=SEE_OTHER)
    asked = request.query_params
    return await _help(request, actor, reader, slug, Typed.of(
        need=asked.get("need", ""), note=asked.get("note", "")[:LONGEST_NOTE], hours=asked.get("hours", "")[:3],
    ))


@post("/projects/{slug:str}/help", status_code=SEE_OTHER, opt=needs(Permission.OFFER_HELP))
async def help_offer(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Offer help to a project."""
    typed = await read_typed(request)
    offered = OfferedHelp(
        need=typed("need"), note=typed("note"), hours=typed("hours"), account=typed("account")
    )

    async def offer() -> str:
        await offer_help(session, slug=slug, offered=offered, by=actor, now=now)
        return "/account/offers"

    outcome = await attempt(session, typed, offer, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _help(request, actor, session, slug, typed)
    return see(outcome, "offered")


async def _help(request: AnyRequest, actor: Actor, reader: Reader, slug: str, typed: Typed) -> Response[str]:
    project = await project_to_help(reader, slug)
    if project is None:
        raise NotFound(_("There is no such project. It may have another address, or was taken out of the record."))
    identities = await identities_of(reader, person_id=actor.person_id or 0)
    return render(
        request, "joining/help.html", status_code=typed.status,
        page=PageHead(title=_("Help %(project)s") % {"project": plain(project.name)}, is_indexed=False),
        project=project, typed=typed, needs=[(need.key, plain(need.name)) for need in project.needs],
        lines=[need for need in project.needs if need.line],
        accounts=[(str(one.id), account_name(one.provider, one.login)) for one in identities if one.login],
        waiting=[
            plain(need_words(key).name) if key else _("anything that is useful")
            for key in await offers_kept_open(reader, actor.person_id or 0, project.id)
        ],
        longest_note=LONGEST_NOTE, most_hours=MOST_HOURS,
    )


@get("/projects/{slug:str}/offers", opt=_OF_THE_PROJECT)
async def project_offers_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], page: PageNumber = 1
) -> Response[str]:
    """The offers that a project got, those to be answered first."""
    project = await project_to_help(reader, slug)
    if project is None:
        raise NotFound(_("There is no such project. It may have another address, or was taken out of the record."))
    total = await count_offers_to_project(reader, slug)
    pager = _pager(request, page, total)
    return render(
        request, "joining/project_offers.html",
        page=PageHead(title=_("Offers of help"), is_indexed=False), project=project, pager=pager,
        offers=_shown(await offers_to_project(reader, slug, size=pager.size, offset=pager.offset)),
    )


@get("/projects/{slug:str}/offers/{offer_id:int}", opt=_OF_THE_PROJECT)
async def offer_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], offer_id: OfferNumber
) -> Response[str]:
    """One offer with the form of its answer."""
    return await _offer(request, reader, slug, offer_id, Typed.of(fills_need=""))


@post("/projects/{slug:str}/offers/{offer_id:int}", status_code=SEE_OTHER, opt=_OF_THE_PROJECT)
async def offer_answer(
    *, request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str], offer_id: OfferNumber
) -> Response[Any]:
    """Accept an offer, thank for it, or decline it."""
    typed = await read_typed(request)
    answer = OfferAnswer(
        to=typed("to"), reason=typed("reason"), words=typed("words"), fills_need=typed.has("fills_need")
    )

    async def give() -> str:
        await answer_offer(session, slug=slug, offer_id=offer_id, answer=answer, by=actor, now=now)
        return f"/projects/{slug}/offers"

    outcome = await attempt(session, typed, give, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _offer(request, session, slug, offer_id, typed)
    return see(outcome, "offer-answered")


async def _offer(request: AnyRequest, reader: Reader, slug: str, offer_id: int, typed: Typed) -> Response[str]:
    offer = await offer_to_project(reader, slug, offer_id)
    if offer is None:
        raise NotFound(_("There is no such offer here."))
    answers = moves_of(offer.state, side=Side.PROJECT)
    return render(
        request, "joining/offer.html", status_code=typed.status,
        page=PageHead(title=_("%(name)s offers help") % {"name": offer.person_name}, is_indexed=False),
        offer=offer, account=account_name(offer.provider, offer.login) if offer.provider and offer.login else "",
        state=state_name(offer.state), said=_answer_lines(offer), typed=typed,
        answers=[(one.value, answer_button(one)) for one in answers], longest_answer=LONGEST_ANSWER,
        reasons=[(one.value, decline_sentence(one)) for one in DeclineReason]
        if OfferState.DECLINED in answers else [],
    )


@get("/account/offers", opt=_MINE)
async def own_offers_page(
    request: AnyRequest, actor: InActor, reader: InReader, page: PageNumber = 1
) -> Response[str]:
    """What the reader offered, and what was answered; the roles that they offer to everybody."""
    person_id = actor.person_id or 0
    pager = _pager(request, page, await count_offers_by_person(reader, person_id))
    roles = await offered_roles(reader, person_id)
    return render(
        request, "joining/own_offers.html", page=PageHead(title=_("Offers of help"), is_indexed=False), pager=pager,
        offers=_shown(await offers_by_person(reader, person_id, size=pager.size, offset=pager.offset)),
        roles=[need_words(key) for key in roles.keys], is_public=roles.is_public,
    )


@get("/account/offers/waiting", opt=_MINE)
async def waiting_offers_page(
    request: AnyRequest, actor: InActor, reader: InReader, page: PageNumber = 1
) -> Response[str]:
    """The offers that wait for the reader's answer."""
    person_id, is_organiser = actor.person_id or 0, not actor.roles.isdisjoint({Role.ORGANISER, Role.ADMINISTRATOR})
    pager = _pager(request, page, await count_offers_waiting_for(reader, person_id, is_organiser=is_organiser))
    return render(
        request, "joining/waiting_offers.html", page=PageHead(title=_("Offers of help"), is_indexed=False),
        pager=pager, offers=_shown(await offers_waiting_for(
            reader, person_id, is_organiser=is_organiser, size=pager.size, offset=pager.offset
        )),
    )


@post("/account/offers/{offer_id:int}/withdraw", status_code=SEE_OTHER, opt=_MINE)
async def offer_withdraw(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, offer_id: OfferNumber
) -> Response[Any]:
    """Take one's own offer back."""
    typed = await read_typed(request)

    async def withdraw() -> str:
        await withdraw_offer(session, offer_id=offer_id, by=actor, now=now)
        return "/account/offers"

    outcome = await attempt(session, typed, withdraw, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        raise outcome
    return see(outcome, "offer-withdrawn")


JOINING_ROUTES: Sequence[ControllerRouterHandler] = [
    help_page, help_offer, project_offers_page, offer_page, offer_answer, own_offers_page, waiting_offers_page,
    offer_withdraw, *HAT_ROUTES,
]


def _pager(request: AnyRequest, number: int, total: int) -> Pager:
    return Pager(number=number, total=total, address=request.url.path, size=OFFERS_A_PAGE).checked()


def _shown(offers: list[OfferRow]) -> list[tuple[OfferRow, str, list[str], bool]]:
    """Each offer with its state in words, the lines of its answer, and whether its person may take it back."""
    return [
        (
            offer, state_name(offer.state), _answer_lines(offer),
            may_follow(offer.state, OfferState.WITHDRAWN, side=Side.OFFERER),
        )
        for offer in offers
    ]


def _answer_lines(offer: OfferRow) -> list[str]:
    prepared = decline_sentence(offer.decline_reason) if offer.decline_reason else ""
    return [line for line in (answer_sentence(offer.state), prepared, offer.answer) if line]
