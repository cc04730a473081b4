"""Saying that an imported record is one's own, and answering that."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.models import RoleGrant
from registry.accounts.queries import Actor
from registry.accounts.rules import Permission, Role
from registry.accounts.words import who_may
from registry.activity.commands import mark_changed, note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.claims.models import Claim
from registry.claims.rules import MOST_OPEN_CLAIMS, ClaimState
from registry.claims.visibility import is_asked, projects_of_person
from registry.database.types import Localized
from registry.duplicates.commands import merge_records, unmerge_records
from registry.errors import Conflict, NotAllowed, NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Identity, Membership, Person
from registry.people.rules import MembershipRole
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.web.i18n import gettext as _

EVIDENCE = 2_000
REASON = 1_000


async def make_claim(
    session: AsyncSession, *, subject: Subject, slug: str, evidence: str, evidence_url: str, by: Actor, now: datetime
) -> Claim:
    """Say that an imported person is oneself, or that a project is one's own, and how others can tell.

    Its owners are told where they can sign in, else those who organise. Writes one audit row, which the public does
    not see.

    Raises:
        NotFound: there is no such public record.
        BadInput: how others can tell is missing or too long, or the link is none.
        Conflict: the record has somebody already, or one's claim on it waits, or too many of one's claims wait.
    """
    checks = Checks()
    evidence = checks.text("evidence", evidence, longest=EVIDENCE, is_required=True)
    evidence_url = checks.web_address("evidence_url", evidence_url)
    checks.done()
    # Whoever claims twice at once waits here.
    claimer = (await session.scalars(select(Person).where(Person.id == by.person_id).with_for_update())).one()
    record = await claimable_record(session, subject, slug, claimer_id=claimer.id)
    await _check_open_claims(session, subject, record.id, claimer.id)
    claim = Claim(
        subject=subject, subject_id=record.id, claimer_id=claimer.id, evidence=evidence,
        evidence_url=evidence_url or None, made_at=now,
    )
    session.add(claim)
    await session.flush()
    note_change(
        session, now=now, actor=by.label, action="claimed", subject=subject, subject_id=record.id,
        changes={"claim": [None, claim.id]},
    )
    tell(
        session, await people_asked(session, claim), kind=NoticeKind.CLAIM_MADE, path=f"/claims/{claim.id}", now=now,
        by=claimer.display_name, record=name_of(record),
    )
    await session.flush()
    return claim


async def claimable_record(session: AsyncSession, subject: Subject, slug: str, *, claimer_id: int) -> Person | Project:
    """The record at an address, when somebody can still say that it is theirs.

    Raises:
        NotFound: there is no such public record.
        Conflict: somebody has it already.
    """
    if subject is Subject.PERSON:
        person = await session.scalar(select(Person).where(Person.slug == slug, person_is_public()))
        if person is None:
            raise NotFound(_("There is no such person here. The page may have moved, or they chose not to be shown."))
        signs_in = await session.scalar(select(func.count()).where(Identity.person_id == person.id))
        holds_role = await session.scalar(select(func.count()).where(RoleGrant.person_id == person.id))
        if person.claimed_at or signs_in or holds_role or person.id == claimer_id:
            raise Conflict(_("This page belongs to somebody who signs in here already. Is that wrong? Report it."))
        return person
    project = await session.scalar(select(Project).where(Project.slug == slug, Project.hidden_at.is_(None)))
    if project is None:
        raise NotFound(_("There is no such project. It may have another address, or was taken out of the record."))
    if await _membership(session, project.id, claimer_id, MembershipRole.OWNER):
        raise Conflict(_("You own this project already."))
    return project


async def people_asked(session: AsyncSession, claim: Claim) -> Iterable[int]:
    """Whom a claim is put to: the owners of what it is about who can sign in, else all who organise everything."""
    about = Membership.project_id == claim.subject_id
    owners = await session.scalars(
        select(Membership.person_id).join(Person, Person.id == Membership.person_id)
        .where(
            about if claim.subject is Subject.PROJECT else projects_of_person(claim.subject_id),
            Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None), Person.claimed_at.is_not(None),
            Membership.person_id != claim.claimer_id,
        )
        .distinct()
    )
    asked = [
        owner for owner in owners
        if await session.scalar(select(Claim.id).where(Claim.id == claim.id, is_asked(owner)))
    ]
    if asked:
        return asked
    return await session.scalars(
        select(RoleGrant.person_id).where(
            RoleGrant.event_id.is_(None), RoleGrant.role.in_((Role.ORGANISER, Role.ADMINISTRATOR)),
            RoleGrant.person_id != claim.claimer_id,
        )
    )


async def approve_claim(session: AsyncSession, *, claim_id: int, reason: str, by: Actor, now: datetime) -> Claim:
    """Agree that a record is the claimer's.

    An imported person becomes an old name of the claimer: what names it names them (see ``merge_records``, which
    writes the audit row). Of a project the claimer becomes an owner. The claimer is told.

    Raises:
        NotFound: there is no such claim.
        NotAllowed: ``by`` is not asked.
        Conflict: it was answered already, or the record cannot be given any more.
    """
    claim = await _claim_to_answer(session, claim_id, by)
    if claim.subject is Subject.PERSON:
        merge = await merge_records(
            session, subject=Subject.PERSON, kept=claim.claimer_id, gone=claim.subject_id, by=by, now=now
        )
        claim.merge_id = merge.id
    else:
        await _make_owner(session, claim, by=by, now=now)
    await _answer(session, claim, ClaimState.APPROVED, reason, by=by, now=now)
    return claim


async def decline_claim(session: AsyncSession, *, claim_id: int, reason: str, by: Actor, now: datetime) -> Claim:
    """Say that a record is not the claimer's, and why; the claimer is told. Writes an audit row.

    Raises:
        NotFound: there is no such claim.
        NotAllowed: ``by`` is not asked.
        BadInput: the reason is missing or too long.
        Conflict: it was answered already.
    """
    checks = Checks()
    reason = checks.text("reason", reason, longest=REASON, is_required=True)
    checks.done()
    claim = await _claim_to_answer(session, claim_id, by)
    _note(session, claim, "claim declined", by=by, now=now)
    await _answer(session, claim, ClaimState.DECLINED, reason, by=by, now=now)
    return claim


async def withdraw_claim(session: AsyncSession, *, claim_id: int, by: Actor, now: datetime) -> Claim:
    """Take one's own claim back before it is answered. Writes an audit row.

    Raises:
        NotFound: there is no such claim of theirs.
        Conflict: it was answered already.
    """
    claim = await _open_claim(session, claim_id)
    if claim.claimer_id != by.person_id:
        raise NotFound(_("There is no such claim."))
    claim.state, claim.decided_at = ClaimState.WITHDRAWN, now
    _note(session, claim, "claim withdrawn", by=by, now=now)
    await session.flush()
    return claim


async def take_approval_back(session: AsyncSession, *, claim_id: int, by: Actor, now: datetime) -> list[str]:
    """Part the claimer and the imported person again, as they were; gives the tables with a row that stays.

    The claim waits for an answer again. See ``unmerge_records``, which writes the audit row.

    Raises:
        NotFound: there is no such claim.
        NotAllowed: ``by`` does not organise.
        Conflict: it is no approved claim on a person, or what ``unmerge_records`` says.
    """
    claim = await _locked(session, claim_id)
    if not by.may(Permission.MODERATE):
        raise NotAllowed(who_may(Permission.MODERATE))
    if claim.state is not ClaimState.APPROVED or claim.merge_id is None:
        raise Conflict(_("Only an approved claim on a person can be taken back here. A team is changed on its page."))
    stayed = await unmerge_records(session, merge_id=claim.merge_id, by=by, now=now)
    claim.state, claim.merge_id, claim.decided_at, claim.decided_by_id, claim.reason = (
        ClaimState.OPEN, None, None, None, None,
    )
    await session.flush()
    return stayed


def name_of(record: Person | Project) -> Localized | str:
    """What a record is called, by language where it has names in several."""
    return record.display_name if isinstance(record, Person) else record.name


async def _check_open_claims(session: AsyncSession, subject: Subject, record_id: int, claimer_id: int) -> None:
    waiting = (await session.execute(
        select(Claim.subject, Claim.subject_id)
        .where(Claim.claimer_id == claimer_id, Claim.state == ClaimState.OPEN).limit(MOST_OPEN_CLAIMS)
    )).all()
    if (subject, record_id) in [tuple(one) for one in waiting]:
        raise Conflict(_("You have said so already. You are told as soon as somebody answers."))
    if len(waiting) >= MOST_OPEN_CLAIMS:
        raise Conflict(_(
            "%(num)s of your claims wait for an answer. Wait for one, or take one back, before you make another."
        ) % {"num": len(waiting)})


async def _claim_to_answer(session: AsyncSession, claim_id: int, by: Actor) -> Claim:
    claim = await _open_claim(session, claim_id)
    may_answer = claim.claimer_id != by.person_id and (
        by.may(Permission.MODERATE)
        or await session.scalar(select(Claim.id).where(Claim.id == claim.id, is_asked(by.person_id or 0)))
    )
    if not may_answer:
        raise NotAllowed(_("Only the owners of the project, or organisers, may answer this; nobody answers their own."))
    return claim


async def _open_claim(session: AsyncSession, claim_id: int) -> Claim:
    claim = await _locked(session, claim_id)
    if claim.state is not ClaimState.OPEN:
        raise Conflict(_("This claim was answered already."))
    return claim


async def _locked(session: AsyncSession, claim_id: int) -> Claim:
    claim: Claim | None = await session.scalar(select(Claim).where(Claim.id == claim_id).with_for_update())
    if claim is None:
        raise NotFound(_("There is no such claim."))
    return claim


async def _membership(
    session: AsyncSession, project_id: int, person_id: int, role: MembershipRole | None = None
) -> Membership | None:
    found: Membership | None = await session.scalar(select(Membership).where(
        Membership.project_id == project_id, Membership.person_id == person_id, Membership.left_on.is_(None),
        *([Membership.role == role] if role else []),
    ).limit(1))
    return found


async def _make_owner(session: AsyncSession, claim: Claim, *, by: Actor, now: datetime) -> None:
    project = (await session.scalars(
        select(Project).where(Project.id == claim.subject_id).with_for_update()
    )).one()
    membership = await _membership(session, project.id, claim.claimer_id)
    before = membership.role.value if membership else None
    if membership is None:
        session.add(Membership(
            project_id=project.id, person_id=claim.claimer_id, role=MembershipRole.OWNER, joined_on=now.date(),
        ))
    else:
        membership.role, membership.updated_at = MembershipRole.OWNER, now
    mark_changed(project, now=now)
    claimer = await session.get_one(Person, claim.claimer_id)
    note_change(
        session, now=now, actor=by.label, action="claim approved", subject=Subject.PROJECT, subject_id=project.id,
        changes={"claim": [ClaimState.OPEN.value, ClaimState.APPROVED.value], "owner": [before, claimer.slug]},
    )


async def _answer(
    session: AsyncSession, claim: Claim, state: ClaimState, reason: str, *, by: Actor, now: datetime
) -> None:
    claim.state, claim.reason = state, reason.strip()[:REASON] or None
    claim.decided_at, claim.decided_by_id = now, by.person_id
    record: Person | Project = (
        await session.get_one(Person, claim.subject_id) if claim.subject is Subject.PERSON
        else await session.get_one(Project, claim.subject_id)
    )
    kind = NoticeKind.CLAIM_APPROVED if state is ClaimState.APPROVED else NoticeKind.CLAIM_DECLINED
    tell(
        session, [claim.claimer_id], kind=kind, path=f"/claims/{claim.id}", now=now, record=name_of(record),
        reason=claim.reason or "",
    )
    await session.flush()


def _note(session: AsyncSession, claim: Claim, action: str, *, by: Actor, now: datetime) -> None:
    note_change(
        session, now=now, actor=by.label, action=action, subject=claim.subject, subject_id=claim.subject_id,
        changes={"claim": [ClaimState.OPEN.value, action.rpartition(" ")[2]]},
    )
