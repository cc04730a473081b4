"""Who is signed in, what they are to a record, and what their account page and ``keng admin`` show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ScalarSelect, Select, String, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import RoleGrant, SignInSession
from registry.accounts.rules import Permission, Role, allows, session_is_alive
from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.cases.models import CaseStudy, CaseWriter
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.events.models import Event, EventHelper
from registry.inbox.models import Notice
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider
from registry.projects.models import Project
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalState
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState
from registry.tokens.models import AccessToken
from registry.tokens.rules import Scope, scopes_in, token_is_alive
from registry.web.i18n import gettext as _


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever makes a request. ``person_id`` is empty for a visitor; ``roles`` are those that hold everywhere.

    ``unread`` is how much in their inbox is new. ``token`` is the beginning of the access token with which a script
    acts for them, within its ``scopes``; a person in a browser has none.
    """

    person_id: int | None = None
    session_id: int | None = None
    slug: str = ""
    name: str = ""
    roles: frozenset[Role] = frozenset({Role.VISITOR})
    organises: frozenset[int] = frozenset()
    last_seen_at: datetime | None = None
    unread: int = 0
    token: str = ""
    scopes: frozenset[Scope] = frozenset()
    token_expires_at: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether this is a person with a session."""
        return self.person_id is not None

    @property
    def label(self) -> str:
        """How the audit log names them."""
        return f"person:{self.slug}" if self.is_signed_in else "visitor"

    def may_run(self, event_id: int) -> bool:
        """Whether they may run an event: their own, or as organiser of all or administrator every one."""
        there = frozenset({Role.ORGANISER}) if event_id in self.organises else frozenset[Role]()
        return self.may(Permission.RUN_EVENT, there)

    def may(self, permission: Permission, there: frozenset[Role] = frozenset()) -> bool:
        """Whether they may do this, with the roles they have ``there`` (in a project, at an event) too."""
        return allows(permission, self.roles | there)


VISITOR = Actor()


class SessionRow(msgspec.Struct, frozen=True):
    """One signed-in browser of a person."""

    id: int
    browser: str
    started_at: datetime
    last_seen_at: datetime


class IdentityRow(msgspec.Struct, frozen=True):
    """One account a person signs in with."""

    id: int
    provider: IdentityProvider
    login: str | None


class GrantRow(msgspec.Struct, frozen=True):
    """A granted role: of the event with this slug, or of everything."""

    slug: str
    name: str
    role: Role
    event_slug: str | None
    granted_by: str
    granted_at: datetime


async def actor_of(reader: Reader, *, token_hash: str, now: datetime, idle: timedelta, life: timedelta) -> Actor:
    """Whose session this is; a visitor when there is none or it is over. Two queries."""
    row = (await reader.execute(
        select(
            Person.id, Person.slug, Person.display_name, SignInSession.id.label("session_id"),
            SignInSession.started_at, SignInSession.last_seen_at, _unread().label("unread"),
        )
        .join(Person, Person.id == SignInSession.person_id)
        .where(SignInSession.token_hash == token_hash)
    )).one_or_none()
    if row is None or not session_is_alive(
        started_at=row.started_at, last_seen_at=row.last_seen_at, now=now, idle=idle, life=life
    ):
        return VISITOR
    return Actor(
        person_id=row.id, session_id=row.session_id, slug=row.slug, name=row.display_name,
        last_seen_at=row.last_seen_at, unread=row.unread, **await _granted(reader, row.id),
    )


async def actor_with_identity(reader: Reader, *, provider: IdentityProvider, subject: str) -> Actor:
    """Who acts from an account elsewhere that they have signed in with; a visitor when nobody has. Two queries."""
    row = (await reader.execute(
        select(Person.id, Person.slug, Person.display_name, _unread().label("unread"))
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.provider == provider, Identity.subject == subject, Identity.verified_at.is_not(None))
    )).one_or_none()
    if row is None:
        return VISITOR
    return Actor(
        person_id=row.id, slug=row.slug, name=row.display_name, unread=row.unread, **await _granted(reader, row.id)
    )


async def actor_with_token(reader: Reader, *, token_hash: str, now: datetime) -> Actor:
    """For whom the script with this access token acts; a visitor when there is no such token or it has ended.

    ``last_seen_at`` is when it was last used. Two queries.
    """
    row = (await reader.execute(
        select(
            Person.id, Person.slug, Person.display_name, AccessToken.shown, AccessToken.scopes,
            AccessToken.expires_at, AccessToken.last_used_at,
        )
        .join(Person, Person.id == AccessToken.person_id).where(AccessToken.token_hash == token_hash)
    )).one_or_none()
    if row is None or not token_is_alive(expires_at=row.expires_at, now=now):
        return VISITOR
    return Actor(
        person_id=row.id, slug=row.slug, name=row.display_name, token=row.shown, scopes=scopes_in(row.scopes),
        token_expires_at=row.expires_at, last_seen_at=row.last_used_at, **await _granted(reader, row.id),
    )


async def _granted(reader: Reader, person_id: int) -> dict[str, Any]:
    grants = (await reader.execute(
        select(RoleGrant.role, RoleGrant.event_id).where(RoleGrant.person_id == person_id)
    )).all()
    return {
        "roles": frozenset({Role.MEMBER, *(grant.role for grant in grants if grant.event_id is None)}),
        "organises": frozenset(grant.event_id for grant in grants if grant.event_id is not None),
    }


def _unread() -> ScalarSelect[int]:
    """How much in a person's inbox is new, counted beside their session so that the menu costs no query of its own."""
    return (
        select(func.count()).where(Notice.person_id == Person.id, Notice.read_at.is_(None)).correlate(Person)
        .scalar_subquery()
    )


