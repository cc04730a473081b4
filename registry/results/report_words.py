"""The numbers of an event in words."""

from registry.handbook import need_words
from registry.results.people import PeopleCounts
from registry.web.i18n import format_number, plain
from registry.web.i18n import gettext as _


def people_facts(people: PeopleCounts | None) -> list[tuple[str, str]]:
    """Who came, as facts with their names; nothing where no registration is on record."""
    if people is None:
        return []
    counted = [(_("Registered"), people.registered), (_("Checked in"), people.checked_in)]
    if people.newcomers or people.returning:
        counted += [(_("New here"), people.newcomers), (_("Came before"), people.returning)]
        counted += [(_("Did not say"), people.unknown)] if people.unknown else []
    facts = [(name, format_number(count)) for name, count in counted]
    if people.disciplines:
        roles = (f"{plain(need_words(key).name)} {format_number(count)}" for key, count in people.disciplines)
        facts.append((_("Disciplines"), _(", ").join(roles)))
    return facts
