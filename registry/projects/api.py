"""The API of projects."""

from datetime import timedelta
from typing import Annotated, Any

from litestar import Request, Response

from registry.activity.rules import Subject
from registry.projects.filters import ProjectFilters
from registry.projects.records import ProjectRecord, project_record, project_records, slug_of_project
from registry.settings import Settings
from registry.web.api.lists import Cursor, Limit, Page, paging
from registry.web.api.openapi import list_at, record_at
from registry.web.api.parameters import choice
from registry.web.api.records import RecordId, moved_or_missing
from registry.web.dependencies import InAddresses, InNow, InReader
from registry.web.i18n import marked


@list_at("/projects", name="listProjects", summary=marked("List projects"))
async def projects_json(
    *, request: Request[Any, Any, Any], reader: InReader, now: InNow, addresses: InAddresses,
    q: Annotated[str, choice(marked("Words of the name, the sentence or the description."), "budget")] = "",
    stage: Annotated[str, choice(marked("Key of a stage of the handbook's ladder."), "prototype")] = "",
    need: Annotated[str, choice(marked("Key of a role that is wanted."), "designer")] = "",
    tag: Annotated[str, choice(marked("Identifier of a topic."), "open-budget")] = "",
    standing: Annotated[
        str, choice(marked("At this moment: `active`, `dormant`, `retired` or `succeeded`."), "active")
    ] = "",
    year: Annotated[str, choice(marked("A year in which it was pitched."), "2019")] = "",
    event: Annotated[str, choice(marked("Identifier of an event at which it was pitched."), "hackathon-35")] = "",
    licence: Annotated[str, choice(marked("Licence of the code."), "MIT")] = "",
    language: Annotated[str, choice(marked("Tag of a language in which it has a name or a sentence."), "en")] = "",
    has_repository: Annotated[str, choice(marked("`yes` or `no`."), "yes")] = "",
    limit: Limit = 20, cursor: Cursor = None,
) -> Response[Page[ProjectRecord]]:
    """What people build over years, the newest in the registry first. Filters combine."""
    settings: Settings = request.app.state.settings
    part = paging(request, limit, cursor)
    wanted = ProjectFilters(
        q=q, stage=stage, need=need, tag=tag, standing=standing, year=year, event=event, licence=licence,
        language=language, has_repository=has_repository,
    )
    quiet_before = (now - timedelta(days=settings.quiet_after_days)).date()
    return part.answer(
        await project_records(reader, wanted, quiet_before=quiet_before, place=part.place, addresses=addresses)
    )


@record_at("/projects/{slug:str}", name="getProject", summary=marked("One project"))
async def project_json(reader: InReader, addresses: InAddresses, slug: RecordId) -> ProjectRecord:
    """A project, by its identifier, with its needs, people and links."""
    return await project_record(reader, slug, addresses) or await moved_or_missing(
        reader, Subject.PROJECT, slug, slug_of=slug_of_project, collection_url=addresses.api("projects")
    )
