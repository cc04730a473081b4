"""A page of the application as a page of the edition: what needs a server goes, and every link is found a place."""

import re
from collections.abc import Callable
from html import escape, unescape

from registry.web.headers import CONTENT_SECURITY_POLICY

POLICY = "; ".join(
    # A page's own word cannot forbid frames: only a header can.
    rule for rule in CONTENT_SECURITY_POLICY.split("; ") if not rule.startswith("frame-ancestors")
)
_FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
_SEARCHES = re.compile(r'<form\b[^>]* role="search" action="/search"')
_SCRIPT = re.compile(r'<script\b[^>]* src="[^"]*"[^>]*></script>\n?')
_TAG = re.compile(r'<[a-zA-Z](?:[^>"]|"[^"]*")*>')
_LINK = re.compile(r'(?<=\s)(href|src|action|poster)="([^"]*)"')
_NEEDS_SERVER = re.compile(r'\s(?:hx-[a-z:-]+|data-live|data-suggestions)(?:="[^"]*")?')
_CHARSET = '<meta charset="utf-8">'
_IN_STYLE = re.compile(r'url\("([^"]+)"\)')


def rewrite_page(html: str, find: Callable[[str], str]) -> str:
    """Rewrite a page; ``find`` gives for the address of each link what is to stand there instead."""
    html = _FORM.sub(lambda form: form[0] if _SEARCHES.search(form[0]) else "", html)
    html = _SCRIPT.sub(lambda script: script[0] if " data-edition" in script[0] else "", html)
    html = _TAG.sub(lambda tag: _rewrite_tag(tag[0], find), html)
    return html.replace(
        _CHARSET, f'{_CHARSET}\n<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">', 1
    )


def rewrite_style(rules: str, find: Callable[[str], str]) -> str:
    """Rewrite a style sheet likewise."""
    return _IN_STYLE.sub(lambda link: f'url("{find(link[1])}")', rules)


def _rewrite_tag(tag: str, find: Callable[[str], str]) -> str:
    tag = _NEEDS_SERVER.sub("", tag)
    return _LINK.sub(lambda link: f'{link[1]}="{escape(find(unescape(link[2])))}"', tag)
