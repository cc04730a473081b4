"""A Slack that is made up, for the sample record; ``make pretend`` shows it.

Announcements, the directory, new channels, direct messages and commands go the way they go with
Slack: through slack-sdk, the outbox and the worker. What the workspace was told stands on its own pages.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.slack.workspace import workspace_of
from registry.accounts.personas import Persona, person_played
from registry.accounts.queries import Actor
from registry.activity.rules import Subject
from registry.announcements.commands import add_route, announce
from registry.announcements.models import AnnouncementRoute
from registry.announcements.noticing import notice_news
from registry.announcements.rules import Fact, FactKind
from registry.cases.models import CaseStudy
from registry.cases.rules import CaseState
from registry.channels.commands import ask_for_channel, link_channel
from registry.channels.looking import ChannelLook
from registry.channels.models import Channel
from registry.database.engine import Database
from registry.events.models import Event
from registry.exchange.coming import read_coming_event
from registry.inbox.commands import tell
from registry.inbox.direct import DirectMessages
from registry.inbox.rules import NoticeKind
from registry.people.models import Identity
from registry.people.rules import IdentityProvider
from registry.ports import Workplace
from registry.projects.models import Need, Project
from registry.projects.rules import NeedState
from registry.proposals.models import Proposal
from registry.roster.looking import RosterLook
from registry.settings import Settings
from tests.fakes.slack import BOT_ID, TEAM_ID, TOKEN
from tests.fakes.slack_face import SlackWithFace
from tests.fakes.slack_sender import SIGNING_SECRET

PARTS = {part: f"U0{part.upper()}" for part in Persona}
"""The members behind whom the made-up people of the demo stand."""
_MEMBERS = (
    "阿土伯", "小編輯", "map-lover", "Bùn-hún", "貓頭鷹", "pingu", "hsin", "資料女工", "後端阿明",
    "設計小芳", "Taro", "春捲", "ray.chen", "志工阿嬤", "kiang-fan", "Lim Á-hūi", "字型控", "openbooks",
    "綠豆湯", "night-owl", "山上的工程師",
)


class _Channel(NamedTuple):
    """A channel: its topic, how many are in it, and the project that meets there, if any."""

    name: str
    topic: str
    members: int
    project: str


CHANNELS = tuple(_Channel(*one) for one in (
    ("general", "大小公告都在這裡", 25, ""), ("random", "閒聊、貓、消夜", 22, ""),
    ("jothon", "揪松團：黑客松籌備", 14, ""), ("新手村", "第一次來？先自我介紹，再找坑", 18, ""),
    ("cofacts", "查證謠言的聊天機器人", 12, "cofacts"), ("disfactory", "農地違章工廠", 9, "disfactory"),
    ("行道樹-🌳", "範例專案的頻道", 6, "example-street-tree-map"), ("edu-", "教育類專案", 5, ""),
    ("edu-島島阿學", "自學資源", 7, "daodao"), ("gov-預算", "把預算畫出來", 8, "budget-reboot"),
    ("gis", "座標、圖資、地籍", 11, ""), ("design", "設計師互助", 9, ""), ("infra", "主機與網域", 6, ""),
    ("da0", "da0 空污與感測", 8, ""), ("萌典", "字典與語言", 7, ""), ("📢-公告", "只放公告", 24, ""),
    ("proj-選舉黃頁", "候選人資料", 5, "elections-yellow-pages"), ("gender", "性別與參與", 6, ""),
    ("en-international", "For friends who write English", 10, ""), ("summit-2024", "封存：高峰會籌備", 4, ""),
))
_NEWS = (  # what goes to which channel, and whether somebody looks at it before
    (FactKind.EVENT_PUBLISHED, "📢-公告", False), (FactKind.PITCHED, "jothon", False),
    (FactKind.NEED_OPENED, "新手村", False), (FactKind.CASE_PUBLISHED, "general", False),
    (FactKind.RUNNING_ORDER, "jothon", True), (FactKind.STAGE_REACHED, "general", False),
)
MOST_OF_A_KIND = 3


def make_up(slack: SlackWithFace) -> None:
    """Let there be members and channels that no workspace ever had."""
    slack.add_user(BOT_ID, "keng", is_bot=True)
    for part, member in PARTS.items():
        slack.add_user(member, f"demo-{part.value}")
    people = [*PARTS.values(), *(slack.add_user(f"U1{number:03}", name) for number, name in enumerate(_MEMBERS))]
    for number, (name, topic, members, _project) in enumerate(CHANNELS):
        has_us = any(name == channel for _fact, channel, _looked in _NEWS)
        slack.add_channel(
            f"C1{number:03}", name, members=(*people[:members], *((BOT_ID,) if has_us else ())),
            topic={"value": topic}, is_archived=topic.startswith("封存"),
        )


def remember(slack: SlackWithFace, place: Path) -> None:
    """Write down what the workspace holds, for its next start."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({name: getattr(slack, name) for name in _KEPT}, ensure_ascii=False))


