"""The links of a project as people write them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from registry.checks import Checks
from registry.projects.rules import LinkKind, link_kind_of
from registry.web.i18n import gettext as _

MOST_LINKS = 50
LABEL = 100


class WrittenLink(msgspec.Struct, frozen=True):
    """A link as a form or the API brings it; without a kind, the address says what it is."""

    url: str
    label: str = ""
    kind: str = ""


def check_links(checks: Checks, links: Sequence[WrittenLink]) -> list[dict[str, Any]]:
    """The links as they are kept, without those that have no address.

    The fields of the first one are called ``link-1-url``, ``link-1-label`` and ``link-1-kind``.
    """
    kept: dict[str, dict[str, Any]] = {}
    for number, link in enumerate(links, 1):
        field = f"link-{number}"
        url = checks.web_address(f"{field}-url", link.url, is_required=bool(link.label.strip()))
        label = checks.line(f"{field}-label", link.label, longest=LABEL)
        kind = checks.one_of(f"{field}-kind", link.kind, list(LinkKind))
        if not url:
            continue
        same = url.partition("://")[2].rstrip("/")
        if same in kept:
            checks.wrong(f"{field}-url", _("This address is in the list already. Once is enough."))
        kept[same] = {"url": url, "label": label or None, "kind": kind or link_kind_of(url).value}
    if len(kept) > MOST_LINKS:
        checks.wrong("link-1-url", _("Keep at most %(num)s links.") % {"num": MOST_LINKS})
    return list(kept.values())
