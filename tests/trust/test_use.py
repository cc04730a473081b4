"""What people can trust: that they find what is there."""

from registry.database.engine import Database
from tests.conftest import on_one_database
from tests.search import test_search
from tests.trust.promises import promise, promised, replaced


@on_one_database
@promise(
    28, "A Chinese word of two characters finds every record that holds it, in either writing.",
    fault="text without spaces is kept as one long word", planted=replaced("registry.search.commands.index_terms", str),
)
async def test_two_characters_find_everything(database: Database) -> str:
    with promised():
        await test_search.test_fifty_two_character_words_find_every_record_that_holds_them(database)
    return f"{len(test_search.TOPICS)} words in 200 records"
