"""What everyone reads of case studies: the list, one of them, its versions, and several side by side."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from registry.activity.differences import Difference, differences
from registry.activity.rules import Subject
from registry.cases.content import CaseContent
from registry.cases.queries import (
    CasePageRow,
    case_cards,
    choice_counts,
    count_cases,
    drafts_for,
    published_case,
    published_cases,
)
from registry.cases.rules import CHOICES, LEAST_COMPARED, MOST_COMPARED, SEVERAL, Section
from registry.cases.sharing import case_share_card
from registry.cases.words import (
    axis_name,
    choice_name,
    content_part_name,
    no_such_case,
    section_name,
    spent_words,
    state_name,
)
from registry.database.engine import Reader
from registry.errors import BadInput, NotFound
from registry.moderation.hidden import hidden_record_page
from registry.web.cards import share_picture
from registry.web.choices import Chosen, read_choices
from registry.web.dependencies import InActor, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain
from registry.web.paging import PageNumber, Pager
from registry.web.paper import missing_libraries
from registry.web.render import PageHead, SiteContext, render

AnyRequest = Request[Any, Any, Any]
VersionNumber = Annotated[int, PathParameter(ge=1, le=100_000)]
AskedVersion = Annotated[int | None, QueryParameter(name="version", ge=1, le=100_000)]
AskedCases = Annotated[list[str] | None, QueryParameter(name="case")]
AskedBoth = Annotated[str, QueryParameter(name="both", max_length=10)]
CASES_A_PAGE = 12


@get("/cases")
async def cases_page(
    request: AnyRequest, reader: InReader, actor: InActor, page: PageNumber = 1
) -> Response[str]:
    """The published case studies at the places that the address asks for, and one's own drafts."""
    chosen = read_choices("/cases", request.query_params, tuple(axis.value for axis in CHOICES))
    pager = Pager(
        number=page, total=await count_cases(reader, chosen.values), address=chosen.url(), size=CASES_A_PAGE
    ).checked()
    words = {axis.value: {choice: choice_name(choice) for choice in offered} for axis, offered in CHOICES.items()}
    counts = await choice_counts(reader, chosen.values)
    drafts = await drafts_for(reader, actor) if actor.is_signed_in else []
    return render(
        request, "cases/list.html", page=PageHead(
            title=_("Case studies"), is_indexed=not chosen.values,
            description=_("How projects came about, how people worked, what changed, and what failed."),
        ),
        pager=pager, cards=await case_cards(reader, chosen.values, offset=pager.offset, limit=pager.size),
        chosen=chosen, chips=chosen.chips(words), most=MOST_COMPARED,
        facets=[(axis_name(axis), _choices(chosen, axis.value, words, counts)) for axis in CHOICES],
        drafts=[(one, state_name(one.state)) for one in drafts], **axis_words(),
    )


@get("/cases/compare")
async def compare_page(request: AnyRequest, reader: InReader, wished: AskedCases = None) -> Response[str]:
    """Two to four case studies side by side."""
    slugs = list(dict.fromkeys(wished or ()))
    if not LEAST_COMPARED <= len(slugs) <= MOST_COMPARED:
        raise BadInput(_("Choose two to four case studies in the list, then compare them."))
    cases = await published_cases(reader, slugs)
    if len(cases) < len(slugs):
        raise NotFound(no_such_case())
    return render(
        request, "cases/compare.html", cases=cases, case_sections=section_words(), **axis_words(),
        page=PageHead(title=_("Case studies side by side"), description=_("Their axes, numbers and lessons."),
                      is_indexed=False),
    )


@get("/cases/{slug:str}")
async def case_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], version: AskedVersion = None, both: AskedBoth = ""
) -> Response[str]:
    """One case study, to be read; with ``both`` in all languages side by side, with ``version`` as it was then."""
    case = await published_case(reader, slug, version)
    if case is None:
        if hidden := await hidden_record_page(request, reader, Subject.CASE, slug):
            return hidden
        raise NotFound(no_such_case())
    return render(
        request, "cases/case.html", case=case, content=case.content, case_sections=section_words(),
        shown_languages=languages() if both else (), missing=_missing(case.content),
        has_pdf=request.app.state.edition is None and not missing_libraries(), **axis_words(),
        page=PageHead(
            title=plain(case.content.title), description=plain(case.content.summary), og_type="article",
            is_indexed=case.is_newest, json_ld=_linked_data(case, SiteContext(request).base_url),
            picture=share_picture(case_share_card(case), case.url),
        ),
    )


