"""Every setting, command, job and address, as the code tells them. Run as a module to write ``docs/reference.md``."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from litestar.routes import HTTPRoute
from pydantic import SecretStr
from typer.main import get_command

from registry.app import create_app
from registry.cli import app
from registry.jobs.schedule import jobs_of
from registry.ports import Job, connect
from registry.settings import Mode, Settings
from tests.supply.locks import ROOT

PAGE = ROOT / "docs/reference.md"
HEAD = """# Reference

Written by `make reference` from the code; a test compares it. The words are those of the code's own descriptions.
"""
EVERYTHING = Settings.model_validate({
    "mode": Mode.DEMO, "database_url": "sqlite:///var/keng.sqlite3", "check_links": True, "metrics_token": "m" * 32,
    "smtp_host": "mail.example.org", "smtp_from": "keng@example.org",
    "github_client_id": "id", "github_client_secret": "secret", "github_token": "token",
    "github_webhook_secret": "hook",
    "github_publish_repository": "owner/name", "slack_client_id": "id", "slack_client_secret": "secret",
    "slack_bot_token": "xoxb-1", "slack_signing_secret": "sign", "slack_team_id": "T1",
    "chat_webhooks": ("town=https://chat.example.org/hook/1",),
})
"""An installation to which everything is connected: it has every job and every address."""
NOT_OURS = {
    "/api/v1": "The description of the API (OpenAPI 3.1).",
    "/api/v1/openapi.json": "The same.",
    "/static/{file_path}": "Stylesheets, scripts, fonts and pictures.",
}
"""What Litestar answers by itself."""


def settings() -> Iterator[str]:
    """Each setting with its default."""
    yield "## Settings"
    yield ""
    yield "Environment variables; [settings by purpose](settings.md) says which of them belong together."
    yield ""
    yield "| variable | default | |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        yield f"| `KENG_{name.upper()}` | {_default(name, field.default)} | {field.description} |"


def _default(name: str, value: Any) -> str:
    if name == "community_dir":
        return "`handbook/`"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value in {"", ()}:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{', '.join(value) if isinstance(value, tuple) else value}`"


def commands() -> Iterator[str]:
    """Each command with its arguments and options."""
    yield "## Commands"
    for words, command in _leaves(get_command(app), ("keng",)):
        yield ""
        yield f"### `{' '.join(words)}`"
        yield ""
        yield _first(command.help)
        shown = [one for one in command.params if one.name != "help" and not getattr(one, "hidden", False)]
        if shown:
            yield ""
        for one in shown:
            names = ", ".join([*one.opts, *one.secondary_opts]) if one.param_type_name == "option" else (
                one.metavar or one.name.upper()
            )
            yield f"- `{names}`{': ' + _line(one.help) if getattr(one, 'help', None) else ''}"


def _leaves(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "list_commands"):
        yield words, command
        return
    context = command.context_class(command)
    for name in command.list_commands(context):
        yield from _leaves(command.get_command(context, name), (*words, name))


def jobs() -> Iterator[str]:
    """Each job with its rhythm."""
    yield "## Background work"
    yield ""
    yield "An installation runs those that its settings ask for; one process of it at a time."
    yield ""
    yield "| job | every | |"
    yield "|---|---|---|"
    for job in sorted(jobs_of(connect(EVERYTHING), EVERYTHING), key=lambda one: one.name):
        yield f"| {job.name} | {_rhythm(job)} | {described(job)} |"


def described(job: Job) -> str:
    """What a job does, in the words of its function."""
    return _first(inspect.getdoc(job.work))


def _rhythm(job: Job) -> str:
    seconds = int(job.every.total_seconds())
    for name, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % length == 0:
            return f"{seconds // length} {name}"
    return f"{seconds} s"


def addresses() -> Iterator[str]:
    """Each address with what it needs."""
    yield "## Addresses"
    yield ""
    yield "`read` is for everyone; the other permissions stand in `registry/accounts/rules.py`."
    yield ""
    yield "| address | | needs | |"
    yield "|---|---|---|---|"
    served = create_app(EVERYTHING)
    found = {
        (route.path, ", ".join(sorted(handler.http_methods - {"OPTIONS", "HEAD"}))): handler
        for route in served.routes if isinstance(route, HTTPRoute) for handler in route.route_handlers
    }
    for (path, methods), handler in sorted(found.items()):
        if methods:
            need = handler.opt.get("needed")
            said = NOT_OURS.get(_plain(path)) or _first(handler.fn.__doc__)
            yield f"| `{_plain(path)}` | {methods} | {need.permission if need else ''} | {said} |"


def _plain(path: str) -> str:
    return re.sub(r"\{(\w+):\w+\}", r"{\1}", path)


def _first(text: str | None) -> str:
    return _line((text or "").split("\n\n", 1)[0])


def _line(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def page() -> str:
    """The whole page, in Markdown."""
    parts = ["\n".join(part()) for part in (settings, commands, jobs, addresses)]
    return "\n".join([HEAD, "\n\n".join(parts), ""])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
