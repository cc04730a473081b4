"""A program that receives webhooks, on a real socket, and the worker's day, a turn at a time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from registry.activity.commands import note_change
from registry.activity.delivery import deliver_kind
from registry.activity.rules import Subject
from registry.announcements.noticing import notice_news
from registry.announcements.rules import FactKind
from registry.database.engine import Database
from registry.outside import Outside, OutsideAnswer
from registry.ports import Workplace
from registry.receivers.models import Receiver
from registry.receivers.rules import OffReason
from registry.receivers.sending import Courier, secret_of
from registry.receivers.telling import RECEIVER
from registry.receivers.verifying import is_genuine
from registry.settings import Settings
from tests.announcements.chats import Clock
from tests.fakes.http import Asked, FakeServer, Reply

PATIENCE = 1.0


class FakeReceiver(FakeServer):
    """Takes what is sent to ``/keng``, and checks that it is from us as its documentation says."""

    def __init__(self) -> None:
        super().__init__()
        self.secret = ""
        self.taken: list[dict[str, Any]] = []
        self.route("POST", "/keng", self._take)

    def _take(self, asked: Asked) -> Reply:
        if not is_genuine(self.secret, asked.headers["keng-signature"], asked.body):
            return Reply(status=403)
        message = msgspec.json.decode(asked.body)
        assert (asked.headers["keng-delivery"], asked.headers["keng-kind"]) == (message["id"], message["kind"])
        self.taken.append(message)
        return Reply(status=204)


class Impatient(Outside):
    """Goes to this machine, whatever the name, and waits less long."""

    def __init__(self) -> None:
        super().__init__(resolve=_here, may_be_asked=lambda _address: True)

    async def send(self, *asked: Any, **more: Any) -> OutsideAnswer:
        return await super().send(*asked, **more, seconds=PATIENCE)


class PostOffice:
    """A database with receivers, and a clock; ``fake`` is the program that all of them lead to."""

    def __init__(self, settings: Settings, database: Database, fake: FakeReceiver) -> None:
        self.settings, self.database, self.fake, self.clock = settings, database, fake, Clock()
        self.clock.now = datetime.now(UTC)
        self.workplace = Workplace(settings, database, self.clock)
        self.courier = Courier(settings, clock=lambda: datetime.now(UTC), outside=Impatient())

    async def open(self, *kinds: FactKind, project_id: int | None = None, off: OffReason | None = None) -> Receiver:
        """A receiver that hears of these kinds; the job has had its first turn."""
        async with self.database.writing() as session:
            now = self.clock.now
            receiver = Receiver(
                project_id=project_id, address=f"{self.fake.url}/keng", kinds=[kind.value for kind in kinds],
                key="half", created_at=now, updated_at=now, off_reason=off, off_at=now if off else None,
            )
            session.add(receiver)
        self.fake.secret = secret_of(self.settings, "half")
        await notice_news(self.workplace, self.clock.now)
        return receiver

    async def happens(self, subject: Subject, subject_id: int, action: str, **changes: object) -> None:
        """Something is written to the audit log, and noticed."""
        async with self.database.writing() as session:
            note_change(
                session, now=self.clock.now, actor="person:x", action=action, subject=subject, subject_id=subject_id,
                changes=changes,
            )
        self.clock.now += timedelta(seconds=20)  # PostgreSQL's rows settle
        await notice_news(self.workplace, self.clock.now)

    async def later(self, **passed: float) -> list[str]:
        """Time passes, and what is due is delivered; the kinds that have arrived so far."""
        self.clock.now += timedelta(**(passed or {"minutes": 3}))
        await deliver_kind(self.workplace, RECEIVER, self.courier)
        return [message["kind"] for message in self.fake.taken]


async def _here(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]
