"""What GitHub's webhooks say, as far as we listen; every other event and field is left alone."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from registry.repositories.findings import RepositoryTold
from registry.repositories.rules import RepositoryStanding, RepositoryState

PING = "ping"
EVENTS = frozenset({"repository", "public", "push", "release", "issues", "pull_request"})
_Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]
_FullName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,60}/[A-Za-z0-9._-]{1,100}\Z")]
_Moment = Annotated[datetime, Meta(tz=True)]


class _Repository(msgspec.Struct, frozen=True):
    id: _Number
    full_name: _FullName
    private: bool = False
    archived: bool = False
    updated_at: _Moment | None = None


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """The fields of a webhook that are kept."""

    repository: _Repository
    action: Annotated[str, Meta(max_length=40)] = ""


def read_told(body: bytes | str) -> Told | None:
    """What of a webhook's body is kept; none when it is not about a repository, or not as GitHub says it."""
    try:
        return msgspec.json.decode(body, type=Told)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def repository_told(event: str, told: Told, *, web_url: str) -> RepositoryTold:
    """The same in the registry's words."""
    repository = told.repository
    state = RepositoryState.PRESENT
    if event == "repository" and told.action == "deleted":
        state = RepositoryState.GONE
    elif repository.private:
        state = RepositoryState.CLOSED
    return RepositoryTold(
        forge_id=repository.id, url=f"{web_url}/{repository.full_name}",
        standing=RepositoryStanding(
            full_name=repository.full_name, is_archived=repository.archived, state=state,
            told_at=repository.updated_at,
        ),
    )
