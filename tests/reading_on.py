"""Reads a list of the API to its end, as a client would."""

from typing import Any

from litestar.testing import AsyncTestClient


async def ids_of(client: AsyncTestClient, address: str) -> list[str]:
    """The identifiers of the records in one part of a list."""
    return [record["id"] for record in (await answer(client, address))["items"]]


async def answer(client: AsyncTestClient, address: str) -> Any:
    """The JSON at an address that must answer 200."""
    response = await client.get(address)
    assert response.status_code == 200, response.text
    return response.json()


async def ids_to_the_end(client: AsyncTestClient, address: str) -> list[str]:
    """The identifiers of every record of a list, following ``next``."""
    found: list[str] = []
    following: str | None = address
    while following:
        part = await answer(client, following)
        found += [record["id"] for record in part["items"]]
        following = part["next"]
    return found
