"""The pages of proposals: the list and one pitch."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.status_codes import HTTP_301_MOVED_PERMANENTLY

from registry.accounts.queries import roles_in_proposal
from registry.accounts.rules import Permission
from registry.activity.queries import moved_record
from registry.activity.rules import Subject
from registry.addresses import percent_encoded
from registry.database.types import Localized
from registry.errors import NotFound
from registry.handbook import needs
from registry.moderation.hidden import hidden_record_page
from registry.proposals.form_page import text_headings
from registry.proposals.listing import PROPOSAL_LISTING, ProposalFilter, proposal_counts, proposals_matching
from registry.proposals.queries import ProposalPageRow, pitches_of_project, proposal_by_slug, slug_of_proposal
from registry.proposals.rules import ProposalKind
from registry.proposals.words import kind_name
from registry.search.queries import hits_of
from registry.tallies.queries import Tallies
from registry.web.choices import read_choices
from registry.web.dependencies import InActor, InNow, InReader
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.paging import PageNumber, Pager
from registry.web.render import PageHead, SiteContext, render


@get("/proposals")
async def proposals_page(
    request: Request[Any, Any, Any], reader: InReader, now: InNow, page: PageNumber = 1
) -> Response[str]:
    """Every public proposal, with filters whose choices show what they would find."""
    chosen = read_choices("/proposals", request.query_params, ("q", "event", "year", "need", "kind", "sort"))
    values = chosen.values
    wanted = ProposalFilter(
        text=await hits_of(reader, Subject.PROPOSAL, values.get("q")), event=values.get("event"),
        year=values.get("year"), need=values.get("need"), kind=values.get("kind"),
    )
    tallies: Tallies = request.app.state.tallies
    counts = await proposal_counts(reader, wanted, whole=lambda: tallies.read(reader, PROPOSAL_LISTING, now))
    total = counts.total
    pager = Pager(number=page, total=total.number, has_more=total.has_more, address=chosen.url()).checked()
    is_oldest_first = values.get("sort") == "oldest"
    proposals = await proposals_matching(
        reader, wanted, is_oldest_first=is_oldest_first, offset=pager.offset, limit=pager.size
    )
    words = {
        "year": {year: year for year in sorted(counts.years, reverse=True)},
        "need": {key: plain(need.name) for key, need in needs().items()},
        "kind": {kind.value: kind_name(kind) for kind in ProposalKind},
        "event": {pitch.event_slug: plain(pitch.event_name) for pitch in proposals if pitch.event_slug},
    }
    return render(
        request, "proposals/list.html",
        page=PageHead(
            title=_("Pitches"),
            description=_("Every pitch of every event: what was proposed, by whom, and which project it belongs to."),
            is_indexed=not values,
        ),
        chosen=chosen, chips=chosen.chips(words), pager=pager, proposals=proposals, is_part=wanted.is_part,
        sort="oldest" if is_oldest_first else "newest", counted_at=counts.counted_at,
        facets=[
            (_("Kind"), chosen.choices("kind", words["kind"], counts.kinds)),
            (_("Wanted by the project"), chosen.choices("need", words["need"], counts.needs)),
            (_("Year"), chosen.choices("year", words["year"], counts.years)),
        ],
    )


@get("/proposals/{slug:str}")
async def proposal_page(
    request: Request[Any, Any, Any], reader: InReader, actor: InActor, slug: FromPath[str]
) -> Response[Any]:
    """One pitch: all that was said then, its links and people, and the other pitches of its project."""
    pitch = await proposal_by_slug(reader, slug)
    if pitch is None:
        if hidden := await hidden_record_page(request, reader, Subject.PROPOSAL, slug):
            return hidden
        moved = await moved_record(reader, Subject.PROPOSAL, slug)
        new_slug = None if moved is None else await slug_of_proposal(reader, moved)
        if new_slug is None:
            raise NotFound(_("There is no such pitch. It may have another address, or was taken out of the record."))
        return Redirect(percent_encoded(f"/proposals/{new_slug}"), status_code=HTTP_301_MOVED_PERMANENTLY)
    return render(
        request, "proposals/proposal.html",
        page=PageHead(
            title=plain(pitch.title),
            description=" · ".join(filter(None, [plain(pitch.summary), plain(pitch.event_name)])),
            json_ld=_linked_data(pitch, SiteContext(request).base_url), og_type="article",
        ),
        pitch=pitch, kind=kind_name(pitch.kind), said=_said(pitch), terms=_terms(pitch),
        may_edit=actor.is_signed_in and actor.may(Permission.EDIT_PITCH, await roles_in_proposal(reader, actor, slug)),
        pitches=await pitches_of_project(reader, pitch.project_id),
    )


def _said(pitch: ProposalPageRow) -> list[tuple[str, Localized | str, Localized]]:
    texts: list[tuple[str, Localized | str | None, Localized]] = [
        (heading, getattr(pitch, field), pitch.texts_html.get(field, {}))
        for field, heading in text_headings().items()
    ]
    return [(heading, text, html) for heading, text, html in texts if text]


def _terms(pitch: ProposalPageRow) -> list[tuple[str, str]]:
    answers = {True: _("Yes"), False: _("No"), None: ""}
    facts = [
        (_("Licence of the code"), pitch.code_licence or ""),
        (_("Licence of the content"), pitch.content_licence or ""),
        (_("Open source"), answers[pitch.is_open_source]),
        (_("For education"), _("Yes") if pitch.is_for_education else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _linked_data(pitch: ProposalPageRow, base_url: str) -> dict[str, Any]:
    url = percent_encoded(f"{base_url}/proposals/{pitch.slug}")
    facts = {
        "@type": "CreativeWork",
        "@id": url,
        "url": url,
        "name": plain(pitch.title),
        "abstract": plain(pitch.summary),
        "dateCreated": pitch.pitched_on,
        "creator": [
            {"@type": "Person", "name": credit.name, "url": percent_encoded(base_url + credit.url)}
            for credit in pitch.credits
        ],
        "isBasedOn": percent_encoded(f"{base_url}/projects/{pitch.project_slug}"),
        "recordedAt": {
            "@type": ["Event", "Hackathon"], "name": plain(pitch.event_name), "startDate": pitch.pitched_on,
            "url": percent_encoded(f"{base_url}/events/{pitch.event_slug}"),
        } if pitch.event_slug else None,
    }
    return {name: value for name, value in facts.items() if value}
