"""Where organisers decide about records that may be one, and take a decision back."""

from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from litestar import Request, Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.pages import RowNumber
from registry.accounts.rules import Permission
from registry.activity.rules import CandidateState, Subject
from registry.database.engine import Reader
from registry.duplicates.commands import decide_candidate, note_candidate, reopen_candidate
from registry.duplicates.queries import COLLECTIONS, Pair, count_pairs, pair_numbered, pairs_on, records_named
from registry.duplicates.rules import CandidateList, Decision
from registry.duplicates.words import list_words, sign_words, stayed_words
from registry.errors import BadInput, NotFound, RegistryError
from registry.search.queries import search
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
PAIRS_A_PAGE = 10
FOUND_SHOWN = 10


@get("/")
async def duplicates_page(request: AnyRequest, reader: InReader, page: PageNumber = 1) -> Response[str]:
    """Pairs of records that may be one: those to decide, those nobody is sure of, and those decided."""
    chosen = read_choices("/duplicates", request.query_params, ("list",))
    which = next((one for one in CandidateList if one == chosen.values.get("list")), CandidateList.OPEN)
    counts = await count_pairs(reader)
    pager = Pager(number=page, total=counts[which], address=chosen.url(), size=PAIRS_A_PAGE).checked()
    pairs = await pairs_on(reader, which, offset=pager.offset, limit=pager.size)
    return render(
        request, "duplicates/list.html", page=PageHead(title=_("Records that may be one"), is_indexed=False),
        lists=[
            (list_words(one), chosen.url(list="" if one is CandidateList.OPEN else one.value), counts[one],
             one is which)
            for one in CandidateList
        ],
        pairs=[(pair, _signs(pair)) for pair in pairs], pager=pager, typed=Typed(),
    )


@get("/with")
async def duplicate_with_page(request: AnyRequest, reader: InReader) -> Response[str]:
    """Look for the record that another one is the same as."""
    return await _with_page(request, reader, request.query_params.get("about", ""), Typed())


@post("/with", status_code=SEE_OTHER)
async def duplicate_with(request: AnyRequest, actor: InActor, session: InSession, now: InNow) -> Response[Any]:
    """Put two records on the list, to be compared side by side."""
    typed = await read_typed(request)
    subject, slug = _about(typed("about"))

    async def note() -> str:
        other = unquote(urlsplit(typed("other").strip()).path).rstrip("/").rpartition("/")[2]
        ids = await records_named(session, subject, [slug, other])
        if slug not in ids or other not in ids:
            raise BadInput(_("No record goes by that. Choose one of the list, or use its address on this site."))
        pair = await note_candidate(session, subject=subject, one=ids[slug], other=ids[other], by=actor, now=now)
        return f"/duplicates/{pair.id}"

    outcome = await attempt(session, typed, note, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _with_page(request, session, typed("about"), typed)
    return see(outcome)


@get("/{pair_id:int}")
async def duplicate_page(request: AnyRequest, reader: InReader, pair_id: RowNumber) -> Response[str]:
    """Two records side by side."""
    return await _pair_page(request, reader, pair_id, Typed())


@post("/{pair_id:int}", status_code=SEE_OTHER)
async def duplicate_decide(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, pair_id: RowNumber
) -> Response[Any]:
    """Say whether two records are one, and which of them stays."""
    typed = await read_typed(request)
    decision = next((one for one in Decision if one == typed("decision")), None)

    async def decide() -> str:
        if decision is None:
            raise BadInput(_("Use one of the values that are offered."))
        await decide_candidate(session, candidate_id=pair_id, decision=decision, by=actor, now=now)
        return f"/duplicates/{pair_id}"

    outcome = await attempt(session, typed, decide, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _pair_page(request, session, pair_id, typed)
    return see(outcome, "decided")


@post("/{pair_id:int}/reopen", status_code=SEE_OTHER)
async def duplicate_reopen(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, pair_id: RowNumber
) -> Response[Any]:
    """Take back what was decided of two records."""
    typed = await read_typed(request)

    async def reopen() -> str:
        stayed = await reopen_candidate(session, candidate_id=pair_id, by=actor, now=now)
        return f"/duplicates/{pair_id}" + (f"?{urlencode({'stayed': ','.join(stayed)})}" if stayed else "")

    outcome = await attempt(session, typed, reopen, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _pair_page(request, session, pair_id, typed)
    return see(outcome, "reopened" if "stayed=" in outcome else "undone")


DUPLICATE_ROUTES = [
    Router("/duplicates", opt=needs(Permission.MODERATE), route_handlers=[
        duplicates_page, duplicate_with_page, duplicate_with, duplicate_page, duplicate_decide, duplicate_reopen,
    ]),
]


async def _pair_page(
    request: AnyRequest, reader: Reader | AsyncSession, pair_id: int, typed: Typed
) -> Response[str]:
    pair = await pair_numbered(reader, pair_id)
    if pair is None:
        raise NotFound(_("There is no such pair of records."))
    stayed = [name for name in request.query_params.get("stayed", "")[:500].split(",") if name]
    return render(
        request, "duplicates/pair.html", status_code=typed.status,
        page=PageHead(title=_("Are these two one?"), is_indexed=False), pair=pair, signs=_signs(pair), typed=typed,
        stayed=list(dict.fromkeys(stayed_words(table) for table in stayed)),
        is_decided=pair.state in {CandidateState.SAME, CandidateState.DIFFERENT},
    )


async def _with_page(request: AnyRequest, reader: Reader | AsyncSession, about: str, typed: Typed) -> Response[str]:
    subject, slug = _about(about)
    asked = request.query_params.get("q", "").strip()[:200]
    found = await search(reader, asked, kinds=[subject], limit=FOUND_SHOWN + 1) if asked else None
    return render(
        request, "duplicates/with.html", status_code=typed.status,
        page=PageHead(title=_("Which record is it the same as?"), is_indexed=False), typed=typed, about=about,
        slug=slug, asked=asked, hits=[hit for hit in found.hits if hit.slug != slug][:FOUND_SHOWN] if found else [],
    )


def _about(path: str) -> tuple[Subject, str]:
    """The kind and the slug of the record whose page is at ``path``.

    Raises:
        NotFound: no record that can be merged has such a page.
    """
    collection, _slash, slug = path.strip("/").partition("/")
    subject = next((kind for kind, name in COLLECTIONS.items() if name == collection), None)
    if subject is None or not slug:
        raise NotFound(_("Choose a project, a person or an event first, and come here from its page."))
    return subject, slug


def _signs(pair: Pair) -> list[str]:
    return [sign_words(sign) for sign in pair.signs]
