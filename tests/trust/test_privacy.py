"""What people can trust: that little is known of them, that they know what, and that it goes when they wish.

The list of promises has no numbers for these: they follow the last one.
"""

import csv
import io
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import lxml.html
import msgspec
import pytest
from litestar.testing import AsyncTestClient
from pydantic import SecretStr
from sqlalchemy import func, select

from integrations.github.sign_in import GitHubSignIn
from integrations.slack.client import METHODS, SlackClient
from integrations.slack.heard import HEARD_JOB
from integrations.slack.manifest import MANIFEST, scopes_of_manifest
from integrations.slack.sign_in import SlackSignIn
from integrations.slack.workspace import SlackWorkspace
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.community.current import within
from registry.database.engine import Database
from registry.jobs.schedule import SCHEDULE, jobs_of
from registry.paths import HANDBOOK
from registry.people.models import Contribution, Identity, Membership, Person
from registry.people.rules import PersonOrigin
from registry.ports import Connections, Workplace
from registry.privacy.commands import erase_due
from registry.privacy.models import ErasureRequest
from registry.privacy.retention import erase_and_forget
from registry.privacy.rules import KEPT, MENTIONS, Purpose, Tie
from registry.privacy.words import table_name
from registry.proposals.models import Credit, Proposal
from registry.registrations.models import Registration
from registry.roster.looking import RosterLook
from registry.roster.models import RosterMember
from registry.settings import Settings
from registry.web.i18n import speaking
from tests.conftest import application, on_one_database, postgresql_in_trust
from tests.factories import a_person, an_event
from tests.fakes.sign_in import FakeSlackSignIn
from tests.fakes.slack import TEAM_ID, TOKEN, FakeSlack
from tests.fakes.slack_sender import SIGNING_SECRET, SlackSender
from tests.moderation.acts import NOW
from tests.privacy.columns import columns_holding
from tests.privacy.test_own_data import CANARIES, everything_about_someone
from tests.registrations.open_events import an_open_event, register, registrations
from tests.trust.dated import a_dated_record
from tests.trust.promises import promise, promised, replaced
from tests.visits import BASE, Visit, visit_to

DOCS = Path(__file__).parents[2] / "docs"
OF_GITHUB = {"Metadata": "read", "Contents": "read", "Issues": "read", "Pull requests": "read"}
# What has no method of its own: the command, and the links that Slack tells us of.
FOR_WHAT_SLACK_SENDS = {"commands", "links:read"}
KEEPER = {"en": "The Keepers' Association", "zh-Hant": "資料保管協會"}


def _rows(page: str, columns: int) -> list[list[str]]:
    """The rows of the tables of a page of ours that have so many columns."""
    rows = [line.strip().strip("|").split("|") for line in page.splitlines() if line.strip().startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows if len(row) == columns]


def _asked(provider: GitHubSignIn | SlackSignIn) -> set[str]:
    """The scopes for which somebody who signs in is asked."""
    address = provider.authorization_url(
        state="s", nonce="n", code_verifier="v" * 43, redirect_uri="https://registry.example.org/back"
    )
    return set(" ".join(parse_qs(urlsplit(address).query).get("scope", [])).split())


@promise(
    29, "GitHub and Slack are asked for the least that does the work, and each scope has its reason in the documents.",
    fault="a method of Slack's is asked that takes one more",
    planted=lambda: patch.dict(METHODS, {"users.lookupByEmail": ("users:read.email",)}),
)
async def test_the_least_scopes_are_asked_for() -> str:
    github, slack = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("github", "slack"))
    permissions = {name: access for name, access, reason in _rows(github, 3) if name in OF_GITHUB and reason}
    told = {scope: whose for scope, whose, reason in _rows(slack, 3) if whose in {"the bot", "who signs in"} and reason}
    bot = {scope for scope, whose in told.items() if whose == "the bot"}
    by_github = _asked(GitHubSignIn(client_id="c", client_secret="s", web_url="https://g", api_url="https://g"))
    by_slack = _asked(SlackSignIn(client_id="c", client_secret="s", team_id="T", url="https://s"))
    reasons = re.findall(r"^      - ([\w:]+) +# \S", MANIFEST.read_text("utf-8"), re.MULTILINE)
    with promised():
        assert permissions == OF_GITHUB
        assert by_github == set()
        assert by_slack == set(told) - bot == {"openid", "profile"}
        assert scopes_of_manifest() == bot == {one for many in METHODS.values() for one in many} | FOR_WHAT_SLACK_SENDS
        assert set(reasons) == set(told)
    return f"GitHub: {len(permissions)} permissions, all to read; Slack: {len(bot)} scopes; to sign in: {len(by_slack)}"


