"""What a script does with an access token, from the form that makes it to the audit rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.people.models import Contribution, Person
from registry.projects.models import Project, Update
from registry.proposals.models import Proposal
from registry.tokens.rules import Scope
from tests.conftest import on_one_database
from tests.factories import a_membership, a_project, an_event
from tests.tokens.scripts import Script, a_script
from tests.visits import Visit

SOON = datetime.now(UTC) + timedelta(days=14)
PITCH: dict[str, Any] = {
    "title": {"en": "Budget map", "zh-Hant": "預算地圖"}, "summary": {"en": "See where taxes go."}, "event": "soon",
}


async def _owner(visit: Visit, database: Database, *scopes: Scope) -> Script:
    """A script of the owner of the project ``mine``; the event ``soon`` takes pitches."""
    await visit.play("owner")
    script = await a_script(visit, *(scopes or Scope))
    async with database.writing() as session:
        await an_event(session, slug="soon", starts_on=SOON.date(), registration_opens_at=SOON - timedelta(days=30))
        person = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        await a_membership(session, project=await a_project(session, slug="mine"), person=person)
    return script


async def test_a_script_pitches_changes_and_withdraws_and_every_row_says_so(visit: Visit, database: Database) -> None:
    script = await _owner(visit, database)

    pitched = await script.send("POST", "/proposals", PITCH)
    at = f"/proposals/{pitched.json()['id']}"
    shown = (await script.client.get(pitched.json()["url"])).json()
    changed = await script.send("PATCH", at, {"revision": shown["revision"], "why": {"en": "Scans."}})
    stale = await script.send("PATCH", at, {"revision": shown["revision"], "why": {"en": "Late."}})
    after = (await script.client.get(pitched.json()["url"])).json()
    withdrawn = await script.send("POST", f"{at}/withdraw")
    mine = (await script.send("GET", "/me/proposals")).json()["items"]

    assert (pitched.status_code, changed.status_code, withdrawn.status_code) == (201, 200, 200), changed.text
    assert (shown["title"], shown["event"]["id"]) == (PITCH["title"], "soon")
    assert (after["why"], after["title"]) == ({"en": "Scans."}, PITCH["title"])
    assert after["revision"] == changed.json()["revision"]
    assert (stale.status_code, stale.json()["revision"]) == (409, after["revision"])
    assert withdrawn.json()["url"] is None
    assert [(one["id"], one["state"], one["revision"]) for one in mine] == [
        (pitched.json()["id"], "withdrawn", withdrawn.json()["revision"])
    ]
    async with database.reading() as reader:
        rows = (await reader.execute(
            select(AuditEntry.action, AuditEntry.actor, AuditEntry.token).order_by(AuditEntry.id)
        )).all()
    by_script = [tuple(row) for row in rows if row.token]
    label = "person:example-proposer"
    assert by_script == [
        ("project founded", label, script.token[:11]), *(
            (action, label, script.token[:11]) for action in ("pitched", "pitch changed", "pitch withdrawn")
        ),
    ]


async def test_an_owner_changes_all_of_a_project(visit: Visit, database: Database) -> None:
    script = await _owner(visit, database)
    revision = (await script.client.get("/api/v1/projects/mine")).json()["revision"]
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", "", {
            "name": {"en": "Mine"}, "summary": {"en": "One sentence."}, "tags": ["open data", "water"],
            "code_licence": "MIT", "links": [{"url": "https://code.example.org/mine", "kind": "repository"}],
        }),
        ("PUT", "/needs/designer", {"line": {"en": "Draw a legend."}}),
        ("PUT", "/needs/designer", {"state": "closed"}),
        ("PUT", "/needs/designer", {"state": "open"}),
        ("POST", "/stage", {
            "to": "blueprint", "reason": "It has a plan.",
            "evidence": [{"checkpoint": "feedback", "url": "https://example.org/note"}],
        }),
    ]
    for method, path, said in steps:
        answer = await script.send(method, f"/projects/mine{path}", {**said, "revision": revision})
        assert answer.status_code == 200, (path, answer.text)
        revision = answer.json()["revision"]
    told = await script.send("POST", "/projects/mine/updates", {"text": "The first map is out."})

    project = (await script.client.get("/api/v1/projects/mine")).json()
    assert (told.status_code, told.json()["html_url"].rpartition("/")[2]) == (201, "mine")
    assert {name: project[name] for name in ("name", "summary", "code_licence", "stage", "revision")} == {
        "name": {"en": "Mine"}, "summary": {"en": "One sentence."}, "code_licence": "MIT", "stage": "blueprint",
        "revision": revision,
    }
    assert [(one["key"], one["line"], one["state"]) for one in project["needs"]] == [
        ("designer", {"en": "Draw a legend."}, "open")
    ]
    assert sorted(tag["id"] for tag in project["tags"]) == ["open-data", "water"]
    assert [(link["kind"], link["url"]) for link in project["links"]] == [("repository", "https://code.example.org/mine")]
    async with database.reading() as reader:
        assert list(await reader.scalars(select(Update.text))) == [{"en": "The first map is out."}]
        actions = list(await reader.scalars(
            select(AuditEntry.action).where(AuditEntry.token == script.token[:11]).order_by(AuditEntry.id)
        ))
    assert actions == [
        "project edited", "need opened", "need closed", "need opened", "evidence said", "stage moved", "update posted",
    ]


async def test_people_register_and_tell_what_they_did_and_organisers_make_events(
    visit: Visit, database: Database
) -> None:
    script = await _owner(visit, database)
    guest = {"photo_consent": False, "accepts": []}
    place = await script.send("POST", "/events/soon/registrations", guest)
    again = await script.send("POST", "/events/soon/registrations", guest)
    said = await script.send("POST", "/contributions", {
        "kind": "design", "day": "2020-01-02", "project": "mine", "hours": 1.5, "note": "Drew a legend.",
    })
    event = {"name": {"en": "Hackathon 99"}, "starts_at": "2031-03-01T09:00", "ends_at": "2031-03-01T18:00"}
    refused = await script.send("POST", "/events", event)
    organiser = await a_script(await visit.play("organiser"), Scope.EVENTS)
    unlike = await organiser.send("POST", "/events", event | {"like": "no-such"})
    drafted = await organiser.send("POST", "/events", event)
    at = f"/events/{drafted.json()['id']}"
    hidden = await organiser.client.get(f"/api/v1{at}")
    changed = await organiser.send("PATCH", at, {
        "revision": drafted.json()["revision"], "place": {"en": "Tainan"}, "capacity": 80,
    })
    published = await organiser.send("POST", f"{at}/state", {"move": "published"})
    shown = (await organiser.client.get(f"/api/v1{at}")).json()

    assert [one.status_code for one in (place, again, said, refused)] == [201, 409, 201, 403], said.text
    assert [one.status_code for one in (drafted, hidden, changed, published)] == [201, 404, 200, 200]
    assert (unlike.status_code, [one["name"] for one in unlike.json()["errors"]]) == (422, ["like"])
    assert (await visit.client.get(place.json()["html_url"])).status_code == 200
    assert (shown["place"], shown["name"], shown["starts_at"], shown["revision"]) == (
        {"en": "Tainan"}, event["name"], "2031-03-01T01:00:00Z", published.json()["revision"]
    )
    async with database.reading() as reader:
        assert list(await reader.scalars(select(Contribution.minutes))) == [90]


async def test_the_same_request_with_a_key_counts_once_and_the_key_counts_for_no_other(
    visit: Visit, database: Database
) -> None:
    script = await _owner(visit, database)
    key = {"Idempotency-Key": "tuesday's pitch"}
    first, second = [await script.send("POST", "/proposals", PITCH, **key) for _ in range(2)]
    other = await script.send("POST", "/proposals", {**PITCH, "title": {"en": "Another"}}, **key)
    elsewhere = await script.send("POST", "/projects/mine/updates", {"text": "Out."}, **key)

    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert (other.status_code, [one["name"] for one in other.json()["errors"]]) == (422, ["Idempotency-Key"])
    assert elsewhere.status_code == 201
    async with database.reading() as reader:
        assert len(list(await reader.scalars(select(Proposal.id)))) == 1


@on_one_database
async def test_a_refusal_names_each_field_and_leaves_nothing_behind(visit: Visit, database: Database) -> None:
    script = await _owner(visit, database)
    faults: dict[int, list[tuple[str, str, Any, list[str] | None]]] = {
        422: [
            ("POST", "/proposals", {"title": {"en": "x" * 101}, "initiators": "y" * 501}, ["initiators", "title.en"]),
            ("POST", "/proposals", {**PITCH, "title": {"fr": "Carte"}}, ["title.fr"]),
            ("POST", "/proposals", {**PITCH, "event": "no-such"}, ["event"]),
            ("POST", "/proposals", {**PITCH, "notes": "a\0b"}, ["notes"]),
            ("POST", "/projects/mine/stage", {
                "revision": 1, "to": "blueprint", "reason": "", "evidence": [
                    {"checkpoint": "feedback", "url": "https://example.org/note"}
                ],
            }, ["reason"]),
            ("PATCH", "/projects/mine", {"revision": 1, "links": [{"url": "no address"}]}, ["link-1-url"]),
            ("POST", "/events/soon/registrations", {"photo_consent": True, "accepts": [], "meal": "air"}, ["meal"]),
        ],
        400: [
            ("POST", "/proposals", {**PITCH, "titel": {"en": "x"}}, None),
            ("PATCH", "/projects/mine", {"name": {"en": "Mine"}}, None),
            ("PATCH", "/projects/mine", {"revision": 2**40}, ["revision"]),
            ("PUT", "/projects/mine/needs/designer", {"revision": 1, "state": "perhaps"}, ["state"]),
            ("POST", "/projects/mine/updates?x=1", {"text": "Out."}, ["x"]),
        ],
    }
    for status, cases in faults.items():
        for method, path, said, names in cases:
            answer = await script.send(method, path, said)
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
                path, answer.text
            )
            if names is not None:
                assert sorted(one["name"] for one in answer.json()["errors"]) == names
    for body in (b"", b"{", b"[]", b"\xff"):
        answer = await script.client.post("/api/v1/proposals", content=body)
        assert answer.status_code == 400, body
    async with database.reading() as reader:
        assert [list(await reader.scalars(select(one))) for one in (Proposal.id, Update.id)] == [[], []]
        assert (await reader.scalar(select(Project.stage_key))) == "idea"
        assert list(await reader.scalars(select(AuditEntry.id).where(AuditEntry.token.is_not(None)))) == []
