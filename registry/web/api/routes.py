"""Every operation of the API under its address."""

from litestar import Router

from registry.addresses import API
from registry.events import api as events
from registry.web.api.parameters import known_parameters_only

API_ROUTES = Router(
    API,
    route_handlers=[events.events_json, events.event_json],
    guards=[known_parameters_only],
    include_in_schema=True,
)
