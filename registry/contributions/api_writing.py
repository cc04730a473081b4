"""Saying through the API what one did."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import JSONBody
from msgspec import Meta

from registry.accounts.rules import Permission
from registry.contributions.commands import SaidContribution, say_contribution
from registry.tokens.rules import Scope
from registry.web.api.openapi import write_at
from registry.web.api.writing import POST, InWriting, Place, Written
from registry.web.i18n import marked


class NewContribution(msgspec.Struct, forbid_unknown_fields=True):
    """Something that you did, for a project or at an event."""

    kind: Annotated[str, Meta(description="A key of the handbook's kinds of contribution.", examples=["design"])]
    day: Annotated[date, Meta(description="The day on which you did it.", examples=["2019-09-21"])]
    project: Annotated[str, Meta(description="Identifier of the project.", examples=["budget-map"])] = ""
    event: Annotated[str, Meta(description="Identifier of the event.", examples=["hackathon-35"])] = ""
    hours: Annotated[
        Annotated[float, Meta(gt=0, le=24)] | None, Meta(description="How long it took.", examples=[1.5])
    ] = None
    note: Annotated[str, Meta(description="What you did.", examples=["Drew the legend of the map."])] = ""
    evidence_url: Annotated[str, Meta(description="What shows it.", examples=["https://example.org/legend"])] = ""
    is_shown: Annotated[bool, Meta(description="Whether your page shows it.", examples=[True])] = True


@write_at(
    POST, "/contributions", name="addContribution", summary=marked("Say what you did"), scope=Scope.CONTRIBUTIONS,
    permission=Permission.MANAGE_OWN_ACCOUNT, status=201,
)
async def contribution_by_token(writing: InWriting, data: JSONBody[NewContribution]) -> Response[Written]:
    """Say what you did. It counts once somebody of the project or the event has confirmed it."""

    async def say() -> Place:
        said = SaidContribution(
            kind=data.kind, day=data.day.isoformat(), hours="" if data.hours is None else f"{data.hours:.2f}",
            note=data.note, evidence_url=data.evidence_url, project=data.project, event=data.event,
            is_shown=data.is_shown,
        )
        contribution = await say_contribution(
            writing.session, said=said, by=writing.by, today=writing.today, now=writing.now
        )
        return Place(f"/account/contributions/{contribution.id}", str(contribution.id))

    return await writing.once(data, say)


CONTRIBUTIONS_BY_TOKEN = [contribution_by_token]
