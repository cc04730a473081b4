"""A record in which something is kept for each time that is promised."""

from datetime import timedelta

from registry.accounts.models import SignInAttempt, SignInSession
from registry.activity.models import FormAnswer, OutboxMessage
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.hooks.models import HookDelivery
from registry.moderation.models import Report
from registry.moderation.rules import ReportReason
from registry.people.rules import IdentityProvider
from registry.receivers.models import Dispatch, Receiver
from registry.receivers.rules import DispatchState
from registry.settings import Settings
from registry.uploads.models import Upload
from tests.factories import a_person, a_registration, an_event
from tests.moderation.acts import NOW


async def a_dated_record(database: Database, settings: Settings) -> dict[str, int]:
    """Rows of ``NOW`` that hold ``zqword``: in which columns, and after how many days it must be gone from there."""
    async with database.writing() as session:
        person = await a_person(session)
        event = await an_event(session, starts_on=NOW.date(), ends_at=NOW)
        await a_registration(session, event=event, mail_address="zqword@example.org")
        session.add_all([
            Report(subject=Subject.PROJECT, subject_id=1, reason=ReportReason.OTHER, text="zqword", reported_at=NOW,
                   decided_at=NOW),
            HookDelivery(source="slack", delivery_id="1", event="e", payload={"a": "zqword"}, received_at=NOW,
                         worked_at=NOW),
            SignInSession(token_hash="1", person_id=person.id, browser="zqword", started_at=NOW, last_seen_at=NOW),
            SignInSession(token_hash="zqword", person_id=person.id, browser="", started_at=NOW,
                          last_seen_at=NOW + timedelta(days=settings.session_days)),
            SignInAttempt(state_hash="1", provider=IdentityProvider.GITHUB, nonce="n", code_verifier="v",
                          return_path="/zqword", started_at=NOW + timedelta(days=1)),
            OutboxMessage(key="1", kind="chat", payload={"to": "zqword"}, created_at=NOW, due_at=NOW,
                          delivered_at=NOW),
            FormAnswer(key_hash="1", path="/zqword", sent_at=NOW),
            Upload(person_id=person.id, name="zqword", content=b"", source="", table_kind="", uploaded_at=NOW),
        ])
        receiver = Receiver(address="https://example.org/", kinds=[], key="k")
        session.add(receiver)
        await session.flush()
        session.add(Dispatch(receiver_id=receiver.id, name="n", fact_key="zqword", kind="pitched", noted_at=NOW,
                             state=DispatchState.ARRIVED))
    return {
        "registrations.mail_address": settings.guests_kept_days, "reports.text": settings.report_days,
        "hook_deliveries.payload": settings.hooks_kept_days, "dispatches.fact_key": settings.hooks_kept_days,
        "sessions.browser": settings.session_idle_days, "sessions.token_hash": settings.session_days,
        "outbox.payload": settings.delivered_kept_days, "uploads.name": settings.uploads_kept_days,
        "form_answers.path": settings.form_keys_kept_days, "sign_in_attempts.return_path": 1,
    }
