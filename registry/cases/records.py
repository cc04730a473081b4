"""Case studies as the API gives them."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from sqlalchemy import select

from registry.addresses import Addresses, Linked, Mention, PersonMention
from registry.cases.content import CaseContent, content_of
from registry.cases.models import CaseChoice, CaseStudy, CaseVersion, CaseWriter
from registry.cases.rules import CHOICES, Axis, Section
from registry.cases.visibility import case_is_public
from registry.database.aggregate import AnySelect, json_rows
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place, read_batch
from registry.database.types import Localized
from registry.people.models import Person
from registry.people.visibility import person_is_public
from registry.projects.models import Project
from registry.search.queries import holds

_WORDS = [{"zh-Hant": "預算看得懂了", "en": "A budget that people can read"}]


class SectionRecord(msgspec.Struct):
    """A part of the text."""

    section: Annotated[Section, Meta(description="Which part of the story it tells.", examples=["problem"])]
    text: Annotated[
        Localized, Meta(description="Markdown by language tag.", examples=[{"en": "The budget was a **thick** book."}])
    ]


class AxisRecord(msgspec.Struct):
    """Where a case stands on an axis of comparison."""

    axis: Annotated[Axis, Meta(description="The axis.", examples=["goals"])]
    choices: Annotated[
        list[str], Meta(description="Its places there, of those on offer.", examples=[["prototype"]])
    ]
    text: Annotated[Localized, Meta(description="In a sentence, by language tag.", examples=[{"en": "A first try."}])]
    spent: Annotated[
        dict[str, str],
        Meta(description="Of the axis `goals`: the time for each goal.", examples=[{"prototype": "6 month"}]),
    ]


class NumberRecord(msgspec.Struct):
    """A number with its day and source."""

    what: Annotated[Localized, Meta(description="What it counts, by language tag.", examples=[{"en": "lines read"}])]
    value: Annotated[str, Meta(description="As it is written.", examples=["3,000"])]
    as_of: Annotated[date | None, Meta(description="The day it is true of.", examples=["2026-07-25"])]
    source: Annotated[str, Meta(description="Where it is found.", examples=["https://example.org/report"])]


class PictureRecord(msgspec.Struct):
    """A picture that lives elsewhere."""

    url: Annotated[str, Meta(description="Its address.", examples=["https://example.org/map.png"])]
    section: Annotated[str, Meta(description="The section it belongs to.", examples=["built"])]
    caption: Annotated[Localized, Meta(description="What it shows.", examples=[{"en": "The first map."}])]
    credit: Annotated[str, Meta(description="Who made it.", examples=["Sunny Lin"])]
    licence: Annotated[str, Meta(description="Under which licence.", examples=["CC-BY-4.0"])]


class MomentRecord(msgspec.Struct):
    """Something that happened."""

    on: Annotated[date, Meta(description="The day.", examples=["2012-12-01"])]
    what: Annotated[Localized, Meta(description="What it was.", examples=[{"en": "Pitched at hackathon 0"}])]
    url: Annotated[
        str, Meta(description="Where to read about it: an address, or a path here.", examples=["/events/hackathon-0"])
    ]


class CaseLinkRecord(msgspec.Struct):
    """An address to read on at."""

    url: Annotated[str, Meta(description="The address.", examples=["https://example.org/talk"])]
    label: Annotated[str, Meta(description="Words for it.", examples=["A talk about it"])]


class CaseRecord(Linked):
    """What a project became, and how."""

    title: Annotated[Localized, Meta(description="Title by language tag.", examples=_WORDS)]
    summary: Annotated[Localized, Meta(description="One sentence, by language tag.", examples=_WORDS)]
    project: Annotated[Mention, Meta(description="The project it is about.")]
    version: Annotated[int, Meta(description="The number of this version, from 1 on.", examples=[2])]
    published_at: Annotated[
        datetime, Meta(description="When the first version was published.", examples=["2026-07-26T10:00:00Z"])
    ]
    corrected_at: Annotated[
        datetime, Meta(description="When this version was published.", examples=["2026-08-01T10:00:00Z"])
    ]
    correction: Annotated[
        Localized, Meta(description="What was corrected in this version.", examples=[{"en": "A wrong year."}])
    ]
    licence: Annotated[str, Meta(description="Licence of the text.", examples=["CC-BY-4.0"])]
    writers: Annotated[list[PersonMention], Meta(description="Who wrote it, of those who are shown here.")]
    credits: Annotated[
        list[str], Meta(description="Others who are to be named for it.", examples=[["Lin Yang"]])
    ]
    sections: Annotated[list[SectionRecord], Meta(description="Its text, in order.")]
    axes: Annotated[list[AxisRecord], Meta(description="Where it stands.")]
    numbers: Annotated[list[NumberRecord], Meta(description="Its numbers.")]
    timeline: Annotated[list[MomentRecord], Meta(description="What happened when, the first first.")]
    pictures: Annotated[list[PictureRecord], Meta(description="Its pictures.")]
    links: Annotated[list[CaseLinkRecord], Meta(description="Where to read on.")]


class CaseFilter(msgspec.Struct, frozen=True):
    """What a request chooses: words (as ``full_text`` made them), a project, a place on any axis."""

    text: str | None = None
    project: str | None = None
    places: dict[str, str] = {}


async def case_records(
    reader: Reader, wanted: CaseFilter, *, place: Place, addresses: Addresses
) -> Batch[CaseRecord]:
    """The published case studies that a filter finds, the newest in the registry first (one statement)."""
    statement = _records(addresses)
    if wanted.text:
        statement = statement.where(holds(CaseStudy.id, wanted.text))
    if wanted.project:
        statement = statement.where(Project.slug == wanted.project)
    for axis, choice in wanted.places.items():
        statement = statement.where(
            select(CaseChoice.case_id)
            .where(CaseChoice.case_id == CaseStudy.id, CaseChoice.axis == Axis(axis), CaseChoice.choice == choice)
            .exists()
        )
    return await read_batch(reader, statement, _record, order=(CaseStudy.id,), place=place)


async def case_record(reader: Reader, slug: str, addresses: Addresses) -> CaseRecord | None:
    """The published case study with this slug (one statement)."""
    row = (await reader.execute(_records(addresses).where(CaseStudy.slug == slug))).one_or_none()
    return _record(*row) if row else None


def _records(addresses: Addresses) -> AnySelect:
    writers = (
        select(*addresses.columns("people", Person.slug), Person.display_name.label("name"))
        .join(CaseWriter, CaseWriter.person_id == Person.id)
        .where(CaseWriter.case_id == CaseStudy.id, person_is_public())
        .order_by(CaseWriter.since, Person.id).correlate(CaseStudy)
    )
    return (
        select(
            *addresses.columns("cases", CaseStudy.slug), *addresses.columns("projects", Project.slug), Project.name,
            CaseVersion.number, CaseStudy.published_at, CaseVersion.written_at, CaseVersion.note,
            CaseVersion.content, json_rows(writers, PersonMention),
        )
        .join(Project, Project.id == CaseStudy.project_id)
        .join(CaseVersion, (CaseVersion.case_id == CaseStudy.id) & (CaseVersion.number == CaseStudy.version))
        .where(case_is_public())
    )


def _record(*row: Any) -> CaseRecord:
    slug, url, html_url = row[:3]
    number, published_at, written_at, note, kept, writers = row[7:]
    content = content_of(kept)
    return CaseRecord(
        slug, url, html_url, content.title, content.summary, Mention(*row[3:7]), number, published_at, written_at, note,
        content.licence, writers, content.credits,
        [
            SectionRecord(section, content.sections[section]) for section in Section
            if content.sections.get(section)
        ],
        _axes(content),
        [NumberRecord(one.what, one.value, one.as_of, one.source) for one in content.numbers],
        [MomentRecord(one.on, one.what, one.url) for one in content.timeline],
        [PictureRecord(one.url, one.section, one.caption, one.credit, one.licence) for one in content.pictures],
        [CaseLinkRecord(one.url, one.label) for one in content.links],
    )


def _axes(content: CaseContent) -> list[AxisRecord]:
    return [
        AxisRecord(axis, place.choices, place.text, place.spent)
        for axis in CHOICES if (place := content.place(axis)).choices or place.text
    ]
