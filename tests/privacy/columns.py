"""Where in a database something stands, whatever its tables say about it."""

from collections.abc import Collection

from sqlalchemy import inspect, text

from registry.database.engine import Database


async def columns_holding(database: Database, words: Collection[str]) -> set[str]:
    """Every column of the database, as it is and not as it is declared, in which one of ``words`` stands."""
    found = set()
    async with database.reading() as reader:
        columns = await reader.run_sync(lambda connection: [
            (table, column["name"])
            for inspector in [inspect(connection)] for table in inspector.get_table_names()
            for column in inspector.get_columns(table)
            if not table.startswith("fts_") or "content" not in table
        ])
        quoted = reader.dialect.identifier_preparer.quote
        for table, column in columns:
            values = (await reader.execute(text(f"SELECT {quoted(column)} FROM {quoted(table)}"))).scalars()  # noqa: S608
            everything = " ".join(
                value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value) for value in values
            ).casefold()
            found |= {f"{table}.{column}" for word in words if word.casefold() in everything}
    return found
