"""Journeys of the browser tests, as what is promised of keyboards and of browsers without scripts is made of them."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from playwright.async_api import Error

from tests.browser import (
    test_editing,
    test_every_person,
    test_joining,
    test_moderation,
    test_one_record,
    test_pitching,
    test_reading,
    test_registering,
    test_sign_in,
    test_stage,
    test_stages,
)
from tests.browser.conftest import OpenPage
from tests.fakes.sign_in import FakeGitHubSignIn
from tests.trust.promises import promised

Journey = Callable[[], Awaitable[None]]
CLAIMING = ("這是我的坑", "別人怎麼知道是你？", "同意", "已同意")


def with_keys(open_page: OpenPage, github: FakeGitHubSignIn) -> Sequence[Journey]:
    """Ten journeys that hold for whoever has no mouse."""
    return (
        partial(
            test_sign_in.test_a_newcomer_signs_in_through_github_renames_themselves_and_signs_out,
            open_page, github, True,
        ),
        partial(test_reading.test_a_two_character_chinese_search_finds_and_marks, open_page, True),
        partial(test_reading.test_suggestions_come_while_typing_and_the_keyboard_takes_one, open_page),
        partial(test_reading.test_filters_combine_and_live_in_the_address, open_page, True),
        partial(test_reading.test_the_language_switch_is_remembered, open_page, True),
        partial(test_reading.test_dark_colours_can_be_chosen_and_stay, open_page, True),
        partial(test_every_person.test_a_proposer_finds_advice_stays_anonymous_and_withdraws, open_page, "en", True),
        partial(test_every_person.test_an_organiser_makes_an_event_shows_it_and_takes_it_back, open_page, "en", True),
        partial(test_moderation.test_an_organiser_handles_a_report_on_a_phone_in_chinese, open_page),
        partial(test_editing.test_an_owner_edits_three_parts_on_a_phone, open_page, test_editing.ENGLISH, True),
    )


def without_scripts(open_page: OpenPage, github: FakeGitHubSignIn, passes: dict[str, str]) -> Sequence[Journey]:
    """Seven journeys that hold for whoever has no scripts."""
    return (
        partial(test_pitching.test_a_newcomer_on_a_phone_writes_first_signs_in_later_and_is_out, open_page),
        partial(test_registering.test_a_newcomer_registers_on_a_phone_in_chinese_without_script, open_page, passes),
        partial(
            test_joining.test_a_newcomer_on_a_phone_in_chinese_without_script_is_welcomed_by_the_owner,
            open_page, github,
        ),
        partial(test_moderation.test_a_person_takes_their_data_along_and_is_erased_without_script, open_page, github),
        partial(test_stages.test_an_owner_says_evidence_and_moves_a_stage_on_a_phone, open_page, False),
        partial(test_stage.test_the_stage_is_run_without_script, open_page),
        partial(
            test_one_record.test_a_newcomer_claims_a_project_and_an_organiser_agrees,
            open_page, "zh-TW", False, CLAIMING,
        ),
    )


async def made(journeys: Sequence[Journey]) -> int:
    """Make them one after the other; how many."""
    for journey in journeys:
        with promised():
            try:
                await journey()
            except Error as stuck:
                raise AssertionError(str(stuck)) from stuck
    return len(journeys)
