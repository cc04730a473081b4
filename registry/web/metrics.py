"""Figures for Prometheus at ``/metrics``, for who has the token of ``KENG_METRICS_TOKEN``; without one there are none.

Processes of one server share their counters in a folder (``shared_counters``). What the database knows is asked when
somebody asks us. No figure bears a name, an address or what was looked for: routes are told by their templates.
"""

import asyncio
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hmac import compare_digest
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Response, get
from sqlalchemy.exc import SQLAlchemyError

from registry.activity.outbox import outbox_backlog
from registry.counted import FOLDER
from registry.database.engine import Database
from registry.errors import NotFound
from registry.jobs.queries import job_runs
from registry.repositories.queries import oldest_reading
from registry.settings import Settings
from registry.web.i18n import gettext as _

if TYPE_CHECKING:
    from prometheus_client.core import Metric

TEXT: Final = "text/plain; version=0.0.4"
SECONDS_TO_ASK: Final = 5.0
_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """What a process counts. The library is loaded only where somebody wants figures."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415

        self._own = CollectorRegistry()
        self._requests = Counter(
            "keng_requests", "Requests that were not answered from memory.", ["method", "route", "status"],
            registry=self._own,
        )
        self._seconds = Histogram(
            "keng_request_seconds", "Seconds until the head of their answer.", ["route"], buckets=_SECONDS,
            registry=self._own,
        )
        self._hits = Counter("keng_page_cache_hits", "Answers from memory.", registry=self._own)

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that an application answered."""
        self._requests.labels(method if method in _METHODS else "other", route, f"{status // 100}xx").inc()
        self._seconds.labels(route).observe(seconds)

    def note_hit(self) -> None:
        """Count an answer from memory."""
        self._hits.inc()

    def told(self, asked: Iterable["Metric"]) -> bytes:
        """All figures of this server's processes, and ``asked``, in the form of Prometheus."""
        from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

        counted = self._own
        if FOLDER in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        also = CollectorRegistry()
        also.register(_Asked(asked))
        return generate_latest(counted) + generate_latest(also)


class _Asked:
    """Figures that were asked for, as the library takes them."""

    def __init__(self, asked: Iterable["Metric"]) -> None:
        self._asked = list(asked)

    def collect(self) -> Iterable["Metric"]:
        """The figures."""
        return self._asked


@contextmanager
def shared_counters(settings: Settings) -> Iterator[None]:
    """Let the processes of a server, which are begun within the block, count together."""
    if not settings.metrics_token.get_secret_value() or FOLDER in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="keng-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


@get("/metrics")
async def metrics_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The figures, for who shows the token as ``Authorization: Bearer …``; for everybody else there is nothing here."""
    metrics: Metrics | None = request.app.state.metrics
    token: str = request.app.state.settings.metrics_token.get_secret_value()
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    if metrics is None or not compare_digest(shown.encode(), token.encode()):
        raise NotFound(_("There is nothing at this address. It may have moved, or the address has a typing error."))
    asked = await _asked(request.app.state.database, datetime.now(UTC))
    return Response(metrics.told(asked), media_type=TEXT, headers={"cache-control": "no-store"})


async def _asked(database: Database, now: datetime) -> list["Metric"]:
    """What the database knows; where it does not answer, that alone."""
    from prometheus_client.core import GaugeMetricFamily as Gauge  # noqa: PLC0415

    in_use = Gauge(
        "keng_database_connections", "Connections in use in the process that answered.",
        value=database.read_engine.pool.checkedout(),  # type: ignore[attr-defined]
    )
    try:
        async with asyncio.timeout(SECONDS_TO_ASK), database.reading() as reader:
            backlog, runs = await outbox_backlog(reader, now=now), await job_runs(reader)
            oldest = await oldest_reading(reader)
    except (SQLAlchemyError, OSError, TimeoutError):
        return [in_use, Gauge("keng_database_up", "Whether the database answers.", value=0)]
    failures = Gauge("keng_job_failures", "How often in a row a job failed.", labels=["job"])
    succeeded = Gauge("keng_job_success_timestamp_seconds", "When a job last succeeded.", labels=["job"])
    for run in runs:
        failures.add_metric([run.name], run.failures)
        if run.succeeded_at:
            succeeded.add_metric([run.name], run.succeeded_at.timestamp())
    return [
        in_use, Gauge("keng_database_up", "Whether the database answers.", value=1),
        Gauge("keng_outbox_waiting", "Messages that wait to leave.", value=backlog.waiting),
        Gauge("keng_outbox_given_up", "Messages that could not be delivered.", value=backlog.given_up),
        Gauge("keng_outbox_oldest_seconds", "How long the oldest has been due.",
              value=_seconds_since(backlog.oldest_due_at, now)),
        Gauge("keng_repositories_oldest_seconds", "How long ago the repository was read that was not read longest.",
              value=_seconds_since(oldest, now)),
        failures, succeeded,
    ]


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return (now - moment).total_seconds() if moment else 0.0