@get("/cases/{slug:str}/versions")
async def versions_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """All versions of a case study, each with what was corrected."""
    case = await _published(reader, slug)
    return render(
        request, "cases/versions.html", case=case,
        page=PageHead(title=_("Versions of %(case)s") % {"case": plain(case.content.title)}, is_indexed=False),
    )


@get("/cases/{slug:str}/versions/{number:int}")
async def version_page(
    request: AnyRequest, reader: InReader, slug: FromPath[str], number: VersionNumber
) -> Response[str]:
    """What a version changed of the one before."""
    case = await _published(reader, slug, number)
    before = await published_case(reader, slug, number - 1)
    return render(
        request, "cases/version.html", case=case,
        changes=content_differences(before.content if before else CaseContent(), case.content),
        page=PageHead(
            title=_("Version %(number)s of %(case)s") % {"number": number, "case": plain(case.content.title)},
            is_indexed=False,
        ),
    )


CASE_READING: Sequence[ControllerRouterHandler] = [cases_page, compare_page, case_page, versions_page, version_page]


def content_differences(before: CaseContent, after: CaseContent) -> list[tuple[str, list[Difference]]]:
    """What became of each part of a case study; parts that stayed are left out."""
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in ("title", "summary")]
    pairs += [
        (section.value, before.sections.get(section, {}), after.sections.get(section, {})) for section in Section
    ]
    pairs += [
        (name, _rows(before, name), _rows(after, name))
        for name in ("axes", "numbers", "timeline", "pictures", "links", "credits", "licence")
    ]
    return [(content_part_name(name), differences(old, new)) for name, old, new in pairs if old != new]


def _rows(content: CaseContent, name: str) -> Any:
    plain_value: Any = msgspec.to_builtins(getattr(content, name))
    if name == "axes":
        return [{"axis": axis, **place} for axis, place in plain_value.items()]
    return plain_value


def _choices(
    chosen: Chosen, axis: str, words: dict[str, dict[str, str]], counts: dict[str, dict[str, int]]
) -> list[Any]:
    return chosen.choices(axis, words[axis], counts[axis])


def section_words() -> list[tuple[str, str]]:
    """The sections in their order, each with its name."""
    return [(section.value, section_name(section)) for section in Section]


def axis_words() -> dict[str, Any]:
    """What templates need to draw the axes."""
    return {
        "axes": [(axis.value, axis_name(axis), offered, axis in SEVERAL) for axis, offered in CHOICES.items()],
        "choice_name": choice_name, "spent_words": spent_words,
    }


def _missing(content: CaseContent) -> list[str]:
    """The languages in which some of the text is not there."""
    written = [texts for texts in content.sections.values() if any(texts.values())]
    return [tag for tag in languages() if not all(texts.get(tag) for texts in written)]


async def _published(reader: Reader, slug: str, number: int | None = None) -> CasePageRow:
    case = await published_case(reader, slug, number)
    if case is None:
        raise NotFound(no_such_case())
    return case


def _linked_data(case: CasePageRow, base_url: str) -> dict[str, Any]:
    return {
        "@type": "Article", "headline": plain(case.content.title), "abstract": plain(case.content.summary),
        "url": base_url + case.url, "datePublished": case.published_at.isoformat(),
        "dateModified": case.written_at.isoformat(), "version": str(case.number), "license": case.content.licence,
        "about": {
            "@type": "Project", "name": plain(case.project_name), "url": f"{base_url}/projects/{case.project_slug}",
        },
        "author": [
            *({"@type": "Person", "name": one.name, "url": f"{base_url}/people/{one.slug}"} for one in case.writers),
            *({"@type": "Person", "name": name} for name in case.content.credits),
        ],
    }
