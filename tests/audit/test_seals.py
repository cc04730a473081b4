"""The audit log is sealed row by row into a chain: whatever is altered is found, whatever an erasure changes is not."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from registry.activity.commands import note_change
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.audit import commands
from registry.audit.commands import seal_log, verify_log
from registry.audit.models import AuditSeal
from registry.audit.queries import head_of, newest_entry, verified, verify
from registry.audit.rules import Entry, Fault, Flaw, Head, Seal, head_noted
from registry.database.engine import Database
from registry.database.migrate import migrate
from registry.exchange.archive import read_archive, write_archive
from registry.ports import JobTrouble, Workplace
from registry.privacy.commands import erase_person
from registry.settings import Settings
from tests.conftest import on_one_database, postgresql_in_trust
from tests.databases import PostgresqlDatabase, SqliteDatabase
from tests.factories import a_person
from tests.moderation.acts import NOW

LATER = NOW + timedelta(hours=1)
FACTS = {"z": [None, {"b": 1.0, "a": [1e23, -0.0, 10**22, 0.1]}], "a": ["坑 \u2028\"", True]}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_SECONDS_TO_BEGIN", 0.0)


@pytest.fixture
def workplace(settings: Settings, database: Database) -> Workplace:
    """Where jobs work."""
    return Workplace(settings, database, lambda: NOW)


async def _write(session: AsyncSession, *numbers: int, **fields: Any) -> None:
    for number in numbers:
        note_change(session, **{
            "now": NOW, "actor": "person:ann", "action": "project edited", "subject": Subject.PROJECT,
            "subject_id": number, "changes": FACTS, **fields,
        })
        await session.flush()


async def _sealed(workplace: Workplace) -> None:
    """Nine rows and eleven seals: the third and the eighth row are of somebody who is erased by the ninth."""
    async with workplace.database.writing() as session:
        person = await a_person(session, slug="ben", display_name="Ben Canary")
        await _write(session, 1, 2)
        await _write(session, 3, actor="person:ben", changes={"team": [[], ["ben", "Ben Canary"]]})
        await _write(session, *range(4, 8))
        await _write(session, 8, subject=Subject.PERSON, subject_id=person.id, changes={"about": [None, "Canary too"]})
    await seal_log(workplace, NOW)
    async with workplace.database.writing() as session:
        await erase_person(session, person_id=person.id, now=LATER)
    await seal_log(workplace, LATER)


async def test_what_nobody_touched_is_whole_and_sealed_once(workplace: Workplace) -> None:
    assert await verified(workplace.database) == (await verified(workplace.database))
    await seal_log(workplace, NOW)
    await _sealed(workplace)
    found = await verified(workplace.database)
    assert (found.flaws, found.rows, found.head.number) == ([], 9, 11)
    await seal_log(workplace, LATER)
    assert await verified(workplace.database, found.head) == found
    await verify_log(workplace, NOW)
    async with workplace.database.writing() as session:
        await session.execute(update(AuditEntry).where(AuditEntry.id == 5).values(actor="person:nobody"))
    with pytest.raises(JobTrouble, match="keng audit verify"):
        await verify_log(workplace, NOW)


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "at": st.sampled_from([NOW + timedelta(microseconds=1), NOW - timedelta(days=900)]),
    "actor": st.sampled_from(["person:Ann", "person:ann ", ""]), "action": st.just("project founded"),
    "subject": st.just(Subject.EVENT), "subject_id": st.integers(90, 99),
    "changes": st.sampled_from([{}, {**FACTS, "a": ["坑", True]}, {**FACTS, "a": ["坑 \u2028\"", 1]}]),
    "token": st.sampled_from(["", "keng_abc"]),
}
_SEALS: dict[str, st.SearchStrategy[Any]] = {
    "entry_id": st.just(77), "because_id": st.sampled_from([1, 77]), "was_altered": st.just(value=True),
    "sealed_at": st.just(NOW + timedelta(seconds=1)), "salt": st.sampled_from([None, "0" * 32]),
    "digest": st.just("0" * 64), "link": st.just("0" * 64),
}


_FOUND = {
    "row": {Fault.ALTERED, Fault.WITHOUT_ERASURE}, "remove": {Fault.MISSING, Fault.WITHOUT_ERASURE},
    "swap": {Fault.ALTERED, Fault.WITHOUT_ERASURE}, "insert": {Fault.INSERTED},
    "seal": {Fault.BROKEN, Fault.ALTERED, Fault.UNSEALED}, "remove seal": {Fault.LOST}, "swap seals": {Fault.BROKEN},
}
"""What the first flaw says of each kind of alteration."""


@st.composite
def _alterations(draw: st.DrawFn) -> tuple[str, Any]:
    """What somebody may do to the nine rows or the eleven seals, but for cutting the end of the chain."""
    kind = draw(st.sampled_from(sorted(_FOUND)))
    if kind in {"row", "seal"}:
        values = _VALUES if kind == "row" else _SEALS
        column = draw(st.sampled_from(sorted(values)))
        return kind, (draw(st.integers(1, 9 if kind == "row" else 11)), column, draw(values[column]))
    if kind.startswith("swap"):
        return kind, sorted(draw(st.sets(st.integers(1, 9), min_size=2, max_size=2)))
    return kind, draw(st.integers(1, 10 if "seal" in kind else 9))


async def _alter(reader: AsyncConnection, kind: str, what: Any) -> tuple[bool, int]:
    """Do it; whether anything is another now, and the first number at which it shows."""
    table: Any = (AuditSeal if "seal" in kind else AuditEntry).__table__
    key = next(iter(table.primary_key))
    if kind in {"row", "seal"}:
        number, column, value = what
        before = await reader.scalar(select(table.c[column]).where(key == number))
        await reader.execute(update(table).where(key == number).values({column: value}))
        return repr(before) != repr(value), number
    if kind == "insert":
        await reader.execute(insert(table).values(
            id=-what, at=NOW, actor="x", action="x", subject=Subject.PROJECT, subject_id=1, changes={}
        ))
        return True, -what
    if kind.startswith("remove"):
        await reader.execute(table.delete().where(key == what))
        return True, what + 1 if "seal" in kind else what
    for number, then in ((what[0], 5000), (what[1], what[0]), (5000, what[1])):
        await reader.execute(update(table).where(key == number).values({key.name: then}))
    return True, what[0]


@given(alteration=_alterations())
@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_whatever_is_altered_is_found_at_its_place(workplace: Workplace, alteration: tuple[str, Any]) -> None:
    kind, what = alteration
    async with workplace.database.reading() as reader:
        is_empty = await head_of(reader) == Head()
    if is_empty:
        await _sealed(workplace)
    async with workplace.database.writing() as session:
        reader = await session.connection()
        changed, place = await _alter(reader, kind, what)
        found = (await verify(reader)).flaws
        await session.rollback()
    if not changed:
        assert found == []
        return
    if "seal" in kind:
        assert [flaw for flaw in found if flaw.fault in _FOUND[kind] and flaw.seal == place], found
    elif found[0].fault is Fault.WITHOUT_ERASURE:  # of the row of the erasure itself, by which two others were changed
        assert 9 in ([place] if kind != "swap" else what)
    else:
        assert (found[0].fault in _FOUND[kind], found[0].entry) == (True, place), found


@on_one_database
async def test_what_was_cut_off_or_begun_anew_is_told_by_a_head_that_was_noted_elsewhere(workplace: Workplace) -> None:
    await _sealed(workplace)
    database = workplace.database
    noted = (await verified(database)).head
    assert head_noted(f" {noted}\n".upper()) == noted
    assert [head_noted(text) for text in ("", "7", f"x:{noted.link}", "7:abc", f"²:{noted.link}")] == [None] * 5
    async with database.writing() as session:
        await session.execute(text("DELETE FROM audit_seals WHERE number = 11"))
        await session.execute(text("DELETE FROM audit WHERE id = 9"))
    assert [flaw.fault for flaw in (await verified(database)).flaws] == [Fault.WITHOUT_ERASURE] * 2
    async with database.writing() as session:
        await session.execute(text("DELETE FROM audit_seals"))
        await session.execute(text("UPDATE audit SET actor = 'person:nobody' WHERE id = 4"))
    await seal_log(workplace, LATER)
    assert (await verified(database)).flaws == []
    assert (await verified(database, noted)).flaws == [Flaw(Fault.OTHER_CHAIN, seal=11)]


on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer at a time."""


