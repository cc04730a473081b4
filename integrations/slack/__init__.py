"""Slack: sign-in, and (behind ``ChatWorkspace``) the workspace; what answers there stands in ``bot``.

What asks Slack is imported where it is set up, as in ``integrations.github``.
"""

from registry.ports import ChatWorkspace, Connections, Job, SignInProvider, WebhookDoor
from registry.settings import Settings


def connect(settings: Settings) -> Connections:
    """What Slack brings with these settings: each part where it is set up."""
    can_sign_in = settings.slack_client_id and settings.slack_team_id
    doors, jobs = doors_of(settings)
    return Connections(
        sign_in=(sign_in_of(settings),) if can_sign_in else (), chat=chat_of(settings), hooks=doors, jobs=jobs,
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


def doors_of(settings: Settings) -> tuple[tuple[WebhookDoor, ...], tuple[Job, ...]]:
    """Where Slack's commands and events arrive, and the job that works on them; nothing where none can arrive."""
    secret = settings.slack_signing_secret.get_secret_value()
    if not secret and not settings.slack_app_token.get_secret_value():
        return (), ()
    from integrations.slack.bot import Bot  # noqa: PLC0415
    from integrations.slack.client import client_of  # noqa: PLC0415
    from integrations.slack.doors import Doors  # noqa: PLC0415
    from integrations.slack.heard import HEARD_JOB  # noqa: PLC0415

    return Doors(Bot(settings, client_of(settings))).all(secret), (HEARD_JOB,)
