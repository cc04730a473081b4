"""Sign in with Slack: OpenID Connect with state, nonce and PKCE, for members of one workspace."""

import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import ClaimsOption

from registry.people.rules import IdentityProvider
from registry.ports import Claims, ProviderUnreachable, SignInRefused

SECONDS = 8
LEEWAY_SECONDS = 30
TEAM_CLAIM = "https://slack.com/team_id"
USER_CLAIM = "https://slack.com/user_id"


class SlackSignIn:
    """Members of the workspace ``team_id``. ``url`` is Slack, or a test server."""

    provider = IdentityProvider.SLACK
    label = "Slack"

    def __init__(self, *, client_id: str, client_secret: str, team_id: str, url: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._team_id = team_id
        self._url = url
        self.form_targets = (url, url.replace("://", "://*.", 1))  # a workspace has a subdomain of its own

    def authorization_url(self, *, state: str, nonce: str, code_verifier: str, redirect_uri: str) -> str:
        """The address to which the person is sent."""
        url, _ = self._client(redirect_uri).create_authorization_url(
            f"{self._url}/openid/connect/authorize", state=state, code_verifier=code_verifier, nonce=nonce,
            team=self._team_id,
        )
        return str(url)

    async def identify(self, *, code: str, nonce: str, code_verifier: str, redirect_uri: str) -> Claims:
        """Exchange the code for an identity token and check it: signature, issuer, audience, nonce, workspace.

        Raises:
            SignInRefused: Slack did not accept the code, or the token is not for us, now, and this workspace.
            ProviderUnreachable: Slack does not answer, or not in a usable way.
        """
        try:
            async with self._client(redirect_uri) as client:
                token = await client.fetch_token(
                    f"{self._url}/api/openid.connect.token", code=code, code_verifier=code_verifier
                )
                keys = await client.request("GET", f"{self._url}/openid/connect/keys", withhold_token=True)
                keys.raise_for_status()
            claims = self._checked(str(token["id_token"]), keys.content, nonce)
        except (AuthlibBaseError, JoseError, KeyError) as error:
            raise SignInRefused(type(error).__name__) from error
        except (HTTPError, ValueError) as error:
            raise ProviderUnreachable(type(error).__name__) from error
        name = str(claims.get("name") or claims[USER_CLAIM])
        return Claims(
            provider=self.provider, subject=f"{claims[TEAM_CLAIM]}:{claims[USER_CLAIM]}", login=name,
            display_name=name,
        )

    def _checked(self, id_token: str, keys: bytes, nonce: str) -> dict[str, object]:
        decoded = jwt.decode(id_token, KeySet.import_key_set(msgspec.json.decode(keys)), algorithms=["RS256"])
        expected = {"iss": self._url, "aud": self._client_id, "nonce": nonce, TEAM_CLAIM: self._team_id}
        jwt.JWTClaimsRegistry(
            None, LEEWAY_SECONDS, exp={"essential": True}, **{
                USER_CLAIM: ClaimsOption(essential=True),
                **{name: ClaimsOption(essential=True, value=value) for name, value in expected.items()},
            },
        ).validate(decoded.claims)
        return dict(decoded.claims)

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._client_id, client_secret=self._client_secret, scope="openid profile",
            redirect_uri=redirect_uri, code_challenge_method="S256", timeout=SECONDS,
        )
