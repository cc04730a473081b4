"""From what people wrote to HTML that is safe to show. Rendered once, when it is written."""

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

LOWEST_HEADING = 4
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i", "img",
    "kbd", "li", "ol", "p", "pre", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def render_markdown(text: str) -> str:
    """Markdown (CommonMark with tables) as sanitised HTML; headings start at level 2, links carry ``nofollow``."""
    return clean_html(_parser().render(text))


def han_aware_parser(*, takes_html: bool, keeps_lines: bool, lowered_by: int) -> MarkdownIt:
    """CommonMark with tables and struck words, for Chinese too. What it gives is not safe yet.

    ``takes_html`` lets HTML in the text through, ``keeps_lines`` breaks lines where the text does; headings are
    ``lowered_by`` so many levels.
    """
    parser = MarkdownIt()
    parser.inline = _HanAwareInline()
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


@cache
def _parser() -> MarkdownIt:
    # The page's own title is its only first-level heading.
    return han_aware_parser(takes_html=False, keeps_lines=True, lowered_by=1)


class _HanAwareState(StateInline):
    """CommonMark leaves ``**公民科技（g0v）**是`` literal, for Chinese has no spaces around marked words.

    A Han neighbour therefore counts like a space when a run of ``*`` or ``~`` opens or closes; ``_`` is left as it is.
    """

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
    """The inline parser with the state above."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _HanAwareState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _is_han(character: str) -> bool:
    return bool(_HAN.match(character))
