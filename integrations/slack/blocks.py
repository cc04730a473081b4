"""Block Kit: what people wrote becomes text that pings nobody, and is cut where Slack's limits are."""

import re
from collections.abc import Sequence
from typing import Any

from registry.ports import ChatLine, ChatMessage

Block = dict[str, Any]
MOST_BLOCKS = 50
MOST_SECTION = 3_000
MOST_HEADER = 150
MOST_CONTEXT = 2_000
MOST_BUTTON = 75
MOST_FALLBACK = 4_000
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    """A text in which Slack sees nothing but text: no mention, no link, no ``<!channel>``."""
    return "".join(_ENTITIES.get(sign, sign) for sign in _CONTROL.sub("", text))


def unescaped(text: str) -> str:
    """What somebody typed, from how Slack sends the text of a command."""
    for sign, entity in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        text = text.replace(entity, sign)
    return text


def cut(text: str, most: int) -> str:
    """A plain text of at most ``most`` characters; what is cut ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def cut_escaped(text: str, most: int) -> str:
    """A text escaped, of at most ``most`` characters with its entities, none of which is cut in two."""
    safe = escaped(text)
    if len(safe) <= most:
        return safe
    kept = safe[: most - 1]
    start = kept.rfind("&")
    if start > kept.rfind(";"):
        kept = kept[:start]
    return kept.rstrip() + "…"


def link(url: str, label: str) -> str:
    """A link in mrkdwn; what is no address of the web is its label alone."""
    said = escaped(label).replace("|", "\u2758").replace("\n", " ")
    if not url.startswith(("https://", "http://")) or re.search(r"[\s<>|]", url):
        return said
    return f"<{url.replace('&', '&amp;')}|{said}>"


def header(text: str) -> Block:
    """A heading; Slack reads no markup in it."""
    return {"type": "header", "text": {"type": "plain_text", "text": cut(text.strip() or "…", MOST_HEADER),
                                       "emoji": False}}


def section(text: str, *, url: str = "", label: str = "") -> Block:
    """A paragraph of what somebody wrote; one that is too long is cut and ends in a link to the whole of it."""
    more = f" {link(url, label)}" if url and len(escaped(text)) > MOST_SECTION else ""
    return mrkdwn(cut_escaped(text, MOST_SECTION - len(more)) + more)


def mrkdwn(text: str) -> Block:
    """A paragraph that is mrkdwn already; each part of it must have been escaped."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text or "…", "verbatim": True}}


def context(text: str) -> Block:
    """A small line below."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut_escaped(text, MOST_CONTEXT) or "…",
                                             "verbatim": True}]}


def link_button(label: str, url: str) -> Block:
    """A button that opens an address."""
    return {"type": "actions", "elements": [{
        "type": "button", "text": {"type": "plain_text", "text": cut(label, MOST_BUTTON)}, "url": url,
        "action_id": "open",
    }]}


def listed(lines: Sequence[ChatLine]) -> list[Block]:
    """A list whose lines lead somewhere, in as many paragraphs as it takes."""
    blocks, said = [], ""
    for line in lines:
        one = f"• {link(line.url, cut(line.text, MOST_HEADER))}"
        if len(said) + len(one) >= MOST_SECTION:
            blocks.append(mrkdwn(said))
            said = ""
        said = f"{said}\n{one}" if said else one
    return [*blocks, mrkdwn(said)] if said else blocks


def within(blocks: Sequence[Block], *, url: str, label: str) -> list[Block]:
    """At most 50 blocks; what is left out is behind a link in the last one."""
    if len(blocks) <= MOST_BLOCKS:
        return list(blocks)
    return [*blocks[: MOST_BLOCKS - 1], mrkdwn(link(url, label))]


def drawn(message: ChatMessage) -> dict[str, Any]:
    """A message of the registry as fields of ``chat.postMessage``: blocks, and the text for who sees none."""
    label = message.url_label or message.url
    blocks = [
        *([header(message.heading)] if message.heading else []),
        *(section(text, url=message.url, label=label) for text in message.paragraphs if text.strip()),
        *listed(message.lines),
    ] or [section(message.text, url=message.url, label=label)]
    ending = [
        *([mrkdwn(link(message.url, label))] if message.url else []),
        *([context(message.footnote)] if message.footnote else []),
    ]
    kept = blocks[: MOST_BLOCKS - len(ending)]
    return {
        "text": cut_escaped(message.text, MOST_FALLBACK), "blocks": [*kept, *ending], "unfurl_links": False,
        "unfurl_media": False, "link_names": False, "parse": "none", "mrkdwn": True,
    }
