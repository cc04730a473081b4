"""Writing down what came of a pitch, keeping the videos of an event, and asking owners for results."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import change_fields, mark_changed, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.engine import Reader
from registry.database.types import Localized
from registry.errors import Conflict, NotFound
from registry.events.models import Event
from registry.events.rules import DayMessage, EventState
from registry.handbook import needs
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.people.models import Membership, Person
from registry.people.rules import MembershipRole
from registry.ports import Workplace
from registry.projects.commands.needs import need_in_state, new_need
from registry.projects.commands.parts import needs_of, set_project_parts
from registry.projects.models import Link, Project
from registry.projects.rules import LinkKind, NeedState
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalState
from registry.results.models import ResultReminder
from registry.results.rules import ASKED_AFTER, ASKED_NO_LATER_THAN, MOST_WORDS, VideoKind, count_words, reminder_due
from registry.results.videos import LONGEST_TITLE, MOST_VIDEOS
from registry.results.words import video_kind_name
from registry.search.commands import refresh
from registry.web.i18n import gettext as _

MOST_ASKED = 1_000


class ChosenVideo(msgspec.Struct, frozen=True):
    """A video that an organiser keeps, and the pitch it shows; ``row`` is the number that its fields carry."""

    row: int
    proposal: str
    url: str
    title: str


async def say_result(
    session: AsyncSession, *, slug: str, result: Localized, sought: Collection[str] | None, revision: int,
    theirs: Mapping[str, str], by: Actor, now: datetime,
) -> None:
    """Write down what came of a pitch at its event, in at most 150 words a language.

    ``sought`` are the roles that its project looks for from now on: others that were open are closed. None leaves
    them alone, for those who may not speak for the project. Writes an audit row, and one of the project where its
    needs change; makes both findable.

    Raises:
        NotFound: there is no such pitch in public.
        Conflict: it has no event, or one that has not begun.
        BadInput: a text has too many words (``result-en`` and so on), or a role is none of the handbook's.
        EditConflict: the pitch was changed by somebody else since ``revision``.
    """
    proposal = await session.scalar(
        select(Proposal).where(
            Proposal.slug == slug, Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None)
        ).with_for_update()
    )
    if proposal is None:
        raise NotFound(_("There is no such pitch. It may have another address, or was taken out of the record."))
    event = await session.get(Event, proposal.event_id) if proposal.event_id else None
    if event is None or now < event.starts_at:
        raise Conflict(_("A result is written once the event has begun."))
    refuse_older_revision(proposal, revision, theirs=theirs)
    checks = Checks()
    result = _checked(checks, result)
    for key in sought or ():
        checks.one_of("sought", key, needs())
    checks.done()
    if changes := change_fields(proposal, {"result": result}, now=now):
        note_change(
            session, now=now, actor=by.label, action="result written", subject=Subject.PROPOSAL,
            subject_id=proposal.id, changes=changes,
        )
        await session.flush()
        await refresh(session, Subject.PROPOSAL, [proposal.id])
    if sought is not None and proposal.project_id is not None:
        await _seek(session, proposal.project_id, sought, by=by, now=now)


async def keep_videos(
    session: AsyncSession, *, slug: str, videos: Sequence[ChosenVideo], kind: str, by: Actor, now: datetime
) -> int:
    """Add videos to the pitches of an event; how many are new. One that a pitch has already is passed over.

    Writes one audit row for each pitch.

    Raises:
        NotFound: there is no such event.
        BadInput: an address cannot be used, or a pitch is none of the event's (``proposal-3``, ``url-3``).
    """
    event = await session.scalar(select(Event).where(Event.slug == slug, Event.hidden_at.is_(None)))
    if event is None:
        raise NotFound(_("There is no such event. It may have another address, or was taken out of the record."))
    pitches = {
        one.slug: one for one in await session.scalars(
            select(Proposal).where(Proposal.event_id == event.id, Proposal.state == ProposalState.SUBMITTED)
            .order_by(Proposal.id).with_for_update()
        )
    }
    chosen = _checked_videos(videos, pitches, kind)
    known = {(row.proposal_id, row.url) for row in await session.execute(
        select(Link.proposal_id, Link.url).where(Link.proposal_id.in_([one.id for one in pitches.values()]))
    )}
    added: dict[str, list[str]] = {}
    for video in chosen:
        proposal = pitches[video.proposal]
        if (proposal.id, video.url) not in known:
            known.add((proposal.id, video.url))
            session.add(Link(
                proposal_id=proposal.id, url=video.url, kind=LinkKind.VIDEO, label=_label(video.title, kind) or None
            ))
            added.setdefault(video.proposal, []).append(video.url)
    for pitch, urls in added.items():
        mark_changed(pitches[pitch], now=now)
        note_change(
            session, now=now, actor=by.label, action="videos added", subject=Subject.PROPOSAL,
            subject_id=pitches[pitch].id, changes={"videos": [[], urls]},
        )
    await session.flush()
    return sum(map(len, added.values()))


async def remind_owners(workplace: Workplace, now: datetime) -> None:
    """Job: ask the owners of pitches without a result for it, once after 3 days and once after 10.

    Where a project has no owner, those who pitched it and have an account are asked.
    """
    async with workplace.database.reading() as reader:
        due = await _due(reader, now)
    if not due:
        return
    async with workplace.database.writing() as session:
        people = await _people_to_ask(session, due)
        for row, number in due:
            session.add(ResultReminder(proposal_id=row.id, number=number, told_at=now))
            tell(
                session, people.get(row.id, ()), kind=NoticeKind.RESULT_ASKED, now=now,
                path=f"/proposals/{row.slug}/result", project=row.name, event=row.event_name,
            )
        await session.flush()


async def _due(reader: Reader, now: datetime) -> list[tuple[Any, int]]:
    rows = (await reader.execute(
        select(
            Proposal.id, Proposal.slug, Proposal.project_id, Proposal.result, Project.name,
            Event.name.label("event_name"), Event.ends_at, Event.silenced,
        )
        .join(Event, Event.id == Proposal.event_id).join(Project, Project.id == Proposal.project_id)
        .where(
            Event.state == EventState.PUBLISHED, Event.hidden_at.is_(None), Project.hidden_at.is_(None),
            Event.ends_at <= now - ASKED_AFTER[0], Event.ends_at > now - ASKED_NO_LATER_THAN,
            Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None),
        )
        .order_by(Proposal.id).limit(MOST_ASKED)
    )).all()
    sent: dict[int, set[int]] = {}
    for reminder in await reader.execute(
        select(ResultReminder.proposal_id, ResultReminder.number)
        .where(ResultReminder.proposal_id.in_([row.id for row in rows]))
    ):
        sent.setdefault(reminder.proposal_id, set()).add(reminder.number)
    return [
        (row, number) for row in rows if not row.result and DayMessage.RESULTS not in row.silenced
        if (number := reminder_due(row.ends_at, sent=sent.get(row.id, ()), now=now))
    ]


async def _people_to_ask(session: AsyncSession, due: Sequence[tuple[Any, int]]) -> dict[int, list[int]]:
    owners: dict[int, list[int]] = {}
    for project_id, person_id in await session.execute(
        select(Membership.project_id, Membership.person_id).where(
            Membership.project_id.in_([row.project_id for row, _number in due]),
            Membership.role == MembershipRole.OWNER, Membership.left_on.is_(None),
        )
    ):
        owners.setdefault(project_id, []).append(person_id)
    initiators: dict[int, list[int]] = {}
    for proposal_id, person_id in await session.execute(
        select(Credit.proposal_id, Credit.person_id).join(Person, Person.id == Credit.person_id)
        .where(Credit.proposal_id.in_([row.id for row, _number in due]), Person.claimed_at.is_not(None))
    ):
        initiators.setdefault(proposal_id, []).append(person_id)
    return {row.id: owners.get(row.project_id) or initiators.get(row.id, []) for row, _number in due}


def _checked(checks: Checks, result: Localized) -> Localized:
    kept = checks.texts("result", result)
    for language, text in kept.items():
        if (words := count_words(text)) > MOST_WORDS:
            checks.wrong(f"result-{language}", _("Use at most %(most)s words. These are %(count)s.") % {
                "most": MOST_WORDS, "count": words,
            })
    return kept


async def _seek(session: AsyncSession, project_id: int, sought: Collection[str], *, by: Actor, now: datetime) -> None:
    project = (await session.scalars(select(Project).where(Project.id == project_id).with_for_update())).one()
    known = {one["key"]: one for one in await needs_of(session, project)}
    for key, need in known.items():
        if need["state"] == NeedState.OPEN and key not in sought:
            known[key] = need_in_state(need, NeedState.CLOSED, today=now.date())
    for key in sought:
        need = known.get(key) or new_need(key)
        if need["state"] != NeedState.OPEN:
            known[key] = need_in_state(need, NeedState.OPEN, today=now.date())
    if changes := await set_project_parts(session, project=project, parts={"needs": list(known.values())}, now=now):
        note_change(
            session, now=now, actor=by.label, action="project edited", subject=Subject.PROJECT,
            subject_id=project.id, changes=changes,
        )
        await refresh(session, Subject.PROJECT, [project.id])


def _checked_videos(
    videos: Sequence[ChosenVideo], pitches: Mapping[str, Proposal], kind: str
) -> list[ChosenVideo]:
    checks = Checks()
    checks.one_of("kind", kind, set(VideoKind))
    checked = []
    for video in videos[:MOST_VIDEOS]:
        checks.one_of(f"proposal-{video.row}", video.proposal, pitches, is_required=True)
        url = checks.web_address(f"url-{video.row}", video.url, is_required=True)
        title = checks.line(f"title-{video.row}", video.title, longest=LONGEST_TITLE)
        checked.append(ChosenVideo(video.row, video.proposal, url, title))
    checks.done()
    return checked


def _label(title: str, kind: str) -> str:
    return ": ".join(filter(None, [video_kind_name(VideoKind(kind)) if kind else "", title]))
