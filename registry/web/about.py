"""The page about the registry itself."""

from typing import Any

from litestar import Request, Response, get

from registry.community.current import community
from registry.web.i18n import gettext as _
from registry.web.render import PageHead, SiteContext, render


@get("/about", sync_to_thread=False)
def about_page(request: Request[Any, Any, Any]) -> Response[str]:
    """What this place is, where its record comes from, and the rights of those who are in it."""
    return render(
        request, "about.html", sources=community().sources,
        page=PageHead(
            title=_("About"),
            description=_("What Keng is, where the record of the %(community)s community comes from, and how to claim, "
                          "correct or hide what it says of you.") % {"community": SiteContext(request).community},
        ),
    )
