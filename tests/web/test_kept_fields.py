"""A form that cannot be taken (signed out meanwhile, too old) is on the error page whole, to be sent again."""

from registry.web.kept_fields import FORM_FIELD
from tests.conftest import postgresql_in_trust
from tests.visits import BASE, Visit, another_visit, filled

FROM_HERE = {"origin": BASE, "accept": "text/html"}
TYPED = {"title": "Lost & <found>", "sentence": "\nWith a first\nempty line"}


@postgresql_in_trust
async def test_a_visitor_signs_in_on_another_page_and_sends_what_they_wrote(visit: Visit) -> None:
    data = filled(await visit.client.get("/pitch"), "/pitch", **TYPED)
    refused = await visit.client.post("/pitch", data=data, headers=FROM_HERE)
    assert (refused.status_code, "Nothing you wrote is lost" in refused.text) == (403, True)

    await visit.play("proposer")  # in another tab: the first page's token is a visitor's
    again = await visit.client.post("/pitch", data=filled(refused, "/pitch"), headers=FROM_HERE)
    assert again.status_code == 403
    taken = await visit.client.post("/pitch", data=filled(again, "/pitch"), headers=FROM_HERE)
    assert taken.status_code == 303
    page = await visit.client.get(taken.headers["location"])
    assert "Lost &amp; &lt;found&gt;" in page.text


async def test_a_session_that_ended_loses_nothing_of_a_long_form(visit: Visit) -> None:
    await visit.play("proposer")
    begun = await visit.fill("/pitch", "/pitch", title="Map")
    edit = begun.headers["location"].partition("?")[0]
    data = filled(
        await visit.client.get(edit), edit, need=["designer", "data"], need_line=["draw", "count"],
        **{"why-en": "A long\n\ntext"},
    )
    await visit.submit("/account", "/sign-out")
    refused = await visit.client.post(edit, data=data, headers=FROM_HERE)
    await visit.play("proposer")
    again = await visit.client.post(edit, data=filled(refused, edit), headers=FROM_HERE)
    taken = await visit.client.post(edit, data=filled(again, edit), headers=FROM_HERE)
    kept = filled(await visit.client.get(edit), edit)
    assert (refused.status_code, taken.status_code) == (403, 303)
    assert (kept["why-en"][0].split(), kept["need"][:2], kept["need_line"][:2]) == (
        ["A", "long", "text"], ["designer", "data"], ["draw", "count"],
    )


async def test_what_another_site_sends_is_never_offered_to_be_sent_again(visit: Visit) -> None:
    await visit.play("proposer")
    data = {"title": "Planted by another site", FORM_FIELD: "0" * 64}
    for headers in (
        {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {},
        {"origin": BASE, "sec-fetch-site": "cross-site"}, {"origin": "null"},
    ):
        for one in (visit, another_visit(visit.client)):
            answer = await one.client.post("/pitch", data=data, headers={"accept": "text/html", **headers})
            assert (answer.status_code, "Planted" in answer.text) == (403, False), headers
