from collections import Counter

from sqlalchemy import event

from registry.database.engine import Database
from registry.exchange.rows import CreditRow, ProjectRow, ProposalRow
from tests.conftest import on_one_database
from tests.exchange.acts import an_event_row, sourced, taken


@on_one_database
async def test_an_import_asks_the_same_number_of_questions_for_one_row_and_for_thirty(database: Database) -> None:
    asked: Counter[str] = Counter()

    @event.listens_for(database.write_engine.sync_engine, "before_cursor_execute")
    def count(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked[statement.split(maxsplit=1)[0]] += 1

    questions = []
    for number in (1, 30):
        asked.clear()
        rows = [sourced(f"e{number}", an_event_row(number))]
        for n in range(number):
            key = f"{number}-{n}"
            rows += [
                sourced(key, ProjectRow(name={"en": f"Project {chr(65 + n)} of {number}th"}, tags=("x",))),
                sourced(
                    key,
                    ProposalRow(
                        event=f"e{number}", project=key, title={"en": f"Pitch {key}x"}, needs=("data",),
                        credits=(CreditRow(name=f"Person {n}"),),
                    ),
                ),
            ]
        await taken(database, *rows)
        questions.append(asked["SELECT"])
    assert questions[0] == questions[1]
