"""What people can trust: that they find what is there."""

from registry.database.engine import Database
from tests.conftest import postgresql_in_trust
from tests.search import test_search
from tests.trust.promises import promise, replaced


@postgresql_in_trust
@promise(
    28, "A Chinese word of two characters finds every record that holds it, in either writing.",
    fault="pairs of signs are looked for as single ones", planted=replaced("registry.search.rules._pairs", list),
)
async def test_two_characters_find_everything(database: Database) -> str:
    await test_search.find_fifty_words(database)
    return f"{len(test_search.TOPICS)} words in 200 records"
