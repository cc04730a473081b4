"""From what people wrote to HTML that is safe to show. Rendered once, when it is written."""

import html as escaping
import re
from functools import cache
from types import SimpleNamespace
from typing import Any, Final, Literal

import nh3
from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock, fence
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import text as plain_words
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from registry.links import LONGEST_URL

LOWEST_HEADING = 4
MOST_STEPS: Final = 14_000
"""Places looked at and tokens made for one text, 3 to 9 microseconds each. The longest text that a form takes has
fewer, even where every fourth character is markup; what needs more is shown as it was written."""
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i", "img",
    "kbd", "li", "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def render_markdown(text: str) -> str:
    """Markdown (CommonMark with tables) as sanitised HTML; headings start at level 2, links carry ``nofollow``."""
    try:
        return clean_html(parsed(_parser(), text))
    except TooMuch:
        return as_written(text)


class TooMuch(Exception):
    """A text takes more steps to read than anybody's text does."""


def parsed(parser: MarkdownIt, text: str) -> str:
    """What a parser of ours makes of a text.

    Raises:
        TooMuch: that takes more than ``MOST_STEPS``.
    """
    env: dict[str, Any] = {_STEPS: 0}
    _step(env, text.count("\n"))
    html: str = parser.render(text, env)
    return html


def as_written(text: str) -> str:
    """A text as safe HTML in paragraphs and lines, its marks left as they are."""
    paragraphs = (part.strip("\n") for part in escaping.escape(text.replace("\r", "")).split("\n\n"))
    return "".join("<p>" + part.replace("\n", "<br>\n") + "</p>\n" for part in paragraphs if part)


def han_aware_parser(*, takes_html: bool, keeps_lines: bool, lowered_by: int) -> MarkdownIt:
    """CommonMark with tables and struck words, for Chinese too. What it gives is not safe yet.

    ``takes_html`` lets HTML in the text through, ``keeps_lines`` breaks lines where the text does; headings are
    ``lowered_by`` so many levels.
    """
    parser = MarkdownIt()
    parser.inline, parser.block = _HanAwareInline(), _CountedBlocks()
    helpers: Any = SimpleNamespace(
        parseLinkLabel=parseLinkLabel, parseLinkTitle=parseLinkTitle, parseLinkDestination=_destination
    )
    parser.helpers = helpers
    parser.configure("commonmark", {"html": takes_html, "breaks": keeps_lines})

    def lower_headings(state: StateCore) -> None:
        for token in state.tokens:
            if token.type in {"heading_open", "heading_close"}:
                token.tag = f"h{min(int(token.tag[1]) + lowered_by, LOWEST_HEADING)}"

    parser.core.ruler.push("lower_headings", lower_headings)
    return parser.enable(["table", "strikethrough"])


def clean_html(html: str) -> str:
    """HTML with nothing left in it that runs, tracks or frames."""
    return nh3.clean(
        html, tags=TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc", strip_comments=True,
    )


def strip_html(html: str) -> str:
    """The words alone."""
    return nh3.clean(html, tags=set(), strip_comments=True)


_STEPS = "steps"


def _step(env: EnvType, count: int = 1) -> None:
    env[_STEPS] += count
    if env[_STEPS] > MOST_STEPS:
        raise TooMuch


@cache
def _parser() -> MarkdownIt:
    # The page's own title is its only first-level heading.
    return han_aware_parser(takes_html=False, keeps_lines=True, lowered_by=1)


class _HanAwareState(StateInline):
    """CommonMark leaves ``**公民科技（g0v）**是`` literal, for Chinese has no spaces around marked words.

    A Han neighbour therefore counts like a space when a run of ``*`` or ``~`` opens or closes; ``_`` is left as it is.
    """

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        _step(self.env)
        return super().push(ttype, tag, nesting)

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 — the parser's own name
        found = super().scanDelims(start, canSplitWord)
        if not canSplitWord:
            return found
        before = self.src[start - 1 : start] or " "
        after = self.src[start + found.length : start + found.length + 1] or " "
        return found._replace(
            can_open=found.can_open or (_is_han(before) and not after.isspace()),
            can_close=found.can_close or (_is_han(after) and not before.isspace()),
        )


class _HanAwareInline(ParserInline):
    """The inline parser with the state above. Each place of a line is offered to the rule for words first."""

    def __init__(self) -> None:
        super().__init__()
        self.ruler.at("text", _counted_words)

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 — the parser's own name
        if state.pos in state.cache:  # each bracket that nobody closes looks at all after it
            _step(state.env)
        super().skipToken(state)

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _HanAwareState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _counted_words(state: StateInline, silent: bool) -> bool:
    _step(state.env)
    return plain_words(state, silent)


class _CountedState(StateBlock):
    """Tables make cells of nothing: a token is a step."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        _step(self.env)
        return super().push(ttype, tag, nesting)


class _CountedBlocks(ParserBlock):
    """The block parser with the state above. Each line, at each depth, is offered to the rule for fences."""

    def __init__(self) -> None:
        super().__init__()
        self.ruler.at("fence", _counted_fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})

    def parse(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> list[Token] | None:  # noqa: N803
        if not src:
            return None
        state = _CountedState(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens


def _counted_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    _step(state.env)
    return fence(state, start, end, silent)


def _destination(text: str, start: int, end: int) -> Any:
    """Where a link leads: looked for by its parser one character at a time, and from each bracket again."""
    return parseLinkDestination(text, start, min(end, start + LONGEST_URL))


def _is_han(character: str) -> bool:
    return bool(_HAN.match(character))
