"""Pitching, telling news and offering help from the chat: the same fields, rules and sentences as on the page."""

import re
from typing import Any

import lxml.html
import pytest
from sqlalchemy import func, select

from integrations.slack.telling import as_written
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.joining.models import Offer
from registry.people.rules import MembershipRole
from registry.projects.models import Update
from registry.proposals.dialogue import pitch_fields
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState
from registry.search.commands import refresh
from registry.web.i18n import speak
from tests.factories import a_membership, a_need, a_project, a_proposal, an_event
from tests.fakes.slack import HTML
from tests.integrations.slack.conftest import Site, texts_of
from tests.visits import BASE, visit_to


def _blocks(site: Site, dialogue: str) -> list[str]:
    return [block["block_id"] for block in site.slack.views[dialogue]["blocks"] if "block_id" in block]


async def test_a_pitch_is_made_in_the_chat_once_by_the_rules_of_the_page(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await site.member("U1")
    dialogue = await site.open("pitch")
    assert _blocks(site, dialogue) == ["title-en", "summary-en", "need:0", "need_line:0", "then"]
    refused = await site.sender.submit_view(dialogue, user="U1", **{"title-en": "x" * 101, "need_line:0": "draw"})
    assert refused.json() == {"response_action": "errors", "errors": {
        "title-en": "Use at most 100 characters. These are 101.", "summary-en": "This is needed.",
        "need:0": "Choose the role that belongs to “draw”.",
    }}
    with monkeypatch.context() as crowded:
        crowded.setattr("integrations.slack.errands.MOST_AT_ONCE", 0)
        busy = await site.sender.submit_view(dialogue, user="U1")
        assert busy.json()["errors"] == {"title-en": "Too much is asked of us at the moment. Try again in a minute."}
        assert "Too much" in (await site.sender.command("next", user="U1")).json()["text"]
    said: dict[str, Any] = {"title-en": "Tax <!channel> map", "summary-en": "See where taxes go", "need:0": "designer"}
    first = site.slack.views[dialogue]
    for _press in range(2):
        site.slack.views[dialogue] = first
        sent = await site.sender.submit_view(dialogue, user="U1", **said)
        assert sent.json()["response_action"] == "update"
        assert "Your pitch is out." in texts_of(sent.json())
    async with site.database.reading() as reader:
        (pitch,) = (await reader.execute(select(Proposal.slug, Proposal.state, Proposal.title, Proposal.wanted))).all()
        actors = set(await reader.scalars(select(AuditEntry.actor).where(AuditEntry.action == "pitched")))
    assert (pitch.state, pitch.title, pitch.wanted) == (
        ProposalState.SUBMITTED, {"en": "Tax <!channel> map"}, [["designer", {}]]
    )
    assert actors == {f"person:{person.slug}"}
    assert f"<{BASE}/proposals/{pitch.slug}|" in texts_of(sent.json())


async def test_every_field_can_be_shown_and_what_was_typed_stays(site: Site) -> None:
    await site.member("U2", locale="zh-TW")
    dialogue = await site.open("pitch", user="U2")
    assert texts_of(site.slack.views[dialogue]["title"]).endswith("提案")
    await site.sender.press(dialogue, "pitch-show-all", user="U2", **{"title-zh-Hant": "預算地圖", "then": "keep"})
    await site.settled()
    shown = site.slack.views[dialogue]
    first = next(one for one in shown["blocks"] if one.get("block_id") == "title-zh-Hant")
    assert first["element"]["initial_value"] == "預算地圖"
    sent = await site.sender.submit_view(
        dialogue, user="U2", **{"why-zh-Hant": "很長" * 1_400, "is_anonymous": ["yes"]}
    )
    assert "/edit|" in texts_of(sent.json())
    async with site.database.reading() as reader:
        draft = (await reader.execute(select(Proposal.state, Proposal.why, Proposal.is_anonymous))).one()
    assert tuple(draft) == (ProposalState.DRAFT, {"zh-Hant": "很長" * 1_400}, True)


async def test_the_dialogue_asks_what_the_page_asks_in_the_same_words(site: Site) -> None:
    visit = await visit_to(site.client).play("proposer")
    begun = await visit.fill("/pitch", "/pitch", title="Tax map", sentence="See where taxes go")
    page = lxml.html.fromstring((await visit.client.get(begun.headers["location"])).text)
    form = page.get_element_by_id("pitch-form")
    asked = {one.name for one in form.inputs if one.get("type") not in {"hidden", "submit"} and one.name}
    words = re.sub(r"\s+", " ", form.text_content() + " ".join(form.xpath(".//@aria-label")))
    speak("en")
    fields = pitch_fields([], language="en")
    assert {one.name for one in fields} == asked
    assert [one.label for one in fields if one.label not in words] == []
    assert [one.hint for one in fields if one.hint not in words] == []


async def test_a_known_project_is_pitched_again_with_what_its_last_pitch_said(site: Site) -> None:
    await site.member("U1")
    async with site.database.writing() as session:
        event = await an_event(session)
        project = await a_project(session, slug="budget", name={"en": "Budget map"})
        await a_proposal(session, event=event, project=project, title={"en": "Budget map"},
                         summary={"en": "See where taxes go"}, why={"en": "long ago " * 1_000})
    dialogue = await site.open("pitch budget")
    sent = await site.sender.submit_view(dialogue, user="U1", **{"title-en": "Budget map 2"})
    assert "Your pitch is out." in texts_of(sent.json())
    async with site.database.reading() as reader:
        pitch = (await reader.execute(
            select(Proposal.title, Proposal.summary, Proposal.why, Proposal.project_id).order_by(Proposal.id.desc())
        )).first()
    assert pitch
    assert tuple(pitch) == (
        {"en": "Budget map 2"}, {"en": "See where taxes go"}, {"en": ("long ago " * 1_000).strip()}, project.id
    )


async def test_who_has_not_signed_in_here_is_shown_the_way(site: Site) -> None:
    site.slack.add_user("U8", "eight", locale="en-US")
    await site.member("U9", is_verified=False)
    for user in ("U8", "U9"):
        for text in ("pitch", "update", "join x"):
            dialogue = await site.open(text, user=user)
            assert f"Sign in once with Slack: <{BASE}/sign-in|" in texts_of(site.slack.views[dialogue])
            assert "submit" not in site.slack.views[dialogue]
    forged = {"type": "view_submission", "view": {
        "id": "V1", "callback_id": "pitch", "private_metadata": "{}", "blocks": [],
        "state": {"values": {"title-en": {"value": {"value": "Mine"}}, "summary-en": {"value": {"value": "Mine"}}}},
    }}
    assert "Sign in once" in texts_of((await site.sender.interaction(forged, user="U8")).json())
    async with site.database.reading() as reader:
        assert await reader.scalar(select(func.count()).select_from(Proposal)) == 0


async def test_a_message_becomes_an_update_of_ones_own_project_and_of_no_other(site: Site) -> None:
    person = await site.member("U1")
    async with site.database.writing() as session:
        mine = await a_project(session, slug="mine", name={"en": "Mine"})
        await a_project(session, slug="theirs", name={"en": "Theirs"})
        await a_membership(session, project=mine, person=person, role=MembershipRole.MAINTAINER)
    await site.sender.interaction({
        "type": "message_action", "callback_id": "make_update", "response_url": site.slack.response_url(),
        "message": {"text": "<@U5|ann> drew &lt;the map&gt;: <https://example.org/map|here>"},
    }, user="U1")
    await site.settled()
    dialogue = list(site.slack.views)[-1]
    posted = await site.sender.submit_view(dialogue, user="U1")
    assert "Posted." in texts_of(posted.json())
    other = await site.open("update theirs")
    refused = await site.sender.submit_view(other, user="U1", text="Ours now")
    assert "may do this" in refused.json()["errors"]["project"]
    too_long = await site.sender.submit_view(await site.open("update mine"), user="U1", text="x" * 2_001)
    assert too_long.json()["errors"] == {"text": "Use at most 2000 characters. These are 2001."}
    async with site.database.reading() as reader:
        texts = list(await reader.scalars(select(Update.text)))
    assert texts == [{"en": "@ann drew <the map>: here (https://example.org/map)"}]


async def test_help_is_offered_from_the_chat(site: Site) -> None:
    await site.member("U1")
    async with site.database.writing() as session:
        project = await a_project(session, slug="budget", name={"en": "Budget map"})
        await a_need(session, project=project, key="designer")
        await refresh(session, Subject.PROJECT, [project.id])
    dialogue = await site.open("join budget map")
    refused = await site.sender.submit_view(dialogue, user="U1", hours="many")
    assert refused.json()["errors"] == {
        "note": "This is needed.", "hours": "Write a whole number from 1 to 80, or leave it empty.",
    }
    taken = await site.sender.submit_view(dialogue, user="U1", need="designer", note="I draw", hours="3")
    assert "Your offer is on its way" in texts_of(taken.json())
    async with site.database.reading() as reader:
        offers = (await reader.execute(select(Offer.project_id, Offer.need_key, Offer.note, Offer.hours))).all()
    assert [tuple(one) for one in offers] == [(project.id, "designer", "I draw", 3)]
    late = (await site.sender.command("join budget", user="U1", trigger_id="long ago")).json()
    assert "Try once more." in late["text"]
    site.slack.fail_next("/api/views.open", HTML)
    failed = (await site.sender.command("join budget", user="U1")).json()
    assert "Slack is out of order" in failed["text"]


def test_a_message_of_slack_is_kept_as_somebody_would_write_it() -> None:
    assert as_written("<!channel> see <#C1|general>, <mailto:a@b.tw|a@b.tw> &amp; <https://g0v.tw> by <@U1>") == (
        "@channel see #general, a@b.tw & https://g0v.tw by somebody"
    )
