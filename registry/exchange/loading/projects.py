"""Projects: repeated pitches under several spellings are one project when that is certain."""

from collections import Counter

from registry.activity.models import SlugRedirect
from registry.activity.rules import Subject
from registry.cases.models import AxisAnswer
from registry.events.models import Event
from registry.exchange.loading.candidates import Sign, note_pair
from registry.exchange.loading.gaps import Changes, fill, fill_texts
from registry.exchange.loading.record import Record
from registry.exchange.loading.tags import tag_project
from registry.exchange.rows import AnswerRow, LinkRow, MemberRow, ProjectRow, Sourced, UpdateRow
from registry.handbook import ladder
from registry.links import repository_of
from registry.people.models import Membership, Person
from registry.projects.models import Link, Need, Project, ProjectAlias, Update
from registry.projects.rules import LinkKind, normalise_name, sort_name_of
from registry.web.markdown import render_markdown


async def load_projects(record: Record, rows: list[Sourced[ProjectRow]]) -> None:
    """Match each project by row key, slug, name or alias, repository, or the pitches a source ascribes to it.

    Where two of these signs point to different projects the first one decides and the pair is noted as a likely
    duplicate. Names are filled from what matched by name; a name that came with a repository becomes an alias. A
    project known so far by the title of a pitch alone takes the name that a source of projects gives it, unless
    people have edited it. A source that gives slugs tells its own projects apart by them.
    """
    shared = _titles_of_several(rows)
    for sourced in rows:
        row = sourced.row
        known = record.find(Project, [sourced.key])
        if known and record.is_unchanged(Project, sourced):
            record.trace(known, sourced, {})
            continue
        named = record.by_slug.get((Subject.PROJECT, row.slug)) if row.slug else None
        by_name, by_repository = _named(record, row), _of_repository(record, row)
        by_pitch = _pitched(record, sourced, shared)
        alike = [
            one for one in (*by_name, *by_repository)
            if not row.slug or not record.comes_from_here(record.projects[one])
        ]
        certain = [*([known.id] if known else []), *([named] if named else []), *alike]
        found = [*certain, *by_pitch]
        project = record.projects[found[0]] if found else await _new(record, row)
        for signs, sign in (
            (by_name, Sign.SAME_NAME), (by_repository, Sign.SAME_REPOSITORY), (by_pitch, Sign.SAME_PITCH)
        ):
            for other in signs:
                note_pair(record, Subject.PROJECT, (project.id, other), sign, 0.95)
        changes: Changes = {}
        if found and not certain and project.id not in record.edited_by_people:
            _rename(record, project, row, changes)
        _fill(project, row, changes)
        titles = [pitch.title for pitch in sourced.pitches if normalise_name(pitch.title) not in shared]
        _add_aliases(record, project, [*row.name.values(), *row.aliases], changes, even_if_known=True)
        _add_aliases(record, project, titles, changes, even_if_known=False)
        add_links(record, Subject.PROJECT, project.id, row.links, changes)
        await tag_project(record, project, sourced, changes)
        _add_needs(record, project, row, changes)
        _add_answers(record, project, row.answers, changes)
        _add_members(record, project, row.people, changes)
        _add_updates(record, project, row.updates, changes)
        record.trace(project, sourced, changes)


def add_links(
    record: Record, owner: Subject, owner_id: int, links: tuple[LinkRow, ...], changes: Changes
) -> None:
    """Add the addresses that a project or a proposal lacks."""
    for link in links:
        if link.url in record.links[owner, owner_id]:
            continue
        column = "project_id" if owner is Subject.PROJECT else "proposal_id"
        record.session.add(Link(**{column: owner_id, "kind": link.kind, "url": link.url, "label": link.label}))
        record.know_link(owner, owner_id, link.url, link.kind)
        changes.setdefault("links", []).append(link.url)
        if owner is Subject.PROJECT and link.kind is LinkKind.REPOSITORY:
            record.projects[owner_id].has_repository = True


def _titles_of_several(rows: list[Sourced[ProjectRow]]) -> set[str]:
    """Titles under which the source saw more than one project: they name none of them."""
    titled = {(normalise_name(pitch.title), sourced.key) for sourced in rows for pitch in sourced.pitches}
    return {title for title, count in Counter(title for title, _ in titled).items() if count > 1}


def _named(record: Record, row: ProjectRow) -> list[int]:
    names = (normalise_name(name) for name in (*row.name.values(), *row.aliases))
    return sorted({project_id for name in names for project_id in record.by_name.get(name, ())})


def _of_repository(record: Record, row: ProjectRow) -> list[int]:
    """The project that a repository belongs to; one that several projects share is a sign of none."""
    repositories = (repository_of(link.url) for link in row.links)
    owners = (record.by_repository.get(repository, set()) for repository in repositories if repository)
    return sorted({next(iter(ids)) for ids in owners if len(ids) == 1})


def _pitched(record: Record, sourced: Sourced[ProjectRow], shared: set[str]) -> list[int]:
    """The projects that gave these pitches, the one that gave most of them first."""
    found: Counter[int] = Counter()
    for pitch in sourced.pitches:
        event = record.refer(Event, pitch.event)
        title = normalise_name(pitch.title)
        for proposal in record.pitches_at[event.id] if event and title not in shared else ():
            if proposal.project_id and any(normalise_name(text) == title for text in proposal.title.values()):
                found[proposal.project_id] += 1
    return [project_id for project_id, _ in sorted(found.items(), key=lambda one: (-one[1], one[0]))]


