"""A project is edited in place, part by part, by those who keep it; nothing typed is lost, nothing counts twice."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from registry.activity.models import AuditEntry, SlugRedirect
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.projects.commands.parts import set_project_parts
from registry.projects.models import Link, Need, Project, ProjectAlias, ProjectRelation, ProjectTag, Tag
from registry.projects.rules import LinkHealth, LinkKind, NeedState, RelationKind
from registry.search.commands import rebuild
from registry.search.queries import suggestions
from tests.conftest import postgresql_in_trust
from tests.factories import a_link, a_need, a_project, a_tag
from tests.pages import page_of, words
from tests.projects.conftest import Keeping
from tests.visits import Visit, another_visit, filled

Typing = dict[str, Any]

# part, what is typed, what is refused and at which field
FORMS: list[tuple[str, Typing, Typing, str]] = [
    ("names", {"name-zh-Hant": "坑"}, {"name-en": "", "summary-en": "kept words"}, "name-en"),
    ("names", {"tags": "maps, 開放資料"}, {"tags": ", ".join(f"t{n}" for n in range(13))}, "tags"),
    ("names", {"aliases": "Hole\nhole \nOld pit"}, {"aliases": "x" * 101}, "aliases"),
    ("description", {"description-en": "**Dig**"}, {"description-en": "x" * 20_001}, "description-en"),
    ("licences", {"code_licence": "MIT"}, {"content_licence": "x" * 201}, "content_licence"),
    ("links", {"link-1-url": "hackmd.io/abc"}, {"link-2-url": "no address"}, "link-2-url"),
    ("relations", {"relation-1-project": "other", "relation-1-kind": "uses"}, {"relation-1-project": "pit"},
     "relation-1-project"),
]


async def _audits(database: Database) -> list[tuple[str, str, dict[str, Any]]]:
    async with database.reading() as reader:
        rows = await reader.execute(
            select(AuditEntry.actor, AuditEntry.action, AuditEntry.changes)
            .where(AuditEntry.subject == "project").order_by(AuditEntry.id)
        )
    return [tuple(row) for row in rows]


async def test_each_form_is_taken_once_refused_filled_and_shows_both_versions(
    keeping: Keeping, database: Database
) -> None:
    visit = await keeping()
    async with database.writing() as session:
        await a_project(session, slug="other")
    for done, (part, good, bad, field) in enumerate(FORMS):
        action = f"/projects/pit/edit/{part}"
        refused = await visit.fill(action, action, **bad)
        assert (part, refused.status_code, len(await _audits(database))) == (part, 400, done)
        assert f'id="{field}-wrong"' in refused.text
        assert {name: filled(refused, action)[name][0].strip() for name in bad} == bad

        opened = await visit.client.get(action)
        answers = [await visit.client.post(action, data=filled(opened, action, **good)) for _ in range(2)]
        assert [answer.headers["location"] for answer in answers] == [f"/projects/pit?done=saved#{part}"] * 2
        actor, what, _changes = (await _audits(database))[-1]
        assert (len(await _audits(database)), actor, what) == (done + 1, "person:example-proposer", "project edited")

        late = await visit.client.post(action, data=filled(opened, action, **good | {"form_key": "another"}))
        assert late.status_code == 409
        again = await visit.client.post(action, data=filled(late, action))
        assert (again.status_code, len(await _audits(database))) == (303, done + 1)


async def test_a_conflict_shows_the_other_editors_words(keeping: Keeping, database: Database) -> None:
    visit = await keeping()
    page = "/projects/pit/edit/names"
    opened = await visit.client.get(page)
    await visit.fill(page, page, **{"name-en": "Theirs"})
    answer = await visit.client.post(page, data=filled(opened, page, **{"name-en": "Mine"}))
    shown = re.findall(r'form__theirs-text">([^<]*)<', answer.text)
    assert (answer.status_code, shown, filled(answer, page)["name-en"]) == (409, ["Theirs"], ["Mine"])


async def test_what_was_edited_is_shown_and_found_and_can_be_set_back_whole(
    keeping: Keeping, database: Database
) -> None:
    visit = await keeping(name={"en": "Pit", "ja": "穴"})
    async with database.writing() as session:
        project = (await session.scalars(select(Project))).one()
        await a_tag(session, project, slug="open-data", name={"zh-Hant": "開放資料", "en": "Open data"})
        await a_link(session, project=project, url="https://example.org/kept", health=LinkHealth.ALIVE)
        await a_link(session, project=project, url="https://example.org/gone")
        other = await a_project(session, slug="other", name={"en": "Other pit"})
        await rebuild(session)
    for part, typed in {
        "names": {"tags": "Open data, 地圖", "aliases": "Hole", "summary-en": "We dig."},
        "description": {"description-zh-Hant": "**挖坑**（g0v）<script>alert(1)</script>"},
        "links": {"link-1-label": "Our site", "link-2-url": "", "link-3-url": "github.com/keng/pit",
                  "link-4-url": "https://docs.google.com/presentation/d/1"},
        "relations": {"relation-1-project": "other pit", "relation-1-kind": "derived_from"},
    }.items():
        page = f"/projects/pit/edit/{part}"
        answer = await visit.fill(page, page, **typed)
        assert answer.status_code == 303, answer.text
    async with database.reading() as reader:
        row = (await reader.execute(select(
            Project.name, Project.summary, Project.description_html, Project.has_repository, Project.revision
        ).where(Project.slug == "pit"))).one()
        assert tuple(row) == (
            {"en": "Pit", "ja": "穴"}, {"en": "We dig."},
            {"zh-Hant": "<p><strong>挖坑</strong>（g0v）&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"}, True, 5,
        )
        links = await reader.execute(select(Link.url, Link.kind, Link.label, Link.health).order_by(Link.id))
        assert links.all() == [
            ("https://example.org/kept", LinkKind.SITE, "Our site", LinkHealth.ALIVE),
            ("https://github.com/keng/pit", LinkKind.REPOSITORY, None, LinkHealth.UNKNOWN),
            ("https://docs.google.com/presentation/d/1", LinkKind.SLIDES, None, LinkHealth.UNKNOWN),
        ]
        tags = await reader.execute(select(Tag.slug, Tag.name).join(ProjectTag).order_by(Tag.id))
        assert tags.all() == [
            ("open-data", {"zh-Hant": "開放資料", "en": "Open data"}), ("地圖", {"zh-Hant": "地圖"})
        ]
        assert (await reader.execute(select(ProjectRelation.other_id, ProjectRelation.kind))).all() == [
            (other.id, RelationKind.DERIVED_FROM)
        ]
        assert [hit.slug for hit in await suggestions(reader, "hole")] == ["pit"]
        assert [one.slug for one in await suggestions(reader, "地圖") if one.collection == "tags"] == ["地圖"]
    audits = await _audits(database)
    assert audits[2][2]["links"][0] == [
        {"url": "https://example.org/kept", "label": None, "kind": "site"},
        {"url": "https://example.org/gone", "label": None, "kind": "site"},
    ]
    assert 'href="/projects/pit"' in await page_of(visit.client, "/projects/other")

    async with database.writing() as session:
        project = (await session.scalars(select(Project).where(Project.slug == "pit"))).one()
        for _actor, _action, changes in reversed(audits):
            before = {part: change[0] for part, change in changes.items()}
            await set_project_parts(session, project=project, parts=before, now=project.updated_at)
        with pytest.raises(KeyError):
            await set_project_parts(session, project=project, parts={"team": []}, now=project.updated_at)
    async with database.reading() as reader:
        emptied = (await reader.execute(select(
            Project.summary, Project.description_html, Project.has_repository
        ).where(Project.slug == "pit"))).one()
        assert tuple(emptied) == ({}, {}, False)
        assert set(await reader.scalars(select(Link.url))) == {"https://example.org/kept", "https://example.org/gone"}
        assert list(await reader.scalars(select(Tag.slug).join(ProjectTag))) == ["open-data"]
        assert list(await reader.scalars(select(ProjectRelation.id))) == []
        assert list(await reader.scalars(select(ProjectAlias.name))) == []


@pytest.mark.parametrize(("typed", "field", "says"), [
    ({"link-1-url": "https://example.org/a", "link-2-url": "example.org/a/"}, "link-2-url", "in the list already"),
    ({"link-1-url": "", "link-1-label": "words"}, "link-1-url", "This is needed."),
])
async def test_a_link_given_twice_or_without_an_address_is_refused_kindly(
    keeping: Keeping, typed: Typing, field: str, says: str
) -> None:
    visit = await keeping()
    page = "/projects/pit/edit/links"
    answer = await visit.fill(page, page, **typed)
    assert says in words(answer.text.split(f'id="{field}-wrong"', 1)[1][:400])


async def test_another_project_is_named_by_address_or_name(keeping: Keeping, database: Database) -> None:
    visit = await keeping()
    async with database.writing() as session:
        other = await a_project(session, slug="other-pit", name={"en": "Other pit"})
        session.add(SlugRedirect(subject=Subject.PROJECT, old_slug="former", subject_id=other.id))
        for number in (1, 2):
            await a_project(session, slug=f"twin-{number}", name={"en": "Twin"})
        await a_project(session, slug="hidden", hidden_at=other.created_at, hidden_reason="test")
        await rebuild(session)
    page = "/projects/pit/edit/relations"
    for project, says in {
        "https://keng.example/projects/other-pit?x=1": "", "/projects/former": "", "Other pit": "",
        "pit": "the project itself", "none at all": "No project goes by this",
        "twin": "for example: Twin (twin-1), Twin (twin-2)", "hidden": "No project goes by this",
    }.items():
        answer = await visit.fill(page, page, **{"relation-1-project": project})
        assert (project, answer.status_code) == (project, 400 if says else 303)
        assert says in words(answer.text)
    found = await visit.client.get("/projects/pit/related/suggestions?relation-1-project=twi")
    assert re.findall(r'<option value="([^"]*)">([^<]*)<', found.text) == [("twin-1", "Twin"), ("twin-2", "Twin")]


async def test_a_need_is_opened_filled_closed_and_wanted_again_with_its_days(
    keeping: Keeping, database: Database
) -> None:
    visit = await keeping()
    async with database.writing() as session:
        project = (await session.scalars(select(Project))).one()
        await a_need(session, project=project, key="writer", line={"en": "Write.", "ja": "書く"})
    page, action = "/projects/pit/edit/needs", "/projects/pit/needs"
    refused = await visit.submit(page, action, **{"key": "no-such-role", "line-en": "kept"})
    assert (refused.status_code, 'value="kept"' in refused.text) == (400, True)

    async def need(key: str) -> tuple[Any, ...]:
        async with database.reading() as reader:
            row = await reader.execute(select(
                Need.state, Need.line, Need.opened_on.is_not(None), Need.filled_on.is_not(None),
                Need.closed_on.is_not(None),
            ).where(Need.key == key))
        return tuple(row.one())

    async def change(**fields: str) -> int:
        revision = re.findall(r'name="revision" value="(\d+)"', (await visit.client.get(page)).text)[0]
        sent = {"line-en": "Draw.", "revision": revision, **fields}
        return (await visit.submit(page, action, **sent)).status_code

    steps = [
        ("designer", "open", (NeedState.OPEN, {"en": "Draw."}, True, False, False)),
        ("designer", "filled", (NeedState.FILLED, {"en": "Draw."}, True, True, False)),
        ("designer", "closed", (NeedState.CLOSED, {"en": "Draw."}, True, True, True)),
        ("designer", "open", (NeedState.OPEN, {"en": "Draw."}, True, False, False)),
        ("writer", "open", (NeedState.OPEN, {"en": "Draw.", "ja": "書く"}, False, False, False)),
        ("writer", "closed", (NeedState.CLOSED, {"en": "Draw.", "ja": "書く"}, False, False, True)),
    ]
    for key, state, expected in steps:
        assert await change(key=key, state=state) == 303
        assert await need(key) == expected, (key, state)
    assert await change(key="writer", state="filled") == 409
    assert [action for _, action, _ in await _audits(database)] == [
        "need opened", "need filled", "need closed", "need opened", "project edited", "need closed",
    ]
    shown = await page_of(visit.client, "/projects/pit")
    assert ("/needs/designer" in shown, "/needs/writer" in shown) == (True, False)


@postgresql_in_trust
@pytest.mark.parametrize(("role", "edits", "hands_over", "leaves"), [
    ("owner", True, True, True), ("maintainer", True, False, True), ("contributor", False, False, True),
    ("organiser", True, True, False), ("stranger", False, False, False),
])
async def test_each_role_sees_and_may_do_what_is_theirs(
    keeping: Keeping, role: str, edits: bool, hands_over: bool, leaves: bool
) -> None:
    visit = await keeping(role)
    page = await page_of(visit.client, "/projects/pit")
    assert (("/projects/pit/edit/" in page), ("/projects/pit/team" in page)) == (edits, hands_over)
    pages = {"edit/names": edits, "edit/needs": edits, "updates/new": edits, "related/suggestions": edits,
             "team": hands_over, "team/people": hands_over, "hand-over": hands_over, "leave": leaves}
    for path, is_allowed in pages.items():
        status = (await visit.client.get(f"/projects/pit/{path}")).status_code
        assert (path, status) == (path, 200 if is_allowed else 403)
    for path, is_allowed in {"edit/names": edits, "needs": edits, "updates": edits, "team": hands_over,
                             "team/end": hands_over, "hand-over": hands_over, "leave": leaves}.items():
        answer = await visit.submit("/sign-in", f"/projects/pit/{path}")
        assert (path, answer.status_code == 403) == (path, not is_allowed)


@pytest.fixture
def client(visit: Visit) -> Any:
    """The client whose statements are counted."""
    return visit.client


async def test_a_visitors_page_asks_twice_and_holds_no_form_while_an_owners_asks_what_they_may(
    keeping: Keeping, statements: list[str], database: Database
) -> None:
    visit = await keeping()
    visitor: Visit = another_visit(visit.client)
    async with database.writing() as session:
        await a_need(session, project=(await session.scalars(select(Project))).one())
    asked = {}
    for name, browser in (("visitor", visitor), ("owner", visit)):
        statements.clear()
        page = await page_of(browser.client, "/projects/pit")
        asked[name] = (len(statements), "hx-get" in page.split("<main", 1)[1], "form_token" in page.split("<main")[1])
    assert asked == {"visitor": (2, False, False), "owner": (6, True, True)}  # two of them the session's own


@postgresql_in_trust
async def test_htmx_gets_the_form_that_the_page_holds(keeping: Keeping) -> None:
    visit = await keeping()
    for part in ("names", "needs", "links", "relations", "licences", "description"):
        part_only = await visit.client.get(f"/projects/pit/edit/{part}", headers={"HX-Request-Type": "partial"})
        assert part_only.text.startswith(f'<section class="part-form" data-part="{part}"')
        assert "no-store" in part_only.headers["cache-control"]
        whole = await visit.client.get(f"/projects/pit/edit/{part}")
        fields = re.compile(r'(?:name|id)="([^"]+)"')
        assert set(fields.findall(part_only.text)) <= set(fields.findall(whole.text))
    assert (await visit.client.get("/projects/pit/edit/nothing")).status_code == 404
    assert (await visit.client.get("/projects/none/edit/names")).status_code == 403


async def test_a_signed_in_person_begins_a_project_and_edits_it_at_once(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    refused = await visit.fill("/projects/new", "/projects/new", **{"summary-en": "kept"})
    assert (refused.status_code, filled(refused, "/projects/new")["summary-en"]) == (400, ["kept"])
    answer = await visit.fill("/projects/new", "/projects/new", **{"name-en": "New"})
    assert answer.headers["location"] == "/projects/new-project?done=begun"
    assert (await visit.client.get("/projects/new-project/edit/links")).status_code == 200
    assert (await another_visit(visit.client).client.get("/projects/new")).status_code == 403
