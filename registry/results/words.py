"""What videos, sureness and facts are called."""

from registry.handbook import ladder, standing_words
from registry.results.rules import Fact, FactKind, Sureness, VideoKind
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext, plain


def video_kind_name(kind: VideoKind) -> str:
    """What a recording shows."""
    return {
        VideoKind.PITCH: _("Pitch"), VideoKind.TALK: _("Short talk"), VideoKind.DEMO: _("Demo"),
    }[kind]


def sureness_name(sureness: Sureness) -> str:
    """How sure a match is."""
    return {
        Sureness.CERTAIN: _("certain"), Sureness.LIKELY: _("likely: please look"),
        Sureness.NONE: _("no pitch found"),
    }[sureness]


def fact_sentence(fact: Fact) -> str:
    """What happened to a project, without its day."""
    if fact.kind is FactKind.STAGE:
        return _("Reached the stage %(stage)s") % {"stage": plain(ladder().stage_name(fact.key))}
    if fact.kind is FactKind.STANDING:
        return _("Its people said: %(standing)s") % {"standing": plain(standing_words(fact.key).name)}
    if fact.kind is FactKind.UPDATED:
        return ngettext("Posted an update", "Posted %(num)s updates, the last one", fact.times) % {"num": fact.times}
    if fact.kind is FactKind.CONTRIBUTED:
        return ngettext(
            "One contribution is on record", "%(num)s contributions are on record, the last one", fact.times
        ) % {"num": fact.times}
    return _("Pitched again")


def fact_path(fact: Fact, project_slug: str) -> str:
    """Where a fact can be looked up."""
    here = f"/projects/{project_slug}"
    return {
        FactKind.PITCHED: f"/proposals/{fact.key}", FactKind.STAGE: f"{here}/stage",
        FactKind.STANDING: f"{here}/stage", FactKind.UPDATED: f"{here}/updates",
    }.get(fact.kind, here)
