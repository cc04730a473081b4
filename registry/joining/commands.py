"""Offering help, answering and taking back an offer; keeping what one offers on one's page."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.queries import Actor
from registry.activity.commands import mark_changed, note_change
from registry.activity.rules import Subject
from registry.checks import Checks
from registry.errors import Conflict, NotFound
from registry.handbook import needs
from registry.inbox.commands import tell
from registry.inbox.rules import NoticeKind
from registry.joining.models import Offer
from registry.joining.queries.offers import leads_now
from registry.joining.rules import (
    LONGEST_ANSWER,
    LONGEST_NOTE,
    MOST_HOURS,
    MOST_OPEN_OFFERS,
    DeclineReason,
    OfferState,
    Side,
    may_follow,
    moves_of,
)
from registry.people.models import Identity, Membership, Person
from registry.people.rules import MembershipRole
from registry.projects.models import Need, Project
from registry.projects.rules import NeedState
from registry.web.i18n import gettext as _

_ACTIONS = {
    OfferState.ACCEPTED: "help accepted", OfferState.THANKED: "help thanked", OfferState.DECLINED: "help declined",
    OfferState.WITHDRAWN: "help withdrawn",
}
_NOTICES = {
    OfferState.ACCEPTED: NoticeKind.HELP_ACCEPTED, OfferState.THANKED: NoticeKind.HELP_THANKED,
    OfferState.DECLINED: NoticeKind.HELP_DECLINED,
}


class OfferedHelp(msgspec.Struct, frozen=True):
    """What the form of an offer says. ``hours`` is as it was written; ``account`` is the row number of an identity."""

    need: str
    note: str
    hours: str = ""
    account: str = ""


class OfferAnswer(msgspec.Struct, frozen=True):
    """What a project's people say to an offer: ``reason`` is a prepared sentence, ``words`` are their own."""

    to: str
    reason: str = ""
    words: str = ""
    fills_need: bool = False


async def offer_help(session: AsyncSession, *, slug: str, offered: OfferedHelp, by: Actor, now: datetime) -> Offer:
    """Offer help to a project, for one of its open needs or as a whole. Tells its owners and maintainers.

    Raises:
        NotFound: there is no such project in public.
        BadInput: a field needs another look.
        Conflict: they are of the project already, wait for its answer, or wait for too many answers.
    """
    project = await session.scalar(select(Project).where(Project.slug == slug, Project.hidden_at.is_(None)))
    if project is None:
        raise NotFound(_("There is no such project. It may have another address, or was taken out of the record."))
    # Locked, so that of two offers sent at once the second counts the first.
    person = (await session.scalars(select(Person).where(Person.id == by.person_id).with_for_update())).one()
    offer = await _checked(session, project, person, offered)
    await _refuse_too_many(session, project, person, offer.need_key)
    offer.created_at = offer.updated_at = now
    session.add(offer)
    note_change(
        session, now=now, actor=by.label, action="help offered", subject=Subject.PROJECT, subject_id=project.id,
        changes={"offer": [None, OfferState.OPEN.value], "need": [None, offer.need_key or None]},
    )
    await session.flush()
    tell(
        session, await _leaders(session, project.id), kind=NoticeKind.HELP_OFFERED, now=now,
        path=f"/projects/{project.slug}/offers/{offer.id}", by=person.display_name, project=project.name,
    )
    return offer


async def answer_offer(
    session: AsyncSession, *, slug: str, offer_id: int, answer: OfferAnswer, by: Actor, now: datetime
) -> Offer:
    """Accept an offer, thank for it, or decline it; the person is told.

    Who is accepted becomes a contributor of the project from today on. ``fills_need`` closes the need as well.

    Raises:
        NotFound: the project has no such offer.
        Conflict: it was answered or taken back meanwhile.
        BadInput: it is declined without a word, or a field needs another look.
    """
    offer, project = await _offer_of(session, offer_id, Project.slug == slug)
    checks = Checks()
    to = checks.one_of("to", answer.to, [one.value for one in _NOTICES], is_required=True)
    reason = checks.one_of("reason", answer.reason, set(DeclineReason))
    words = checks.text("words", answer.words, longest=LONGEST_ANSWER)
    is_declined = to == OfferState.DECLINED
    if is_declined and not (reason or words):
        checks.wrong("reason", _("Nobody is turned away in silence: choose a sentence, or write one of your own."))
    checks.done()
    before = offer.state
    _move(offer, OfferState(to), side=Side.PROJECT)
    offer.answered_at, offer.answered_by, offer.updated_at = now, by.person_id, now
    offer.decline_reason = DeclineReason(reason) if is_declined and reason else None
    offer.answer = words or None
    changes: dict[str, object] = {"offer": [before.value, to], "need": [offer.need_key or None] * 2}
    if offer.state is OfferState.ACCEPTED:
        changes |= await _let_join(session, project, offer, now)
        if answer.fills_need:
            changes |= await _fill_need(session, project, offer.need_key, now)
    note_change(
        session, now=now, actor=by.label, action=_ACTIONS[offer.state], subject=Subject.PROJECT,
        subject_id=project.id, changes=changes,
    )
    tell(
        session, [offer.person_id], kind=_NOTICES[offer.state], now=now, path="/account/offers", project=project.name,
    )
    await session.flush()
    return offer


