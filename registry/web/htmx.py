"""What we need to know of htmx, in one place: which requests ask for a part of a page."""

from typing import Any

from litestar import Request, Response

from registry.web.render import PageHead, render, render_fragment


def render_page_or_part(
    request: Request[Any, Any, Any], template: str, *, part: str, page: PageHead, **context: Any
) -> Response[str]:
    """Answer with the page ``template``, or only with its ``part`` (a template it includes) where htmx swaps it in.

    htmx 4 says "partial" when the answer replaces less than the body; going back in the history asks for "full".
    """
    if request.headers.get("HX-Request-Type") == "partial":
        answer = render_fragment(part, **context)
    else:
        answer = render(request, template, page=page, **context)
    answer.headers["Vary"] = "HX-Request-Type"
    return answer
