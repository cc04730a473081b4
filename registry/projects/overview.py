"""What a project's page says beyond its rows: its way along the ladder, its people by part, its years."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby

import msgspec

from registry.handbook import contribution_name
from registry.people.rules import MembershipRole
from registry.projects.queries.project import LinkRow, MemberRow, PitchRow, ProjectPageRow
from registry.projects.rules import LinkHealth
from registry.repositories.code_queries import ChangeSeen, ProjectCode, ReleaseSeen
from registry.stages.progress import Proof, StageSeen, progress
from registry.stages.rules import BY_PERSON, RecordFacts, met_evidence
from registry.web.i18n import plain


class CreditedName(msgspec.Struct, frozen=True):
    """Someone who is named on pitches but is not of the team."""

    name: str
    url: str
    is_claimed: bool
    pitch_count: int


class Contributor(msgspec.Struct, frozen=True):
    """Someone who did something for the project, and the kinds of it."""

    name: str
    url: str
    kinds: list[str]


class Happened(msgspec.Struct, frozen=True):
    """Something in a project's history: a pitch, a release, or work that was taken in in one month."""

    on: date
    pitch: PitchRow | None = None
    release: ReleaseSeen | None = None
    merged: list[ChangeSeen] = []


def ladder_of(project: ProjectPageRow) -> list[StageSeen]:
    """The ladder with what the record and people show of this project."""
    told: dict[str, list[Proof]] = {}
    for one in project.evidence:
        is_said = one.source == BY_PERSON
        told.setdefault(one.checkpoint_key, []).append(Proof(
            url=one.url, note=one.note, noted_on=one.noted_at.date(), is_said=is_said, by_name=one.by_name,
            by_slug=one.by_slug, id=one.id if is_said else None,
        ))
    return progress(project.stage_key, met=met_evidence(facts_of(project)), found=_found(project), told=told)


def facts_of(project: ProjectPageRow) -> RecordFacts:
    """As much of a project as its checkpoints ask about."""
    return RecordFacts(
        link_kinds={link.kind for link, _ in _living_links(project)},
        languages={language for language, name in project.name.items() if name},
        has_problem_written=bool(project.description_html) or any(one.has_problem_written for one in project.pitches),
        has_code_licence=bool(project.code_licence),
        has_content_licence=bool(project.content_licence),
        need_count=len(project.needs),
        people_count=sum(member.left_on is None for member in project.members),
        pitch_count=len(project.pitches),
        demo_count=project.demo_count,
        derived_count=sum(relation.is_derived for relation in project.relations),
        has_published_case=bool(project.cases),
    )


def _found(project: ProjectPageRow) -> Mapping[str, Proof]:
    """Where to see the facts that have a place, and since when each is known."""
    found: dict[str, Proof] = {}
    for link, known_on in _living_links(project):
        found.setdefault(f"link:{link.kind}", Proof(url=link.url, note=link.label, noted_on=known_on))
    if project.pitches:
        first = project.pitches[-1]
        found["pitched"] = Proof(url=f"/proposals/{first.slug}", noted_on=first.starts_on)
    if project.cases:
        published = project.cases[0].published_at
        found["case_published"] = Proof(
            url=f"/cases/{project.cases[0].slug}", noted_on=published.date() if published else None
        )
    opened = sorted(need.opened_on for need in project.needs if need.opened_on)
    if opened:
        found["needs_listed"] = Proof(url=f"/projects/{project.slug}#needs", noted_on=opened[0])
    derived = next((relation for relation in project.relations if relation.is_derived), None)
    if derived:
        found["derived_projects"] = Proof(url=derived.url)
    return found


def _living_links(project: ProjectPageRow) -> list[tuple[LinkRow, date]]:
    """The links that were not found dead and since when each is known, the project's own before those of pitches."""
    return [
        *((link, link.created_at.date()) for link in project.links if link.health is not LinkHealth.DEAD),
        *(
            (link, pitch.starts_on) for pitch in project.pitches for link in pitch.links
            if link.health is not LinkHealth.DEAD
        ),
    ]


def members_by_part(project: ProjectPageRow) -> dict[str, list[MemberRow]]:
    """The team by role, then those who left (``former``), each once; parts without people are left out."""
    current = [member for member in project.members if member.left_on is None]
    parts = {role.value: [member for member in current if member.role is role] for role in MembershipRole}
    of_today = {member.slug for member in current}
    parts["former"] = list({
        one.slug: one for one in project.members if one.left_on is not None and one.slug not in of_today
    }.values())
    return {part: people for part, people in parts.items() if people}


def credited_names(project: ProjectPageRow) -> list[CreditedName]:
    """Who else is named on pitches, with how many; never the names of an anonymous one."""
    team = {member.slug for member in project.members}
    counted: dict[str, CreditedName] = {}
    for pitch in reversed(project.pitches):
        for credit in pitch.credits:
            if credit.slug not in team:
                before = counted[credit.slug].pitch_count if credit.slug in counted else 0
                counted[credit.slug] = CreditedName(credit.name, credit.url, credit.is_claimed, before + 1)
    return list(counted.values())


def history_by_year(project: ProjectPageRow, code: ProjectCode) -> list[tuple[int, list[Happened]]]:
    """Its pitches, its releases and the work that was taken in, month by month; all the latest first, by year."""
    months = groupby(code.changes, key=lambda one: (one.merged_at.year, one.merged_at.month))
    happened = [
        *(Happened(pitch.starts_on, pitch=pitch) for pitch in project.pitches),
        *(Happened(one.published_at.date(), release=one) for one in code.releases),
        *(
            Happened(merged[0].merged_at.date(), merged=merged)
            for merged in (list(changes) for _month, changes in months)
        ),
    ]
    happened.sort(key=lambda one: one.on, reverse=True)
    return [(year, list(some)) for year, some in groupby(happened, key=lambda one: one.on.year)]


def contributors_with_kinds(project: ProjectPageRow) -> list[Contributor]:
    """Whoever did something, in order of names, each with the kinds of it in the handbook's words."""
    people: dict[str, Contributor] = {}
    for row in project.contributors:
        person = people.setdefault(row.url, Contributor(row.name, row.url, []))
        person.kinds.append(plain(contribution_name(row.kind)))
    return list(people.values())
