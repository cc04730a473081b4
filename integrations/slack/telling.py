"""Updates and offers of help as dialogues: ``/keng update``, the shortcut on a message, ``/keng join``."""

import html
import re
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from integrations.slack.blocks import Block, link, mrkdwn, section
from integrations.slack.choices import projects_offered
from integrations.slack.here import Here
from integrations.slack.verbs import project_meant
from integrations.slack.views import View, choice_input, line_input, modal, refusal_blocks, telling, text_input
from registry.accounts.queries import identities_of, roles_in_project
from registry.accounts.rules import Permission
from registry.errors import BadInput, NotFound
from registry.joining.commands import OfferedHelp, offer_help
from registry.joining.queries.offers import project_to_help
from registry.joining.words import account_name
from registry.projects.commands.updates import post_update
from registry.projects.words import no_such_project
from registry.web.done import done_sentence
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.typed import Typed

UPDATE, HELP = "update", "help"
_MARKED = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


async def update_view(here: Here, typed: Typed, memory: Mapping[str, str]) -> View:
    """The dialogue of an update: of which project, and the fields of the page.

    Raises:
        NotAllowed: who speaks is nobody here yet.
        BadInput: they have no project.
        NotFound: there is no project as the one that ``memory`` names.
    """
    here.needs(Permission.MANAGE_OWN_ACCOUNT)
    offered = await projects_offered(here, memory.get("project", ""))
    if not offered.projects:
        raise BadInput(_("You are in no project's team here, so there is nothing to tell news of. Join one first."))
    blocks: list[Block] = [
        *refusal_blocks(typed.refusal),
        choice_input(
            "project", _("Project"), offered.projects, is_optional=False,
            chosen=typed("project") or offered.asked_for or offered.projects[0][0],
        ),
        text_input("text", _("What is new?"), value=typed("text"), is_optional=False,
                   hint=_("A few sentences. Markdown works.")),
        line_input("picture_url", _("Address of a picture"), value=typed("picture_url"),
                   hint=_("It is shown as a link, in your words.")),
        line_input("picture_text", _("What the picture shows"), value=typed("picture_text")),
    ]
    return modal(UPDATE, _("Post an update"), blocks, submit=_("Post"), memory=memory)


async def keep_update(here: Here, session: AsyncSession, typed: Typed, _memory: Mapping[str, str]) -> str:
    """Post an update as the page does; the path at which it stands.

    Raises:
        RegistryError: as the page's command and its permission.
    """
    slug = typed("project")
    here.needs(Permission.EDIT_PROJECT, await roles_in_project(session, here.actor, slug))
    await post_update(
        session, slug=slug, text=typed("text"), picture_url=typed("picture_url"),
        picture_text=typed("picture_text"), by=here.actor, now=here.now,
    )
    return f"/projects/{slug}#updates"


def update_kept(here: Here, path: str) -> View:
    """What is said when it is done."""
    return telling(_("Post an update"), section(done_sentence("posted")), mrkdwn(link(here.address(path), _("See it"))))


async def help_view(here: Here, typed: Typed, memory: Mapping[str, str]) -> View:
    """The dialogue of an offer of help to the project that ``memory`` names.

    Raises:
        NotAllowed: who speaks is nobody here yet.
        NotFound: there is no such project.
    """
    here.needs(Permission.OFFER_HELP)
    async with here.database.reading() as reader:
        meant, _others = await project_meant(reader, memory.get("project", ""))
        project = await project_to_help(reader, meant.slug)
        identities = await identities_of(reader, person_id=here.actor.person_id or 0)
    if project is None:
        raise NotFound(no_such_project())
    accounts = [(str(one.id), account_name(one.provider, one.login)) for one in identities if one.login]
    roles = [(need.key, plain(need.name)) for need in project.needs]
    blocks: list[Block] = [
        *refusal_blocks(typed.refusal), mrkdwn(link(here.address(f"/projects/{project.slug}"), plain(project.name))),
    ]
    if roles:
        blocks.append(choice_input(
            "need", _("What you would do"), roles, chosen=typed("need"), empty=_("Anything that is useful")
        ))
    blocks += [
        text_input("note", _("A few words to the project's people"), value=typed("note"), is_optional=False,
                   hint=_("What brings you here, and what you would like to do first. Two sentences are enough.")),
        line_input("hours", _("Hours a week"), value=typed("hours"),
                   hint=_("A rough guess. Leave it empty if you do not know yet.")),
    ]
    if accounts:
        blocks.append(choice_input(
            "account", _("Where they may reach you"), accounts, chosen=typed("account"),
            empty=_("Only here: I look at the answer in my account"),
            hint=_("The project's people then see the name of this account. Nobody else does."),
        ))
    return modal(HELP, _("Join a project"), blocks, submit=_("Offer my help"),
                 memory={**memory, "project": project.slug})


async def keep_offer(here: Here, session: AsyncSession, typed: Typed, memory: Mapping[str, str]) -> str:
    """Offer help as the page does; the path of one's own offers.

    Raises:
        RegistryError: as the page's command.
    """
    here.needs(Permission.OFFER_HELP)
    offered = OfferedHelp(
        need=typed("need"), note=typed("note"), hours=typed("hours"), account=typed("account")
    )
    await offer_help(session, slug=memory.get("project", ""), offered=offered, by=here.actor, now=here.now)
    return "/account/offers"


def offer_kept(here: Here, path: str) -> View:
    """What is said when it is done."""
    return telling(
        _("Join a project"), section(done_sentence("offered")), mrkdwn(link(here.address(path), _("Your offers")))
    )


def as_written(text: str) -> str:
    """A message of Slack as somebody would write it here: links by their address, mentions by their name."""
    def shown(found: re.Match[str]) -> str:
        target, label = found[1], found[2] or ""
        if target.startswith(("http://", "https://", "mailto:")):
            address = target.removeprefix("mailto:")
            return f"{label} ({address})" if label and label != address else address
        if target.startswith("!"):
            return f"@{label or target[1:].partition('^')[0]}"
        return (target[0] if target[0] in "@#" and label else "") + (label or _("somebody"))

    return html.unescape(_MARKED.sub(shown, text))
