"""A line between a browser and a server that can be cut: a browser's own offline mode leaves open streams alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Line:
    """Carries bytes to and from a server. Cut, it ends every connection and takes no other until it is mended.

    ``address`` is where a browser reaches the server through it.
    """

    def __init__(self, server: str) -> None:
        self.address = ""
        self._server = urlsplit(server)
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False

    def cut(self) -> None:
        """Lose every connection, as when a cable is pulled or a server dies."""
        self._is_cut = True
        for end in self._open:
            end.transport.abort()

    def mend(self) -> None:
        """Take connections again."""
        self._is_cut = False

    async def connect(self, browser_says: asyncio.StreamReader, browser: asyncio.StreamWriter) -> None:
        """Carry one connection until either end closes it."""
        if self._is_cut:
            browser.transport.abort()
            return
        server_says, server = await asyncio.open_connection(self._server.hostname, self._server.port)
        self._open |= {browser, server}
        await asyncio.gather(_carry(browser_says, server), _carry(server_says, browser))
        self._open -= {browser, server}


async def _carry(said: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while said_now := await said.read(65_536):
            other.write(said_now)
            await other.drain()
    other.close()


@asynccontextmanager
async def line_to(server: str) -> AsyncIterator[Line]:
    """A line to a server."""
    line = Line(server)
    async with await asyncio.start_server(line.connect, "127.0.0.1", 0) as listener:
        line.address = "http://127.0.0.1:{1}".format(*listener.sockets[0].getsockname())
        yield line
        line.cut()
