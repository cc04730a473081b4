"""Which proposals the public sees. Selects that use this join the proposal's event and project."""

from sqlalchemy import ColumnElement, and_

from registry.events.visibility import event_is_public
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.proposals.rules import ProposalState


def proposal_is_public() -> ColumnElement[bool]:
    """Submitted, and neither it nor its project nor its event is hidden."""
    return and_(
        Proposal.state == ProposalState.SUBMITTED, Proposal.hidden_at.is_(None), Project.hidden_at.is_(None),
        event_is_public(),
    )
