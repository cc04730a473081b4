"""The handbook's chapters: ``handbook/<language>/<slug>.md``, the same files in every language.

A file opens with TOML between two lines of ``+++``, the same in every language but for its two texts::

    +++
    title = "Pitching in three minutes"
    summary = "What to say, what to show, what to leave out."
    order = 3
    stages = ["idea"]             # keys of stages.toml: where the chapter helps
    fields = ["title", "team"]    # names that forms give to `in_handbook`: where it helps
    +++

Its headings begin at ``#``, which is the second level on the page; a paragraph keeps to one line; another chapter is
linked as ``pitching.md``.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, structs

from registry.community import Community, Texts, ours
from registry.community.current import once_a_community, within
from registry.community.files import HandbookError
from registry.handbook import ladder
from registry.web.markdown import render_markdown

_FENCE = "+++\n"
_SLUG = re.compile(r"[a-z][a-z0-9-]*")
_LINK = re.compile(r'(?<=<a href=")[^"]*(?=")')
_LEADS_ELSEWHERE = re.compile(r"/(?!/)|https?://|mailto:")


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """One chapter in every language; ``html`` is rendered and safe, and its links lead to pages of the site."""

    slug: str
    order: int
    stages: tuple[str, ...]
    fields: tuple[str, ...]
    title: Texts
    summary: Texts
    html: Texts

    @property
    def url(self) -> str:
        """The path of the chapter's page."""
        return f"/handbook/{self.slug}"


_Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]


class _FrontMatter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: _Line
    summary: _Line
    order: int
    stages: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@once_a_community
def chapters(here: Community) -> dict[str, Chapter]:
    """The community's chapters by slug, in reading order; ours where it wrote none.

    Ours then lose the stages that its ladder does not have.

    Raises:
        HandbookError: as `read_chapters`, or the ladder cannot be read.
    """
    keys = [stage.key for stage in ladder().stage]
    if _editions(here):
        return read_chapters(here.folder, languages=_editions(here), stage_keys=keys)
    with within(ours()):
        of_ours = chapters()
    return {slug: _on_stages(chapter, keys) for slug, chapter in of_ours.items()}


def chapters_of_stage(key: str) -> list[Chapter]:
    """The chapters that help on a stage, in reading order."""
    return [chapter for chapter in chapters().values() if key in chapter.stages]


def chapters_for_fields(*names: str) -> list[Chapter]:
    """The chapters that help to fill in any of these fields of a form, in reading order."""
    return [chapter for chapter in chapters().values() if not set(names).isdisjoint(chapter.fields)]


def read_chapters(
    folder: Path, *, languages: Collection[str], stage_keys: Collection[str]
) -> dict[str, Chapter]:
    """Read the chapters of a handbook: one folder for each of ``languages``.

    Raises:
        HandbookError: a chapter lacks a language, two share a place, or a file's front matter, stage keys or links
            cannot be used. The message names the file.
    """
    folders = [folder / language for language in languages]
    slugs = sorted({path.stem for edition in folders for path in edition.glob("*.md")})
    found = [_read_chapter(slug, folders, slugs) for slug in slugs]
    places = Counter(chapter.order for chapter in found)
    for chapter in found:
        if places[chapter.order] > 1:
            raise HandbookError(f"{folder}: two chapters have order = {chapter.order}; one is {chapter.slug}.md")
        if unknown := set(chapter.stages) - set(stage_keys):
            raise HandbookError(f"{folder}: {chapter.slug}.md names a stage that stages.toml lacks: {min(unknown)}")
    return {chapter.slug: chapter for chapter in sorted(found, key=lambda chapter: chapter.order)}


def _editions(here: Community) -> list[str]:
    """The languages in which a community wrote chapters: it has a folder for each."""
    return [tag for tag in here.languages if (here.folder / tag).is_dir()]


def _on_stages(chapter: Chapter, keys: Collection[str]) -> Chapter:
    return structs.replace(chapter, stages=tuple(key for key in chapter.stages if key in keys))


def _read_chapter(slug: str, folders: Collection[Path], slugs: Collection[str]) -> Chapter:
    paths = {edition.name: edition / f"{slug}.md" for edition in folders}
    if not _SLUG.fullmatch(slug):
        raise HandbookError(f"{slug}.md: a chapter's file is named in small letters, digits and hyphens")
    parts = {language: _parts(path) for language, path in paths.items()}
    fronts = {language: front for language, (front, _) in parts.items()}
    placed = {(front.order, front.stages, front.fields) for front in fronts.values()}
    if len(placed) > 1:
        raise HandbookError(f"{slug}.md: order, stages and fields differ between {' and '.join(paths)}")
    [(order, stages, fields)] = placed
    return Chapter(
        slug=slug, order=order, stages=stages, fields=fields,
        title={language: front.title for language, front in fronts.items()},
        summary={language: front.summary for language, front in fronts.items()},
        html={language: _html(paths[language], body, slugs) for language, (_, body) in parts.items()},
    )


def _parts(path: Path) -> tuple[_FrontMatter, str]:
    try:
        start, front, body = path.read_text(encoding="utf-8").split(_FENCE, 2)
    except FileNotFoundError:
        raise HandbookError(f"{path}: the chapter is not written in this language") from None
    except (OSError, UnicodeDecodeError) as error:
        raise HandbookError(f"{path}: {error}") from error
    except ValueError:
        raise HandbookError(f"{path}: it does not open with front matter between two lines of +++") from None
    if start:
        raise HandbookError(f"{path}: something stands before the first line of +++")
    try:
        return msgspec.convert(tomllib.loads(front), _FrontMatter), body
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise HandbookError(f"{path}: {error}") from error


def _html(path: Path, body: str, slugs: Collection[str]) -> str:
    def on_site(link: re.Match[str]) -> str:
        target = link[0]
        if _LEADS_ELSEWHERE.match(target):
            return target
        slug = target.removesuffix(".md")
        if slug == target or slug not in slugs:
            raise HandbookError(f"{path}: this link leads nowhere: {target}")
        return f"/handbook/{slug}"

    return _LINK.sub(on_site, render_markdown(body))
