"""Modals: the fields of a form as Slack draws them, and what somebody filled in as a form of ours."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.slack.blocks import MOST_SECTION, Block, cut, section
from registry.errors import RegistryError
from registry.web.i18n import gettext as _
from registry.web.typed import Typed

MOST_VALUE = 3_000
MOST_OPTIONS = 100
MOST_OPTION = 75
MOST_TITLE = 24
ROW_MARK = ":"
"""Fields that come several times are called ``need:0``, ``need:1``."""
View = dict[str, Any]
Options = Sequence[tuple[str, str]]


def modal(
    name: str, title: str, blocks: Sequence[Block], *, submit: str = "", memory: Mapping[str, str] | None = None
) -> View:
    """A dialogue; ``memory`` comes back with it. Without ``submit`` it only tells something."""
    return {
        "type": "modal", "callback_id": name, "title": _plain(cut(title, MOST_TITLE)),
        "close": _plain(cut(_("Close"), MOST_TITLE)), "blocks": list(blocks),
        "private_metadata": json.dumps(dict(memory or {})),
        **({"submit": _plain(cut(submit, MOST_TITLE))} if submit else {}),
    }


def telling(title: str, *blocks: Block) -> View:
    """A dialogue with nothing to fill in."""
    return modal("told", title, blocks)


def waiting(title: str) -> View:
    """What stands in a dialogue's place until we know what to put there."""
    return telling(title, section(_("One moment …")))


def line_input(name: str, label: str, *, value: str = "", hint: str = "", is_optional: bool = True) -> Block:
    """A single line."""
    return _input(name, label, _text_element(value), hint=hint, is_optional=is_optional)


def text_input(name: str, label: str, *, value: str = "", hint: str = "", is_optional: bool = True) -> Block:
    """A text of any number of lines, at most as long as Slack takes one."""
    element = {**_text_element(value), "multiline": True}
    return _input(name, label, element, hint=hint, is_optional=is_optional)


def choice_input(
    name: str, label: str, options: Options, *, chosen: str = "", hint: str = "", empty: str = "",
    is_optional: bool = True,
) -> Block:
    """One of several values, of which Slack shows the first hundred."""
    shown = [_option(value, words) for value, words in options[:MOST_OPTIONS]]
    initial = [one for one in shown if one["value"] == chosen]
    return _input(name, label, {
        "type": "static_select", "action_id": "value", "options": shown,
        **({"placeholder": _plain(cut(empty, 150))} if empty else {}),
        **({"initial_option": initial[0]} if initial else {}),
    }, hint=hint, is_optional=is_optional)


def tick_input(name: str, label: str, *, is_ticked: bool = False, hint: str = "") -> Block:
    """Yes or not."""
    option = _option("yes", label)
    return _input(name, label, {
        "type": "checkboxes", "action_id": "value", "options": [option],
        **({"initial_options": [option]} if is_ticked else {}),
    }, hint=hint)


def button(action: str, label: str) -> Block:
    """A button that asks us for something."""
    return {"type": "actions", "elements": [
        {"type": "button", "action_id": action, "text": _plain(cut(label, MOST_OPTION))}
    ]}


def memory_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What a dialogue was given to remember."""
    try:
        kept = json.loads(str(view.get("private_metadata") or "{}"))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def typed_in(view: Mapping[str, Any]) -> Typed:
    """What somebody filled in, under the names of our form's fields."""
    fields: dict[str, list[str]] = {}
    state = view.get("state") or {}
    for name, elements in (state.get("values") or {}).items():
        element = elements.get("value") or {}
        fields.setdefault(name.partition(ROW_MARK)[0], []).extend(_values(element))
    return Typed(fields)


def errors_in(view: Mapping[str, Any], refusal: RegistryError) -> dict[str, str]:
    """A refusal by the block where Slack shows each sentence; what has no field here stands at the first one."""
    inputs = [str(block["block_id"]) for block in view.get("blocks", ()) if block.get("type") == "input"]
    if not inputs:
        return {}
    said: dict[str, list[str]] = {}
    for error in refusal.errors:
        block = next((one for one in inputs if one.partition(ROW_MARK)[0] == error.name), None)
        words = error.detail if block else f"{error.name}: {error.detail}"
        said.setdefault(block or inputs[0], []).append(words)
    if not refusal.errors:
        said = {inputs[0]: [str(refusal)]}
    return {block: cut(" ".join(dict.fromkeys(words)), MOST_OPTION * 4) for block, words in said.items()}


def refusal_blocks(refusal: RegistryError | None) -> list[Block]:
    """A refusal above a dialogue that had to be drawn anew."""
    if refusal is None:
        return []
    lines = [str(refusal), *(f"• {error.detail}" for error in refusal.errors)]
    return [section(cut("\n".join(lines), MOST_SECTION // 2))]


def _input(name: str, label: str, element: Block, *, hint: str = "", is_optional: bool = True) -> Block:
    return {
        "type": "input", "block_id": name, "label": _plain(label), "element": element, "optional": is_optional,
        **({"hint": _plain(hint)} if hint else {}),
    }


def _text_element(value: str) -> Block:
    return {
        "type": "plain_text_input", "action_id": "value", **({"initial_value": value[:MOST_VALUE]} if value else {})
    }


def _option(value: str, words: str) -> Block:
    return {"text": _plain(cut(words or value, MOST_OPTION)), "value": value}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _values(element: Mapping[str, Any]) -> list[str]:
    if "selected_options" in element:
        return [str(one["value"]) for one in element["selected_options"] or ()]
    if "selected_option" in element:
        return [str((element["selected_option"] or {}).get("value", ""))]
    return [str(element.get("value") or "")]
