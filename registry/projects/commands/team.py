"""Who keeps a project: giving parts, leaving, handing over. A part that ends stays on record, with why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import mark_changed, note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.errors import BadInput, Conflict, NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.projects.commands.needs import need_in_state, new_need
from registry.projects.commands.parts import needs_of, project_to_change, set_project_parts
from registry.projects.models import Project
from registry.projects.queries.team import PersonOffered, people_offered, person_meant
from registry.projects.rules import OWNER_WANTED, NeedState
from registry.search.commands import refresh
from registry.web.i18n import gettext as _

REASON = 500
_TOLD = {
    MembershipRole.OWNER: NoticeKind.OWNER_ADDED, MembershipRole.MAINTAINER: NoticeKind.MAINTAINER_ADDED,
    MembershipRole.CONTRIBUTOR: NoticeKind.CONTRIBUTOR_ADDED,
}


async def give_part(
    session: AsyncSession, *, slug: str, person: str, role: str, reason: str, by: Actor, now: datetime
) -> None:
    """Make somebody owner, maintainer or contributor of a project; an earlier part of theirs ends and stays on record.

    ``person`` is a slug, a GitHub login or a public name. Writes an audit row and tells the person.

    Raises:
        NotFound: there is no such project.
        BadInput: nobody, or more than one, goes by that name; or there is no such role.
        Conflict: they have this part, or are the last owner.
    """
    checks = Checks()
    reason = checks.text("reason", reason, longest=REASON)
    checks.one_of("role", role, list(MembershipRole), is_required=True)
    checks.done()
    change = await _begin(session, slug)
    new = await _person_named(session, person)
    part = next((one for one in change.team if one.person_id == new.id), None)
    if part and part.role == role:
        raise Conflict(_("%(name)s has this part already.") % {"name": new.name})
    if part:
        _refuse_last_owner(change.team, part)
        _end(part, None, now=now)
    given = MembershipRole(role)
    session.add(_part(change.project, new.id, given, reason, now=now))
    is_owner = given is MembershipRole.OWNER
    needs = await _fill_wanted_owner(session, change.project, now) if is_owner else {}
    action = "owner added" if is_owner else "part changed" if part else "member added"
    await _note(session, change, action, by=by, now=now, more=needs)
    _tell(session, change.project, {new.id}, _TOLD[given], by=by, now=now)


async def end_part(
    session: AsyncSession, *, slug: str, person: str, reason: str, by: Actor, now: datetime
) -> None:
    """End the part of somebody else (their slug) in a project. Writes an audit row and tells them.

    Raises:
        NotFound: there is no such project, or they are not in its team.
        BadInput: the reason is too long.
        Conflict: they are the last owner.
    """
    reason = _checked_reason(reason)
    change = await _begin(session, slug)
    part = _part_of(change.team, await session.scalar(select(Person.id).where(Person.slug == person)))
    _refuse_last_owner(change.team, part)
    _end(part, reason, now=now)
    await _note(session, change, "member left", by=by, now=now)
    _tell(session, change.project, {part.person_id}, NoticeKind.PART_ENDED, by=by, now=now)


async def leave_project(
    session: AsyncSession, *, slug: str, reason: str, seeks_owner: bool, by: Actor, now: datetime
) -> None:
    """Leave a project's team. The last owner hands it over first, or says that it looks for an owner.

    Writes an audit row and tells the owners who stay.

    Raises:
        NotFound: there is no such project, or the actor is not in its team.
        BadInput: the reason is too long.
        Conflict: the last owner leaves without a word on who comes next.
    """
    reason = _checked_reason(reason)
    change = await _begin(session, slug)
    part = _part_of(change.team, by.person_id)
    is_last = _is_last_owner(change.team, part)
    if not seeks_owner:
        _refuse_last_owner(change.team, part)
    _end(part, reason, now=now)
    needs = await _look_for_owner(session, change.project, now) if is_last else {}
    await _note(session, change, "member left", by=by, now=now, more=needs)
    owners = {one.person_id for one in change.team if one.role is MembershipRole.OWNER and one.left_on is None}
    _tell(session, change.project, owners, NoticeKind.MEMBER_LEFT, by=by, now=now)


async def hand_over(
    session: AsyncSession, *, slug: str, person: str, stays: bool, reason: str, by: Actor, now: datetime
) -> None:
    """Hand a project over: ``person`` owns it, and an owner who hands it over stays as a maintainer or leaves.

    An organiser who does it for owners that are gone takes nobody's part. Writes an audit row, tells the new owner.

    Raises:
        NotFound: there is no such project.
        BadInput: nobody, or more than one, goes by that name; or it is the actor.
    """
    reason = _checked_reason(reason)
    change = await _begin(session, slug)
    new = await _person_named(session, person)
    if new.id == by.person_id:
        raise _wrong_person(_("This is you. Name who takes the project over."))
    own = next(
        (one for one in change.team if one.person_id == by.person_id and one.role is MembershipRole.OWNER), None
    )
    for part in change.team:
        if part.person_id == new.id:
            _end(part, None, now=now)
    session.add(_part(change.project, new.id, MembershipRole.OWNER, reason, now=now))
    if own:
        _end(own, reason, now=now)
    if own and stays:
        session.add(_part(change.project, own.person_id, MembershipRole.MAINTAINER, "", now=now))
    needs = await _fill_wanted_owner(session, change.project, now)
    await _note(session, change, "handed over", by=by, now=now, more=needs)
    _tell(session, change.project, {new.id}, NoticeKind.HANDED_OVER, by=by, now=now)


class _TeamChange(NamedTuple):
    """A project whose team changes: its parts of today, and how they are written down before the change."""

    project: Project
    team: Sequence[Membership]
    before: list[dict[str, str]]


async def _begin(session: AsyncSession, slug: str) -> _TeamChange:
    project = await project_to_change(session, slug)
    team = (await session.scalars(_parts_of(project))).all()
    return _TeamChange(project, team, await _written_team(session, project))


async def _note(
    session: AsyncSession, change: _TeamChange, action: str, *, by: Actor, now: datetime, more: Mapping[str, Any] = {}
) -> None:
    await session.flush()
    mark_changed(change.project, now=now)
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.PROJECT, subject_id=change.project.id,
        changes={"team": [change.before, await _written_team(session, change.project)], **more},
    )
    await session.flush()
    await refresh(session, Subject.PROJECT, [change.project.id])


def _tell(
    session: AsyncSession, project: Project, people: set[int], kind: NoticeKind, *, by: Actor, now: datetime
) -> None:
    told = people - {by.person_id}
    tell(session, told, kind=kind, path=f"/projects/{project.slug}", now=now, by=by.name, project=project.name)


def _parts_of(project: Project) -> Select[Membership]:
    return (
        select(Membership).where(Membership.project_id == project.id, Membership.left_on.is_(None))
        .order_by(Membership.id)
    )


async def _written_team(session: AsyncSession, project: Project) -> list[dict[str, str]]:
    rows = await session.execute(
        select(Person.slug, Membership.role).join(Person, Person.id == Membership.person_id)
        .where(Membership.project_id == project.id, Membership.left_on.is_(None)).order_by(Membership.id)
    )
    return [{"person": f"person:{slug}", "role": role.value} for slug, role in rows]


def _part(project: Project, person_id: int, role: MembershipRole, reason: str, *, now: datetime) -> Membership:
    return Membership(
        project_id=project.id, person_id=person_id, role=role, joined_on=now.date(), reason=reason or None,
        created_at=now, updated_at=now,
    )


def _end(part: Membership, reason: str | None, *, now: datetime) -> None:
    part.left_on, part.updated_at = now.date(), now
    part.reason = reason or part.reason


def _part_of(team: Sequence[Membership], person_id: int | None) -> Membership:
    part = next((one for one in team if one.person_id == person_id), None)
    if part is None:
        raise NotFound(_("There is no such person in the project's team. They may have left already."))
    return part


def _is_last_owner(team: Sequence[Membership], part: Membership) -> bool:
    return [one for one in team if one.role is MembershipRole.OWNER] == [part]


def _refuse_last_owner(team: Sequence[Membership], part: Membership) -> None:
    if _is_last_owner(team, part):
        raise Conflict(_(
            "A project needs an owner. Hand it over to somebody first, or say that it looks for a new owner."
        ))


async def _person_named(session: AsyncSession, text: str) -> PersonOffered:
    reader = await session.connection()
    if not text.strip():
        raise _wrong_person(_("This is needed."))
    if found := await person_meant(reader, text):
        return found
    close = await people_offered(reader, text)
    if not close:
        raise _wrong_person(_(
            "Nobody with an account here goes by this. Use their GitHub login or the address of their page; they must "
            "have signed in once."
        ))
    names = _(", ").join(f"{one.name} ({one.slug})" for one in close[:3])
    raise _wrong_person(_("Use the address of the person you mean, for example: %(people)s.") % {"people": names})


def _wrong_person(detail: str) -> BadInput:
    checks = Checks()
    checks.wrong("person", detail)
    return checks.refusal()


def _checked_reason(reason: str) -> str:
    checks = Checks()
    reason = checks.text("reason", reason, longest=REASON)
    checks.done()
    return reason


async def _look_for_owner(session: AsyncSession, project: Project, now: datetime) -> dict[str, list[Any]]:
    """Open the need for an owner; what changed."""
    needs = {one["key"]: one for one in await needs_of(session, project)}
    wanted = need_in_state(needs.get(OWNER_WANTED) or new_need(OWNER_WANTED), NeedState.OPEN, today=now.date())
    return await set_project_parts(
        session, project=project, parts={"needs": list({**needs, OWNER_WANTED: wanted}.values())}, now=now
    )


async def _fill_wanted_owner(session: AsyncSession, project: Project, now: datetime) -> dict[str, list[Any]]:
    """Say that the owner whom the project may have looked for is found; what changed."""
    needs = await needs_of(session, project)
    filled = [
        need_in_state(one, NeedState.FILLED, today=now.date())
        if (one["key"], one["state"]) == (OWNER_WANTED, NeedState.OPEN) else one for one in needs
    ]
    return await set_project_parts(session, project=project, parts={"needs": filled}, now=now)
