"""Socket Mode: the same answers over a connection that we open."""

import asyncio

from integrations.slack.listening import listen
from registry.settings import Settings
from tests.databases import SqliteDatabase
from tests.fakes.slack import APP_TOKEN, TEAM_ID, TOKEN, FakeSlack
from tests.fakes.slack_socket import FakeSocket


async def test_what_slack_tells_over_a_socket_is_answered_like_at_the_doors(
    sqlite: SqliteDatabase, workspace: FakeSlack
) -> None:
    workspace.add_user("U1", "one", locale="en-US")
    settings = Settings(
        database_url=sqlite.cleaned(), slack_url=workspace.url, slack_team_id=TEAM_ID, slack_bot_token=TOKEN,
        slack_app_token=APP_TOKEN,
    )
    stop = asyncio.Event()
    with FakeSocket() as far_end:
        workspace.socket_url = far_end.url
        listening = asyncio.create_task(listen(settings, stop=stop))
        said = await asyncio.to_thread(
            far_end.tell, "slash_commands", {"text": "find budget &amp; map", "user_id": "U1", "team_id": TEAM_ID},
            number="1",
        )
        other = await asyncio.to_thread(far_end.tell, "never_heard_of", {}, number="2")
        opened = {"type": "event_callback", "team_id": TEAM_ID, "event_id": "Ev1", "event": {
            "type": "app_home_opened", "user": "U1", "tab": "home",
        }}
        shown = await asyncio.to_thread(far_end.tell, "events_api", opened, number="3")
        stop.set()
        await listening
    assert (said["text"], other, shown) == ("Nothing was found for “budget &amp; map”.", {}, {})
    assert list(workspace.homes) == ["U1"]
