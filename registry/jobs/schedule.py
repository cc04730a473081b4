"""What runs how often: the whole of an installation's background work on one page."""

from datetime import timedelta

from registry.activity.commands import forget_old
from registry.activity.delivery import delivery_job
from registry.ports import Connections, Job
from registry.privacy.retention import erase_and_forget
from registry.results.commands import remind_owners
from registry.stages.commands import ask_quiet_projects

SCHEDULE = (
    Job("forget what is old", timedelta(days=1), forget_old),
    Job("ask whether quiet projects are alive", timedelta(days=1), ask_quiet_projects),
    Job("ask owners for results", timedelta(hours=6), remind_owners),
    Job("erase whoever asked for it", timedelta(hours=1), erase_and_forget),
)


def jobs_of(connections: Connections) -> list[Job]:
    """The jobs of an installation: its outbox, the registry's own, and those of its integrations."""
    deliveries = [delivery_job(kind, deliverer) for kind, deliverer in connections.deliverers.items()]
    return [*deliveries, *SCHEDULE, *connections.jobs]
