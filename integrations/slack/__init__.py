"""Slack: sign-in, and (behind ``ChatWorkspace``) the workspace."""

from registry.ports import Connections
from registry.settings import Settings


def connect(settings: Settings) -> Connections:
    """What Slack brings with these settings."""
    if not (settings.slack_client_id and settings.slack_team_id):
        return Connections()
    from integrations.slack.sign_in import SlackSignIn  # noqa: PLC0415 — what it needs is loaded where it is set up

    return Connections(sign_in=(
        SlackSignIn(
            client_id=settings.slack_client_id, client_secret=settings.slack_client_secret.get_secret_value(),
            team_id=settings.slack_team_id, url=settings.slack_url,
        ),
    ))
