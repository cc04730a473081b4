"""Texts by people who mean harm: a grammar of what would run a script where it is not made safe."""

import random
import re
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, Page

from registry.web.markdown import TAGS

# Where a script runs it calls hit(), which the page under test counts. {name} stands for one line of that name.
_GRAMMAR: dict[str, list[str]] = {
    "document": [
        "{payload}", "{payload}", "{mark}{payload}", "{payload}{mark}{payload}", "{around}", "{around}",
        "{break}{payload}", "{break}{attribute}", "{link}", "{link}{mark}{payload}",
    ],
    "payload": [
        "<{script}>{call}</{script}>", "<{script} {x}>{call}//", "<<{script}>{call}//<</{script}>",
        "<{loading}{gap}{event}={quoted}>", "<{loading}{gap}{event}={quoted}{gap}/>",
        "<{thing}{gap}{attribute}>{text}</{thing}>", "<svg{gap}onload={quoted}>",
        "<svg><{script}>{call}</{script}></svg>", "<svg><{script}>{encoded}</{script}></svg>",
        '<svg><a xlink:href="{address}"><text>{text}</text></a></svg>', '<svg><use href="data:image/svg+xml,{x}">',
        "<svg><animate onbegin={quoted} attributeName=x dur=1s>", "<svg><set attributeName=onmouseover to={call}>",
        "<svg><foreignObject><{loading} {event}={quoted}></foreignObject></svg>",
        "<svg><style><{loading} {event}={quoted}></style>",
        "<math><mtext><table><mglyph><style><{loading} {event}={quoted}>", '<math><a xlink:href="{address}">{text}',
        '<math><annotation-xml encoding="text/html"><{loading} {event}={quoted}></annotation-xml></math>',
        '<iframe src="{address}"></iframe>', "<iframe srcdoc='<{script}>parent.{call}</{script}>'></iframe>",
        '<object data="{address}"></object>', '<embed src="{address}">', '<base href="//evil.example/">',
        '<form action="{address}"><input name={clobbered}><button>{text}</button></form>',
        '<button formaction="{address}">{text}', "<form><input name={clobbered}><{loading} {event}={quoted}></form>",
        "<form id={clobbered}><input name={clobbered}>",
        '<a id={clobbered}><a id={clobbered} name={clobbered} href="{address}">{text}</a>',
        "<img name={clobbered} src=x>", '<meta http-equiv=refresh content="0;url={address}">',
        '<link rel=stylesheet href="//evil.example/{x}">', "<style>*{background:url(//evil.example/)}</style>",
        '<p style="position:fixed;inset:0">{text}</p>', "<template><{script}>{call}</{script}></template>",
        "<xmp><{loading} {event}={quoted}></xmp>", "<noscript><p title=\"</noscript><{loading} {event}='{call}'>\">",
        "<title><{loading} {event}={quoted}></title>", "<textarea></textarea><{loading} {event}={quoted}>",
        "<select><{loading} {event}={quoted}></select>", "<!--><{loading} {event}={quoted}>-->",
        "<![CDATA[><{loading} {event}={quoted}>]]>", "<?x ><{loading} {event}={quoted}>?>",
        "<details open ontoggle={quoted}>{text}</details>", "<input autofocus onfocus={quoted}>",
        "<body onload={quoted}>", "<video><source onerror={quoted}></video>",
        "<marquee onstart={quoted}>{text}</marquee>", '<a href="{address}">{text}</a>',
        '<script xmlns="http://www.w3.org/1999/xhtml">{call}</script>',
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">{call}</x:script>',
    ],
    "around": [
        "**{payload}**", "- {payload}\n- {text}", "> {payload}", "# {payload}",
        "| a | b |\n|---|---|\n| {payload} | {text} |", "<div>{payload}</div>", "<p>\n{payload}\n</p>",
        "```\n{payload}\n```\n{payload}", "`{payload}` {payload}", "1. x\n\n   {payload}",
        "<table><td>{payload}</table>", "\\{payload}", "~~{payload}~~", "<b><i>{payload}</b></i>", "&lt;{payload}",
        "坑{payload}坑", "<pre>{payload}</pre>\n\n{link}", "<h1>{payload}</h1>", "    {payload}\n\n{payload}",
    ],
    "link": [
        "[{text}]({address})", "[{text}](<{address}>)", "[{text}]( {address})", "![{text}]({address})", "<{address}>",
        "![{text}](x '{event}={call}')", '![x" {event}="{call}]({x})', "[{text}][1]\n\n[1]: {address}", "{address}",
        "[{text}][1]\n\n[1]: https://a.example '{text}\" {event}=\"{call}'", "[![{text}]({address})]({address})",
        '[{text}](https://a.example/"{event}={call})', 'https://a.example/"{event}={call}',
    ],
    "break": [
        '">', "'>", '"', "' ", "</script>", "</title>", "</textarea>", "</style>", "]]>", "-->", "</p></div></main>",
        '\\"', "\\u003c/script\\u003e", "{{", "%}", "</a>", "</svg>", '" autofocus ', "`", "\u2028",
    ],
    "attribute": [
        "{event}={quoted}", 'href="{address}"', 'style="x:expression({call})" {event}={quoted}', 'src="{address}"',
    ],
    "address": [
        "javascript:{call}", "JaVaScRiPt:{call}", "java{sign}script:{call}", "{sign}javascript:{call}",
        "&#106;avascript:{call}", "&#x6A;avascript&colon;{call}", "javascript&#58;{call}", "vbscript:{call}",
        "data:text/html,<script>{call}</script>", "data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==",
        "javascript://a.example/%0a{call}", "feed:javascript:{call}", "blob:{call}",
        "javascript:{call}//https://a.example", "//evil.example/{x}", "\\javascript:{call}",
        "view-source:javascript:{call}",
    ],
    "call": [
        "hit()", "hit``", "self.hit()", "top.hit()", "(0,hit)()", "hit.call()", "window['hit']()", "setTimeout(hit)",
        "hit(/{x}/)",
    ],
    "encoded": ["&#104;it()", "hi&#x74;()", "&#x68;&#x69;&#x74;()"],
    "quoted": ["{call}", "'{call}'", '"{call}"', '"&#104;it()"', "'hi&#x74;()'"],
    "event": ["onerror", "OnErRoR", "onerror{gap}"],
    "loading": [
        "img src=x", "IMG SRC={x}", "image src=x", "img{gap}src=x", "video src=x", "audio src=x", 'img src="x" alt="`"',
    ],
    "script": ["script", "SCRIPT", "ScRiPt", "script{gap}"],
    "thing": ["a", "p", "div", "img", "b", "td", "li", "h2", "code", "ol", "form", "button", "label"],
    "clobbered": [
        "attributes", "tagName", "innerHTML", "querySelectorAll", "body", "hit", "children", "nodeName", "location",
        "cookie",
    ],
    "gap": [" ", "\t", "\n", "/", "\x0c", " \r\n"],
    "sign": ["\t", "\n", "&Tab;", "&NewLine;", "&#9;", "&#0;", "\x01", "\u200b", "\xad", " ", "&#xA0;"],
    "mark": ["", " ", "\n\n", "\n", "\u202e", "\ufeff", "\u200b", "坑", "😀", "é", '\\', "&", "<", ">"],
    "text": ["x", "坑", "{payload}", "click", 'a"b', "a'b", "&amp;", "\u202ex"],
    "x": ["0", "1", "x", "y", "坑", "a1", "b2", "c3", "d4", "e5", "f6"],
}
_NAME = re.compile(r"\{(\w+)\}")
_DEEPEST = 12
_DANGERS = Path(__file__).with_name("dangers.js").read_text("utf-8")
_IN_TEXTS = ["href", "title", "src", "alt", "start", "rel", "loading", "referrerpolicy", "lang"]
_COUNTING = """
    window.hits = 0;
    Object.defineProperty(window, 'hit', {value: () => { window.hits += 1 }});
"""


