"""What is said of a file that is taken in: formats, fields, outcomes and reasons, in the reader's words."""

from registry.activity.rules import Subject
from registry.activity.words import field_words
from registry.exchange.formats import Format
from registry.exchange.matching import TableKind
from registry.handbook import ladder, need_words
from registry.uploads.rules import LineKind
from registry.web.i18n import gettext as _
from registry.web.i18n import language_name, plain


def format_words(source: Format) -> str:
    """What a format is called where one chooses it."""
    return {
        Format.TABLE: _("A table (CSV), its columns matched below"),
        Format.HACKATHON_JSON: _("Events of schema.org (hackathon.json)"),
        Format.DRIBDAT: _("A data package of dribdat"),
        Format.G0V_JSON: "g0v.json", Format.CIVIC_JSON: "civic.json", Format.PUBLICCODE: "publiccode.yml",
        Format.ICALENDAR: _("A calendar (iCalendar)"),
        Format.CSV: _("The public record of this software, as CSV"),
        Format.JSON: _("The public record of this software, as JSON"),
        Format.JOTHON_EVENTS: _("Events of the community's site (jothon-events)"),
        Format.G0V_DB: _("The sheet of proposals (g0v-db)"),
        Format.ARAY: _("Projects with their pitches (aray)"),
        Format.CASE_AXES: _("Answers on the axes of case studies (case-axes)"),
    }[source]


def kind_words(kind: TableKind) -> str:
    """What a line of a table tells of."""
    return {
        TableKind.EVENTS: _("Each line is an event"), TableKind.PROJECTS: _("Each line is a project"),
        TableKind.PITCHES: _("Each line is a pitch of a project at an event"),
    }[kind]


def subject_words(subject: Subject) -> str:
    """What records of a kind are called."""
    return {
        Subject.EVENT: _("Events"), Subject.PROJECT: _("Projects"), Subject.PROPOSAL: _("Pitches"),
        Subject.PERSON: _("People"), Subject.TAG: _("Topics"), Subject.CASE: _("Case studies"),
    }.get(subject, subject.value)


def one_words(subject: Subject) -> str:
    """What one record of a kind is called."""
    return {
        Subject.EVENT: _("Event"), Subject.PROJECT: _("Project"), Subject.PROPOSAL: _("Pitch"),
        Subject.PERSON: _("Person"), Subject.TAG: _("Topic"), Subject.CASE: _("Case study"),
    }.get(subject, subject.value)


def line_words(kind: LineKind) -> str:
    """What became of a row."""
    return {
        LineKind.REFUSED: _("Refused"), LineKind.LEFT_OUT: _("Not as written"), LineKind.NEW: _("New"),
        LineKind.CHANGED: _("Added to"), LineKind.UNCHANGED: _("Unchanged"),
    }[kind]


def matched_words(key: str) -> str:
    """What a field is called that a column can be; with its language where it is for one."""
    name, _dot, tag = key.partition(".")
    words = {
        "name": _("Name"), "project": _("The project's name"), "title": _("The pitch's title"), "event": _("Event"),
        "starts_on": _("Day"), "starts_at": _("Begins (day and hour)"), "ends_at": _("Ends (day and hour)"),
        "stage": _("Stage or status"), "credits": _("Who pitched it"), "position": _("Place in the running order"),
        "repository": _("Link to the repository"), "site": _("Link to the site"), "note": _("Link to a note"),
        "chat": _("Link to the chat, or a channel"), "slides": _("Link to slides"), "video": _("Link to a video"),
        "video_pitch": _("Video of the pitches"), "video_talk": _("Video of the short talks"),
        "video_demo": _("Video of the demos"), "links": _("Other links"), "pitched_on": _("Day"),
        "state": _("State"), "wanted": _("Who is wanted"), "video_urls": _("Videos"), "slug": _("Address"),
        "people": _("People"),
    }.get(name) or field_words(name) or name
    return f"{words} ({language_name(tag)})" if tag else words


def place_words(row: str) -> str:
    """Where in a file a row stands."""
    number = row.removeprefix("line ")
    return _("line %(number)s") % {"number": number} if row.startswith("line ") and number.isdecimal() else row


def value_words(field: str, value: str) -> str:
    """What would stand in a field, with the names of stages and needs instead of their keys."""
    if field == "stage":
        return plain(ladder().stage_name(value))
    return _(", ").join(plain(need_words(key).name) for key in value.split(", ")) if field == "needs" else value


def reason_words(reason: str) -> tuple[str, bool]:
    """Why a row or a field was not taken, and whether that is in the reader's language.

    Reasons that say what stands in a row are told as the importers write them, in English.
    """
    words = {
        "this field must be filled in": _("This must be filled in."),
        "not UTF-8 text": _("This is not UTF-8 text. Save the file as UTF-8."),
        "a day is written year/month/day, such as 2024/1/6": _("A day is written year/month/day, such as 2024/1/6."),
        "day is out of range for month": _("There is no such day."),
        "month must be in 1..12": _("There is no such day."),
        "a moment is written like 2024-01-06T09:30:00+08:00": _("A moment is written like 2024-01-06 09:30."),
        "the year must lie between 1970 and 2100": _("The year must lie between 1970 and 2100."),
        "the end lies before the start": _("The end lies before the start."),
        "there is no such event, or it was refused": _("There is no such event, or it was refused."),
        "there is no such project, or it was refused": _("There is no such project, or it was refused."),
        "no licence of which we are certain: left out": _("No licence of which we are certain: left out."),
        "no need that the handbook knows: left out": _("No need that the handbook knows: left out."),
        "no stage of the handbook: left out": _("No stage of the handbook: left out."),
        "no keyword: left out": _("No keyword: left out."),
        "not a link: left out": _("Not a link: left out."),
        "not a channel: left out": _("Not a channel: left out."),
        "not a number: left out": _("Not a number: left out."),
        "a link begins with http:// or https:// and a host": _("A link begins with http:// or https:// and a host."),
        "it comes back: only the first one is taken": _("It comes back regularly: only the first one is taken."),
        "one date of an event that comes back: only the first one is taken": _(
            "It is one date of an event that comes back: only the first one is taken."
        ),
        "no end is given: the event is taken for the whole day": _("No end is given: taken for the whole day."),
        "it does not say how far the project is: left out": _("It does not say how far the project is: left out."),
        "the event has no date, and nothing known has its number": _("The event has no day, and nothing known fits."),
        "not a field of this format: left out": _("No field of this format: left out."),
    }.get(reason)
    return (words, True) if words else (reason, False)