@on_postgresql
async def test_no_write_waits_for_the_chain_and_no_row_is_sealed_before_an_earlier_one_can_be_written(
    workplace: Workplace
) -> None:
    database = workplace.database
    async with database.writing() as slow:
        await _write(slow, 1)
        async with database.writing() as quick:
            await _write(quick, 2)
        sealing = asyncio.create_task(seal_log(workplace, NOW))
        await asyncio.sleep(0.5)
        async with database.reading() as reader:
            assert await head_of(reader) == Head()
    await sealing
    assert (await verified(database)).rows == 2
    async with database.writing() as sealer:
        await commands._lock(sealer)
        async with asyncio.timeout(5), database.writing() as session:
            await _write(session, 3)


@on_postgresql
async def test_whoever_writes_for_too_long_is_told_and_sealing_is_tried_again(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "SECONDS_FOR_WRITERS", 0.4)
    database = workplace.database
    async with database.writing() as slow:
        await _write(slow, 1)
        async with database.writing() as session:
            await _write(session, 2)
        with pytest.raises(JobTrouble, match="somebody has been writing for long"):
            await seal_log(workplace, NOW)
    await seal_log(workplace, NOW)
    assert (await verified(database)).rows == 2


_NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=2, max_size=12).filter(str.strip)


@postgresql_in_trust
@given(name=_NAMES, seed=st.integers(0, 10**6))
@hypothesis(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None,
    max_examples=hypothesis().max_examples // 5,
)
async def test_after_an_erasure_no_row_tells_the_name_and_the_chain_is_whole(
    workplace: Workplace, name: str, seed: int
) -> None:
    name, database = f"Zq{name}{seed}", workplace.database
    async with database.writing() as session:
        person = await a_person(session, display_name=name)
        await _write(session, 1, actor=f"person:{person.slug}", changes={"team": [[], [person.slug, {"by": name}]]})
        await _write(session, 2, subject=Subject.PERSON, subject_id=person.id, changes={"bio": [None, f"I, {name}"]})
        await _write(session, 3, changes={"by": [name, None], name: [None, 1]})
    await seal_log(workplace, NOW)
    async with database.writing() as session:
        await _write(session, 4, changes={"by": [name, None]})
        await erase_person(session, person_id=person.id, now=LATER)
    async with database.reading() as reader:
        rows = [repr(row) for row in await reader.execute(select(AuditEntry.__table__))]
        salts = list(await reader.scalars(select(AuditSeal.salt).order_by(AuditSeal.number.desc()).limit(6)))
    assert [row for row in rows if name in row or repr(name)[1:-1] in row or person.slug in row] == []
    assert [salt is None for salt in salts] == [False, False, False, True, True, True]
    assert (await verified(database)).flaws == []


