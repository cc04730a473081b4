"""Pitching online, from a title and a sentence to a page that everyone sees, and back."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import func, select

from registry.accounts.queries import Actor, roles_in_project
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.events.models import Event
from registry.inbox.models import Notice
from registry.people.models import Membership, Person
from registry.projects.models import Link, Need, Project, ProjectRelation, ProjectTag
from registry.projects.rules import LinkKind
from registry.proposals.models import Credit, Proposal
from registry.proposals.rules import ProposalState
from registry.search.commands import refresh
from tests.conftest import postgresql_in_trust
from tests.factories import a_membership, a_need, a_person, a_project, a_proposal, an_event
from tests.pages import facts, main_of, words
from tests.visits import Visit, another_visit, filled

SOON = datetime.now(UTC) + timedelta(days=14)


async def soon(session: Any, **fields: Any) -> Event:
    """An event that takes pitches."""
    return await an_event(session, **{"slug": "soon", "name": {"en": "Soon"}, "starts_on": SOON.date(), **fields})


async def begin(visit: Visit, **fields: str) -> str:
    """Begin a pitch; the path of its form."""
    answer = await visit.fill("/pitch", "/pitch", **{"title": "Budget map", "sentence": "We draw it.", **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


async def send(visit: Visit, edit: str, action: str = "edit", **fields: Any) -> Response:
    """Open a pitch's form, change it and press one of its buttons."""
    data = filled(await visit.client.get(edit), edit, **fields)
    return await visit.client.post(edit.removesuffix("edit") + action, data=data)


async def submitted(visit: Visit, **fields: Any) -> str:
    """Pitch something; the path of its page."""
    answer = await send(visit, await begin(visit), "submit", **fields)
    assert answer.status_code == 303, words(main_of(answer.text))
    return str(answer.headers["location"]).partition("?")[0]


@postgresql_in_trust
async def test_a_draft_is_its_initiators_alone_and_shows_in_their_list(visit: Visit) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    organiser = await another_visit(visit.client).play("organiser")
    visitor = another_visit(visit.client)

    seen = [(await one.client.get(edit)).status_code for one in (visit, organiser, visitor)]
    public = await visit.client.get(edit.removesuffix("/edit"))
    mine = words((await visit.client.get("/pitch/mine")).text)

    assert (seen, public.status_code) == ([200, 404, 403], 404)
    assert "Budget map We draw it. Draft: only you see it" in mine
    assert "Budget map" not in words((await organiser.client.get("/pitch/mine")).text)
    assert "Budget map" not in (await visitor.client.get("/search?q=budget")).text.partition("<main")[2].replace(
        'value="budget"', ""
    )


