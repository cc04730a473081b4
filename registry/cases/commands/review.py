"""From a draft to a published version: review, comments, publishing, correcting."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, organisers
from registry.activity.commands import mark_changed, note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.cases.commands.begin import case_to_change
from registry.cases.content import CaseContent, content_of
from registry.cases.faults import faults_of
from registry.cases.models import CaseChoice, CaseComment, CaseStudy, CaseVersion, CaseWriter
from registry.cases.rules import CHOICES, CaseState, may_move
from registry.cases.words import PARTS, fault_words
from registry.checks import Checks
from registry.database.types import Localized
from registry.errors import Conflict, NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.moderation.limits import refuse_too_many
from registry.moderation.queries import caretakers
from registry.search.commands import refresh
from registry.web.i18n import gettext as _
from registry.web.i18n import languages
from registry.web.markdown import render_markdown

COMMENT, NOTE = 5_000, 1_000


async def ask_for_review(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> None:
    """Put a draft before the organisers, and tell them.

    Raises:
        NotFound: there is no such case.
        Conflict: it is no draft.
    """
    case = await case_to_change(session, slug)
    _move(session, case, CaseState.IN_REVIEW, "case sent for review", by=by, now=now)
    tell(
        session, set(await organisers(session)) - {by.person_id}, kind=NoticeKind.CASE_IN_REVIEW, path=_draft(case),
        now=now, case=case.title, by=by.name,
    )
    await session.flush()


async def send_back(session: AsyncSession, *, slug: str, reason: str, by: Actor, now: datetime) -> None:
    """Give a case back to its writers with a reason, which stands among the comments; they are told.

    Raises:
        NotFound: there is no such case.
        BadInput: no reason is given (``reason``).
        Conflict: it is not in review.
    """
    checks = Checks()
    reason = checks.text("reason", reason, longest=COMMENT, is_required=True)
    checks.done()
    case = await case_to_change(session, slug)
    _move(session, case, CaseState.DRAFT, "case sent back", by=by, now=now)
    session.add(CaseComment(case_id=case.id, part="case", text=reason, written_by_id=by.person_id, written_at=now))
    tell(
        session, await _people_of(session, case) - {by.person_id}, kind=NoticeKind.CASE_SENT_BACK, path=_draft(case),
        now=now, case=case.title, reason=reason,
    )
    await session.flush()


async def publish_case(
    session: AsyncSession, *, slug: str, note: Localized, revision: int, by: Actor, now: datetime
) -> CaseVersion:
    """Publish what was reviewed as a new version; the earlier ones can still be read.

    Renders it, makes it findable, writes an audit row and tells its people. From the second version on ``note`` tells
    everyone what was corrected.

    Raises:
        NotFound: there is no such case.
        Conflict: it is not in review; EditConflict: it was changed since ``revision``, so that nobody publishes words
            that they have not read.
        BadInput: a number has no source or no date, a picture no credit or licence, or the note is missing.
    """
    case = await case_to_change(session, slug)
    refuse_older_revision(case, revision, theirs={})
    content = content_of(case.draft)
    checks = Checks()
    note = checks.texts("note", note, longest=NOTE, is_required=case.version is not None)
    for fault in faults_of(content, languages()):
        if fault.holds_up:
            checks.wrong(fault.part, fault_words(fault))
    checks.done()
    before = case.version
    _move(session, case, CaseState.PUBLISHED, "case published", by=by, now=now, version=[before, (before or 0) + 1])
    version = CaseVersion(
        case_id=case.id, number=(before or 0) + 1, content=case.draft, html=rendered(content), note=note,
        written_by_id=by.person_id, written_at=now,
    )
    session.add(version)
    case.version, case.published_at = version.number, case.published_at or now
    case.title, case.summary = content.title, content.summary
    await set_choices(session, case, content)
    await session.flush()
    await refresh(session, Subject.CASE, [case.id])
    tell(
        session, await _people_of(session, case) - {by.person_id}, kind=NoticeKind.CASE_PUBLISHED,
        path=f"/cases/{slug}", now=now, case=case.title,
    )
    await session.flush()
    return version


async def comment_on_case(
    session: AsyncSession, *, slug: str, part: str, text: str, by: Actor, now: datetime
) -> CaseComment:
    """Say something about a part of a draft, for its writers and reviewers alone; the others are told.

    Raises:
        NotFound: there is no such case.
        BadInput: nothing is said (``comment``), or the case has no such part.
        TooMany: this account has said too much lately.
    """
    checks = Checks()
    part = checks.one_of("part", part, PARTS, is_required=True)
    text = checks.text("comment", text, longest=COMMENT, is_required=True)
    checks.done()
    case = await case_to_change(session, slug)
    await refuse_too_many(session, by=by, action="case commented", now=now)
    comment = CaseComment(case_id=case.id, part=part, text=text, written_by_id=by.person_id, written_at=now)
    session.add(comment)
    # What it says is for those who work on the case, not for the log.
    note_change(session, now=now, actor=by.label, action="case commented", subject=Subject.CASE, subject_id=case.id)
    earlier = await session.scalars(select(CaseComment.written_by_id).where(CaseComment.case_id == case.id))
    told = await _people_of(session, case) | {one for one in earlier if one is not None}
    tell(
        session, told - {by.person_id}, kind=NoticeKind.CASE_COMMENTED,
        path=f"{_draft(case)}#{part}", now=now, case=case.title, by=by.name,
    )
    await session.flush()
    return comment


async def settle_comment(session: AsyncSession, *, slug: str, number: int, by: Actor, now: datetime) -> CaseComment:
    """Mark a comment as settled.

    Raises:
        NotFound: there is no such case, or it has no such comment.
    """
    case = await case_to_change(session, slug)
    comment = await session.scalar(
        select(CaseComment).where(CaseComment.id == number, CaseComment.case_id == case.id).with_for_update()
    )
    if comment is None:
        raise NotFound(_("There is no such comment."))
    if comment.settled_at is None:
        comment.settled_at, comment.settled_by_id = now, by.person_id
        note_change(
            session, now=now, actor=by.label, action="case comment settled", subject=Subject.CASE, subject_id=case.id,
        )
    await session.flush()
    return comment


def rendered(content: CaseContent) -> dict[str, dict[str, str]]:
    """The Markdown of each section as HTML that is safe to show, by section and language."""
    return {
        section: {tag: render_markdown(text) for tag, text in texts.items()}
        for section, texts in content.sections.items()
    }


async def set_choices(session: AsyncSession, case: CaseStudy, content: CaseContent) -> None:
    """Let a case be found by where it stands on the axes."""
    await session.execute(delete(CaseChoice).where(CaseChoice.case_id == case.id))
    session.add_all(
        CaseChoice(case_id=case.id, axis=axis, choice=choice)
        for axis in CHOICES for choice in content.place(axis).choices
    )


def _move(
    session: AsyncSession, case: CaseStudy, to: CaseState, action: str, *, by: Actor, now: datetime,
    **changes: list[int | None],
) -> None:
    if not may_move(case.state, to):
        raise Conflict({
            CaseState.IN_REVIEW: _("Only a draft can be sent for review."),
            CaseState.DRAFT: _("This case study is not in review."),
            CaseState.PUBLISHED: _("Only a case study that was sent for review can be published."),
        }[to])
    note_change(
        session, now=now, actor=by.label, action=action, subject=Subject.CASE, subject_id=case.id,
        changes={"state": [case.state.value, to.value], **changes},
    )
    case.state = to
    mark_changed(case, now=now)


async def _people_of(session: AsyncSession, case: CaseStudy) -> set[int]:
    """The writers of a case, and the people of its project."""
    writers: Collection[int] = (
        await session.scalars(select(CaseWriter.person_id).where(CaseWriter.case_id == case.id))
    ).all()
    return set(writers) | await caretakers(session, Subject.PROJECT, case.project_id)


def _draft(case: CaseStudy) -> str:
    return f"/cases/{case.slug}/draft"
