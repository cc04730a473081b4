"""The App Home: my projects, what waits for me, the next event."""

from integrations.slack.blocks import MOST_BLOCKS, Block, header, mrkdwn, section
from integrations.slack.here import Here
from integrations.slack.messages import in_sections, said_of, sentence_block
from integrations.slack.verbs import event_lines
from integrations.slack.views import View
from registry.accounts.rules import Role
from registry.database.engine import Reader
from registry.events.queries import next_and_last_event
from registry.inbox.queries import notices_of
from registry.inbox.words import notice_sentence
from registry.joining.queries.offers import count_offers_waiting_for
from registry.people.queries import projects_of_person
from registry.people.words import role_name
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext, plain

PROJECTS_SHOWN = 10
NOTICES_SHOWN = 8


async def home_view(here: Here) -> View:
    """What somebody finds in our app's first tab."""
    async with here.database.reading() as reader:
        coming, _last = await next_and_last_event(reader, here.now)
        own = await _own(here, reader) if here.actor.is_signed_in else [_way_in(here)]
    event = event_lines(here, coming) if coming else _("No event is announced yet.")
    blocks: list[Block] = [*own, header(_("Next event")), mrkdwn(event), mrkdwn(_("Type `/keng help` for the rest."))]
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS]}


def _way_in(here: Here) -> Block:
    return sentence_block(_(
        "Your projects and what waits for you stand here as soon as you sign in with Slack: %(sign_in)s – or, if you "
        "have an account here already, link Slack to it: %(account)s"
    ) % {"sign_in": here.address("/sign-in"), "account": here.address("/account")})


async def _own(here: Here, reader: Reader) -> list[Block]:
    person_id = here.actor.person_id or 0
    is_organiser = not here.actor.roles.isdisjoint({Role.ORGANISER, Role.ADMINISTRATOR})
    projects = (await projects_of_person(reader, person_id=person_id))[:PROJECTS_SHOWN]
    offers = await count_offers_waiting_for(reader, person_id, is_organiser=is_organiser)
    notices = await notices_of(reader, person_id=person_id, offset=0, limit=NOTICES_SHOWN)
    unread = [one for one in notices if one.read_at is None]
    waits = [
        said_of(here, one.path, notice_sentence(one.kind, one.facts)) for one in unread
    ]
    if offers:
        label = ngettext("%(num)s offer of help waits", "%(num)s offers of help wait", offers) % {"num": offers}
        waits.insert(0, said_of(here, "/account/offers/waiting", label))
    mine = [said_of(here, f"/projects/{one.slug}", plain(one.name), role_name(one.role)) for one in projects]
    return [
        header(_("What waits for you")),
        *(in_sections(waits) or [section(_("Nothing at the moment."))]),
        header(_("My projects")),
        *(in_sections(mine) or [section(_("None yet. /keng needs shows where help is wanted."))]),
    ]