async def test_a_submitted_pitch_is_everywhere_a_pitch_is(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await soon(session)
        other = await a_project(session, slug="open-data", name={"en": "Open data"})
    await visit.play("proposer")

    page = await submitted(
        visit, event="soon", need=["designer", "data", ""], need_line=["A legend", "", ""], topics="budget, 預算",
        repository="code.example.org/budget", channels="https://chat.example.org/a\nhttps://chat.example.org/b",
        code_licence="mit license", initiators="Ada, Bo", is_open_source="yes", **{
            "title-zh-Hant": "預算地圖", "why-en": "**Nobody** reads it.", "related-uses": "open-data",
        },
    )

    assert page == "/proposals/soon-budget-map"
    told = (await visit.client.get(page)).text
    assert "<strong>Nobody</strong> reads it." in told
    assert {name: facts(told)[name] for name in ("Who pitched", "Pitched at", "Licence of the code")} == {
        "Who pitched": "Demo Newcomer 範例新手 , Ada, Bo", "Pitched at": "Soon", "Licence of the code": "MIT",
    }
    for address, expected in (
        ("/events/soon", "Budget map"), ("/projects/budget-map", "Budget map"), ("/search?q=預算地圖", "Budget"),
        ("/proposals?event=soon", "Budget map"), ("/needs/designer", "Budget map"),
    ):
        assert expected in words(main_of((await visit.client.get(address)).text)), address
    async with database.reading() as reader:
        project = (await reader.execute(select(Project.__table__).where(Project.slug == "budget-map"))).one()
        assert (project.pitch_count, project.first_pitched_on, project.has_repository) == (1, SOON.date(), True)
        assert (project.code_licence, project.name) == ("MIT", {"en": "Budget map", "zh-Hant": "預算地圖"})
        wanted = await reader.execute(select(Need.key, Need.line).where(Need.project_id == project.id))
        assert {row.key: row.line for row in wanted} == {"designer": {"en": "A legend"}, "data": {}}
        assert await reader.scalar(select(func.count()).select_from(ProjectTag)) == 2
        assert await reader.scalar(select(ProjectRelation.other_id)) == other.id
        kinds = await reader.scalars(select(Link.kind).where(Link.proposal_id.is_not(None)).order_by(Link.id))
        assert list(kinds) == [LinkKind.REPOSITORY, LinkKind.CHAT, LinkKind.CHAT]
        owner = await reader.scalar(
            select(Person.slug).join(Membership, Membership.person_id == Person.id)
            .where(Membership.project_id == project.id)
        )
        assert owner == "example-newcomer"


@postgresql_in_trust
async def test_a_pitch_for_no_event_yet_is_right_on_every_page_and_in_the_api(
    visit: Visit, database: Database
) -> None:
    await visit.play("proposer")
    page = await submitted(visit)
    slug = page.removeprefix("/proposals/")
    assert slug == "pitch-budget-map"
    for address in (page, "/proposals", "/projects/budget-map", "/people/example-newcomer", "/search?q=budget", "/"):
        answer = await visit.client.get(address)
        assert answer.status_code == 200, address
    record = (await visit.client.get(f"/api/v1/proposals/{slug}")).json()
    assert (record["event"], record["project"]["id"]) == (None, "budget-map")
    assert "no event yet" in words(main_of((await visit.client.get("/proposals")).text))
    years = (await visit.client.get(f"/proposals?year={record['pitched_on'][:4]}")).text
    assert page in years


async def test_closing_sign_up_keeps_drafts_editable_and_stops_submitting(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await soon(session)
        await soon(session, slug="later", name={"en": "Later"})
    await visit.play("proposer")
    out = await submitted(visit, event="soon")
    edit = await begin(visit, title="Another one", event="soon")
    organiser = await another_visit(visit.client).play("organiser")
    closed = await organiser.fill("/events/soon", "/events/soon/close-pitches")
    assert closed.status_code == 303

    saved = await send(visit, edit, **{"why-en": "Still mine to write."})
    refused = await send(visit, edit, "submit")
    changed = await send(visit, f"{out}/edit", **{"why-en": "Too late."})
    moved = await send(visit, edit, "submit", event="later")
    by_organiser = await send(organiser, f"{out}/edit", **{"why-en": "Put right by us."})

    assert (saved.status_code, refused.status_code, changed.status_code) == (303, 400, 409)
    assert "Sign-up for this event is closed." in words(refused.text)
    assert ("Still mine to write." in refused.text, "Too late." in changed.text) == (True, True)
    assert (moved.headers["location"], by_organiser.status_code) == (
        "/proposals/later-another-one?done=pitched", 303,
    )
    await organiser.fill("/events/soon", "/events/soon/reopen-pitches")
    assert (await send(visit, f"{out}/edit", **{"how-en": "In time again."})).status_code == 303


@postgresql_in_trust
async def test_a_refused_form_comes_back_filled_with_a_way_to_each_fault(visit: Visit) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    answer = await send(
        visit, edit, site="javascript:alert(1)", need=["", "designer", ""], need_line=["someone kind", "draws", ""],
        **{"related-uses": "no-such-project", "why-en": "Kept."},
    )
    assert answer.status_code == 400
    again = filled(answer, edit)
    assert (again["site"], again["why-en"], again["related-uses"]) == (
        ["javascript:alert(1)"], ["Kept."], ["no-such-project"],
    )
    assert (again["need"][:2], again["need_line"][:2]) == (["", "designer"], ["someone kind", "draws"])
    assert set(re.findall(r'<a href="#([^"]+)">', main_of(answer.text))) >= {"site", "need", "related-uses"}


async def test_a_form_sent_twice_is_one_pitch(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    data = filled(await visit.client.get("/pitch"), "/pitch", title="Twice", sentence="Once.")
    first, second = [await visit.client.post("/pitch", data=data) for _time in range(2)]
    edit = first.headers["location"].partition("?")[0]
    form = filled(await visit.client.get(edit), edit)
    out = [await visit.client.post(edit.removesuffix("edit") + "submit", data=form) for _time in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert [answer.headers["location"] for answer in out] == ["/proposals/pitch-twice?done=pitched"] * 2
    async with database.reading() as reader:
        counts = [await reader.scalar(select(func.count()).select_from(table)) for table in (Proposal, Project)]
        pitched = await reader.scalar(
            select(func.count()).where(AuditEntry.action == "pitched", AuditEntry.subject == Subject.PROPOSAL)
        )
    assert (counts, pitched) == ([1, 1], 1)


@postgresql_in_trust
async def test_two_editors_see_both_versions(visit: Visit) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    old = filled(await visit.client.get(edit), edit, **{"why-en": "Mine."})
    await send(visit, edit, need=["data"], need_line=["rows"], **{"why-en": "Theirs."})
    answer = await visit.client.post(edit, data=old)
    assert answer.status_code == 409
    assert "Saved by somebody else meanwhile: Theirs." in words(answer.text)
    assert "data: rows" in words(answer.text)
    again = await visit.client.post(edit, data=filled(answer, edit))
    assert again.status_code == 303
    assert filled(await visit.client.get(edit), edit)["why-en"] == ["Mine."]


async def test_autosave_answers_with_the_revision_and_never_publishes(visit: Visit) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    form = filled(await visit.client.get(edit), edit, form_key=None, **{"why-en": "a"})
    one = await visit.client.post(edit, data=form, headers={"X-Autosave": "yes"})
    two = await visit.client.post(
        edit, data={**form, "why-en": "ab", "revision": one.json()["revision"]}, headers={"X-Autosave": "yes"}
    )
    stale = await visit.client.post(edit, data={**form, "why-en": "c"}, headers={"X-Autosave": "yes"})
    assert (one.json(), two.json()) == ({"revision": "2"}, {"revision": "3"})
    assert (stale.status_code, "Somebody else" in stale.json()["said"]) == (409, True)
    assert (await visit.client.get(edit.removesuffix("/edit"))).status_code == 404


async def test_a_withdrawn_pitch_takes_its_project_along_and_both_come_back(visit: Visit) -> None:
    await visit.play("proposer")
    page = await submitted(visit)
    withdrawn = await visit.fill(f"{page}/edit", f"{page}/withdraw")
    gone = [(await visit.client.get(one)).status_code for one in (page, "/projects/budget-map")]
    back = await send(visit, f"{page}/edit", "submit")
    here = [(await visit.client.get(one)).status_code for one in (page, "/projects/budget-map")]
    assert (withdrawn.status_code, gone, back.status_code, here) == (303, [404, 404], 303, [200, 200])


@postgresql_in_trust
async def test_a_draft_can_be_deleted_and_a_pitch_cannot(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    assert (await visit.fill(edit, edit.replace("/edit", "/discard"))).status_code == 303
    assert (await visit.client.get(edit)).status_code == 403
    page = await submitted(visit)
    assert (await visit.submit(f"{page}/edit", f"{page}/discard")).status_code == 409


async def test_the_next_pitch_starts_from_the_last_and_strangers_leave_the_project_alone(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        project = await a_project(session, slug="cofacts", name={"en": "Cofacts"})
        keeper = await a_person(session)
        await a_membership(session, project=project, person=keeper)
        await a_need(session, project=project, key="writer")
        last = await a_proposal(
            session, event=await an_event(session), project=project, title={"en": "Cofacts"},
            summary={"en": "We check messages."}, why={"en": "Rumours."}, notes="Table 4", initiators="Somebody",
            wanted=[["tech", {"en": "Bots"}]],
        )
        await refresh(session, Subject.PROJECT, [project.id])
    await visit.play("proposer")

    edit = await begin(visit, title="Cofacts", sentence="")
    assert "Is it one of these?" in (await visit.client.get(edit)).text
    chosen = await send(visit, edit, "project", project="cofacts", **{"how-en": "My own way."})
    assert chosen.status_code == 303
    form = filled(await visit.client.get(edit), edit)
    assert {name: form[name] for name in ("title-en", "summary-en", "why-en", "how-en", "notes", "initiators")} == {
        "title-en": ["Cofacts"], "summary-en": ["We check messages."], "why-en": ["Rumours."],
        "how-en": ["My own way."], "notes": [""], "initiators": [""],
    }
    assert form["need"][0] == "tech"
    answer = await send(visit, edit, "submit")
    assert answer.headers["location"] == "/proposals/pitch-cofacts?done=pitched"

    async with database.reading() as reader:
        wanted = set(await reader.scalars(select(Need.key).where(Need.project_id == project.id)))
        told = (await reader.execute(select(Notice.person_id, Notice.path))).all()
        members = list(await reader.scalars(select(Membership.person_id)))
        count = await reader.scalar(select(Project.pitch_count).where(Project.id == project.id))
    assert (wanted, [tuple(one) for one in told]) == ({"writer"}, [(keeper.id, "/proposals/pitch-cofacts")])
    assert (members, count, last.slug) == ([keeper.id], 2, last.slug)


async def test_an_anonymous_pitch_leaks_no_name_anywhere_and_its_founder_still_owns_the_project(
    visit: Visit, database: Database
) -> None:
    name = "Xylophonia"
    await visit.play("proposer")
    async with database.writing() as session:
        person = (await session.scalars(select(Person).where(Person.slug == "example-newcomer"))).one()
        person.display_name, person.sort_name, person.slug, person.is_public = name, name.casefold(), "xylo", True
    page = await submitted(visit, is_anonymous="yes", initiators=name)
    await send(visit, f"{page}/edit", **{"why-en": "Changed.", "initiators": f"{name} again"})
    slug = page.removeprefix("/proposals/")
    visitor = another_visit(visit.client).client

    leaks = []
    for address in (
        page, f"{page}/poster", "/proposals", "/projects/budget-map", "/projects", "/", "/needs",
        f"/api/v1/proposals/{slug}", "/api/v1/proposals", "/api/v1/projects/budget-map", "/api/v1/projects",
        "/proposals?q=budget", "/search?q=budget", "/search/suggestions?q=budget", "/api/v1/search?q=budget",
    ):
        answer = await visitor.get(address)
        assert answer.status_code == 200, address
        leaks += [address] if name.casefold() in answer.text.casefold() or "xylo" in answer.text else []
    theirs = (await visitor.get("/people/xylo")).text
    async with database.reading() as reader:
        log = (await reader.execute(select(AuditEntry.actor, AuditEntry.changes).where(
            AuditEntry.subject == Subject.PROPOSAL
        ))).all()
        credited = await reader.scalar(select(func.count()).select_from(Credit))
    assert leaks == []
    assert ("budget" in main_of(theirs).casefold(), credited) == (False, 1)
    assert {entry.actor for entry in log} == {"anonymous"}
    assert name not in str(log)
    assert (await visit.client.get(f"{page}/edit")).status_code == 200

    await send(visit, f"{page}/edit", is_anonymous=None)
    assert name in words(main_of((await visitor.get("/projects/budget-map")).text))
    await send(visit, f"{page}/edit", is_anonymous="yes")
    assert name not in words(main_of((await visitor.get("/projects/budget-map")).text))


@postgresql_in_trust
async def test_the_founder_of_an_anonymous_pitch_is_its_projects_owner_to_the_guard(
    visit: Visit, database: Database
) -> None:
    await visit.play("proposer")
    await submitted(visit, is_anonymous="yes")
    async with database.reading() as reader:
        person_id = await reader.scalar(select(Credit.person_id))
        mine = await roles_in_project(reader, Actor(person_id=person_id), "budget-map")
        others = await roles_in_project(reader, Actor(person_id=0), "budget-map")
    assert (set(mine), set(others)) == ({Role.OWNER}, set())


async def test_a_preview_keeps_nothing_and_loses_nothing(visit: Visit, database: Database) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    fields = {"why-en": "A **strong** reason <script>alert(1)</script>"}
    whole = await send(visit, edit, "preview", **fields)
    part = await visit.client.post(
        edit.replace("edit", "preview"), data=filled(whole, edit), headers={"HX-Request-Type": "partial"}
    )
    assert ["<strong>strong</strong>" in answer.text for answer in (whole, part)] == [True, True]
    assert ["<script>alert" in answer.text for answer in (whole, part)] == [False, False]
    assert filled(whole, edit)["why-en"] == [fields["why-en"]]
    assert filled(await visit.client.get(edit), edit)["why-en"] == [""]
    assert "<html" not in part.text
    async with database.reading() as reader:
        assert await reader.scalar(select(Proposal.state)) is ProposalState.DRAFT


@pytest.mark.parametrize("rows", [1, 3])
async def test_ones_own_list_asks_the_same_number_of_statements(
    visit: Visit, rows: int, database: Database, statements_of_visit: list[str]
) -> None:
    await visit.play("proposer")
    for number in range(rows):
        await begin(visit, title=f"Pitch {number}")
    statements_of_visit.clear()
    page = (await visit.client.get("/pitch/mine")).text
    assert (page.count("own-pitches__pitch"), len(statements_of_visit)) == (rows, 4)
    edit = re.findall(r"/proposals/draft-\w+/edit", page)[0]
    statements_of_visit.clear()
    await visit.client.get(edit)
    assert len(statements_of_visit) <= 8


async def test_a_title_being_typed_brings_similar_projects_though_not_all_words_fit(
    visit: Visit, database: Database
) -> None:
    async with database.writing() as session:
        rows = [await a_project(session, slug=slug, name=name) for slug, name in (
            ("budget", {"zh-Hant": "中央政府總預算視覺化"}), ("moedict", {"zh-Hant": "萌典"}),
            ("air", {"en": "Air quality sensors"}),
        )]
        await refresh(session, Subject.PROJECT, [row.id for row in rows])
    found = {
        typed: re.findall(r'href="/projects/([^"]+)"', (await visit.client.get(
            "/pitch/similar", params={"title": typed, "sentence": ""}
        )).text)
        for typed in ("台北市預算地圖", "quality of the air", "zzz", "", "萌", "'\" OR *")
    }
    assert found == {
        "台北市預算地圖": ["budget"], "quality of the air": ["air"], "zzz": [], "": [], "萌": [], "'\" OR *": [],
    }


async def test_a_name_being_typed_is_looked_up_among_names_now_and_once(visit: Visit, database: Database) -> None:
    async with database.writing() as session:
        await a_project(session, slug="budget-map")
    answers = {
        name: words((await visit.client.get("/pitch/name", params={"title-en": name})).text)
        for name in ("Budget Map", "Tax Map", "")
    }
    assert "Another project has it already." in answers["Budget Map"]
    assert "#tax-map" in answers["Tax Map"]
    assert "Nobody here has it yet." in answers["Tax Map"]
    assert answers[""] == ""


async def test_the_poster_says_it_in_both_languages_with_a_code(visit: Visit) -> None:
    await visit.play("proposer")
    page = await submitted(visit, need=["designer"], need_line=[""], **{"title-zh-Hant": "預算地圖"})
    poster = (await visit.client.get(f"{page}/poster")).text
    assert words(re.findall(r"<h1.*?</h1>", poster, re.DOTALL)[0]) == "Budget map 預算地圖"
    assert ("poster__code" in poster, "style=" in poster, "Design" in words(main_of(poster))) == (True, False, True)
    code = await visit.client.get(f"{page}/qr.svg")
    assert (code.status_code, code.headers["content-type"].startswith("image/svg+xml")) == (200, True)
    assert (await visit.client.get("/proposals/none/qr.svg")).status_code == 404


async def test_an_invited_person_writes_the_draft_too_and_owns_what_begins_with_it(
    visit: Visit, database: Database
) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    (address,) = re.findall(r'id="invitation" value="http://[^/]*([^"]+)"', (await visit.client.get(edit)).text)
    friend, stranger = another_visit(visit.client), await another_visit(visit.client).play("organiser")
    assert (await friend.client.get(address)).status_code == 403  # says that one signs in first
    await friend.play("owner")
    assert (await friend.client.get(edit)).status_code == 403
    assert "Budget map" in main_of((await friend.client.get(address)).text)
    for _twice in range(2):
        joined = await friend.submit("/about", address)
        assert joined.headers["location"] == f"{edit}?done=saved"
    assert (await send(friend, edit, **{"title-en": "Our budget map"})).status_code == 303
    for wrong in (address[:-1], address.replace("draft-", "draft-0"), "/pitch/join/x"):
        assert (await stranger.client.get(wrong)).status_code == 404
    assert (await stranger.submit("/about", edit.replace("/edit", "/leave"))).status_code == 404
    await send(visit, edit, "submit")
    assert (await stranger.client.get(address)).status_code == 404  # it is out
    async with database.reading() as reader:
        owners = await reader.scalars(
            select(Person.slug).join(Membership, Membership.person_id == Person.id).order_by(Person.slug)
        )
        logged = await reader.scalars(select(AuditEntry.actor).where(AuditEntry.action == "draft joined"))
        assert (list(owners), list(logged)) == (["example-newcomer", "example-proposer"], ["anonymous"])


@postgresql_in_trust
async def test_whoever_joined_a_draft_can_leave_it_and_the_last_one_cannot(visit: Visit) -> None:
    await visit.play("proposer")
    edit = await begin(visit)
    leave = edit.replace("/edit", "/leave")
    (address,) = re.findall(r'id="invitation" value="http://[^/]*([^"]+)"', (await visit.client.get(edit)).text)
    friend = await another_visit(visit.client).play("owner")
    assert (await visit.submit("/about", leave)).status_code == 409
    await friend.submit("/about", address)
    assert (await friend.submit("/about", leave)).headers["location"] == "/pitch/mine?done=saved"
    assert (await friend.client.get(edit)).status_code == 403
