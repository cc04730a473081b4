"""The history of a record, and taking a change back."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_301_MOVED_PERMANENTLY
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.pages import RowNumber
from registry.accounts.queries import Actor, roles_at_event, roles_in_project
from registry.accounts.rules import Permission
from registry.activity.differences import Difference, differences
from registry.activity.history import (
    HistoryEntry,
    NamedActor,
    RecordHead,
    count_history,
    history_entries,
    history_entry,
    named_actors,
    record_head,
    undone_entries,
)
from registry.activity.queries import moved_record
from registry.activity.rules import Subject
from registry.activity.undo import can_be_undone, plan_of, undo_change
from registry.activity.words import action_words, actor_words, field_words
from registry.addresses import percent_encoded
from registry.database.engine import Reader
from registry.errors import NotFound, RegistryError
from registry.events.queries import slug_of_event
from registry.projects.records import slug_of_project
from registry.proposals.queries import slug_of_proposal
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
ENTRIES_A_PAGE = 20
_COLLECTIONS = {Subject.PROJECT: "projects", Subject.PROPOSAL: "proposals", Subject.EVENT: "events"}
_SLUG_OF = {
    Subject.PROJECT: slug_of_project, Subject.PROPOSAL: slug_of_proposal, Subject.EVENT: slug_of_event,
}


class Asked(NamedTuple):
    """Whose history is asked for, and by whom."""

    request: AnyRequest
    actor: Actor
    subject: Subject
    slug: str

    @property
    def place(self) -> str:
        """The path of the record's page."""
        return f"/{_COLLECTIONS[self.subject]}/{self.slug}"

    @property
    def sees_all(self) -> bool:
        """Whether the reader sees what the public does not."""
        return self.actor.may(Permission.MODERATE)


class ShownEntry(NamedTuple):
    """A change as the page tells it. ``url`` leads to taking it back; ``undone_by`` is the change that did that."""

    id: int
    at: datetime
    who: NamedActor | None
    who_else: str
    what: str
    fields: list[tuple[str, list[Difference]]]
    undid: int | None
    undone_by: int | None
    url: str


@get("/projects/{slug:str}/history")
async def project_history_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str], page: PageNumber = 1
) -> Response[Any]:
    """What happened to a project."""
    return await _history(Asked(request, actor, Subject.PROJECT, slug), reader, page)


@get("/proposals/{slug:str}/history")
async def proposal_history_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str], page: PageNumber = 1
) -> Response[Any]:
    """What happened to a pitch."""
    return await _history(Asked(request, actor, Subject.PROPOSAL, slug), reader, page)


@get("/events/{slug:str}/history")
async def event_history_page(
    request: AnyRequest, reader: InReader, actor: InActor, slug: FromPath[str], page: PageNumber = 1
) -> Response[Any]:
    """What happened to an event."""
    return await _history(Asked(request, actor, Subject.EVENT, slug), reader, page)


@get("/projects/{slug:str}/history/{entry_id:int}")
async def project_undo_page(
    request: AnyRequest, session: InSession, actor: InActor, slug: FromPath[str], entry_id: RowNumber
) -> Response[Any]:
    """What taking a change of a project back would do."""
    return await _undo_page(Asked(request, actor, Subject.PROJECT, slug), session, entry_id, Typed())


@get("/proposals/{slug:str}/history/{entry_id:int}")
async def proposal_undo_page(
    request: AnyRequest, session: InSession, actor: InActor, slug: FromPath[str], entry_id: RowNumber
) -> Response[Any]:
    """What taking a change of a pitch back would do."""
    return await _undo_page(Asked(request, actor, Subject.PROPOSAL, slug), session, entry_id, Typed())


@get("/events/{slug:str}/history/{entry_id:int}")
async def event_undo_page(
    request: AnyRequest, session: InSession, actor: InActor, slug: FromPath[str], entry_id: RowNumber
) -> Response[Any]:
    """What taking a change of an event back would do."""
    return await _undo_page(Asked(request, actor, Subject.EVENT, slug), session, entry_id, Typed())


@post("/projects/{slug:str}/history/{entry_id:int}", status_code=SEE_OTHER)
async def project_undo(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, *, slug: FromPath[str], entry_id: RowNumber
) -> Response[Any]:
    """Take a change of a project back."""
    return await _undo(Asked(request, actor, Subject.PROJECT, slug), session, now, entry_id)


@post("/proposals/{slug:str}/history/{entry_id:int}", status_code=SEE_OTHER)
async def proposal_undo(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, *, slug: FromPath[str], entry_id: RowNumber
) -> Response[Any]:
    """Take a change of a pitch back."""
    return await _undo(Asked(request, actor, Subject.PROPOSAL, slug), session, now, entry_id)


@post("/events/{slug:str}/history/{entry_id:int}", status_code=SEE_OTHER)
async def event_undo(
    request: AnyRequest, session: InSession, actor: InActor, now: InNow, *, slug: FromPath[str], entry_id: RowNumber
) -> Response[Any]:
    """Take a change of an event back."""
    return await _undo(Asked(request, actor, Subject.EVENT, slug), session, now, entry_id)


HISTORY_ROUTES = [
    Router("/", opt=needs(Permission.READ), route_handlers=[
        project_history_page, proposal_history_page, event_history_page,
    ]),
    Router("/", opt=needs(Permission.EDIT_PROJECT, there=roles_in_project), route_handlers=[
        project_undo_page, project_undo,
    ]),
    Router("/", opt=needs(Permission.RUN_EVENT, there=roles_at_event), route_handlers=[event_undo_page, event_undo]),
    Router("/", opt=needs(Permission.MODERATE), route_handlers=[proposal_undo_page, proposal_undo]),
]


