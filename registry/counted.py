"""What background work counts, for ``/metrics`` of the server that it runs beside; elsewhere nothing is counted.

The processes of a server count in the files of a folder. The library is loaded where there is one alone.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # the library's own


def count_run(job: str, *, has_failed: bool) -> None:
    """Count a run of a job."""
    if FOLDER in os.environ:
        _runs().labels(job, "failed" if has_failed else "done").inc()


def note_quota(account: str, resource: str, left: int) -> None:
    """Note how many questions GitHub still answers of a kind; ``account`` says who asks: an installation, a token."""
    if FOLDER in os.environ:
        _quota().labels(account, resource).set(left)


@cache
def _runs() -> "Counter":
    from prometheus_client import CollectorRegistry, Counter  # noqa: PLC0415

    return Counter("keng_job_runs", "Runs of a job.", ["job", "outcome"], registry=CollectorRegistry())


@cache
def _quota() -> "Gauge":
    from prometheus_client import CollectorRegistry, Gauge  # noqa: PLC0415

    return Gauge(
        "keng_github_quota", "Questions that GitHub still answers until its limit is full again.",
        ["account", "resource"], registry=CollectorRegistry(), multiprocess_mode="mostrecent",
    )
