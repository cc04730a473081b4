"""A source that is read again after a merge brings nothing back."""

from sqlalchemy import select

from registry.accounts.queries import Actor
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.duplicates.commands import merge_records
from registry.exchange.rows import ProjectRow
from registry.projects.models import Project
from tests.exchange.acts import NOW, rows_of, sourced, taken


async def test_a_row_of_a_merged_project_adds_to_the_one_that_stayed(database: Database) -> None:
    rows = [
        sourced("1", ProjectRow(name={"en": "Budget"}, slug="budget")),
        sourced("2", ProjectRow(name={"en": "Spending"}, slug="spending")),
    ]
    await taken(database, *rows)
    (kept, _), (gone, _) = await rows_of(database, Project.id, Project.slug)
    async with database.writing() as session:
        await merge_records(session, subject=Subject.PROJECT, kept=kept, gone=gone, by=Actor(slug="o"), now=NOW)
    fuller = ProjectRow(name={"en": "Spending"}, slug="spending", code_licence="MIT")
    # The same source under its own key, another one by the old address, a third by the old name.
    await taken(database, sourced("2", fuller))
    await taken(database, sourced("9", fuller), source="other")
    await taken(database, sourced("x", ProjectRow(name={"en": "Spending"})), source="third")
    async with database.reading() as reader:
        shown = await reader.execute(
            select(Project.slug, Project.code_licence).where(Project.hidden_at.is_(None))
        )
        assert shown.all() == [("budget", "MIT")]
