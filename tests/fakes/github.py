"""GitHub's API as far as the registry asks it: repositories, who works on them, limits, ETags, GraphQL."""

import base64
import hashlib
import re
from collections import Counter
from typing import Any

import msgspec

from tests.fakes.http import Asked, FakeServer, Reply

TOKEN = "ghp_reads_public_repositories"
RESETS_AT = 4_102_444_800
LIMIT = 5_000
LIMIT_WITHOUT_TOKEN = 60
_NAME = r"(?P<name>[^/]+/[^/]+)"
_ASKED_REPOSITORY = re.compile(r"(\w+): repository\(owner: \$(\w+), name: \$(\w+)\)")
_ASKED_FILE = re.compile(r'(\w+): object\(expression: "HEAD:([^"]+)"\)')
NOT_FOUND = Reply({"message": "Not Found", "status": "404"}, 404)


class FakeGitHub(FakeServer):
    """``repositories`` by full name, as GitHub describes them, each with its ``files``, ``contributors``, ...

    ``refused`` answers for a repository with a status of its own (403, 404, 451); ``moved`` leads from an old name to
    the new one. ``tokens`` are those it accepts, with their scopes. ``counted`` counts what it takes off the limit:
    all but "not modified" and the question for the limit itself. As many questions for commits as ``fail_histories``
    says are too much for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.repositories: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, str]] = {}
        self.contributors: dict[str, list[dict[str, Any]]] = {}
        self.releases: dict[str, list[dict[str, Any]]] = {}
        self.issues: dict[str, list[dict[str, Any]]] = {}
        self.changes: dict[str, list[dict[str, Any]]] = {}
        self.commits: dict[str, list[dict[str, Any]]] = {}
        self.refused: dict[str, Reply] = {}
        self.moved: dict[str, str] = {}
        self.tokens: dict[str, str] = {TOKEN: "public_repo"}
        self.installations: dict[str, str] = {}
        self.counted: Counter[str] = Counter()
        self.fail_histories = 0
        self.limit = LIMIT
        self.used = 0
        self.route("GET", f"/repos/{_NAME}", self._repository)
        self.route("GET", r"/repositories/(?P<id>\d+)", self._repository_by_id)
        self.route("GET", f"/repos/{_NAME}/readme", self._readme)
        self.route("GET", f"/repos/{_NAME}/contributors", self._contributors)
        self.route("GET", "/rate_limit", self._rate_limit)
        self.route("POST", "/graphql", self._graphql)
        self.route("POST", r"/app/installations/(?P<id>\d+)/access_tokens", self._installation_token)

    def add_repository(self, full_name: str, *, readme: str = "", **fields: Any) -> str:
        """Let there be a repository; its address."""
        owner, name = full_name.split("/")
        address = f"{self.url}/{full_name}"
        self.repositories[full_name] = {
            "id": len(self.repositories) + 1, "name": name, "full_name": full_name, "private": False,
            "owner": {"login": owner, "id": 1, "url": f"{self.url}/users/{owner}"}, "html_url": address,
            "url": f"{self.url}/repos/{full_name}", "description": None, "homepage": None, "topics": [],
            "license": None, "language": None, "stargazers_count": 0, "forks_count": 0, "archived": False,
            "fork": False, "default_branch": "main", "pushed_at": "2024-05-01T08:00:00Z",
            "updated_at": "2024-05-01T08:00:00Z", **fields,
        }
        if readme:
            self.files[full_name] = {"README.md": readme}
        return address

    def add_contributor(self, full_name: str, account_id: int, login: str, commits: int, kind: str = "User") -> None:
        """Let an account have commits there; it stays sorted as GitHub sorts: most commits first."""
        listed = self.contributors.setdefault(full_name, [])
        listed.append({
            "id": account_id, "login": login, "type": kind, "contributions": commits,
            "url": f"{self.url}/users/{login}",
        })
        listed.sort(key=lambda one: -one["contributions"])

    def add_anonymous(self, full_name: str, email: str, commits: int) -> None:
        """Let somebody have commits there whose address belongs to no account."""
        self.contributors.setdefault(full_name, []).append(
            {"type": "Anonymous", "email": email, "name": email.partition("@")[0], "contributions": commits}
        )

    def add_commit(self, full_name: str, committed_at: str, login: str, account_id: int | None = None) -> None:
        """Let there be a commit by an account, or by a name that belongs to none; the last committed comes first."""
        commits = self.commits.setdefault(full_name, [])
        user = {"databaseId": account_id, "login": login} if account_id else None
        commits.append({"committedDate": committed_at, "author": {"name": login, "user": user}})
        commits.sort(key=lambda one: one["committedDate"], reverse=True)

    def rename(self, old: str, new: str) -> None:
        """Give a repository another name or owner; the old one leads to it from now on."""
        known = self.repositories.pop(old)
        owner, name = new.split("/")
        self.repositories[new] = {
            **known, "name": name, "full_name": new, "html_url": f"{self.url}/{new}",
            "url": f"{self.url}/repos/{new}", "owner": {**known["owner"], "login": owner},
        }
        kept_by_name: tuple[dict[str, Any], ...] = (
            self.files, self.contributors, self.releases, self.issues, self.changes, self.commits
        )
        for kept in kept_by_name:
            if old in kept:
                kept[new] = kept.pop(old)
        self.moved = {was: new if now == old else now for was, now in self.moved.items()} | {old: new}

    def forget(self) -> None:
        """Be as before the first request."""
        super().forget()
        self.counted.clear()
        self.used = 0

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        """As the base does, for whom it may, within the limit, and only what has changed."""
        path = target.partition("?")[0]
        token = headers.get("authorization", "").partition(" ")[2]
        reply = self._refusal(path, token) or super().answer(method, target, headers, body)
        tag = 'W/"' + hashlib.sha256(msgspec.json.encode([token, reply.content])).hexdigest() + '"'
        is_known = method == "GET" and reply.status == 200 and headers.get("if-none-match") == tag
        if is_known:
            reply = Reply(status=304, raw=b"")
        elif path != "/rate_limit":
            self.counted[f"{method} {path}"] += 1
            self.used += 1
        limit = self.limit if token else LIMIT_WITHOUT_TOKEN
        return reply._replace(headers={
            "X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(max(limit - self.used, 0)),
            "X-RateLimit-Reset": str(RESETS_AT), "ETag": tag,
            **({"X-OAuth-Scopes": self.tokens[token]} if token in self.tokens else {}), **reply.headers,
        })

    def _refusal(self, path: str, token: str) -> Reply | None:
        is_app = path.startswith("/app/")
        if token and not is_app and token not in self.tokens:
            return Reply({"message": "Bad credentials", "status": "401"}, 401)
        if path == "/graphql" and not token:
            return Reply({"message": "This endpoint requires you to be authenticated."}, 401)
        if path != "/rate_limit" and self.used >= (self.limit if token else LIMIT_WITHOUT_TOKEN):
            return Reply({"message": "API rate limit exceeded for user ID 1."}, 403)
        return None

    def _named(self, name: str) -> str | None:
        """The full name as it is spelt now, however it was asked for."""
        wanted = name.casefold()
        return next((one for one in self.repositories if one.casefold() == wanted), None) if (
            name not in self.repositories
        ) else name

    def _repository(self, asked: Asked) -> Reply:
        name = asked.found["name"]
        if name in self.refused:
            return self.refused[name]
        if name in self.moved:
            found = self.repositories.get(self.moved[name])
            if found is None:
                return NOT_FOUND
            return Reply({"message": "Moved Permanently"}, 301, {"Location": f"{self.url}/repositories/{found['id']}"})
        known = self._named(name)
        return Reply(self.repositories[known]) if known else NOT_FOUND

    def _repository_by_id(self, asked: Asked) -> Reply:
        found = [one for one in self.repositories.values() if one["id"] == int(asked.found["id"])]
        return Reply(found[0]) if found else NOT_FOUND

    def _readme(self, asked: Asked) -> Reply:
        text = self.files.get(asked.found["name"], {}).get("README.md")
        if text is None:
            return NOT_FOUND
        return Reply({
            "type": "file", "name": "README.md", "path": "README.md", "encoding": "base64", "sha": "0" * 40,
            "size": len(text), "content": base64.b64encode(text.encode()).decode(),
            "url": f"{self.url}{asked.path}",
        })

    def _contributors(self, asked: Asked) -> Reply:
        name = asked.found["name"]
        listed = self.contributors.get(name, [])
        if name not in self.repositories:
            return NOT_FOUND
        if not listed:
            return Reply(status=204, raw=b"")
        if "anon" not in asked.query:
            listed = [one for one in listed if one["type"] != "Anonymous"]
        page, size = int(asked.query.get("page", 1)), int(asked.query.get("per_page", 30))
        more = page * size < len(listed)
        following = f"{self.url}{asked.path}?per_page={size}&page={page + 1}"
        return Reply(
            listed[(page - 1) * size:page * size],
            headers={"Link": f'<{following}>; rel="next"'} if more else {},
        )

    def _rate_limit(self, asked: Asked) -> Reply:
        limit = self.limit if "authorization" in asked.headers else LIMIT_WITHOUT_TOKEN
        left = {"limit": limit, "remaining": max(limit - self.used, 0), "reset": RESETS_AT, "used": self.used}
        return Reply({"resources": {"core": left, "graphql": left, "search": left}, "rate": left})

    def _installation_token(self, asked: Asked) -> Reply:
        token = self.installations.get(asked.found["id"])
        if token is None or asked.headers.get("authorization", "").count(".") != 2:
            return NOT_FOUND
        self.tokens[token] = ""
        return Reply({"token": token, "expires_at": "2099-01-01T00:00:00Z", "permissions": {"contents": "read"}}, 201)

    def _graphql(self, asked: Asked) -> Reply:
        posted = msgspec.json.decode(asked.body)
        found: dict[str, Any] = {}
        errors = []
        if "rateLimit" in posted["query"]:
            return Reply({"data": {"rateLimit": {"remaining": self.limit - self.used}}})
        if "history(" in posted["query"] and self.fail_histories:
            self.fail_histories -= 1
            return Reply({"message": "Something went wrong while executing your query."}, 502)
        for place, (alias, owner, name) in enumerate(_ASKED_REPOSITORY.findall(posted["query"])):
            wanted = f"{posted['variables'][owner]}/{posted['variables'][name]}"
            known = self._named(self.moved.get(wanted, wanted))
            is_seen = known and wanted not in self.refused
            found[alias] = None if not known or not is_seen else (
                self._branch(known, posted["variables"][f"s{place}"], posted["variables"][f"c{place}"])
                if "history(" in posted["query"] else self._node(known, posted["query"])
            )
            if found[alias] is None:
                errors.append({
                    "type": "NOT_FOUND", "path": [alias],
                    "message": f"Could not resolve to a Repository with the name '{wanted}'.",
                })
        return Reply({"data": found, **({"errors": errors} if errors else {})})

    def _branch(self, name: str, since: str | None, after: str | None) -> dict[str, Any]:
        commits = [one for one in self.commits.get(name, []) if not since or one["committedDate"] >= since[:19]]
        start = int(after or 0)
        page = {"hasNextPage": len(commits) > start + 100, "endCursor": str(start + 100)}
        history = {"pageInfo": page, "nodes": commits[start:start + 100]}
        return {"defaultBranchRef": {"target": {"history": history}} if name in self.commits else None}

    def _node(self, name: str, query: str) -> dict[str, Any]:
        files = self.files.get(name, {})
        asked = {alias: files.get(path) for alias, path in _ASKED_FILE.findall(query)}
        return {
            "databaseId": self.repositories[name]["id"],
            "root": {"entries": [{"name": path, "type": "blob"} for path in files]} if files else None,
            **{alias: None if text is None else {"text": text} for alias, text in asked.items()},
            "releases": {"nodes": self.releases.get(name, [])[:10]},
            "issues": {"nodes": self.issues.get(name, [])[:20]},
            "pullRequests": {"nodes": self.changes.get(name, [])[:20]},
        }
