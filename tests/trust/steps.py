"""Changes that take more than the form of one page: a file, a page's script, a list that is looked through first."""

import re
from datetime import datetime, timedelta
from secrets import token_hex
from zoneinfo import ZoneInfo

from tests.trust.states import DAY
from tests.uploads.test_pages import sent
from tests.visits import Visit, filled

_SHEET = "專案名稱,連結\n水井的坑,https://example.org/wells\n"


async def take_steps(organiser: Visit) -> None:
    """Take each of them."""
    await _import_a_file(organiser)
    await _check_guests_in(organiser)
    await _match_videos(organiser)
    await _plan_the_day(organiser)


async def leave(visit: Visit) -> None:
    """Ask to be erased."""
    await visit.fill("/account/erase", "/account/erase", name=await visit.name() or "")


async def _import_a_file(organiser: Visit) -> None:
    upload = (await sent(organiser, "wells.csv", _SHEET)).headers["location"]
    await organiser.fill(upload, f"{upload}/import", partial="yes")


async def _check_guests_in(organiser: Visit) -> None:
    page = (await organiser.client.get(f"{DAY}/door")).text
    [token] = re.findall(r'data-token="(\w+)"', page)
    guests = (await organiser.client.get(f"{DAY}/door/guests")).json()["guests"]
    asked = {"check_ins": [{"guest": one["guest"], "key": token_hex(8)} for one in guests[:1]]}
    await organiser.client.post(f"{DAY}/door/check-ins", headers={"X-Form-Token": token}, json=asked)
    await organiser.submit(f"{DAY}/door", f"{DAY}/door/undo", guest=guests[0]["guest"])


async def _match_videos(organiser: Visit) -> None:
    matches = await organiser.fill(
        f"{DAY}/after", f"{DAY}/after", list="Wells https://www.youtube.com/watch?v=abcdefghijk", kind="demo"
    )
    [pitch] = re.findall(r'<option value="(today-wells)"', matches.text)
    fields = filled(matches, f"{DAY}/after/videos", **{"keep-0": "yes", "proposal-0": pitch})
    await organiser.client.post(f"{DAY}/after/videos", data=fields)


async def _plan_the_day(organiser: Visit) -> None:
    begin = datetime.now(ZoneInfo("Asia/Taipei")) + timedelta(hours=1)
    end = begin + timedelta(hours=1)
    await organiser.fill(f"{DAY}/agenda", f"{DAY}/agenda", **{
        "starts_at-0": f"{begin:%Y-%m-%dT%H:%M}", "ends_at-0": f"{end:%Y-%m-%dT%H:%M}", "title-0-en": "Dinner",
        "kind-0": "other",
    })