@pytest.mark.trust
@on_one_database
@promise(
    30, "Of the chat's members numbers and names are kept, and no e-mail address, whatever the chat tells.",
    fault="what is told of a member is kept whole",
    planted=replaced("integrations.slack.doors.what_to_keep", lambda event: {"member": event["user"]}),
)
async def test_no_address_of_a_member_is_kept(settings: Settings, database: Database) -> str:
    with FakeSlack() as chat, FakeSlackSignIn() as door:
        for number in range(20):
            chat.add_user(f"U{number}", f"成員 {number}")
        looked_at = SlackWorkspace(SlackClient(token=TOKEN, url=chat.url), team_id=TEAM_ID, url=chat.url)
        await RosterLook(looked_at, clock=lambda: NOW).look(database)
        told_of = settings.model_copy(update={
            "slack_url": chat.url, "slack_team_id": TEAM_ID, "slack_bot_token": SecretStr(TOKEN),
            "slack_signing_secret": SecretStr(SIGNING_SECRET), "base_url": BASE,
        })
        async with AsyncTestClient(application(told_of), base_url=BASE) as client:
            for kind, user in (("user_change", "U7"), ("team_join", "U8")):
                told = await SlackSender(client, chat).event({"type": kind, "user": chat.users[user]})
                assert told.status_code == 200
        where = await columns_holding(database, ["canary"])
        door.signed_in_as = {
            "sub": "U1", "name": "小明", "email": "u1@canary.example", "https://slack.com/team_id": TEAM_ID,
            "https://slack.com/user_id": "U1",
        }
        signed_in_at = told_of.model_copy(update={
            "slack_url": door.url, "slack_client_id": "keng", "slack_client_secret": SecretStr("secret"),
        })
        async with AsyncTestClient(application(signed_in_at), base_url=BASE) as client:
            assert (await visit_to(client).sign_in("slack")).status_code == 303
        with promised():
            assert where | await columns_holding(database, ["canary"]) == set()
        await HEARD_JOB.work(Workplace(told_of, database, lambda: NOW), NOW)
    with promised():
        assert await columns_holding(database, ["canary"]) == set()
    async with database.reading() as reader:
        kept = list(await reader.scalars(select(RosterMember.subject)))
        own = await reader.scalar(select(Identity.subject))
    assert (len(kept), own) == (20, f"{TEAM_ID}:U1")
    return f"{len(kept)} members, told of in three ways: 0 addresses in any column"


