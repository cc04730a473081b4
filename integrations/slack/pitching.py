"""``/keng pitch``: the form of a pitch as a dialogue, kept by the same commands as the page's."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from integrations.slack.blocks import Block, link, mrkdwn, section
from integrations.slack.choices import projects_offered
from integrations.slack.here import Here
from integrations.slack.views import (
    View,
    button,
    choice_input,
    line_input,
    modal,
    refusal_blocks,
    telling,
    text_input,
    tick_input,
)
from registry.accounts.rules import Permission
from registry.proposals.checking import check_pitch
from registry.proposals.commands import begin_draft, submit_pitch
from registry.proposals.dialogue import DialogueField, FieldKind, pitch_fields
from registry.proposals.editing import last_pitch_of, open_events
from registry.proposals.form import read_pitch
from registry.web.done import done_sentence
from registry.web.i18n import current_language
from registry.web.i18n import gettext as _
from registry.web.typed import Typed

NAME = "pitch"
SHOW_ALL = "pitch-show-all"
OUT, KEPT = "submit", "keep"


async def pitch_view(here: Here, typed: Typed, memory: Mapping[str, str]) -> View:
    """The dialogue, filled with what is typed: its first fields, or all of them when ``memory`` says so.

    Raises:
        NotAllowed: who speaks may not pitch, or is nobody here yet.
        NotFound: there is no project as the one that ``memory`` names.
    """
    here.needs(Permission.PITCH)
    async with here.database.reading() as reader:
        events = await open_events(reader, here.now)
    offered = await projects_offered(here, memory.get("project", ""))
    shows_all = memory.get("shows") == "all"
    fields = [one for one in pitch_fields(events, language=current_language()) if shows_all or one.is_first]
    blocks: list[Block] = [*refusal_blocks(typed.refusal)]
    if offered.projects:
        blocks.append(choice_input(
            "project", _("Project"), offered.projects, chosen=typed("project") or offered.asked_for,
            empty=_("A new one"),
            hint=_("For a project that was pitched before, what you leave empty is taken from its last pitch."),
        ))
    rows: dict[str, int] = {}
    can_be_asked = (one for one in fields if one.kind is not FieldKind.CHOICE or one.options)
    blocks += [_drawn(field, typed, rows) for field in can_be_asked]
    if not shows_all:
        blocks.append(button(SHOW_ALL, _("Show every field")))
    blocks.append(choice_input(
        "then", _("And then"), [(OUT, _("Submit it: everybody sees it")), (KEPT, _("Keep it as a draft of mine"))],
        chosen=typed("then") or OUT, is_optional=False,
    ))
    return modal(NAME, _("Pitch"), blocks, submit=_("Send"), memory=memory)


async def keep_pitch(here: Here, session: AsyncSession, typed: Typed, _memory: Mapping[str, str]) -> str:
    """Begin a pitch as the page does, and submit it where that was chosen; the path of what was made.

    Raises:
        RegistryError: as the page's commands.
    """
    here.needs(Permission.PITCH)
    project = typed("project")
    known = await last_pitch_of(session, project) if project else {}
    said = read_pitch(typed.filled_up(known))
    is_going_out = typed("then") != KEPT
    if is_going_out:  # a draft may lack what a pitch may not: say all that is wrong at once
        await check_pitch(session, said, is_submitting=True)
    draft = await begin_draft(
        session, said=said, project=project if known else "", by=here.actor, now=here.now, goes_out=is_going_out
    )
    if not is_going_out:
        return f"/proposals/{draft.slug}/edit"
    today = here.now.astimezone(ZoneInfo(here.settings.timezone)).date()
    pitch = await submit_pitch(
        session, slug=draft.slug, said=said, revision=draft.revision, by=here.actor, now=here.now, today=today
    )
    return f"/proposals/{pitch.slug}"


def pitch_kept(here: Here, path: str) -> View:
    """What is said when it is done."""
    is_draft = path.endswith("/edit")
    return telling(
        _("Pitch"), section(done_sentence("draft-begun" if is_draft else "pitched")),
        mrkdwn(link(here.address(path), _("Go on with it on the site") if is_draft else _("Its page"))),
    )


def _drawn(field: DialogueField, typed: Typed, rows: dict[str, int]) -> Block:
    name, value = field.name, typed(field.name)
    if name in {"need", "need_line"}:
        row = rows.get(name, 0)
        rows[name] = row + 1
        values = typed.every(name)
        name, value = f"{name}:{row}", values[row] if row < len(values) else ""
    if field.kind is FieldKind.TEXT:
        return text_input(name, field.label, value=value, hint=field.hint)
    if field.kind is FieldKind.TICK:
        return tick_input(name, field.label, is_ticked=typed.has(field.name), hint=field.hint)
    if field.kind is FieldKind.CHOICE:
        return choice_input(name, field.label, field.options, chosen=value, hint=field.hint, empty=field.empty)
    return line_input(name, field.label, value=value, hint=field.hint)
