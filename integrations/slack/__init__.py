"""Slack: sign-in, and (behind ``ChatWorkspace``) the workspace."""

from integrations.slack.sign_in import SlackSignIn
from integrations.slack.workspace import workspace_of
from registry.ports import Connections
from registry.settings import Settings


def connect(settings: Settings) -> Connections:
    """What Slack brings with these settings: each part where it is set up."""
    sign_in = SlackSignIn(
        client_id=settings.slack_client_id, client_secret=settings.slack_client_secret.get_secret_value(),
        team_id=settings.slack_team_id, url=settings.slack_url,
    )
    return Connections(
        sign_in=(sign_in,) if settings.slack_client_id and settings.slack_team_id else (),
        chat=workspace_of(settings),
    )