async def roles_in_project(reader: Reader, actor: Actor, slug: str) -> frozenset[Role]:
    """What the actor is to a project now. One query."""
    roles = await reader.scalars(
        select(cast(Membership.role, String)).join(Project, Project.id == Membership.project_id)
        .where(Project.slug == slug, Membership.person_id == actor.person_id, Membership.left_on.is_(None))
        .union_all(_founded_anonymously(actor).where(Project.slug == slug))
    )
    return frozenset(Role(role) for role in roles)


async def roles_in_proposal(reader: Reader, actor: Actor, slug: str) -> frozenset[Role]:
    """What the actor is to the pitch that has this slug, or had it. One query.

    They pitched it, keep its project, or run its event. A draft knows its initiators alone.
    """
    had_it = select(SlugRedirect.subject_id).where(
        SlugRedirect.subject == Subject.PROPOSAL, SlugRedirect.old_slug == slug
    )
    rows = (await reader.execute(
        select(
            Proposal.state, Proposal.event_id, Credit.id.label("credit_id"), cast(Membership.role, String).label("role")
        )
        .outerjoin(Credit, (Credit.proposal_id == Proposal.id) & (Credit.person_id == actor.person_id))
        .outerjoin(
            Membership, (Membership.project_id == Proposal.project_id) & (Membership.person_id == actor.person_id)
            & Membership.left_on.is_(None),
        )
        .where((Proposal.slug == slug) | Proposal.id.in_(had_it))
    )).all()
    roles = {Role.INITIATOR for row in rows if row.credit_id is not None}
    if any(row.state is not ProposalState.DRAFT for row in rows):
        roles |= {Role(row.role) for row in rows if row.role is not None}
        roles |= {Role.ORGANISER for row in rows if row.event_id in actor.organises}
    return frozenset(roles)


async def roles_in_case(reader: Reader, actor: Actor, slug: str) -> frozenset[Role]:
    """What the actor is to a case study: one of its writers, or what they are to its project. One query."""
    rows = (await reader.execute(
        select(CaseWriter.person_id, cast(Membership.role, String).label("role")).select_from(CaseStudy)
        .outerjoin(CaseWriter, (CaseWriter.case_id == CaseStudy.id) & (CaseWriter.person_id == actor.person_id))
        .outerjoin(
            Membership, (Membership.project_id == CaseStudy.project_id) & (Membership.person_id == actor.person_id)
            & Membership.left_on.is_(None),
        )
        .where(CaseStudy.slug == slug)
    )).all()
    roles = {Role(row.role) for row in rows if row.role is not None}
    return frozenset(roles | ({Role.WRITER} if any(row.person_id is not None for row in rows) else set()))


async def may_edit_project(reader: Reader, actor: Actor, slug: str) -> bool:
    """Whether the actor may edit a project. One query, for a visitor none."""
    return actor.is_signed_in and actor.may(Permission.EDIT_PROJECT, await roles_in_project(reader, actor, slug))


