"""The figures of the community in numbers, made of what the record adds up to."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from registry.handbook import ladder, need_words
from registry.numbers.counting import CountedRecord, EventPitches, YearOfPitches
from registry.numbers.figures import ByKind, Column, Figure, KindsOverTime, OverTime, Row, by_year
from registry.numbers.queries import Called, Names
from registry.numbers.rules import FEWEST, YearOfPeople, YearOfProjects
from registry.projects.rules import NeedState
from registry.stages.queries import MOVES_COUNTED, Paces
from registry.web.i18n import format_number, language_name, languages, ngettext
from registry.web.i18n import gettext as _


def pitches_by_year(pitches: Mapping[int, YearOfPitches]) -> Figure:
    """How much was pitched, year by year."""
    return OverTime(
        key="pitches", title=_("Pitches by year"), row_key="year", row_name=_("Year"),
        columns=[Column("pitches", _("Pitches"))], drawn=1,
        rows=by_year({year: (one.count,) for year, one in pitches.items()}, pitches_of_year),
        says=[_("Every pitch that is public, talks and workshops too. A project that is pitched again counts again.")],
        list_url="/proposals", list_words=_("All pitches"),
    )


def pitches_by_event(
    events: Sequence[EventPitches], names: Mapping[int, Called], *, left_out: int, elsewhere: int
) -> Figure:
    """How much was pitched at the latest events that took pitches; ``left_out`` are older."""
    rows: list[Row] = []
    labelled = set[int]()
    for one in events:
        if (event := names.get(one.event_id)) is None:
            continue
        label = "" if one.year in labelled else str(one.year)
        labelled.add(one.year)
        url = f"/proposals?{urlencode({'event': event.slug})}"
        rows.append(Row(event.slug, event.name, (one.pitches,), url, label))
    return OverTime(
        key="events", title=_("Pitches by event"), row_key="event", row_name=_("Event"),
        columns=[Column("pitches", _("Pitches"))], drawn=1, rows=rows,
        says=[_("Each bar is an event, in their order. Events without any pitch on record are left out."), *_few(
            left_out, ngettext(
                "%(num)s event before them stands in the file.", "%(num)s events before them stand in the file.",
                left_out,
            ) % {"num": format_number(left_out)},
        ), *_few(
            elsewhere, ngettext(
                "%(num)s pitch belongs to no event.", "%(num)s pitches belong to no event.", elsewhere
            ) % {"num": elsewhere},
        )],
        list_url="/events", list_words=_("All events"),
    )


def people(pitches: Mapping[int, YearOfPitches], years: Mapping[int, YearOfPeople]) -> Figure:
    """Who is named on pitches for the first time, and who again."""
    every, unnamed = sum(one.count for one in pitches.values()), sum(one.unnamed for one in pitches.values())
    return OverTime(
        key="people", title=_("Newcomers and returning people"), row_key="year", row_name=_("Year"),
        columns=[
            Column("newcomers", _("Named for the first time")), Column("returning", _("Named in an earlier year too")),
        ],
        drawn=2, rows=by_year(years, pitches_of_year),
        says=[
            _("Counted are the names on pitches, for nobody kept a list of who came. Whoever claimed their name counts "
              "as one person; any other name as it was written, so that one person with two spellings counts twice, "
              "and two of one name count once."),
            *_few(unnamed, _("%(unnamed)s of %(all)s pitches name nobody.") % {
                "unnamed": format_number(unnamed), "all": format_number(every),
            }),
            _("In the first year on record everybody is new."),
        ],
        list_url="/people", list_words=_("All people"),
    )


def survival(years: Mapping[int, YearOfProjects]) -> Figure:
    """Whether projects were heard of a year after their first pitch."""
    return OverTime(
        key="survival", title=_("Projects a year after their first event"), row_key="first_pitched",
        row_name=_("First pitched"),
        columns=[
            Column("heard_of", _("Heard of a year later")), Column("quiet", _("Not heard of any more")),
            Column("too_young", _("Less than a year old")),
        ],
        drawn=3, rows=by_year(years, projects_of_year),
        says=[
            _("Heard of means that a pitch, an update, a move or work on its code is on record a year or longer after "
              "the first pitch. What happens elsewhere is not seen here: a project that is called quiet may be well "
              "alive."),
        ],
        list_url="/projects", list_words=_("All projects"),
    )


def needs_met(needs: Mapping[str, Mapping[str, int]]) -> Figure:
    """Whom projects look for, and how often they found somebody."""
    rows = [
        Row(key, need_words(key).name, (
            states.get(NeedState.OPEN, 0), states.get(NeedState.FILLED, 0), states.get(NeedState.CLOSED, 0)
        ), f"/needs/{key}")
        for key, states in needs.items()
    ]
    return ByKind(
        key="needs", title=_("Needs wanted and met"), row_key="need", row_name=_("Need"),
        columns=[
            Column("open", _("Still wanted")), Column("filled", _("Found")), Column("closed", _("Given up")),
        ],
        drawn=3, rows=sorted(rows, key=lambda row: (-sum(row.amounts), row.key)),
        says=[_("Each project counts once for each need. A need counts as found only when its project said so, and few "
                "do: most of those that are still open may have been met long ago.")],
        list_url="/needs", list_words=_("All needs"),
    )


def disciplines(said: Iterable[tuple[str, int]], *, kept_days: int) -> Figure:
    """What guests of the latest events say they do, where enough of them say the same."""
    return ByKind(
        key="disciplines", title=_("What people bring"), row_key="discipline", row_name=_("Discipline"),
        columns=[Column("people", _("People"))], drawn=1,
        rows=[Row(key, need_words(key).name, (count,), f"/needs/{key}") for key, count in said],
        says=[
            _("From the keywords with which guests introduce themselves when they register here. They are forgotten "
              "%(days)s days after an event, so this counts the latest events only.") % {"days": kept_days},
            _("What fewer than %(few)s people say is left out, and who says it is never shown.") % {"few": FEWEST},
        ],
        list_url="/needs", list_words=_("Who is wanted"),
    )


def stage_times(counted: Paces) -> Figure:
    """How long projects stay on each stage."""
    paces, imported = counted.of_stages, counted.imported
    return ByKind(
        key="stages", title=_("Days on a stage"), row_key="stage", row_name=_("Stage"),
        columns=[Column("median_days", _("Days (median)")), Column("stays", _("Projects that moved on"))], drawn=1,
        rows=[
            Row(key, ladder().stage_name(key), (paces[key].median_days or 0, paces[key].left), f"/stages/{key}")
            for stage in ladder().stage if (key := stage.key) in paces and paces[key].left
        ],
        says=[
            _("The median of the stays whose first and last day are known, among the latest %(moves)s moves.")
            % {"moves": format_number(MOVES_COUNTED)},
            *_few(imported, ngettext(
                "%(num)s project was put on its stage by an import; when it came there nobody knows.",
                "%(num)s projects were put on their stage by an import; when they came there nobody knows.", imported,
            ) % {"num": imported}),
        ],
        list_url="/stages", list_words=_("All stages"),
    )


def topics(counted: Mapping[int, Mapping[int, int]], names: Mapping[int, Called]) -> Figure:
    """The topics most pitched, over the years."""
    pitched = [(names[tag_id], amounts) for tag_id, amounts in counted.items() if tag_id in names]
    years = sorted({year for _topic, amounts in pitched for year in amounts})
    every_year = range(years[0], years[-1] + 1) if years else range(0)
    ranked = sorted(pitched, key=lambda topic: (-sum(topic[1].values()), topic[0].slug))
    return KindsOverTime(
        key="topics", title=_("Topics over the years"), row_key="topic", row_name=_("Topic"),
        columns=[Column(str(year), str(year)) for year in every_year], drawn=len(every_year),
        rows=[
            Row(topic.slug, topic.name, tuple(amounts.get(year, 0) for year in every_year),
                f"/projects?{urlencode({'tag': topic.slug})}")
            for topic, amounts in ranked
        ],
        says=[_("Pitches of projects that have the topic, for the topics most pitched. Projects got their topics from "
                "their people or from an import, and many have none.")],
        list_url="/tags", list_words=_("All topics"),
    )


def title_languages(pitches: Mapping[int, YearOfPitches]) -> Figure:
    """In which languages titles are given, year by year."""
    spoken = languages()
    years: dict[int, tuple[int, ...]] = {}
    for year, one in pitches.items():
        known = (*(one.alone.get(language, 0) for language in spoken), one.several)
        years[year] = (*known, one.count - sum(known))
    others = any(amounts[-1] for amounts in years.values())
    columns = [
        *(Column(language, _("%(language)s only") % {"language": language_name(language)}) for language in spoken),
        Column("several", _("More than one language")), *([Column("other", _("Another language"))] if others else []),
    ]
    return OverTime(
        key="languages", title=_("Languages of titles"), row_key="year", row_name=_("Year"), columns=columns,
        drawn=len(columns),
        rows=by_year({year: amounts[: len(columns)] for year, amounts in years.items()}, pitches_of_year),
        says=[_("The languages in which the title of a pitch is given. A title that mixes two in one line counts for "
                "the one it was filed under.")],
        list_url="/proposals", list_words=_("All pitches"),
    )


def code_licences(licences: Mapping[str, int]) -> Figure:
    """Under which licences the code of projects stands."""
    rows = [
        Row(licence, licence, (count,), f"/projects?{urlencode({'licence': licence})}")
        for licence, count in _most_first(licences)
    ]
    return _licence_figure("code-licences", _("Licences of code"), rows, licences)


def content_licences(licences: Mapping[str, int]) -> Figure:
    """Under which licences texts, pictures and data of projects stand."""
    rows = [Row(licence, licence, (count,)) for licence, count in _most_first(licences)]
    return _licence_figure("content-licences", _("Licences of content"), rows, licences)


def every_figure(
    counted: CountedRecord, names: Names, *, events: Sequence[EventPitches], kept_days: int
) -> list[Figure]:
    """All figures in the order of the page; ``events`` are those that are shown."""
    return [
        pitches_by_year(counted.pitches),
        pitches_by_event(
            events, names.events, left_out=len(counted.events) - len(events), elsewhere=counted.elsewhere
        ),
        people(counted.pitches, counted.people), disciplines(counted.disciplines, kept_days=kept_days),
        needs_met(counted.needs), survival(counted.lives), stage_times(counted.paces),
        topics(counted.topics, names.topics), title_languages(counted.pitches),
        code_licences(counted.code_licences), content_licences(counted.content_licences),
    ]


def pitches_of_year(year: int) -> str:
    """The list of a year's pitches."""
    return f"/proposals?year={year}"


def projects_of_year(year: int) -> str:
    """The list of the projects that were pitched in a year."""
    return f"/projects?year={year}"


def _licence_figure(key: str, title: str, rows: Sequence[Row], licences: Mapping[str, int]) -> Figure:
    unknown, every = licences.get("", 0), sum(licences.values())
    return ByKind(
        key=key, title=title, row_key="licence", row_name=_("Licence"),
        columns=[Column("projects", _("Projects"))], drawn=1, rows=rows,
        says=[_("Of %(unknown)s of %(all)s projects no licence is known here; without one nobody may reuse their work.")
              % {"unknown": format_number(unknown), "all": format_number(every)}],
        list_url="/licenses", list_words=_("Licences"),
    )


def _most_first(licences: Mapping[str, int]) -> list[tuple[str, int]]:
    known = ((licence, count) for licence, count in licences.items() if licence)
    return sorted(known, key=lambda pair: (-pair[1], pair[0]))


def _few(count: int, sentence: str) -> list[str]:
    return [sentence] if count else []
