"""GitHub: sign-in, and (behind ``CodeForge``) repositories."""

from integrations.github.forge import GitHubForge
from integrations.github.sign_in import GitHubSignIn
from registry.ports import Connections
from registry.settings import Settings


def connect(settings: Settings) -> Connections:
    """What GitHub brings with these settings: public repositories always, sign-in where it is set up."""
    forge = GitHubForge(
        web_url=settings.github_web_url, api_url=settings.github_api_url,
        token=settings.github_token.get_secret_value(),
    )
    sign_in = GitHubSignIn(
        client_id=settings.github_client_id, client_secret=settings.github_client_secret.get_secret_value(),
        web_url=settings.github_web_url, api_url=settings.github_api_url,
    )
    return Connections(sign_in=(sign_in,) if settings.github_client_id else (), forges=(forge,))
