"""An integration that brings nothing but a door."""

from registry.database.engine import Database
from registry.ports import Connections, HookAnswer, HookCall
from registry.settings import Settings

PATH = "/hooks/doorbell"
LARGEST = 1_000


class Doorbell:
    """Says back what it was told."""

    path = PATH
    largest_body = LARGEST

    async def answer(self, call: HookCall, database: Database) -> HookAnswer:
        if call.headers.get("x-quiet"):
            return HookAnswer(202)
        return HookAnswer(200, {"heard": len(call.body), "signed": call.headers["x-signed"]})


def connect(_settings: Settings) -> Connections:
    return Connections(hooks=(Doorbell(),))
