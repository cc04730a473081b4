"""Pitching through the API: what a script sends, and the same commands as the form's."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import JSONBody
from msgspec import Meta

from registry.accounts.queries import roles_in_proposal
from registry.accounts.rules import Permission
from registry.addresses import Revision
from registry.database.types import Localized
from registry.proposals.commands import begin_draft, save_pitch, submit_pitch, withdraw_pitch
from registry.proposals.editing import written_pitch
from registry.proposals.form import LINES, LINKS, PROSE, TEXTS, read_pitch
from registry.proposals.rules import ProposalKind, ProposalState
from registry.tokens.rules import Scope
from registry.web.api.openapi import write_at
from registry.web.api.records import RecordId
from registry.web.api.writing import PATCH, POST, InWriting, Place, Written, form_of
from registry.web.i18n import marked
from registry.web.typed import Typed


class WantedNeed(msgspec.Struct, forbid_unknown_fields=True):
    """A role that a pitch looks for."""

    key: Annotated[str, Meta(description="The role: a key of the handbook's needs.", examples=["designer"])]
    line: Annotated[str, Meta(description="In your words.", examples=["Draw a legend."])] = ""


class PitchLinks(msgspec.Struct, forbid_unknown_fields=True):
    """The addresses of a pitch."""

    repository: Annotated[
        str | None, Meta(description="Source code.", examples=["https://code.example.org/budget-map"])
    ] = None
    slides: Annotated[str | None, Meta(description="Slides.", examples=["https://example.org/slides"])] = None
    note: Annotated[str | None, Meta(description="Shared notes.", examples=["https://example.org/note"])] = None
    site: Annotated[str | None, Meta(description="The project's site.", examples=["https://example.org"])] = None
    channels: Annotated[
        list[str] | None, Meta(description="Where people talk.", examples=[["https://chat.example.org/budget"]])
    ] = None


class PitchFields(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a pitch says. A field that is left out stays as it is."""

    title: Annotated[
        Localized | None, Meta(description="Title by language tag.", examples=[{"en": "Budget map"}])
    ] = None
    summary: Annotated[
        Localized | None,
        Meta(description="The one sentence, by language tag.", examples=[{"en": "See where taxes go."}]),
    ] = None
    why: Annotated[
        Localized | None, Meta(description="The problem (Markdown).", examples=[{"en": "Budgets are scans."}])
    ] = None
    who: Annotated[
        Localized | None, Meta(description="The users (Markdown).", examples=[{"en": "People who pay taxes."}])
    ] = None
    how: Annotated[
        Localized | None, Meta(description="The approach (Markdown).", examples=[{"en": "Read them, draw them."}])
    ] = None
    difficulties: Annotated[
        Localized | None, Meta(description="What is hard (Markdown).", examples=[{"en": "No source for machines."}])
    ] = None
    kind: Annotated[ProposalKind | None, Meta(description="What it is.", examples=["pitch"])] = None
    event: Annotated[
        str | None, Meta(description="Identifier of the event; empty for none yet.", examples=["hackathon-35"])
    ] = None
    needs: Annotated[list[WantedNeed] | None, Meta(description="Roles that it looks for.")] = None
    links: Annotated[PitchLinks | None, Meta(description="Its addresses; those left out stay.")] = None
    topics: Annotated[list[str] | None, Meta(description="Its topics.", examples=[["open data"]])] = None
    needs_text: Annotated[
        str | None, Meta(description="What else is wanted, in words.", examples=["someone who knows taxes"])
    ] = None
    similar_projects: Annotated[
        str | None, Meta(description="Similar projects that are known.", examples=["open budget of another city"])
    ] = None
    data_sources: Annotated[
        str | None, Meta(description="Data it builds on, and its licences.", examples=["city budget, CC BY 4.0"])
    ] = None
    notes: Annotated[str | None, Meta(description="Other notes.", examples=["A table near a socket"])] = None
    interests: Annotated[str | None, Meta(description="Disclosure of interests.", examples=["none"])] = None
    initiators: Annotated[str | None, Meta(description="Names to show beside yours.", examples=["Ada, Bo"])] = None
    code_licence: Annotated[str | None, Meta(description="Licence of the code.", examples=["MIT"])] = None
    content_licence: Annotated[str | None, Meta(description="Licence of the content.", examples=["CC-BY-4.0"])] = None
    is_open_source: Annotated[bool | None, Meta(description="Whether the code is open.", examples=[True])] = None
    is_anonymous: Annotated[bool | None, Meta(description="Name nobody with it.", examples=[False])] = None


class NewPitch(PitchFields, kw_only=True):
    """A pitch to begin: title and sentence are needed, a draft needs the title alone."""

    project: Annotated[
        str, Meta(description="Identifier of the project that is pitched; empty for a new one.", examples=[""])
    ] = ""
    is_draft: Annotated[bool, Meta(description="Keep it to yourself for now.", examples=[False])] = False


