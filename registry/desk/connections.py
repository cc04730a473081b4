"""How what connects the registry to other systems fares, and its background work."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from registry.desk.queries import LaneRow, LooksSoFar
from registry.desk.rules import Fares, how_it_fares
from registry.hooks.queries import HookBacklog
from registry.jobs.queries import RunRow
from registry.jobs.rules import is_silent
from registry.jobs.schedule import jobs_of
from registry.ports import Connections
from registry.repositories.queries import RepositoryBacklog
from registry.settings import Settings
from registry.web.i18n import gettext as _

_DELIVER = "deliver "


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """One connection or job: how it fares, what its lane of the outbox holds, and what its job last did."""

    name: str
    fares: Fares
    waiting: int = 0
    given_up: int = 0
    succeeded_at: datetime | None = None
    last_error: str | None = None


class Works(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that runs beside the pages. ``last_sign_at`` is when any job last ran; none means never.

    ``told`` is what other systems told us, ``repositories`` how the looks at them keep up. ``lacks_roster``: there is
    a chat, and nobody has ever begun to look at its members.
    """

    sign_in: list[str]
    lanes: list[Connection]
    told: list[HookBacklog]
    repositories: RepositoryBacklog
    lacks_roster: bool
    jobs: list[Connection]
    last_sign_at: datetime | None
    is_silent: bool


def works_of(
    settings: Settings, connections: Connections, runs: Sequence[RunRow], lanes: Sequence[LaneRow], *,
    told: list[HookBacklog], looks: LooksSoFar, now: datetime,
) -> Works:
    """How an installation's connections and jobs fare, from what is set up and what the jobs noted."""
    noted = {run.name: run for run in runs}
    held = {lane.kind: lane for lane in lanes}
    expected = [job.name for job in jobs_of(connections, settings)]
    delivered = [name.removeprefix(_DELIVER) for name in expected if name.startswith(_DELIVER)]
    last_sign = max((run.ran_at for run in runs), default=None)
    return Works(
        sign_in=[provider.label for provider in connections.sign_in],
        lanes=[
            _connection(kind, noted.get(_DELIVER + kind), held.get(kind), is_set_up=kind in delivered)
            for kind in sorted({*delivered, *held})
        ],
        told=told, repositories=looks.repositories, lacks_roster=connections.chat is not None and not looks.has_roster,
        jobs=[_connection(name, noted.get(name), None) for name in expected if not name.startswith(_DELIVER)],
        last_sign_at=last_sign, is_silent=last_sign is not None and is_silent(last_sign, now),
    )


def _connection(name: str, run: RunRow | None, lane: LaneRow | None, *, is_set_up: bool = True) -> Connection:
    given_up = lane.given_up if lane else 0
    return Connection(
        name=name, waiting=lane.waiting if lane else 0, given_up=given_up,
        fares=how_it_fares(
            is_set_up=is_set_up, has_run=run is not None, failures=run.failures if run else 0, given_up=given_up
        ),
        succeeded_at=run.succeeded_at if run else None,
        last_error=_(run.last_error) if run and run.failures and run.last_error else None,
    )
