"""What runs how often: the whole of an installation's background work on one page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from registry.activity.commands import forget_old
from registry.activity.delivery import delivery_job
from registry.announcements.noticing import NAME as NOTICE_NEWS
from registry.announcements.noticing import notice_dates, notice_news
from registry.announcements.sending import Announcer
from registry.audit.commands import seal_log, verify_log
from registry.audit.rules import VERIFY
from registry.channels.commands import NEW_CHANNEL
from registry.channels.looking import LOOKS_EVERY, ChannelLook, ChannelMaker
from registry.channels.rules import WORKSPACE
from registry.hooks.commands import forget_deliveries
from registry.inbox.direct import DIRECT, DirectMessages
from registry.inbox.followers import NAME as TELL_FOLLOWERS
from registry.inbox.followers import tell_followers
from registry.inbox.mailing import MAIL, write_letters
from registry.inbox.smtp import Mailer
from registry.ports import ChatWorkspace, Connections, Deliverer, Job, Workplace
from registry.privacy.retention import erase_and_forget
from registry.programme.cues import call_for_demos
from registry.receivers.sending import Courier
from registry.receivers.telling import RECEIVER, forget_dispatches
from registry.registrations.commands.retention import forget_guests
from registry.results.commands import remind_owners
from registry.roster.looking import TURN, RosterLook
from registry.settings import Settings
from registry.stages.commands import ask_quiet_projects
from registry.tallies.jobs import NAME as COUNT_THE_RECORD
from registry.tallies.jobs import Counting


async def _look_at_links(workplace: Workplace, now: datetime) -> None:
    """Job: look whether links of projects still lead somewhere, each about once a week."""
    from registry.projects.link_health import look_at_links  # noqa: PLC0415 — loads what asks addresses

    await look_at_links(workplace, now)


async def _forget_uploads(workplace: Workplace, now: datetime) -> None:
    """Job: delete the files that were uploaded to be imported, in time."""
    from registry.uploads.commands import forget_uploads  # noqa: PLC0415 — loads every importer

    await forget_uploads(workplace, now)


SCHEDULE: tuple[tuple[Job, Callable[[Settings], bool]], ...] = (
    (Job(TELL_FOLLOWERS, timedelta(seconds=5), tell_followers), lambda _settings: True),
    (Job(NOTICE_NEWS, timedelta(seconds=5), notice_news), lambda _settings: True),
    (Job("notice dates that are news", timedelta(minutes=10), notice_dates), lambda _settings: True),
    (Job("write letters", timedelta(seconds=20), write_letters), lambda settings: bool(settings.smtp_host)),
    (Job("look at links", timedelta(minutes=10), _look_at_links), lambda settings: settings.looks_at_links),
    (Job("erase whoever asked for it", timedelta(hours=1), erase_and_forget), lambda _settings: True),
    (Job("ask whether quiet projects are alive", timedelta(days=1), ask_quiet_projects), lambda _settings: True),
    (Job("seal the log of changes", timedelta(minutes=10), seal_log), lambda _settings: True),
    (Job(VERIFY, timedelta(days=1), verify_log), lambda _settings: True),
    (Job("forget guests", timedelta(days=1), forget_guests), lambda _settings: True),
    (Job("ask owners for results", timedelta(hours=6), remind_owners), lambda _settings: True),
    (Job("call for demos", timedelta(minutes=10), call_for_demos), lambda _settings: True),
    (Job("forget what is old", timedelta(days=1), forget_old), lambda _settings: True),
    (Job("forget what receivers were told", timedelta(days=1), forget_dispatches), lambda _settings: True),
    (Job("forget uploads", timedelta(hours=1), _forget_uploads), lambda _settings: True),
    (Job("forget what was told", timedelta(days=1), forget_deliveries), lambda _settings: True),
)
"""Each job, its rhythm, and whether an installation with these settings runs it."""


def jobs_of(connections: Connections, settings: Settings) -> list[Job]:
    """The jobs of an installation: its outbox, one lane a kind; the registry's own; those of its integrations."""
    chat = connections.chat
    deliverers: dict[str, Deliverer] = {RECEIVER: Courier(settings, clock=_now), **connections.deliverers}
    if settings.smtp_host:
        deliverers[MAIL] = Mailer(settings)
    if chat:
        deliverers[WORKSPACE] = Announcer(chat, base_url=settings.base_url, clock=_now)
        deliverers[DIRECT] = _direct(chat, settings)
        deliverers[NEW_CHANNEL] = ChannelMaker(chat, base_url=settings.base_url)
    return [
        *(delivery_job(kind, deliverer) for kind, deliverer in deliverers.items()),
        *(job for job, runs in SCHEDULE if runs(settings)),
        Job(COUNT_THE_RECORD, timedelta(minutes=1), Counting(settings).take_turn),
        *(_jobs_of_chat(chat, settings) if chat else ()),
        *connections.jobs,
    ]


def _jobs_of_chat(chat: ChatWorkspace, settings: Settings) -> list[Job]:
    return [
        Job("write direct messages", timedelta(seconds=5), _direct(chat, settings).take_turn),
        Job("look at channels", LOOKS_EVERY, ChannelLook(chat).take_turn),
        Job("look at the roster", TURN, RosterLook(chat, clock=_now).take_turn),
    ]


def _direct(chat: ChatWorkspace, settings: Settings) -> DirectMessages:
    return DirectMessages(chat, base_url=settings.base_url, clock=_now)


def _now() -> datetime:
    return datetime.now(UTC)
