"""The record as Markdown files: what stands in them, and that a second run changes nothing."""

from datetime import date
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from registry.database.engine import Database
from registry.events.models import Event
from registry.events.rules import EventState
from registry.proposals.models import Proposal
from registry.publishing.cli import publish_to
from registry.publishing.rules import as_line, as_link, as_prose, facts_in, path_of, with_front_matter
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_case, a_credit, a_person, a_project, a_proposal, an_event

_TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60)
"""As ``Checks`` lets it into the record: nothing that is not printed."""


@postgresql_in_trust
async def test_only_what_is_public_is_written_once_and_goes_when_it_is_hidden(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    async with database.writing() as session:
        project = await a_project(session, name={"en": "Budget map"})
        event = await an_event(
            session, slug="hackathon-1", name={"zh-Hant": "第一次", "en": "The first"}, starts_on=date(2020, 5, 1),
            description={"en": "# Doors\n\n[the map](/projects/x) <script>alert(1)</script>"},
        )
        await an_event(session, slug="draft-1", state=EventState.DRAFT)
        for position, (slug, is_anonymous) in enumerate([("second", True), ("first", False)]):
            pitch = await a_proposal(
                session, event=event, project=project, slug=slug, title={"en": f"The *{slug}*"},
                position=2 - position, is_anonymous=is_anonymous,
            )
            person = await a_person(session, display_name=f"Author of {slug}")
            await a_credit(session, proposal=pitch, person=person)
        await a_case(
            session, slug="a-map", title={"zh-Hant": "預算", "en": "A budget"}, project=project,
            content={"sections": {"problem": {"en": "See [the first](/events/hackathon-1).", "zh-Hant": "看"}}},
        )
        await a_case(session, slug="hidden-case", project=await a_project(session, hidden_at=event.starts_at))
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "by-hand.md").write_text("---\ntitle: Mine\n---\n")
    first = await publish_to(settings, tmp_path)
    names = _names(tmp_path)
    assert names == [
        "cases/a-map.en.md", "cases/a-map.zh-Hant.md", "events/by-hand.md", "events/hackathon-1.en.md",
        "events/hackathon-1.zh-Hant.md",
    ]
    text = (tmp_path / "events/hackathon-1.en.md").read_text()
    assert {**facts_in(text), "names": None} == {
        "title": "The first", "language": "en", "record": f"{settings.base_url}/events/hackathon-1", "type": "event",
        "kind": "large", "state": "published", "date": date(2020, 5, 1), "timezone": "Asia/Taipei", "pitches": 2,
        "names": None,
    }
    assert f"### Doors\n\n[the map]({settings.base_url}/projects/x) &lt;script>" in text
    assert text.index("The \\*first\\*") < text.index("The \\*second\\*")
    assert ("Author of first" in text, "Author of second" in text) == (True, False)
    case = (tmp_path / "cases/a-map.en.md").read_text()
    assert f"See [the first]({settings.base_url}/events/hackathon-1)." in case
    assert "看" in (tmp_path / "cases/a-map.zh-Hant.md").read_text()
    again = await publish_to(settings, tmp_path)
    async with database.writing() as session:
        (await session.get_one(Event, event.id)).hidden_at = event.starts_at
        (await session.get_one(Proposal, pitch.id)).title = {"en": "Other"}
    after = await publish_to(settings, tmp_path)
    assert [(one.written, one.unchanged, one.removed) for one in (first, again, after)] == [
        (4, 0, 0), (0, 4, 0), (0, 2, 2)
    ]
    assert (tmp_path / "events" / "by-hand.md").exists()


@given(st.dictionaries(st.text("abc", min_size=1), st.one_of(_TEXT, st.integers(), st.lists(_TEXT))), st.lists(_TEXT))
def test_front_matter_is_read_back_as_it_was_whatever_it_holds(facts: dict[str, object], body: list[str]) -> None:
    known = {name: value for name, value in facts.items() if value not in ("", [])}
    text = with_front_matter(facts, body)
    assert facts_in(text) == known
    assert yaml.safe_load(text.partition("---\n")[2].partition("\n---\n")[0] or "{}") == known


@given(_TEXT)
def test_words_are_never_marks(text: str) -> None:
    inline = MarkdownIt("commonmark").parseInline(as_line(text))[0].children or []
    assert {token.type for token in inline} <= {"text", "text_special"}
    paragraph = MarkdownIt("commonmark").parse(as_line(text))
    assert {token.type for token in paragraph} <= {"paragraph_open", "inline", "paragraph_close"}


def test_addresses_that_are_no_links_stay_words_and_names_stay_in_their_folder() -> None:
    assert as_link("x", "javascript:alert(1)") == "x"
    assert as_link("a]b", "https://e.org/(1) <") == "[a\\]b](https://e.org/%281%29%20%3C)"
    assert as_prose("<b>a</b> <https://e.org>", base_url="") == "&lt;b>a&lt;/b> <https://e.org>"
    assert path_of(*("events", "../../etc/pass wd", "en")) == "events/etc-pass-wd.en.md"  # type: ignore[arg-type]
    assert path_of(*("events", "第一次", "zh-Hant")) == "events/第一次.zh-Hant.md"  # type: ignore[arg-type]


def _names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md"))