async def _new(record: Record, row: ProjectRow) -> Project:
    stages = [stage.key for stage in ladder().stage]
    project = Project(
        slug=record.slugs[Subject.PROJECT].take(_title(row), otherwise="project"), name=dict(row.name),
        sort_name=sort_name_of(row.name), summary={}, description={}, description_html={},
        stage_key=row.stage if row.stage in stages else stages[0], standing=row.standing,
        is_example=row.is_example, has_repository=False, pitch_count=0, created_at=record.now, updated_at=record.now,
    )
    await record.add([project])
    if row.stage in stages:
        record.staged_by_source.add(project.id)
    return project


def _rename(record: Record, project: Project, row: ProjectRow, changes: Changes) -> None:
    """Give a project its proper name; the old one stays an alias, and the old address leads on."""
    old_names, old_slug = list(project.name.values()), project.slug
    record.session.add(SlugRedirect(subject=Subject.PROJECT, old_slug=old_slug, subject_id=project.id))
    project.name = changes["name"] = dict(row.name)
    project.sort_name = sort_name_of(row.name)
    project.slug = record.slugs[Subject.PROJECT].take(_title(row), otherwise="project")
    record.by_slug[Subject.PROJECT, project.slug] = project.id
    record.session.add_all(
        ProjectAlias(project_id=project.id, name=name, normalised=normal)
        for normal, name in {normalise_name(name): name for name in old_names}.items()
    )
    record.know_names(project.id, row.name.values())


def _title(row: ProjectRow) -> str:
    return row.slug or min(row.name.items())[1]


def _fill(project: Project, row: ProjectRow, changes: Changes) -> None:
    names = {normalise_name(name) for name in project.name.values()}
    if names & {normalise_name(name) for name in row.name.values()}:
        fill_texts(project, changes, name=row.name)
    fill_texts(project, changes, summary=row.summary, description=row.description)
    fill(project, changes, code_licence=row.code_licence, content_licence=row.content_licence)


def _add_aliases(
    record: Record, project: Project, names: list[str], changes: Changes, *, even_if_known: bool
) -> None:
    """Add the names that the project isn't found by yet; ``even_if_known`` also those that lead to another one."""
    for name in names:
        normal = normalise_name(name)
        owners = record.by_name.get(normal, set())
        if not normal or project.id in owners or (owners and not even_if_known):
            continue
        record.session.add(ProjectAlias(project_id=project.id, name=name, normalised=normal))
        record.by_name[normal].add(project.id)
        changes.setdefault("aliases", []).append(name)


def _add_needs(record: Record, project: Project, row: ProjectRow, changes: Changes) -> None:
    for need in row.needs:
        if (project.id, need.key) not in record.needs:
            record.know_need(project.id, need.key)
            opened = Need(
                project_id=project.id, key=need.key, line=dict(need.line), state=need.state, opened_on=need.opened_on,
                created_at=record.now, updated_at=record.now,
            )
            record.session.add(opened)
            if need.pitch:
                record.needs_of_pitches.append((opened, need.pitch))
            changes.setdefault("needs", []).append(need.key)


def _add_members(record: Record, project: Project, members: tuple[MemberRow, ...], changes: Changes) -> None:
    for member in members:
        person = record.refer(Person, member.person)
        if person and person.id not in record.team[project.id]:
            record.team[project.id].add(person.id)
            record.session.add(
                Membership(
                    project_id=project.id, person_id=person.id, role=member.role, joined_on=member.joined_on,
                    left_on=member.left_on, created_at=record.now, updated_at=record.now,
                )
            )
            changes.setdefault("people", []).append(member.person)


def _add_updates(record: Record, project: Project, updates: tuple[UpdateRow, ...], changes: Changes) -> None:
    """Add posts that the project lacks; two of one moment are one."""
    for update in updates:
        if (project.id, update.posted_at) in record.updates:
            continue
        record.updates.add((project.id, update.posted_at))
        author = record.refer(Person, update.author) if update.author else None
        record.session.add(Update(
            project_id=project.id, author_id=author.id if author else None, text=dict(update.text),
            text_html={language: render_markdown(text) for language, text in update.text.items()},
            picture_url=update.picture_url, picture_text=update.picture_text, posted_at=update.posted_at,
        ))
        changes.setdefault("updates", []).append(update.posted_at.isoformat())


def _add_answers(record: Record, project: Project, answers: tuple[AnswerRow, ...], changes: Changes) -> None:
    """Add answers; two people's answers of one day about one project stand together."""
    for answer in answers:
        key = (project.id, answer.axis.value, answer.answered_on)
        known = record.answers.get(key)
        if known is None:
            known = record.answers[key] = AxisAnswer(
                project_id=project.id, axis=answer.axis, choices=list(answer.choices), text=answer.text,
                answered_on=answer.answered_on,
            )
            record.session.add(known)
        else:
            added = [choice for choice in answer.choices if choice not in known.choices]
            is_said = not answer.text or answer.text in (known.text or "").splitlines()
            if not added and is_said:
                continue
            known.choices = [*known.choices, *added]
            known.text = known.text if is_said else "\n".join(filter(None, (known.text, answer.text)))
        changes.setdefault("answers", []).append(answer.axis.value)
