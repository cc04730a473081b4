"""The verbs ``keng slack ...``."""

import asyncio
from datetime import UTC, datetime

import typer
from rich.console import Console

from integrations.slack.answers import AnsweredAuth
from integrations.slack.client import METHODS, client_of
from integrations.slack.manifest import scopes_of_manifest
from integrations.slack.workspace import SlackWorkspace, workspace_of
from registry.channels.looking import ChannelLook
from registry.database.engine import Database
from registry.database.glance import is_up_to_date
from registry.people.rules import IdentityProvider
from registry.ports import ChatRefused, TryLater, Workplace
from registry.roster.looking import Looked, RosterLook
from registry.roster.queries import sweep_of
from registry.settings import Settings, load_settings

verbs = typer.Typer(rich_markup_mode=None)
slack = typer.Typer(no_args_is_help=True, help="Look after the connection to Slack.", rich_markup_mode=None)
verbs.add_typer(slack, name="slack")
console = Console()
NOT_SET_UP = "workspace: off; install the app of integrations/slack/manifest.yaml and set KENG_SLACK_BOT_TOKEN"


@slack.callback()
def slack_verbs() -> None:
    """Look after the connection to Slack."""


@slack.command("check")
def check_command() -> None:
    """Say what of Slack works with these settings, and what is missing."""
    lines, is_usable = asyncio.run(examine(load_settings()))
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
    raise typer.Exit(0 if is_usable else 1)


@slack.command("listen")
def listen_command() -> None:
    """Fetch commands and events from Slack (Socket Mode), where Slack cannot reach the registry; until interrupted."""
    settings = load_settings()
    if not settings.slack_app_token.get_secret_value():
        console.print("Set KENG_SLACK_APP_TOKEN: an app-level token with the scope connections:write.", markup=False)
        raise typer.Exit(1)
    from integrations.slack.listening import listen  # noqa: PLC0415 — only this verb needs a socket

    console.print("listening to Slack; interrupt to stop", markup=False)
    asyncio.run(listen(settings))


@slack.command("sync")
def sync_command() -> None:
    """Look at all members and channels of the workspace, going on where an earlier look stopped."""
    settings = load_settings()
    workspace = workspace_of(settings)
    if workspace is None or not settings.slack_team_id:
        console.print(f"{NOT_SET_UP}, and KENG_SLACK_TEAM_ID", markup=False, soft_wrap=True)
        raise typer.Exit(1)
    try:
        looked = asyncio.run(_sync(settings, workspace))
    except (ChatRefused, TryLater) as trouble:
        console.print(f"stopped early: {trouble} Run this again to go on from there.", markup=False, soft_wrap=True)
        raise typer.Exit(1) from trouble
    console.print(f"members: {looked.seen} seen, {looked.changed} new or changed, {looked.gone} gone", markup=False)


async def _sync(settings: Settings, workspace: SlackWorkspace) -> Looked:
    database = Database(settings)
    workplace = Workplace(settings, database, lambda: datetime.now(UTC))
    try:
        await ChannelLook(workspace).take_turn(workplace, datetime.now(UTC))
        return await RosterLook(workspace, clock=workplace.clock).look(
            database, waits=True, on_progress=lambda seen: console.print(f"members: {seen} seen", markup=False),
        )
    finally:
        await database.close()


async def examine(settings: Settings) -> tuple[list[str], bool]:
    """What ``keng slack check`` prints, and whether the workspace can be spoken to."""
    lines = _of_settings(settings)
    client = client_of(settings)
    if client is None:
        return [*lines, NOT_SET_UP], False
    try:
        auth = await client.ask("auth.test", AnsweredAuth)
    except ChatRefused as refused:
        return [*lines, f"workspace: {refused} (Slack says: {refused.code})"], False
    except TryLater as trouble:
        wait = f", for {trouble.after.seconds} s" if trouble.after else ""
        what = str(trouble).partition(".")[0]
        return [*lines, f"workspace: {what}{wait}. Check KENG_SLACK_URL and the network, or try again later."], False
    lines.append(f"workspace: {auth.team} ({auth.team_id}), where we are @{auth.user}")
    if settings.slack_team_id and auth.team_id != settings.slack_team_id:
        lines.append(f"workspace: the token is of {auth.team_id}, but KENG_SLACK_TEAM_ID is {settings.slack_team_id}. "
                     "Use the token of the workspace whose members sign in.")
        return lines, False
    wanted, had = scopes_of_manifest(), client.scopes or frozenset()
    missing = sorted(wanted - had)
    lines += [
        f"scope {scope}: missing, so that these do not work: {', '.join(_needing(scope)) or 'events and commands'}"
        for scope in missing
    ]
    lines += [f"scope {scope}: not needed; take it away from the app" for scope in sorted(had - wanted)]
    if missing:
        lines.append("scopes: add them at https://api.slack.com/apps (or paste integrations/slack/manifest.yaml), "
                     "then install the app again")
    else:
        lines.append("scopes: all there")
    lines.append(await _roster(settings))
    lines.append("limits: obeyed as Slack names them; members and channels are read 200 at a time, 20 times a minute")
    return lines, not missing


async def _roster(settings: Settings) -> str:
    """Whether members are kept: what Slack tells of them is taken in only after somebody has begun to."""
    if not is_up_to_date(settings):
        return "members: not known, for the database is not up to date; run `keng migrate`"
    database = Database(settings)
    try:
        async with database.reading() as reader:
            sweep = await sweep_of(reader, IdentityProvider.SLACK)
    finally:
        await database.close()
    if sweep is None:
        return "members: not kept; run `keng slack sync` once, from then on what Slack tells of them is taken in"
    if sweep.finished_at is None:
        return f"members: {sweep.seen_count} seen since {sweep.started_at:%Y-%m-%d}, the look at all is not over yet"
    return f"members: kept; last look at all of them on {sweep.finished_at:%Y-%m-%d}"


def _of_settings(settings: Settings) -> list[str]:
    has_sign_in = bool(
        settings.slack_client_id and settings.slack_client_secret.get_secret_value() and settings.slack_team_id
    )
    return [
        "sign-in: works for members of the workspace" if has_sign_in else
        "sign-in: off; set KENG_SLACK_CLIENT_ID, KENG_SLACK_CLIENT_SECRET and KENG_SLACK_TEAM_ID",
        f"commands and events: believed at {settings.base_url}/hooks/slack/..."
        if settings.slack_signing_secret.get_secret_value() else
        "commands and events: fetched by `keng slack listen`" if settings.slack_app_token.get_secret_value() else
        "commands and events: refused; set KENG_SLACK_SIGNING_SECRET",
    ]


def _needing(scope: str) -> list[str]:
    return [method for method, scopes in METHODS.items() if scope in scopes]
