"""Who says that a record is theirs, who is asked, and what an answer does."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import grant_role, person_for
from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.models import AuditEntry
from registry.activity.rules import Subject
from registry.claims.commands import approve_claim, decline_claim, make_claim, take_approval_back, withdraw_claim
from registry.claims.models import Claim
from registry.claims.queries import ClaimList, claim_numbered, count_claims
from registry.claims.rules import ClaimState
from registry.database.engine import Database
from registry.errors import BadInput, Conflict, NotAllowed, NotFound
from registry.inbox.models import Notice
from registry.inbox.rules import NoticeKind
from registry.inbox.words import notice_sentence
from registry.people.models import Identity, Membership, Person
from registry.people.rules import IdentityProvider, MembershipRole
from registry.ports import Claims
from registry.proposals.models import Credit
from tests.conftest import postgresql_in_trust
from tests.duplicates.contents import contents
from tests.factories import a_credit, a_membership, a_person, a_project, a_proposal, an_event

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def _as(person: Person, *roles: Role) -> Actor:
    return Actor(
        person_id=person.id, slug=person.slug, name=person.display_name, roles=frozenset({Role.MEMBER, *roles})
    )


async def _someone(session: AsyncSession, name: str, *roles: Role) -> Person:
    person = await a_person(session, slug=name.lower(), display_name=name, claimed_at=NOW)
    for role in roles:
        await grant_role(session, person=person, role=role, granted_by="test", now=NOW)
    return person


async def _claim(session: AsyncSession, record: Any, by: Person, **fields: Any) -> Claim:
    return await make_claim(session, **{
        "subject": Subject.PERSON if isinstance(record, Person) else Subject.PROJECT, "slug": record.slug,
        "evidence": "I pitched it.", "evidence_url": "", "by": _as(by), "now": NOW, **fields,
    })


async def _told(session: AsyncSession, kind: NoticeKind) -> list[str]:
    rows = await session.execute(
        select(Person.slug).join(Notice, Notice.person_id == Person.id)
        .where(Notice.kind == kind).order_by(Person.slug)
    )
    return [slug for (slug,) in rows]


async def test_an_approved_claim_makes_the_imported_person_an_old_name_of_the_claimer_and_back(
    database: Database
) -> None:
    async with database.writing() as session:
        ada, olga = await _someone(session, "Ada"), await _someone(session, "Olga", Role.ORGANISER)
        imported = await a_person(session, slug="ada-lin", display_name="Ada L.")
        proposal = await a_proposal(session, event=await an_event(session), project=await a_project(session))
        await a_credit(session, proposal=proposal, person=imported)
        await session.flush()
        claim = await _claim(session, imported, ada, evidence_url="example.org/me")
        before = await contents(session)
        await approve_claim(session, claim_id=claim.id, reason="", by=_as(olga, Role.ORGANISER), now=NOW)
        credit = (await session.execute(select(Credit.person_id, Credit.name_as_written))).one()
        assert tuple(credit) == (ada.id, "Ada L.")
        assert await _told(session, NoticeKind.CLAIM_APPROVED) == ["ada"]
        assert (claim.state, claim.decided_by_id, claim.evidence_url) == (
            ClaimState.APPROVED, olga.id, "https://example.org/me"
        )
        row = await claim_numbered(session, claim.id, _as(ada))
        assert row
        assert (row.person_name, row.claimer_name, row.may_answer) == ("Ada L.", "Ada", False)
        actions = list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert actions == ["role granted", "claimed", "merged"]

        await take_approval_back(session, claim_id=claim.id, by=_as(olga, Role.ORGANISER), now=NOW)
        after = await contents(session)
        assert {name for name in after if after[name] != before[name]} == {"notices"}


async def test_an_approved_claim_on_a_project_makes_an_owner_of_a_contributor(database: Database) -> None:
    async with database.writing() as session:
        ada, olga = await _someone(session, "Ada"), await _someone(session, "Olga", Role.ADMINISTRATOR)
        project = await a_project(session)
        await a_membership(session, project=project, person=ada, role=MembershipRole.CONTRIBUTOR)
        claim = await _claim(session, project, ada)
        await approve_claim(
            session, claim_id=claim.id, reason="Welcome", by=_as(olga, Role.ADMINISTRATOR), now=NOW
        )
        assert (await session.scalars(select(Membership.role))).all() == [MembershipRole.OWNER]
        with pytest.raises(Conflict, match="own this project"):
            await _claim(session, project, ada)
        with pytest.raises(Conflict, match="answered already"):
            await decline_claim(
                session, claim_id=claim.id, reason="x", by=_as(olga, Role.ADMINISTRATOR), now=NOW
            )


async def test_owners_are_asked_first_and_organisers_where_there_is_none(database: Database) -> None:
    async with database.writing() as session:
        ada, olga = await _someone(session, "Ada"), await _someone(session, "Olga", Role.ORGANISER)
        owner, other_owner = await _someone(session, "Owner"), await _someone(session, "Other")
        owned, free, elsewhere = [await a_project(session) for _ in range(3)]
        await a_membership(session, project=owned, person=owner)
        await a_membership(session, project=elsewhere, person=other_owner)
        here, both, nowhere = [await a_person(session) for _ in range(3)]
        event = await an_event(session)
        pitch, other_pitch = [await a_proposal(session, event=event, project=one) for one in (owned, elsewhere)]
        await a_credit(session, proposal=pitch, person=here)
        for one in (pitch, other_pitch):
            await a_credit(session, proposal=one, person=both)
        asked = {}
        for name, record in {
            "owned": owned, "free": free, "here": here, "both": both, "nowhere": nowhere
        }.items():
            claim = await _claim(session, record, ada)
            asked[name] = [
                person.slug for person in (owner, other_owner, olga)
                if (row := await claim_numbered(session, claim.id, _as(
                    person, *([Role.ORGANISER] if person is olga else [])
                ))) and row.may_answer
            ]
            told = (await session.scalars(
                select(Person.slug).join(Notice, Notice.person_id == Person.id)
                .where(Notice.path == f"/claims/{claim.id}")
            )).all()
            assert told == asked[name][:1]
        assert asked == {
            "owned": ["owner", "olga"], "here": ["owner", "olga"], "free": ["olga"], "both": ["olga"],
            "nowhere": ["olga"],
        }
        assert (await count_claims(session, _as(owner)))[ClaimList.OPEN] == 2
        assert (await count_claims(session, _as(ada)))[ClaimList.MINE] == 5
        with pytest.raises(NotAllowed):
            await approve_claim(session, claim_id=claim.id, reason="", by=_as(owner), now=NOW)


async def test_nobody_answers_their_own_claim_nor_one_without_a_reason(database: Database) -> None:
    async with database.writing() as session:
        ada, olga = await _someone(session, "Ada"), await _someone(session, "Olga", Role.ORGANISER)
        own = await _claim(session, await a_project(session), olga)
        with pytest.raises(NotAllowed):
            await approve_claim(session, claim_id=own.id, reason="", by=_as(olga, Role.ORGANISER), now=NOW)
        claim = await _claim(session, await a_project(session, name={"en": "Pit"}), ada)
        with pytest.raises(BadInput):
            await decline_claim(session, claim_id=claim.id, reason=" ", by=_as(olga, Role.ORGANISER), now=NOW)
        await decline_claim(
            session, claim_id=claim.id, reason="Bo began it.", by=_as(olga, Role.ORGANISER), now=NOW
        )
        notice = (await session.scalars(select(Notice).where(Notice.kind == NoticeKind.CLAIM_DECLINED))).one()
        sentence = notice_sentence(notice.kind, notice.facts)
        assert (notice.person_id, sentence) == (ada.id, "Your claim on Pit was declined: Bo began it.")


async def test_what_cannot_be_claimed_is_refused(database: Database) -> None:
    async with database.writing() as session:
        ada = await _someone(session, "Ada")
        claimed, powerful, hidden = (
            await a_person(session, claimed_at=NOW), await a_person(session), await a_person(session, hidden_at=NOW)
        )
        await grant_role(session, person=powerful, role=Role.ORGANISER, granted_by="test", now=NOW)
        for person, error in ((claimed, Conflict), (powerful, Conflict), (ada, Conflict), (hidden, NotFound)):
            with pytest.raises(error):
                await _claim(session, person, ada)
        with pytest.raises(BadInput) as refusal:
            await _claim(session, await a_person(session), ada, evidence=" ", evidence_url="javascript:x")
        assert [one.name for one in refusal.value.errors] == ["evidence", "evidence_url"]


@postgresql_in_trust
async def test_one_claim_on_a_record_and_ten_in_all_may_wait(database: Database) -> None:
    async with database.writing() as session:
        ada = await _someone(session, "Ada")
        projects = [await a_project(session) for _ in range(11)]
        first = await _claim(session, projects[0], ada)
        with pytest.raises(Conflict, match="said so already"):
            await _claim(session, projects[0], ada)
        for project in projects[1:10]:
            await _claim(session, project, ada)
        with pytest.raises(Conflict, match="10 of your claims"):
            await _claim(session, projects[10], ada)
        await withdraw_claim(session, claim_id=first.id, by=_as(ada), now=NOW)
        await _claim(session, projects[10], ada)


async def test_claiming_twice_at_once_is_one_claim(database: Database) -> None:
    async with database.writing() as session:
        ada, project = await _someone(session, "Ada"), await a_project(session)

    async def claim() -> bool:
        try:
            async with database.writing() as session:
                await _claim(session, project, ada)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(*(claim() for _ in range(3)))) == [False, False, True]


def _github(subject: str, login: str = "ada") -> Claims:
    return Claims(provider=IdentityProvider.GITHUB, subject=subject, login=login, display_name="Ada")


async def _contributor(session: AsyncSession, subject: str) -> Person:
    """An imported contributor whose account is known by its number, as the sync notes it."""
    person = await a_person(session, slug="contributor")
    session.add(Identity(person_id=person.id, provider=IdentityProvider.GITHUB, subject=subject, login="ada"))
    await session.flush()
    return person


async def test_only_the_number_of_an_account_proves_who_a_contributor_is(database: Database) -> None:
    async with database.writing() as session:
        contributor = await _contributor(session, "7")
        stranger = await person_for(session, claims=_github("8", login="ada"), now=NOW)
        assert (stranger.id == contributor.id, contributor.claimed_at) == (False, None)
        same = await person_for(session, claims=_github("7", login="renamed"), now=NOW)
        assert (same.id, same.claimed_at) == (contributor.id, NOW)


async def test_linking_a_known_contributors_account_brings_their_record_along(database: Database) -> None:
    async with database.writing() as session:
        contributor = await _contributor(session, "7")
        project = await a_project(session)
        await a_membership(session, project=project, person=contributor, role=MembershipRole.CONTRIBUTOR)
        ada = await _someone(session, "Ada")
        assert (await person_for(session, claims=_github("7"), now=NOW, linking=ada.id)).id == ada.id
        assert list(await session.scalars(select(Membership.person_id))) == [ada.id]
        identity = (await session.execute(select(Identity.person_id, Identity.verified_at))).one()
        assert tuple(identity) == (ada.id, NOW)
        bo = await _someone(session, "Bo")
        with pytest.raises(Conflict):
            await person_for(session, claims=_github("7"), now=NOW, linking=bo.id)
        assert await session.scalar(select(func.count(Identity.id))) == 1
