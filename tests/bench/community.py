"""A made-up community of any size, the same for each seed, written table by table as fast as its database takes rows.

Its shares are those of the community that the registry is for: 75 events, 1,000 projects, 1,100 pitches, 13,000
people and 20,000 contributions are ``1x``. Topics grow with the square root of the size, as vocabularies do.
"""

import math
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import psycopg
from rich.progress import Progress
from sqlalchemy import Column, Dialect, Table, create_engine, make_url

from registry.database.engine import Database, sync_url
from registry.database.migrate import migrate
from registry.database.tables import Base
from registry.database.types import to_json
from registry.handbook import contribution_kinds, ladder, needs
from registry.search.commands import rebuild
from registry.settings import Settings

EVENTS, PROJECTS, PROPOSALS, PEOPLE, CONTRIBUTIONS = 75, 1_000, 1_100, 13_000, 20_000
TAGS = 300
FIRST_DAY, DAYS = date(2012, 12, 1), 5_000
BATCH = 20_000
RARE_WORD = "陀螺儀"
"""In one project's name, whatever the size."""
_TOPICS = (
    "預算", "環境", "教育", "交通", "健康", "食安", "土地", "農業", "語言", "文化", "法律", "議會", "選舉", "勞動",
    "居住", "能源", "防災", "空氣", "水質", "地圖", "查核", "開放資料", "性別", "原住民", "高齡", "兒少",
    "公車", "鐵道", "街道", "圖書",
)
_TOPICS_IN_ENGLISH = (
    "budget", "environment", "education", "transport", "health", "food", "land", "farming", "language", "culture",
    "law", "council", "election", "labour", "housing", "energy", "disaster", "air", "water", "map", "facts",
    "open data", "gender", "indigenous", "ageing", "children", "bus", "railway", "street", "library",
)
_FORMS = ("平台", "地圖", "機器人", "資料庫", "觀測站", "工具箱", "指南", "小幫手", "儀表板", "實驗室")
_FORMS_IN_ENGLISH = (
    "platform", "map", "bot", "database", "observatory", "toolbox", "guide", "companion", "dashboard", "lab",
)
_PLACES = ("台北", "新北", "桃園", "台中", "台南", "高雄", "花蓮", "台東", "嘉義", "宜蘭", "屏東", "澎湖")
_PLACES_IN_ENGLISH = (
    "Taipei", "New Taipei", "Taoyuan", "Taichung", "Tainan", "Kaohsiung", "Hualien", "Taitung", "Chiayi", "Yilan",
    "Pingtung", "Penghu",
)
_FAMILIES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴徐周葉蘇莊呂江何蕭羅高"
_GIVEN = "怡君家豪雅婷志明淑芬俊傑美玲承翰詩涵冠宇佳穎宗翰欣妤柏宏心怡子晴品睿宥廷語彤"
_WISHES = ("讓大家看得懂", "一起整理", "把紙本變成資料", "追蹤", "比較各地的", "查詢", "標示")
Rows = Iterable[dict[str, Any]]


def generate(settings: Settings, *, scale: float, seed: int = 20121201, progress: Progress | None = None) -> None:
    """Migrate an empty database and write a community of ``scale`` into it; the search index has to be made after."""
    migrate(settings.database_url)
    community = _Community(scale, seed)
    write, close = _writer(settings)
    for name, count, rows in community.tables():
        task = progress.add_task(name, total=count) if progress else None
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH)):
            write(Base.metadata.tables[name], batch)
            if progress and task is not None:
                progress.advance(task, len(batch))
    close()


async def index(settings: Settings, *, progress: Progress | None = None) -> None:
    """Make what was generated findable, and let the database count its rows for its planner."""
    database = Database(settings)
    task = progress.add_task("search index") if progress else None

    def advance(done: int, total: int) -> None:
        if progress and task is not None:
            progress.update(task, completed=done, total=total)

    async with database.writing() as session:
        await rebuild(session, advance=advance)
    await database.close()
    if not settings.is_sqlite:
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


