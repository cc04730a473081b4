"""The projects that a dialogue offers."""

from typing import NamedTuple

from integrations.slack.here import Here
from integrations.slack.verbs import project_meant
from registry.people.queries import projects_of_person
from registry.web.i18n import plain


class Offered(NamedTuple):
    """Projects as choices (slug and name), and which of them was asked for; empty when none was."""

    projects: list[tuple[str, str]]
    asked_for: str


async def projects_offered(here: Here, asked: str) -> Offered:
    """One's own projects, and the one that somebody named behind the command: they may pitch any, or run all.

    Raises:
        NotFound: there is no project of that name.
    """
    async with here.database.reading() as reader:
        own = await projects_of_person(reader, person_id=here.actor.person_id or 0)
        named = (await project_meant(reader, asked))[0] if asked else None
    projects = {one.slug: plain(one.name) for one in own}
    if named:
        projects.setdefault(named.slug, plain(named.name))
    return Offered(list(projects.items()), named.slug if named else "")
