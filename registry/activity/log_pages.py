"""The page of the audit log."""

from datetime import date, datetime
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, Router, get
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import Actor
from registry.accounts.rules import Permission, Role
from registry.activity.log import LogFilter, LogRow, log_rows
from registry.activity.log_words import log_action_words, log_field_words, subject_name
from registry.activity.rules import Subject
from registry.database.engine import Reader
from registry.database.keyset import Key, Place
from registry.moderation.records import RecordName, record_names
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InReader
from registry.web.i18n import gettext as _
from registry.web.permissions import needs
from registry.web.readable import readable
from registry.web.render import PageHead, render
from registry.web.typed import Typed

ROWS_A_PAGE = 50
LARGEST_ROW = 2**63 - 1
FILTERS = ("actor", "action", "kind", "record", "from", "to")


class ShownRow(msgspec.Struct, frozen=True):
    """A row of the log as it is drawn; ``changes`` are triples (field, before, after)."""

    row: LogRow
    deed: str
    kind: str
    record: RecordName | None
    actor_url: str | None
    changes: list[tuple[str, str, str]]


async def organises_any_event(_reader: Reader, actor: Actor, _slug: str) -> frozenset[Role]:
    """What somebody is to the log: an organiser, when they are one of any event."""
    return frozenset({Role.ORGANISER}) if actor.organises else frozenset()


@get("/audit")
async def audit_page(request: Request[Any, Any, Any], actor: InActor, reader: InReader) -> Response[str]:
    """Who changed what and when, filtered as the address says."""
    chosen = read_choices("/audit", request.query_params, FILTERS)
    values, timezone = chosen.values, request.app.state.settings.timezone
    subjects = {subject.value: subject_name(subject) for subject in Subject}
    place = Place(ROWS_A_PAGE, _key(request.query_params.get("after", "")))
    wanted = LogFilter(
        actor=values.get("actor", ""), action=values.get("action", ""),
        subject=Subject(values["kind"]) if values.get("kind") in subjects else None,
        record=values.get("record", ""), first_day=_day(values.get("from")), last_day=_day(values.get("to")),
    )
    batch = await log_rows(reader, wanted, actor=actor, place=place, timezone=timezone)
    names = await record_names(reader, [(row.subject, row.subject_id) for row in batch.rows])
    return render(
        request, "audit/log.html", page=PageHead(title=_("Audit log"), is_indexed=False), chosen=chosen,
        typed=Typed.of(**values), subjects=list(subjects.items()), timezone=timezone,
        rows=[_shown(row, names.get((row.subject, row.subject_id))) for row in batch.rows],
        older=chosen.url(after=_written(batch.last)) if batch.last else "", is_first=place.after is None,
    )


AUDIT_ROUTES: list[ControllerRouterHandler] = [
    Router("/", opt=needs(Permission.READ_AUDIT, there=organises_any_event), route_handlers=[audit_page])
]


def _shown(row: LogRow, record: RecordName | None) -> ShownRow:
    person = row.actor.removeprefix("person:")
    changes = []
    for field, value in row.changes.items():
        is_pair = isinstance(value, list) and len(value) == 2  # noqa: PLR2004 — before and after
        before, after = value if is_pair else ("", value)
        if readable(before) or readable(after):
            changes.append((log_field_words(field), readable(before), readable(after)))
    return ShownRow(
        row, log_action_words(row.action), subject_name(row.subject), record,
        f"/people/{quote(person)}" if person != row.actor else None, changes,
    )


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if date(1970, 1, 1) <= day < date(9000, 1, 1) else None


def _written(key: Key) -> str:
    at, row_number = key
    return f"{at.isoformat()}~{row_number}"


def _key(text: str) -> Key | None:
    """A place in the log as an address holds it; none for what is none."""
    at, _mark, row_number = text.partition("~")
    try:
        key = datetime.fromisoformat(at.replace(" ", "+")), int(row_number)
    except ValueError:
        return None
    return key if key[0].tzinfo and 0 < key[1] <= LARGEST_ROW and key[0].year > 1 else None
