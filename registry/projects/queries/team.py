"""The people of a project as its own people see them, and who can be asked to join them."""

from datetime import date

import msgspec
from sqlalchemy import func, or_, select

from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider, MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.search.queries import slugs_named

MOST_OFFERED = 8
MOST_MEMBERS = 300


class TeamMember(msgspec.Struct, frozen=True):
    """A part that somebody has or had in a project, with why it began or ended where they said so."""

    person_id: int
    slug: str
    name: str
    is_public: bool
    role: MembershipRole
    joined_on: date | None
    left_on: date | None
    reason: str | None


class Team(msgspec.Struct, frozen=True):
    """A project's people, those of today first; a part that ended stays on record."""

    slug: str
    name: Localized
    members: list[TeamMember]

    @property
    def current(self) -> list[TeamMember]:
        """Who is in the team now."""
        return [member for member in self.members if member.left_on is None]

    @property
    def earlier(self) -> list[TeamMember]:
        """Parts that ended."""
        return [member for member in self.members if member.left_on is not None]

    def is_last_owner(self, person_id: int | None) -> bool:
        """Whether a person is the only owner."""
        return [one.person_id for one in self.current if one.role is MembershipRole.OWNER] == [person_id]


class PersonOffered(msgspec.Struct, frozen=True):
    """Somebody who can be given a part in a project."""

    id: int
    slug: str
    name: str


async def team_of(reader: Reader, slug: str) -> Team | None:
    """The team of the public project at an address, those whom the public does not see too (two statements)."""
    project = (await reader.execute(
        select(Project.id, Project.slug, Project.name).where(Project.slug == slug, Project.hidden_at.is_(None))
    )).one_or_none()
    if project is None:
        return None
    rows = await reader.execute(
        select(
            Person.id, Person.slug, Person.display_name, Person.is_public, Membership.role, Membership.joined_on,
            Membership.left_on, Membership.reason,
        )
        .join(Person, Person.id == Membership.person_id).where(Membership.project_id == project.id)
        .order_by(Membership.left_on.is_not(None), Membership.id).limit(MOST_MEMBERS)
    )
    return Team(project.slug, project.name, [TeamMember(*row) for row in rows])


async def people_offered(reader: Reader, text: str) -> list[PersonOffered]:
    """Public people with an account whose name holds the words of ``text`` (at most four statements)."""
    slugs = await slugs_named(reader, text[:200], Subject.PERSON)
    rows = await reader.execute(
        select(Person.id, Person.slug, Person.display_name)
        .where(Person.slug.in_(slugs), person_is_public(), Person.claimed_at.is_not(None))
        .order_by(Person.sort_name, Person.id).limit(MOST_OFFERED)
    )
    return [PersonOffered(*row) for row in rows]


async def person_meant(reader: Reader, text: str) -> PersonOffered | None:
    """The one person with an account who has this slug or GitHub login, or, if public, this name.

    Who is not public is found only by those who know how they sign in (one statement).
    """
    word = text.strip().removeprefix("@").rstrip("/").rpartition("/")[2]
    signs_in_as = select(Identity.person_id).where(
        Identity.provider == IdentityProvider.GITHUB, func.lower(Identity.login) == word.casefold()
    )
    rows = await reader.execute(
        select(Person.id, Person.slug, Person.display_name, (Person.slug == word).label("is_exact"))
        .where(
            Person.claimed_at.is_not(None), Person.hidden_at.is_(None),
            or_(
                Person.slug == word, Person.id.in_(signs_in_as),
                person_is_public() & (Person.sort_name == text.strip().casefold()),
            ),
        )
        .order_by(Person.id).limit(MOST_OFFERED)
    )
    found = rows.all()
    exact = [row for row in found if row.is_exact] or found
    return PersonOffered(*exact[0][:3]) if len(exact) == 1 else None
