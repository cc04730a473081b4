"""Slack: sign-in, and (behind ``ChatWorkspace``) the workspace.

What asks Slack is imported where it is set up, as in ``integrations.github``.
"""

from registry.ports import ChatWorkspace, Connections, SignInProvider
from registry.settings import Settings


def connect(settings: Settings) -> Connections:
    """What Slack brings with these settings: each part where it is set up."""
    can_sign_in = settings.slack_client_id and settings.slack_team_id
    return Connections(
        sign_in=(sign_in_of(settings),) if can_sign_in else (), chat=chat_of(settings),
    )


def sign_in_of(settings: Settings) -> SignInProvider:
    """Signing in with an account of the workspace."""
    from integrations.slack.sign_in import SlackSignIn  # noqa: PLC0415

    return SlackSignIn(
        client_id=settings.slack_client_id, client_secret=settings.slack_client_secret.get_secret_value(),
        team_id=settings.slack_team_id, url=settings.slack_url,
    )


def chat_of(settings: Settings) -> ChatWorkspace | None:
    """The workspace; none without a token."""
    if not settings.slack_bot_token.get_secret_value():
        return None
    from integrations.slack.workspace import workspace_of  # noqa: PLC0415

    return workspace_of(settings)
