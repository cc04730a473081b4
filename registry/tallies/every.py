"""Every tally, each made where what it counts is at home."""

from typing import Any

from registry.activity.addresses import MAPS
from registry.events.listing import EVENT_LISTING, EVENTS_BY_PITCHES
from registry.numbers.counting import COUNTED_RECORD
from registry.people.queries import EVERYONE
from registry.projects.highlights import COMMUNITY_NUMBERS
from registry.projects.queries.facets import PROJECT_LISTING
from registry.projects.queries.topics import TOPICS, WANTED
from registry.proposals.listing import PROPOSAL_LISTING
from registry.repositories.starter_queries import STARTER_LISTING
from registry.stages.queries import ON_LADDER
from registry.tallies.queries import Tally

TALLIES: tuple[Tally[Any], ...] = (
    COMMUNITY_NUMBERS, PROJECT_LISTING, PROPOSAL_LISTING, STARTER_LISTING, TOPICS, WANTED, EVERYONE, ON_LADDER,
    COUNTED_RECORD, MAPS, EVENT_LISTING, EVENTS_BY_PITCHES,
)
