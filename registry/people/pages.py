"""The pages of people: the list and one person. Only what is public."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_301_MOVED_PERMANENTLY

from registry.activity.queries import moved_record
from registry.activity.rules import Subject
from registry.addresses import percent_encoded
from registry.contributions.calendar import read_calendar
from registry.contributions.queries import calendar_of
from registry.errors import NotFound
from registry.handbook import contribution_name, need_words, needs
from registry.moderation.hidden import hidden_record_page
from registry.people.queries import (
    EVERYONE,
    PersonPageRow,
    people_counts,
    people_matching,
    person_by_slug,
)
from registry.people.records import PersonFilter, slug_of_person
from registry.people.rules import MembershipRole
from registry.people.words import role_name
from registry.repositories.code_queries import commits_of
from registry.repositories.credit import COMMITS
from registry.search.queries import hits_of
from registry.tallies.queries import Tallies
from registry.web.choices import read_choices
from registry.web.dependencies import InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.render import PageHead, SiteContext, render

PEOPLE_A_PAGE = 60
Year = Annotated[int | None, QueryParameter(ge=1, le=9999)]


@get("/people")
async def people_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """Everyone the public record names, by name, with filters by text and by part."""
    chosen = read_choices("/people", request.query_params, ("q", "role", "offers"))
    wanted = PersonFilter(
        text=await hits_of(reader, Subject.PERSON, chosen.values.get("q"), in_titles=True),
        role=chosen.values.get("role"), offers=chosen.values.get("offers"),
    )
    tallies: Tallies = request.app.state.tallies
    counts = await people_counts(reader, wanted, whole=lambda: tallies.read(reader, EVERYONE, now))
    total = counts.total
    pager = Pager(
        number=page, total=total.number, has_more=total.has_more, address=chosen.url(), size=PEOPLE_A_PAGE
    ).checked()
    words = {
        "role": {role.value: role_name(role) for role in MembershipRole},
        "offers": {key: plain(need.name) for key, need in needs().items()},
    }
    return render(
        request, "people/people.html",
        page=PageHead(
            title=_("People"),
            description=_("Who pitched, who keeps projects going, who lent a hand. In order of names, not of merit."),
            is_indexed=not chosen.values,
        ),
        chosen=chosen, chips=chosen.chips(words), pager=pager, counted_at=counts.counted_at, is_part=wanted.is_part,
        roles=chosen.choices("role", words["role"], counts.by_role),
        people=await people_matching(reader, wanted, size=pager.size, offset=pager.offset),
    )


@get("/people/{slug:str}")
async def person_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, slug: FromPath[str], year: Year = None
) -> Response[Any]:
    """One person: projects, pitches, contributions and their calendar; and how to claim or hide an imported name."""
    person = await person_by_slug(reader, slug)
    if person is None:
        if hidden := await hidden_record_page(request, reader, Subject.PERSON, slug):
            return hidden
        moved = await moved_record(reader, Subject.PERSON, slug)
        new_slug = None if moved is None else await slug_of_person(reader, moved)
        if new_slug is None:
            raise NotFound(_("There is no such person here. The page may have moved, or they chose not to be shown."))
        return Redirect(f"/people/{new_slug}", status_code=HTTP_301_MOVED_PERMANENTLY)
    shown = await calendar_of(reader, person.id, now=now) if person.shows_calendar else None
    return render(
        request, "people/person.html",
        page=PageHead(
            title=person.name, description=plain(person.bio), og_type="profile",
            json_ld=_linked_data(person, SiteContext(request).base_url),
        ),
        person=person, offers=[need_words(key) for key in person.offers],
        projects=[(role_name(one.role), one) for one in person.projects],
        contributions=_contributions_by_year(person),
        commits=await commits_of(reader, person.id) if any(one.kind == COMMITS for one in person.contributions) else [],
        calendar=read_calendar(shown, year=year) if shown else None,
    )


def _contributions_by_year(person: PersonPageRow) -> list[tuple[int, list[tuple[str, int]]]]:
    years: dict[int, list[tuple[str, int]]] = {}
    for one in person.contributions:
        years.setdefault(one.year, []).append((plain(contribution_name(one.kind)), one.count))
    return list(years.items())


def _linked_data(person: PersonPageRow, base_url: str) -> dict[str, Any]:
    url = percent_encoded(f"{base_url}/people/{person.slug}")
    facts = {
        "@type": "Person", "@id": url, "url": url, "name": person.name, "description": plain(person.bio),
        "knowsAbout": [plain(need_words(key).name) for key in person.offers],
    }
    return {name: value for name, value in facts.items() if value}
