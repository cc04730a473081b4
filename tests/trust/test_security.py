"""What people can trust: that nobody makes a page, a form or an address of ours do what it should not."""

import io
from collections.abc import Awaitable, Callable
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import Any
from unittest.mock import patch

import lxml.html
import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from registry import app as application
from registry.accounts.rules import Permission, Role
from registry.activity.models import AuditEntry
from registry.channels.models import Channel
from registry.database.engine import Database
from registry.hooks.models import HookDelivery
from registry.inbox.models import Notice
from registry.outside import Outside
from registry.people.models import Person
from registry.projects.team_pages import project_team
from registry.settings import Mode, Settings
from registry.web.permissions import needs
from tests.accounts.test_permissions import MATRIX, WHOLE, declared, matrix
from tests.accounts.test_rules import HOSTILE
from tests.conftest import in_trust, on_one_database, postgresql_in_trust
from tests.factories import a_person
from tests.integrations.github.test_webhooks import a_known_repository
from tests.trust import canaries, floods, forgeries, others, sheets, sign_ins
from tests.trust.addresses import NO_ANSWER, NOT_ASKED, TARGETS, Canary, ask_all
from tests.trust.failures import three_requests
from tests.trust.headers import headers_of_all
from tests.trust.hostile import Screen, hostile_documents
from tests.trust.pathological import seconds_of, seconds_of_search, showing, texts
from tests.trust.promises import Broken, promise, promised, replaced
from tests.trust.roles import PARTS, everyone_asks, signed_in, six_people
from tests.trust.sign_ins import ATTACKS
from tests.trust.sites import changes_of, hash_of, left_open, pages_of, refused_by_every_change, site_of
from tests.trust.surfaces import BATCH, UNSAFE, show_all
from tests.visits import Visit, another_visit
from tests.web.test_request_log import CANARIES
from tests.web.test_request_log import lines as log_lines  # noqa: F401 — a fixture
from tests.web.test_request_log import site as broken_site  # noqa: F401 — a fixture

DOCUMENTS, FORGERIES, TIMES = 10_000, 1_000, 100


@pytest.mark.trust
@pytest.mark.browser
@on_one_database
@promise(
    1, "No script in what people write runs, and nothing dangerous of it is left on a page.",
    fault="HTML is shown as it was written", planted=UNSAFE["HTML is shown as it was written"],
)
async def test_no_script_of_a_person_runs(screen: Screen, client: AsyncTestClient[Any], database: Database) -> str:
    unsafe = await screen.show("".join(hostile_documents(DOCUMENTS)[:BATCH]))
    assert unsafe.scripts > BATCH / 10
    pages = await show_all(screen, client, database, DOCUMENTS)
    return (
        f"{DOCUMENTS:,} documents on {pages:,} pages: 0 scripts, 0 dangers; the first {BATCH} as they are: "
        f"{unsafe.scripts} scripts, {len(unsafe.dangers)} dangers"
    )


@pytest.mark.trust
@pytest.mark.browser
@on_one_database
@pytest.mark.parametrize("fault", UNSAFE)
async def test_what_makes_texts_safe_is_needed_everywhere(
    screen: Screen, client: AsyncTestClient[Any], database: Database, fault: str
) -> None:
    with UNSAFE[fault](), pytest.raises(Broken):
        await show_all(screen, client, database, BATCH)


@pytest.mark.trust
@on_one_database
@promise(
    2, "No answer lets a browser run a strange script, guess a type or show a page in a stranger's frame.",
    fault="one page has a policy of its own",
    planted=replaced("registry.accounts.sign_in_pages.policy_with_form_targets", lambda _targets: "default-src 'self'"),
)
async def test_every_answer_says_what_a_browser_must_refuse(settings: Settings, database: Database) -> str:
    await canaries.fill(database)
    async with database.writing() as session:
        cookies = await signed_in(session, await a_person(session), Role.ADMINISTRATOR)
    asked = [one for mode in (Mode.DEMO, Mode.PRODUCTION) for one in await headers_of_all(settings, mode, cookies)]
    with promised():
        assert [one for one in asked if one.amiss] == []
    return f"{len(asked) // 2} addresses in demo and in production, all do; the card of a project alone opens to frames"


@pytest.mark.trust
@on_one_database
@promise(
    3, "Every route lets in, of six roles, those whom one table names, at their own records and at others'.",
    fault="a route forgets what it needs",
    planted=lambda: patch.dict(project_team.opt, needs(Permission.MANAGE_OWN_ACCOUNT)),
)
async def test_every_route_lets_in_whom_the_table_names(settings: Settings, database: Database) -> str:
    async with database.writing() as session:
        people = await six_people(session)
    async with site_of(forgeries.listening(settings)) as visit:
        asked = [one async for one in everyone_asks(visit, people)]
    with promised():
        assert [one for one in asked if not one.is_right] == []
    return f"{len(declared())} routes and methods, {len(PARTS)} roles, {len(asked):,} answers, all as the table says"


