"""What the parts of a project's page are called."""

from registry.projects.rules import LinkKind, RelationKind
from registry.web.i18n import gettext as _


def part_name(part: str) -> str:
    """What people of a project are called together, by ``MembershipRole`` or "former"."""
    return {
        "owner": _("Owners"), "maintainer": _("Maintainers"), "contributor": _("Contributors"),
        "former": _("Took part earlier"),
    }[part]


def relation_name(kind: RelationKind, *, is_said_here: bool) -> str:
    """What another project is to this one; ``is_said_here`` when this one says so, not the other."""
    here, there = {
        RelationKind.DERIVED_FROM: (_("Grew out of"), _("Gave rise to")),
        RelationKind.SPAWNED: (_("Gave rise to"), _("Grew out of")),
        RelationKind.USES: (_("Uses"), _("Used by")),
        RelationKind.SUCCEEDED_BY: (_("Carried on by"), _("Carries on")),
    }[kind]
    return here if is_said_here else there


def relation_kinds() -> list[tuple[str, str]]:
    """What a project can say that another one is to it, as choices."""
    return [(kind.value, relation_name(kind, is_said_here=True)) for kind in RelationKind]


def link_kinds() -> list[tuple[str, str]]:
    """What a link can lead to, as choices."""
    words = {
        LinkKind.REPOSITORY: _("Source code"), LinkKind.SITE: _("Website"), LinkKind.NOTE: _("Shared note"),
        LinkKind.SLIDES: _("Slides"), LinkKind.VIDEO: _("Video"), LinkKind.DOCUMENT: _("Document"),
        LinkKind.CHAT: _("Chat"), LinkKind.SOCIAL: _("Social media"), LinkKind.OTHER: _("Link"),
    }
    return [(kind.value, words[kind]) for kind in LinkKind]


def no_such_project() -> str:
    """What a reader is told who asks for a project that is not there."""
    return _("There is no such project. It may have another address, or was taken out of the record.")
