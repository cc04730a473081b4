"""The pages about the registry itself: what it is, and under which licences it stands."""

from typing import Any

from litestar import Request, Response, get

from registry.cases.rules import DEFAULT_LICENCE
from registry.community.current import community
from registry.web.assets import LICENCES_OF_ASSETS
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


@get("/licenses", sync_to_thread=False)
def licences_page(request: Request[Any, Any, Any]) -> Response[str]:
    """What others may do with the software, the record, its texts and its pictures."""
    return render(
        request, "licences.html", sources=community().sources, assets=LICENCES_OF_ASSETS, case_licence=DEFAULT_LICENCE,
        page=PageHead(
            title=_("Licences"),
            description=_("What you may do with the software, the record, its texts and its pictures, "
                          "and whom to name when you do."),
        ),
    )
