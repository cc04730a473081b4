"""What /keng says, what the App Home shows, what unfurls: in the reader's language, and only what is public."""

from datetime import date

from registry.activity.rules import Subject
from registry.people.rules import MembershipRole
from registry.proposals.rules import ProposalState
from registry.search.commands import refresh
from tests.factories import a_membership, a_need, a_person, a_project, a_proposal, an_event
from tests.fakes.http import Reply
from tests.integrations.slack.conftest import Site, texts_of
from tests.visits import BASE


async def test_the_verbs_find_what_is_public_and_ping_nobody(site: Site) -> None:
    site.slack.add_user("U2", "two", locale="zh-TW")
    async with site.database.writing() as session:
        budget = await a_project(
            session, slug="budget", name={"en": "Budget <!channel> map", "zh-Hant": "預算地圖"},
            summary={"en": "Where taxes & fees go", "zh-Hant": "看稅去哪"},
        )
        await a_need(session, project=budget, key="designer")
        hidden = await a_project(session, slug="hidden-map", name={"en": "Hidden map"})
        hidden.hidden_at = budget.created_at
        await refresh(session, Subject.PROJECT, [budget.id, hidden.id])
        await an_event(session, slug="g0v-hackath99n", name={"en": "Hackathon 99", "zh-Hant": "第九十九次大松"},
                       starts_on=date(2099, 7, 25))
    site.slack.add_user("U3", "three", locale="en-US")

    async def said(text: str, user: str = "U3") -> str:
        answer = (await site.sender.command(text, user=user)).json()
        assert answer["response_type"] == "ephemeral"
        return texts_of(answer)

    project = await said("project budget")
    assert f"*<{BASE}/projects/budget|Budget &lt;!channel&gt; map>*\nWhere taxes &amp; fees go" in project
    assert "Looks for: Design" in project
    assert "*<http" in await said(f"project {BASE}/projects/budget")
    assert "There is no project called" in await said("project hidden-map")
    assert "看稅去哪" in await said("project budget", "U2")
    assert "第九十九次大松" in await said("next", "U2")
    assert "Hackathon 99" in await said("NEXT")
    assert f"<{BASE}/projects/budget|Budget" in await said("needs")
    found = await said("find map")
    assert ("/projects/budget|" in found, "idden" in found) == (True, False)
    assert "Nothing was found for “hidden”." in await said("find hidden")
    for text in ("help", "", "no such verb"):
        assert "/keng pitch" in await said(text)
    assert "Search for at most 200 characters." in await said("find " + "x" * 300)


async def test_only_what_everybody_may_see_unfurls_and_once(site: Site) -> None:
    async with site.database.writing() as session:
        event = await an_event(session, slug="hackath1n", name={"en": "First hackathon"})
        shown = await a_project(session, slug="shown", name={"en": "Shown"})
        hidden = await a_project(session, slug="hidden", name={"en": "Hidden"}, hidden_at=shown.created_at)
        await a_proposal(session, event=event, project=shown, slug="out", title={"en": "Out"})
        await a_proposal(session, event=event, project=shown, slug="draft", state=ProposalState.DRAFT,
                         title={"en": "Draft"})
        await a_proposal(session, event=event, project=hidden, slug="of-hidden", title={"en": "Of a hidden one"})
        await a_person(session, slug="private", display_name="Private", is_public=False)
    shared = [f"{BASE}/{path}" for path in (
        "proposals/out", "proposals/draft", "projects/hidden", "proposals/of-hidden", "people/private"
    )]
    elsewhere = ["https://evil.example/projects/shown", f"{BASE}/projects/shown", f"{BASE}/events/hackath1n"]
    for links in (shared, elsewhere):
        event_id = f"Ev{len(links)}{links[0][-4:]}{id(site)}"
        told = {"type": "link_shared", "channel": "C1", "message_ts": "1.0", "links": [{"url": one} for one in links]}
        for headers in ({}, {"X-Slack-Retry-Num": "1"}):
            await site.sender.event(told, event_id=event_id, headers=headers)
    await site.settled()
    assert [("channel" in one, one.get("unfurl_id")) for one in site.slack.unfurls] == [(True, None)] * 2
    await site.sender.event({
        "type": "link_shared", "channel": "COMPOSER", "source": "composer", "unfurl_id": "1", "message_ts": "x",
        "links": [{"url": f"{BASE}/projects/shown"}],
    })
    await site.settled()
    composed = site.slack.unfurls.pop()
    assert ("channel" in composed, composed["unfurl_id"], composed["source"]) == (False, "1", "composer")
    assert sorted(sorted(one["unfurls"]) for one in site.slack.unfurls) == sorted([
        [f"{BASE}/proposals/out"], [f"{BASE}/events/hackath1n", f"{BASE}/projects/shown"],
    ])


async def test_the_home_shows_ones_own_projects_and_the_way_in_to_others(site: Site) -> None:
    person = await site.member("U1")
    await site.member("U9", is_verified=False)
    async with site.database.writing() as session:
        project = await a_project(session, name={"en": "My <!here> own"})
        await a_membership(session, project=project, person=person, role=MembershipRole.OWNER)
    for user in ("U1", "U9"):
        await site.sender.event({"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"})
    await site.settled()
    own, strange = (texts_of(site.slack.homes[user]) for user in ("U1", "U9"))
    assert ("My &lt;!here&gt; own" in own, "/sign-in" in own) == (True, False)
    assert ("own" in strange, f"<{BASE}/sign-in|" in strange) == (False, True)


async def test_a_chat_that_does_not_answer_costs_no_answer(site: Site) -> None:
    site.slack.add_user("U5", "five", locale="zh-TW")
    site.slack.fail_next("/api/users.info", Reply(raw=b"", status=502))
    answered = (await site.sender.command("needs", user="U5")).json()
    assert answered["text"] == "No project looks for anybody at the moment."  # the community's first language
    site.slack.revoke()
    refused = (await site.sender.command("pitch", user="U5")).json()
    assert "no longer accepts our token" in refused["text"]