class _Community:
    """The rows of each table, in the order in which they refer to each other."""

    def __init__(self, scale: float, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 — the same community in every run
        self._events, self._projects = int(EVENTS * scale), int(PROJECTS * scale)
        self._proposals, self._people = int(PROPOSALS * scale), int(PEOPLE * scale)
        self._contributions, self._tags = int(CONTRIBUTIONS * scale), int(TAGS * math.sqrt(scale))
        self._stages = [stage.key for stage in ladder().stage]
        self._needs, self._kinds = list(needs()), list(contribution_kinds())

    def tables(self) -> list[tuple[str, int, Rows]]:
        """Name, number of rows (about) and rows of each table."""
        return [
            ("events", self._events, map(self._event, range(1, self._events + 1))),
            ("people", self._people, map(self._person, range(1, self._people + 1))),
            ("tags", self._tags, map(self._tag, range(1, self._tags + 1))),
            ("projects", self._projects, map(self._project, range(1, self._projects + 1))),
            ("project_tags", 3 * self._projects, self._of_projects(self._project_tags)),
            ("needs", self._projects, self._of_projects(self._project_needs)),
            ("memberships", 3 * self._projects, self._of_projects(self._members)),
            ("links", 2 * self._projects, self._of_projects(self._links)),
            ("updates", self._projects // 2, map(self._update, range(1, self._projects // 2 + 1))),
            ("stage_changes", self._projects, self._of_projects(self._moves)),
            ("repositories", self._projects // 2, map(self._repository, range(1, self._projects // 2 + 1))),
            ("project_repositories", self._projects // 2, (
                {"project_id": number, "repository_id": number} for number in range(1, self._projects // 2 + 1)
            )),
            ("starter_issues", self._projects, self._issues()),
            ("proposals", self._proposals, map(self._proposal, range(1, self._proposals + 1))),
            ("credits", 3 * self._proposals // 2, self._credits()),
            ("contributions", self._contributions, map(self._contribution, range(1, self._contributions + 1))),
            ("provenance", self._projects + self._proposals + self._people, self._sources()),
            ("audit", self._projects + self._proposals, self._changes()),
        ]

    def _event_day(self, number: int) -> date:
        return FIRST_DAY + timedelta(days=DAYS * number // self._events)

    def _event_of(self, proposal: int) -> int:
        return 1 + (proposal - 1) * self._events // self._proposals

    def _project_of(self, proposal: int) -> int:
        """Each project is pitched once, in their order; the pitches that are left are of a few, again."""
        return proposal if proposal <= self._projects else 1 + (proposal * proposal) % max(1, self._projects // 12)

    def _event(self, number: int) -> dict[str, Any]:
        day = self._event_day(number)
        place = number % len(_PLACES)
        start = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        return {
            "id": number, "slug": f"hackathon-{number}", "number": number, "kind": "large",
            "name": {"zh-Hant": f"{_PLACES[place]}第 {number} 次黑客松", "en": f"{_PLACES_IN_ENGLISH[place]} {number}"},
            "starts_on": day, "starts_at": start, "ends_at": start + timedelta(hours=9), "timezone": "Asia/Taipei",
            "is_all_day": False, "place": {"zh-Hant": f"{_PLACES[place]}市圖書館"}, **_dated(day),
        }

    def _person(self, number: int) -> dict[str, Any]:
        name = self._draw.choice(_FAMILIES) + "".join(self._draw.choices(_GIVEN, k=2))
        name = name if number % 3 else f"{name} {self._draw.choice(_PLACES_IN_ENGLISH)}-{number}"
        claimed = number % 10 == 0
        return {
            "id": number, "slug": f"person-{number}", "display_name": name, "sort_name": name, "origin": "imported",
            "claimed_at": datetime(2020, 1, 1, tzinfo=UTC) if claimed else None,
            "offers": self._draw.sample(self._needs, 2) if claimed else [], **_dated(self._day()),
        }

    def _tag(self, number: int) -> dict[str, Any]:
        place, topic = divmod(number, len(_TOPICS))
        where = _PLACES[place % len(_PLACES)] + (str(place) if place >= len(_PLACES) else "") if place else ""
        return {
            "id": number, "slug": f"topic-{number}",
            "name": {"zh-Hant": where + _TOPICS[topic], "en": f"{_TOPICS_IN_ENGLISH[topic]} {place or ''}".strip()},
        }

    def _project(self, number: int) -> dict[str, Any]:
        draw = self._draw
        place, topic = draw.randrange(len(_PLACES)), _common_first(draw, len(_TOPICS))
        form = draw.randrange(len(_FORMS))
        name = f"{_PLACES[place]}{_TOPICS[topic]}{_FORMS[form]}" + (RARE_WORD if number == 1 else "")
        name_in_english = f"{_PLACES_IN_ENGLISH[place]} {_TOPICS_IN_ENGLISH[topic]} {_FORMS_IN_ENGLISH[form]}"
        pitched = self._event_day(self._event_of(number))
        active = min(pitched + timedelta(days=int(draw.expovariate(1 / 300))), FIRST_DAY + timedelta(days=DAYS))
        summary = f"{draw.choice(_WISHES)}{_PLACES[place]}的{_TOPICS[topic]}，{draw.choice(_WISHES)}每一筆資料。"
        return {
            "id": number, "slug": f"project-{number}", "sort_name": name.casefold(),
            "name": {"zh-Hant": name, "en": name_in_english} if number % 2 else {"zh-Hant": name},
            "summary": {"zh-Hant": summary},
            "stage_key": self._stages[_common_first(draw, len(self._stages))],
            "standing": draw.choices(("active", "dormant", "retired"), (8, 1, 1))[0],
            "code_licence": draw.choice((None, "MIT", "Apache-2.0", "GPL-3.0-only")),
            "has_repository": number <= self._projects // 2, "pitch_count": 1, "first_pitched_on": pitched,
            "last_active_on": active, **_dated(pitched),
        }

    def _project_tags(self, project: int) -> Rows:
        tags = {1 + _common_first(self._draw, self._tags) for _one in range(3)}
        return ({"project_id": project, "tag_id": tag} for tag in sorted(tags))

    def _project_needs(self, project: int) -> Rows:
        wanted = {self._needs[_common_first(self._draw, len(self._needs))] for _one in range(project % 3)}
        state = "open" if self._draw.random() < 0.6 else "filled"
        return (
            {"project_id": project, "key": key, "state": state, "line": {"zh-Hant": "一起來"}, **_dated(self._day())}
            for key in sorted(wanted)
        )

    def _members(self, project: int) -> Rows:
        people = {1 + _common_first(self._draw, self._people) for _one in range(3)}
        roles = ("owner", "maintainer", "contributor")
        return (
            {"project_id": project, "person_id": person, "role": role, "joined_on": self._day(), **_dated(self._day())}
            for person, role in zip(sorted(people), roles, strict=False)
        )

    def _links(self, project: int) -> Rows:
        yield {"project_id": project, "kind": "note", "url": f"https://notes.example/{project}", **_dated(self._day())}
        yield {"project_id": project, "kind": "repository", "url": f"https://forge.example/civic/{project}",
               **_dated(self._day())}

    def _update(self, number: int) -> dict[str, Any]:
        words = {"zh-Hant": "這個月整理好了一批資料。"}
        return {
            "id": number, "project_id": 2 * number, "text": words, "text_html": words, "posted_at": _noon(self._day()),
        }

    def _moves(self, project: int) -> Rows:
        yield {"project_id": project, "to_stage": self._stages[0], "reason": "", "changed_at": _noon(self._day())}

    def _repository(self, number: int) -> dict[str, Any]:
        name = f"civic/{number}"
        return {
            "id": number, "forge": "github", "forge_id": number, "full_name": name, "name_key": name,
            "url": f"https://forge.example/{name}", "language": self._draw.choice(("Python", "JavaScript", "R", "Go")),
            "pushed_at": _noon(self._day()), "read_at": _noon(self._day()),
        }

    def _issues(self) -> Rows:
        for repository in range(1, self._projects // 2 + 1):
            for number in (1, 2):
                yield {
                    "repository_id": repository, "number": number, "title": f"補上第 {number} 區的資料",
                    "url": f"https://forge.example/civic/{repository}/issues/{number}",
                    "labels": ["good first issue"], "opened_at": _noon(self._day()),
                }

    def _proposal(self, number: int) -> dict[str, Any]:
        event, project = self._event_of(number), self._project_of(number)
        topic = _common_first(self._draw, len(_TOPICS))
        title = f"{self._draw.choice(_PLACES)}{_TOPICS[topic]}{self._draw.choice(_FORMS)}"
        return {
            "id": number, "slug": f"proposal-{number}", "event_id": event, "project_id": project, "position": number,
            "title": {"zh-Hant": title}, "summary": {"zh-Hant": f"{self._draw.choice(_WISHES)}{_TOPICS[topic]}"},
            "why": {"zh-Hant": f"{_TOPICS[topic]}的資料散在各處，沒有人看得到全貌。"}, "is_founding": number == project,
            **_dated(self._event_day(event)),
        }

    def _credits(self) -> Rows:
        for proposal in range(1, self._proposals + 1):
            for position in range(1 + proposal % 2):
                person = 1 + (proposal * 7 + position * 13) % self._people
                yield {"proposal_id": proposal, "person_id": person, "name_as_written": f"名 {person}",
                       "position": position}

    def _contribution(self, number: int) -> dict[str, Any]:
        day = self._day()
        return {
            "id": number, "person_id": 1 + _common_first(self._draw, self._people),
            "project_id": 1 + _common_first(self._draw, self._projects),
            "kind": self._draw.choice(self._kinds), "source": "said", "happened_on": day, "minutes": 60,
            "confirmed_at": _noon(day), **_dated(day),
        }

    def _sources(self) -> Rows:
        records = (("project", self._projects), ("proposal", self._proposals), ("person", self._people))
        for subject, count in records:
            for number in range(1, count + 1):
                yield {
                    "subject": subject, "subject_id": number, "source": "made-up", "file": "community.csv",
                    "row": f"{subject} {number}", "digest": "0" * 32, "imported_on": FIRST_DAY,
                }

    def _changes(self) -> Rows:
        for subject, count in (("project", self._projects), ("proposal", self._proposals)):
            for number in range(1, count + 1):
                yield {
                    "at": _noon(self._day()), "actor": "import:made-up", "action": f"{subject} created",
                    "subject": subject, "subject_id": number, "changes": {},
                }

    def _of_projects(self, rows: Callable[[int], Rows]) -> Iterator[dict[str, Any]]:
        for project in range(1, self._projects + 1):
            yield from rows(project)

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self._draw.randrange(DAYS))


def _common_first(draw: random.Random, count: int) -> int:
    """A number below ``count``, the small ones oftener: half of all draws fall among the first sixteenth."""
    return int(count * draw.random() ** 4)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def _dated(day: date) -> dict[str, datetime]:
    return {"created_at": _noon(day), "updated_at": _noon(day)}


def _writer(settings: Settings) -> tuple[Callable[[Table, list[dict[str, Any]]], None], Callable[[], None]]:
    """What writes rows of a table, and what ends the writing."""
    dialect = create_engine(sync_url(settings.database_url), json_serializer=to_json).dialect
    if settings.is_sqlite:
        lite = sqlite3.connect(settings.sqlite_path)
        lite.execute("PRAGMA journal_mode = WAL")

        def insert(table: Table, rows: list[dict[str, Any]]) -> None:
            names, values = _values(table, rows, dialect)
            marks = ", ".join("?" * len(names))
            lite.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", values)  # noqa: S608 — our own names
            lite.commit()

        return insert, lite.close
    address = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    server = psycopg.connect(address)

    def copy(table: Table, rows: list[dict[str, Any]]) -> None:
        names, values = _values(table, rows, dialect)
        with server.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as lines:
            for one in values:
                lines.write_row(one)
        server.commit()

    def close() -> None:
        for table in Base.metadata.sorted_tables:
            if table.autoincrement_column is not None:
                server.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 0) + 1, false) "  # noqa: S608
                    f"FROM {table.name}"
                )
        server.commit()
        server.close()

    return copy, close


def _values(table: Table, rows: list[dict[str, Any]], dialect: Dialect) -> tuple[list[str], list[list[Any]]]:
    """The columns that the rows, or the table's own defaults, have values for, and those values for the driver."""
    columns = [column for column in table.columns if column.name in rows[0] or column.default is not None]
    ways = [(column.name, _default(column), _binder(column, dialect)) for column in columns]
    return [column.name for column in columns], [
        [bind(row.get(name, default)) for name, default, bind in ways] for row in rows
    ]


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _binder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    bind = column.type.dialect_impl(dialect).bind_processor(dialect)
    return bind or (lambda value: value)
