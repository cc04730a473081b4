"""Checking the form of a pitch: from what was typed to what is kept."""

from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.checks import PROSE as LONGEST_TEXT
from registry.checks import Checks
from registry.events.models import Event
from registry.events.visibility import event_is_public
from registry.exchange.fields.licences import spdx_of
from registry.handbook import needs
from registry.languages import in_its_language
from registry.projects.models import Project
from registry.projects.rules import LinkKind
from registry.proposals.form import LINES, LINKS, PROSE, TEXTS, PitchForm
from registry.proposals.rules import ProposalKind
from registry.web.i18n import current_language
from registry.web.i18n import gettext as _

LONGEST_TITLE = 100
LONGEST_SUMMARY = 1_000
LONGEST_NEED = 300
MOST_CHANNELS = 10
MOST_RELATED = 10
MOST_TOPICS = 10
_ANSWERS = {"yes": True, "no": False, "": None}


class CheckedPitch(NamedTuple):
    """What is kept of a form: the columns of the proposal, its links in order, and its event."""

    columns: dict[str, Any]
    links: dict[str, LinkKind]
    event: Event | None


async def check_pitch(session: AsyncSession, said: PitchForm, *, is_submitting: bool) -> CheckedPitch:
    """Check every field. A draft may lack anything but its title, for which any language will do.

    Raises:
        BadInput: with every complaint.
    """
    checks = Checks()
    texts = {field: _texts(checks, said, field) for field in TEXTS}
    for field in ("title", "summary") if is_submitting else ("title",):
        if not texts[field]:
            checks.line(f"{field}-{current_language()}", "", is_required=True)
    columns: dict[str, Any] = {
        **texts,
        **{field: checks.text(field, said.prose.get(field, "")) or None for field in PROSE},
        **{
            field: checks.line(field, said.lines.get(field, ""), longest=longest) or None
            for field, longest in LINES.items()
        },
        "kind": checks.one_of("kind", said.kind, list(ProposalKind), is_required=True),
        "is_open_source": _ANSWERS.get(checks.one_of("is_open_source", said.is_open_source, ("yes", "no"))),
        "is_anonymous": said.is_anonymous,
        "wanted": _wanted(checks, said),
        "topics": _topics(checks, said.topics),
        "related": await _related(session, checks, said),
    }
    for field in ("code_licence", "content_licence"):
        columns[field] = spdx_of(columns[field] or "") or columns[field]
    links = _links(checks, said)
    event = await _event(session, checks, said.event)
    checks.done()
    return CheckedPitch({**columns, "kind": ProposalKind(columns["kind"])}, links, event)


def _texts(checks: Checks, said: PitchForm, field: str) -> dict[str, str]:
    kept = {}
    for language, text in said.texts.get(field, {}).items():
        name = f"{field}-{language}"
        if field == "title":
            kept[language] = checks.line(name, text, longest=LONGEST_TITLE)
        else:
            kept[language] = checks.text(name, text, longest=LONGEST_SUMMARY if field == "summary" else LONGEST_TEXT)
    return {language: text for language, text in kept.items() if text}


def _wanted(checks: Checks, said: PitchForm) -> list[list[Any]]:
    wanted: dict[str, dict[str, str]] = {}
    for key, line in said.wanted:
        if not key:
            checks.wrong("need", _("Choose the role that belongs to “%(line)s”.") % {"line": line.strip()})
        checks.one_of("need", key, needs())
        wanted[key] = in_its_language(checks.line("need", line, longest=LONGEST_NEED)) or wanted.get(key, {})
    # A list of pairs: PostgreSQL does not keep the order of an object's names.
    return [[key, line] for key, line in wanted.items()]


def _topics(checks: Checks, written: str) -> list[str]:
    topics = list(dict.fromkeys(filter(None, (part.strip() for part in _parts(written)))))
    if len(topics) > MOST_TOPICS:
        checks.wrong("topics", _("Name at most %(count)s topics.") % {"count": MOST_TOPICS})
    return [checks.line("topics", topic, longest=40) for topic in topics]


async def _related(session: AsyncSession, checks: Checks, said: PitchForm) -> dict[str, list[str]]:
    related: dict[str, list[str]] = {}
    for kind, written in said.related.items():
        names = [part.strip() for part in _parts(written) if part.strip()][:MOST_RELATED]
        slugs = [await _project_called(session, name) for name in names]
        for name, slug in zip(names, slugs, strict=True):
            if slug is None:
                checks.wrong(f"related-{kind}", _(
                    "No project here is called “%(name)s”. Paste the address of its page, or write it under similar "
                    "projects."
                ) % {"name": name})
        if slugs:
            related[kind] = list(dict.fromkeys(slug for slug in slugs if slug))
    return related


async def _project_called(session: AsyncSession, name: str) -> str | None:
    slug = name.rstrip("/").rsplit("/projects/", 1)[-1].partition("?")[0]
    slugs = list(await session.scalars(
        select(Project.slug).where(
            (Project.slug == slug) | (Project.sort_name == name.casefold()), Project.hidden_at.is_(None)
        ).limit(2)
    ))
    return slug if slug in slugs else slugs[0] if len(slugs) == 1 else None


def _links(checks: Checks, said: PitchForm) -> dict[str, LinkKind]:
    links: dict[str, LinkKind] = {}
    for field, kind in LINKS.items():
        written = said.links.get(field, "")
        lines = written.split("\n") if field == "channels" else [written]
        for line in [line.strip() for line in lines if line.strip()][:MOST_CHANNELS]:
            links.setdefault(checks.web_address(field, line), kind)
    return links


async def _event(session: AsyncSession, checks: Checks, slug: str) -> Event | None:
    if not slug:
        return None
    event: Event | None = await session.scalar(select(Event).where(Event.slug == slug, event_is_public()))
    if event is None:
        checks.wrong("event", _("There is no such event any more. Choose another one, or none yet."))
    return event


def _parts(written: str) -> list[str]:
    return written.replace("、", ",").replace("，", ",").replace("\n", ",").split(",")