class Shown(NamedTuple):
    """What became of a page in a browser: how often ``hit()`` was called, and what on it is dangerous."""

    scripts: int
    dangers: list[str]


class Screen:
    """A browser that shows pages without a network, and without the Content-Security-Policy that would help."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    async def show(self, html: str) -> Shown:
        """Load a page whole, and look at it."""
        page = self._page = self._page or await self._opened()
        await page.evaluate("window.hits = 0")
        await page.set_content(html, wait_until="load")
        dangers: list[str] = await page.evaluate(_DANGERS, [sorted({*TAGS, "div"}), _IN_TEXTS])
        return Shown(await page.evaluate("window.hits"), dangers)

    async def close(self) -> None:
        """Show nothing more."""
        if self._page:
            await self._page.context.close()

    async def _opened(self) -> Page:
        context = await self._browser.new_context(offline=True)
        page = await context.new_page()
        await page.add_init_script(_COUNTING)
        await page.goto("about:blank")
        return page


def hostile_documents(count: int) -> list[str]:
    """So many documents, no two alike; the same each time."""
    return _grow(count, "document", seed=0)


def hostile_addresses(count: int, *, seed: int) -> list[str]:
    """So many addresses that would run a script when somebody goes there; the same for each seed."""
    return _grow(count, "address", seed=seed)


def _grow(count: int, name: str, *, seed: int) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 — to choose examples
    found: dict[str, None] = {}
    while len(found) < count:
        found[_grown(chance, name, 0)] = None
    return list(found)


def _grown(chance: random.Random, name: str, depth: int) -> str:
    """One text of the grammar; from some depth on the plainest of each name."""
    lines = _GRAMMAR[name]
    line = lines[0] if depth > _DEEPEST else chance.choice(lines)
    return _NAME.sub(lambda one: _grown(chance, one[1], depth + 1) if one[1] in _GRAMMAR else one[0], line)
