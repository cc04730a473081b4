"""A flood of pitches from one account, while somebody else reads."""

import asyncio

import httpx

from tests.visits import Visit, filled

_AT_ONCE = 25


async def of_pitches(flooder: Visit, reader: Visit, count: int) -> tuple[list[httpx.Response], set[int]]:
    """The answers to so many pitches, sent many at once, and what another reads between them."""
    token = filled(await flooder.client.get("/pitch"), "/pitch")["form_token"]
    answers, statuses = [], set()
    for start in range(0, count, _AT_ONCE):
        answers += await asyncio.gather(*(
            flooder.client.post("/pitch", data={
                "form_token": token, "sentence": "Buy!", "title": f"Spam {number}", "form_key": str(number),
            })
            for number in range(start, start + _AT_ONCE)
        ))
        statuses.add((await reader.client.get("/proposals")).status_code)
    return answers, statuses


async def submitted(flooder: Visit, drafts: list[str]) -> list[str]:
    """Submit each draft; the addresses of the pitches."""
    pages = []
    for path in drafts:
        form = filled(await flooder.client.get(path), path)
        answer = await flooder.client.post(f"{path.removesuffix('edit')}submit", data=form)
        pages.append(answer.headers["location"].partition("?")[0])
    return pages


async def seen(reader: Visit, pages: list[str]) -> set[int]:
    """How these pages answer somebody."""
    return {(await reader.client.get(path)).status_code for path in pages}