@on_one_database
@promise(
    31, "The privacy notice says in both languages who keeps what, what for, how long and where, and what one's rights "
    "are, as Articles 3 and 8 of Taiwan's Personal Data Protection Act ask.",
    fault="it leaves something out that is kept", planted=replaced("registry.privacy.pages.KEPT", KEPT[1:]),
)
async def test_the_notice_says_what_the_law_asks(settings: Settings, tmp_path: Path) -> str:
    shutil.copytree(HANDBOOK, tmp_path / "community")
    with (tmp_path / "community" / "community.toml").open("r+") as file:
        rest = file.read()
        file.seek(0)
        file.write("".join(f'keeper.{tag} = "{name}"\n' for tag, name in KEEPER.items()) + rest)
    times = {"session_days": 41, "guests_kept_days": 42, "report_days": 43, "erasure_wait_days": 24}
    ours = settings.model_copy(update={"community_dir": tmp_path / "community", **times})
    tables = {kept.table for kept in KEPT}
    async with AsyncTestClient(application(ours), base_url=BASE) as client:
        visit = await visit_to(client).play("owner")
        for language, law, places in (
            ("en", "Personal Data Protection Act (Article 8)", ["anywhere in the world", "organisers", "backups"]),
            ("zh-Hant", "個人資料保護法第八條", ["世界", "揪松團", "備份"]),
        ):
            page: Any = lxml.html.fromstring((await client.get(f"/privacy?lang={language}")).content.decode())
            said = {part.get("id"): _below(part) for part in page.xpath("//main//h2")}
            with within(ours.community), speaking(language):
                names = {table_name(table) for table in tables}
            rights = page.xpath("//h2[@id='rights']/following-sibling::ul[1]/li")
            ways = [href for right in rights for href in right.xpath(".//a/@href")]
            answers = [(await visit.client.get(way)).status_code for way in ways]
            with promised():
                assert law in page.text_content()
                assert KEEPER[language] in said["who"]
                assert [name for name in names if name not in said["what"]] == []
                assert len(page.xpath("//h3")) == len(page.xpath("//h3/following-sibling::p[1]")) == len(Purpose)
                assert [days for days in map(str, times.values()) if days not in said["what"] + said["rights"]] == []
                assert [place for place in places if place not in said["where"]] == []
                assert (len(rights), len(ways), set(answers)) == (5, 4, {200})
                assert len(said["choice"]) > 20
        assert 'href="/privacy"' in (await client.get("/")).text
    return f"{len(tables)} kinds of record, {len(Purpose)} purposes, {len(rights)} rights, 2 languages"


def _below(heading: Any) -> str:
    """What stands between a heading and the next of its rank."""
    told = []
    for part in heading.itersiblings():
        if part.tag == "h2":
            break
        told.append(part.text_content())
    return " ".join(told)


_one_of = Checks.one_of


@on_one_database
@promise(
    32, "Nobody is taken to agree to pictures: everyone is asked, and a no stands on the badge and in the lists.",
    fault="the question may be left open",
    planted=replaced("registry.checks.Checks.one_of", lambda *told, **_more: _one_of(*told)),
)
async def test_a_no_to_pictures_counts(visit: Visit, database: Database) -> str:
    await an_open_event(database)
    form: Any = lxml.html.fromstring((await visit.client.get("/events/day/register")).text)
    chosen = form.xpath("//select[@name='photo_consent']/option[@selected]/@value")
    refused = await register(visit, photo_consent="")
    with promised():
        assert (chosen, refused.status_code) == ([], 400)
    for name, answer in (("Nay", "no"), ("Yea", "yes")):
        assert (await register(visit, badge_name=name, photo_consent=answer)).status_code == 303
    assert [one.photo_consent for one in await registrations(database)] == [False, True]
    await visit.play("organiser")
    shown: dict[str, list[bool]] = {}
    for place in ("badges", "registrations"):
        html: Any = lxml.html.fromstring((await visit.client.get(f"/events/day/{place}")).text)
        rows = html.xpath("//main//li[contains(., 'Nay') or contains(., 'Yea')]")
        shown[place] = sorted("No pictures" in one.text_content() for one in rows)
    sheet = csv.DictReader(io.StringIO((await visit.client.get("/events/day/registrations.csv")).text.lstrip("\ufeff")))
    with promised():
        assert shown == {"badges": [False, True], "registrations": [False, True]}
        assert {row["Name on the badge"]: row["Pictures"] for row in sheet} == {"Nay": "No", "Yea": "Yes"}
    return "an open question is refused; a no on badge, list and sheet"


@on_one_database
@promise(
    33, "What is kept for a time is gone after it: a job takes it away when the settings say.",
    fault="the job that forgets guests is not planned",
    planted=replaced("registry.jobs.schedule.SCHEDULE", [one for one in SCHEDULE if one[0].name != "forget guests"]),
)
async def test_what_is_kept_for_a_time_goes(settings: Settings, database: Database) -> str:
    times = await a_dated_record(database, settings)
    for after in sorted({near for days in times.values() for near in (days - 1, days + 1)}):
        at = NOW + timedelta(days=after)
        for job in jobs_of(Connections(), settings):
            await job.work(Workplace(settings, database, lambda at=at: at), at)  # type: ignore[misc]
        left = await columns_holding(database, ["zqword"])
        with promised():
            assert (after, {column for column, days in times.items() if after > days} & left) == (after, set())
            assert (after, {column for column, days in times.items() if after < days} - left) == (after, set())
    return f"{len(times)} kinds of record, each there a day before and gone a day after"


