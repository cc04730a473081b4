"""Writing, submitting, changing and withdrawing pitches."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from textwrap import shorten
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import VISITOR, Actor
from registry.activity.commands import change_fields, mark_changed, note_change, refuse_older_revision
from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.database.slugs import free_slug
from registry.errors import BadInput, Conflict, FieldError
from registry.events.models import Event
from registry.events.rules import SignUp
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.moderation.limits import refuse_too_many
from registry.people.models import Membership
from registry.people.rules import MembershipRole
from registry.projects.commands.found import SUMMARY, found_project
from registry.projects.models import Link, Project
from registry.projects.pitched import (
    WITHDRAWN,
    add_what_was_said,
    count_pitches,
    disown_project,
    own_project,
)
from registry.projects.rules import LinkKind, sort_name_of
from registry.proposals.checking import CheckedPitch, check_pitch
from registry.proposals.editing import WrittenPitch, written_pitch
from registry.proposals.form import MARKDOWN, PitchForm
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import (
    ProposalState,
    can_change,
    can_submit,
    can_withdraw,
    speaks_for_project,
)
from registry.search.commands import refresh
from registry.web.i18n import gettext as _
from registry.web.markdown import render_markdown

LONGEST_SLUG = 110
UNNAMED = "anonymous"
"""How the audit log names who writes a draft, or pitches without their name: whatever is made of the log later, no
name can come out of it. Who it was stands in the proposal's credits, which nothing public shows."""


async def begin_draft(
    session: AsyncSession, *, said: PitchForm, by: Actor, now: datetime, project: str = "", goes_out: bool = False
) -> Proposal:
    """Begin a pitch, of the project with the slug ``project`` or of a new one; nobody else sees it yet.

    Every pitch begins here, so limits for new accounts count here; audit rows of drafts name nobody. One that
    ``goes_out`` is submitted in the same transaction, and has the row of that alone.

    Raises:
        BadInput: it has no title, or a field cannot be taken.
        TooMany: the account has begun too many within an hour or a day.
    """
    begun = (
        select(Proposal.created_at).join(Credit, Credit.proposal_id == Proposal.id)
        .where(Credit.person_id == by.person_id, Proposal.created_at > now - timedelta(days=1))
        .order_by(Proposal.created_at.desc())
    )
    await refuse_too_many(session, by=by, action="draft begun", now=now, made_at=begun)
    checked = await check_pitch(session, said, is_submitting=False)
    proposal = Proposal(
        slug=f"draft-{secrets.token_hex(8)}", state=ProposalState.DRAFT, created_at=now, updated_at=now,
        project_id=await _project_id(session, project), event_id=checked.event.id if checked.event else None,
        result={}, revision=1, **checked.columns,
    )
    session.add(proposal)
    await session.flush()
    assert by.person_id is not None  # noqa: S101 — the permission is not a visitor's
    session.add(Credit(proposal_id=proposal.id, person_id=by.person_id, name_as_written=by.name))
    await _replace_links(session, proposal, checked.links)
    if not goes_out:
        _note(session, proposal, "draft begun", by=by, now=now)
    await session.flush()
    return proposal


async def save_pitch(
    session: AsyncSession, *, slug: str, said: PitchForm, revision: int, by: Actor, now: datetime,
    project: str | None = None,
) -> Proposal:
    """Keep what was typed: a draft stays private, a pitch that is out changes for everybody.

    ``project`` (a slug, or empty for a new one) says what a draft is a pitch of; none leaves it as it is.

    Raises:
        BadInput: a field cannot be taken.
        Conflict: sign-up of its event is closed.
        EditConflict: somebody else has saved it meanwhile.
    """
    proposal, written = await _to_change(session, slug, by)
    _refuse_when_closed(written, by, now)
    refuse_older_revision(proposal, revision, theirs=_theirs(written, said))
    is_out = proposal.state is ProposalState.SUBMITTED
    checked = await check_pitch(session, said, is_submitting=is_out)
    if is_out and checked.event is not None and checked.event.id != proposal.event_id:
        _refuse_closed_event(checked.event, by, now)
    changes = await _write(session, proposal, written, checked, now=now)
    is_of_another = (
        project is not None and proposal.state is ProposalState.DRAFT
        and await _make_pitch_of(session, proposal, project, now=now)
    )
    if is_out and changes:
        _render(proposal)
        await _speak(session, proposal, by=by, now=now, on=proposal.pitched_on or now.date(), before=written)
        _note(session, proposal, "pitch changed", by=by, now=now, changes=changes)
        await _make_findable(session, proposal)
    elif changes or is_of_another:
        _note(session, proposal, "draft saved", by=by, now=now)
    await session.flush()
    return proposal


