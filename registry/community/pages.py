"""What a community brings to each page's look: the style sheet of its colours and its logo."""

import hashlib

from litestar import MediaType, Response, get

from registry.community import PICTURES, Community
from registry.community.colours import colour_rules
from registry.community.current import community, once_a_community
from registry.errors import NotFound
from registry.web.i18n import gettext as _

_COLOURS = "/community/colours.css"
_LOGO = "/community/logo"
_KEPT = {"cache-control": "public, max-age=86400"}


@get(_COLOURS, sync_to_thread=False)
def colours_file() -> Response[str]:
    """The community's colours, which overrule those of the house."""
    return Response(colour_rules(community().colours), media_type=MediaType.CSS, headers=_KEPT)


@get(_LOGO, sync_to_thread=False)
def logo_file() -> Response[bytes]:
    """The community's logo."""
    logo = community().logo
    if logo is None:
        raise NotFound(_("This community has no logo of its own."))
    return Response(logo.read_bytes(), media_type=PICTURES[logo.suffix.lower()], headers=_KEPT)


@once_a_community
def colours_address(here: Community) -> str:
    """The address of the community's colours, with a mark of what they are now; empty when they are the house's."""
    return "" if here.colours.is_ours else _marked(_COLOURS, colour_rules(here.colours).encode())


@once_a_community
def logo_address(here: Community) -> str:
    """The address of the community's logo, likewise; empty when it has none."""
    return _marked(_LOGO, here.logo.read_bytes()) if here.logo else ""

def _marked(address: str, content: bytes) -> str:
    return f"{address}?v={hashlib.sha256(content).hexdigest()[:12]}"
