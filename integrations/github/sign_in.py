"""Sign in with GitHub: OAuth web flow with state and PKCE, without any scope: a public profile is enough."""

import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from httpx2 import HTTPError

from registry.people.rules import IdentityProvider
from registry.ports import Claims, ProviderUnreachable, SignInRefused

SECONDS = 8


class _User(msgspec.Struct):
    id: int
    login: str
    name: str | None = None


class GitHubSignIn:
    """GitHub accounts. ``web_url`` and ``api_url`` differ for GitHub Enterprise and for a test server."""

    provider = IdentityProvider.GITHUB
    label = "GitHub"

    def __init__(self, *, client_id: str, client_secret: str, web_url: str, api_url: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._web_url = web_url
        self._api_url = api_url
        self.form_targets = (web_url,)

    def authorization_url(self, *, state: str, nonce: str, code_verifier: str, redirect_uri: str) -> str:  # noqa: ARG002 — GitHub is no OpenID provider and knows no nonce
        """The address to which the person is sent."""
        url, _ = self._client(redirect_uri).create_authorization_url(
            f"{self._web_url}/login/oauth/authorize", state=state, code_verifier=code_verifier
        )
        return str(url)

    async def identify(self, *, code: str, nonce: str, code_verifier: str, redirect_uri: str) -> Claims:  # noqa: ARG002 — as above
        """Exchange the code for a token, ask whose it is, and forget the token.

        Raises:
            SignInRefused: GitHub did not accept the code.
            ProviderUnreachable: GitHub does not answer, or not with a user.
        """
        try:
            async with self._client(redirect_uri) as client:
                await client.fetch_token(
                    f"{self._web_url}/login/oauth/access_token", code=code, code_verifier=code_verifier
                )
                answer = await client.get(f"{self._api_url}/user")
                answer.raise_for_status()
                user = msgspec.json.decode(answer.content, type=_User)
        except AuthlibBaseError as error:
            raise SignInRefused(type(error).__name__) from error
        except (HTTPError, ValueError) as error:
            raise ProviderUnreachable(type(error).__name__) from error
        return Claims(
            provider=self.provider, subject=str(user.id), login=user.login, display_name=user.name or user.login
        )

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._client_id, client_secret=self._client_secret, redirect_uri=redirect_uri,
            code_challenge_method="S256", timeout=SECONDS, headers={"Accept": "application/json"},
        )
