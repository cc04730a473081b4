"""People as sources name them: credits as written, nobody taken for somebody else by name alone."""

from registry.activity.rules import Subject
from registry.exchange.loading.gaps import Changes, fill_texts
from registry.exchange.loading.record import Record
from registry.exchange.rows import CreditRow, PersonRow, Sourced
from registry.people.models import Person
from registry.projects.rules import normalise_name
from registry.proposals.models import Credit, Proposal


async def load_people(record: Record, rows: list[Sourced[PersonRow]]) -> None:
    """Match each person by slug, the one sign of identity that only the registry's own formats give."""
    for sourced in rows:
        row = sourced.row
        person = record.find(Person, [sourced.key]) or record.refer(Person, row.slug)
        if person is None:
            person = _new(record, row)
            await record.add([person])
        elif record.is_unchanged(Person, sourced):
            record.trace(person, sourced, {})
            continue
        changes: Changes = {}
        fill_texts(person, changes, bio=row.bio)
        record.trace(person, sourced, changes)


async def add_credits(record: Record, proposal: Proposal, written: tuple[CreditRow, ...], changes: Changes) -> None:
    """Credit each name on a proposal.

    The same name in the same project is the same person; in another project it is another person, unless the row
    says who it is.
    """
    for position, credit in enumerate(written):
        named = (proposal.project_id, normalise_name(credit.name))
        said = record.refer(Person, credit.person) if credit.person else None
        person_id = said.id if said else record.credited.get(named)
        if person_id is None:
            person = _new(record, PersonRow(slug=credit.person or credit.name, display_name=credit.name))
            await record.add([person])
            person_id = person.id
            record.seen.add((Subject.PERSON, person_id))
        record.credited.setdefault(named, person_id)
        if (proposal.id, person_id) not in record.credits:
            record.credits.add((proposal.id, person_id))
            record.session.add(
                Credit(
                    proposal_id=proposal.id, person_id=person_id, name_as_written=credit.name, position=position
                )
            )
            changes.setdefault("credits", []).append(credit.name)


def _new(record: Record, row: PersonRow) -> Person:
    return Person(
        slug=record.slugs[Subject.PERSON].take(row.slug, otherwise="person"), display_name=row.display_name,
        sort_name=row.display_name.casefold(), bio={}, origin=row.origin, offers=list(row.offers),
        is_example=row.is_example, created_at=record.now, updated_at=record.now,
    )
