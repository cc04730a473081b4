"""Offering records as pull requests: one branch and one pull request for each record.

One a record, because that is what people review: a case study is read, discussed and merged for itself, and none waits
for another. Every step looks at what is there first, so that a message that is tried again (the process died, GitHub
did not answer) goes on where it was left: nothing is made twice, and nothing is written where nothing differs.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.github.client import Absent, AccessRefused, ChangeRefused, GitHubClient, LimitReached
from registry.database.engine import Database
from registry.ports import ForgeUnreachable, Outgoing, TryLater, Undeliverable, WriteDown
from registry.publishing.commands import note_placed
from registry.publishing.queries import OfferedRecord, offered_record
from registry.web.i18n import marked

NO_REPOSITORY: Final = marked(
    "GitHub shows no repository by the name in KENG_GITHUB_PUBLISH_REPOSITORY. Check the name, and that the token may "
    "see it."
)
NO_WRITING: Final = marked(
    "The token may not write to the repository for publishing. Give it “Contents” and “Pull requests” (write) there, "
    "and set KENG_GITHUB_PUBLISH_TOKEN."
)
PROTECTED: Final = marked(
    "A rule of the repository protects the branches below keng/. Let the token's account pass it, then try again."
)
ARCHIVED: Final = marked("The repository for publishing is archived. Unarchive it, or set another one.")
EMPTY: Final = marked("The repository for publishing is empty. Make a first commit there, then try again.")
CLOSED: Final = marked(
    "The pull request was closed without being merged, so it is left alone. Reopen it on GitHub, or delete its branch "
    "and publish the record again."
)
CHANGED_THERE: Final = marked(
    "Somebody changed the files on the pull request's branch. Merge or close it there, then publish the record again."
)
REFUSED: Final = marked("GitHub refuses the pull request. Look at the repository's rules, then try again.")
MOVED: Final = marked("Something moved on GitHub meanwhile. It is tried again by itself.")
WAITING: Final = marked("GitHub asks for a pause. It is tried again by itself.")
SILENT: Final = marked("GitHub does not answer as it should. It is tried again by itself.")
TRAILER: Final = "Keng-Record: "
"""A line by which a commit of ours is known again, with the branch it was made for."""


class Named(msgspec.Struct):
    """Something that git knows by a hash."""

    sha: str


class Reference(msgspec.Struct):
    """Where a branch points to."""

    object: Named


class Commit(msgspec.Struct):
    """A commit."""

    sha: str
    tree: Named
    message: str = ""


class Rights(msgspec.Struct):
    """What the token's account may do in a repository."""

    push: bool = False


class Place(msgspec.Struct):
    """A repository to publish to; an App is told nothing of its rights."""

    full_name: str
    default_branch: str
    archived: bool = False
    permissions: Rights | None = None


class Pull(msgspec.Struct):
    """A pull request."""

    number: int
    state: str
    html_url: str
    title: str
    body: str | None = None
    merged_at: str | None = None


class Placed(msgspec.Struct, frozen=True):
    """What stands on a record's branch after an offer, and its pull request."""

    files: dict[str, str]
    url: str | None


Answer = TypeVar("Answer")
Hashes = dict[str, str | None]


class PullRequests:
    """Delivers records of one installation (``base_url``) to one repository."""

    def __init__(self, client: GitHubClient, repository: str, *, base_url: str) -> None:
        self._client = client
        self._repository = repository
        self._base_url = base_url

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        """Bring a record's pull request up to date, as the record is now.

        Raises:
            TryLater: GitHub is out of reach, wants us to wait, or something moved meanwhile.
            Undeliverable: somebody has to do something first; the reason says what.
        """
        async with database.reading() as reader:
            offered = await offered_record(reader, message.payload["publication"], base_url=self._base_url)
        if offered is None:
            return None
        placed = await asyncio.to_thread(self._place, offered)

        async def note(session: AsyncSession, _now: object) -> None:
            await note_placed(session, publication_id=offered.publication_id, files=placed.files, url=placed.url)

        return note

    def _place(self, offered: OfferedRecord) -> Placed:
        try:
            return Desk(self._client, self._repository, offered).place()
        except (AccessRefused, Undeliverable) as refused:
            raise Undeliverable(str(refused)) from refused
        except Absent as absent:
            raise Undeliverable(NO_REPOSITORY) from absent
        except ChangeRefused as refused:
            raise _trouble(refused) from refused
        except LimitReached as limit:
            raise TryLater(WAITING, after=self._client.until(limit.resumes_at)) from limit
        except ForgeUnreachable as trouble:
            raise TryLater(SILENT, may_be_out=True) from trouble


