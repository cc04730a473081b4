"""Twelve attacks on signing in, each with the line of ours that stops it, undone."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts import commands, sign_in_pages
from registry.accounts.models import SignInAttempt, SignInSession
from registry.accounts.rules import SIGN_IN_TIME
from registry.database.engine import Database
from registry.people.models import Identity, Person
from registry.people.rules import IdentityProvider
from registry.ports import Claims, SignInProvider, SignInRefused
from tests.accounts.conftest import ADA, query_of
from tests.fakes.http import Reply
from tests.fakes.sign_in import FakeGitHubSignIn, FakeSlackSignIn
from tests.trust.promises import Fault, replaced
from tests.visits import BASE, Visit, agree

MALLORY = {"id": 666, "login": "mallory", "name": "Mallory"}
CALLBACK, STATE_COOKIE, SESSION_COOKIE = "/sign-in/github/callback", "keng_sign_in", "keng_session"
TOKEN_ADDRESS = "POST /login/oauth/access_token"
PLANTED = "planted-by-mallory"


class Scene(NamedTuple):
    """Two browsers that nobody has used, at a site where people sign in with both providers, and what is logged."""

    ada: Visit
    mallory: Visit
    github: FakeGitHubSignIn
    slack: FakeSlackSignIn
    database: Database
    log: pytest.LogCaptureFixture

    async def agreed(self, browser: Visit, who: dict[str, Any], *, return_path: str = "/") -> str:
        """Leave for GitHub and agree there as somebody; the path at which the browser would come back."""
        away = await browser.leave(return_path=return_path)
        self.github.signed_in_as = who
        return agree(away)


class Attack(NamedTuple):
    """``works`` tells whether it did: it must not, but where what stops it is ``undone`` it must."""

    name: str
    works: Callable[[Scene], Awaitable[bool]]
    undone: Fault


async def forget_attempts(database: Database) -> None:
    """Let no sign-in be under way."""
    async with database.writing() as session:
        await session.execute(delete(SignInAttempt))


async def _missing_state(scene: Scene) -> bool:
    code = query_of(await scene.agreed(scene.mallory, MALLORY))["code"]
    await scene.ada.client.get(f"{CALLBACK}?code={code}")
    return await scene.ada.name() == "Mallory"


async def _reused_state(scene: Scene) -> bool:
    away = await scene.ada.leave()
    state, scene.github.signed_in_as = scene.ada.client.cookies[STATE_COOKIE], ADA
    await scene.ada.client.get(agree(away))
    scene.mallory.client.cookies.set(STATE_COOKIE, state)
    await scene.mallory.client.get(agree(away))
    return await scene.mallory.name() == "Ada Example"


async def _foreign_state(scene: Scene) -> bool:
    back = await scene.agreed(scene.mallory, MALLORY)
    await scene.ada.leave()
    await scene.ada.client.get(back)
    return await scene.ada.name() == "Mallory"


async def _wrong_verifier(scene: Scene) -> bool:
    stolen = query_of(await scene.agreed(scene.ada, ADA))["code"]
    own = query_of(await scene.agreed(scene.mallory, MALLORY))["state"]
    await scene.mallory.client.get(f"{CALLBACK}?code={stolen}&state={own}")
    return await scene.mallory.name() == "Ada Example"


async def _replayed_code(scene: Scene) -> bool:
    scene.github.is_careless = True
    back = await scene.agreed(scene.ada, ADA)
    await scene.ada.client.get(back)
    own = query_of(await scene.agreed(scene.mallory, MALLORY))["state"]
    await scene.mallory.client.get(f"{CALLBACK}?code={query_of(back)['code']}&state={own}")
    return await scene.mallory.name() == "Ada Example"


async def _mix_up(scene: Scene) -> bool:
    back = await scene.agreed(scene.ada, ADA)
    await scene.ada.client.get(back.replace("/github/", "/slack/"))
    back = agree(await scene.mallory.leave("slack"))
    await scene.mallory.client.get(back.replace("/slack/", "/github/"))
    asked = scene.slack.requests["POST /api/openid.connect.token"], scene.github.requests[TOKEN_ADDRESS]
    return sum(asked) > 0


async def _provider_error(scene: Scene) -> bool:
    back = await scene.agreed(scene.ada, ADA)
    await scene.ada.client.get(f"{back}&error=server_error")
    return await scene.ada.name() is not None


async def _fixation(scene: Scene) -> bool:
    scene.ada.client.cookies.set(SESSION_COOKIE, PLANTED)
    await scene.ada.client.get(await scene.agreed(scene.ada, ADA))
    scene.mallory.client.cookies.set(SESSION_COOKIE, PLANTED)
    return await scene.mallory.name() is not None


async def _secret_told(scene: Scene) -> bool:
    scene.log.clear()
    away = await scene.ada.leave()
    back = agree(away)
    secret = query_of(back)
    scene.github.fail_next("/login/oauth/access_token", Reply({
        "error": "bad_verification_code", "error_description": f"the code {secret['code']} is of no use",
    }))
    refused = await scene.ada.client.get(back)
    again = await scene.agreed(scene.ada, ADA)
    taken = await scene.ada.client.get(again)
    secrets = {*secret.values(), *query_of(again).values(), taken.cookies[SESSION_COOKIE], "github-secret"}
    logged = "\n".join(one.getMessage() for one in scene.log.records if one.name.startswith(("keng", "registry")))
    assert "sign-in with GitHub refused" in logged
    told = logged + "".join(one.headers["location"] + one.text for one in (refused, taken))
    is_in_address = {"client_secret", "code_verifier"} & set(query_of(away))
    return bool(is_in_address) or any(one in told for one in secrets)


async def _open_return(scene: Scene) -> bool:
    answer = await scene.ada.client.get(await scene.agreed(scene.ada, ADA, return_path="//evil.example/projects"))
    return urlsplit(urljoin(BASE, answer.headers["location"])).netloc != urlsplit(BASE).netloc


async def _expired_state(scene: Scene) -> bool:
    back = await scene.agreed(scene.ada, ADA)
    async with scene.database.writing() as session:
        attempt = (await session.scalars(select(SignInAttempt))).one()
        attempt.started_at -= SIGN_IN_TIME + timedelta(seconds=1)
    await scene.ada.client.get(back)
    return await scene.ada.name() is not None


async def _unverified_mail(scene: Scene) -> bool:
    await scene.ada.client.get(await scene.agreed(scene.ada, {**ADA, "email": "ada@example.org"}))
    await scene.mallory.client.get(await scene.agreed(scene.mallory, {**ADA, "id": 667, "email": "ada@example.org"}))
    async with scene.database.reading() as reader:
        newest = select(SignInSession.person_id).order_by(SignInSession.id.desc()).limit(2)
        signed_in = (await reader.scalars(newest)).all()
    assert len(signed_in) == 2
    return len(set(signed_in)) == 1


# One line of ours undone, for each of them.


async def _take_without_state(session: AsyncSession, *, state: str, **rest: Any) -> SignInAttempt | None:
    if not state:
        newest: SignInAttempt | None = await session.scalar(
            select(SignInAttempt).order_by(SignInAttempt.id.desc()).limit(1)
        )
        return newest
    return await commands.take_attempt(session, state=state, **rest)


async def _keep_attempt(_session: AsyncSession, _attempt: SignInAttempt) -> None:
    """Do not use it up."""


async def _take_of_any_provider(session: AsyncSession, *, provider: IdentityProvider, **rest: Any) -> Any:
    asked = await session.scalar(select(SignInAttempt.provider))
    return await commands.take_attempt(session, provider=asked or provider, **rest)


async def _claims_whatever_is_said(request: Any, door: SignInProvider, *, nonce: str, code_verifier: str) -> Claims:
    return await door.identify(
        code=request.query_params["code"], nonce=nonce, code_verifier=code_verifier, redirect_uri=f"{BASE}{CALLBACK}"
    )


async def _start_known_session(session: AsyncSession, **who: Any) -> str:
    token = await commands.start_session(session, **who)
    started = await session.scalar(select(SignInSession).where(SignInSession.token_hash == commands.hash_token(token)))
    assert started
    started.token_hash = commands.hash_token(PLANTED)
    return PLANTED


def _log_the_provider_s_words(_words: str, label: str, refusal: SignInRefused) -> None:
    logging.getLogger("keng.accounts").error("sign-in with %s refused: %s", label, refusal.__cause__)


async def _person_by_name(session: AsyncSession, *, claims: Claims, **rest: Any) -> Person:
    known = await session.scalar(select(Identity.person_id).where(Identity.login == claims.login).limit(1))
    return await session.get_one(Person, known) if known else await commands.person_for(session, claims=claims, **rest)


def _same_verifier(state: str, nonce: str, _verifier: str) -> commands.BegunSignIn:
    return _begun(state, nonce, "0" * 64)


_begun, _pages, _commands = commands.BegunSignIn, sign_in_pages.__name__, commands.__name__
ATTACKS = [
    Attack("no state", _missing_state, replaced(f"{_pages}.take_attempt", _take_without_state)),
    Attack("a state used before", _reused_state, replaced("sqlalchemy.ext.asyncio.AsyncSession.delete", _keep_attempt)),
    Attack("another browser's state", _foreign_state, replaced("secrets.compare_digest", lambda _one, _other: True)),
    Attack("a stolen code", _wrong_verifier, replaced(f"{_commands}.BegunSignIn", _same_verifier)),
    Attack("a code used before", _replayed_code, replaced(f"{_commands}.BegunSignIn", _same_verifier)),
    Attack("another provider's code", _mix_up, replaced(f"{_pages}.take_attempt", _take_of_any_provider)),
    Attack("a provider's error", _provider_error, replaced(f"{_pages}._claims", _claims_whatever_is_said)),
    Attack("a session planted before", _fixation, replaced(f"{_pages}.start_session", _start_known_session)),
    Attack("a secret told", _secret_told, replaced(f"{_pages}._log.warning", _log_the_provider_s_words)),
    Attack("a way back off the site", _open_return, replaced(f"{_pages}.safe_return_path", lambda wish: wish or "/")),
    Attack("a state too old", _expired_state, replaced(f"{_commands}.SIGN_IN_TIME", timedelta(days=1))),
    Attack("an address nobody verified", _unverified_mail, replaced(f"{_pages}.person_for", _person_by_name)),
]


def undone(name: str) -> Fault:
    """The fault that lets an attack work."""
    return next(attack.undone for attack in ATTACKS if attack.name == name)
