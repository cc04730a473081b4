"""The job that looks whether links still answer: everything about once a week, a few at a time, no host in haste."""

import asyncio
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import aliased

from registry.database.engine import Reader
from registry.outside import NoAnswer, NotAsked, Outside
from registry.ports import Workplace
from registry.projects.models import Link, Project
from registry.projects.rules import FAILURES_UNTIL_DEAD, LinkCheck, LinkHealth, link_after
from registry.proposals.models import Proposal

EVERY = timedelta(days=7)
AGAIN_AFTER_FAILURE = timedelta(days=1)
TURNS_A_WEEK = 7 * 24 * 6
FEWEST_A_TURN = 10
CANDIDATES = 20
"""How many links are looked through for each one that is chosen, so that a turn is not spent on one host."""
A_HOST_A_TURN = 3
HOST_PAUSE_SECONDS = 10.0
HOSTS_AT_ONCE = 5


class DueLink(msgspec.Struct, frozen=True):
    """A link whose turn it is."""

    id: int
    url: str
    health: LinkHealth
    failed_checks: int


async def look_at_links(workplace: Workplace, now: datetime) -> None:
    """Job: ask some of the links that have not been looked at for longest."""
    async with workplace.database.reading() as reader:
        due = await links_due(reader, now=now)
    await look_at(workplace, due, now, outside=Outside(), pause_seconds=HOST_PAUSE_SECONDS)


async def links_due(reader: Reader, *, now: datetime) -> list[list[DueLink]]:
    """The links of one turn, by host (two statements): as many as make a week of turns reach all of them."""
    total = await reader.scalar(select(func.count()).select_from(Link)) or 0
    size = max(FEWEST_A_TURN, math.ceil(total / TURNS_A_WEEK))
    rows = await reader.execute(_due(now).limit(size * CANDIDATES))
    hosts: dict[str, list[DueLink]] = {}
    chosen = 0
    for row in rows:
        link = DueLink(*row)
        of_host = hosts.setdefault(_host(link.url), [])
        if chosen < size and len(of_host) < A_HOST_A_TURN:
            of_host.append(link)
            chosen += 1
    return [links for links in hosts.values() if links]


async def look_at(
    workplace: Workplace, by_host: Sequence[Sequence[DueLink]], now: datetime, *, outside: Outside,
    pause_seconds: float,
) -> None:
    """Ask links, the ones of a host one after the other, and write down what was found in one transaction."""
    at_once = asyncio.Semaphore(HOSTS_AT_ONCE)

    async def look_at_host(links: Sequence[DueLink]) -> list[tuple[int, LinkCheck]]:
        found = []
        async with at_once:
            for number, link in enumerate(links):
                if number:
                    await asyncio.sleep(pause_seconds)
                found.append((link.id, await _look(outside, link)))
        return found

    found = [one for host in await asyncio.gather(*map(look_at_host, by_host)) for one in host]
    if not found:
        return
    async with workplace.database.writing() as session:
        for link_id, check in found:
            await session.execute(update(Link).where(Link.id == link_id).values(
                health=check.health, failed_checks=check.failed_checks, checked_at=now,
            ))


async def _look(outside: Outside, link: DueLink) -> LinkCheck:
    before = LinkCheck(link.health, link.failed_checks)
    try:
        answer = await outside.ask(link.url, with_body=False)
    except NotAsked:
        return LinkCheck(LinkHealth.UNKNOWN, 0)
    except NoAnswer:
        return link_after(None, before=before)
    return link_after(answer.status, before=before)


def _due(now: datetime) -> Select[int, str, LinkHealth, int]:
    """Links of public records, those never looked at first; what has failed is looked at again sooner."""
    pitched = aliased(Project)
    return (
        select(Link.id, Link.url, Link.health, Link.failed_checks)
        .outerjoin(Project, Project.id == Link.project_id)
        .outerjoin(Proposal, Proposal.id == Link.proposal_id).outerjoin(pitched, pitched.id == Proposal.project_id)
        .where(
            or_(
                Link.checked_at.is_(None), Link.checked_at <= now - EVERY,
                (Link.failed_checks > 0) & (Link.failed_checks < FAILURES_UNTIL_DEAD)
                & (Link.checked_at <= now - AGAIN_AFTER_FAILURE),
            ),
            Project.hidden_at.is_(None), Proposal.hidden_at.is_(None), pitched.hidden_at.is_(None),
        )
        .order_by(Link.checked_at.is_not(None), Link.checked_at, Link.id)
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
