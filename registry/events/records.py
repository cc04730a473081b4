"""Events as the API gives them."""

from datetime import date, datetime
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import ColumnElement, Select, literal, select

from registry.addresses import Addresses, Linked, Revision, percent_encoded
from registry.database.engine import Reader
from registry.database.keyset import Batch, Place, read_batch
from registry.database.types import Localized
from registry.events.listing import EventFilter, event_conditions
from registry.events.models import Event
from registry.events.queries import pitch_count
from registry.events.rules import Attendance, EventKind, EventState
from registry.events.visibility import event_is_public

_VIDEO = "Recording on a video site."


class EventRecord(Linked):
    """A gathering of the community."""

    is_example: Annotated[bool, Meta(description="Made up for a demonstration.", examples=[False])]
    number: Annotated[
        int | None, Meta(description="Its number in the series of large hackathons, which starts at 0.", examples=[35])
    ]
    kind: Annotated[EventKind, Meta(description="Its size.", examples=["large"])]
    state: Annotated[
        EventState, Meta(description="`published` or `cancelled`. Whether it is over follows from `ends_at`.",
                         examples=["published"])
    ]
    name: Annotated[Localized, Meta(description="Name by language tag.", examples=[{"zh-Hant": "第卅五次黑客松"}])]
    subtitle: Annotated[Localized, Meta(description="Motto by language tag.", examples=[{"en": "Bring your pit"}])]
    description: Annotated[
        Localized, Meta(description="Markdown by language tag.", examples=[{"en": "Doors open at **nine**."}])
    ]
    starts_on: Annotated[
        date, Meta(description="The calendar day at the place itself.", examples=["2019-09-21"])
    ]
    starts_at: Annotated[
        datetime, Meta(description="When it starts, in UTC.", examples=["2019-09-21T01:00:00Z"])
    ]
    ends_at: Annotated[
        datetime, Meta(description="When it ends, in UTC.", examples=["2019-09-21T10:00:00Z"])
    ]
    is_all_day: Annotated[
        bool, Meta(description="The hours are not known: start and end span the local day.", examples=[False])
    ]
    timezone: Annotated[str, Meta(description="The place's time zone.", examples=["Asia/Taipei"])]
    place: Annotated[Localized, Meta(description="Name of the place by language tag.",
                                     examples=[{"zh-Hant": "中研院", "en": "Academia Sinica"}])]
    address: Annotated[str | None, Meta(description="Postal address.", examples=["128 Academia Road, Taipei"])]
    attendance: Annotated[Attendance | None, Meta(description="How one takes part.", examples=["onsite"])]
    registration_url: Annotated[
        str | None, Meta(description="Where to register.", examples=["https://register.example.org/35"])
    ]
    pitch_video_url: Annotated[str | None, Meta(description=_VIDEO, examples=["https://video.example.org/35-pitches"])]
    talk_video_url: Annotated[str | None, Meta(description=_VIDEO, examples=["https://video.example.org/35-talks"])]
    demo_video_url: Annotated[str | None, Meta(description=_VIDEO, examples=["https://video.example.org/35-demos"])]
    proposal_count: Annotated[int, Meta(description="How many proposals it has.", examples=[17])]
    proposals_url: Annotated[
        str, Meta(description="Its proposals in this API.",
                  examples=["https://registry.example.org/api/v1/proposals?event=hackathon-35"])
    ]
    updated_at: Annotated[
        datetime, Meta(description="When the record last changed, in UTC.", examples=["2019-09-22T08:30:00Z"])
    ]
    revision: Revision

    def __post_init__(self) -> None:
        """Encode the addresses."""
        super().__post_init__()
        self.proposals_url = percent_encoded(self.proposals_url)


async def event_records(
    reader: Reader, wanted: EventFilter, *, now: datetime, place: Place, addresses: Addresses
) -> Batch[EventRecord]:
    """The public events that a filter finds, the newest day first (one statement)."""
    statement = _records(addresses).where(*event_conditions(wanted, now))
    return await read_batch(reader, statement, EventRecord, order=(Event.starts_at, Event.id), place=place)


async def event_record(reader: Reader, slug: str, addresses: Addresses) -> EventRecord | None:
    """The public event with this slug (one statement)."""
    row = (await reader.execute(_records(addresses).where(Event.slug == slug))).one_or_none()
    return EventRecord(*row) if row else None


def _records(addresses: Addresses) -> Select[Any]:
    proposals_url: ColumnElement[str] = literal(f"{addresses.list_of('proposals')}?event=") + Event.slug
    return select(
        *addresses.columns("events", Event.slug), Event.is_example, Event.number, Event.kind, Event.state, Event.name,
        Event.subtitle, Event.description, Event.starts_on, Event.starts_at, Event.ends_at, Event.is_all_day,
        Event.timezone, Event.place, Event.address, Event.attendance, Event.registration_url, Event.pitch_video_url,
        Event.talk_video_url, Event.demo_video_url, pitch_count(), proposals_url, Event.updated_at,
        Event.revision,
    ).where(event_is_public())
