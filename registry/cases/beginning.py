"""A case study's first words: all that the record and the synchronisation know of a project."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from registry.cases.content import AxisPlace, CaseContent, CaseLink, Moment, NumberSaid
from registry.cases.queries import RepositoryFacts
from registry.cases.rules import CHOICES, Axis, Section
from registry.database.types import Localized
from registry.languages import in_its_language
from registry.projects.queries.project import AnswerRow, PitchRow, ProjectPageRow
from registry.web.i18n import in_every_language, marked

_PITCHED_AT = marked("Pitched at %(event)s")
_PITCHED = marked("Pitched")
_FIRST_PITCHED = marked("First pitched on %(day)s at [%(event)s](%(url)s).")
_PEOPLE = marked("On record with it: %(names)s.")
_CAME_OF_IT = marked("%(day)s, [%(event)s](%(url)s): %(result)s")
_GREW_OUT = marked("Grew out of it: [%(project)s](%(url)s).")
_TIMES_PITCHED = marked("times it was pitched")
_STARS = marked("stars of %(repository)s")
_CONTRIBUTORS = marked("accounts with commits in %(repository)s")
_COMMITS = marked("commits in %(repository)s")
_RELEASES = marked("releases of %(repository)s")


def known_of(
    project: ProjectPageRow, repositories: Iterable[RepositoryFacts], *, base_url: str, today: date
) -> CaseContent:
    """A draft with everything known filled in: timeline, event, people, links, numbers with their day and source.

    What is still to come is left out.
    """
    pitches = [pitch for pitch in reversed(project.pitches) if pitch.starts_on <= today]
    return CaseContent(
        title=project.name, summary=project.summary, sections=_sections(project, pitches),
        axes=_axes(project.answers),
        numbers=[*_numbers_of_project(project, len(pitches), base_url, today), *_numbers_of(repositories)],
        timeline=[_moment(pitch) for pitch in pitches],
        links=[CaseLink(url=link.url, label=link.label or "") for link in project.links],
    )


def _sections(project: ProjectPageRow, pitches: Sequence[PitchRow]) -> dict[str, Localized]:
    first = pitches[0] if pitches else None
    credits_given = [(one.name, one.slug) for pitch in pitches for one in pitch.credits]
    members = [(one.name, one.slug) for one in project.members]
    names = dict.fromkeys(f"[{name}](/people/{slug})" for name, slug in (*members, *credits_given))
    written = {
        Section.BEGINNING: [_at_event(_FIRST_PITCHED, first)] if first and first.event_name else [],
        Section.WORKING: [_filled(_PEOPLE, names=", ".join(names))] if names else [],
        Section.EFFECT: [_at_event(_CAME_OF_IT, pitch) for pitch in pitches if pitch.result],
        Section.AFTER: [
            _filled(_GREW_OUT, project=other.name, url=other.url) for other in project.relations if other.is_derived
        ],
    }
    return {section.value: _joined(texts) for section, texts in written.items() if texts}


def _at_event(message: str, pitch: PitchRow) -> Localized:
    return _filled(
        message, day=pitch.starts_on.isoformat(), event=pitch.event_name or pitch.title,
        url=f"/events/{pitch.event_slug}" if pitch.event_slug else f"/proposals/{pitch.slug}", result=pitch.result,
    )


def _moment(pitch: PitchRow) -> Moment:
    said = _filled(_PITCHED_AT, event=pitch.event_name) if pitch.event_name else in_every_language(_PITCHED)
    return Moment(on=pitch.starts_on, what=said, url=f"/proposals/{pitch.slug}")


def _numbers_of_project(
    project: ProjectPageRow, pitch_count: int, base_url: str, today: date
) -> Iterator[NumberSaid]:
    if pitch_count:
        yield NumberSaid(
            what=in_every_language(_TIMES_PITCHED), value=str(pitch_count), as_of=today,
            source=f"{base_url}/projects/{project.slug}",
        )


def _numbers_of(repositories: Iterable[RepositoryFacts]) -> Iterator[NumberSaid]:
    for one in repositories:
        name = one.url.split("//", 1)[-1].split("/", 1)[-1]
        for message, count in (
            (_STARS, one.star_count), (_CONTRIBUTORS, one.contributor_count), (_COMMITS, one.commit_count),
            (_RELEASES, one.release_count),
        ):
            if count:
                yield NumberSaid(
                    what=_filled(message, repository=name), value=str(count), as_of=one.read_on, source=one.url
                )


def _axes(answers: Iterable[AnswerRow]) -> dict[str, AxisPlace]:
    """The latest answer on each axis; the time for each goal goes to the goals."""
    latest: dict[Axis, AnswerRow] = {}
    for answer in answers:
        latest.setdefault(answer.axis, answer)
    spent = {
        goal: f"{amount} {unit}" for goal, amount, unit in (
            choice.split(" ") for choice in (latest[Axis.TIME].choices if Axis.TIME in latest else ())
        )
    }
    places = {
        axis.value: AxisPlace(
            choices=[choice for choice in offered if choice in latest[axis].choices],
            text=in_its_language(latest[axis].text or ""),
        )
        for axis, offered in CHOICES.items() if axis in latest
    }
    if spent:
        goals = places.get(Axis.GOALS.value, AxisPlace())
        places[Axis.GOALS.value] = AxisPlace(choices=goals.choices, text=goals.text, spent=spent)
    return places


def _filled(message: str, **values: str | Localized) -> Localized:
    """A message of ours in every language, filled with texts that may have one."""
    return {
        tag: words % {name: _in(value, tag) for name, value in values.items()}
        for tag, words in in_every_language(message).items()
    }


def _in(value: str | Localized, tag: str) -> str:
    if isinstance(value, str):
        return value
    return value.get(tag) or next(iter(value.values()), "")


def _joined(texts: list[Localized]) -> Localized:
    return {tag: "\n\n".join(text[tag] for text in texts) for tag in texts[0]}
