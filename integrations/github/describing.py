"""What GitHub says of a repository, through PyGithub, whose calls block."""

import re

from github import Auth, Github, GithubException, UnknownObjectException
from github.ContentFile import ContentFile
from github.Repository import Repository
from requests import RequestException

from registry.ports import ForgeUnreachable, RepositoryFacts

LONGEST_PARAGRAPH = 1_000
MOST_TOPICS = 10
_HTML = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_EMPTY_LINK = re.compile(r"\[\s*\](?:\([^)]*\)|\[[^\]]*\])")


def describe(name: str, *, api_url: str, token: str, seconds: float) -> RepositoryFacts | None:
    """What GitHub says of the public repository ``owner/name``; none when there is none, or none that we may see.

    Raises:
        ForgeUnreachable: it is out of reach, out of order or wants us to wait.
    """
    try:
        return _ask(name, api_url=api_url, token=token, seconds=seconds)
    except UnknownObjectException:
        return None
    # PyGithub asserts that addresses stay on its host, raises RuntimeError on redirects, and trusts every body.
    except (
        GithubException, RequestException, AssertionError, RuntimeError, ValueError, TypeError, AttributeError
    ) as error:
        raise ForgeUnreachable(f"{type(error).__name__}") from error


def _ask(name: str, *, api_url: str, token: str, seconds: float) -> RepositoryFacts | None:
    # No retries: someone is waiting before the form.
    auth = Auth.Token(token) if token else None
    with Github(base_url=api_url, auth=auth, timeout=int(seconds) or 1, retry=None) as github:
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
