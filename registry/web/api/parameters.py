"""The parameters of the API's operations: texts to choose by, and nothing that an operation does not have."""

from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Example, Operation, Parameter
from litestar.params import QueryParameter

from registry.errors import BadInput, FieldError
from registry.web.i18n import gettext as _

LONGEST_CHOICE = 200


def choice(description: str, example: str, *, name: str | None = None) -> QueryParameter:
    """A filter: a text of which any value may be asked for, one that nothing has included.

    ``name`` is the parameter's, where the function cannot call it so (Litestar keeps ``state`` for itself).
    """
    return QueryParameter(
        name=name, max_length=LONGEST_CHOICE, description=description, examples=[Example(value=example)],
    )


def known_parameters_only(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Let pass what the operation's description names.

    Raises:
        BadInput: a parameter that the operation does not have; names those that it has.
    """
    at_path = (connection.app.openapi_schema.paths or {})[connection.scope["path_template"]]
    operation: Operation | None = getattr(at_path, str(connection.scope["method"]).lower())  # type: ignore[typeddict-item]
    parameters = operation.parameters if operation else None
    known = [one.name for one in parameters or [] if isinstance(one, Parameter) and one.param_in == "query"]
    asked = parse_qsl(connection.scope["query_string"].decode(), keep_blank_values=True)
    unknown = [name for name, _value in asked if name not in known]
    if not unknown:
        return
    reason = (
        _("There is no such parameter here. Known ones: %(names)s.") % {"names": ", ".join(known)}
        if known else _("There are no parameters here.")
    )
    raise BadInput(reason, errors=[FieldError(name=name, detail=reason) for name in unknown])
