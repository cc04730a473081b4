"""Answers that one person alone sees, and the lists in them."""

from collections.abc import Iterable, Sequence
from typing import Any

from integrations.slack.blocks import MOST_SECTION, Block, cut_escaped, escaped, link, mrkdwn, section, within
from integrations.slack.here import Here
from registry.web.i18n import gettext as _

LONGEST_LABEL = 150
LONGEST_LINE = 300


def only_for_you(text: str, blocks: Sequence[Block] = (), *, url: str = "") -> dict[str, Any]:
    """An answer to a command; ``text`` is plain and says it without the blocks. ``url`` leads to what is cut off."""
    return {
        "response_type": "ephemeral", "text": cut_escaped(text, MOST_SECTION), "unfurl_links": False,
        "blocks": within(blocks or [sentence_block(text)], url=url, label=_("Read on")),
    }


def said_of(here: Here, path: str, name: str, *lines: str) -> str:
    """A record in a list, as mrkdwn: its name, linked, and a line or two about it."""
    shown = [cut_escaped(" ".join(line.split()), LONGEST_LINE) for line in lines if line.strip()]
    return "\n".join([f"*{link(here.address(path), name[:LONGEST_LABEL])}*", *shown])


def in_sections(said: Iterable[str]) -> list[Block]:
    """Parts of mrkdwn, each in a section of its own."""
    return [mrkdwn(one) for one in said]


def sentence_block(sentence: str) -> Block:
    """A sentence for a person; the addresses that stand in it between spaces become links."""
    linked = " ".join(
        link(word, word) if word.startswith(("https://", "http://")) else escaped(word) for word in sentence.split(" ")
    )
    return mrkdwn(linked) if len(linked) <= MOST_SECTION else section(sentence)
