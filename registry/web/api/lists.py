"""Lists of the API: a bounded number of records and the address of those that follow."""

import base64
import binascii
import hmac
from typing import Annotated, Any, Generic, NoReturn, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter
from msgspec import Meta

from registry.database.keyset import Batch, Key, Place
from registry.settings import Settings
from registry.web.errors import BadInput, FieldError
from registry.web.i18n import gettext as _
from registry.web.i18n import marked

Record = TypeVar("Record")

LARGEST_LIMIT = 100
LONGEST_CURSOR = 400
_SIGNATURE_BYTES = 12

Limit = Annotated[
    int, QueryParameter(ge=1, le=LARGEST_LIMIT, description=marked("How many records to answer with at most."))
]
Cursor = Annotated[
    str | None,
    QueryParameter(
        max_length=LONGEST_CURSOR,
        description=marked("Where to read on. Follow `next` of the answer before instead of making one up."),
    ),
]


class Page(msgspec.Struct, Generic[Record]):
    """One part of a list."""

    items: Annotated[list[Record], Meta(description="The records of this part, in the list's order.")]
    next: Annotated[
        str | None, Meta(description="Address of the part that follows; null at the end of the list.")
    ] = None


class Paging(msgspec.Struct, frozen=True):
    """Where a request reads in its list, and how the answer says where to read on."""

    place: Place
    address: str
    """The list's full address with its filters and limit."""
    seal: "CursorSeal"

    def answer(self, batch: Batch[Record]) -> Response[Page[Record]]:
        """The records, with the address of the next ones in the body and in the ``Link`` header."""
        if batch.last is None:
            return Response(Page(batch.rows))
        following = self.address + urlencode({"cursor": self.seal.write(batch.last)})
        return Response(Page(batch.rows, following), headers={"Link": f'<{following}>; rel="next"'})


class CursorSeal(msgspec.Struct, frozen=True):
    """Writes and reads the cursors of one list: nobody can make one up, or use that of another list."""

    secret: bytes
    subject: str
    """The list: its path and filters."""

    def write(self, key: Key) -> str:
        """The cursor for the row with this key."""
        content = msgspec.msgpack.encode(key)
        return base64.urlsafe_b64encode(self._signature(content) + content).decode().rstrip("=")

    def read(self, cursor: str) -> Key:
        """The key in a cursor that ``write`` made.

        Raises:
            BadInput: it was altered, or comes from another list or installation.
        """
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            _refuse_cursor()
        signature, content = sealed[:_SIGNATURE_BYTES], sealed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(content)):
            _refuse_cursor()
        return tuple(msgspec.msgpack.decode(content))

    def _signature(self, content: bytes) -> bytes:
        message = self.subject.encode() + b"\0" + content
        return hmac.digest(self.secret, message, "sha256")[:_SIGNATURE_BYTES]


def _refuse_cursor() -> NoReturn:
    reason = _("This cursor does not belong to this list. Leave it out to start from the beginning.")
    raise BadInput(reason, errors=[FieldError(name="cursor", detail=reason)])


def paging(request: Request[Any, Any, Any], limit: int, cursor: str | None) -> Paging:
    """Where a request reads on.

    A function that the page function calls, not a dependency: Litestar resolves dependencies side by side, and one
    that raises leaves the connection that another is just opening behind.

    Raises:
        BadInput: the cursor is none of this list's.
    """
    settings: Settings = request.app.state.settings
    path = request.url.path
    # Of a parameter given twice the last one counts, as it does for the page function.
    asked = dict(parse_qsl(request.url.query))
    filters = sorted((name, value) for name, value in asked.items() if name not in {"limit", "cursor"})
    seal = CursorSeal(settings.secret_key.get_secret_value().encode(), f"{path}?{urlencode(filters)}")
    address = f"{settings.base_url}{path}?{urlencode([*filters, ('limit', limit)])}&"
    return Paging(Place(limit, seal.read(cursor) if cursor else None), address, seal)
