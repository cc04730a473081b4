"""An organiser takes a file in: upload, match, look, import; nothing is lost by a step that is refused."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import lxml.html
from httpx import Response
from sqlalchemy import func, select

from registry.activity.models import AuditEntry
from registry.database.engine import Database
from registry.jobs.schedule import SCHEDULE
from registry.ports import Workplace
from registry.projects.models import Project
from registry.proposals.models import Proposal
from registry.settings import Settings
from registry.uploads.models import Upload
from registry.uploads.rules import MOST_ROWS
from tests.conftest import on_one_database
from tests.visits import Visit, another_visit

SHEET = """\
活動,日期,坑名,坑主,簡介,授權條款,連結
第六十次黑客松,2023/12/09,預算地圖,au,看見稅金,MIT,https://github.com/g0v/budget
第六十次黑客松,2023/12/09,=1+1,au,公式,,不是連結
第六十次黑客松,2023/12/09,,au,沒有名字,,
"""


async def sent(visit: Visit, name: str, content: bytes | str) -> Response:
    """Upload a file as the page's form does."""
    page = lxml.html.fromstring((await visit.client.get("/imports")).text)
    (form,) = page.xpath('//form[@action="/imports"]')
    assert form.get("enctype") == "multipart/form-data"
    body = content.encode() if isinstance(content, str) else content
    fields = {field: value for field, value in form.fields.items() if field != "file"}
    return await visit.client.post("/imports", data=fields, files={"file": (name, body)})


def words(answer: Response) -> str:
    return " ".join(lxml.html.fromstring(answer.text).xpath("string(//main)").split())


async def count(database: Database, table: Any) -> int:
    async with database.reading() as reader:
        return await reader.scalar(select(func.count()).select_from(table)) or 0


async def test_a_sheet_is_uploaded_matched_looked_through_and_imported(visit: Visit, database: Database) -> None:
    await visit.play("organiser")
    before = await count(database, Project)
    answer = await sent(visit, "../提案表.csv", SHEET)
    assert answer.status_code == 303, words(answer)
    here = answer.headers["location"]
    page = await visit.client.get(here)
    chosen = lxml.html.fromstring(page.text).xpath(f'//form[@action="{here}"]')[0].fields
    assert [chosen[f"column-{place}"] for place in range(7)] == [
        "event", "starts_on", "project", "credits", "summary", "code_licence", "links"
    ]
    assert "Leave out the row that is refused" in words(page)
    assert await count(database, Project) == before

    twice = await visit.fill(here, here, **{"column-4": "project"})
    assert twice.status_code == 400
    assert "Another column is this already" in words(twice)
    assert (await visit.fill(here, here, **{"column-4": "why"})).headers["location"].startswith(here)
    refused = await visit.fill(here, f"{here}/import")
    assert (refused.status_code, await count(database, Project)) == (400, before)
    assert "Nothing was imported: mend them" in words(refused)

    done = await visit.fill(here, f"{here}/import", partial="yes")
    assert done.status_code == 303
    assert await count(database, Project) == before + 2
    async with database.reading() as reader:
        why = list(await reader.scalars(select(Proposal.why).where(Proposal.why != {}).order_by(Proposal.id.desc())))
        assert [one["zh-Hant"] for one in why[:2]] == ["公式", "看見稅金"]
        row = (await reader.execute(
            select(AuditEntry.actor, AuditEntry.changes).where(AuditEntry.action == "imported")
        )).one()
    assert row.actor.startswith("person:")
    assert row.changes == {
        "file": [None, "提案表.csv"], "format": [None, "table"], "new": [None, 7], "changed": [None, 0],
        "refused": [None, 1],
    }  # an event, two projects, two pitches, and whoever pitched each
    report = (await visit.client.get(f"{here}/report.csv")).content.decode("utf-8-sig").splitlines()
    assert report[:3] == [
        "outcome,file,row,kind,name,field,value,reason",
        "refused,提案表.csv,line 4,proposal,,project,,this field must be filled in",
        "left_out,提案表.csv,line 3,proposal,,links,不是連結,not a link: left out",
    ]
    assert [line for line in report if line.startswith("new,提案表.csv,line 3,project")] == [
        "new,提案表.csv,line 3,project,'=1+1,,,"
    ]
    assert "預算地圖" in (await visit.client.get("/search", params={"q": "預算地圖"})).text

    again = (await sent(visit, "again.csv", SHEET)).headers["location"]
    await visit.fill(again, again, **{"column-4": "why"})
    assert "There is nothing in it that can be imported" in words(await visit.client.get(again))


