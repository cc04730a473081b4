"""Every operation of the API under its address."""

from litestar import Router

from registry.addresses import API
from registry.cases.api import case_json, cases_json
from registry.events.api import event_json, events_json
from registry.people.api import people_json, person_json
from registry.projects.api import project_json, projects_json
from registry.proposals.api import proposal_json, proposals_json
from registry.search.api import search_json
from registry.web.api.parameters import known_parameters_only

API_ROUTES = Router(
    API,
    route_handlers=[
        events_json, event_json, projects_json, project_json, proposals_json, proposal_json, people_json, person_json,
        cases_json, case_json, search_json,
    ],
    guards=[known_parameters_only],
    include_in_schema=True,
)
