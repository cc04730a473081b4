"""Link cells: several addresses in one cell, without a scheme, or no address at all."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

LONGEST_URL = 2000
_ENDS = r"\s<>\"'，、；。）】」"
_SCHEMED = re.compile(rf"https?://[^{_ENDS}]+", re.IGNORECASE)
# Without a scheme: dotted labels, Han ones too (謠言.大平台.tw), a top level of letters, maybe a path.
_BARE = re.compile(
    rf"(?<![\w@/.-])(?:[\w-]+\.)+[a-z]{{2,24}}(?::\d{{2,5}})?(?:[/?#][^{_ENDS}]*)?(?![\w@])", re.IGNORECASE
)
_FILE_ENDINGS = frozenset(["js", "py", "md", "txt", "csv", "json", "html", "pdf", "app", "php", "net"])
_SEPARATORS = " \t\n,;，；、/|"
_FORGES = frozenset(("github.com", "gitlab.com", "codeberg.org"))
_NOT_OWNERS = frozenset(
    ["orgs", "topics", "search", "settings", "sponsors", "marketplace", "features", "users", "login"]
)


class Links(NamedTuple):
    """What a link cell held: addresses in order without repeats, and the words around them."""

    urls: tuple[str, ...]
    note: str


def read_links(text: str) -> Links:
    """Split a cell into addresses, adding "https://" where the scheme is missing; the rest is a note.

    Prose ("coming soon") gives no address and comes back whole as the note. Only http and https count.
    """
    urls: dict[str, None] = {}
    note = _SCHEMED.sub(lambda found: _collect(found[0], urls), text)
    if "://" not in note:
        note = _BARE.sub(lambda found: _collect_bare(found[0], urls), note)
    return Links(tuple(urls), " ".join(note.strip(_SEPARATORS).split()))


def clean_url(text: str) -> str:
    """Check one address and write it in one form: host in lower case, no end punctuation, no lone "#".

    Raises:
        ValueError: not http or https, no host, user name or password in it, or longer than 2,000 characters.
    """
    text = text.strip().rstrip(".,;:!\\")
    if len(text) > LONGEST_URL:
        raise ValueError("a link has at most 2,000 characters")
    parts = urlsplit(text)  # itself raises ValueError for a broken IPv6 host
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise ValueError("a link begins with http:// or https:// and a host")
    if "@" in parts.netloc:
        raise ValueError("a link must not carry a user name or password")
    if any(c.isspace() or not c.isprintable() for c in text):
        raise ValueError("a link holds no blanks or control characters")
    port = f":{parts.port}" if parts.port is not None else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme.lower(), host + port, parts.path, parts.query, parts.fragment))


def repository_of(url: str) -> str | None:
    """Give the address of the repository a link stands for, in one form, or None.

    Only the repository's own page counts (or its tree, ".git", a fragment): a wiki page, a file or an
    issue in a shared repository is often used by several projects, and an owner's page is no repository.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    forge = (parts.hostname or "").removeprefix("www.")
    steps = [step for step in parts.path.lower().split("/") if step]
    owner, name, further = [*steps, "", "", ""][:3]
    name = name.removesuffix(".git")
    if forge not in _FORGES or not name or owner in _NOT_OWNERS or further not in {"", "tree"}:
        return None
    return f"https://{forge}/{owner}/{name}"


def _collect(found: str, urls: dict[str, None]) -> str:
    """Keep an address, or leave its text in the note when it is none."""
    try:
        urls[clean_url(found)] = None
    except ValueError:
        return found
    return " "


def _collect_bare(found: str, urls: dict[str, None]) -> str:
    host = re.split(r"[/?#:]", found, maxsplit=1)[0]
    if "/" not in found and host.rsplit(".", 1)[-1].lower() in _FILE_ENDINGS and host.count(".") == 1:
        return found  # "node.js" is a word
    return _collect(f"https://{found}", urls)