class ChangedPitch(PitchFields, kw_only=True):
    """What is to change of a pitch."""

    revision: Revision


class SeenPitch(msgspec.Struct, forbid_unknown_fields=True):
    """The pitch as it was seen."""

    revision: Revision


@write_at(
    POST, "/proposals", name="pitch", summary=marked("Pitch"), scope=Scope.PROPOSALS, permission=Permission.PITCH,
    status=201,
)
async def pitch_by_token(writing: InWriting, data: JSONBody[NewPitch]) -> Response[Written]:
    """Pitch a project, a new one or one that is known, at an event or at none yet; or keep a draft of it."""

    async def pitch() -> Place:
        said = read_pitch(Typed(_typed(data)))
        proposal = await begin_draft(
            writing.session, said=said, project=data.project, by=writing.by, now=writing.now,
            goes_out=not data.is_draft,
        )
        if not data.is_draft:
            proposal = await submit_pitch(
                writing.session, slug=proposal.slug, said=said, revision=proposal.revision, by=writing.by,
                now=writing.now, today=writing.today,
            )
        return _place(proposal.slug, proposal.state, proposal.revision)

    return await writing.once(data, pitch)


@write_at(
    PATCH, "/proposals/{slug:str}", name="changePitch", summary=marked("Change a pitch"), scope=Scope.PROPOSALS,
    permission=Permission.EDIT_PITCH, there=roles_in_proposal,
)
async def pitch_change_by_token(writing: InWriting, slug: RecordId, data: JSONBody[ChangedPitch]) -> Response[Written]:
    """Change what a pitch says: a draft stays private, a pitch that is out changes for everybody."""

    async def change() -> Place:
        known = (await written_pitch(writing.session, slug, writing.by)).fields()
        proposal = await save_pitch(
            writing.session, slug=slug, said=read_pitch(Typed(known | _typed(data))), revision=data.revision,
            by=writing.by, now=writing.now,
        )
        return _place(proposal.slug, proposal.state, proposal.revision)

    return await writing.once(data, change)


@write_at(
    POST, "/proposals/{slug:str}/submit", name="submitPitch", summary=marked("Submit a draft"), scope=Scope.PROPOSALS,
    permission=Permission.EDIT_PITCH, there=roles_in_proposal,
)
async def pitch_submit_by_token(writing: InWriting, slug: RecordId, data: JSONBody[SeenPitch]) -> Response[Written]:
    """Make a draft public, or a pitch that was withdrawn. A draft gets its lasting identifier now."""

    async def submit() -> Place:
        known = (await written_pitch(writing.session, slug, writing.by)).fields()
        proposal = await submit_pitch(
            writing.session, slug=slug, said=read_pitch(Typed(known)), revision=data.revision, by=writing.by,
            now=writing.now, today=writing.today,
        )
        return _place(proposal.slug, proposal.state, proposal.revision)

    return await writing.once(data, submit)


@write_at(
    POST, "/proposals/{slug:str}/withdraw", name="withdrawPitch", summary=marked("Withdraw a pitch"),
    scope=Scope.PROPOSALS, permission=Permission.EDIT_PITCH, there=roles_in_proposal,
)
async def pitch_withdraw_by_token(writing: InWriting, slug: RecordId) -> Response[Written]:
    """Take a pitch back from the public; its people keep it and may submit it again."""

    async def withdraw() -> Place:
        proposal = await withdraw_pitch(writing.session, slug=slug, by=writing.by, now=writing.now)
        return _place(proposal.slug, proposal.state, proposal.revision)

    return await writing.once(None, withdraw)


PITCHES_BY_TOKEN = [pitch_by_token, pitch_change_by_token, pitch_submit_by_token, pitch_withdraw_by_token]


def _typed(data: PitchFields) -> dict[str, list[str]]:
    """What a script said as the fields of the form; those left out are missing."""
    fields = form_of(data, *TEXTS, *PROSE, *LINES, "kind", "event", "topics", "is_anonymous")
    if data.is_open_source is not None:
        fields["is_open_source"] = ["yes" if data.is_open_source else "no"]
    if data.needs is not None:
        fields |= {"need": [one.key for one in data.needs], "need_line": [one.line for one in data.needs]}
    if data.links is not None:
        said: dict[str, Any] = {name: getattr(data.links, name) for name in LINKS}
        fields |= {
            name: ["\n".join(address)] if isinstance(address, list) else [address]
            for name, address in said.items() if address is not None
        }
    return fields


def _place(slug: str, state: ProposalState, revision: int) -> Place:
    if state is ProposalState.SUBMITTED:
        return Place(f"/proposals/{slug}", slug, "proposals", revision)
    return Place(f"/proposals/{slug}/edit", slug, "", revision)
