"""What runs how often: the whole of an installation's background work on one page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from registry.activity.commands import forget_old
from registry.activity.delivery import delivery_job
from registry.hooks.commands import forget_deliveries
from registry.inbox.followers import NAME as TELL_FOLLOWERS
from registry.inbox.followers import tell_followers
from registry.inbox.mailing import MAIL, write_letters
from registry.inbox.smtp import Mailer
from registry.ports import Connections, Deliverer, Job, Workplace
from registry.privacy.retention import erase_and_forget
from registry.registrations.commands.retention import forget_guests
from registry.results.commands import remind_owners
from registry.settings import Settings
from registry.stages.commands import ask_quiet_projects


async def _look_at_links(workplace: Workplace, now: datetime) -> None:
    from registry.projects.link_health import look_at_links  # noqa: PLC0415 — loads what asks addresses

    await look_at_links(workplace, now)


SCHEDULE: tuple[tuple[Job, Callable[[Settings], bool]], ...] = (
    (Job(TELL_FOLLOWERS, timedelta(seconds=5), tell_followers), lambda _settings: True),
    (Job("write letters", timedelta(seconds=20), write_letters), lambda settings: bool(settings.smtp_host)),
    (Job("look at links", timedelta(minutes=10), _look_at_links), lambda settings: settings.looks_at_links),
    (Job("erase whoever asked for it", timedelta(hours=1), erase_and_forget), lambda _settings: True),
    (Job("ask whether quiet projects are alive", timedelta(days=1), ask_quiet_projects), lambda _settings: True),
    (Job("forget guests", timedelta(days=1), forget_guests), lambda _settings: True),
    (Job("ask owners for results", timedelta(hours=6), remind_owners), lambda _settings: True),
    (Job("forget what is old", timedelta(days=1), forget_old), lambda _settings: True),
    (Job("forget what was told", timedelta(days=1), forget_deliveries), lambda _settings: True),
)
"""Each job, its rhythm, and whether an installation with these settings runs it."""


def jobs_of(connections: Connections, settings: Settings) -> list[Job]:
    """The jobs of an installation: its outbox, one lane a kind; the registry's own; those of its integrations."""
    deliverers: dict[str, Deliverer] = dict(connections.deliverers)
    if settings.smtp_host:
        deliverers[MAIL] = Mailer(settings)
    deliveries = [delivery_job(kind, deliverer) for kind, deliverer in deliverers.items()]
    return [*deliveries, *(job for job, runs in SCHEDULE if runs(settings)), *connections.jobs]
