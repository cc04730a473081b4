"""What runs how often: the whole of an installation's background work on one page."""

from datetime import timedelta

from registry.activity.commands import forget_old
from registry.activity.delivery import delivery_job
from registry.inbox.followers import NAME as TELL_FOLLOWERS
from registry.inbox.followers import tell_followers
from registry.inbox.mailing import MAIL, write_letters
from registry.inbox.smtp import Mailer
from registry.ports import Connections, Deliverer, Job
from registry.settings import Settings

SCHEDULE = (
    Job(TELL_FOLLOWERS, timedelta(seconds=5), tell_followers),
    Job("forget what is old", timedelta(days=1), forget_old),
)

MAILING = (
    Job("write letters", timedelta(seconds=20), write_letters),
)


def jobs_of(connections: Connections, settings: Settings) -> list[Job]:
    """The jobs of an installation: its outbox, the registry's own, and those of its integrations."""
    deliverers: dict[str, Deliverer] = dict(connections.deliverers)
    if settings.smtp_host:
        deliverers[MAIL] = Mailer(settings)
    deliveries = [delivery_job(kind, deliverer) for kind, deliverer in deliverers.items()]
    return [*deliveries, *SCHEDULE, *(MAILING if settings.smtp_host else ()), *connections.jobs]
