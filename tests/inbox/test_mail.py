"""E-mail: an address is confirmed before it is used, letters leave in their reader's language, and stop at a click."""

import re
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from litestar.testing import AsyncTestClient
from sqlalchemy import select, text

from registry.activity.delivery import deliver_kind
from registry.activity.models import AuditEntry, OutboxMessage
from registry.database.engine import Database
from registry.inbox import smtp
from registry.inbox.commands import tell
from registry.inbox.mailing import CONFIRMATION_TIME, MAIL, confirm_email, write_letters
from registry.inbox.models import Delivery
from registry.inbox.rules import MailPace, NoticeKind
from registry.inbox.smtp import Mailer
from registry.people.models import Person
from registry.ports import Workplace
from registry.settings import Settings
from tests.activity.test_delivery import Clock
from tests.conftest import application, postgresql_in_trust
from tests.visits import BASE, Visit, visit_to

ADDRESS = "canary-7f3a@example.org"


class Postbox:
    """An SMTP server's mind: keeps letters, or answers as it is told to."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Be as before the first letter."""
        self.letters: list[EmailMessage] = []
        self.rcpt = self.data = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.rcpt:
            return f"{self.rcpt} no such user {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data:
            return f"{self.data} not now"
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert envelope.rcpt_tos == [letter["To"]]
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture(scope="module")
def mail_server() -> Iterator[Controller]:
    """A mail server on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(Postbox(), hostname="127.0.0.1", port=port)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postbox(mail_server: Controller) -> Postbox:
    """The mail server's mind, before the first letter."""
    postbox: Postbox = mail_server.handler
    postbox.forget()
    return postbox


@pytest.fixture
def settings(database_url: str, postbox: Postbox, mail_server: Controller) -> Settings:
    return Settings(
        database_url=database_url, page_cache=False, smtp_host="127.0.0.1", smtp_port=mail_server.port,
        smtp_starttls=False, smtp_from="Keng <keng@example.org>", base_url=BASE,
    )


@pytest.fixture
async def visit(settings: Settings) -> AsyncIterator[Visit]:
    async with AsyncTestClient(application(settings), base_url=BASE) as client:
        yield await visit_to(client).play("owner")


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = datetime.now(UTC)
    return clock


@pytest.fixture
def workplace(settings: Settings, database: Database, clock: Clock) -> Workplace:
    return Workplace(settings, database, clock)


async def post(workplace: Workplace) -> None:
    """Write the letters that are due and send them."""
    await write_letters(workplace, workplace.clock())
    await deliver_kind(workplace, MAIL, Mailer(workplace.settings))


async def tell_owner(database: Database, clock: Clock, number: int = 1) -> None:
    async with database.writing() as session:
        person_id = (await session.scalars(select(Person.id).where(Person.slug == "example-proposer"))).one()
        tell(session, [person_id], kind=NoticeKind.FOLLOWED_UPDATE, path="/projects/moedict", now=clock.now,
             project={"en": f"Moedict {number}", "zh-Hant": f"萌典{number}"})


async def with_address(database: Database, **fields: Any) -> None:
    """Give the owner a confirmed address."""
    async with database.writing() as session:
        person_id = (await session.scalars(select(Person.id).where(Person.slug == "example-proposer"))).one()
        session.add(Delivery(**{
            "person_id": person_id, "email": ADDRESS, "pace": MailPace.AT_ONCE, "mail_key": "k3y",
            "mailed_notice_id": 0, **fields,
        }))


async def last_message(database: Database) -> OutboxMessage:
    async with database.writing() as session:
        return (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1))).one()