@postgresql_in_trust
@promise(
    34, "Everyone reads and takes along all that is kept about them, and nothing of others and no secret.",
    fault="a kind of record is left out",
    planted=replaced("registry.privacy.queries.KEPT", [one for one in KEPT if one.table != "registrations"]),
)
async def test_all_that_is_kept_about_one_is_given(visit: Visit, database: Database) -> str:
    await visit.play("owner")
    async with database.writing() as session:
        owner = (await session.scalars(select(Person).where(Person.slug == "example-proposer"))).one()
        stranger = await a_person(session, display_name="Stranger Canary")
        event = await an_event(session)
        session.add_all([
            Registration(event_id=event.id, person_id=owner.id, badge_name="My badge", code="zqsecret"),
            Registration(event_id=event.id, person_id=stranger.id, badge_name="Stranger badge",
                         checked_in_by_id=owner.id, checked_in_at=NOW),
        ])
    page = await visit.client.get("/account/data")
    in_chinese = (await visit.client.get("/account/data?lang=zh-Hant")).text
    answer = await visit.client.get("/account/data/all.json")
    content: dict[str, list[dict[str, Any]]] = msgspec.json.decode(answer.content)
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["cache-control"] == "private, no-store"
    with promised():
        assert (page.status_code, "My badge" in page.text) == (200, True)
        assert re.findall(r"<dt>([a-z_]+)</dt>", page.text) == []  # every field has words
        assert "<dt>名牌上的名字</dt><dd>My badge</dd>" in in_chinese
        assert set(content) == {kept.table for kept in KEPT if kept.tie is not Tie.PATH}
        assert content["people"][0]["slug"] == "example-proposer"
        assert {len(row) for row in content["registrations"]} == {2, len(Registration.__table__.c) - 2}
        for told in (page.text, answer.text):
            assert [word for word in ("Stranger", "zqsecret", "token_hash") if word in told] == []
    return f"{len(content)} kinds of record, in both languages and as a file"


@promise(
    35, "After an erasure nothing of the person is left in any column, and what they did stays.",
    fault="messages that wait to leave are not looked through",
    planted=replaced("registry.privacy.commands.MENTIONS", [one for one in MENTIONS if one[0] != "outbox"]),
)
async def test_nothing_is_left_of_who_was_erased(database: Database, settings: Settings) -> str:
    async with database.writing() as session:
        person_id = (await everything_about_someone(session)).id
    before = await columns_holding(database, CANARIES)
    assert len(before) > 18
    async with database.writing() as session:
        assert await erase_due(session, now=NOW + timedelta(days=6)) == 0
    await erase_and_forget(Workplace(settings, database, lambda: NOW), NOW + timedelta(days=7))
    with promised():
        assert await columns_holding(database, CANARIES) == set()
    async with database.reading() as reader:
        person = (await reader.execute(select(Person.__table__).where(Person.id == person_id))).one()
        acts = (await reader.execute(
            select(AuditEntry.action, AuditEntry.actor).where(AuditEntry.subject == Subject.PROJECT)
        )).all()
        counts = [
            await reader.scalar(select(func.count()).select_from(table))
            for table in (Credit, Contribution, Registration, Membership, Proposal, ErasureRequest)
        ]
        left_on = await reader.scalar(select(Membership.left_on))
        state = await reader.scalar(select(Registration.state))
    with promised():
        assert (person.origin, person.display_name, person.is_public) == (PersonOrigin.ERASED, "", False)
        assert person.slug.startswith("erased-")
        assert acts == [("owner added", "person:other"), ("project edited", f"person:{person.slug}")]
        assert counts == [2, 1, 1, 1, 2, 0]
        assert (left_on, state) == ((NOW + timedelta(days=7)).date(), "cancelled")
    return f"{len(before)} columns held something, 0 do"