def recall(slack: SlackWithFace, place: Path) -> None:
    """Be as at the last start; the first one is made up."""
    if not place.exists():
        make_up(slack)
        return
    for name, kept in json.loads(place.read_text()).items():
        current = getattr(slack, name)
        if isinstance(current, dict):
            current.update(kept)
        elif isinstance(current, list):
            current[:] = kept
        else:
            setattr(slack, name, kept)


_KEPT = ("users", "channels", "messages", "responses", "views", "_numbers")


async def connect(settings: Settings, *, now: datetime) -> None:
    """Look at the workspace; the first time let projects meet there, and let there be news for it."""
    workspace = workspace_of(settings)
    assert workspace is not None
    database = Database(settings)
    workplace = Workplace(settings, database, lambda: now)
    try:
        await ChannelLook(workspace, sleep=_at_once).take_turn(workplace, now)
        await RosterLook(workspace, clock=workplace.clock, sleep=_at_once).look(database)
        async with database.reading() as reader:
            is_new = await reader.scalar(select(AnnouncementRoute.id).limit(1)) is None
        if is_new:
            await notice_news(workplace, now)  # what stands in the record already is no news
            await DirectMessages(workspace, base_url=settings.base_url, clock=workplace.clock).take_turn(workplace, now)
            async with database.writing() as session:
                await _let_people_in(session, now=now)
                organiser = await person_played(session, persona=Persona.ORGANISER, now=now)
                by = Actor(person_id=organiser.id, slug=organiser.slug, name=organiser.display_name)
                await _let_projects_meet(session, by=by, now=now)
                await _let_there_be_news(session, by=by, now=now)
    finally:
        await database.close()


async def _let_people_in(session: AsyncSession, *, now: datetime) -> None:
    """Whoever plays a part of the demo is known in the workspace, and one of them is told something directly."""
    for part, member in PARTS.items():
        person = await person_played(session, persona=part, now=now)
        session.add(Identity(
            person_id=person.id, provider=IdentityProvider.SLACK, subject=f"{TEAM_ID}:{member}",
            login=f"demo-{part.value}", verified_at=now,
        ))
        if part is Persona.OWNER:
            event = await _coming(session)
            project = (await session.scalars(select(Project).where(Project.slug == "example-street-tree-map"))).one()
            tell(
                session, [person.id], kind=NoticeKind.DEMOS_CALLED, path=f"/events/{event.slug}/mine", now=now,
                project=project.name, event=event.name,
            )
    await session.flush()


async def _let_projects_meet(session: AsyncSession, *, by: Actor, now: datetime) -> None:
    for one in CHANNELS:
        if one.project:
            await link_channel(session, slug=one.project, channel=one.name, by=by, now=now)
    await ask_for_channel(session, slug="example-street-tree-map", name="street-trees", with_team=True, by=by, now=now)


async def _let_there_be_news(session: AsyncSession, *, by: Actor, now: datetime) -> None:
    """Lead news to channels; some happened an hour ago, so that it goes as soon as the worker starts."""
    channels = {row.name: row.id for row in await session.execute(select(Channel.name, Channel.id))}
    for fact, channel, is_looked_at in _NEWS:
        await add_route(
            session, fact=fact.value, channel=channels[channel], event_id=None, is_looked_at=is_looked_at, by=by,
            now=now,
        )
    event = await _coming(session)
    pitches = await session.scalars(select(Proposal.id).where(Proposal.event_id == event.id).order_by(Proposal.id))
    needs = await session.execute(
        select(Need.project_id, Need.key).join(Project, Project.id == Need.project_id)
        .where(Need.state == NeedState.OPEN, Project.is_example.is_(True)).order_by(Need.id)
        .limit(MOST_OF_A_KIND)
    )
    cases = await session.scalars(
        select(CaseStudy.id).where(CaseStudy.state == CaseState.PUBLISHED).order_by(CaseStudy.id).limit(1)
    )
    for fact_of_today in [
        Fact(FactKind.EVENT_PUBLISHED, Subject.EVENT, event.id), Fact(FactKind.RUNNING_ORDER, Subject.EVENT, event.id),
        *(Fact(FactKind.PITCHED, Subject.PROPOSAL, pitch) for pitch in pitches),
        *(
            Fact(FactKind.NEED_OPENED, Subject.PROJECT, one.project_id, one.key, now.date().isoformat())
            for one in needs
        ),
        *(Fact(FactKind.CASE_PUBLISHED, Subject.CASE, case) for case in cases),
    ]:
        await announce(session, fact_of_today, now=now - timedelta(hours=1))


async def _coming(session: AsyncSession) -> Event:
    return (await session.scalars(select(Event).where(Event.slug == read_coming_event().slug))).one()


async def _at_once(_seconds: float) -> None:
    """Slack's limits are not those of this machine."""


def environment(slack: SlackWithFace) -> dict[str, str]:
    """The settings of an installation that is connected to it."""
    return {
        "KENG_MODE": "demo", "KENG_BASE_URL": slack.site,
        "KENG_SLACK_URL": slack.url, "KENG_SLACK_BOT_TOKEN": TOKEN, "KENG_SLACK_TEAM_ID": TEAM_ID,
        "KENG_SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }
