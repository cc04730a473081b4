"""Everything that is kept about one person, in one statement, by the table of ``registry.privacy.rules``."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, String, Table, and_, literal, or_, select
from sqlalchemy.orm import aliased

from registry.activity.rules import Subject
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.tables import Base
from registry.database.types import Localized
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider, MembershipRole
from registry.privacy.models import ErasureRequest
from registry.privacy.rules import KEPT, Kept, Tie
from registry.projects.models import Project

PROJECTS_SHOWN = 100


class Named(msgspec.Struct, frozen=True):
    """By what rows may be tied to a person; ``accounts`` are the numbers of theirs where repositories live."""

    id: int
    slug: str
    name: str
    accounts: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """How the log names them."""
        return f"person:{self.slug}"


class KeptRows(msgspec.Struct, frozen=True):
    """The rows of one entry, as they are given to the person."""

    kept: Kept
    rows: list[dict[str, Any]]


class OwnedProject(msgspec.Struct, frozen=True):
    """A project that would have no owner any more."""

    slug: str
    name: Localized


def tied(kept: Kept, person: Named) -> ColumnElement[bool]:
    """The condition under which a row of an entry's table belongs to a person."""
    table = table_of(kept)
    column: ColumnElement[Any] = table.c[kept.column]
    plain = {Tie.ROW: person.id, Tie.LABEL: person.label, Tie.NAME: person.name}
    if kept.tie in plain:
        return column == plain[kept.tie]
    if kept.tie is Tie.ACCOUNT:
        return column.in_(person.accounts)
    if kept.tie is Tie.SUBJECT:
        return and_(table.c.subject == Subject.PERSON, column == person.id)
    if kept.tie is Tie.MEMBER:
        accounts = Base.metadata.tables["identities"]
        return select(accounts.c.id).where(
            accounts.c.person_id == person.id, accounts.c.provider == table.c.chat, accounts.c.subject == column,
        ).exists()
    page = f"/people/{person.slug}"
    return or_(column == page, *(column.startswith(page + end, autoescape=True) for end in ("/", "?", "#")))


def table_of(kept: Kept) -> Table:
    """The table of an entry."""
    return Base.metadata.tables[kept.table]


async def named(reader: Reader, person_id: int) -> Named:
    """By what a person is known (one statement)."""
    is_theirs = (Identity.person_id == Person.id) & (Identity.provider == IdentityProvider.GITHUB)
    rows = (await reader.execute(
        select(Person.id, Person.slug, Person.display_name, Identity.subject)
        .outerjoin(Identity, is_theirs).where(Person.id == person_id)
    )).all()
    accounts = tuple(int(row.subject) for row in rows if row.subject and row.subject.isdecimal())
    return Named(rows[0].id, rows[0].slug, rows[0].display_name, accounts)


async def kept_about(reader: Reader, person: Named, *, most: int | None = None) -> list[KeptRows]:
    """All that is kept about a person (one statement); of each entry at most ``most`` rows.

    Rows that merely lead to their page are other people's, and are not given.
    """
    given = [kept for kept in KEPT if kept.tie is not Tie.PATH]
    row = (await reader.execute(select(*(_rows(kept, person, most) for kept in given)))).one()
    return [
        KeptRows(kept, [msgspec.to_builtins(one, str_keys=True) for one in rows])
        for kept, rows in zip(given, row, strict=True)
    ]


async def sole_ownerships(reader: Reader, person_id: int) -> list[OwnedProject]:
    """The projects that nobody but this person owns (one statement)."""
    rows = await reader.execute(
        select(Project.slug, Project.name).where(Project.id.in_(sole_project_ids(person_id)))
        .order_by(Project.sort_name, Project.id).limit(PROJECTS_SHOWN)
    )
    return [OwnedProject(*row) for row in rows]


def sole_project_ids(person_id: int) -> Select[int]:
    """The row numbers of the projects that nobody but this person owns."""
    other = aliased(Membership)
    has_other = select(other.id).where(
        other.project_id == Membership.project_id, other.person_id != person_id,
        other.role == MembershipRole.OWNER, other.left_on.is_(None),
    ).correlate(Membership).exists()
    return select(Membership.project_id).where(
        Membership.person_id == person_id, Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None),
        ~has_other,
    )


async def erasure_due(reader: Reader, person_id: int) -> datetime | None:
    """When a person will be erased, if they asked for it (one statement)."""
    due_at: datetime | None = await reader.scalar(
        select(ErasureRequest.due_at).where(ErasureRequest.person_id == person_id)
    )
    return due_at


def _rows(kept: Kept, person: Named, most: int | None) -> ColumnElement[Any]:
    table = table_of(kept)
    columns = [
        column for column in table.c if column.name not in kept.secret and (not kept.shown or column.name in kept.shown)
    ]
    query: AnySelect = select(*columns).where(tied(kept, person)).order_by(*table.primary_key.columns).limit(most)
    row: Any = msgspec.defstruct(kept.table, [(column.name, Any) for column in columns])
    return json_rows(query, row).label(f"{kept.table}_{kept.column}")


def mentions_in(table: Table, column: str, words: list[str]) -> ColumnElement[bool]:
    """The condition under which structured facts may hold one of these texts; a few that do not may pass.

    Of a text it is looked for as JSON writes it. SQLite knows the small letters of ASCII alone, so nothing is folded.
    """
    text = table.c[column].cast(String)
    written = [msgspec.json.encode(word).decode()[1:-1] for word in words]
    return or_(literal(value=False), *(text.contains(word, autoescape=True) for word in written))
