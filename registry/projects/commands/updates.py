"""Short posts about what is going on in a project."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.errors import NotAllowed, NotFound
from registry.languages import in_its_language
from registry.moderation.limits import refuse_too_many
from registry.projects.commands.parts import project_to_change
from registry.projects.models import Update
from registry.search.commands import refresh
from registry.web.i18n import gettext as _
from registry.web.markdown import render_markdown

TEXT = 2_000
PICTURE_TEXT = 200
REMOVED = "removed"


async def post_update(
    session: AsyncSession, *, slug: str, text: str, picture_url: str, picture_text: str, by: Actor, now: datetime
) -> Update:
    """Post an update of a project, which is then active. Renders it, writes an audit row, makes it findable.

    Raises:
        NotFound: there is no such project.
        BadInput: the text is missing or too long, or the picture has no https address or nobody says what it shows.
    """
    checks = Checks()
    text = checks.text("text", text, longest=TEXT, is_required=True)
    picture_url = checks.web_address("picture_url", picture_url, is_required=bool(picture_text.strip()))
    if picture_url and not picture_url.startswith("https://"):
        checks.wrong("picture_url", _("Use an address that begins with https://."))
    picture_text = checks.line(
        "picture_text", picture_text, longest=PICTURE_TEXT, is_required=bool(picture_url)
    )
    checks.done()
    await refuse_too_many(session, by=by, action="update posted", now=now)
    project = await project_to_change(session, slug)
    written = in_its_language(text)
    update = Update(
        project_id=project.id, author_id=by.person_id, text=written,
        text_html={tag: render_markdown(words) for tag, words in written.items()},
        picture_url=picture_url or None, picture_text=picture_text or None, posted_at=now,
    )
    session.add(update)
    project.last_active_on = max(project.last_active_on or now.date(), now.date())
    await session.flush()
    note_change(
        session, now=now, actor=by.label, action="update posted", subject=Subject.PROJECT, subject_id=project.id,
        changes={"update": [None, _as_written(update)]},
    )
    await refresh(session, Subject.PROJECT, [project.id])
    return update


async def remove_update(
    session: AsyncSession, *, slug: str, update_id: int, is_in_charge: bool, by: Actor, now: datetime
) -> None:
    """Take an update off the page. Its author may, and whoever is in charge: an owner or an organiser.

    The row stays, hidden, so that the change can be undone. Writes an audit row.

    Raises:
        NotFound: there is no such update on the page.
        NotAllowed: it is another maintainer's.
    """
    project = await project_to_change(session, slug)
    update = await session.scalar(select(Update).where(
        Update.id == update_id, Update.project_id == project.id, Update.hidden_at.is_(None)
    ))
    if update is None:
        raise NotFound(_("There is no such update. It may have been removed already."))
    if not is_in_charge and update.author_id != by.person_id:
        raise NotAllowed(_("Only its author or an owner of the project may remove this update."))
    update.hidden_at, update.hidden_reason = now, REMOVED
    await session.flush()
    note_change(
        session, now=now, actor=by.label, action="update removed", subject=Subject.PROJECT, subject_id=project.id,
        changes={"update": [_as_written(update), None]},
    )
    await refresh(session, Subject.PROJECT, [project.id])


def _as_written(update: Update) -> dict[str, object]:
    return {
        "id": update.id, "text": update.text, "picture_url": update.picture_url, "picture_text": update.picture_text,
    }
