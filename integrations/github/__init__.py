"""GitHub: sign-in, (behind ``CodeForge``) repositories, and records offered as pull requests.

What asks GitHub is imported where it is set up: PyGithub and Authlib take longer to load than a page to answer.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from integrations.github.forge import GitHubForge
from registry.ports import Connections, Job, SignInProvider, WebhookDoor
from registry.publishing.commands import offer_changed
from registry.publishing.rules import PULL_REQUEST
from registry.repositories.rules import LOOKS
from registry.settings import Settings

if TYPE_CHECKING:
    from integrations.github.publish import PullRequests
    from integrations.github.sync import GitHubSync

LOOKS_EVERY = timedelta(minutes=1)
"""Repositories have turns of ten minutes; those that GitHub told us of, and new ones, need not wait for one."""
OFFERS_EVERY = timedelta(hours=1)
WORKS_EVERY = timedelta(seconds=5)


def connect(settings: Settings) -> Connections:
    """What GitHub brings with these settings: public repositories always, the rest where it is set up."""
    jobs: list[Job] = []
    if sync := sync_of(settings):
        jobs.append(Job(f"{LOOKS} on GitHub", LOOKS_EVERY, sync.take_turn))
    door, work = hooks_of(settings)
    if work:
        jobs.append(work)
    publisher = publisher_of(settings)
    if publisher:
        jobs.append(Job("offer what has changed", OFFERS_EVERY, offer_changed))
    return Connections(
        sign_in=(sign_in_of(settings),) if settings.github_client_id else (), forges=(forge_of(settings),),
        jobs=tuple(jobs), hooks=door, deliverers={PULL_REQUEST: publisher} if publisher else {},
    )


def publisher_of(settings: Settings) -> "PullRequests | None":
    """What offers records as pull requests; none without a repository and a token (or an App)."""
    if not settings.github_publish_repository:
        return None
    from integrations.github.client import GitHubClient, auth_of  # noqa: PLC0415
    from integrations.github.publish import PullRequests  # noqa: PLC0415

    own = settings.github_publish_token
    auth = auth_of(settings.model_copy(update={"github_token": own}) if own.get_secret_value() else settings)
    if auth is None:
        return None
    client = GitHubClient(api_url=settings.github_api_url, auth=auth, kept_free=0, now=lambda: datetime.now(UTC))
    return PullRequests(client, settings.github_publish_repository, base_url=settings.base_url)


def hooks_of(settings: Settings) -> tuple[tuple[WebhookDoor, ...], Job | None]:
    """The door for what GitHub tells us by itself, and the job that works on it; neither without a secret."""
    secret = settings.github_webhook_secret.get_secret_value()
    if not secret:
        return (), None
    from integrations.github.webhooks import GitHubDoor, HookWork  # noqa: PLC0415

    work = HookWork(settings.github_web_url)
    return (GitHubDoor(secret),), Job("work on what GitHub told", WORKS_EVERY, work.take_turn)


def sign_in_of(settings: Settings) -> SignInProvider:
    """Signing in with an account there."""
    from integrations.github.sign_in import GitHubSignIn  # noqa: PLC0415

    return GitHubSignIn(
        client_id=settings.github_client_id, client_secret=settings.github_client_secret.get_secret_value(),
        web_url=settings.github_web_url, api_url=settings.github_api_url,
    )


def forge_of(settings: Settings) -> GitHubForge:
    """Single repositories, as somebody who fills in a form asks for them."""
    return GitHubForge(
        web_url=settings.github_web_url, api_url=settings.github_api_url,
        token=settings.github_token.get_secret_value(),
    )


def sync_of(settings: Settings) -> "GitHubSync | None":
    """The synchronisation of projects' repositories; none without a token or an App."""
    if not (settings.github_token.get_secret_value() or settings.github_app_id):
        return None
    from integrations.github.client import GitHubClient, auth_of  # noqa: PLC0415
    from integrations.github.sync import GitHubSync  # noqa: PLC0415

    auth = auth_of(settings)
    if auth is None:
        return None
    client = GitHubClient(
        api_url=settings.github_api_url, auth=auth, kept_free=settings.github_kept_free_percent / 100,
        now=lambda: datetime.now(UTC),
    )
    return GitHubSync(client, forge_of(settings), bots=settings.github_bots)
