"""The forms that change a project in place: what fills each, and how what was typed into it is read."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from registry.errors import NotFound
from registry.projects.commands.edit import ProjectEdit
from registry.projects.commands.links import MOST_LINKS, WrittenLink
from registry.projects.commands.relations import MOST_RELATIONS, WrittenRelation
from registry.projects.queries.editing import EditedProject
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.typed import Typed, fields_of

NEW_LINKS = 2
NEW_RELATIONS = 1
_ROWS_FIELD = "rows"

Fields = dict[str, str]


class PartForm(NamedTuple):
    """The form of one part of a project's page."""

    title: Callable[[], str]
    fields: Callable[[EditedProject], Fields]
    read: Callable[[Typed, EditedProject], ProjectEdit]


def part_form(part: str) -> PartForm:
    """The form of a part of the page.

    Raises:
        NotFound: there is no such part, or it has no form.
    """
    form = _PART_FORMS.get(part)
    if form is None:
        raise NotFound(_("This part of a project's page has no form."))
    return form


def rows_of(typed: Typed, *, most: int = MOST_LINKS + NEW_LINKS) -> range:
    """The numbers of a form's rows, from 1 on."""
    return range(1, min(typed.number(_ROWS_FIELD) or 0, most) + 1)


def _names(project: EditedProject) -> Fields:
    return {
        **fields_of(name=project.name, summary=project.summary),
        "tags": ", ".join(plain(tag.name) for tag in project.tags),
        "aliases": "\n".join(alias.name for alias in project.aliases),
    }


def _typed_names(typed: Typed, project: EditedProject) -> ProjectEdit:
    return ProjectEdit(
        name=typed.texts("name", before=project.name), summary=typed.texts("summary", before=project.summary),
        tags=typed("tags"), aliases=typed("aliases"),
    )


def _licences(project: EditedProject) -> Fields:
    return {"code_licence": project.code_licence or "", "content_licence": project.content_licence or ""}


def _links(project: EditedProject) -> Fields:
    fields = {_ROWS_FIELD: str(len(project.links) + NEW_LINKS)}
    for number, link in enumerate(project.links, 1):
        fields |= {
            f"link-{number}-url": link.url, f"link-{number}-label": link.label or "",
            f"link-{number}-kind": link.kind,
        }
    return fields


def _typed_links(typed: Typed) -> Iterator[WrittenLink]:
    for number in rows_of(typed):
        yield WrittenLink(
            url=typed(f"link-{number}-url"), label=typed(f"link-{number}-label"),
            kind=typed(f"link-{number}-kind"),
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


_PART_FORMS: Mapping[str, PartForm] = {
    "names": PartForm(lambda: _("Name and topics"), _names, _typed_names),
    "description": PartForm(
        lambda: _("What it is about"), lambda project: fields_of(description=project.description),
        lambda typed, project: ProjectEdit(description=typed.texts("description", before=project.description)),
    ),
    "licences": PartForm(
        lambda: _("Licences"), _licences,
        lambda typed, _project: ProjectEdit(
            code_licence=typed("code_licence"), content_licence=typed("content_licence")
        ),
    ),
    "links": PartForm(lambda: _("Links"), _links, lambda typed, _project: ProjectEdit(links=list(_typed_links(typed)))),
    "relations": PartForm(
        lambda: _("Related projects"), _relations,
        lambda typed, _project: ProjectEdit(relations=list(_typed_relations(typed))),
    ),
}
