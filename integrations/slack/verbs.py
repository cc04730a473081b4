"""What ``/keng`` says when it is asked to find something: find, next, project, needs, help."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from integrations.slack.blocks import header, link, mrkdwn
from integrations.slack.here import Here
from integrations.slack.messages import in_sections, only_for_you, said_of
from registry.database.engine import Reader
from registry.errors import NotFound
from registry.events.queries import EventRow, next_and_last_event
from registry.handbook import ladder, need_words, needs
from registry.projects.queries.editing import projects_named
from registry.projects.queries.project import ProjectPageRow, project_by_slug
from registry.projects.queries.topics import WANTED, projects_wanting
from registry.search.pages import checked_query
from registry.search.queries import search
from registry.search.words import kind_name
from registry.tallies.queries import Occasion, tallied
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext, plain
from registry.web.moments import time_span

HITS_SHOWN = 8
ROLES_SHOWN = 12
Message = dict[str, Any]
Verb = Callable[[Here, str], Awaitable[Message]]


async def say_help(here: Here, _words: str = "") -> Message:
    """What one can ask for."""
    lines = [
        (_("pitch [NAME]"), _("pitch a project, a new one or one that is here: the same form as on the site")),
        (_("find WORDS"), _("find projects, pitches, events and people")),
        ("next", _("the next event")),
        (_("project NAME"), _("what a project is, where it stands and whom it looks for")),
        ("needs", _("whom the projects look for")),
        (_("join NAME"), _("offer your help to a project")),
        (_("update NAME"), _("post an update of your project")),
    ]
    said = "\n".join(f"`/keng {asked}` {what}" for asked, what in lines)
    more = _("The site: %(address)s") % {"address": link(here.address("/"), here.settings.community_name)}
    return only_for_you(_("What /keng can do"), [header(_("What /keng can do")), mrkdwn(said), mrkdwn(more)])


async def find(here: Here, words: str) -> Message:
    """What holds some words, best first."""
    asked = checked_query(words)
    if not asked:
        return only_for_you(_("Write what you look for behind it, such as: /keng find budget"))
    async with here.database.reading() as reader:
        found = await search(reader, asked, limit=HITS_SHOWN)
    if not found.hits:
        return only_for_you(_("Nothing was found for “%(words)s”.") % {"words": asked})
    said = [
        said_of(here, hit.url, plain(hit.title), kind_name(hit.subject), plain(hit.body))
        for hit in found.hits
    ]
    more = here.address(f"/search?q={quote(asked)}")
    title = _("Found for “%(words)s”") % {"words": found.corrected or asked}
    return only_for_you(
        title, [header(title), *in_sections(said), mrkdwn(link(more, _("Everything that was found")))], url=more
    )


async def say_next(here: Here, _words: str = "") -> Message:
    """The next event."""
    async with here.database.reading() as reader:
        coming, _last = await next_and_last_event(reader, here.now)
    if coming is None:
        return only_for_you(_("No event is announced yet."))
    return only_for_you(plain(coming.name), [mrkdwn(event_lines(here, coming))])


async def say_project(here: Here, words: str) -> Message:
    """One project, and others that may be meant."""
    async with here.database.reading() as reader:
        project, others = await project_meant(reader, words)
    blocks = [mrkdwn(project_lines(here, project))]
    if others:
        also = ", ".join(link(here.address(f"/projects/{slug}"), name) for slug, name in others)
        blocks.append(mrkdwn(_("Or did you mean: %(names)s") % {"names": also}))
    return only_for_you(plain(project.name), blocks)


async def say_needs(here: Here, _words: str = "") -> Message:
    """The roles that projects look for, the commonest first, each with some of the projects."""
    async with here.database.reading() as reader:
        wanted = (await tallied(reader, WANTED, Occasion(here.settings, here.now))).value
        counts, wanting = wanted.counts, await projects_wanting(reader, wanted)
    roles = sorted((key for key in counts if key in needs()), key=lambda key: -counts[key])[:ROLES_SHOWN]
    if not roles:
        return only_for_you(_("No project looks for anybody at the moment."))
    said = []
    for key in roles:
        number = ngettext("%(num)s project", "%(num)s projects", counts[key]) % {"num": counts[key]}
        projects = ", ".join(
            link(here.address(f"/projects/{one.slug}"), plain(one.name)) for one in wanting.get(key, [])
        )
        role = link(here.address(f"/needs/{key}"), plain(need_words(key).name))
        said.append(f"*{role}* · {number}\n{projects}")
    url = here.address("/needs")
    title = _("Whom the projects look for")
    return only_for_you(title, [header(title), *in_sections(said), mrkdwn(link(url, _("All roles")))], url=url)


READING: Mapping[str, Verb] = {
    "help": say_help, "find": find, "next": say_next, "project": say_project, "needs": say_needs,
}


async def project_meant(reader: Reader, words: str) -> tuple[ProjectPageRow, list[tuple[str, str]]]:
    """The public project that a name, an address or the last part of one means, and others it may mean.

    Raises:
        NotFound: there is none.
    """
    asked = checked_query(words)
    if not asked:
        raise NotFound(_("Write the project's name behind it, such as: /keng project budget"))
    slug = asked.strip("<>").rstrip("/").rsplit("/projects/", 1)[-1].partition("?")[0]
    exact = await project_by_slug(reader, slug)
    if exact is not None:
        return exact, []
    named = await projects_named(reader, asked)
    found = await project_by_slug(reader, named[0].slug) if named else None
    if found is None:
        raise NotFound(_("There is no project called “%(name)s”. Try /keng find with a word of it.") % {"name": asked})
    return found, [(one.slug, plain(one.name)) for one in named[1:]]


def project_lines(here: Here, project: ProjectPageRow) -> str:
    """A project in a few lines, as mrkdwn."""
    wanted = [plain(need.name) for need in project.needs if not need.is_filled and need.state == "open"]
    return said_of(
        here, f"/projects/{project.slug}", plain(project.name), plain(project.summary),
        _("Stage: %(stage)s") % {"stage": plain(ladder().stage_of(project.stage_key).name)},
        _("Looks for: %(needs)s") % {"needs": _(", ").join(wanted)} if wanted else "",
    )


def event_lines(here: Here, event: EventRow) -> str:
    """An event in a few lines, as mrkdwn."""
    when = time_span(event.starts_at, event.ends_at, event.timezone, is_all_day=event.is_all_day)
    pitches = ngettext("%(num)s pitch", "%(num)s pitches", event.pitch_count) % {
        "num": event.pitch_count
    }
    return said_of(here, f"/events/{event.slug}", plain(event.name), when, plain(event.place), pitches)
