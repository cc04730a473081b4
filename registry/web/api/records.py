"""Single records of the API, found by their identifier."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, NoReturn

from litestar.exceptions import HTTPException
from litestar.openapi.spec import Example
from litestar.params import PathParameter

from registry.activity.queries import moved_record
from registry.activity.rules import Subject
from registry.addresses import percent_encoded
from registry.database.engine import Reader
from registry.web.errors import NotFound
from registry.web.i18n import gettext as _
from registry.web.i18n import marked

RecordId = Annotated[
    str, PathParameter(max_length=120, description=marked("The record's `id`."), examples=[Example(value="budget-map")])
]
SlugOf = Callable[[Reader, int], Awaitable[str | None]]


async def moved_or_missing(
    reader: Reader, subject: Subject, slug: str, *, slug_of: SlugOf, collection_url: str
) -> NoReturn:
    """Say what became of a record that is not at ``slug`` (two statements); ``slug_of`` finds a public one by row.

    Raises:
        HTTPException: 301 to the record under its present identifier.
        NotFound: there is no such record, or none that the public sees.
    """
    row_number = await moved_record(reader, subject, slug)
    present = None if row_number is None else await slug_of(reader, row_number)
    if present is None:
        raise NotFound(_("There is no such record. It may have been taken out, or the identifier has a typing error."))
    raise HTTPException(
        detail=_("This record has another identifier now."), status_code=HTTPStatus.MOVED_PERMANENTLY,
        headers={"Location": percent_encoded(f"{collection_url}{present}")},
    )
