"""The audit log is sealed row by row into a chain: whatever is altered is found, whatever an erasure changes is not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from registry.activity.commands import note_change
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.audit import commands
from registry.audit.commands import seal_log, verify_log
from registry.audit.models import AuditSeal
from registry.audit.queries import head_of, verified, verify
from registry.audit.rules import Fault, Flaw, Head, head_noted
from registry.database.engine import Database
from registry.ports import Workplace
from registry.privacy.commands import erase_person
from tests.conftest import on_one_database
from tests.factories import a_person
from tests.moderation.acts import NOW

LATER = NOW + timedelta(hours=1)
FACTS = {"z": [None, {"b": 1.0, "a": [1e23, -0.0, 10**22, 0.1]}], "a": ["坑 \u2028\"", True]}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_SECONDS_TO_BEGIN", 0.0)


@pytest.fixture
def workplace(request: pytest.FixtureRequest, database: Database) -> Workplace:
    """Where jobs work."""
    return Workplace(request.getfixturevalue("settings"), database, lambda: NOW)


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
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
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
