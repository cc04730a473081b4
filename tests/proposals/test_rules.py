"""Who may still submit, change and withdraw a pitch; what a name gives."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.events.rules import EventState, SignUp
from registry.projects.rules import LinkKind
from registry.proposals.naming import is_pronounceable, is_short_enough, name_forms
from registry.proposals.rules import (
    Part,
    ProposalState,
    can_change,
    can_submit,
    can_withdraw,
    parts_said,
    speaks_for_project,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
DRAFT, OUT, BACK = ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.WITHDRAWN
_MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(("sign_up", "is_open"), [
    (SignUp(EventState.PUBLISHED, LATER, None, None), True),
    (SignUp(EventState.PUBLISHED, LATER, LATER, None), True),
    (SignUp(EventState.PUBLISHED, LATER, NOW, None), False),
    (SignUp(EventState.PUBLISHED, LATER, LATER, EARLIER), False),
    (SignUp(EventState.PUBLISHED, NOW, None, None), False),
    (SignUp(EventState.CANCELLED, LATER, None, None), False),
    (SignUp(EventState.DRAFT, LATER, None, None), False),
])
def test_sign_up_is_open_until_announced_or_closed_and_never_after_the_event(sign_up: SignUp, is_open: bool) -> None:
    assert sign_up.is_open(NOW) is is_open


@given(_MOMENTS, st.none() | _MOMENTS, _MOMENTS, _MOMENTS)
def test_what_is_closed_by_the_clock_stays_closed(
    ends_at: datetime, close_at: datetime | None, one: datetime, other: datetime
) -> None:
    sign_up = SignUp(EventState.PUBLISHED, ends_at, close_at, None)
    assert sign_up.is_open(min(one, other)) or not sign_up.is_open(max(one, other))


@pytest.mark.parametrize(("state", "is_open", "is_organiser", "submit", "change"), [
    (DRAFT, None, False, True, True), (DRAFT, True, False, True, True), (DRAFT, False, False, False, True),
    (DRAFT, False, True, True, True), (OUT, None, False, False, True), (OUT, True, False, False, True),
    (OUT, False, False, False, False), (OUT, False, True, False, True), (BACK, None, False, True, True),
    (BACK, False, False, False, True), (BACK, True, False, True, True),
])
def test_closing_stops_submitting_and_changing_but_never_a_draft(
    state: ProposalState, is_open: bool | None, is_organiser: bool, submit: bool, change: bool
) -> None:
    allowed = [rule(state, is_sign_up_open=is_open, is_organiser=is_organiser) for rule in (can_submit, can_change)]
    assert allowed == [submit, change]


@pytest.mark.parametrize(("state", "has_begun", "may"), [
    (OUT, False, True), (OUT, True, False), (DRAFT, False, False), (BACK, False, False),
])
def test_a_pitch_can_be_withdrawn_until_its_event_begins(state: ProposalState, has_begun: bool, may: bool) -> None:
    assert can_withdraw(state, has_event_begun=has_begun) is may


@given(st.sampled_from(ProposalState), st.none() | st.booleans())
def test_an_organiser_may_all_that_others_may(state: ProposalState, is_open: bool | None) -> None:
    for rule in (can_submit, can_change):
        anyone = rule(state, is_sign_up_open=is_open, is_organiser=False)
        assert rule(state, is_sign_up_open=is_open, is_organiser=True) or not anyone


@pytest.mark.parametrize(("founding", "member", "kept", "speaks"), [
    (True, False, False, True), (False, True, True, True), (False, False, False, True), (False, False, True, False),
])
def test_only_a_strangers_pitch_of_a_kept_project_leaves_it_alone(
    founding: bool, member: bool, kept: bool, speaks: bool
) -> None:
    assert speaks_for_project(is_founding=founding, is_member=member, has_keepers=kept) is speaks


def test_the_checklist_says_what_is_there() -> None:
    said = parts_said(
        title={"en": "Map"}, texts=["title", "summary", "code_licence"], wanted=[], links=[LinkKind.NOTE],
        is_at_event=False,
    )
    assert [part for part, is_said in said.items() if is_said] == [
        Part.TITLE, Part.SUMMARY, Part.ENGLISH_NAME, Part.LICENCE, Part.NOTE,
    ]


@pytest.mark.parametrize(("name", "slug", "is_sayable"), [
    ("Budget Map", "budget-map", True), ("Cofacts", "cofacts", True), ("vTaiwan", "vtaiwan", True),
    ("NGO watch", "ngo-watch", True), ("Café Über", "cafe-uber", True), ("Strngthl", "strngthl", False),
    ("aeiou", "aeiou", False), ("Through the light", "through-the-light", True), ("預算地圖", "", False),
    ("0archive", "0archive", True), ("  --  ", "", False), ("g0v / Ａｉｒ", "g0v-air", True),
])
def test_a_name_becomes_what_addresses_channels_and_repositories_take(
    name: str, slug: str, is_sayable: bool
) -> None:
    forms = name_forms(name)
    assert (forms.slug, forms.channel, forms.repository) == (slug, slug, slug)
    assert is_pronounceable(name) is is_sayable


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_names_that_the_systems_take(name: str) -> None:
    forms = name_forms(name)
    for form, longest in ((forms.slug, 80), (forms.channel, 80), (forms.repository, 100)):
        assert len(form) <= longest
        assert not set(form) - set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert form == form.strip("-")
    assert name_forms(forms.repository) == forms
    assert not (is_short_enough(name) and not forms.slug)