class Desk:
    """One record at one repository."""

    def __init__(self, client: GitHubClient, repository: str, offered: OfferedRecord) -> None:
        self._client = client
        self._repository = repository
        self._offered = offered
        texts = {file.path: file.text for file in offered.files}
        self._texts: dict[str, str | None] = {**dict.fromkeys(offered.placed), **texts}
        self._wanted: Hashes = {
            path: None if text is None else blob_hash(text) for path, text in sorted(self._texts.items())
        }

    def place(self) -> Placed:
        """Make what stands there what is wanted, with as few changes as it takes."""
        there = self._ask("GET", "", Place)
        if there.archived:
            raise Undeliverable(ARCHIVED)
        if there.permissions is not None and not there.permissions.push:
            raise Undeliverable(NO_WRITING)
        self._repository = there.full_name
        base = self._tip(there.default_branch)
        if base is None:
            raise Undeliverable(EMPTY)
        tip, pull = self._tip(self._offered.branch), self._newest_pull(there)
        is_open = pull is not None and pull.state == "open"
        if self._hashes_at(base) == self._wanted:
            return self._nothing_to_offer(pull if is_open else None, pull, has_branch=tip is not None)
        if pull and not is_open and not pull.merged_at and tip:
            raise Undeliverable(CLOSED)
        is_merged = pull is not None and pull.merged_at is not None and not is_open
        self._write_branch(base, tip, starts_anew=is_merged)
        return Placed(self._held(), self._open(there, pull if is_open else None))

    def _nothing_to_offer(self, open_pull: Pull | None, pull: Pull | None, *, has_branch: bool) -> Placed:
        """The repository holds it already: a pull request that is still open has nothing to say any more."""
        if open_pull:
            self._ask("PATCH", f"/pulls/{open_pull.number}", Pull, body={"state": "closed"})
            if has_branch:
                self._ask("DELETE", f"/git/refs/heads/{self._offered.branch}", type(None))
        return Placed(self._held(), pull.html_url if pull else None)

    def _write_branch(self, base: str, tip: str | None, *, starts_anew: bool) -> None:
        start = base if tip is None or starts_anew else tip
        commit = self._ask("GET", f"/git/commits/{start}", Commit)
        if start == tip:
            here = self._hashes_at(tip)
            if here == self._wanted:
                return
            if TRAILER not in commit.message and any(
                here[path] != sha for path, sha in self._offered.placed.items()
            ):
                raise Undeliverable(CHANGED_THERE)
        new = self._commit(commit)
        reference = f"heads/{self._offered.branch}"
        if tip is None:
            self._ask("POST", "/git/refs", Reference, body={"ref": f"refs/{reference}", "sha": new})
        else:
            self._ask("PATCH", f"/git/refs/{reference}", Reference, body={"sha": new, "force": starts_anew})

    def _commit(self, start: Commit) -> str:
        known = self._hashes_at(start.sha)
        entries = [
            {"path": path, "mode": "100644", "type": "blob", **({"sha": None} if text is None else {"content": text})}
            for path, text in sorted(self._texts.items()) if known[path] != self._wanted[path]
        ]
        tree = self._ask("POST", "/git/trees", Named, body={"base_tree": start.tree.sha, "tree": entries})
        message = f"{self._offered.title}\n\n{TRAILER}{self._offered.branch}"
        return self._ask(
            "POST", "/git/commits", Named, body={"message": message, "tree": tree.sha, "parents": [start.sha]}
        ).sha

    def _open(self, there: Place, pull: Pull | None) -> str:
        said = {"title": self._offered.title, "body": self._offered.about}
        if pull is None:
            return self._ask(
                "POST", "/pulls", Pull, body={**said, "head": self._offered.branch, "base": there.default_branch}
            ).html_url
        if (pull.title, (pull.body or "").replace("\r\n", "\n")) != (said["title"], said["body"]):
            self._ask("PATCH", f"/pulls/{pull.number}", Pull, body=said)
        return pull.html_url

    def _newest_pull(self, there: Place) -> Pull | None:
        owner = there.full_name.partition("/")[0]
        found = self._ask("GET", "/pulls", list[Pull], {
            "state": "all", "head": f"{owner}:{self._offered.branch}", "base": there.default_branch,
            "sort": "created", "direction": "desc", "per_page": 1,
        })
        return found[0] if found else None

    def _tip(self, branch: str) -> str | None:
        try:
            return self._ask("GET", f"/git/ref/heads/{quote(branch)}", Reference).object.sha
        except Absent:
            return None
        except ChangeRefused as refused:
            if refused.status == HTTPStatus.CONFLICT:
                return None  # the repository is empty
            raise

    def _hashes_at(self, commit: str) -> Hashes:
        return {path: self._hash_of(path, commit) for path in self._wanted}

    def _hash_of(self, path: str, commit: str) -> str | None:
        try:
            return self._ask("GET", f"/contents/{quote(path)}", Named, {"ref": commit}).sha
        except Absent:
            return None

    def _held(self) -> dict[str, str]:
        return {path: sha for path, sha in self._wanted.items() if sha}

    def _ask(
        self, method: str, path: str, kind: type[Answer], parameters: Mapping[str, Any] | None = None, *,
        body: Any = None,
    ) -> Answer:
        return self._client.exchange(
            method, f"/repos/{self._repository}{path}", kind, parameters=parameters, body=body
        )


def blob_hash(text: str) -> str:
    """What git calls a file with this content."""
    content = text.encode()
    return hashlib.sha1(b"blob %d\x00" % len(content) + content, usedforsecurity=False).hexdigest()


def _trouble(refused: ChangeRefused) -> Exception:
    said = str(refused).casefold()
    if "protected branch" in said or "rule violation" in said:
        return Undeliverable(PROTECTED)
    if refused.status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        return Undeliverable(NO_WRITING)
    if refused.status == HTTPStatus.CONFLICT or "fast forward" in said or "already exists" in said:
        return TryLater(MOVED)
    return Undeliverable(REFUSED)