async def test_an_address_is_used_when_it_is_confirmed_and_stays_secret(
    visit: Visit, workplace: Workplace, database: Database, clock: Clock, postbox: Postbox
) -> None:
    answer = await visit.fill("/account/notices", "/account/notices/email", email="nobody")
    assert (answer.status_code, "This is no e-mail address." in answer.text) == (400, True)
    assert (await visit.fill("/account/notices", "/account/notices/email", email=ADDRESS)).status_code == 303
    again = await visit.fill("/account/notices", "/account/notices/email", email="other@example.org")
    assert "A letter was sent a moment ago." in again.text
    await tell_owner(database, clock)
    clock.now = datetime.now(UTC)  # after the request, however long it took
    await post(workplace)
    letter, = postbox.letters
    assert (letter["To"], letter["Subject"]) == (ADDRESS, "Confirm your address for g0v")
    link = re.search(rf"{BASE}(/mail/confirm\?token=\S+)", letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link
    token = link[1].partition("=")[2]
    for table in ("outbox", "notice_deliveries", "audit"):
        async with database.reading() as reader:
            rows = str((await reader.execute(text(f"SELECT * FROM {table}"))).all())  # noqa: S608
        assert (token in rows, ADDRESS in rows) == (False, table == "notice_deliveries")

    assert (await visit.client.get(link[1])).status_code == 200  # looking changes nothing
    async with database.reading() as reader:
        assert (await reader.execute(select(Delivery.email, Delivery.pace))).one() == (None, MailPace.NEVER)
    assert (await visit.fill(link[1], "/mail/confirm")).status_code == 303
    assert (await visit.fill(link[1], "/mail/confirm")).status_code == 400  # once
    async with database.reading() as reader:
        assert (await reader.execute(select(Delivery.email, Delivery.pace))).one() == (ADDRESS, MailPace.DAILY)
        assert list(await reader.scalars(select(AuditEntry.id).where(AuditEntry.action.like("%mail%")))) == []
    for page in ("/people/example-proposer", "/api/v1/people/example-proposer", "/people"):
        assert ADDRESS not in (await visit.client.get(page)).text
    await visit.submit("/account/notices", "/account/notices/email/forget")
    async with database.reading() as reader:
        assert ADDRESS not in str((await reader.execute(text("SELECT * FROM notice_deliveries"))).all())


async def test_a_link_of_yesterday_confirms_nothing(
    visit: Visit, workplace: Workplace, database: Database, clock: Clock, postbox: Postbox
) -> None:
    await visit.fill("/account/notices", "/account/notices/email", email=ADDRESS)
    clock.now = datetime.now(UTC)  # after the request, however long it took
    await post(workplace)
    token = str(postbox.letters[0].get_body(("plain",)).get_content()).split("token=")[1].split()[0]  # type: ignore[union-attr]
    async with database.writing() as session:
        with pytest.raises(Exception, match="too old"):
            await confirm_email(session, token=token, now=clock.now + CONFIRMATION_TIME)
    async with database.writing() as session:
        await confirm_email(session, token=token, now=clock.now + CONFIRMATION_TIME - timedelta(minutes=1))


async def test_a_letter_speaks_its_readers_language_and_stops_at_one_click(
    visit: Visit, workplace: Workplace, database: Database, clock: Clock, postbox: Postbox
) -> None:
    await with_address(database)
    await visit.fill("/account/notices", "/account/notices/pace", pace="at_once", language="zh-Hant")
    await tell_owner(database, clock, 1)
    await tell_owner(database, clock, 2)
    await post(workplace)
    await post(workplace)
    letter, = postbox.letters
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert (letter["Subject"], letter["Content-Language"]) == ("g0v有 2 則新通知", "zh-Hant")
    assert plain.startswith(f"萌典1有新消息。\n{BASE}/projects/moedict\n\n萌典2有新消息。")
    assert f'<p><a href="{BASE}/projects/moedict">萌典2有新消息。</a></p>' in html
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = str(letter["List-Unsubscribe"]).strip("<>").removeprefix(BASE)
    assert stop.startswith("/mail/stop/k3y.")

    reader_program = AsyncTestClient(visit.client.app)  # type: ignore[attr-defined]
    body = {"List-Unsubscribe": "One-Click"}
    assert (await visit.client.get(stop)).status_code == 200
    forged = await reader_program.post(f"{stop[:-3]}abc", data=body)
    async with database.reading() as reader:
        assert await reader.scalar(select(Delivery.pace)) == MailPace.AT_ONCE
    answer = await reader_program.post(stop, data=body, follow_redirects=False)
    assert (forged.status_code, answer.status_code) == (400, 303)
    await tell_owner(database, clock, 3)
    await post(workplace)
    assert len(postbox.letters) == 1


@postgresql_in_trust
async def test_a_digest_comes_once_a_day_with_what_is_still_unread(
    visit: Visit, workplace: Workplace, database: Database, clock: Clock, postbox: Postbox
) -> None:
    await with_address(database, pace=MailPace.DAILY, language="en")
    for hour in range(30):
        if hour % 10 == 0:
            await tell_owner(database, clock, hour)
        await post(workplace)
        clock.now += timedelta(hours=1)
    subjects = [letter["Subject"] for letter in postbox.letters]
    assert subjects == ["Moedict 0 tells what is new.", "2 things are new in g0v"]
    await tell_owner(database, clock, 99)
    await visit.submit("/inbox", "/inbox/read")
    clock.now += timedelta(days=2)
    await post(workplace)
    assert len(postbox.letters) == 2


@postgresql_in_trust
@pytest.mark.parametrize(("rcpt", "data", "error", "is_given_up"), [
    ("451", "", "SMTP 451", False), ("550", "", "SMTP 550", True), ("", "452", "SMTP 452", False),
    ("", "554", "SMTP 554", True),
])
async def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(  # noqa: PLR0917
    visit: Visit, workplace: Workplace, database: Database, clock: Clock, postbox: Postbox, rcpt: str, data: str,
    error: str, is_given_up: bool,
) -> None:
    await with_address(database)
    await tell_owner(database, clock)
    postbox.rcpt, postbox.data = rcpt, data
    await post(workplace)
    message = await last_message(database)
    assert (message.last_error, message.given_up_at is not None) == (error, is_given_up)
    postbox.rcpt = postbox.data = ""
    clock.now += timedelta(minutes=1)
    await post(workplace)
    assert len(postbox.letters) == (0 if is_given_up else 1)


@pytest.mark.parametrize("is_hanging", [False, True])
async def test_a_server_that_is_away_or_hangs_costs_no_letter(  # noqa: PLR0917
    visit: Visit, workplace: Workplace, database: Database, clock: Clock, postbox: Postbox, is_hanging: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    await with_address(database)
    await tell_owner(database, clock)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if is_hanging:
            silent.listen()
        away = workplace.settings.model_copy(update={"smtp_port": silent.getsockname()[1]})
        await write_letters(workplace, clock.now)
        await deliver_kind(workplace, MAIL, Mailer(away))
    message = await last_message(database)
    assert (message.last_error, message.may_be_out) == (
        ("SMTP: SMTPServerDisconnected", True) if is_hanging else ("SMTP: ConnectionRefusedError", False)
    )
    clock.now += timedelta(minutes=1)
    await post(workplace)
    assert len(postbox.letters) == 1


async def test_whoever_takes_their_address_back_before_the_letter_leaves_gets_none(
    visit: Visit, workplace: Workplace, database: Database, clock: Clock, postbox: Postbox
) -> None:
    await with_address(database)
    await tell_owner(database, clock)
    await write_letters(workplace, clock.now)
    await visit.submit("/account/notices", "/account/notices/email/forget")
    await post(workplace)
    assert postbox.letters == []


async def test_without_a_mail_server_nobody_is_asked_for_an_address(database_url: str) -> None:
    without = Settings(database_url=database_url, page_cache=False)
    async with AsyncTestClient(application(without), base_url=BASE) as client:
        page = (await (await visit_to(client).play("owner")).client.get("/account/notices")).text
    assert ("/account/notices/feed" in page, "/account/notices/email" in page) == (True, False)


def test_a_mail_server_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="KENG_SMTP_FROM"):
        Settings(smtp_host="localhost")
