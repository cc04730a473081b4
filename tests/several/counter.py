"""A made-up system that only counts what it is sent, as an integration of the processes under test."""

import os
from urllib.parse import quote

import httpx

from registry.database.engine import Database
from registry.ports import Connections, Outgoing
from registry.settings import Settings
from tests.fakes.http import Asked, FakeServer, Reply

KIND = "count"
ADDRESS = "COUNTER_URL"


class Counter(FakeServer):
    """``arrived`` are the keys in the order in which they came."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[str] = []
        self.route("POST", "/(?P<key>.+)", self._take)
        self.route("GET", "/(?P<key>.+)", lambda asked: Reply(asked.found["key"] in self.arrived))

    def _take(self, asked: Asked) -> Reply:
        self.arrived.append(asked.found["key"])
        return Reply(seconds=0.01)


class _Teller:
    async def deliver(self, message: Outgoing, database: Database) -> None:
        address = f"{os.environ[ADDRESS]}/{quote(message.key)}"
        async with httpx.AsyncClient() as client:
            if not (message.may_be_out and (await client.get(address)).json()):
                await client.post(address)


def connect(_settings: Settings) -> Connections:
    """The one deliverer."""
    return Connections(deliverers={KIND: _Teller()})
