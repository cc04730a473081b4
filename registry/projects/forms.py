"""The forms that change a project in place: what fills each, and how what was typed into it is read."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from registry.projects.commands.edit import ProjectEdit
from registry.projects.commands.links import MOST_LINKS, WrittenLink
from registry.projects.commands.relations import MOST_RELATIONS, WrittenRelation
from registry.projects.queries.editing import EditedProject
from registry.web.i18n import gettext as _
from registry.web.i18n import languages, plain
from registry.web.typed import Typed

NEW_LINKS = 3
NEW_RELATIONS = 1
_ROWS_FIELD = "rows"

Fields = dict[str, str]


class PartForm(NamedTuple):
    """The form of one part of a project's page."""

    title: Callable[[], str]
    fields: Callable[[EditedProject], Fields]
    read: Callable[[Typed], ProjectEdit]


def texts(name: str, words: Mapping[str, str]) -> Fields:
    """The fields of a text in several languages, one for each that the site speaks."""
    return {f"{name}-{tag}": words.get(tag, "") for tag in languages()}


def typed_texts(typed: Typed, name: str) -> dict[str, str]:
    """What was typed into the fields of such a text."""
    return {tag: typed(f"{name}-{tag}") for tag in languages()}


def rows_of(typed: Typed, *, most: int = MOST_LINKS + NEW_LINKS) -> range:
    """The numbers of a form's rows, from 1 on."""
    return range(1, min(typed.number(_ROWS_FIELD) or 0, most) + 1)


def _names(project: EditedProject) -> Fields:
    return {
        **texts("name", project.name), **texts("summary", project.summary),
        "tags": ", ".join(plain(tag.name) for tag in project.tags),
        "aliases": "\n".join(alias.name for alias in project.aliases),
    }


def _typed_names(typed: Typed) -> ProjectEdit:
    return ProjectEdit(
        name=typed_texts(typed, "name"), summary=typed_texts(typed, "summary"), tags=typed("tags"),
        aliases=typed("aliases"),
    )


def _licences(project: EditedProject) -> Fields:
    return {"code_licence": project.code_licence or "", "content_licence": project.content_licence or ""}


def _links(project: EditedProject) -> Fields:
    fields = {_ROWS_FIELD: str(len(project.links) + NEW_LINKS)}
    for number, link in enumerate(project.links, 1):
        fields |= {
            f"link-{number}-url": link.url, f"link-{number}-label": link.label or "", f"link-{number}-kind": link.kind,
        }
    return fields


def _typed_links(typed: Typed) -> Iterator[WrittenLink]:
    for number in rows_of(typed):
        yield WrittenLink(
            url=typed(f"link-{number}-url"), label=typed(f"link-{number}-label"), kind=typed(f"link-{number}-kind"),
        )


def _relations(project: EditedProject) -> Fields:
    fields = {_ROWS_FIELD: str(len(project.relations) + NEW_RELATIONS)}
    for number, relation in enumerate(project.relations, 1):
        fields |= {f"relation-{number}-kind": relation.kind, f"relation-{number}-project": relation.slug}
    return fields


def _typed_relations(typed: Typed) -> Iterator[WrittenRelation]:
    for number in rows_of(typed, most=MOST_RELATIONS + NEW_RELATIONS):
        yield WrittenRelation(
            kind=typed(f"relation-{number}-kind"), project=typed(f"relation-{number}-project"),
        )


PART_FORMS: Mapping[str, PartForm] = {
    "names": PartForm(lambda: _("Name and topics"), _names, _typed_names),
    "description": PartForm(
        lambda: _("What it is about"), lambda project: texts("description", project.description),
        lambda typed: ProjectEdit(description=typed_texts(typed, "description")),
    ),
    "licences": PartForm(
        lambda: _("Licences"), _licences,
        lambda typed: ProjectEdit(code_licence=typed("code_licence"), content_licence=typed("content_licence")),
    ),
    "links": PartForm(lambda: _("Links"), _links, lambda typed: ProjectEdit(links=list(_typed_links(typed)))),
    "relations": PartForm(
        lambda: _("Related projects"), _relations,
        lambda typed: ProjectEdit(relations=list(_typed_relations(typed))),
    ),
}
