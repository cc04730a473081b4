"""Pages of a list: bounded numbers, and addresses that keep what else the reader chose."""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.params import QueryParameter

from registry.errors import NotFound
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext

PAGE_SIZE = 24
LAST_PAGE = 10_000

PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=LAST_PAGE)]


class Pager(msgspec.Struct, frozen=True):
    """One page of ``total`` rows. ``address`` is the list's path with its query, whatever page it was on.

    A list that ``has_more`` rows is shown as far as it was counted.
    """

    number: int
    total: int
    address: str
    size: int = PAGE_SIZE
    has_more: bool = False

    @property
    def last(self) -> int:
        """The number of the last page that can be asked for; an empty list has one."""
        return min(LAST_PAGE, max(1, -(-self.total // self.size)))

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.size

    def url(self, number: int) -> str:
        """The address of another page with the same filters."""
        path, _, query = self.address.partition("?")
        kept = [(key, value) for key, value in parse_qsl(query) if key != "page"]
        query = urlencode([*kept, ("page", str(number))] if number > 1 else kept)
        return f"{path}?{query}" if query else path

    def checked(self) -> "Pager":
        """Itself.

        Raises:
            NotFound: the list has fewer pages, or is not shown so far.
        """
        if self.number > self.last and self.has_more:
            raise NotFound(
                _(
                    "This list is shown up to page %(num)s. Choose a filter, or search for words, to find what comes "
                    "after."
                ) % {"num": self.last}
            )
        if self.number > self.last:
            raise NotFound(
                ngettext("This list has only one page.", "This list has only %(num)s pages.", self.last)
                % {"num": self.last}
            )
        return self
