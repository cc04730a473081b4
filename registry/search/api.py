"""The API of search."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response
from litestar.openapi.spec import Example
from litestar.params import QueryParameter
from msgspec import Meta

from registry.activity.rules import Subject
from registry.addresses import Addresses, Linked
from registry.database.keyset import Batch
from registry.database.types import Localized
from registry.search.queries import SearchHit, search
from registry.web.api.lists import Cursor, Limit, Page, paging
from registry.web.api.openapi import list_at
from registry.web.api.parameters import LONGEST_CHOICE, choice
from registry.web.dependencies import InAddresses, InReader
from registry.web.i18n import marked

# Topics and needs are found by the search page too, but have no records in the API.
_COLLECTIONS = {
    Subject.EVENT: "events", Subject.PROJECT: "projects", Subject.PROPOSAL: "proposals", Subject.PERSON: "people",
    Subject.CASE: "cases",
}


class FoundRecord(Linked):
    """A record that was found."""

    kind: Annotated[str, Meta(description="`event`, `project`, `proposal`, `person` or `case`.", examples=["project"])]
    title: Annotated[
        Localized,
        Meta(description="Its name or title by language tag; `und` where the language is not known.",
             examples=[{"zh-Hant": "預算地圖", "en": "Budget map"}]),
    ]
    text: Annotated[
        Localized, Meta(description="How its texts begin, likewise.", examples=[{"en": "See where taxes go."}])
    ]
    dated_on: Annotated[date | None, Meta(description="The day it belongs to.", examples=["2019-09-21"])]


@list_at("/search", name="search", summary=marked("Search everything"))
async def search_json(
    *, request: Request[Any, Any, Any], reader: InReader, addresses: InAddresses,
    q: Annotated[
        str, QueryParameter(
            max_length=LONGEST_CHOICE, description=marked("Words, in any script; each must be met."),
            examples=[Example(value="預算")],
        ),
    ],
    kind: Annotated[
        str | None, choice(marked("Only `event`, `project`, `proposal`, `person` or `case`."), "project")
    ] = None,
    limit: Limit = 20, cursor: Cursor = None,
) -> Response[Page[FoundRecord]]:
    """Records that hold every word, the best first.

    A misspelt word is read as the nearest that the record has. Every part of the list is ranked anew, and it ends
    after about a thousand records: add words to narrow it.
    """
    part = paging(request, limit, cursor)
    offset: int = part.place.after[0] if part.place.after else 0
    kinds = [subject for subject in _COLLECTIONS if kind is None or subject == kind]
    if not kinds:
        return part.answer(Batch([], None))
    found = await search(reader, q, kinds=kinds, limit=limit, offset=offset)
    seen = offset + limit
    return part.answer(
        Batch([_record(hit, addresses) for hit in found.hits], (seen,) if seen < found.total else None)
    )


def _record(hit: SearchHit, addresses: Addresses) -> FoundRecord:
    collection = _COLLECTIONS[hit.subject]
    return FoundRecord(
        hit.slug, addresses.api(collection, hit.slug), addresses.page(collection, hit.slug), hit.subject.value,
        hit.title, hit.body, hit.dated_on,
    )
