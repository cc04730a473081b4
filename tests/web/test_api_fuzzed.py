"""Whatever is asked, the API answers as its description says; and the check that says so finds planted faults."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from litestar.testing import TestClient
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok

from registry.accounts.commands import grant_role
from registry.accounts.queries import Actor
from registry.accounts.rules import Role
from registry.activity.rules import Subject
from registry.database.engine import Database
from registry.database.keyset import Batch
from registry.search.commands import refresh
from registry.settings import Settings
from registry.tokens.commands import make_token
from registry.tokens.rules import Scope
from tests.conftest import application, in_trust, on_one_database
from tests.factories import a_credit, a_link, a_membership, a_need, a_person, a_project, a_proposal, a_tag, an_event

NOW = datetime.now(UTC)
load_all_checks()
PROMISES: list[Any] = CHECKS.get_by_names([
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
])


async def _fill(settings: Settings) -> str:
    """A record of each kind, called ``known``; a token of whoever keeps them all."""
    database = Database(settings)
    async with database.writing() as session:
        event, project = await an_event(session, slug="known"), await a_project(session, slug="known")
        proposal = await a_proposal(session, event=event, project=project, slug="known")
        person = await a_person(session, slug="known")
        await a_credit(session, proposal=proposal, person=person)
        await a_membership(session, project=project, person=person)
        await a_need(session, project=project)
        await a_link(session, project=project)
        await a_tag(session, project)
        await refresh(session, Subject.PROJECT, [project.id])
        await grant_role(session, person=person, role=Role.ORGANISER, granted_by="test", now=NOW)
        actor = Actor(person_id=person.id, slug="known", name="Known", roles=frozenset({Role.MEMBER}))
        token = await make_token(session, name="test", scopes=list(Scope), days="7", by=actor, now=NOW)
    await database.close()
    return token


def _fuzz(settings: Settings, *, examples: int, under: str = "/", writes: bool = False) -> int:
    """Ask every operation with what fits its description and with what does not; give the number of answers.

    ``under`` narrows it to the operations whose path begins so; it is what reads, or what ``writes``.

    Raises:
        FailureGroup: an answer breaks a promise of the description.
    """
    answers = 0
    token = {"Authorization": f"Bearer {asyncio.run(_fill(settings))}"}
    with TestClient(application(settings), raise_server_exceptions=False) as client:
        schema = openapi.from_dict(client.get("/api/v1/openapi.json").json())

        def ask(case: Case) -> None:
            nonlocal answers
            request = case.as_transport_kwargs(base_url="http://testserver.local")
            asked: dict[str, Any] = {name: request[name] for name in ("params", "json") if name in request}
            if writes:
                asked |= {"headers": {**request["headers"], **token}, "content": request.get("data")}
            answer = client.request(request["method"], request["url"], **asked)
            case.validate_response(answer, checks=PROMISES)
            answers += 1

        found = (result.ok() for result in schema.get_all_operations() if isinstance(result, Ok))
        for operation in (one for one in found if one.path.startswith(under) and (one.method != "get") is writes):
            known = {"slug": "known"} if "{slug}" in operation.path else None
            for strategy in (
                operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE),
                operation.as_strategy(GenerationMode.POSITIVE, path_parameters=known),
            ):
                hypothesis_settings(
                    max_examples=examples, deadline=None, database=None, derandomize=True,
                    suppress_health_check=list(HealthCheck),
                )(given(case=strategy)(ask))()
    return answers


@pytest.mark.parametrize(
    ("database_url", "examples"), [in_trust("sqlite", 100), in_trust("postgresql", 100)],
    indirect=["database_url"],
)
def test_every_answer_is_as_described(settings: Settings, examples: int) -> None:
    assert _fuzz(settings, examples=examples) >= 9 * examples


@pytest.mark.parametrize(
    ("database_url", "examples"), [in_trust("sqlite", 20), in_trust("postgresql", 20)], indirect=["database_url"],
)
def test_every_answer_to_a_change_is_as_described(settings: Settings, examples: int) -> None:
    assert _fuzz(settings, examples=examples, writes=True) >= 13 * examples


async def _crash(*_arguments: Any, **_options: Any) -> Any:
    message = "planted"
    raise RuntimeError(message)


async def _other_shape(*_arguments: Any, **_options: Any) -> Any:
    return Batch([{"id": 1}], None)


@on_one_database
@pytest.mark.parametrize("fault", [_crash, _other_shape])
def test_a_planted_fault_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    monkeypatch.setattr("registry.people.api.person_records", fault)
    with pytest.raises((Failure, FailureGroup)):
        _fuzz(settings, examples=5, under="/api/v1/people")
