"""What we need to know of htmx, in one place: which requests ask for a part of a page."""

from typing import Any

from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK

from registry.web.render import PageHead, render, render_part


def render_page_or_part(
    request: Request[Any, Any, Any], template: str, *, part: str, page: PageHead, status_code: int = HTTP_200_OK,
    **context: Any
) -> Response[str]:
    """Answer with the page ``template``, or only with its ``part`` (a template it includes) where htmx swaps it in.

    htmx 4 says "partial" when the answer replaces less than the body; going back in the history asks for "full".
    """
    if request.headers.get("HX-Request-Type") == "partial":
        answer = render_part(request, part, status_code=status_code, **context)
    else:
        answer = render(request, template, page=page, status_code=status_code, **context)
    answer.headers["Vary"] = "HX-Request-Type"
    return answer
