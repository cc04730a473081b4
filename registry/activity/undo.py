"""Taking a change back: one command for every record, and the table of what can be set in each."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission
from registry.accounts.words import who_may
from registry.activity.commands import change_fields, note_change
from registry.activity.history import HistoryEntry, history_entry
from registry.activity.rules import MERGED, UNDONE, Changed, Stuck, Subject, Undoing, plan_undo
from registry.database.base import Base
from registry.database.rows import from_json
from registry.duplicates.commands import merge_records, unmerge_records
from registry.duplicates.models import Merge
from registry.errors import Conflict, NotAllowed, NotFound
from registry.events.models import Event
from registry.projects.commands import parts
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.registrations.commands.waiting import move_up
from registry.search.commands import refresh
from registry.web.i18n import gettext as _
from registry.web.markdown import render_markdown

Record = Any
Values = dict[str, Any]


class Parts(NamedTuple):
    """What can be set in records of a kind, as audit rows write it down.

    ``fields`` are columns, ``lists`` what hangs on the record, whole; ``needed`` are never empty; those ``together``
    go back together or not at all. ``write`` sets some and gives the changes as ``note_change`` takes them.
    """

    model: type[Any]
    fields: frozenset[str]
    lists: Mapping[str, Callable[[AsyncSession, Record], Awaitable[list[Any]]]]
    needed: frozenset[str]
    write: Callable[[AsyncSession, Record, Values, datetime], Awaitable[dict[str, list[Any]]]]
    together: frozenset[str] = frozenset()


async def plan_of(session: AsyncSession, subject: Subject, record_id: int, entry: HistoryEntry) -> Undoing:
    """What taking a change back would set in a record, and what it could not."""
    return await _plan(session, PARTS[subject], await _record(session, subject, record_id), entry)


async def undo_change(
    session: AsyncSession, *, subject: Subject, record_id: int, entry_id: int, by: Actor, now: datetime
) -> dict[str, Stuck]:
    """Take a change back: every field that is still as the change left it is what it was before.

    Writes an audit row of its own, ``undone``, which names the one it answers and can be taken back like any other.
    A merge is taken back as a whole, by those who may merge; taking that back merges again. Gives the fields that
    stay, because somebody has changed them since or because they are not set here.

    Raises:
        NotFound: the record has no such change.
        NotAllowed: it is a merge, and ``by`` is no organiser.
        Conflict: nothing of it can be taken back.
    """
    record = await _record(session, subject, record_id)
    entry = await history_entry(session, subject, record_id, entry_id, sees_all=True)
    if entry is None:
        raise NotFound(_("This record has no such change."))
    if merge := entry.changes.get("merge"):
        await _undo_merge(session, entry, Changed(*merge), by=by, now=now)
        return {}
    kind = PARTS[subject]
    plan = await _plan(session, kind, record, entry)
    if not plan.back:
        raise Conflict(_("Nothing of this change can be taken back: all of it has changed since, or is set elsewhere."))
    changes = await kind.write(session, record, plan.back, now)
    note_change(
        session, now=now, actor=by.label, action=UNDONE, subject=subject, subject_id=record_id,
        changes={"undid": [None, entry.id], **changes},
    )
    await session.flush()
    await refresh(session, subject, [record_id])
    return plan.stuck


def can_be_undone(subject: Subject, entry: HistoryEntry) -> bool:
    """Whether a change has a part that can be set here at all."""
    if entry.action.startswith("import."):
        return False
    return "merge" in entry.changes or any(
        name in PARTS[subject].fields or name in PARTS[subject].lists for name in entry.fields
    )


async def _plan(session: AsyncSession, kind: Parts, record: Record, entry: HistoryEntry) -> Undoing:
    said = entry.fields
    names = [name for name, one in said.items() if name in kind.fields and (one.before or name not in kind.needed)]
    current = {name: getattr(record, name) for name in names}
    current |= {name: await read(session, record) for name, read in kind.lists.items() if name in said}
    plan = plan_undo(current, said | {name: _typed(kind.model, name, said[name]) for name in names})
    if kind.together & plan.stuck.keys():
        held = {name: plan.back.pop(name) for name in kind.together & plan.back.keys()}
        plan.stuck.update({name: Stuck(value, current[name], current[name]) for name, value in held.items()})
    return plan


def _typed(model: type[Any], name: str, said: Changed) -> Changed:
    """Both values of a column as the record holds them: two times are one whatever zone they were written in."""
    table: Table = Base.metadata.tables[model.__tablename__]
    before, after = (from_json(table, {name: value})[name] for value in said)
    is_empty = before is None and not table.c[name].nullable
    return Changed({} if is_empty else before, after)


async def _record(session: AsyncSession, subject: Subject, record_id: int) -> Record:
    """The record, which nobody else changes until this transaction ends.

    Raises:
        NotFound: it is not there any more.
    """
    model = PARTS[subject].model
    record = await session.scalar(select(model).where(model.id == record_id).with_for_update())
    if record is None:
        raise NotFound(_("This record is not there any more."))
    return record


async def _undo_merge(
    session: AsyncSession, entry: HistoryEntry, merge: Changed, *, by: Actor, now: datetime
) -> None:
    if not by.may(Permission.MODERATE):
        raise NotAllowed(who_may(Permission.MODERATE))
    if entry.action == MERGED:
        await unmerge_records(session, merge_id=merge.after, by=by, now=now, undid=entry.id)
        return
    former = await session.get_one(Merge, merge.before)
    await merge_records(
        session, subject=former.subject, kept=former.kept_id, gone=former.gone_id, by=by, now=now, undid=entry.id,
    )


async def _write_project(
    session: AsyncSession, project: Project, values: Values, now: datetime
) -> dict[str, list[Any]]:
    return await parts.set_project_parts(session, project=project, parts=values, now=now)


async def _write_columns(
    session: AsyncSession, record: Record, values: Values, now: datetime
) -> dict[str, list[Any]]:
    changes = change_fields(record, values, now=now)
    if "description" in changes:
        record.description_html = {tag: render_markdown(text) for tag, text in record.description.items()}
    if isinstance(record, Event) and record.ends_at < record.starts_at:
        raise Conflict(_("The event would end before it begins. Change its hours by hand."))
    await session.flush()
    if isinstance(record, Event) and "capacity" in changes:
        await move_up(session, record, now=now)
    return changes


_HOURS = frozenset({"starts_on", "starts_at", "ends_at", "timezone", "is_all_day"})
PARTS: Mapping[Subject, Parts] = {
    Subject.PROJECT: Parts(
        Project, parts.FIELDS,
        {
            "links": parts.links_of, "needs": parts.needs_of, "relations": parts.relations_of,
            "aliases": parts.aliases_of, "tags": parts.tags_of,
        },
        frozenset({"name"}), _write_project,
    ),
    Subject.PROPOSAL: Parts(
        Proposal,
        frozenset({
            "title", "summary", "why", "who", "how", "difficulties", "needs_text", "similar_projects", "data_sources",
            "notes", "code_licence", "content_licence", "is_open_source", "interests", "result", "continued",
        }),
        {}, frozenset({"title"}), _write_columns,
    ),
    Subject.EVENT: Parts(
        Event,
        _HOURS | {
            "number", "kind", "name", "subtitle", "description", "place", "address", "attendance", "capacity",
            "online_url", "note_url", "registration_url", "registration_opens_at", "registration_closes_at",
            "proposals_close_at", "meals", "conduct", "pitch_video_url", "talk_video_url", "demo_video_url",
        },
        {}, _HOURS | {"name", "kind"}, _write_columns, _HOURS,
    ),
}
