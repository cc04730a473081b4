"""GitHub's API as far as the registry asks it: repositories and their READMEs."""

import base64
from typing import Any

from tests.fakes.http import Asked, FakeServer, Reply


class FakeGitHub(FakeServer):
    """``repositories`` by full name, as GitHub describes them; ``readmes`` by full name, as Markdown."""

    def __init__(self) -> None:
        super().__init__()
        self.repositories: dict[str, dict[str, Any]] = {}
        self.readmes: dict[str, str] = {}
        self.route("GET", r"/repos/(?P<name>[^/]+/[^/]+)", self._repository)
        self.route("GET", r"/repos/(?P<name>[^/]+/[^/]+)/readme", self._readme)

    def add_repository(self, full_name: str, *, readme: str = "", **fields: Any) -> str:
        """Let there be a repository; its address."""
        owner, name = full_name.split("/")
        address = f"{self.url}/{full_name}"
        self.repositories[full_name] = {
            "id": len(self.repositories) + 1, "name": name, "full_name": full_name, "private": False,
            "owner": {"login": owner, "id": 1, "url": f"{self.url}/users/{owner}"}, "html_url": address,
            "url": f"{self.url}/repos/{full_name}", "description": None, "homepage": None, "topics": [],
            "license": None, **fields,
        }
        if readme:
            self.readmes[full_name] = readme
        return address

    def _repository(self, asked: Asked) -> Reply:
        found = self.repositories.get(asked.found["name"])
        return Reply(found) if found else Reply({"message": "Not Found"}, 404)

    def _readme(self, asked: Asked) -> Reply:
        text = self.readmes.get(asked.found["name"])
        if text is None:
            return Reply({"message": "Not Found"}, 404)
        return Reply({
            "type": "file", "name": "README.md", "path": "README.md", "encoding": "base64", "sha": "0" * 40,
            "size": len(text), "content": base64.b64encode(text.encode()).decode(),
            "url": f"{self.url}{asked.path}",
        })
