"""All that a community's folder holds, read at once: what cannot be used stops the start, not a reader."""

from babel.messages import pofile

from registry.community import CATALOGUES
from registry.community.current import community
from registry.handbook import conduct, contribution_kinds, ladder, meals, needs
from registry.handbook.chapters import chapters
from registry.web.i18n import catalogue, has_words, languages


def read_whole() -> str:
    """Read everything of the current community; in a sentence, what there is.

    Raises:
        HandbookError: something cannot be used; each line of the message names the file, the place, and what to do.
    """
    spoken = ", ".join(_spoken(tag) for tag in languages())
    return (
        f"{community().called}, {community().folder}: {len(ladder().stage)} stages, {len(needs())} needs, "
        f"{len(conduct())} points of the Code, {len(contribution_kinds())} kinds of contribution, "
        f"{len(meals())} meals, {len(chapters())} chapters; speaks {spoken}"
    )


def _spoken(tag: str) -> str:
    catalogue(tag)
    own = community().folder / CATALOGUES / tag / "messages.po"
    if not own.exists():
        return tag
    with own.open("rb") as lines:
        messages = [message for message in pofile.read_po(lines) if message.id]
    return f"{tag} ({sum(has_words(message.string) for message in messages)} of {len(messages)} messages)"
