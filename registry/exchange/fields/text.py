"""Free text: control characters, blanks, markup and contact details that must not travel on."""

import re
import unicodedata
from html.parser import HTMLParser

_CONTACT = re.compile(r"(?<![\w.+-])[\w.+-]{1,200}@[\w-]+(?:\.[\w-]+)+|(?<!\d)09\d{2}[- ]?\d{3}[- ]?\d{3}(?!\d)")
MASK = "[…]"
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[!?].*?(?:>|\Z)", re.DOTALL)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "blockquote",
        "pre",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_UNSEEN = frozenset(["script", "style", "template", "noscript", "iframe", "object"])
_INVISIBLE = frozenset(("Cc", "Cs", "Co", "Cn"))
_BYTE_ORDER_MARK = "\ufeff"


def clean_line(text: str) -> str:
    """Give one line: control characters gone, every run of blanks (full-width too) one space."""
    return " ".join(_printable(text).split())


def public_line(text: str) -> str:
    """Give one clean line that carries no contact details."""
    return mask_contacts(clean_line(text))


def clean_text(text: str) -> str:
    """Give text of several lines: their ends trimmed, their beginnings kept for Markdown, no two empty ones."""
    lines = [line.rstrip() for line in _printable(text).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def prose(text: str) -> str:
    """Prepare a description for storing: markup taken out, contact details masked, blanks cleaned."""
    return mask_contacts(clean_text(without_markup(text)))


def mask_contacts(text: str) -> str:
    """Replace e-mail addresses and mobile numbers: nobody in those sheets agreed to be reached from here."""
    return _CONTACT.sub(MASK, text)


def without_markup(text: str) -> str:
    """Take the text out of HTML; text without a tag ("a < b") comes back as it is.

    Blocks become lines, links keep their address behind the words, scripts and styles vanish with
    what they hold. The answer is text, not safe HTML: it is rendered as Markdown and sanitised later.
    """
    if not _TAG.search(text):
        return text
    reader = _TextOfHtml()
    reader.feed(_COMMENT.sub("", text))
    reader.close()
    return "".join(reader.pieces)


def _printable(text: str) -> str:
    """Drop what no reader sees: control characters, lone surrogates, private use, byte order marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_BYTE_ORDER_MARK, "")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE)


class _TextOfHtml(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0
        self._addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "a":
            self._addresses.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag == "a" and self._addresses:
            address = self._addresses.pop()
            if address.startswith(("https://", "http://")):
                self.pieces.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)
