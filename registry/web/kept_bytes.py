"""What is costly to make and small to keep: drawn pictures and printed documents, within a bound."""

from collections import OrderedDict


class KeptBytes:
    """Pictures and documents by name; the least recently asked for go when they hold more than ``room`` bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._size = 0
        self._made: OrderedDict[bytes, bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._made)

    def get(self, name: bytes) -> bytes | None:
        """One that is kept, by its name."""
        if name in self._made:
            self._made.move_to_end(name)
        return self._made.get(name)

    def keep(self, name: bytes, made: bytes) -> None:
        """Keep one."""
        self._size += len(made) - len(self._made.get(name, b""))
        self._made[name] = made
        while self._size > self._room and self._made:
            self._size -= len(self._made.popitem(last=False)[1])
