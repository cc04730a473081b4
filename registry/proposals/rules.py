"""What a proposal is, the states it goes through, and who may still do what with it."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from registry.projects.rules import LinkKind


class ProposalKind(StrEnum):
    """What is put on the programme."""

    PITCH = "pitch"
    TALK = "talk"
    WORKSHOP = "workshop"


class ProposalState(StrEnum):
    """Whether the public sees it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


MOVES: Mapping[ProposalState, frozenset[ProposalState]] = {
    ProposalState.DRAFT: frozenset({ProposalState.SUBMITTED}),
    ProposalState.SUBMITTED: frozenset({ProposalState.WITHDRAWN}),
    ProposalState.WITHDRAWN: frozenset({ProposalState.SUBMITTED}),
}
"""What may follow what. A draft that is given up is deleted: nobody but its initiators ever saw it."""


def can_submit(state: ProposalState, *, is_sign_up_open: bool | None, is_organiser: bool = False) -> bool:
    """Whether a pitch may go on the programme; ``is_sign_up_open`` is none for a pitch without an event.

    Organisers of the event may add to their programme after they have closed it to others.
    """
    return ProposalState.SUBMITTED in MOVES[state] and (is_sign_up_open is not False or is_organiser)


def can_change(state: ProposalState, *, is_sign_up_open: bool | None, is_organiser: bool = False) -> bool:
    """Whether the words of a pitch may change: a draft's always, a submitted one's until sign-up closes.

    A withdrawn one can, for it may come back.
    """
    return state is not ProposalState.SUBMITTED or is_sign_up_open is not False or is_organiser


def can_withdraw(state: ProposalState, *, has_event_begun: bool) -> bool:
    """Whether a pitch may be taken back: also after sign-up has closed, but not once its event has begun."""
    return ProposalState.WITHDRAWN in MOVES[state] and not has_event_begun


def speaks_for_project(*, is_founding: bool, is_member: bool, has_keepers: bool) -> bool:
    """Whether a pitch changes what its project says of itself (needs, topics, relations), or only its own page.

    Anyone may pitch any project. Of one that others keep (owners, maintainers), a stranger's pitch leaves the rest
    alone and its keepers are told; most imported projects have none yet.
    """
    return is_founding or is_member or not has_keepers


class Part(StrEnum):
    """What a good pitch says (the handbook's proposal template); none is demanded but the first two."""

    TITLE = "title"
    SUMMARY = "summary"
    ENGLISH_NAME = "english_name"
    WHY = "why"
    WHO = "who"
    HOW = "how"
    NEEDS = "needs"
    INITIATORS = "initiators"
    SIMILAR = "similar_projects"
    LICENCE = "licence"
    NOTE = "note"
    EVENT = "event"


def parts_said(
    *, title: Mapping[str, str], texts: Collection[str], wanted: Collection[str], links: Collection[LinkKind],
    is_at_event: bool,
) -> dict[Part, bool]:
    """Which parts a pitch has, in the order in which it shows them; ``texts`` are the fields that are not empty."""
    return {
        part: {
            Part.ENGLISH_NAME: bool(title.get("en")),
            Part.NEEDS: bool(wanted),
            Part.LICENCE: "code_licence" in texts or "content_licence" in texts,
            Part.NOTE: LinkKind.NOTE in links,
            Part.EVENT: is_at_event,
            Part.INITIATORS: "initiators" in texts or "is_anonymous" in texts,
        }.get(part, part.value in texts)
        for part in Part
    }
