"""What channels are: where they live, and what a new one is called."""

import re
from typing import Final

from registry.projects.rules import slug_of

WORKSPACE: Final = "workspace"
"""The chat in which the community lives; also the kind of outbox message that goes there."""
WEBHOOK: Final = "webhook"
"""Another chat, of which nothing is known but an address to which messages can be sent."""
LONGEST_NAME: Final = 80
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_]+")


def channel_name(name: str, *, otherwise: str) -> str:
    """What a project's channel is to be called, from its English name: 80 small letters, digits and hyphens.

    ``otherwise`` is used where the name holds none of these (and must hold some itself).
    """
    for words in (name, otherwise):
        said = _NOT_IN_NAMES.sub("-", slug_of(words)).strip("-_")[:LONGEST_NAME].strip("-_")
        if said:
            return said
    return "project"
