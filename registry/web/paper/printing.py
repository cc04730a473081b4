"""Prints one document: HTML on standard input becomes a PDF on standard output. Run as a module, by ``press.py``.

It reads our own style and fonts and nothing else, whatever addresses the document names: pictures that live elsewhere
are not fetched, for a reader could be watched by them and a server could be sent anywhere.
"""

import re
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from registry.paths import FONTS, STATIC
from registry.web.cards.faces import files_for

OURS = "keng-static:"
_TAG = re.compile(r"<[^>]*>")
_LETTERS_OF_STYLE = "0123456789/·: ()…–"
_LATIN_FIRST = "A"


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # it has no types
    """Finds what begins with ``OURS`` among the static files."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 — WeasyPrint gives them
        """Read a file of ours.

        Raises:
            ValueError: the address is not one of our static files.
        """
        path = (STATIC / url.removeprefix(OURS)).resolve()
        if not url.startswith(OURS) or not path.is_relative_to(STATIC.resolve()) or not path.is_file():
            raise ValueError(f"{url} is not ours, and nothing else is fetched")
        return URLFetcherResponse(url, path.read_bytes())


def printed(html: str, *, address: str) -> bytes:
    """The document as a PDF whose links lead on from ``address``."""
    files = files_for(_LATIN_FIRST + _LETTERS_OF_STYLE + unescape(_TAG.sub("", html)))
    fetcher, fonts = OwnFilesOnly(), FontConfiguration()
    styles = [
        weasyprint.CSS(string=text, font_config=fonts, url_fetcher=fetcher)
        for text in ((STATIC / "css" / "paper.css").read_text(encoding="utf-8"), face_rules(files))
    ]
    document = weasyprint.HTML(string=html, base_url=address, url_fetcher=fetcher)
    pdf: bytes = document.write_pdf(font_config=fonts, stylesheets=styles, pdf_variant="pdf/ua-1")
    return pdf


def face_rules(files: Sequence[Path]) -> str:
    """A family for each file, and all of them as the document's face: fonts of one family are taken for one another."""
    rules = [
        f'@font-face {{ font-family: "Paper {number}"; src: url("{OURS}{file.relative_to(STATIC).as_posix()}") }}'
        for number, file in enumerate(files)
    ]
    families = ", ".join(f'"Paper {number}"' for number in range(len(files)))
    return "\n".join([*rules, f"html, body, pre, code, kbd {{ font-family: {families}, sans-serif }}",
                      f"@page {{ font-family: {families}, sans-serif }}"])


if __name__ == "__main__":
    if not FONTS.is_dir():
        sys.exit(f"{FONTS} is missing. Run `make setup`.")
    sys.stdout.buffer.write(printed(sys.stdin.buffer.read().decode(), address=sys.argv[1]))
