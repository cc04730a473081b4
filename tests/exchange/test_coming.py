"""The sample's event to come: its day, and what a newcomer finds there."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.exchange.coming import SATURDAY, add_coming_event, day_to_come, read_coming_event
from registry.handbook import conduct
from registry.people.models import Person
from tests.factories import a_person, a_project
from tests.visits import Visit

EVENT = "/events/example-hackathon"


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_day_to_come_is_a_saturday_in_ten_to_sixteen_days(today: date) -> None:
    day = day_to_come(today)
    assert day.weekday() == SATURDAY
    assert timedelta(days=10) <= day - today <= timedelta(days=16)


async def _its_people(session: AsyncSession) -> None:
    told = read_coming_event()
    for slug in {told.organiser, *told.helpers.values(), *(pitch.by for pitch in told.pitches)}:
        await a_person(session, slug=slug, is_example=True)
    for pitch in told.pitches:
        if pitch.project:
            await a_project(session, slug=pitch.project, is_example=True)


async def test_a_newcomer_can_register_pitch_and_look_at_the_board_of_the_event_to_come(visit: Visit) -> None:
    database = visit.client.app.state.database  # type: ignore[attr-defined]
    async with database.writing() as session:
        await _its_people(session)
    await add_coming_event(database, now=datetime.now(UTC))
    told = read_coming_event()
    page = (await visit.client.get(f"{EVENT}?lang=zh-Hant")).text
    shown = [told.name["zh-Hant"], *(pitch.title["zh-Hant"] for pitch in told.pitches)]
    assert [words for words in shown if words not in page] == []
    assert f'href="{EVENT}/register"' in page
    assert f'href="/pitch?{urlencode({"event": "example-hackathon"})}"' in page
    registered = await visit.fill(
        f"{EVENT}/register", f"{EVENT}/register", badge_name="Kim", photo_consent="no", meal="none",
        **{f"rule-{rule.key}": "yes" for rule in conduct()},
    )
    assert registered.status_code == 303, registered.text
    async with database.reading() as reader:
        unmarked = (await reader.scalars(select(Person.slug).where(Person.is_example.is_(False)))).all()
    assert unmarked == []
