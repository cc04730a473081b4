"""Which proposals the public sees. Selects that use this join the project, and the event where there is one."""

from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, and_, or_

from registry.events.visibility import event_is_public
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState


def proposal_is_public() -> ColumnElement[bool]:
    """Submitted, and neither it nor its project nor its event, where it has one, is hidden."""
    return and_(
        Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None), Project.hidden_at.is_(None),
        or_(Proposal.event_id.is_(None), event_is_public()),
    )


def pitched_on() -> ColumnElement[date]:
    """The day of a proposal: of its event, or on which it was submitted for none yet. Each public one has a day."""
    return cast("ColumnElement[date]", Proposal.day.expression)
