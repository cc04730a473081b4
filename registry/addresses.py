"""Where a record is found: its page and its JSON, as full addresses."""

from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from msgspec import Meta
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from registry.database.types import Localized

API = "/api/v1"


Revision = Annotated[
    int, Meta(ge=0, le=2**31 - 1, description="How often it was changed: send it back with a change.", examples=[3])
]


class Linked(msgspec.Struct):
    """A record with its public identifier and its addresses."""

    id: Annotated[
        str, Meta(description="Public identifier: the last part of both addresses. An old one redirects.")
    ]
    url: Annotated[str, Meta(description="The record in this API.")]
    html_url: Annotated[str, Meta(description="The record's page.")]

    def __post_init__(self) -> None:
        """Identifiers may be Chinese, addresses may not: the database joins them, here they are percent-encoded."""
        self.url, self.html_url = percent_encoded(self.url), percent_encoded(self.html_url)


class Mention(Linked):
    """Another record, named and linked."""

    name: Annotated[
        Localized, Meta(description="Its name by language tag.", examples=[{"zh-Hant": "名稱", "en": "Name"}])
    ]


class PersonMention(Linked):
    """A person, named and linked."""

    name: Annotated[str, Meta(description="The name, as written in the record.", examples=["Sunny Lin"])]


@lru_cache(maxsize=5_000)
def percent_encoded(address: str) -> str:
    """An address in ASCII, as headers and strict readers need it; what is ASCII stays."""
    return address if address.isascii() else quote(address, safe=":/?&=%#+,;@!$'()*~")


class Addresses(msgspec.Struct, frozen=True):
    """The addresses of an installation; ``base_url`` is its public address without a trailing slash.

    A collection is ``events``, ``projects``, ``proposals``, ``people`` or ``tags``.
    """

    base_url: str

    def api(self, collection: str, slug: str = "") -> str:
        """A record's JSON."""
        return f"{self.base_url}{API}/{collection}/{slug}"

    def list_of(self, collection: str) -> str:
        """A list's JSON."""
        return f"{self.base_url}{API}/{collection}"

    def page(self, collection: str, slug: str = "") -> str:
        """A record's page."""
        return f"{self.base_url}/{collection}/{slug}"

    def columns(self, collection: str, slug: InstrumentedAttribute[str]) -> tuple[ColumnElement[Any], ...]:
        """The columns that make a record ``Linked``, in its order."""
        return (
            slug.label("id"),
            (self.api(collection) + slug).label("url"),
            (self.page(collection) + slug).label("html_url"),
        )
