"""Repositories as a forge tells of them: facts, who works on them, releases, issues to start with."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Instant, Line, Prose, state_column, type_json
from registry.repositories.rules import RepositoryState


class Repository(Numbered, Base):
    """A repository on ``forge``. ``forge_id`` is the forge's own number for it, which outlives its names.

    ``name_key`` is its name as it is looked for. ``etag`` and ``pushed_at`` are of when it was last read whole
    (``read_at``): what is unchanged since is not written again. ``told_at`` is, by the forge's clock, as of when
    we know it, read or told. ``wanted_at`` is when it is to be looked at besides its turn. ``anonymous_count`` counts
    authors without an account there, and those who are not to be named; nothing else is kept of them. ``weeks_since``
    is the day from which its weeks are known. ``stated`` is what its files say of the project
    (``files.formats.Stated``), ``faults`` what in them cannot be understood (``files.fields.Fault``).
    """

    __tablename__ = "repositories"

    forge: Mapped[str] = mapped_column(String(20))
    forge_id: Mapped[int | None] = mapped_column(BigInteger)
    full_name: Mapped[Line]
    name_key: Mapped[Line]
    url: Mapped[Prose]
    state: Mapped[RepositoryState] = mapped_column(state_column(RepositoryState), default=RepositoryState.PRESENT)
    description: Mapped[Prose | None]
    homepage: Mapped[Prose | None]
    language: Mapped[str | None] = mapped_column(String(80))
    licence: Mapped[str | None] = mapped_column(String(80))
    topics: Mapped[list[str]] = mapped_column(type_json, default=list)
    star_count: Mapped[int] = mapped_column(default=0)
    fork_count: Mapped[int] = mapped_column(default=0)
    is_archived: Mapped[bool] = mapped_column(default=False)
    is_fork: Mapped[bool] = mapped_column(default=False)
    default_branch: Mapped[Line | None]
    evidence: Mapped[dict[str, str]] = mapped_column(type_json, default=dict)
    stated: Mapped[dict[str, Any]] = mapped_column(type_json, default=dict, server_default="{}")
    faults: Mapped[list[dict[str, Any]]] = mapped_column(type_json, default=list, server_default="[]")
    anonymous_count: Mapped[int] = mapped_column(default=0)
    pushed_at: Mapped[Instant | None]
    etag: Mapped[str | None] = mapped_column(String(200))
    read_at: Mapped[Instant | None]
    wanted_at: Mapped[Instant | None]
    told_at: Mapped[Instant | None]
    weeks_since: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("forge", "forge_id"),
        Index("ix_repositories_language", "language"),
        Index("ix_repositories_forge_name_key", "forge", "name_key"),
    )


class RepositoryAlias(Base):
    """A name that a repository had before; links still use it."""

    __tablename__ = "repository_aliases"

    forge: Mapped[str] = mapped_column(String(20), primary_key=True)
    name_key: Mapped[str] = mapped_column(String(500), primary_key=True)
    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), index=True)


class ProjectRepository(Base):
    """Which repositories a project's links lead to."""

    __tablename__ = "project_repositories"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    repository_id: Mapped[int] = mapped_column(
        ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class RepositoryReadme(Base):
    """A repository's README as HTML that is safe to show."""

    __tablename__ = "repository_readmes"

    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[Line]
    html: Mapped[Prose]


class RepositoryContributor(Base):
    """An account with commits in a repository: by its number on the forge, because logins change hands."""

    __tablename__ = "repository_contributors"

    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)
    login: Mapped[Line]
    commit_count: Mapped[int]
    commits_url: Mapped[Prose | None]


class CommitWeek(Base):
    """How many commits an account made in a week (its Monday); account 0 stands for all who are not named."""

    __tablename__ = "commit_weeks"

    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)
    commit_count: Mapped[int]


class UnnamedAccount(Base):
    """An account whose person was erased, or does not want their commits shown.

    ``account_hash`` is a fingerprint of its number made with the installation's secret; ``key_mark`` tells with which.
    """

    __tablename__ = "unnamed_accounts"

    forge: Mapped[str] = mapped_column(String(20), primary_key=True)
    account_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_mark: Mapped[str] = mapped_column(String(16))
    noted_at: Mapped[Instant]


class RepositoryRelease(Base):
    """A published release."""

    __tablename__ = "repository_releases"

    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(500), primary_key=True)
    name: Mapped[Line | None]
    url: Mapped[Prose]
    published_at: Mapped[Instant] = mapped_column(index=True)


class MergedChange(Base):
    """Work that was taken in: a pull request that was merged. Whose it was is not kept."""

    __tablename__ = "merged_changes"

    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Prose]
    url: Mapped[Prose]
    merged_at: Mapped[Instant]


class StarterIssue(Base):
    """An open issue that newcomers may start with."""

    __tablename__ = "starter_issues"

    repository_id: Mapped[int] = mapped_column(ForeignKey("repositories.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Prose]
    url: Mapped[Prose]
    labels: Mapped[list[str]] = mapped_column(type_json, default=list)
    opened_at: Mapped[Instant] = mapped_column(index=True)
