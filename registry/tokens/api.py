"""What the API tells a script of the person for whom it acts."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from msgspec import Meta

from registry.accounts.rules import Role
from registry.proposals.own_records import OwnPitchRecord, own_pitch_records
from registry.tokens.rules import Scope
from registry.web.api.lists import Cursor, Limit, Page, paging
from registry.web.api.openapi import own_at
from registry.web.dependencies import InActor, InAddresses, InReader
from registry.web.i18n import marked


class Me(msgspec.Struct):
    """For whom a token acts, and what it may do."""

    id: Annotated[str, Meta(description="Your identifier.", examples=["sunny-lin"])]
    name: Annotated[str, Meta(description="What people call you here.", examples=["Sunny Lin"])]
    roles: Annotated[list[Role], Meta(description="What you are to the whole site.", examples=[["member"]])]
    scopes: Annotated[list[Scope], Meta(description="What the token is for.", examples=[["read", "proposals:write"]])]
    expires_at: Annotated[
        datetime | None, Meta(description="When the token ends, in UTC.", examples=["2026-10-23T08:30:00Z"])
    ]


@own_at("/me", name="getMe", summary=marked("For whom the token acts"))
async def me_json(actor: InActor) -> Me:
    """You, as the site knows you, with the scopes and the end of the token."""
    return Me(
        id=actor.slug, name=actor.name, roles=sorted(actor.roles), scopes=sorted(actor.scopes),
        expires_at=actor.token_expires_at,
    )


@own_at("/me/proposals", name="listMyProposals", summary=marked("Your own pitches"))
async def own_proposals_json(
    *, request: Request[Any, Any, Any], reader: InReader, actor: InActor, addresses: InAddresses, limit: Limit = 20,
    cursor: Cursor = None,
) -> Response[Page[OwnPitchRecord]]:
    """Your drafts and pitches with their revision, the newest first."""
    part = paging(request, limit, cursor)
    return part.answer(await own_pitch_records(reader, actor.person_id, place=part.place, addresses=addresses))


OWN_BY_TOKEN = [me_json, own_proposals_json]