@pytest.mark.trust
@on_one_database
@promise(
    3, "Nobody changes what is another's by naming it in an address or a form.",
    fault="a session is ended by its number alone",
    planted=replaced("registry.accounts.pages.end_session", others.end_any_session),
)
async def test_nobody_changes_what_is_another_s(settings: Settings, database: Database) -> str:
    async with others.site_of_two(settings, database) as (attacker, owner, forms, hers):
        for form in forms:
            for action in {form.action, form.action.replace(f"/{others.THEIRS}", f"/{others.MINE}")}:
                await others.send(attacker, form, action)
        after = others.rows(database)
        with promised():
            assert {key: after.get(key) for key in hers if after.get(key) != hers[key]} == {}
        changing = 0
        for form in forms:
            before = others.rows(database)
            await others.send(owner, form, form.action)
            changing += others.rows(database) != before
    assert changing > len(forms) / 3
    return f"{len(forms)} forms of an owner, 0 change it for another; {changing} do for the owner"


@promise(
    3, "No route is without its row in that table.", fault="a route is added that nobody declared", planted=left_open,
)
async def test_the_table_of_routes_is_what_was_agreed() -> str:
    with promised():
        assert matrix(application.create_app(WHOLE)) == MATRIX.read_text("utf-8")
    return f"{len(declared())} routes and methods"


@pytest.mark.trust
@on_one_database
@promise(
    4, "Looking changes nothing: no GET leaves the database another one.",
    fault="a route writes when it is looked at", planted=left_open,
)
async def test_no_get_changes_anything(settings: Settings, database: Database) -> str:
    await canaries.fill(database)
    async with site_of(settings) as visit:
        await visit.play("administrator")
        before, pages = hash_of(database), pages_of(visit)
        found = [(await visit.client.get(page)).status_code for page in pages].count(200)
        assert found > len(pages) / 3
        with promised():
            assert hash_of(database) == before
    return f"{len(pages)} addresses, of which {found} answered 200"


@on_one_database
@promise(
    4, "Every change refuses a form that this browser was not given.",
    fault="any token fits", planted=replaced("registry.web.forms.FormToken.fits", lambda _self, _token: True),
)
async def test_no_form_without_its_token_is_taken(visit: Visit) -> str:
    await visit.play("administrator")
    return await refused_by_every_change(visit, {"x-form-token": "0" * 64}, "This form is too old")


@on_one_database
@promise(
    4, "Every change refuses what another site sends.",
    fault="nobody looks where a form comes from",
    planted=replaced("registry.web.forms._is_from_here", lambda _connection: True),
)
async def test_no_form_of_another_site_is_taken(visit: Visit) -> str:
    await visit.play("administrator")
    return await refused_by_every_change(visit, {"origin": "https://evil.example"}, "This was sent from another site")


@postgresql_in_trust
@promise(
    5, "Twelve attacks on signing in are refused.",
    fault="a sign-in that one browser began may end in another", planted=sign_ins.undone("another browser's state"),
)
async def test_no_attack_on_signing_in_works(scenes: Callable[[], Awaitable[sign_ins.Scene]]) -> str:
    for attack in ATTACKS:
        scene = await scenes()
        with promised():
            assert not await attack.works(scene), attack.name
    return f"{len(ATTACKS)} attacks, 0 work"


@pytest.mark.trust
@on_one_database
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
async def test_an_attack_works_once_the_line_is_undone_that_stops_it(
    scenes: Callable[[], Awaitable[sign_ins.Scene]], attack: sign_ins.Attack
) -> None:
    with attack.undone():
        assert await attack.works(await scenes())


@on_one_database
@pytest.mark.parametrize("path", forgeries.BODIES)
@promise(
    6, "No call is believed that only looks like GitHub's or Slack's.",
    fault="any signature fits", planted=replaced("hmac.compare_digest", lambda _given, _right: True),
)
async def test_no_forged_call_is_believed(settings: Settings, database: Database, path: str) -> str:
    door = forgeries.doors(settings)[path]
    assert (await door.answer(forgeries.right_call(path), database)).status != 401
    with promised():
        for forged in forgeries.forgeries(path, FORGERIES):
            assert (await door.answer(forged, database)).status == 401, forged
    return f"{FORGERIES:,} forgeries at each of {len(forgeries.BODIES)} doors, 0 believed"


