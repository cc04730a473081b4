"""The folder of an installation's backups: how they are named, which are kept, how old the newest is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

WORRYING_AGE = timedelta(hours=50)
"""A daily backup that is two days late."""
_NAME = "keng-%Y%m%dT%H%M%SZ.keng"


def backup_at(folder: Path, now: datetime) -> Path:
    """Where the backup of a moment belongs."""
    return folder / now.astimezone(UTC).strftime(_NAME)


def backups_in(folder: Path) -> list[Path]:
    """The backups that were named by their moment, oldest first."""
    return sorted(path for path in folder.glob("keng-*.keng") if _moment_of(path))


def newest_backup(folder: Path) -> datetime | None:
    """When the newest one was made; none where there is none."""
    return max((moment for path in backups_in(folder) if (moment := _moment_of(path))), default=None)


def remove_old(folder: Path, *, kept: int) -> list[Path]:
    """Remove all but the newest ``kept``; those that went."""
    old = backups_in(folder)[:-kept]
    for path in old:
        path.unlink()
    return old


def _moment_of(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
