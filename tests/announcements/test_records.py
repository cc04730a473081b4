"""Each kind of news as everyone may see it, and nothing of what they may not."""

from datetime import UTC, datetime, timedelta

from registry.announcements.records import Shown, shown_records
from registry.announcements.rules import FactKind
from registry.announcements.words import told_of
from registry.cases.models import CaseStudy
from registry.cases.rules import CaseState
from registry.database.engine import Database
from registry.events.rules import EventState
from registry.projects.models import Update
from registry.projects.rules import NeedState
from registry.proposals.rules import ProposalState
from registry.repositories.models import ProjectRepository, Repository, RepositoryRelease
from tests.factories import a_need, a_project, a_proposal, a_slot, an_event

NOW = datetime(2026, 7, 25, 1, tzinfo=UTC)
KIND = FactKind


async def test_every_kind_is_told_and_nothing_that_is_hidden_or_a_draft(database: Database) -> None:
    about: dict[KIND, list[tuple[int, str]]] = {}
    async with database.writing() as session:
        for word, hidden_at in (("seen", None), ("Zq", NOW)):
            state = EventState.DRAFT if hidden_at else EventState.PUBLISHED
            event = await an_event(
                session, slug=word, name={"en": f"{word} event"}, state=state,
                starts_on=(NOW + timedelta(days=9)).date(), proposals_close_at=NOW + timedelta(days=1),
            )
            project = await a_project(session, slug=word, name={"en": f"{word} project"}, hidden_at=hidden_at)
            pitch = await a_proposal(
                session, event=event, project=project, title={"en": f"{word} pitch"}, is_anonymous=True,
                state=ProposalState.DRAFT if hidden_at else ProposalState.SUBMITTED,
            )
            await a_slot(session, event=event, proposal=pitch)
            await a_need(session, project=project, key="designer", line={"en": f"{word} line"})
            await a_need(session, project=project, key="writer", state=NeedState.FILLED)
            repository = Repository(forge="github", full_name=word, name_key=word, url=f"https://x.test/{word}",
                                    state="present", topics=[], star_count=0, fork_count=0, is_archived=False,
                                    is_fork=False, evidence={}, anonymous_count=0)
            case = CaseStudy(slug=word, project_id=project.id, title={"en": f"{word} case"}, version=1,
                             state=CaseState.PUBLISHED, hidden_at=hidden_at)
            session.add_all([repository, case])
            await session.flush()
            update = Update(project_id=project.id, text={"en": f"{word} news"}, text_html={}, posted_at=NOW)
            session.add_all([
                update, ProjectRepository(project_id=project.id, repository_id=repository.id),
                RepositoryRelease(repository_id=repository.id, tag="v1", url="https://x.test", published_at=NOW),
            ])
            await session.flush()
            for kind, subject_id, detail in (
                (KIND.PITCHED, pitch.id, ""), (KIND.EVENT_PUBLISHED, event.id, ""), (KIND.CALL_CLOSING, event.id, ""),
                (KIND.RUNNING_ORDER, event.id, ""), (KIND.NEED_OPENED, project.id, "designer"),
                (KIND.NEED_OPENED, project.id, "writer"), (KIND.STAGE_REACHED, project.id, "idea"),
                (KIND.STAGE_REACHED, project.id, "blueprint"), (KIND.RELEASED, project.id, "v1"),
                (KIND.UPDATE_POSTED, project.id, str(update.id)), (KIND.CASE_PUBLISHED, case.id, ""),
            ):
                about.setdefault(kind, []).append((subject_id, detail))
    told: dict[KIND, list[Shown]] = {}
    async with database.reading() as reader:
        for kind in FactKind:
            told[kind] = list((await shown_records(reader, kind, about[kind], now=NOW)).values())
    said = {
        kind: [told_of(kind, [one], base_url="https://k.test").heading["en"] for one in shown]
        for kind, shown in told.items()
    }
    assert "Zq" not in str(told)
    assert said[KIND.CALL_CLOSING][0].startswith("seen event takes pitches until Jul 26, 2026")
    assert {kind: lines for kind, lines in said.items() if kind is not KIND.CALL_CLOSING} == {
        KIND.PITCHED: ["Pitched for seen event: seen pitch"],
        KIND.EVENT_PUBLISHED: ["seen event takes place on August 3, 2026."],
        KIND.RUNNING_ORDER: ["The running order of seen event"],
        KIND.NEED_OPENED: ["seen project is looking for: Design", "seen project no longer looks for: Writing"],
        KIND.STAGE_REACHED: ["seen project has reached the stage “Explore”."],
        KIND.UPDATE_POSTED: ["seen project tells what is new"],
        KIND.RELEASED: ["seen project has a new release: v1"],
        KIND.CASE_PUBLISHED: ["A case study to read: seen case"],
    }