async def submit_pitch(
    session: AsyncSession, *, slug: str, said: PitchForm, revision: int, by: Actor, now: datetime, today: date
) -> Proposal:
    """Make a pitch public, at the end of its event's list; founds the project where it is new.

    ``today`` is the day where the community lives. Whoever pitches a new project owns it. The keepers of a project
    that others pitch are told.

    Raises:
        BadInput: title or sentence is missing, or a field cannot be taken.
        Conflict: sign-up of its event is closed, or it is out already.
        EditConflict: somebody else has saved it meanwhile.
    """
    proposal, written = await _to_change(session, slug, by)
    refuse_older_revision(proposal, revision, theirs=_theirs(written, said))
    checked = await check_pitch(session, said, is_submitting=True)
    is_open = _sign_up(checked.event).is_open(now) if checked.event else None
    if not can_submit(proposal.state, is_sign_up_open=is_open, is_organiser=_organises(by, checked.event)):
        if ProposalState.SUBMITTED is proposal.state:
            raise Conflict(_("This pitch is out already."))
        raise _closed()
    before = proposal.state
    await _write(session, proposal, written, checked, now=now)
    await _give_project(session, proposal, by=by, now=now)
    proposal.state = ProposalState.SUBMITTED
    proposal.pitched_on = today
    _render(proposal)
    if before is ProposalState.DRAFT:
        await _give_address(session, proposal, checked.event)
    await _speak(session, proposal, by=by, now=now, on=today)
    await _tell_keepers(session, proposal, by=by, now=now)
    _note(session, proposal, "pitched", by=by, now=now, changes={"state": [before.value, proposal.state.value]})
    await session.flush()
    await _make_findable(session, proposal)
    return proposal


