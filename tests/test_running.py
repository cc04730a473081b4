"""The files with which somebody runs a registry, and the pages about it, say what the code does."""

import re
import shlex
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from integrations.github.told import EVENTS
from integrations.github.webhooks import LARGEST_BODY
from registry.cli import app
from registry.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
RUNNING = DOCS / "running"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("how-to/*.md"))]
COMPOSE: dict[str, Any] = yaml.safe_load((RUNNING / "compose.yaml").read_text("utf-8"))
UNITS = sorted(RUNNING.glob("*.service"))
BUNDLED = "/opt/keng/.venv/bin/keng"


def _parse(words: list[str]) -> None:
    """Read a command as the ``keng`` command would, without running it."""
    command: Any = get_command(app)
    context = command.context_class(command)
    for place, word in enumerate(words):
        command = command.get_command(context, word)
        assert command is not None, f"keng {' '.join(words)}: there is no {word}"
        if not hasattr(command, "get_command"):
            command.make_context(word, words[place + 1:])
            return
        context = command.context_class(command)
    raise AssertionError(f"keng {' '.join(words)}: a verb is missing")


def _commands_in(page: Path) -> list[list[str]]:
    """The ``keng`` commands in a page's blocks of shell."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [rest for line in lines if (rest := _after_keng(shlex.split(line, comments=True)))]


def _after_keng(words: list[str]) -> list[str]:
    """What a line tells ``keng``, in a shell or in a container of compose; nothing for other lines."""
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    if words[:1] == ["keng"]:
        return words[1:]
    return words[words.index("web") + 1:] if words[:2] == ["docker", "compose"] and "run" in words else []


def test_every_command_in_the_pages_and_files_is_one_of_ours() -> None:
    commands = [words for page in PAGES for words in _commands_in(page)]
    for path in UNITS:
        lines = re.findall(r"^Exec\w+=(.*)$", path.read_text("utf-8"), re.MULTILINE)
        assert lines
        assert all(line.startswith(f"{BUNDLED} ") for line in lines), path.name
        commands += [shlex.split(line)[1:] for line in lines]
    for name, service in COMPOSE["services"].items():
        if service.get("image") == "keng":
            commands.append([*service["command"]] if "entrypoint" not in service else ["backup"])
            assert name != "backup" or service["command"] == ["while keng backup; do sleep 86400; done"]
    containerfile = (RUNNING / "Containerfile").read_text("utf-8")
    commands.append(yaml.safe_load(re.findall(r"^CMD (.*)$", containerfile, re.MULTILINE)[0]))
    assert {words[0] for words in commands} >= {"serve", "worker", "migrate", "backup", "restore", "doctor", "github"}
    for words in commands:
        _parse(words)
    with pytest.raises(Exception, match="No such option"):
        _parse(["serve", "--threads", "2"])


def test_every_setting_that_they_name_exists_and_every_one_that_exists_is_told_twice() -> None:
    known = {f"KENG_{name.upper()}" for name in Settings.model_fields}
    files = [*PAGES, *(path for path in RUNNING.iterdir()), ROOT / "integrations/slack/manifest.yaml"]
    named = {path.name: set(re.findall(r"KENG_[A-Z_]*[A-Z]", path.read_text("utf-8"))) - known for path in files}
    assert {name: unknown for name, unknown in named.items() if unknown} == {}
    reference, purposes = (
        set(re.findall(r"KENG_[A-Z_]*[A-Z]", (DOCS / f"{name}.md").read_text("utf-8")))
        for name in ("reference", "settings")
    )
    assert reference == known
    assert known - purposes == {"KENG_INTEGRATIONS", "KENG_SLACK_URL"}  # for who writes an integration, and for tests


def test_the_environments_are_ones_that_the_registry_starts_with(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (RUNNING / "keng.env.example").read_text("utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line.startswith("KENG_"))
    composed = {
        name: re.sub(r"\$\{(\w+):[^}]*\}", "s" * 40, value) for name, value in COMPOSE["x-keng"]["environment"].items()
    }
    for environment in (example, example | composed):
        with monkeypatch.context() as changed:
            for name, value in environment.items():
                changed.setenv(name, value)
            settings = Settings()
        assert (settings.mode, str(settings.backup_dir)) == ("production", "/var/backups/keng")
        assert settings.trusted_proxy_header == "X-Forwarded-For"
    assert (settings.is_sqlite, settings.worker) == (False, False)


def test_the_services_run_without_rights_that_they_do_not_need() -> None:
    for path in UNITS:
        unit = ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read(path, "utf-8")
        service = unit["Service"]
        assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"], service["CapabilityBoundingSet"]
                ) == ("keng", "yes", "strict", ""), path.name
    for name, service in COMPOSE["services"].items():
        if service["image"] == "keng":
            assert (service["cap_drop"], service["read_only"]) == (["ALL"], True), name
            assert service["volumes"] == ["backups:/var/backups/keng"], name  # `run --rm web backup` is not lost
        assert not [port for port in service.get("ports", ()) if not port.startswith("127.0.0.1:")], name
    containerfile = (RUNNING / "Containerfile").read_text("utf-8")
    assert re.findall(r"^USER (\w+)$", containerfile, re.MULTILINE) == ["keng"]
    assert "SECRET" not in containerfile
    copied = re.findall(r"^COPY (?!--from)(.*)$", containerfile, re.MULTILINE)
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert copied == [". ."]
    assert all((ROOT / name).exists() for name in taken), taken
    makefile = (ROOT / "Makefile").read_text("utf-8")
    needed = re.findall(r"^[^\n#]*: ((?:requirements|package)[^|\n]*)", makefile, re.MULTILINE)
    made_of = {name for line in needed for name in line.split() if not name.startswith(".")}
    assert made_of | {"registry", "integrations", "templates", "handbook", "Makefile"} <= taken


def test_the_proxies_pass_on_what_the_registry_looks_at_and_hide_what_is_not_for_readers() -> None:
    nginx, caddy = ((RUNNING / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile"))
    for header in ("Host $host", "X-Forwarded-For $proxy_add_x_forwarded_for", "X-Request-Id $request_id"):
        assert f"proxy_set_header {header};" in nginx
    assert f"client_max_body_size {LARGEST_BODY // 1024**2}m;" in nginx
    assert Settings.model_fields["largest_upload_megabytes"].default * 1024**2 < LARGEST_BODY
    assert "location = /metrics { return 404; }" in nginx
    assert "respond @private 404" in caddy


def test_the_page_about_github_names_the_events_that_are_understood() -> None:
    page = (DOCS / "github.md").read_text("utf-8")
    assert set(re.findall(r"^   \| `([a-z_]+)` \|", page, re.MULTILINE)) == EVENTS


def test_every_link_between_the_pages_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {target}" for page in PAGES
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_time_limits_are_as_the_page_tells_them_and_each_of_ours_is_told() -> None:
    page = (DOCS / "watching.md").read_text("utf-8")
    told = re.findall(r"^\|[^|]+\| (\d+) \| `([\w.]+):(\w+)` \|$", page, re.MULTILINE)
    assert {f"{module}:{name}": float(seconds) for seconds, module, name in told} == {
        f"{module}:{name}": float(getattr(import_module(module), name)) for _, module, name in told
    }
    limits = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}:SECONDS"
        for folder in ("registry", "integrations") for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^SECONDS(?:: \S+)? = ", path.read_text("utf-8"), re.MULTILINE)
    }
    assert limits - {f"{module}:{name}" for _, module, name in told} == set()
