"""What must have happened for each form of a site to be there, beside what ``kinds`` does for each page."""

from datetime import UTC, date, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from registry.activity.models import OutboxMessage
from registry.cases.models import CaseWriter
from registry.cases.rules import CaseState
from registry.contributions.rules import SAID
from registry.database.engine import Database
from registry.events.models import Event
from registry.people.models import Contribution, Identity, Person
from registry.people.rules import IdentityProvider
from registry.programme.models import Slot, StageClock
from registry.programme.rules import SlotState, StageSession
from registry.projects.models import Project
from registry.registrations.rules import RegistrationState
from registry.settings import Settings
from registry.stages.models import DormancyQuestion
from tests import factories as make
from tests.floor.conftest import played
from tests.registrations.open_events import CONDUCT, MEALS
from tests.trust.kinds import Kind

DAY, PROJECT = "/events/today", "/projects/wells"


def that_offers_all(settings: Settings) -> Settings:
    """The same installation with mail, a chat and a place where its record is published."""
    return settings.model_copy(update={
        "smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_from": "keng@example.org",
        "github_publish_repository": "g0v/record", "github_publish_token": SecretStr("token"),
        "github_webhook_secret": SecretStr("secret"),
        "slack_bot_token": SecretStr("xoxb-1"), "slack_signing_secret": SecretStr("secret"), "slack_team_id": "T1",
        "slack_url": "http://127.0.0.1:9",
    })


async def prepare(database: Database) -> list[Kind]:
    """Add to the sample record what it lacks, once each part of the demo was played; where its forms stand."""
    async with database.writing() as session:
        owner, newcomer = [await played(session, f"example-{name}") for name in ("proposer", "newcomer")]
        event = await _a_day(session)
        project = await _a_project(session, event, owner, newcomer)
        await _cases(session, project, owner)
        _of_an_account(session, newcomer, project, event)
        _lost_messages(session)
    return [
        *(Kind("organiser", f"{DAY}/{page}") for page in (
            "mine", "board", "stage", "stage/caller", "stage/timer", "door", "registrations", "contributions",
            "announcements", "after", "run", "agenda", "venue",
        )),
        Kind("organiser", "/events/to-come"),
        Kind("owner", "/projects/quiet/stage"),
        *(Kind("owner", f"{DAY}/{page}") for page in ("mine", "tables/T-wells")),
        *(Kind("proposer", path) for path in (
            f"{DAY}/tables/T-wells", f"{DAY}/register", PROJECT, "/account/commits", "/start?q=地圖&need=designer",
        )),
        *(Kind(part, path) for part in ("owner", "organiser") for path in (
            PROJECT, f"{PROJECT}/edit/needs", f"{PROJECT}/channels", f"{PROJECT}/stage", f"{PROJECT}/offers",
            "/cases/in-review/draft",
        )),
        *(Kind(part, "/account/notices") for part in ("proposer", "owner")),
    ]


async def _a_day(session: AsyncSession) -> Event:
    """An event that runs at the moment, with one place, which is taken, and somebody who waits for it."""
    now = datetime.now(UTC)
    event = await make.an_event(
        session, slug="today", starts_on=now.date(), capacity=1, conduct=CONDUCT, meals=MEALS,
        registration_opens_at=now - timedelta(days=9), registration_closes_at=now + timedelta(hours=4),
    )
    event.starts_at, event.ends_at = now - timedelta(hours=1), now + timedelta(hours=5)
    await make.a_registration(session, event=event)
    await make.a_registration(session, event=event)
    await make.a_registration(session, event=event, state=RegistrationState.WAITING)
    for number in range(4):
        await make.a_work_table(session, event=event, label=f"T-{number}")
    for part in StageSession:
        turns = [
            Slot(event_id=event.id, session=part, position=turn, title={"en": "Turn"}, minutes=3, state=state)
            for turn, state in enumerate((SlotState.ON_STAGE, *[SlotState.WAITING] * 3))
        ]
        session.add_all(turns)
        await session.flush()
        session.add(StageClock(event_id=event.id, session=part, slot_id=turns[0].id, seconds_left=180, updated_at=now))
    await make.an_event(
        session, slug="to-come", starts_on=now.date() + timedelta(days=9), conduct=CONDUCT, meals=MEALS,
        registration_opens_at=now - timedelta(days=9), registration_closes_at=now + timedelta(days=8),
    )
    return event


async def _a_project(session: AsyncSession, event: Event, owner: Person, *others: Person) -> Project:
    project = await make.a_project(session, slug="wells")
    quiet = await make.a_project(session, slug="quiet", last_active_on=date(2020, 1, 1))
    await make.a_membership(session, project=quiet, person=owner)
    session.add(DormancyQuestion(project_id=quiet.id, asked_at=datetime.now(UTC)))
    for one in (owner, *others):
        await make.a_membership(session, project=project, person=one)
    await make.a_work_table(session, event=event, label="T-wells", project_id=project.id)
    for number in range(2):
        pitched = project if number else await make.a_project(session)
        pitch = await make.a_proposal(session, event=event, project=pitched)
        await make.a_credit(session, proposal=pitch, person=owner)
    return project


async def _cases(session: AsyncSession, project: Project, writer: Person) -> None:
    for slug in ("in-review", "in-review-too"):
        case = await make.a_case(session, slug=slug, project=project, state=CaseState.IN_REVIEW)
        session.add(CaseWriter(case_id=case.id, person_id=writer.id, since=datetime.now(UTC)))


def _of_an_account(session: AsyncSession, person: Person, project: Project, event: Event) -> None:
    """Two accounts to sign in with, and what somebody says they did."""
    session.add_all(
        Identity(person_id=person.id, provider=provider, subject=str(person.id), login=person.slug,
                 verified_at=datetime.now(UTC))
        for provider in (IdentityProvider.GITHUB, IdentityProvider.SLACK)
    )
    session.add_all(
        Contribution(
            person_id=person.id, project_id=of_project, event_id=of_event, kind="code", source=SAID,
            happened_on=event.starts_on, note="I did this.",
        ) for of_project, of_event in ((project.id, None), (None, event.id), (project.id, event.id))
    )


def _lost_messages(session: AsyncSession) -> None:
    now = datetime.now(UTC)
    session.add_all(
        OutboxMessage(key=f"lost {number}", kind="workspace", payload={}, created_at=now, due_at=now, given_up_at=now)
        for number in range(4)
    )
