"""Anyone reports a record; organisers decide, with a reason, and whoever asked is told."""

from datetime import timedelta

from litestar.testing import AsyncTestClient
from sqlalchemy import func, select

from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.app import create_app
from registry.database.engine import Database
from registry.inbox.models import Notice
from registry.moderation.commands import forget_reports, report_record
from registry.moderation.models import Report
from registry.moderation.queries import reports_in
from registry.moderation.records import record_at
from registry.people.models import Person
from registry.settings import Settings
from tests.conftest import postgresql_in_trust
from tests.factories import a_person, a_project
from tests.moderation.acts import NOW, ORGANISER
from tests.visits import BASE, Visit, another_visit, visit_to

FORM = {"reason": "wrong", "text": "The name is somebody else's", "reach": "chat: @me"}


async def _projects(database: Database, count: int = 1) -> None:
    async with database.writing() as session:
        for number in range(count):
            await a_project(session, slug=f"odd-{number}", name={"en": f"Odd {number}"})


async def test_a_visitor_reports_a_record_and_an_organiser_hides_it(visit: Visit, database: Database) -> None:
    await _projects(database)
    page = await visit.client.get("/projects/odd-0")
    assert 'href="/report?about=/projects/odd-0"' in page.text
    answer = await visit.fill("/report?about=/projects/odd-0", "/report", **FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/projects/odd-0?done=reported")
    organiser = await another_visit(visit.client).play("organiser")
    listed = await organiser.client.get("/reports")
    assert ("Odd 0" in listed.text, "1 report waits for you." in listed.text) == (True, True)
    form = {"act": "hide", "reason": "Not theirs"}
    answer = await organiser.submit("/reports/1", "/reports/1", **form)
    assert answer.headers["location"] == "/reports/1?done=hidden"
    assert (await visit.client.get("/projects/odd-0")).status_code == 410
    again = await organiser.submit("/reports/1", "/reports/1", **form)
    assert (again.status_code, "hidden already" in again.text) == (409, True)
    async with database.reading() as reader:
        rows = (await reader.execute(
            select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject).where(
                AuditEntry.action.in_(["reported", "hidden", "report hidden"])
            ).order_by(AuditEntry.id)
        )).all()
        private = str((await reader.execute(select(AuditEntry.changes))).all())
    assert rows == [
        ("visitor", "reported", Subject.REPORT), ("person:example-organiser", "hidden", Subject.PROJECT),
        ("person:example-organiser", "report hidden", Subject.REPORT),
    ]
    assert [words for words in FORM.values() if words != "wrong" and words in private] == []


async def test_a_reporter_who_is_signed_in_is_told_why_it_stays(visit: Visit, database: Database) -> None:
    await _projects(database)
    reporter = await another_visit(visit.client).play("proposer")
    await reporter.fill("/report?about=/projects/odd-0", "/report", **FORM)
    await visit.play("organiser")
    empty = await visit.submit("/reports/1", "/reports/1", act="leave", reason="")
    assert (empty.status_code, "This is needed." in empty.text) == (400, True)
    await visit.submit("/reports/1", "/reports/1", act="note", note="Ask Bo first")
    assert "Ask Bo first" in (await visit.client.get("/reports/1")).text
    await visit.submit("/reports/1", "/reports/1", act="leave", reason="It is right")
    async with database.reading() as reader:
        told = (await reader.execute(
            select(Person.slug, Notice.kind, Notice.path, Notice.facts)
            .join(Person, Person.id == Notice.person_id)
        )).all()
    assert told == [(
        "example-newcomer", "report_dismissed", "/projects/odd-0", {"about": {"en": "Odd 0"}, "reason": "It is right"}
    )]
    assert "Ask Bo first" not in str(told)


@postgresql_in_trust
async def test_a_report_that_says_nothing_comes_back_filled(visit: Visit, database: Database) -> None:
    await _projects(database)
    answer = await visit.fill("/report?about=/projects/odd-0", "/report", reason="other", text="", reach="at the door")
    assert (answer.status_code, "This is needed." in answer.text, "at the door" in answer.text) == (400, True, True)
    answer = await visit.fill("/report?about=/projects/odd-0", "/report", reason="no-such-reason", text="x")
    assert answer.status_code == 400
    answer = await visit.fill("/report?about=/projects/odd-0", "/report", reason="spam", text="坑" * 5001)
    assert (answer.status_code, "Use at most 5000 characters." in answer.text) == (400, True)
    missing = [
        (await visit.client.get(f"/report?about={path}")).status_code
        for path in ("/projects/none", "/account/name", "//evil.example", "", "%E5%9D%91")
    ]
    assert missing == [404] * 5


async def test_only_those_who_moderate_see_reports(visit: Visit) -> None:
    await visit.play("owner")
    for path in ("/reports", "/reports/1", "/moderate?about=/projects/x", "/moderate/people/x", "/audit"):
        answer = await visit.client.get(path)
        assert (answer.status_code, "Only organisers or administrators may do this." in answer.text) == (403, True)


async def test_reports_without_an_account_are_limited_by_address(settings: Settings, database: Database) -> None:
    await _projects(database)
    limited = settings.model_copy(update={"reports_an_hour": 2, "trusted_proxy_header": "X-Forwarded-For"})
    async with AsyncTestClient(create_app(limited), base_url=BASE) as client:
        visit = visit_to(client)
        for sender in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
            visit.client.headers["X-Forwarded-For"] = f"198.51.100.1, {sender}"
            answer = await visit.fill("/report?about=/projects/odd-0", "/report", **FORM)
            assert answer.status_code == 303
        visit.client.headers["X-Forwarded-For"] = "192.0.2.9, 203.0.113.7"
        answer = await visit.fill("/report?about=/projects/odd-0", "/report", **FORM)
        assert (answer.status_code, FORM["text"].split("'")[0] in answer.text) == (429, True)
        assert 0 < int(answer.headers["retry-after"]) <= 3600
    async with database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(Report)) == 3


async def test_the_list_shows_open_reports_first_with_two_statements_however_long(
    client: AsyncTestClient, database: Database, statements: list[str]
) -> None:
    async with database.writing() as session:
        for number in range(3):
            await a_project(session, slug=f"p-{number}")
            about = await record_at(session, Subject.PROJECT, f"p-{number}")
            assert about
            report = await report_record(
                session, about=about, reason="spam", text="", reach="", by=ORGANISER,
                now=NOW + timedelta(minutes=number),
            )
            report.state = "dismissed" if number == 2 else "open"  # type: ignore[assignment]
    database = client.app.state.database
    async with database.reading() as reader:
        for size in (1, 3):
            statements.clear()
            found = await reports_in(reader, None, size=size, offset=0)
            assert len(statements) == 2
    assert [one.about.slug for one in found if one.about] == ["p-1", "p-0", "p-2"]


async def test_decided_reports_lose_their_words_after_a_time(database: Database) -> None:
    async with database.writing() as session:
        person = await a_person(session)
        session.add_all(
            Report(subject=Subject.PERSON, subject_id=1, reason="spam", text="private", reach="x",
                   reporter_id=person.id, reported_at=NOW, decided_at=decided_at)
            for decided_at in (None, NOW, NOW + timedelta(days=2))
        )
        await session.flush()
        await forget_reports(session, decided_before=NOW + timedelta(days=1))
    async with database.reading() as reader:
        kept = (await reader.execute(select(Report.text, Report.reporter_id).order_by(Report.id))).all()
    assert kept == [("private", person.id), ("", None), ("private", person.id)]
