"""Changing projects through the API: what a script sends, and the same commands as the page's."""

from typing import Annotated

import msgspec
from litestar import Response
from litestar.openapi.spec import Example
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from registry.accounts.queries import roles_in_project
from registry.accounts.rules import Permission
from registry.addresses import Revision
from registry.database.types import Localized
from registry.errors import NotFound
from registry.projects.commands.edit import ProjectEdit, edit_project
from registry.projects.commands.links import WrittenLink
from registry.projects.commands.needs import change_need
from registry.projects.commands.parts import project_to_change
from registry.projects.commands.updates import post_update
from registry.projects.queries.editing import EditedProject, edited_project
from registry.projects.rules import LinkKind, NeedState
from registry.projects.words import no_such_project
from registry.stages.commands import advance_stage, say_evidence
from registry.tokens.rules import Scope
from registry.web.api.openapi import write_at
from registry.web.api.records import RecordId
from registry.web.api.writing import PATCH, POST, PUT, InWriting, Place, Writing, Written
from registry.web.i18n import marked

NeedKey = Annotated[
    str,
    PathParameter(
        max_length=60, description=marked("The role: a key of the handbook's needs."),
        examples=[Example(value="designer")],
    ),
]


class SaidLink(msgspec.Struct, forbid_unknown_fields=True):
    """A link of a project."""

    url: Annotated[str, Meta(description="The address.", examples=["https://code.example.org/budget-map"])]
    label: Annotated[str, Meta(description="What its people call it.", examples=["Source code"])] = ""
    kind: Annotated[
        LinkKind | None, Meta(description="What it leads to; left out, the address says it.", examples=["repository"])
    ] = None


class ChangedProject(msgspec.Struct, forbid_unknown_fields=True):
    """What is to change of a project. A field that is left out stays as it is."""

    revision: Revision
    name: Annotated[Localized | None, Meta(description="Name by language tag.", examples=[{"en": "Budget map"}])] = None
    summary: Annotated[
        Localized | None, Meta(description="One sentence, by language tag.", examples=[{"en": "See where taxes go."}])
    ] = None
    description: Annotated[
        Localized | None, Meta(description="Markdown by language tag.", examples=[{"en": "Budgets as *drawings*."}])
    ] = None
    code_licence: Annotated[str | None, Meta(description="Licence of the code.", examples=["MIT"])] = None
    content_licence: Annotated[str | None, Meta(description="Licence of the content.", examples=["CC-BY-4.0"])] = None
    tags: Annotated[list[str] | None, Meta(description="All its topics.", examples=[["open data"]])] = None
    other_names: Annotated[
        list[str] | None, Meta(description="All other names that it goes by.", examples=[["Budget-Map"]])
    ] = None
    links: Annotated[list[SaidLink] | None, Meta(description="All its links.")] = None


class SaidUpdate(msgspec.Struct, forbid_unknown_fields=True):
    """A short post about what is going on in a project."""

    text: Annotated[str, Meta(description="Markdown.", examples=["The first map is **out**."])]
    picture_url: Annotated[
        str, Meta(description="Address of a picture.", examples=["https://example.org/map.png"])
    ] = ""
    picture_text: Annotated[str, Meta(description="What the picture shows.", examples=["A map of the city"])] = ""


class SaidNeed(msgspec.Struct, forbid_unknown_fields=True):
    """Whom a project looks for, in a role."""

    revision: Revision
    state: Annotated[
        NeedState, Meta(description="`open`, `filled` or `closed` (no longer wanted).", examples=["open"])
    ] = NeedState.OPEN
    line: Annotated[
        Localized | None,
        Meta(description="In your words, by language tag; left out, they stay.", examples=[{"en": "Draw a legend."}]),
    ] = None


class SaidEvidence(msgspec.Struct, forbid_unknown_fields=True):
    """How a project meets a checkpoint of the ladder: a note, a link, or both."""

    checkpoint: Annotated[str, Meta(description="Key of the checkpoint.", examples=["feedback"])]
    note: Annotated[str, Meta(description="How it is met.", examples=["Three people tried it."])] = ""
    url: Annotated[str, Meta(description="What shows it.", examples=["https://example.org/notes"])] = ""


class StageMove(msgspec.Struct, forbid_unknown_fields=True):
    """A project's move along the ladder, and what it has met on the way."""

    revision: Revision
    to: Annotated[str, Meta(description="Key of the stage.", examples=["prototype"])]
    reason: Annotated[str, Meta(description="Why it stands there now.", examples=["People use the first version."])]
    evidence: Annotated[list[SaidEvidence], Meta(description="For its checkpoints.", max_length=50)] = []


