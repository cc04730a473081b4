"""The verbs ``keng github ...``."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from integrations.github import sync_of
from integrations.github.client import AccessRefused, GitHubClient, LimitReached, auth_of
from integrations.github.sync import FORGE, GitHubSync, SyncReport
from integrations.github.webhooks import GitHubDoor
from registry.database.engine import Database
from registry.ports import ForgeUnreachable
from registry.repositories.queries import repositories_of
from registry.settings import Settings, load_settings

verbs = typer.Typer(rich_markup_mode=None)
github = typer.Typer(no_args_is_help=True, help="Look after the connection to GitHub.", rich_markup_mode=None)
verbs.add_typer(github, name="github")
console = Console()


@github.callback()
def github_verbs() -> None:
    """Look after the connection to GitHub."""


@github.command("check")
def check_command() -> None:
    """Say what of GitHub works with these settings, what is missing, and what is left of its limits."""
    settings = load_settings()
    lines, is_usable = examine(settings, now=datetime.now(UTC))
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(0 if is_usable else 1)


@github.command("sync")
def sync_command(
    projects: Annotated[
        list[str] | None, typer.Argument(help="Last parts of projects' addresses; all projects if none.")
    ] = None,
) -> None:
    """Look at the repositories of projects on GitHub now, and write down what changed."""
    settings = load_settings()
    sync = sync_of(settings)
    if sync is None:
        console.print("Repositories are not synchronised with these settings: set KENG_GITHUB_TOKEN.", markup=False)
        raise typer.Exit(1)
    report = asyncio.run(_sync(settings, sync, projects or None))
    console.print(
        f"looked at {report.looked_at} of {report.total} repositories: {report.changed} changed, {report.absent} not "
        f"to be seen, {report.failed} failed", markup=False, soft_wrap=True,
    )
    if report.stopped_by:
        console.print(
            f"stopped early: {report.stopped_by}. What is left is looked at later.", markup=False, soft_wrap=True
        )
    raise typer.Exit(1 if report.stopped_by or report.failed else 0)


async def _sync(settings: Settings, sync: GitHubSync, slugs: list[str] | None) -> SyncReport:
    database, now = Database(settings), datetime.now(UTC)
    try:
        await sync.link(database, now=now)
        async with database.reading() as reader:
            due = await repositories_of(reader, forge=FORGE, slugs=slugs)
        return await sync.look_at(
            database, due, now=now, on_progress=lambda done, total: console.print(f"{done} of {total}", markup=False)
        )
    finally:
        await database.close()


def examine(settings: Settings, *, now: datetime) -> tuple[list[str], bool]:
    """What ``keng github check`` prints, and whether repositories can be synchronised."""
    has_sign_in = bool(settings.github_client_id and settings.github_client_secret.get_secret_value())
    lines = [
        "sign-in: works for people with an account on GitHub" if has_sign_in else
        "sign-in: off; set KENG_GITHUB_CLIENT_ID and KENG_GITHUB_CLIENT_SECRET",
        f"webhooks: taken at {settings.base_url}{GitHubDoor.path}" if settings.github_webhook_secret.get_secret_value()
        else "webhooks: off, so repositories are looked at in turn only; set KENG_GITHUB_WEBHOOK_SECRET, and on GitHub "
        f"{settings.base_url}{GitHubDoor.path} with the same secret",
    ]
    auth = auth_of(settings)
    if auth is None:
        lines.append(
            "repositories: not synchronised; set KENG_GITHUB_TOKEN (or an App's id, key and installation). "
            "Single ones can be looked at, 60 times an hour."
        )
        return lines, False
    client = GitHubClient(api_url=settings.github_api_url, auth=auth, kept_free=0, now=lambda: now)
    try:
        limits = client.limits().resources
        lines.append(f"account: {'token' if settings.github_token.get_secret_value() else 'App'} accepted by "
                     f"{settings.github_api_url}")
        lines += [
            f"limit: {limit.remaining} of {limit.limit} {name} left, full again at "
            f"{datetime.fromtimestamp(limit.reset, UTC):%Y-%m-%d %H:%M} UTC"
            for name, limit in (("requests", limits.core), ("GraphQL points", limits.graphql))
        ]
        client.can_query()
    except AccessRefused as error:
        return [*lines, str(error)], False
    except LimitReached as error:
        return [*lines, f"GitHub wants us to wait: {error}"], False
    except ForgeUnreachable as error:
        return [*lines, f"GitHub cannot be asked ({error}). Check KENG_GITHUB_API_URL and the network."], False
    finally:
        client.close()
    lines.append("repositories: public ones can be synchronised")
    if client.scopes is not None and "repo" not in client.scopes:
        lines.append("private repositories: not seen with this token, which is as it should be for a public registry")
    return lines, True
