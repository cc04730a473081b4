"""A repository's README as a part of a page: safe, short enough, and with its links leading where they did there."""

import re
from functools import cache
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from registry.web.markdown import TAGS, TooMuch, as_written, han_aware_parser, parsed

LONGEST_README = 20_000
"""Characters that are shown; whoever wants more reads on at the repository."""
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_QUIETLY = {"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}}
MOST_CROSSED = 50_000
"""HTML repeats a mark that was left open in each block after it, so marks times blocks is what a page can grow to."""
_MARK = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)
_HTML_HEADING = re.compile(r"(</?)h([1-6])\b", re.IGNORECASE)


def render_readme(text: str, *, url: str, branch: str) -> str:
    """The Markdown of a README as sanitised HTML, for a place below a second-level heading.

    Links and pictures that are relative lead into the repository at ``url``, on its ``branch``. Pictures come by https
    or not at all: in Markdown they become links, in HTML their words stay.
    """
    try:
        html = parsed(_parser(), shortened(text))
    except TooMuch:
        return as_written(shortened(text)).strip()
    place = _Place(url, branch)
    html = nh3.clean(
        html, tags=TAGS, attributes=_ATTRIBUTES, attribute_filter=place.lead,
        set_tag_attribute_values=_QUIETLY, url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc", strip_comments=True,
    )
    return html.strip()


def shortened(text: str) -> str:
    """As much of a README as is shown, cut between paragraphs where there are some."""
    if len(text) <= LONGEST_README:
        return text
    start = text[:LONGEST_README]
    return start.rpartition("\n\n")[0] or start


class _Place:
    """Where a README lies, and so where its relative addresses lead."""

    def __init__(self, url: str, branch: str) -> None:
        self._url = url.rstrip("/")
        self._pages = f"{self._url}/blob/{branch}/"
        self._files = f"{self._url}/raw/{branch}/"

    def lead(self, tag: str, attribute: str, value: str) -> str | None:
        """The value of an attribute as it is shown; none takes the attribute away."""
        if (tag, attribute) == ("a", "href"):
            return self._address(value, self._pages, {"http", "https", "mailto"})
        if (tag, attribute) == ("img", "src"):
            address = self._address(value, self._files, {"https"})
            return address and address.replace(self._pages, self._files, 1)
        return value

    def _address(self, value: str, base: str, schemes: set[str]) -> str | None:
        value = value.strip()
        if value.startswith("#"):
            return self._url + value
        if value.startswith("/") and not value.startswith("//"):
            value = value.lstrip("/")
        try:
            address = urljoin(base, value)
            return address if urlsplit(address).scheme in schemes else None
        except ValueError:
            return None


@cache
def _parser() -> MarkdownIt:
    parser = han_aware_parser(takes_html=True, keeps_lines=False, lowered_by=2)
    parser.core.ruler.push("lower_html_headings", _lower_html_headings)
    parser.core.ruler.push("link_open_pictures", _link_insecure_pictures)
    parser.core.ruler.push("refuse_crossed_marks", _refuse_crossed_marks)
    return parser


def _lower_html_headings(state: StateCore) -> None:
    for token in _all(state.tokens):
        if token.type in {"html_block", "html_inline"}:
            token.content = _HTML_HEADING.sub(lambda found: f"{found[1]}h{min(int(found[2]) + 2, 4)}", token.content)


def _link_insecure_pictures(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline":
            token.children = [part for child in token.children or [] for part in _picture_or_link(child)]


def _refuse_crossed_marks(state: StateCore) -> None:
    tokens = _all(state.tokens)
    html = "".join(token.content for token in tokens if token.type in {"html_block", "html_inline"})
    marks = len(_MARK.findall(html))
    blocks = html.count("<") - marks + sum(token.block for token in tokens)
    if marks * blocks > MOST_CROSSED:
        raise TooMuch


def _picture_or_link(token: Token) -> list[Token]:
    source = str(token.attrs.get("src", ""))
    if token.type != "image" or not source.casefold().startswith("http:"):
        return [token]
    words = Token("text", "", 0, content=token.content or source)
    return [Token("link_open", "a", 1, attrs={"href": source}), words, Token("link_close", "a", -1)]


def _all(tokens: list[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *(token.children or ()))]
