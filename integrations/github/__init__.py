"""GitHub: sign-in, and (behind ``CodeForge``) repositories.

What asks GitHub is imported where it is set up: PyGithub and Authlib take longer to load than a page to answer.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from integrations.github.forge import GitHubForge
from registry.ports import Connections, Job, SignInProvider
from registry.settings import Settings

if TYPE_CHECKING:
    from integrations.github.sync import GitHubSync

LOOKS_EVERY = timedelta(minutes=10)


def connect(settings: Settings) -> Connections:
    """What GitHub brings with these settings: public repositories always, the rest where it is set up."""
    sync = sync_of(settings)
    return Connections(
        sign_in=(sign_in_of(settings),) if settings.github_client_id else (), forges=(forge_of(settings),),
        jobs=(Job("look at repositories on GitHub", LOOKS_EVERY, sync.take_turn),) if sync else (),
    )


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