@write_at(
    PATCH, "/projects/{slug:str}", name="changeProject", summary=marked("Change a project"), scope=Scope.PROJECTS,
    permission=Permission.EDIT_PROJECT, there=roles_in_project,
)
async def project_change_by_token(
    writing: InWriting, slug: RecordId, data: JSONBody[ChangedProject]
) -> Response[Written]:
    """Change a project's names, sentence, description, topics, links or licences."""

    async def change() -> Place:
        edit = ProjectEdit(
            name=data.name, summary=data.summary, description=data.description, code_licence=data.code_licence,
            content_licence=data.content_licence, tags=None if data.tags is None else ", ".join(data.tags),
            aliases=None if data.other_names is None else "\n".join(data.other_names),
            links=None if data.links is None else [
                WrittenLink(one.url, one.label, one.kind.value if one.kind else "") for one in data.links
            ],
        )
        await edit_project(
            writing.session, slug=slug, edit=edit, revision=data.revision, theirs={}, by=writing.by, now=writing.now
        )
        return await _place(writing, slug)

    return await writing.once(data, change)


@write_at(
    POST, "/projects/{slug:str}/updates", name="postUpdate", summary=marked("Post an update of a project"),
    scope=Scope.PROJECTS, permission=Permission.EDIT_PROJECT, there=roles_in_project, status=201,
)
async def project_update_by_token(writing: InWriting, slug: RecordId, data: JSONBody[SaidUpdate]) -> Response[Written]:
    """Tell what is going on in a project."""

    async def post_it() -> Place:
        await post_update(
            writing.session, slug=slug, text=data.text, picture_url=data.picture_url, picture_text=data.picture_text,
            by=writing.by, now=writing.now,
        )
        return await _place(writing, slug)

    return await writing.once(data, post_it)


@write_at(
    PUT, "/projects/{slug:str}/needs/{key:str}", name="setNeed", summary=marked("Open, fill or close a need"),
    scope=Scope.PROJECTS, permission=Permission.EDIT_PROJECT, there=roles_in_project,
)
async def project_need_by_token(
    writing: InWriting, slug: RecordId, key: NeedKey, data: JSONBody[SaidNeed]
) -> Response[Written]:
    """Say whom a project looks for: add a role, change its words, say that somebody is found or no longer wanted."""

    async def change() -> Place:
        project = await _project(writing, slug)
        before = next((need.line for need in project.needs if need.key == key), {})
        await change_need(
            writing.session, slug=slug, key=key, line=before if data.line is None else data.line, state=data.state,
            revision=data.revision, by=writing.by, now=writing.now,
        )
        return await _place(writing, slug)

    return await writing.once(data, change)


@write_at(
    POST, "/projects/{slug:str}/stage", name="moveStage", summary=marked("Move a project along the ladder"),
    scope=Scope.PROJECTS, permission=Permission.EDIT_PROJECT, there=roles_in_project,
)
async def project_stage_by_token(writing: InWriting, slug: RecordId, data: JSONBody[StageMove]) -> Response[Written]:
    """Move a project forward or back, with evidence for what it has met; what is unmet is recorded, never refused."""

    async def move() -> Place:
        now, by = writing.now, writing.by
        project = await project_to_change(writing.session, slug)
        is_as_seen = project.revision == data.revision
        for one in data.evidence:
            await say_evidence(
                writing.session, slug=slug, checkpoint=one.checkpoint, note=one.note, url=one.url, by=by, now=now
            )
        # The evidence counts revisions of its own: what was seen before it is what the move is held against.
        await advance_stage(
            writing.session, slug=slug, to=data.to, reason=data.reason, by=by, now=now,
            revision=project.revision if is_as_seen else data.revision,
        )
        return await _place(writing, slug)

    return await writing.once(data, move)


PROJECTS_BY_TOKEN = [project_change_by_token, project_update_by_token, project_need_by_token, project_stage_by_token]


async def _project(writing: Writing, slug: str) -> EditedProject:
    project = await edited_project(writing.session, slug)
    if project is None:
        raise NotFound(no_such_project())
    return project


async def _place(writing: Writing, slug: str) -> Place:
    """The project as it is now, with the revision that the change made."""
    return Place(f"/projects/{slug}", slug, "projects", (await _project(writing, slug)).revision)
