"""Whom a project looks for: roles of the handbook, each with a line in the owner's words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change, refuse_older_revision
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.database.types import Localized
from registry.errors import Conflict
from registry.handbook import needs
from registry.projects.commands.parts import needs_of, project_to_change, set_project_parts
from registry.projects.rules import NEED_MOVES, NeedState
from registry.search.commands import refresh
from registry.web.i18n import gettext as _

LINE = 300
_ACTIONS = {NeedState.OPEN: "need opened", NeedState.FILLED: "need filled", NeedState.CLOSED: "need closed"}


async def change_need(
    session: AsyncSession, *, slug: str, key: str, line: Localized, state: NeedState, revision: int, by: Actor,
    now: datetime,
) -> None:
    """Open a need of a project, change its line, or say that somebody was found or is no longer wanted.

    The days of opening, filling and closing are kept. Writes an audit row and makes the line findable.

    Raises:
        NotFound: there is no such project.
        BadInput: the handbook has no such need, or the line is too long (``line-en`` and so on).
        EditConflict: the line was changed by somebody else since ``revision``.
        Conflict: the need cannot go to this state from where it is.
    """
    project = await project_to_change(session, slug)
    before = {one["key"]: one for one in await needs_of(session, project)}
    known = before.get(key)
    checks = Checks()
    checks.one_of("key", key, [*needs(), *before], is_required=True)
    line = checks.lines("line", line, longest=LINE)
    checks.done()
    if known:
        theirs = {f"line-{tag}": words for tag, words in known["line"].items()}
        refuse_older_revision(project, revision, theirs=theirs)
        if state != known["state"] and state not in NEED_MOVES[NeedState(known["state"])]:
            raise Conflict(_("This need is no longer wanted. Open it again first."))
    is_move = known is None or state != known["state"]
    changed = known or new_need(key)
    changed = changed | {"line": line}
    if is_move:
        changed = need_in_state(changed, state, today=now.date())
    parts = {"needs": [*({**before, key: changed}.values())]}
    changes = await set_project_parts(session, project=project, parts=parts, now=now)
    if not changes:
        return
    note_change(
        session, now=now, actor=by.label, action=_ACTIONS[state] if is_move else "project edited",
        subject=Subject.PROJECT, subject_id=project.id, changes=changes,
    )
    await refresh(session, Subject.PROJECT, [project.id])


def new_need(key: str) -> dict[str, Any]:
    """A need that is not open yet, as needs are written down."""
    return {"key": key, "line": {}, "state": "", "opened_on": None, "filled_on": None, "closed_on": None}


def need_in_state(need: Mapping[str, Any], state: NeedState, *, today: date) -> dict[str, Any]:
    """A need after a move, with its day written down; opening again begins anew."""
    if state is NeedState.OPEN:
        days = {"opened_on": today.isoformat(), "filled_on": None, "closed_on": None}
    else:
        days = {"filled_on" if state is NeedState.FILLED else "closed_on": today.isoformat()}
    return {**need, "state": state.value, **days}