async def withdraw_offer(session: AsyncSession, *, offer_id: int, by: Actor, now: datetime) -> Offer:
    """Take one's own offer back; the project's owners and maintainers are told.

    Raises:
        NotFound: it is not theirs.
        Conflict: it was answered meanwhile.
    """
    offer, project = await _offer_of(session, offer_id, Offer.person_id == by.person_id)
    before = offer.state
    _move(offer, OfferState.WITHDRAWN, side=Side.OFFERER)
    offer.updated_at = now
    note_change(
        session, now=now, actor=by.label, action=_ACTIONS[OfferState.WITHDRAWN], subject=Subject.PROJECT,
        subject_id=project.id, changes={"offer": [before.value, offer.state.value]},
    )
    tell(
        session, await _leaders(session, project.id), kind=NoticeKind.HELP_WITHDRAWN, now=now,
        path=f"/projects/{project.slug}/offers", by=by.name, project=project.name,
    )
    await session.flush()
    return offer


async def keep_offered_roles(session: AsyncSession, *, roles: Iterable[str], by: Actor, now: datetime) -> None:
    """Keep the roles that a person offers, in the handbook's order; unknown ones are passed over."""
    person = (await session.scalars(select(Person).where(Person.id == by.person_id).with_for_update())).one()
    wished = set(roles)
    kept = [key for key in needs() if key in wished]
    if person.offers == kept:
        return
    note_change(
        session, now=now, actor=by.label, action="offered roles kept", subject=Subject.PERSON, subject_id=person.id,
        changes={"offers": [person.offers, kept]},
    )
    person.offers, person.updated_at = kept, now
    await session.flush()


async def _checked(session: AsyncSession, project: Project, person: Person, offered: OfferedHelp) -> Offer:
    wanted = set(await session.scalars(
        select(Need.key).where(Need.project_id == project.id, Need.state == NeedState.OPEN)
    ))
    accounts = {str(one) for one in await session.scalars(select(Identity.id).where(Identity.person_id == person.id))}
    checks = Checks()
    need = checks.one_of("need", offered.need, wanted)
    note = checks.text("note", offered.note, longest=LONGEST_NOTE, is_required=True)
    account = checks.one_of("account", offered.account, accounts)
    hours = offered.hours.strip()
    if hours and not (hours.isascii() and hours.isdecimal() and len(hours) < 4 and 0 < int(hours) <= MOST_HOURS):  # noqa: PLR2004
        checks.wrong("hours", _("Write a whole number from 1 to %(most)s, or leave it empty.") % {"most": MOST_HOURS})
    checks.done()
    return Offer(
        project_id=project.id, person_id=person.id, need_key=need, note=note, hours=int(hours) if hours else None,
        identity_id=int(account) if account else None, state=OfferState.OPEN,
    )


async def _refuse_too_many(session: AsyncSession, project: Project, person: Person, need_key: str) -> None:
    is_of_it = await session.scalar(select(Membership.id).where(
        Membership.project_id == project.id, Membership.person_id == person.id, Membership.left_on.is_(None)
    ).limit(1))
    if is_of_it is not None:
        raise Conflict(_("You are one of this project's people already: no need to ask."))
    waiting = (await session.execute(select(Offer.project_id, Offer.need_key).where(
        Offer.person_id == person.id, Offer.state == OfferState.OPEN
    ))).all()
    if (project.id, need_key) in [tuple(one) for one in waiting]:
        raise Conflict(_("You have offered this already, and the answer is still to come. See “Offers of help”."))
    if len(waiting) >= MOST_OPEN_OFFERS:
        raise Conflict(_(
            "%(num)s of your offers wait for an answer. Take one back, or wait for an answer, before you offer more."
        ) % {"num": len(waiting)})


async def _offer_of(session: AsyncSession, offer_id: int, condition: object) -> tuple[Offer, Project]:
    found = select(Offer, Project).join(Project, Project.id == Offer.project_id).where(
        Offer.id == offer_id, condition, Project.hidden_at.is_(None)  # type: ignore[arg-type]
    ).with_for_update()
    try:
        offer, project = (await session.execute(found)).one()
    except NoResultFound:
        raise NotFound(_("There is no such offer here.")) from None
    return offer, project


def _move(offer: Offer, to: OfferState, *, side: Side) -> None:
    if not may_follow(offer.state, to, side=side):
        still = moves_of(offer.state, side=side)
        raise Conflict(
            _("This is not open to you any more: choose one of what is offered now.") if still
            else _("This offer was answered or taken back meanwhile. Look at the list again.")
        )
    offer.state = to


async def _let_join(session: AsyncSession, project: Project, offer: Offer, now: datetime) -> dict[str, object]:
    is_of_it = await session.scalar(select(Membership.id).where(
        Membership.project_id == project.id, Membership.person_id == offer.person_id, Membership.left_on.is_(None)
    ).limit(1))
    if is_of_it is not None:
        return {}
    session.add(Membership(
        project_id=project.id, person_id=offer.person_id, role=MembershipRole.CONTRIBUTOR, joined_on=now.date(),
    ))
    person = await session.get_one(Person, offer.person_id)
    mark_changed(project, now=now)
    return {"member": [None, {"person": person.slug, "role": MembershipRole.CONTRIBUTOR.value}]}


async def _fill_need(session: AsyncSession, project: Project, key: str, now: datetime) -> dict[str, object]:
    need = await session.scalar(
        select(Need).where(Need.project_id == project.id, Need.key == key, Need.state == NeedState.OPEN)
        .with_for_update()
    )
    if need is None:
        return {}
    need.state, need.filled_on, need.updated_at = NeedState.FILLED, now.date(), now
    mark_changed(project, now=now)
    return {"need_state": [NeedState.OPEN.value, NeedState.FILLED.value]}


async def _leaders(session: AsyncSession, project_id: int) -> list[int]:
    return list(await session.scalars(
        select(Membership.person_id).where(Membership.project_id == project_id, leads_now()).order_by(Membership.id)
    ))
