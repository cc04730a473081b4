"""The front page."""

from typing import Any

from litestar import Request, Response, get

from registry.web.i18n import gettext as _
from registry.web.render import PageHead, render


@get("/")
async def home_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The next event, what needs help, the newest projects, and the community in numbers."""
    return render(request, "home.html", page=PageHead(title=_("Home")))
