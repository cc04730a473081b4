"""Every tally, each made where what it counts is at home."""

from typing import Any

from registry.projects.highlights import COMMUNITY_NUMBERS
from registry.projects.queries.facets import PROJECT_LISTING
from registry.proposals.listing import PROPOSAL_LISTING
from registry.tallies.queries import Tally

TALLIES: tuple[Tally[Any], ...] = (COMMUNITY_NUMBERS, PROJECT_LISTING, PROPOSAL_LISTING)
