"""Addresses of people and keys to accounts, planted wherever the registry keeps some, and a look for them elsewhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from registry.accounts.models import SignInAttempt, SignInSession
from registry.activity.models import OutboxMessage
from registry.database.engine import Database
from registry.exchange.commands import export_record
from registry.exchange.formats import Format
from registry.hooks.models import HookDelivery
from registry.inbox.models import Delivery
from registry.people.models import Identity
from registry.people.rules import IdentityProvider
from registry.receivers.models import Receiver
from registry.settings import Settings
from registry.tokens.models import AccessToken
from registry.uploads.models import Upload
from tests.factories import (
    a_case,
    a_membership,
    a_need,
    a_person,
    a_project,
    a_proposal,
    a_registration,
    a_tag,
    an_event,
)

CANARY = "canary-4f1c"
MAIL = f"{CANARY}@example.org"
NOW = datetime.now(UTC)


def with_secrets(settings: Settings) -> Settings:
    """An installation each of whose secrets is a canary."""
    secrets = {
        name: SecretStr(f"{CANARY}-{name}-{'0' * 32}")
        for name, field in Settings.model_fields.items() if field.annotation is SecretStr
    }
    return settings.model_copy(update=secrets)


async def fill(database: Database) -> None:
    """A record that everyone may read, whose people have addresses, sessions and tokens."""
    async with database.writing() as session:
        event, project = await an_event(session, slug="none"), await a_project(session, slug="none")
        person = await a_person(session, slug="none", is_public=True)
        await a_membership(session, project=project, person=person)
        await a_proposal(session, event=event, project=project, slug="none")
        await a_case(session, project=project, slug="none")
        await a_tag(session, project, slug="none")
        await a_need(session, project=project)
        await a_registration(session, event=event, person=person, mail_address=MAIL, code=f"{CANARY}-code")
        owned: dict[str, Any] = {"person_id": person.id}
        session.add_all([
            Delivery(**owned, email=MAIL, unconfirmed_email=MAIL, confirmation_hash=f"{CANARY}-confirmation",
                     mail_key=f"{CANARY}-mail", feed_key=f"{CANARY}-feed"),
            Identity(**owned, provider=IdentityProvider.SLACK, subject=f"{CANARY}-U1", login=MAIL),
            SignInSession(**owned, token_hash=f"{CANARY}-session", browser=CANARY, started_at=NOW, last_seen_at=NOW),
            SignInAttempt(state_hash=f"{CANARY}-state", provider=IdentityProvider.GITHUB, nonce=f"{CANARY}-nonce",
                          code_verifier=f"{CANARY}-verifier", return_path="/", started_at=NOW),
            AccessToken(**owned, token_hash=f"{CANARY}-token", name=CANARY, shown=f"keng_{CANARY}"[:20], scopes="read",
                        created_at=NOW, expires_at=NOW + timedelta(days=9)),
            Receiver(project_id=project.id, made_by_id=person.id, address=f"https://example.org/{CANARY}",
                     kinds=["pitched"], key=f"{CANARY}-key"),
            OutboxMessage(key=CANARY, kind="mail", payload={"to": MAIL}, created_at=NOW, due_at=NOW),
            HookDelivery(source="slack", delivery_id=CANARY, event="x", payload={"email": MAIL}, received_at=NOW),
            Upload(**owned, name=CANARY, content=MAIL.encode(), source="", table_kind="", uploaded_at=NOW,
                   report={"unreadable": MAIL}),
        ])


async def exported(database: Database, folder: Path) -> dict[str, bytes]:
    """Each file of ``keng export`` in both formats, by its name."""
    await export_record(database, to=Format.JSON, folder=folder)
    await export_record(database, to=Format.CSV, folder=folder)
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    """What the files of a folder hold, by their names."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
