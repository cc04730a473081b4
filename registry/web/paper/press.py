"""Documents as PDF: printed one at a time in a process of its own, within a time limit, and kept by what they say."""

import asyncio
import logging
import sys
from hashlib import blake2b

from registry.errors import Busy
from registry.web.i18n import gettext as _
from registry.web.kept_bytes import KeptBytes
from registry.web.paper import missing_libraries

KEPT_BYTES = 16 * 1024 * 1024
LONGEST_SECONDS = 60.0
MOST_WAITING = 4
_PROGRAM = (sys.executable, "-m", "registry.web.paper.printing")
_log = logging.getLogger("keng.web")


class Press:
    """What prints for one server process. A document that says the same is printed once while there is room for it."""

    def __init__(self, *, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._longest_seconds = longest_seconds
        self._kept = KeptBytes(KEPT_BYTES)
        self._lock = asyncio.Lock()
        self._waiting = 0

    async def printed(self, html: str, *, address: str) -> bytes:
        """The PDF of a document; its links lead on from ``address``.

        Raises:
            Busy: others are waiting already, it took too long, or this machine cannot print.
        """
        if missing_libraries():
            raise Busy(_("This server makes no PDF: a library is missing. Print the page from your browser instead."))
        name = blake2b(html.encode(), digest_size=16).digest()
        if self._waiting >= MOST_WAITING and self._kept.get(name) is None:
            raise Busy(_("Many PDFs are being made. Try again in a minute, or print the page from your browser."))
        self._waiting += 1
        try:
            async with self._lock:
                pdf = self._kept.get(name)
                if pdf is None:
                    pdf = await self._print(html, address)
                    self._kept.keep(name, pdf)
                return pdf
        finally:
            self._waiting -= 1

    async def _print(self, html: str, address: str) -> bytes:
        pipe = asyncio.subprocess.PIPE
        program = await asyncio.create_subprocess_exec(*_PROGRAM, address, stdin=pipe, stdout=pipe, stderr=pipe)
        try:
            pdf, said = await asyncio.wait_for(program.communicate(html.encode()), self._longest_seconds)
        except TimeoutError:
            _log.warning("a PDF of %s was given up after %s seconds", address, self._longest_seconds)
            raise Busy(_("This PDF took too long to make. Print the page from your browser instead.")) from None
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        if program.returncode:
            raise RuntimeError(f"no PDF of {address}: {said.decode(errors='replace')[-2000:]}")
        return pdf
