"""Who is asked about a claim: those who own what it is about, else those who organise."""

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from registry.activity.rules import Subject
from registry.claims.models import Claim
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.proposals.models import Credit, Proposal


def projects_of_person(person_id: InstrumentedAttribute[int] | int) -> ColumnElement[bool]:
    """Whether a row of memberships belongs to a project in which a person has a part, or a name on a pitch."""
    own = aliased(Membership)
    return or_(
        Membership.project_id.in_(select(own.project_id).where(own.person_id == person_id)),
        Membership.project_id.in_(_credited(person_id)),
    )


def is_asked(person_id: int) -> ColumnElement[bool]:
    """Whether a person may answer a claim (a row of ``Claim``) without organising: they own what it is about.

    A project's claim is for its owners. A person's is for who owns every project in which that person stands, for
    the answer is about all of them. Nobody answers a claim of their own.
    """
    owned = select(Membership.project_id).where(_owns(Membership, person_id))
    own = aliased(Membership)
    others = or_(
        exists().where(own.person_id == Claim.subject_id, own.project_id.not_in(owned)),
        exists(_credited(Claim.subject_id).where(Proposal.project_id.not_in(owned))),
    )
    any_at_all = or_(
        exists().where(own.person_id == Claim.subject_id), exists(_credited(Claim.subject_id)),
    )
    return and_(Claim.claimer_id != person_id, or_(
        and_(Claim.subject == Subject.PROJECT, Claim.subject_id.in_(owned)),
        and_(Claim.subject == Subject.PERSON, any_at_all, ~others),
    ))


def _owns(membership: type[Membership], person_id: int) -> ColumnElement[bool]:
    return and_(
        membership.person_id == person_id, membership.role == MembershipRole.OWNER, membership.left_on.is_(None)
    )


def _credited(person_id: InstrumentedAttribute[int] | int) -> Select[int | None]:
    return (
        select(Proposal.project_id).join(Credit, Credit.proposal_id == Proposal.id)
        .where(Credit.person_id == person_id)
    )
