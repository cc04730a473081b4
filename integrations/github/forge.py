"""Repositories on GitHub, through PyGithub, whose calls block: each has a thread of its own, and a time limit."""

import asyncio
import re
from urllib.parse import urlsplit

from github import Auth, Github, GithubException, UnknownObjectException
from github.ContentFile import ContentFile
from github.Repository import Repository
from requests import RequestException

from registry.ports import ForgeUnreachable, RepositoryFacts

SECONDS = 6
LONGEST_PARAGRAPH = 1_000
MOST_TOPICS = 10
_OWNER_AND_NAME = re.compile(r"/([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100}?)(?:\.git)?(?:/.*)?")
_NOT_OWNERS = frozenset(
    ["orgs", "topics", "search", "settings", "sponsors", "marketplace", "features", "users", "login"]
)
_HTML = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_EMPTY_LINK = re.compile(r"\[\s*\](?:\([^)]*\)|\[[^\]]*\])")


class GitHubForge:
    """GitHub's repositories. ``web_url`` and ``api_url`` differ for GitHub Enterprise and for a test server."""

    label = "GitHub"

    def __init__(self, *, web_url: str, api_url: str, token: str = "", seconds: float = SECONDS) -> None:
        self._host = urlsplit(web_url).netloc
        self._api_url = api_url
        self._token = token
        self._seconds = seconds

    def knows(self, url: str) -> bool:
        """Whether an address looks like a repository there."""
        return self.name_of(url) is not None

    async def describe_repository(self, url: str) -> RepositoryFacts | None:
        """What GitHub says of a public repository; none when there is none, or none that we may see.

        Raises:
            ForgeUnreachable: it is out of reach, too slow, out of order or wants us to wait.
        """
        name = self.name_of(url)
        if name is None:
            return None
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.to_thread(self._ask, name)
        except UnknownObjectException:
            return None
        except TimeoutError as error:
            raise ForgeUnreachable(f"no answer within {self._seconds} s") from error
        # PyGithub asserts that addresses stay on its host, raises RuntimeError on redirects, and trusts every body.
        except (
            GithubException, RequestException, AssertionError, RuntimeError, ValueError, TypeError, AttributeError
        ) as error:
            raise ForgeUnreachable(f"{type(error).__name__}") from error

    def name_of(self, url: str) -> str | None:
        """Owner and name of the repository that an address leads to; none when it leads to none."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        found = _OWNER_AND_NAME.fullmatch(parts.path.rstrip("/"))
        if parts.netloc.casefold().removeprefix("www.") != self._host or not found or found[1] in _NOT_OWNERS:
            return None
        return f"{found[1]}/{found[2]}"

    def _ask(self, name: str) -> RepositoryFacts | None:
        # No retries: someone is waiting before the form.
        auth = Auth.Token(self._token) if self._token else None
        with Github(base_url=self._api_url, auth=auth, timeout=int(self._seconds) or 1, retry=None) as github:
            repository = github.get_repo(name)
            if not isinstance(repository.raw_data, dict) or not repository.raw_data.get("full_name"):
                raise ValueError("the answer is no repository")
            if repository.private:
                return None
            return RepositoryFacts(
                url=repository.html_url, name=repository.name, description=(repository.description or "").strip(),
                licence=_licence(repository), topics=tuple(repository.topics or ())[:MOST_TOPICS],
                site=(repository.homepage or "").strip(), readme=_readme(repository),
            )


def _licence(repository: Repository) -> str:
    licence = repository.license
    spdx = licence.spdx_id if licence else None
    return spdx if spdx and spdx != "NOASSERTION" else ""


def _readme(repository: Repository) -> str:
    try:
        readme: ContentFile = repository.get_readme()
    except UnknownObjectException:
        return ""
    return first_paragraph(readme.decoded_content.decode("utf-8", "replace"))


def first_paragraph(markdown: str) -> str:
    """The first text of a README that is no heading, picture, badge, list, table or code; without its markup."""
    without_code = re.sub(r"```.*?(?:```|\Z)", "", markdown[:50_000], flags=re.DOTALL)
    plain = _LINK.sub(r"\1", _EMPTY_LINK.sub("", _PICTURE.sub("", _HTML.sub("", without_code))))
    paragraphs = (" ".join(block.split()) for block in re.split(r"\n\s*\n", plain))
    return next(
        (text[:LONGEST_PARAGRAPH] for text in paragraphs if text and not re.match(r"[#|>*+-]|\d+\.|={3}", text)), ""
    )