@on_one_database
async def test_only_its_organiser_sees_a_file_and_it_is_gone_after_a_day(
    visit: Visit, database: Database, database_url: str
) -> None:
    await visit.play("organiser")
    here = (await sent(visit, "camp.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n")).headers["location"]
    stranger = another_visit(visit.client)
    await stranger.play("administrator")
    assert (await stranger.client.get(here)).status_code == 404
    assert (await stranger.submit("/imports", f"{here}/import")).status_code == 404
    await stranger.play("proposer")
    assert (await stranger.client.get("/imports")).status_code == 403

    (job,) = [one for one, _runs in SCHEDULE if one.name == "forget uploads"]
    async with database.reading() as reader:
        uploaded_at = (await reader.scalars(select(Upload.uploaded_at))).one()
    workplace = Workplace(Settings(database_url=database_url, uploads_kept_days=3), database, lambda: uploaded_at)
    await job.work(workplace, uploaded_at + timedelta(days=3) - timedelta(minutes=1))
    assert await count(database, Upload) == 1
    await job.work(workplace, uploaded_at + timedelta(days=3) + timedelta(minutes=1))
    assert await count(database, Upload) == 0


@on_one_database
async def test_a_file_of_no_known_kind_is_kept_until_somebody_says_what_it_is(visit: Visit) -> None:
    await visit.play("organiser")
    here = (await sent(visit, "list.txt", "專案,狀態\n預算地圖,beta\n")).headers["location"]
    assert "We cannot tell what is in this file" in words(await visit.client.get(here))
    await visit.fill(here, here, source="hackathon-json")
    assert "This cannot be read as it is" in words(await visit.client.get(here))
    await visit.fill(here, here, source="table")
    page = await visit.client.get(here)
    assert "Import 1 record" in words(page)
    assert re.search(r"Stage or status|Stage</dt>\s*<dd>release", page.text)
    many = "name\n" + "".join(f"P{number}\n" for number in range(MOST_ROWS + 1))
    long = (await sent(visit, "long.csv", many)).headers["location"]
    assert "This file has 1001 rows, and this page takes 1000 at once" in words(await visit.client.get(long))
    big5 = (await sent(visit, "big5.csv", "專案,簡介\n預算地圖,看見稅金流向何方\n".encode("cp950"))).headers["location"]
    assert "看見稅金流向何方" in words(await visit.client.get(big5))


def packed(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return written.getvalue()


@on_one_database
async def test_what_could_do_harm_is_refused_early_and_not_kept(visit: Visit, database: Database) -> None:
    await visit.play("organiser")
    bomb = packed(**{"projects.csv": b"\0" * 9_000_000})
    for content in (bomb, packed(**{"..__a.csv": b"x"}), b"PK\x03\x04 cut"):
        assert (await sent(visit, "x.zip", content)).status_code == 400
    empty = await sent(visit, "x.csv", b"")
    assert (empty.status_code, "Choose a file that is not empty" in words(empty)) == (400, True)
    for name in ("..", ".", "a/b\\c.csv", "名" * 300 + ".csv"):  # a file may be called anything
        assert (await sent(visit, name, "name\nA\n")).status_code == 303
    good = packed(**{"map__g0v.json": b'{"name": "Map", "author": "g0v"}'})
    here = (await sent(visit, "x.zip", good)).headers["location"]
    assert "Import 1 record" in words(await visit.client.get(here))
    assert await count(database, Upload) == 5


@on_one_database
async def test_a_gigabyte_is_refused_before_it_is_read(visit: Visit) -> None:
    await visit.play("organiser")
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"x" * 1000

    answer = await visit.client.post("/imports", content=body(), headers={
        "content-type": "multipart/form-data; boundary=b", "content-length": str(1024**3),
    })
    assert answer.status_code == 413
    assert read <= 1
    assert "Send at most 10 MB" in answer.text


@on_one_database
async def test_the_page_of_a_file_makes_as_many_statements_for_many_lines(
    visit: Visit, statements_of_visit: list[str]
) -> None:
    await visit.play("organiser")
    made = []
    for lines in (1, 3):
        sheet = "name\n" + "".join(f"P{lines}{number}\n" for number in range(lines))
        here = (await sent(visit, "p.csv", sheet)).headers["location"]
        statements_of_visit.clear()
        await visit.client.get(here)
        made.append(len(statements_of_visit))
    assert made[0] == made[1] <= 4