async def _history(asked: Asked, reader: Reader, page: int) -> Response[Any]:
    subject, sees_all = asked.subject, asked.sees_all
    head = await record_head(reader, subject, asked.slug, sees_all=sees_all)
    if head is None:
        return await _moved(asked, reader)
    total = await count_history(reader, subject, head.id, sees_all=sees_all)
    pager = Pager(number=page, total=total, address=asked.request.url.path, size=ENTRIES_A_PAGE).checked()
    entries = await history_entries(
        reader, subject, head.id, sees_all=sees_all, offset=pager.offset, limit=pager.size
    )
    named = {} if head.is_anonymous and not sees_all else await named_actors(reader, {one.actor for one in entries})
    undone = await undone_entries(reader, subject, head.id)
    may_undo = await _may_undo(asked, reader)
    return render(
        asked.request, "activity/history.html",
        page=PageHead(
            title=_("History of %(record)s") % {"record": plain(head.name)},
            description=_("Every change of this record: who, when and what."), is_indexed=False,
        ),
        **_around(asked, head), pager=pager,
        entries=[
            _shown(
                one, named, undone, sees_all=sees_all,
                url=f"{asked.place}/history/{one.id}" if may_undo and can_be_undone(subject, one) else "",
            )
            for one in entries
        ],
    )


async def _moved(asked: Asked, reader: Reader) -> Response[Any]:
    moved = await moved_record(reader, asked.subject, asked.slug)
    slug = None if moved is None else await _SLUG_OF[asked.subject](reader, moved)
    if slug is None:
        raise NotFound(_("There is no such record. It may have another address, or was taken out."))
    there = asked._replace(slug=slug).place
    return Redirect(percent_encoded(f"{there}/history"), status_code=HTTP_301_MOVED_PERMANENTLY)


async def _undo_page(asked: Asked, session: AsyncSession, entry_id: int, typed: Typed) -> Response[Any]:
    head, entry = await _entry(asked, session, entry_id)
    plan = await plan_of(session, asked.subject, head.id, entry)
    named = await named_actors(session, {entry.actor})
    return render(
        asked.request, "activity/undo.html", status_code=typed.status,
        page=PageHead(title=_("Take a change back"), is_indexed=False),
        **_around(asked, head), typed=typed, is_merge="merge" in entry.changes,
        entry=_shown(entry, named, {}, sees_all=True, url=f"{asked.place}/history/{entry.id}"),
        back=[
            (field_words(name) or name, differences(entry.fields[name].after, msgspec.to_builtins(value)))
            for name, value in plan.back.items()
        ],
        stuck=[
            (field_words(name) or name, *(
                differences(None, msgspec.to_builtins(value)) for value in (one.wanted, one.now)
            ))
            for name, one in plan.stuck.items()
        ],
    )


async def _undo(asked: Asked, session: AsyncSession, now: datetime, entry_id: int) -> Response[Any]:
    typed = await read_typed(asked.request)
    head, _there = await _entry(asked, session, entry_id)

    async def undo() -> str:
        await undo_change(
            session, subject=asked.subject, record_id=head.id, entry_id=entry_id, by=asked.actor, now=now
        )
        return percent_encoded(f"{asked.place}/history")

    outcome = await attempt(session, typed, undo, by=asked.actor, now=now)
    if isinstance(outcome, RegistryError):
        return await _undo_page(asked, session, entry_id, typed)
    return see(outcome, "taken_back")


async def _entry(asked: Asked, reader: Reader, entry_id: int) -> tuple[RecordHead, HistoryEntry]:
    head = await record_head(reader, asked.subject, asked.slug, sees_all=asked.sees_all)
    entry = None if head is None else await history_entry(
        reader, asked.subject, head.id, entry_id, sees_all=asked.sees_all
    )
    if head is None or entry is None or not can_be_undone(asked.subject, entry):
        raise NotFound(_("There is no such change, or it is none that can be taken back."))
    return head, entry


async def _may_undo(asked: Asked, reader: Reader) -> bool:
    actor = asked.actor
    if not actor.is_signed_in or asked.subject is Subject.PROPOSAL:
        return actor.may(Permission.MODERATE)
    if asked.subject is Subject.PROJECT:
        return actor.may(Permission.EDIT_PROJECT, await roles_in_project(reader, actor, asked.slug))
    return actor.may(Permission.RUN_EVENT, await roles_at_event(reader, actor, asked.slug))


def _shown(
    entry: HistoryEntry, named: dict[str, NamedActor], undone: dict[int, int], *, sees_all: bool, url: str
) -> ShownEntry:
    fields = [
        (words or name, differences(one.before, one.after)) for name, one in entry.fields.items()
        if (words := field_words(name)) or sees_all
    ]
    return ShownEntry(
        entry.id, entry.at, named.get(entry.actor), actor_words(entry.actor), action_words(entry.action), fields,
        entry.undid, undone.get(entry.id), url,
    )


def _around(asked: Asked, head: RecordHead) -> dict[str, Any]:
    """What both pages say of the record around its changes."""
    return {
        "head": head, "place": asked.place, "timezone": asked.request.app.state.settings.timezone,
        "collection": {
            Subject.PROJECT: _("Projects"), Subject.PROPOSAL: _("Pitches"), Subject.EVENT: _("Events"),
        }[asked.subject],
    }
