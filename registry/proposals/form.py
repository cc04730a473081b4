"""What the form of a pitch holds: one list of its fields for the page, the chat's dialogue and the commands."""

from collections.abc import Mapping, Sequence

import msgspec

from registry.database.types import Localized
from registry.projects.rules import LinkKind, RelationKind
from registry.web.i18n import languages
from registry.web.typed import Typed

TEXTS = ("title", "summary", "why", "who", "how", "difficulties")
"""Fields by language: ``title-zh-Hant``, ``title-en``."""
MARKDOWN = ("why", "who", "how", "difficulties", "similar_projects", "data_sources", "notes", "interests")
PROSE = ("needs_text", "similar_projects", "data_sources", "notes", "interests")
LINES = {"initiators": 500, "code_licence": 200, "content_licence": 200}
"""Single lines, each with its most characters."""
LINKS = {
    "note": LinkKind.NOTE, "slides": LinkKind.SLIDES, "repository": LinkKind.REPOSITORY, "site": LinkKind.SITE,
    "channels": LinkKind.CHAT,
}
RELATED = (RelationKind.DERIVED_FROM, RelationKind.SPAWNED, RelationKind.USES)
_SINGLE = ("kind", "event", "is_open_source", "is_anonymous", "topics", *PROSE, *LINES, *LINKS)


class PitchForm(msgspec.Struct, frozen=True, kw_only=True):
    """All that a form says of a pitch, as it was typed; `registry.proposals.commands` checks it.

    ``texts`` are by field and language; ``wanted`` pairs of need and line; of ``links``, ``channels`` may hold several,
    one a line; ``related`` names projects by relation, with commas between.
    """

    kind: str = "pitch"
    event: str = ""
    texts: Mapping[str, Localized] = {}
    prose: Mapping[str, str] = {}
    lines: Mapping[str, str] = {}
    is_open_source: str = ""
    is_anonymous: bool = False
    topics: str = ""
    wanted: Sequence[tuple[str, str]] = ()
    links: Mapping[str, str] = {}
    related: Mapping[str, str] = {}


def read_pitch(typed: Typed) -> PitchForm:
    """The form of a pitch from what a browser sent."""
    return PitchForm(
        kind=typed("kind") or "pitch", event=typed("event"), is_open_source=typed("is_open_source"),
        is_anonymous=typed.has("is_anonymous"), topics=typed("topics"),
        texts={
            field: {language: text for language in languages() if (text := typed(f"{field}-{language}"))}
            for field in TEXTS
        },
        prose={field: typed(field) for field in PROSE}, lines={field: typed(field) for field in LINES},
        wanted=[
            (key, line) for key, line in zip(typed.every("need"), typed.every("need_line"), strict=False)
            if key or line.strip()
        ],
        links={field: typed(field) for field in LINKS},
        related={kind.value: typed(f"related-{kind.value}") for kind in RELATED},
    )


def form_names() -> list[str]:
    """Every field's name."""
    by_language = [f"{field}-{language}" for field in TEXTS for language in languages()]
    return [*by_language, *_SINGLE, *(f"related-{kind.value}" for kind in RELATED), "need", "need_line"]
