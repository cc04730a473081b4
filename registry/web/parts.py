"""Which parts of the systems around us are set up, by the settings alone: half of a part does nothing and says so."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import SecretStr

from registry.settings import Settings
from registry.web.health import Finding


class Part(NamedTuple):
    """Settings that work together only. ``also`` are alternatives, one of which it needs besides."""

    subject: str
    needs: tuple[str, ...]
    check: str
    also: tuple[str, ...] = ()


_CHECK_GITHUB = "`keng github check` asks GitHub; docs/github.md tells each step"
_CHECK_SLACK = "`keng slack check` asks Slack; docs/slack.md tells each step"
PARTS = (
    Part("GitHub sign-in", ("github_client_id", "github_client_secret"), _CHECK_GITHUB),
    Part("GitHub App", ("github_app_id", "github_app_key", "github_app_installation_id"), _CHECK_GITHUB),
    Part("GitHub webhooks", ("github_webhook_secret",), _CHECK_GITHUB, ("github_token", "github_app_id")),
    Part("GitHub publishing", ("github_publish_repository",), _CHECK_GITHUB,
         ("github_publish_token", "github_token", "github_app_id")),
    Part("Slack sign-in", ("slack_client_id", "slack_client_secret", "slack_team_id"), _CHECK_SLACK),
    Part("Slack app", ("slack_bot_token",), _CHECK_SLACK, ("slack_signing_secret", "slack_app_token")),
    Part("mail", ("smtp_host", "smtp_from"), "people who want their notices by e-mail get them"),
)


def examine_parts(settings: Settings) -> list[Finding]:
    """What is set up, what is not, and what is set up by half."""
    return [_finding(settings, part) for part in PARTS]


def _finding(settings: Settings, part: Part) -> Finding:
    there = [name for name in part.needs if _is_set(settings, name)]
    if not there:
        return Finding(part.subject, is_well=True, said="not set up")
    missing = [_variable(name) for name in part.needs if name not in there]
    if part.also and not any(_is_set(settings, name) for name in part.also):
        missing.append(" or ".join(map(_variable, part.also)))
    return Finding(
        part.subject, is_well=not missing,
        said=f"set up; {part.check}" if not missing else f"set up by half: {_list(missing)} is missing",
        advice=f"Set {_list(missing)}, or take away {_list([_variable(name) for name in there])}.",
    )


def _is_set(settings: Settings, name: str) -> bool:
    value: Any = getattr(settings, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _variable(name: str) -> str:
    return f"KENG_{name.upper()}"


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