@on_one_database
async def test_a_row_that_was_altered_before_an_erasure_is_told_after_it(workplace: Workplace) -> None:
    async with workplace.database.writing() as session:
        person = await a_person(session, slug="ben")
        await _write(session, 1, 2, actor="person:ben")
    await seal_log(workplace, NOW)
    async with workplace.database.writing() as session:
        await session.execute(update(AuditEntry).where(AuditEntry.id == 2).values(action="project founded"))
        await erase_person(session, person_id=person.id, now=LATER)
    assert (await verified(workplace.database)).flaws == [Flaw(Fault.ALTERED_BEFORE, entry=2, seal=4)]


async def test_the_chain_is_whole_after_a_move_to_the_other_database_and_back(
    sqlite: SqliteDatabase, postgresql: PostgresqlDatabase, tmp_path: Path
) -> None:
    found = []
    for step, address in enumerate((sqlite.cleaned, postgresql.cleaned, sqlite.cleaned)):
        database = Database(Settings(database_url=address()))
        if step == 0:
            await _sealed(Workplace(Settings(), database, lambda: NOW))
        else:
            await read_archive(database, tmp_path / f"{step - 1}.keng")
        found.append(await verified(database))
        await write_archive(database, tmp_path / f"{step}.keng", now=NOW)
        await database.close()
    assert (found[0].flaws, found[0].rows, found) == ([], 9, [found[0]] * 3)


def test_every_column_of_a_row_and_of_a_seal_is_covered() -> None:
    assert set(Entry.__struct_fields__) == set(AuditEntry.__table__.c.keys())
    assert set(Seal.__struct_fields__) | {"salt", "link"} == set(AuditSeal.__table__.c.keys())


@postgresql_in_trust
async def test_rows_that_were_there_before_the_seals_are_sealed_and_stay_when_the_seals_go(
    database_url: str,
) -> None:
    settings = Settings(database_url=database_url)
    await asyncio.to_thread(migrate, database_url, "0036")
    database = Database(settings)
    async with database.writing() as session:
        await _write(session, 1, 2)
    await asyncio.to_thread(migrate, database_url)
    await seal_log(Workplace(settings, database, lambda: NOW), NOW)
    assert (await verified(database)).rows == 2
    await database.close()
    await asyncio.to_thread(migrate, database_url, "0036")
    database = Database(settings)
    async with database.reading() as reader:
        assert await newest_entry(reader) == 2
    await database.close()
