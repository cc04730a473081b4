"""Settings, read once from ``KENG_*`` environment variables."""

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from registry.community import Community, read_community
from registry.paths import HANDBOOK

DEFAULT_SECRET = "demo-only-secret-do-not-use-in-production"  # noqa: S105 — refused outside demo mode below
SHORTEST_SECRET = 32


class Mode(StrEnum):
    """What the installation is for; only a demo may run without a secret of its own."""

    DEMO = "demo"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The environment does not describe a working installation; the message says what to set."""


class Settings(BaseSettings):
    """Every setting of an installation. Each field is the variable ``KENG_<FIELD NAME>``."""

    model_config = SettingsConfigDict(env_prefix="KENG_", extra="ignore", frozen=True)

    mode: Mode = Field(Mode.DEMO, description="`demo` or `production`.")
    database_url: str = Field(
        "sqlite:///var/keng.sqlite3",
        description="`sqlite:///PATH` (embedded) or `postgresql://USER:PASSWORD@HOST/NAME`.",
    )
    secret_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET), description="At least 32 characters; required in production."
    )
    base_url: str = Field("http://127.0.0.1:8000", description="Public address, no trailing slash.")
    community_dir: Path = Field(HANDBOOK, description="Folder of the community whose registry this is.")
    page_cache: bool = Field(True, description="Serve anonymous pages from memory until the next write.")
    page_cache_megabytes: int = Field(16, ge=1, le=1024, description="Memory for cached pages, per worker.")
    worker: bool = Field(True, description="`keng serve` does the background work too; off where `keng worker` does.")
    drain_seconds: float = Field(
        0, ge=0, le=300, description="How long a server that is told to stop goes on while `/ready` says 503."
    )
    quiet_after_days: int = Field(730, ge=1, description="A project without activity this long is shown as dormant.")
    guests_kept_days: int = Field(
        90, ge=1, le=3_650, description="E-mail address, meal and keywords of a guest are forgotten this long after it."
    )
    integrations: tuple[str, ...] = Field(
        ("integrations.github", "integrations.slack", "integrations.webhooks"),
        description="Modules that connect systems around us.",
    )
    github_client_id: str = Field("", description="OAuth client id for signing in with GitHub.")
    github_client_secret: SecretStr = Field(SecretStr(""), description="Its secret.")
    github_web_url: str = Field("https://github.com", description="GitHub's pages (GitHub Enterprise: its own).")
    github_api_url: str = Field("https://api.github.com", description="GitHub's API.")
    github_token: SecretStr = Field(
        SecretStr(""), description="Token for reading public repositories; without one GitHub answers 60 times an hour."
    )
    github_app_id: str = Field("", description="Id of a GitHub App, where it reads repositories instead of a token.")
    github_app_key: SecretStr = Field(SecretStr(""), description="The App's private key (PEM).")
    github_app_installation_id: int = Field(0, ge=0, description="The number of its installation.")
    github_webhook_secret: SecretStr = Field(
        SecretStr(""), description="What GitHub signs its webhooks with; without one none are taken."
    )
    github_kept_free_percent: int = Field(
        20, ge=0, le=90, description="Part of GitHub's limits that the sync leaves to people's own actions."
    )
    github_publish_repository: str = Field(
        "", description="Where records are offered as pull requests, as `owner/name`; empty: nowhere."
    )
    github_publish_token: SecretStr = Field(
        SecretStr(""), description="A token that may write there; when empty, what repositories are read with."
    )
    github_bots: tuple[str, ...] = Field(
        ("web-flow", "dependabot-preview", "greenkeeper"),
        description="Accounts on GitHub that are programs, besides those that GitHub says are.",
    )
    slack_client_id: str = Field("", description="Client id for signing in with Slack.")
    slack_client_secret: SecretStr = Field(SecretStr(""), description="Its secret.")
    slack_team_id: str = Field("", description="The workspace whose members may sign in (T...).")
    slack_url: str = Field("https://slack.com", description="Slack's address.")
    slack_bot_token: SecretStr = Field(
        SecretStr(""), description="The app's bot token (xoxb-...): announcements, channels and commands."
    )
    slack_signing_secret: SecretStr = Field(
        SecretStr(""), description="With it the app's commands and events are believed."
    )
    slack_app_token: SecretStr = Field(
        SecretStr(""), description="App-level token (xapp-...) for `keng slack listen`, where Slack cannot reach us."
    )
    chat_webhooks: tuple[SecretStr, ...] = Field(
        (), description="Other chats: `name=address` of incoming webhooks (Mattermost, Discord), as a JSON list."
    )
    check_links: bool | None = Field(
        None, description="Whether links are looked at once a week; when not said, in production and not in a demo."
    )
    smtp_host: str = Field("", description="Mail server; without one nobody is mailed.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_user: str = Field("", description="Name to sign in with there; empty for none.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Its password.")
    smtp_starttls: bool = Field(True, description="Whether the connection is encrypted by STARTTLS.")
    smtp_from: str = Field("", description="Whom mail comes from, such as `Keng <keng@example.org>`.")
    session_idle_days: int = Field(14, ge=1, le=365, description="A sign-in ends when it is unused this long.")
    session_days: int = Field(90, ge=1, le=365, description="Every sign-in ends after this long.")
    trusted_proxy_header: str = Field(
        "", description="Header in which your own proxy says who asks (`X-Forwarded-For`); empty: nobody is believed."
    )
    api_requests_a_minute: int = Field(600, ge=0, description="Requests to the API from one address; 0: no limit.")
    api_token_requests_a_minute: int = Field(
        3_000, ge=1, description="Requests to the API with the access tokens of one account."
    )
    searches_a_minute: int = Field(
        600, ge=0, description="Searches and suggestions from one address, where a hall shares one; 0: no limit."
    )
    account_writes_a_minute: int = Field(120, ge=1, description="Changes of any kind that one account may make.")
    sign_ins_a_minute: int = Field(60, ge=1, description="Sign-ins begun from one address; a hall shares one.")
    reports_an_hour: int = Field(10, ge=1, description="Reports without an account from one address.")
    registrations_an_hour: int = Field(
        120, ge=1, description="Registrations for events without an account from one address; a hall shares one."
    )
    new_account_days: int = Field(14, ge=0, description="How long an account counts as new, unless a team took it in.")
    new_account_hourly: int = Field(10, ge=1, description="Things of one kind that a new account may make in an hour.")
    new_account_daily: int = Field(30, ge=1, description="The same, in a day.")
    account_hourly: int = Field(60, ge=1, description="Things of one kind that any account may make in an hour.")
    erasure_wait_days: int = Field(7, ge=0, le=30, description="Until somebody who asked to be erased is.")
    report_days: int = Field(365, ge=1, description="Decided reports are removed after this long.")
    backup_dir: Path | None = Field(None, description="Where `keng backup` puts its files when none is named.")
    backups_kept: int = Field(14, ge=1, le=10_000, description="How many of them are kept there.")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Who shows it reads figures for Prometheus at `/metrics`; empty: nobody."
    )
    hooks_kept_days: int = Field(14, ge=1, le=365, description="What other systems told us is forgotten after this.")
    delivered_kept_days: int = Field(
        90, ge=1, le=3_650, description="What was delivered (letters, announcements) is forgotten after this."
    )
    form_keys_kept_days: int = Field(
        7, ge=1, le=365, description="That a form was sent is known for this long, so that it counts once."
    )
    uploads_kept_days: int = Field(1, ge=1, le=365, description="A file to be imported is kept for this long.")
    largest_upload_megabytes: int = Field(10, ge=1, le=1024, description="Larger request bodies are refused.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            message = "use sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
            raise ValueError(message)
        return value

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            message = "use a full address such as https://registry.example.org"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("github_publish_repository")
    @classmethod
    def _owner_and_name(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}", value):
            message = "use OWNER/NAME, such as g0v/record"
            raise ValueError(message)
        return value

    @field_validator("chat_webhooks")
    @classmethod
    def _named_webhooks(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        names = [one.get_secret_value().partition("=")[0].strip() for one in value]
        if not all(names) or len(set(names)) < len(names) or any("=" not in one.get_secret_value() for one in value):
            message = 'use ["NAME=https://ADDRESS"], each with a name of its own'
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _own_secret_in_production(self) -> Self:
        secret = self.secret_key.get_secret_value()
        if self.mode is Mode.PRODUCTION and (secret == DEFAULT_SECRET or len(secret) < SHORTEST_SECRET):
            message = (
                "KENG_SECRET_KEY must be set to a secret of at least 32 characters in production; "
                "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _mail_comes_from_somebody(self) -> Self:
        if self.smtp_host and "@" not in self.smtp_from:
            message = "KENG_SMTP_FROM must be set to an address when KENG_SMTP_HOST is"
            raise ValueError(message)
        return self

    @property
    def looks_at_links(self) -> bool:
        """Whether links are looked at: a demo is left without a network unless its settings say otherwise."""
        return self.check_links if self.check_links is not None else self.mode is Mode.PRODUCTION

    @property
    def has_made_up_code(self) -> bool:
        """Whether a demo asks a GitHub on its own machine, where nothing is true."""
        is_here = urlsplit(self.github_api_url).hostname in {"127.0.0.1", "localhost"}
        return self.mode is Mode.DEMO and is_here and bool(self.github_token.get_secret_value())

    @property
    def made_up_chat(self) -> str:
        """Where a demo's chat lives on its own machine, where nothing is true; empty where there is none."""
        is_here = urlsplit(self.slack_url).hostname in {"127.0.0.1", "localhost"}
        is_used = self.mode is Mode.DEMO and is_here and self.slack_bot_token.get_secret_value()
        return self.slack_url if is_used else ""

    @property
    def community(self) -> Community:
        """The community whose registry this is.

        Raises:
            HandbookError: its folder cannot be used.
        """
        return read_community(self.community_dir.absolute())

    @property
    def community_name(self) -> str:
        """What the community is called in its first language."""
        return self.community.called

    @property
    def timezone(self) -> str:
        """The time zone of the community's events."""
        return self.community.timezone

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path:
        """Where the embedded database lives (SQLite only)."""
        return Path(self.database_url.removeprefix("sqlite:///"))


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: a variable is missing or has a value that cannot work; names each one.

    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_complaints(error))) from error


def _complaints(error: ValidationError) -> list[str]:
    return [
        f"{'KENG_' + str(one['loc'][0]).upper() + ': ' if one['loc'] else ''}"
        f"{one['msg'].removeprefix('Value error, ')}"
        for one in error.errors()
    ]
