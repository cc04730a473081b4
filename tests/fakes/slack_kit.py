"""What Slack refuses in messages and views: the limits of Block Kit."""

from typing import Any

MOST_BLOCKS, MOST_VIEW_BLOCKS, MOST_TEXT = 50, 100, 40_000
_MOST = {"section": 3_000, "header": 150, "context": 2_000, "input": 2_000}


def trouble_of_message(message: dict[str, Any]) -> str:
    """The code with which Slack refuses a message; empty when it takes it."""
    blocks = message.get("blocks") or []
    if not message.get("text") and not blocks:
        return "no_text"
    if len(message.get("text", "")) > MOST_TEXT:
        return "msg_too_long"
    if len(blocks) > MOST_BLOCKS or any(_is_bad(block) for block in blocks):
        return "invalid_blocks"
    return ""


def trouble_of_view(view: dict[str, Any]) -> str:
    """The code with which Slack refuses a view; empty when it takes it."""
    titles = [view[name]["text"] for name in ("title", "submit", "close") if view.get(name)]
    blocks, ids = view.get("blocks", []), [block["block_id"] for block in view.get("blocks", []) if "block_id" in block]
    is_bad = (
        len(blocks) > MOST_VIEW_BLOCKS or any(_is_bad(block) for block in blocks) or len(ids) != len(set(ids))
        or any(len(title) > 24 for title in titles) or len(view.get("private_metadata", "")) > 3_000
        or view["type"] not in {"modal", "home"} or (view["type"] == "modal" and not view.get("title"))
        or (any(block["type"] == "input" for block in blocks) and view["type"] == "modal" and not view.get("submit"))
    )
    return "invalid_arguments" if is_bad else ""


def _is_bad(block: dict[str, Any]) -> bool:
    kind, most = block["type"], _MOST.get(block["type"], 0)
    if kind == "context":
        return not 1 <= len(block["elements"]) <= 10 or any(len(one["text"]) > most for one in block["elements"])
    if kind == "actions":
        return not 1 <= len(block["elements"]) <= 25 or any(_is_bad_element(one) for one in block["elements"])
    if kind == "input":
        return len(block["label"]["text"]) > most or len(block.get("hint", {}).get("text", "")) > most or (
            _is_bad_element(block["element"])
        )
    if kind in {"section", "header"}:
        return bool(not 1 <= len(block["text"]["text"]) <= most)
    return bool(kind != "divider")


def _is_bad_element(element: dict[str, Any]) -> bool:
    options = element.get("options", [])
    texts = [element[name] for name in ("text", "placeholder") if name in element] + [one["text"] for one in options]
    initial = element.get("initial_option")
    return bool(
        any(len(text["text"]) > (150 if text is element.get("placeholder") else 75) for text in texts)
        or ("options" in element and not 1 <= len(options) <= 100)
        or (initial is not None and initial not in options)
        or any(one not in options for one in element.get("initial_options", []))
        or any(not 1 <= len(one["value"]) <= 150 for one in options)
        or len(element.get("initial_value", "")) > element.get("max_length", 3_000)
        or element.get("max_length", 1) > 3_000 or len(element.get("action_id", "")) > 255
    )
