"""Topics: one that sources name in several languages, or write in several ways, is one topic."""

from registry.activity.rules import Subject
from registry.exchange.loading.gaps import Changes, fill_texts
from registry.exchange.loading.record import Record
from registry.exchange.loading.slugs import LONGEST
from registry.exchange.rows import ProjectRow, Sourced, TagRow
from registry.languages import in_its_language
from registry.projects.models import Project, ProjectTag, Tag
from registry.projects.rules import slug_of


async def load_tags(record: Record, rows: list[Sourced[TagRow]]) -> None:
    """Make the topics that are new; one known by its slug, or by its name in any language, gains the names it lacks.

    A source tells its own topics apart by their slugs.
    """
    own = {one.row.slug for one in rows}
    new: dict[str, Tag] = {}
    for sourced in rows:
        row = sourced.row
        known = _known(record, row, own)
        if known is None:
            new.setdefault(row.slug, Tag(slug=row.slug, name=dict(row.name)))
            continue
        changes: Changes = {}
        fill_texts(known, changes, name=dict(row.name))
        record.know_tag(known)
        record.tags[row.slug] = known.id
        record.seen.add((Subject.TAG, known.id))
        record.note_changes(Subject.TAG, known.id, changes)
        if known.slug != row.slug:
            sourced.place.remark("slug", row.slug, f"the topic is known as {known.slug!r}, which has the same name")
    await record.add_tags(new.values())
    for sourced in rows:
        record.trace_topic(record.topics[record.tags[sourced.row.slug]], sourced)


async def tag_project(record: Record, project: Project, sourced: Sourced[ProjectRow], changes: Changes) -> None:
    """Give a project the topics of its row that it lacks, each by its slug or by its name in any language."""
    slugs = {slug_of(name, longest=LONGEST): name for name in reversed(sourced.row.tags)}
    slugs.pop("", None)
    new = (Tag(slug=slug, name=in_its_language(name)) for slug, name in slugs.items() if slug not in record.tags)
    for topic in await record.add_tags(new):
        record.trace_topic(topic, sourced)
    for slug, name in slugs.items():
        tag_id = record.tags[slug]
        if (project.id, tag_id) not in record.tagged:
            record.session.add(ProjectTag(project_id=project.id, tag_id=tag_id))
            record.tagged.add((project.id, tag_id))
            changes.setdefault("tags", []).append(name)


def _known(record: Record, row: TagRow, own: set[str]) -> Tag | None:
    by_slug = record.tags.get(row.slug)
    if by_slug is not None:
        return record.topics[by_slug]
    named = (record.tags.get(slug_of(name, longest=LONGEST)) for name in row.name.values())
    topics = (record.topics[tag_id] for tag_id in named if tag_id is not None)
    return next((topic for topic in topics if topic.slug not in own), None)