async def roles_at_event(reader: Reader, actor: Actor, slug: str) -> frozenset[Role]:
    """What the actor is to an event: its organiser, a helper, registered, or nothing. One query."""
    if not actor.is_signed_in:
        return frozenset()
    registered = select(Registration.id).where(
        Registration.event_id == Event.id, Registration.person_id == actor.person_id,
        Registration.state != RegistrationState.CANCELLED,
    )
    helping = select(EventHelper.id).where(
        EventHelper.event_id == Event.id, EventHelper.person_id == actor.person_id
    )
    row = (await reader.execute(
        select(Event.id, registered.exists().label("is_registered"), helping.exists().label("is_helping"))
        .where(Event.slug == slug)
    )).one_or_none()
    if row is None:
        return frozenset()
    roles = {
        Role.ORGANISER: row.id in actor.organises, Role.HELPER: row.is_helping, Role.REGISTERED: row.is_registered
    }
    return frozenset(role for role, holds in roles.items() if holds)


def founded_anonymously_by(person_id: Any) -> Select[int | None]:
    """The projects that somebody pitched anew without their name: they own them, though no membership may say so."""
    return (
        select(Proposal.project_id).join(Credit, Credit.proposal_id == Proposal.id)
        .where(
            Proposal.is_founding, Proposal.is_anonymous, Proposal.state == ProposalState.SUBMITTED,
            Credit.person_id == person_id,
        )
    )


def _founded_anonymously(actor: Actor) -> Select[str]:
    return (
        select(literal(Role.OWNER.value)).select_from(Project)
        .where(Project.id.in_(founded_anonymously_by(actor.person_id)))
    )


async def sessions_of(
    reader: Reader, *, person_id: int, now: datetime, idle: timedelta, life: timedelta
) -> list[SessionRow]:
    """A person's signed-in browsers that are within their limits, the last used first. One query."""
    rows = await reader.execute(
        select(SignInSession.id, SignInSession.browser, SignInSession.started_at, SignInSession.last_seen_at)
        .where(
            SignInSession.person_id == person_id, SignInSession.last_seen_at > now - idle,
            SignInSession.started_at > now - life,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
        .limit(100)
    )
    return [SessionRow(*row) for row in rows]


async def identities_of(reader: Reader, *, person_id: int) -> list[IdentityRow]:
    """The accounts a person signs in with. One query."""
    rows = await reader.execute(
        select(Identity.id, Identity.provider, Identity.login)
        .where(Identity.person_id == person_id).order_by(Identity.id).limit(100)
    )
    return [IdentityRow(*row) for row in rows]


async def is_shown_in_public(reader: Reader, *, person_id: int) -> bool:
    """Whether a person lets the public see them. One query."""
    return bool(await reader.scalar(select(Person.is_public).where(Person.id == person_id)))


async def granted_roles(reader: Reader) -> list[GrantRow]:
    """Every granted role, by person. One query."""
    rows = await reader.execute(
        select(
            Person.slug, Person.display_name, RoleGrant.role, Event.slug, RoleGrant.granted_by, RoleGrant.granted_at
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Event, Event.id == RoleGrant.event_id)
        .order_by(Person.sort_name, Person.id, RoleGrant.id)
    )
    return [GrantRow(*row) for row in rows]


async def organisers(reader: Reader) -> Sequence[int]:
    """Everyone who runs the whole registry: organisers of all events, and administrators. One query."""
    return (await reader.scalars(
        select(RoleGrant.person_id).where(RoleGrant.event_id.is_(None)).order_by(RoleGrant.person_id).distinct()
    )).all()


async def person_named(session: AsyncSession, name: str) -> Person:
    """The person with a slug or with an identity (``github:LOGIN``). One query.

    Raises:
        NotFound: nobody, or more than one person, goes by that name.
    """
    provider, _colon, login = name.partition(":")
    if provider in set(IdentityProvider) and login:
        identified = select(Identity.person_id).where(
            Identity.provider == provider, func.lower(Identity.login) == login.casefold()
        )
        asked = select(Person).where(Person.id.in_(identified))
    else:
        asked = select(Person).where(Person.slug == name)
    found = (await session.scalars(asked.limit(2))).all()
    if len(found) != 1:
        raise NotFound(
            _("Nobody goes by “%(name)s” here. They must sign in once before they get a role.") % {"name": name}
        )
    return found[0]


async def event_id_named(reader: Reader, slug: str) -> int:
    """The row number of an event. One query.

    Raises:
        NotFound: there is no such event.
    """
    event_id = await reader.scalar(select(Event.id).where(Event.slug == slug))
    if event_id is None:
        raise NotFound(_("There is no event “%(slug)s”.") % {"slug": slug})
    return int(event_id)