@on_one_database
@promise(
    6, "What Slack signed more than five minutes ago is not believed.",
    fault="nobody looks when it was signed",
    planted=replaced("integrations.slack.doors._Moment.now", lambda _self: float("nan")),
)
async def test_no_old_call_is_believed(settings: Settings, database: Database) -> str:
    path, ages = "/hooks/slack/events", (0, 299, 300, 301, -301)
    calls = [forgeries.right_call(path, at=forgeries.AT - age) for age in ages]
    with promised():
        assert [(await forgeries.doors(settings)[path].answer(call, database)).status for call in calls] == [
            200, 200, 200, 401, 401
        ]
    return "299 s: believed; 301 s: refused"


@postgresql_in_trust
@promise(
    6, "What GitHub or Slack tells a hundred times at once happens once.",
    fault="each time it is told counts as another one",
    planted=replaced("integrations.github.webhooks._delivery_id", lambda _call: token_hex()),
)
async def test_what_is_told_many_times_happens_once(settings: Settings, database: Database) -> str:
    await a_known_repository(database)
    answers = await forgeries.told_at_two_servers(settings, database, times=TIMES)
    effects = await forgeries.effects(settings, database, [HookDelivery, AuditEntry, Notice, Channel])
    with promised():
        assert effects == [4, 1, 1, 1]
        assert [answers["/hooks/github"], answers["/hooks/slack/events"]] == [{202: TIMES}, {200: TIMES}]
    return f"{TIMES} times each, at 2 servers: 1 repository renamed, 1 channel"


@postgresql_in_trust
@promise(
    6, "What somebody recorded of Slack's calls and sends again, to whichever server, is refused.",
    fault="each server remembers what it heard itself",
    planted=replaced("integrations.slack.doors.Letterbox.keep", forgeries.remembered_here),
)
async def test_what_was_recorded_is_not_heard_again(settings: Settings, database: Database) -> str:
    answers = await forgeries.told_at_two_servers(settings, database, times=TIMES)
    heard = [answers[path] for path in ("/hooks/slack/commands", "/hooks/slack/interactivity")]
    with promised():
        assert heard == [{200: 1, 409: TIMES - 1}] * 2
    return f"{TIMES} times each at 2 servers: 1 command and 1 dialogue heard"


@promise(
    7, "An address that somebody gave never leads into this machine or its network.",
    fault="loopback counts as public",
    planted=lambda: patch.dict(Outside.__init__.__kwdefaults__, may_be_asked=lambda one: one.startswith("127.")),
)
async def test_nothing_private_is_asked() -> str:
    with Canary() as canary:
        outcomes = await ask_all(TARGETS, port=canary.url.rpartition(":")[2])
    with promised():
        assert (canary.hits, set(outcomes) - {NOT_ASKED, NO_ANSWER}) == (0, set())
    assert outcomes.count(NOT_ASKED) >= 60
    return f"{len(TARGETS)} targets, {canary.hits} visits"


@on_one_database
@promise(
    8, "No address to come back to after signing in leads off the site.",
    fault="the address is kept as it was given",
    planted=replaced("registry.accounts.sign_in_pages.safe_return_path", lambda wish: wish or "/"),
)
async def test_no_return_address_leads_away(visit: Visit) -> str:
    for wish in HOSTILE:
        page = await visit.client.get("/sign-in", params={"return": wish})
        assert page.status_code in {200, 400}, wish
        fields: list[Any] = lxml.html.fromstring(page.text).xpath("//input[@name='return']")
        with promised():
            assert {field.get("value") for field in fields} <= {"/"}, wish
    return f"{len(HOSTILE)} addresses, none does"


@on_one_database
@pytest.mark.parametrize("count", [25, in_trust(500)])
@promise(
    9, "Of a flood of pitches a few get through, others notice nothing, and an organiser hides them in one action.",
    fault="nobody counts what an account makes",
    planted=replaced("registry.moderation.limits.wait_for_next", lambda *_done, **_at: None),
)
async def test_a_flood_is_held_and_goes_in_one_action_with_undo(visit: Visit, count: int) -> str:
    flooder, other = await visit.play("proposer"), await another_visit(visit.client).play("owner")
    answers, statuses = await floods.of_pitches(flooder, other, count)
    begun = [one.headers["location"].partition("?")[0] for one in answers if one.status_code == 303]
    held = [one for one in answers if one.status_code == 429]
    with promised():
        assert (len(begun), len(held), statuses) == (10, count - 10, {200})
        assert min(int(one.headers["retry-after"]) for one in held) > 0
        assert (await other.fill("/pitch", "/pitch", title="Map", sentence="We dig.")).status_code == 303
    pages = await floods.submitted(flooder, begun)
    reader, organiser = another_visit(visit.client), await another_visit(visit.client).play("organiser")
    page = "/moderate/people/example-newcomer"
    with promised():
        assert await floods.seen(reader, pages) == {200}
        assert (await organiser.fill(page, f"{page}/hide", reason="Spam")).status_code == 303
        assert await floods.seen(reader, pages) == {404}
        assert (await organiser.submit(page, f"{page}/show/1")).status_code == 303
        assert await floods.seen(reader, pages) == {200}
    return f"{count} pitches at once: {len(held)} refused with Retry-After, {len(begun)} hidden and shown again"


