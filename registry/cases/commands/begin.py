"""Beginning a case study, who writes it, and dropping a draft."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor, person_named
from registry.activity.commands import mark_changed, note_change
from registry.activity.rules import Subject
from registry.cases.beginning import known_of
from registry.cases.content import stored
from registry.cases.models import CaseStudy, CaseVersion, CaseWriter
from registry.cases.queries import case_of_project, repository_facts
from registry.cases.rules import CaseState
from registry.cases.words import no_such_case
from registry.database.engine import settings_of
from registry.database.slugs import free_slug
from registry.errors import Conflict, NotFound
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.moderation.limits import refuse_too_many
from registry.moderation.queries import caretakers
from registry.projects.queries.project import project_by_slug
from registry.projects.words import no_such_project
from registry.web.i18n import gettext as _

_NOT_A_CASE = frozenset({"compare"})
"""Addresses below ``/cases`` that are pages of ours."""


async def begin_case(session: AsyncSession, *, project: str, by: Actor, now: datetime) -> CaseStudy:
    """Begin the case study of a project, with everything known filled in; whoever begins it writes it.

    Writes an audit row, and tells the project's people.

    Raises:
        NotFound: there is no such project in public.
        Conflict: the project has a case study already, published or in the making.
        TooMany: this account has begun too many lately.
    """
    assert by.person_id is not None  # noqa: S101 — the permission is not a visitor's
    known = await project_by_slug(session, project)
    if known is None:
        raise NotFound(no_such_project())
    if await case_of_project(session, known.id):
        raise Conflict(_("This project has a case study already, or somebody is writing one."))
    await refuse_too_many(session, by=by, action="case begun", now=now)
    content = known_of(
        known, await repository_facts(session, known.id), base_url=settings_of(session).base_url, today=now.date()
    )
    wish = f"{known.slug}-case" if known.slug in _NOT_A_CASE else known.slug
    case = CaseStudy(
        slug=await free_slug(session, CaseStudy.slug, wish, subject=Subject.CASE), project_id=known.id,
        title=content.title, summary=content.summary, draft=stored(content), state=CaseState.DRAFT,
        created_at=now, updated_at=now,
    )
    session.add(case)
    await session.flush()
    session.add(CaseWriter(case_id=case.id, person_id=by.person_id, since=now))
    note_change(
        session, now=now, actor=by.label, action="case begun", subject=Subject.CASE, subject_id=case.id,
        changes={"title": [None, case.title]},
    )
    tell(
        session, await caretakers(session, Subject.PROJECT, known.id) - {by.person_id}, kind=NoticeKind.CASE_BEGUN,
        path=f"/cases/{case.slug}/draft", now=now, project=known.name, by=by.name,
    )
    await session.flush()
    return case


async def add_writer(session: AsyncSession, *, slug: str, person: str, by: Actor, now: datetime) -> None:
    """Let somebody (their address here, or ``github:LOGIN``) write a case study too, and tell them.

    Raises:
        NotFound: there is no such case, or nobody of that name.
        Conflict: they write it already.
    """
    case = await case_to_change(session, slug)
    writer = await person_named(session, person.strip())
    if await session.get(CaseWriter, (case.id, writer.id)):
        raise Conflict(_("They write this case study already."))
    session.add(CaseWriter(case_id=case.id, person_id=writer.id, since=now))
    note_change(
        session, now=now, actor=by.label, action="case writer added", subject=Subject.CASE, subject_id=case.id,
        changes={"writer": [None, writer.slug]},
    )
    told = {writer.id} - {by.person_id}
    tell(
        session, told, kind=NoticeKind.CASE_WRITER, path=f"/cases/{slug}/draft", now=now, case=case.title, by=by.name
    )
    await session.flush()


async def remove_writer(session: AsyncSession, *, slug: str, person: str, by: Actor, now: datetime) -> None:
    """Let somebody no longer write a case study; they are no longer named for it either.

    Raises:
        NotFound: there is no such case, or they do not write it.
        Conflict: nobody would be left.
    """
    case = await case_to_change(session, slug)
    writer = await person_named(session, person)
    writers = set(await session.scalars(select(CaseWriter.person_id).where(CaseWriter.case_id == case.id)))
    if writer.id not in writers:
        raise NotFound(_("They do not write this case study."))
    if writers == {writer.id}:
        raise Conflict(_("A case study needs a writer. Add another one first."))
    await session.execute(delete(CaseWriter).where(CaseWriter.case_id == case.id, CaseWriter.person_id == writer.id))
    note_change(
        session, now=now, actor=by.label, action="case writer removed", subject=Subject.CASE, subject_id=case.id,
        changes={"writer": [writer.slug, None]},
    )
    await session.flush()


async def discard_draft(session: AsyncSession, *, slug: str, by: Actor, now: datetime) -> bool:
    """Drop what is being worked on: back to the published version, or away with a case that has none.

    Returns whether there is a published version still. Writes an audit row.

    Raises:
        NotFound: there is no such case.
        Conflict: nothing is being worked on.
    """
    case = await case_to_change(session, slug)
    if case.state is CaseState.PUBLISHED:
        raise Conflict(_("There is no draft: everything is as it was published."))
    note_change(
        session, now=now, actor=by.label, action="case draft dropped", subject=Subject.CASE, subject_id=case.id,
        changes={"draft": [case.draft, None]},
    )
    if case.version is None:
        await session.delete(case)
        await session.flush()
        return False
    case.draft = (await session.scalars(
        select(CaseVersion.content).where(CaseVersion.case_id == case.id, CaseVersion.number == case.version)
    )).one()
    case.state = CaseState.PUBLISHED
    mark_changed(case, now=now)
    await session.flush()
    return True


async def case_to_change(session: AsyncSession, slug: str) -> CaseStudy:
    """The case study at an address, which nobody else changes until this transaction ends.

    Raises:
        NotFound: there is none, or it is hidden.
    """
    case: CaseStudy | None = await session.scalar(
        select(CaseStudy).where(CaseStudy.slug == slug, CaseStudy.hidden_at.is_(None)).with_for_update()
    )
    if case is None:
        raise NotFound(no_such_case())
    return case
