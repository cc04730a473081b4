"""GitHub as far as records are offered to it: branches, commits, files and pull requests of repositories."""

import hashlib
import time
from typing import Any
from urllib.parse import unquote

import msgspec

from tests.fakes.github import NOT_FOUND, FakeGitHub
from tests.fakes.http import Asked, Reply

_NAME = r"(?P<name>[^/]+/[^/]+)"
Tree = dict[str, str]
"""What a commit holds: texts by path."""


class FakePulls(FakeGitHub):
    """``branches`` lead to commits, by repository and name; ``pulls`` are in the order in which they were opened.

    ``writes`` are the moments at which something was changed, and what. The answer to the next change at a path that
    ends as one of ``lost`` does breaks off after the change was made.
    """

    def __init__(self) -> None:
        super().__init__()
        self.branches: dict[str, dict[str, str]] = {}
        self.trees: dict[str, Tree] = {}
        self.commit_of: dict[str, dict[str, Any]] = {}
        self.pulls: dict[str, list[dict[str, Any]]] = {}
        self.writes: list[tuple[float, str]] = []
        self.lost: list[str] = []
        self.route("GET", f"/repos/{_NAME}/git/ref/heads/(?P<branch>.+)", self._reference)
        self.route("GET", f"/repos/{_NAME}/git/commits/(?P<sha>[0-9a-f]+)", self._commit)
        self.route("GET", f"/repos/{_NAME}/contents/(?P<path>.+)", self._contents)
        self.route("POST", f"/repos/{_NAME}/git/trees", self._make_tree)
        self.route("POST", f"/repos/{_NAME}/git/commits", self._make_commit)
        self.route("POST", f"/repos/{_NAME}/git/refs", self._make_branch)
        self.route("PATCH", f"/repos/{_NAME}/git/refs/heads/(?P<branch>.+)", self._move_branch)
        self.route("DELETE", f"/repos/{_NAME}/git/refs/heads/(?P<branch>.+)", self._delete_branch)
        self.route("GET", f"/repos/{_NAME}/pulls", self._list_pulls)
        self.route("POST", f"/repos/{_NAME}/pulls", self._open_pull)
        self.route("PATCH", f"/repos/{_NAME}/pulls/(?P<number>\\d+)", self._change_pull)

    def add_record(self, full_name: str, files: Tree) -> None:
        """Let there be a repository in which one may write, with these files on ``main``."""
        self.add_repository(full_name, permissions={"push": True, "pull": True})
        self.branches[full_name], self.pulls[full_name] = {}, []
        self.commit_files(full_name, "main", files)

    def commit_files(self, name: str, branch: str, files: Tree, *, message: str = "by hand") -> str:
        """Let somebody commit to a branch: ``files`` come on top of what it holds."""
        tip = self.branches[name].get(branch)
        tree = {**(self.files_on(name, branch) if tip else {}), **files}
        self.branches[name][branch] = self._keep(self._keep_tree(tree), message, [tip] if tip else [])
        return self.branches[name][branch]

    def files_on(self, name: str, branch: str) -> Tree:
        """What a branch holds."""
        return self.trees[self.commit_of[self.branches[name][branch]]["tree"]["sha"]]

    def merge(self, name: str, *, keeps_branch: bool = False) -> None:
        """Merge the newest pull request into ``main``, as one commit."""
        pull = self.pulls[name][-1]
        branch = pull["head"]["ref"]
        self.branches[name]["main"] = self._keep(
            self._keep_tree(dict(self.files_on(name, branch))), "merged", [self.branches[name]["main"]]
        )
        pull |= {"state": "closed", "merged_at": "2026-07-01T00:00:00Z"}
        if not keeps_branch:
            del self.branches[name][branch]

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """As the base does; what changes something is noted."""
        reply = super().answer(method, target, headers, body)
        lost = next((end for end in self.lost if method != "GET" and target.endswith(end)), None)
        if lost:
            self.lost.remove(lost)
            reply = reply._replace(is_cut=True)
        if method != "GET" and reply.status < 300:
            self.writes.append((time.monotonic(), f"{method} {target.partition('?')[0].split('/', 4)[-1]}"))
        return reply

    def _keep_tree(self, tree: Tree) -> str:
        sha = hashlib.sha1(msgspec.json.encode(sorted(tree.items()))).hexdigest()  # noqa: S324 — as git does
        self.trees[sha] = tree
        return sha

    def _keep(self, tree: str, message: str, parents: list[str]) -> str:
        told = msgspec.json.encode([tree, message, parents, len(self.commit_of)])
        sha = hashlib.sha1(told).hexdigest()  # noqa: S324 — as git does
        self.commit_of[sha] = {"sha": sha, "tree": {"sha": tree}, "message": message, "parents": parents}
        return sha

    def _reference(self, asked: Asked) -> Reply:
        branches = self.branches.get(asked.found["name"])
        if not branches:
            return Reply({"message": "Git Repository is empty."}, 409) if branches is not None else NOT_FOUND
        sha = branches.get(unquote(asked.found["branch"]))
        return Reply({"object": {"sha": sha, "type": "commit"}}) if sha else NOT_FOUND

    def _commit(self, asked: Asked) -> Reply:
        return Reply(self.commit_of[asked.found["sha"]])

    def _contents(self, asked: Asked) -> Reply:
        tree = self.trees[self.commit_of[asked.query["ref"]]["tree"]["sha"]]
        text = tree.get(unquote(asked.found["path"]))
        if text is None:
            return NOT_FOUND
        content = text.encode()
        sha = hashlib.sha1(b"blob %d\x00" % len(content) + content).hexdigest()  # noqa: S324 — as git does
        return Reply({"type": "file", "sha": sha, "path": unquote(asked.found["path"])})

    def _make_tree(self, asked: Asked) -> Reply:
        posted = msgspec.json.decode(asked.body)
        tree = dict(self.trees[posted["base_tree"]])
        for entry in posted["tree"]:
            if "content" in entry:
                tree[entry["path"]] = entry["content"]
            elif tree.pop(entry["path"], None) is None:
                return Reply({"message": "GitRPC::BadObjectState"}, 422)
        return Reply({"sha": self._keep_tree(tree)}, 201)

    def _make_commit(self, asked: Asked) -> Reply:
        posted = msgspec.json.decode(asked.body)
        sha = self._keep(posted["tree"], posted["message"], posted["parents"])
        return Reply(self.commit_of[sha], 201)

    def _make_branch(self, asked: Asked) -> Reply:
        posted = msgspec.json.decode(asked.body)
        branches, branch = self.branches[asked.found["name"]], posted["ref"].removeprefix("refs/heads/")
        if branch in branches:
            return Reply({"message": "Reference already exists"}, 422)
        branches[branch] = posted["sha"]
        return Reply({"object": {"sha": posted["sha"]}}, 201)

    def _move_branch(self, asked: Asked) -> Reply:
        posted = msgspec.json.decode(asked.body)
        branches, branch = self.branches[asked.found["name"]], unquote(asked.found["branch"])
        if not posted["force"] and branches[branch] not in self.commit_of[posted["sha"]]["parents"]:
            return Reply({"message": "Update is not a fast forward"}, 422)
        branches[branch] = posted["sha"]
        return Reply({"object": {"sha": posted["sha"]}})

    def _delete_branch(self, asked: Asked) -> Reply:
        del self.branches[asked.found["name"]][unquote(asked.found["branch"])]
        return Reply(status=204, raw=b"")

    def _list_pulls(self, asked: Asked) -> Reply:
        branch = asked.query["head"].partition(":")[2]
        found = [one for one in self.pulls[asked.found["name"]] if one["head"]["ref"] == branch]
        return Reply(found[::-1][:int(asked.query["per_page"])])

    def _open_pull(self, asked: Asked) -> Reply:
        posted, name = msgspec.json.decode(asked.body), asked.found["name"]
        if any(one["head"]["ref"] == posted["head"] and one["state"] == "open" for one in self.pulls[name]):
            return Reply({"message": "Validation Failed: A pull request already exists"}, 422)
        number = len(self.pulls[name]) + 1
        self.pulls[name].append({
            "number": number, "state": "open", "merged_at": None, "title": posted["title"], "body": posted["body"],
            "head": {"ref": posted["head"]}, "html_url": f"{self.url}/{name}/pull/{number}",
        })
        return Reply(self.pulls[name][-1], 201)

    def _change_pull(self, asked: Asked) -> Reply:
        pull = self.pulls[asked.found["name"]][int(asked.found["number"]) - 1]
        pull |= msgspec.json.decode(asked.body)
        return Reply(pull)