async def withdraw_pitch(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> Proposal:
    """Take a pitch back from the public; its initiators keep it and may submit it again.

    A project that only this pitch told of is hidden with it.

    Raises:
        Conflict: it is not out, or its event has begun.
    """
    proposal, written = await _to_change(session, slug, by)
    has_begun = written.event_starts_at is not None and written.event_starts_at <= now
    if not can_withdraw(proposal.state, has_event_begun=has_begun):
        raise Conflict(_("This pitch cannot be withdrawn: it is not out, or its event has begun already."))
    proposal.state = ProposalState.WITHDRAWN
    mark_changed(proposal, now=now)
    project = await session.get_one(Project, proposal.project_id)
    await session.flush()
    await count_pitches(session, project=project, today=now.date())
    if proposal.is_founding and project.pitch_count == 0:
        project.hidden_at, project.hidden_reason = now, WITHDRAWN
    _note(session, proposal, "pitch withdrawn", by=by, now=now, changes={
        "state": [ProposalState.SUBMITTED.value, ProposalState.WITHDRAWN.value]
    })
    await session.flush()
    await _make_findable(session, proposal)
    return proposal


async def discard_draft(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> None:
    """Delete a draft for good; what was submitted once is withdrawn instead.

    Raises:
        Conflict: it is no draft.
    """
    proposal, _written = await _to_change(session, slug, by)
    if proposal.state is not ProposalState.DRAFT:
        raise Conflict(_("Only a draft can be deleted. Withdraw the pitch instead."))
    _note(session, proposal, "draft deleted", by=by, now=now)
    await session.execute(delete(Proposal).where(Proposal.id == proposal.id))
    await session.flush()


async def _to_change(session: AsyncSession, slug: str, by: Actor) -> tuple[Proposal, WrittenPitch]:
    found = await written_pitch(session, slug, by)
    proposal = await session.get_one(Proposal, found.id, with_for_update=True, populate_existing=True)
    # Read again: another editor may have been writing while this one waited.
    return proposal, await written_pitch(session, proposal.slug, by)


async def _make_pitch_of(session: AsyncSession, proposal: Proposal, project: str, *, now: datetime) -> bool:
    """Make a draft a pitch of another project, or of a new one; whether it was not so already."""
    project_id = await _project_id(session, project)
    if project_id == proposal.project_id:
        return False
    proposal.project_id = project_id
    mark_changed(proposal, now=now)
    return True


async def _project_id(session: AsyncSession, slug: str) -> int | None:
    if not slug:
        return None
    project_id: int | None = await session.scalar(
        select(Project.id).where(Project.slug == slug, Project.hidden_at.is_(None))
    )
    if project_id is None:
        raise BadInput(_("There is no such project here. Choose another one, or pitch it as new."))
    return project_id


async def _write(
    session: AsyncSession, proposal: Proposal, written: WrittenPitch, checked: CheckedPitch, *, now: datetime
) -> dict[str, Any]:
    changes = change_fields(proposal, checked.columns, now=now)
    more: dict[str, Any] = {}
    if (event_id := checked.event.id if checked.event else None) != proposal.event_id:
        proposal.event_id, proposal.position = event_id, None
        more["event"] = [written.event_slug, checked.event.slug if checked.event else None]
    if (former := {link.url: link.kind for link in written.links}) != checked.links:
        await _replace_links(session, proposal, checked.links)
        more["links"] = [former, checked.links]
    if more and not changes:
        mark_changed(proposal, now=now)
    await session.flush()
    return changes | more


async def _replace_links(session: AsyncSession, proposal: Proposal, links: Mapping[str, LinkKind]) -> None:
    known = {link.url: link for link in await session.scalars(select(Link).where(Link.proposal_id == proposal.id))}
    for url, link in known.items():
        if url not in links:
            await session.delete(link)
        else:
            link.kind = links[url]
    session.add_all(
        Link(proposal_id=proposal.id, url=url, kind=kind) for url, kind in links.items() if url not in known
    )
    await session.flush()


async def _give_project(session: AsyncSession, proposal: Proposal, *, by: Actor, now: datetime) -> None:
    if proposal.project_id is None:
        project = await found_project(
            session, name=dict(proposal.title), now=now, by=VISITOR if proposal.is_anonymous else by,
            summary={
                language: shorten(text, SUMMARY, placeholder="…") for language, text in proposal.summary.items()
            },
        )
        proposal.project_id, proposal.is_founding = project.id, True
    else:
        project = await session.get_one(Project, proposal.project_id)
        if project.hidden_reason == WITHDRAWN and proposal.is_founding:
            project.hidden_at = project.hidden_reason = None
        if project.hidden_at is not None:
            raise BadInput(_("There is no such project here. Choose another one, or pitch it as new."))


async def _give_address(session: AsyncSession, proposal: Proposal, event: Event | None) -> None:
    project = await session.get_one(Project, proposal.project_id)
    wish = f"{event.slug if event else 'pitch'}-{project.slug}"[:LONGEST_SLUG].rstrip("-")
    session.add(SlugRedirect(subject=Subject.PROPOSAL, old_slug=proposal.slug, subject_id=proposal.id))
    proposal.slug = await free_slug(session, Proposal.slug, wish, subject=Subject.PROPOSAL)
    await session.flush()


async def _speak(
    session: AsyncSession, proposal: Proposal, *, by: Actor, now: datetime, on: date,
    before: WrittenPitch | None = None,
) -> None:
    """Let the project say what the pitch says, where it speaks for it; the founders own it, unless unnamed."""
    project = await session.get_one(Project, proposal.project_id)
    initiators = list(await session.scalars(select(Credit.person_id).where(Credit.proposal_id == proposal.id)))
    members = {
        row.person_id: row.role for row in await session.execute(
            select(Membership.person_id, Membership.role)
            .where(Membership.project_id == project.id, Membership.left_on.is_(None))
        )
    }
    if proposal.is_founding and proposal.is_anonymous:
        await disown_project(session, project=project, person_ids=initiators)
    elif proposal.is_founding:
        await own_project(session, project=project, person_ids=initiators, on=on)
    if speaks_for_project(
        is_founding=proposal.is_founding,
        is_member=by.person_id in members or not members.keys().isdisjoint(initiators),
        has_keepers=any(role is not MembershipRole.CONTRIBUTOR for role in members.values()),
    ):
        await add_what_was_said(session, project=project, proposal=proposal, on=on)
    if proposal.is_founding and before is not None:
        # As long as its people have not named the project otherwise, it is called as in the pitch that founded it.
        project.name = dict(proposal.title) if project.name == before.title else project.name
        project.summary = dict(proposal.summary) if project.summary == before.summary else project.summary
        project.sort_name = sort_name_of(project.name)
    project.updated_at = now
    await count_pitches(session, project=project, today=on)


async def _tell_keepers(session: AsyncSession, proposal: Proposal, *, by: Actor, now: datetime) -> None:
    keepers = await session.execute(
        select(Membership.person_id).where(
            Membership.project_id == proposal.project_id, Membership.left_on.is_(None),
            Membership.role.in_([MembershipRole.OWNER, MembershipRole.MAINTAINER]),
        )
    )
    people = {row.person_id for row in keepers}
    if by.person_id in people:
        return
    project = await session.get_one(Project, proposal.project_id)
    tell(
        session, sorted(people), kind=NoticeKind.PROJECT_PITCHED, path=f"/proposals/{proposal.slug}", now=now,
        project=project.name, title=proposal.title,
    )


async def _make_findable(session: AsyncSession, proposal: Proposal) -> None:
    await refresh(session, Subject.PROPOSAL, [proposal.id])
    if proposal.project_id is not None:
        await refresh(session, Subject.PROJECT, [proposal.project_id])


def _render(proposal: Proposal) -> None:
    texts = {field: getattr(proposal, field) for field in MARKDOWN}
    proposal.texts_html = {
        field: {language: render_markdown(text) for language, text in said.items()}
        if isinstance(said, dict) else {"": render_markdown(said)}
        for field, said in texts.items() if said
    }


def _theirs(written: WrittenPitch, said: PitchForm) -> dict[str, str]:
    fields = {name: "\n".join(values) for name, values in written.fields().items() if not name.startswith("need")}
    wanted = [(key, next(iter(line.values()), "")) for key, line in written.wanted]
    if wanted != [(key, line.strip()) for key, line in said.wanted]:
        fields["needs"] = "\n".join(f"{key}: {line}" for key, line in wanted)
    return fields


def _sign_up(event: Event) -> SignUp:
    return SignUp(event.state, event.ends_at, event.proposals_close_at, event.proposals_closed_at)


def _organises(by: Actor, event: Event | None) -> bool:
    return event is not None and by.may_run(event.id)


def _refuse_when_closed(written: WrittenPitch, by: Actor, now: datetime) -> None:
    if not can_change(
        written.state, is_sign_up_open=written.is_sign_up_open(now), is_organiser=written.is_run_by(by)
    ):
        raise Conflict(_(
            "Sign-up for this event is closed, so its pitches stay as they are. Ask the organisers to change something."
        ))


def _refuse_closed_event(event: Event, by: Actor, now: datetime) -> None:
    if not _sign_up(event).is_open(now) and not _organises(by, event):
        raise _closed()


def _closed() -> BadInput:
    detail = _("Sign-up for this event is closed. Choose another one, or none yet: your draft is kept.")
    return BadInput(detail, errors=[FieldError(name="event", detail=detail)])


def _note(
    session: AsyncSession, proposal: Proposal, action: str, *, by: Actor, now: datetime,
    changes: Mapping[str, Any] | None = None,
) -> None:
    is_named = proposal.state is not ProposalState.DRAFT and not proposal.is_anonymous
    shown = {name: change for name, change in (changes or {}).items() if is_named or name != "initiators"}
    note_change(
        session, now=now, actor=by.label if is_named else UNNAMED, action=action, subject=Subject.PROPOSAL,
        subject_id=proposal.id, changes=shown,
    )
