"""Every operation of the API under its address."""

from litestar import Router
from litestar.di import Provide

from registry.addresses import API
from registry.cases.api import case_json, cases_json
from registry.contributions.api_writing import CONTRIBUTIONS_BY_TOKEN
from registry.events.api import event_json, events_json
from registry.events.api_writing import EVENTS_BY_TOKEN
from registry.people.api import people_json, person_json
from registry.projects.api import project_json, projects_json
from registry.projects.api_writing import PROJECTS_BY_TOKEN
from registry.proposals.api import proposal_json, proposals_json
from registry.proposals.api_writing import PITCHES_BY_TOKEN
from registry.registrations.api_writing import REGISTRATIONS_BY_TOKEN
from registry.search.api import search_json
from registry.tokens.api import OWN_BY_TOKEN
from registry.web.api.parameters import known_parameters_only
from registry.web.api.writing import provide_once_key, provide_writing

API_ROUTES = Router(
    API,
    route_handlers=[
        events_json, event_json, projects_json, project_json, proposals_json, proposal_json, people_json, person_json,
        cases_json, case_json, search_json,
        *EVENTS_BY_TOKEN, *REGISTRATIONS_BY_TOKEN, *PROJECTS_BY_TOKEN, *PITCHES_BY_TOKEN, *CONTRIBUTIONS_BY_TOKEN,
        *OWN_BY_TOKEN,
    ],
    dependencies={
        "once_key": Provide(provide_once_key, sync_to_thread=False),
        "writing": Provide(provide_writing, sync_to_thread=False),
    },
    guards=[known_parameters_only],
    include_in_schema=True,
)