@pytest.mark.trust
@on_one_database
@pytest.mark.parametrize("reader", ["a visitor", "an account"])
@promise(
    10, "No page, format, feed, export or error tells others an e-mail address, or a key to anything.",
    fault="a page tells one", planted=left_open,
)
async def test_no_answer_tells_a_canary(settings: Settings, database: Database, tmp_path: Path, reader: str) -> str:
    await canaries.fill(database)
    async with site_of(canaries.with_secrets(settings)) as visit:
        if reader == "an account":
            await visit.play("proposer")
        pages = pages_of(visit)
        answers = {page: await visit.client.get(page) for page in pages}
        refused = {f"POST {one}": await visit.client.post(one, data={"form_token": "0"}) for one in changes_of(visit)}
    found = [answer.status_code for answer in answers.values()].count(200)
    assert found > len(pages) / 4
    told = {name: answer.content for name, answer in (answers | refused).items()}
    told |= await canaries.exported(database, tmp_path)
    with promised():
        assert [name for name, content in told.items() if canaries.CANARY.encode() in content] == []
    return f"{len(pages)} addresses ({found} answered 200), {len(refused)} refusals and the exports; none tells one"


@on_one_database
@promise(
    10, "No line of the log and no page of an error tells an address, a token, a cookie or what somebody looks for.",
    fault="an error is told with its message", planted=replaced("registry.logs.places_of", lambda error: [repr(error)]),
)
async def test_no_line_tells_of_anybody(broken_site: AsyncTestClient[Any], log_lines: io.StringIO) -> str:  # noqa: F811
    told = await three_requests(broken_site, log_lines)
    with promised():
        assert [canary for canary in CANARIES if canary in log_lines.getvalue()] == []
        assert [canary for canary in CANARIES[:2] if canary in told.page] == []
    assert told.helps()
    return f"{told.lines} lines of three requests that hold {len(CANARIES)} of them: none"


@pytest.mark.parametrize(
    ("database_url", "number"), [in_trust("sqlite", 1_000), in_trust("postgresql", 200)],
    indirect=["database_url"],
)
@promise(
    11, "No text of 100 KB, however it is made, keeps a processor busy for 200 ms, shown or searched.",
    fault="Markdown takes as many steps as it likes", planted=replaced("registry.web.markdown.MOST_STEPS", 10**9),
)
async def test_no_text_takes_long(database: Database, number: int) -> str:
    longest: dict[str, float] = {}
    for place, text in enumerate(islice(texts(seed=11), number)):
        spent = {name: seconds_of(work) for name, work in showing(text).items()}
        spent |= await seconds_of_search(database, text)
        longest = {name: max(seconds, longest.get(name, 0)) for name, seconds in spent.items()}
        with promised():
            assert [name for name, seconds in spent.items() if seconds >= 0.2] == [], (place, text[:80])
    told = ", ".join(f"{name} {1_000 * seconds:.0f} ms" for name, seconds in longest.items())
    return f"{number} texts; at most: {told}"


@on_one_database
@promise(
    12, "No cell of a table that the registry writes is run as a formula by a spreadsheet.",
    fault="what begins a formula is not known", planted=replaced("registry.exchange.own_formats._FORMULA", ("'",)),
)
async def test_no_cell_is_a_formula(visit: Visit, database: Database, tmp_path: Path) -> str:
    await visit.play("administrator")
    async with database.reading() as reader:
        uploader = (await reader.scalars(select(Person.id))).one()
    await sheets.fill(database, uploader_id=uploader)
    lines = list(await sheets.lines(visit, database, tmp_path))
    cells = [cell for _name, line in lines for cell in line]
    assert sum("HYPERLINK" in cell for cell in cells) > 300
    with promised():
        assert {name for name, line in lines if any(map(sheets.runs, line))} == set()
    return f"{len({name for name, _line in lines})} tables with {len(cells):,} cells, none"
