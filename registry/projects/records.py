"""Projects as the API gives them."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import literal, select

from registry.addresses import Addresses, Linked, PersonMention, Revision, percent_encoded
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place, read_batch
from registry.database.types import Localized
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.filters import ProjectFilters
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectTag, Tag
from registry.projects.queries.matching import filter_parameters, matching_projects
from registry.projects.rules import LinkHealth, LinkKind, NeedState, Standing


class LinkRecord(msgspec.Struct):
    """An address that belongs to a project or to a proposal."""

    kind: Annotated[LinkKind, Meta(description="What it leads to.", examples=["repository"])]
    url: Annotated[str, Meta(description="The address.", examples=["https://code.example.org/budget-map"])]
    label: Annotated[str | None, Meta(description="What its people call it.", examples=["Source code"])]
    health: Annotated[LinkHealth, Meta(description="What the last check of it found.", examples=["alive"])]


class NeedRecord(msgspec.Struct):
    """A role that a project wants, or wanted."""

    key: Annotated[str, Meta(description="The role: a key of the handbook's needs.", examples=["designer"])]
    line: Annotated[
        Localized, Meta(description="In the owner's words, by language tag.", examples=[{"en": "Draw a legend."}])
    ]
    state: Annotated[NeedState, Meta(description="`open`, `filled` or `closed` (no longer wanted).", examples=["open"])]


class TagRecord(msgspec.Struct):
    """A topic."""

    id: Annotated[str, Meta(description="The value for the filter `tag`.", examples=["open-budget"])]
    name: Annotated[Localized, Meta(description="Its name by language tag.", examples=[{"zh-Hant": "預算"}])]


class OtherName(msgspec.Struct):
    """A name under which a project was pitched."""

    name: Annotated[str, Meta(description="As it was written.", examples=["Budget-Map"])]


class TeamMember(PersonMention):
    """A person, and their part in a project."""

    role: Annotated[MembershipRole, Meta(description="Their part.", examples=["owner"])]


class ProjectRecord(Linked):
    """Something people build over years."""

    is_example: Annotated[bool, Meta(description="Made up for a demonstration.", examples=[False])]
    name: Annotated[
        Localized, Meta(description="Name by language tag.", examples=[{"zh-Hant": "預算地圖", "en": "Budget map"}])
    ]
    other_names: Annotated[list[OtherName], Meta(description="Names under which it was pitched.")]
    summary: Annotated[
        Localized, Meta(description="One sentence, by language tag.", examples=[{"en": "See where taxes go."}])
    ]
    description: Annotated[
        Localized, Meta(description="Markdown by language tag.", examples=[{"en": "Budgets as *drawings*."}])
    ]
    stage: Annotated[str, Meta(description="Where it stands: a key of the handbook's ladder.", examples=["prototype"])]
    standing: Annotated[Standing, Meta(description="What its people said of it last.", examples=["active"])]
    code_licence: Annotated[
        str | None, Meta(description="Licence of the code: SPDX where certain, else as written.", examples=["MIT"])
    ]
    content_licence: Annotated[
        str | None, Meta(description="Licence of the content, likewise.", examples=["CC-BY-4.0"])
    ]
    has_repository: Annotated[bool, Meta(description="Whether one of the links is a repository.", examples=[True])]
    pitch_count: Annotated[int, Meta(description="How often it was pitched.", examples=[3])]
    first_pitched_on: Annotated[date | None, Meta(description="Day of its first pitch.", examples=["2012-12-01"])]
    last_active_on: Annotated[
        date | None, Meta(description="Latest day that anything is known to have happened.", examples=["2019-09-21"])
    ]
    needs: Annotated[list[NeedRecord], Meta(description="Roles it wants or wanted.")]
    tags: Annotated[list[TagRecord], Meta(description="Its topics.")]
    people: Annotated[list[TeamMember], Meta(description="Who takes part now, as far as they are public.")]
    links: Annotated[list[LinkRecord], Meta(description="Its links.")]
    proposals_url: Annotated[
        str, Meta(description="Its pitches in this API.",
                  examples=["https://registry.example.org/api/v1/proposals?project=budget-map"])
    ]
    updated_at: Annotated[
        datetime, Meta(description="When the record last changed, in UTC.", examples=["2019-09-22T08:30:00Z"])
    ]
    revision: Revision

    def __post_init__(self) -> None:
        """Encode the addresses."""
        super().__post_init__()
        self.proposals_url = percent_encoded(self.proposals_url)


async def project_records(
    reader: Reader, wanted: ProjectFilters, *, quiet_before: date, place: Place, addresses: Addresses
) -> Batch[ProjectRecord]:
    """The public projects that a filter finds, the newest in the registry first (one statement, two with a text).

    ``quiet_before`` is the day from which on a project without activity counts as dormant.
    """
    statement = matching_projects(_records(addresses), wanted.conditions())
    return await read_batch(
        reader, statement, ProjectRecord, order=(Project.id,), place=place,
        parameters=await filter_parameters(reader, wanted, quiet_before=quiet_before),
    )


async def project_record(reader: Reader, slug: str, addresses: Addresses) -> ProjectRecord | None:
    """The public project with this slug (one statement)."""
    statement = _records(addresses).where(Project.slug == slug, Project.hidden_at.is_(None))
    row = (await reader.execute(statement)).one_or_none()
    return ProjectRecord(*row) if row else None


async def slug_of_project(reader: Reader, project_id: int) -> str | None:
    """Where a public project is now (one statement)."""
    slug: str | None = await reader.scalar(
        select(Project.slug).where(Project.id == project_id, Project.hidden_at.is_(None))
    )
    return slug


def _records(addresses: Addresses) -> AnySelect:
    names = (
        select(ProjectAlias.name).where(ProjectAlias.project_id == Project.id).order_by(ProjectAlias.id)
        .correlate(Project)
    )
    needs = (
        select(Need.key, Need.line, Need.state).where(Need.project_id == Project.id).order_by(Need.id)
        .correlate(Project)
    )
    tags = (
        select(Tag.slug.label("id"), Tag.name).join(ProjectTag, ProjectTag.tag_id == Tag.id)
        .where(ProjectTag.project_id == Project.id, Tag.hidden_at.is_(None)).order_by(Tag.id)
        .correlate(Project)
    )
    team = (
        select(*addresses.columns("people", Person.slug), Person.display_name.label("name"), Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.project_id == Project.id, Membership.left_on.is_(None), person_is_public())
        .order_by(Membership.id).correlate(Project)
    )
    links = (
        select(Link.kind, Link.url, Link.label, Link.health).where(Link.project_id == Project.id).order_by(Link.id)
        .correlate(Project)
    )
    return select(
        *addresses.columns("projects", Project.slug), Project.is_example, Project.name, json_rows(names, OtherName),
        Project.summary, Project.description, Project.stage_key, Project.standing, Project.code_licence,
        Project.content_licence, Project.has_repository, Project.pitch_count, Project.first_pitched_on,
        Project.last_active_on,
        json_rows(needs, NeedRecord), json_rows(tags, TagRecord), json_rows(team, TeamMember),
        json_rows(links, LinkRecord), literal(f"{addresses.list_of('proposals')}?project=") + Project.slug,
        Project.updated_at, Project.revision,
    )
