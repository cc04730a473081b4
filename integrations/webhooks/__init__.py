"""Other chats, of which nothing is known but the address of an incoming webhook."""

from datetime import UTC, datetime, timedelta

from registry.ports import Connections, Job
from registry.settings import Settings

LOOKS_EVERY = timedelta(hours=1)


def connect(settings: Settings) -> Connections:
    """What the webhooks of these settings bring: each is a channel that organisers can lead news to."""
    if not settings.chat_webhooks:
        return Connections()
    # What asks addresses takes a while to load, and few installations have webhooks.
    from integrations.webhooks.voice import WebhookChannels, WebhookVoice, webhooks_of  # noqa: PLC0415
    from registry.announcements.sending import Announcer  # noqa: PLC0415
    from registry.channels.rules import WEBHOOK  # noqa: PLC0415
    from registry.outside import Outside  # noqa: PLC0415

    webhooks = webhooks_of(settings)
    announcer = Announcer(
        WebhookVoice(webhooks, Outside()), base_url=settings.base_url, clock=lambda: datetime.now(UTC)
    )
    return Connections(
        deliverers={WEBHOOK: announcer},
        jobs=(Job("look at webhooks", LOOKS_EVERY, WebhookChannels(webhooks).take_turn),),
    )
