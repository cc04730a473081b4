"""How fresh what is known of a repository is, in the reader's words."""

from collections.abc import Sequence
from datetime import datetime

from registry.repositories.code_queries import RepositorySeen
from registry.repositories.rules import TURNS_A_DAY, TURNS_AN_HOUR, turns_between
from registry.web.i18n import format_day_at
from registry.web.i18n import gettext as _


def with_freshness(
    repositories: Sequence[RepositorySeen], *, now: datetime, timezone: str
) -> list[tuple[RepositorySeen, str]]:
    """Repositories, each with when it was read because it had changed, and how often it is looked at whether it has."""
    return [(one, _freshness(one, now, timezone)) for one in repositories]


def _freshness(one: RepositorySeen, now: datetime, timezone: str) -> str:
    if one.read_at is None:
        return _("It has not been looked at yet.")
    between = turns_between(one.state, pushed_at=one.pushed_at, now=now)
    sentence = {
        TURNS_AN_HOUR: _("As of %(day)s, when it had last changed; it is looked at every hour."),
        TURNS_A_DAY: _("As of %(day)s, when it had last changed; it is looked at every day."),
    }.get(between, _("As of %(day)s, when it had last changed; it is looked at every week."))
    return sentence % {"day": format_day_at(one.read_at, timezone)}
