"""Repositories on GitHub, as somebody who fills in a form asks for them: each in a thread, within a time limit."""

import asyncio
import re
from urllib.parse import urlsplit

from registry.ports import ForgeUnreachable, RepositoryFacts

SECONDS = 6
_OWNER_AND_NAME = re.compile(r"/([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100}?)(?:\.git)?(?:/.*)?")
_NOT_OWNERS = frozenset(
    ["orgs", "topics", "search", "settings", "sponsors", "marketplace", "features", "users", "login"]
)


class GitHubForge:
    """GitHub's repositories. ``web_url`` and ``api_url`` differ for GitHub Enterprise and for a test server."""

    key = "github"
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
                return await asyncio.to_thread(self._describe, name)
        except TimeoutError as error:
            raise ForgeUnreachable(f"no answer within {self._seconds} s") from error

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

    def _describe(self, name: str) -> RepositoryFacts | None:
        from integrations.github.describing import describe  # noqa: PLC0415 — PyGithub is loaded when it is needed

        return describe(name, api_url=self._api_url, token=self._token, seconds=self._seconds)
