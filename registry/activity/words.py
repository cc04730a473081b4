"""What was done to a record, by whom, and in which of its parts, in the reader's words."""

from registry.activity.rules import MERGED, UNDONE
from registry.web.i18n import gettext as _

_IMPORT = "import:"


def actor_words(actor: str) -> str:
    """Who did something, when it is nobody whom everyone may see: an import, the system, or somebody."""
    if actor.startswith(_IMPORT):
        return _("import: %(source)s") % {"source": actor.removeprefix(_IMPORT)}
    return _("the system") if actor.startswith("system") else _("somebody")


def action_words(action: str) -> str:
    """What was done; one that has no words of its own is a change."""
    return {
        "import.create": _("Taken into the record"), "import.fill": _("Added to from a source"),
        "filled from repository": _("Added to from its repository"),
        "project founded": _("Begun"), "project edited": _("Edited"), "event created": _("Created"),
        "event edited": _("Edited"), "event published": _("Published"), "event cancelled": _("Called off"),
        "agenda changed": _("Edited"), "venue changed": _("Edited"), "conduct changed": _("Edited"),
        "meals changed": _("Edited"),
        "need opened": _("Looks for somebody"), "need filled": _("Found somebody"),
        "need closed": _("No longer looks for somebody"), "stage moved": _("Moved to another stage"),
        "update posted": _("Told what is new"), "result written": _("Told what came of it"),
        "videos added": _("Videos added"), "table taken": _("Took a table"),
        "demo signed up": _("Signed up for the demos"),
        "case published": _("Published"), "case begun": _("Begun"), "case changed": _("Edited"),
        "pitched": _("Pitched"), "pitch changed": _("Edited"),
        "pitch withdrawn": _("Withdrawn"), MERGED: _("Merged with another record"), UNDONE: _("Took a change back"),
        "hidden": _("Hidden from the public"), "restored": _("Shown to the public again"),
        "judged": _("Compared with another record"), "claimed": _("Somebody says it is theirs"),
        "running order filled": _("Filled the running order"), "running order changed": _("Changed the running order"),
        "slot added": _("Added somebody to the running order"), "slot length set": _("Set how long a turn lasts"),
        "slot removed": _("Took somebody out of the running order"), "slot on stage": _("Called somebody on stage"),
        "slot done": _("Ended a turn on stage"), "slot absent": _("Marked somebody as absent"),
        "slot waiting": _("Let somebody wait again"), "clock started": _("Started the clock"),
        "clock paused": _("Paused the clock"), "clock extended": _("Gave more time"),
        "clock reset": _("Set the clock back"), "channel linked": _("Linked a chat channel"),
        "channel unlinked": _("Took a chat channel out"), "channel asked for": _("Asked for a chat channel"),
    }.get(action, _("Changed"))


def field_words(field: str) -> str | None:
    """What a part of a record is called; none for one that has no name for the public."""
    return {
        "name": _("Name"), "title": _("Title"), "summary": _("In one sentence"), "description": _("Description"),
        "code_licence": _("Licence of the code"), "content_licence": _("Licence of the content"),
        "links": _("Links"), "needs": _("Whom it looks for"), "tags": _("Topics"), "aliases": _("Other names"),
        "relations": _("Related projects"), "stage_key": _("Stage"), "stage": _("Stage"), "standing": _("Standing"),
        "why": _("The problem"), "who": _("For whom"), "how": _("The approach"), "difficulties": _("Difficulties"),
        "needs_text": _("Who is wanted"), "similar_projects": _("Similar projects"),
        "data_sources": _("Data it uses"), "interests": _("Disclosure of interests"), "notes": _("Notes"),
        "is_open_source": _("Open source"), "result": _("What came of it"), "continued": _("Goes on"),
        "subtitle": _("Subtitle"), "place": _("Place"), "address": _("Address"), "attendance": _("How to take part"),
        "registration_url": _("Registration"), "pitch_video_url": _("Video of the pitches"),
        "talk_video_url": _("Video of the short talks"), "demo_video_url": _("Video of the demos"),
        "number": _("Number"), "kind": _("Kind"), "capacity": _("Places"), "online_url": _("Online meeting"),
        "note_url": _("Shared note"), "conduct": _("Code of Conduct"), "meals": _("Meals"),
        "timezone": _("Time zone"), "registration_opens_at": _("Registration opens"),
        "registration_closes_at": _("Registration closes"), "proposals_close_at": _("Sign-up closes"),
        "agenda": _("Agenda"), "venue": _("Rooms and tables"),
        "starts_at": _("Begins"), "ends_at": _("Ends"), "starts_on": _("Day"), "merged": _("Merged record"),
        "state": _("State"), "channel": _("Chat channel"),
    }.get(field)
