"""The kinds of things that wait for an organiser, and how a connection or a job fares."""

from enum import StrEnum

from registry.jobs.rules import FAILURES_THAT_WORRY


class Kind(StrEnum):
    """What waits, in the order in which the desk shows it."""

    REPORTS = "reports"
    CLAIMS = "claims"
    CASES = "cases"
    ANNOUNCEMENTS = "announcements"
    OFFERS = "offers"
    DUPLICATES = "duplicates"
    UNSENT = "unsent"
    DEAD_LINKS = "dead_links"
    ERASURES = "erasures"


PLACES = {
    Kind.CASES: "/cases", Kind.REPORTS: "/reports", Kind.CLAIMS: "/claims", Kind.OFFERS: "/account/offers/waiting",
    Kind.DUPLICATES: "/duplicates", Kind.ANNOUNCEMENTS: "/announcements?state=held",
    Kind.UNSENT: "/outbox", Kind.DEAD_LINKS: "/desk/links",
}
"""Where each is worked through; whoever asked to be erased is so without anybody's doing."""


class Fares(StrEnum):
    """How a connection or a job is doing."""

    WELL = "well"
    NEW = "new"
    STUMBLING = "stumbling"
    FAILING = "failing"
    MISSING = "missing"


def how_it_fares(*, is_set_up: bool, has_run: bool, failures: int, given_up: int = 0) -> Fares:
    """How something fares that has failed so often in a row, and gave up so many messages."""
    if not is_set_up:
        return Fares.MISSING
    if failures >= FAILURES_THAT_WORRY:
        return Fares.FAILING
    if failures or given_up:
        return Fares.STUMBLING
    return Fares.WELL if has_run else Fares.NEW
