"""GitHub: sign-in, and (behind ``CodeForge``) repositories."""

from datetime import UTC, datetime, timedelta

from integrations.github.client import GitHubClient, auth_of
from integrations.github.forge import GitHubForge
from integrations.github.sign_in import GitHubSignIn
from integrations.github.sync import GitHubSync
from integrations.github.webhooks import GitHubDoor, HookWork
from registry.ports import Connections, Job
from registry.repositories.rules import LOOKS
from registry.settings import Settings

LOOKS_EVERY = timedelta(minutes=1)
"""Repositories have turns of ten minutes; those that GitHub told us of, and new ones, need not wait for one."""
WORKS_EVERY = timedelta(seconds=5)


def connect(settings: Settings) -> Connections:
    """What GitHub brings with these settings: public repositories always, the rest where it is set up."""
    sign_in = GitHubSignIn(
        client_id=settings.github_client_id, client_secret=settings.github_client_secret.get_secret_value(),
        web_url=settings.github_web_url, api_url=settings.github_api_url,
    )
    jobs = []
    if sync := sync_of(settings):
        jobs.append(Job(f"{LOOKS} on GitHub", LOOKS_EVERY, sync.take_turn))
    secret = settings.github_webhook_secret.get_secret_value()
    if secret:
        jobs.append(Job("work on what GitHub told", WORKS_EVERY, HookWork(settings.github_web_url).take_turn))
    return Connections(
        sign_in=(sign_in,) if settings.github_client_id else (), forges=(forge_of(settings),), jobs=tuple(jobs),
        hooks=(GitHubDoor(secret),) if secret else (),
    )


def forge_of(settings: Settings) -> GitHubForge:
    """Single repositories, as somebody who fills in a form asks for them."""
    return GitHubForge(
        web_url=settings.github_web_url, api_url=settings.github_api_url,
        token=settings.github_token.get_secret_value(),
    )


def sync_of(settings: Settings) -> GitHubSync | None:
    """The synchronisation of projects' repositories; none without a token or an App."""
    auth = auth_of(settings)
    if auth is None:
        return None
    client = GitHubClient(
        api_url=settings.github_api_url, auth=auth, kept_free=settings.github_kept_free_percent / 100,
        now=lambda: datetime.now(UTC),
    )
    return GitHubSync(client, forge_of(settings), bots=settings.github_bots)
