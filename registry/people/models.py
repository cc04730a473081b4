"""People, what ties them to outside accounts, and what they do in projects and events."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Dated, Hideable, Numbered, Revised
from registry.database.types import Instant, Line, Prose, Slug, Words, state_column, type_json
from registry.people.rules import IdentityProvider, MembershipRole, PersonOrigin


class Person(Numbered, Dated, Hideable, Base):
    """Someone in the record. An imported person is a credit nobody has claimed yet (``claimed_at`` is empty)."""

    __tablename__ = "people"

    slug: Mapped[Slug]
    display_name: Mapped[Line]
    sort_name: Mapped[Line]
    bio: Mapped[Words]
    origin: Mapped[PersonOrigin] = mapped_column(state_column(PersonOrigin))
    claimed_at: Mapped[Instant | None]
    is_public: Mapped[bool] = mapped_column(default=True)
    is_example: Mapped[bool] = mapped_column(default=False)
    shows_calendar: Mapped[bool] = mapped_column(default=False, server_default=false())
    offers: Mapped[list[str]] = mapped_column(type_json, default=list)

    __table_args__ = (Index("ix_people_sort_name_id", "sort_name", "id"),)


class Identity(Numbered, Dated, Base):
    """A person's account elsewhere. ``subject`` is the provider's own stable id, never a login or a name."""

    __tablename__ = "identities"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    provider: Mapped[IdentityProvider] = mapped_column(state_column(IdentityProvider))
    subject: Mapped[str] = mapped_column(String(200))
    login: Mapped[str | None] = mapped_column(String(200))
    is_public: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[Instant | None]

    __table_args__ = (UniqueConstraint("provider", "subject"),)


class Membership(Numbered, Dated, Base):
    """A person's part in a project, over time."""

    __tablename__ = "memberships"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    role: Mapped[MembershipRole] = mapped_column(state_column(MembershipRole))
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    reason: Mapped[Prose | None]

    __table_args__ = (Index("ix_memberships_project_id_role", "project_id", "role"),)


class Contribution(Numbered, Dated, Revised, Base):
    """One fact about what someone did, with where it is known from. Never a score.

    What a person says themselves (``source`` is "said") counts once somebody else has confirmed it: ``decided_as`` is
    what they were to the project or event then. ``is_shown`` is the person's own choice.
    """

    __tablename__ = "contributions"

    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    evidence_url: Mapped[Prose | None]
    note: Mapped[Prose | None]
    minutes: Mapped[int | None]
    happened_on: Mapped[date]
    is_shown: Mapped[bool] = mapped_column(default=True, server_default=true())
    confirmed_at: Mapped[Instant | None]
    declined_at: Mapped[Instant | None]
    decline_reason: Mapped[Prose | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    decided_as: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        Index("ix_contributions_person_id_happened_on", "person_id", "happened_on"),
        Index("ix_contributions_project_id_source_happened_on", "project_id", "source", "happened_on"),
        Index("ix_contributions_event_id_source_happened_on", "event_id", "source", "happened_on"),
    )
