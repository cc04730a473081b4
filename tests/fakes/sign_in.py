"""The sign-in halves of GitHub and Slack: authorize, token (with PKCE), user or identity token."""

import base64
import hashlib
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.fakes.http import Asked, FakeServer, Reply


class _CodeGrants(FakeServer):
    """Authorization codes that can be used once (unless ``is_careless``), with the verifier of their challenge."""

    def __init__(self) -> None:
        super().__init__()
        self.signed_in_as: Any = None
        self.is_careless = False
        self._grants: dict[str, dict[str, str]] = {}

    def forget(self) -> None:
        """Be as before the first request, and know no code that was given."""
        super().forget()
        self._grants.clear()
        self.is_careless = False

    def authorize(self, asked: Asked) -> Reply:
        """Send the browser straight back, as if the person had agreed."""
        code = secrets.token_hex(8)
        self._grants[code] = {**asked.query, "as": self.signed_in_as}
        back = urlencode({"code": code, "state": asked.query["state"]})
        return Reply(status=302, headers={"Location": f"{asked.query['redirect_uri']}?{back}"})

    def redeem(self, asked: Asked) -> dict[str, Any] | None:
        """The grant of a code, if the verifier, client and return address fit; each code works once."""
        form = asked.form()
        grant = self._grants.get(form.get("code", ""))
        if grant is None:
            return None
        if not self.is_careless:
            del self._grants[form["code"]]
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        fits = challenge == grant["code_challenge"] and form.get("redirect_uri") == grant["redirect_uri"]
        return grant if fits else None


class FakeGitHubSignIn(_CodeGrants):
    """``signed_in_as`` is the user object that GitHub would give."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: dict[str, Any] = {}
        self.route("GET", "/login/oauth/authorize", self.authorize)
        self.route("POST", "/login/oauth/access_token", self._token)
        self.route("GET", "/user", self._user)

    def _token(self, asked: Asked) -> Reply:
        grant = self.redeem(asked)
        if grant is None:
            return Reply({"error": "bad_verification_code", "error_description": "The code is incorrect or expired."})
        token = secrets.token_hex(8)
        self._tokens[token] = grant["as"]
        return Reply({"access_token": token, "token_type": "bearer", "scope": ""})

    def _user(self, asked: Asked) -> Reply:
        user = self._tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        return Reply(user) if user else Reply({"message": "Bad credentials"}, 401)


class FakeSlackSignIn(_CodeGrants):
    """``signed_in_as`` holds the claims of the person; ``wrong`` replaces claims of the next identity tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: dict[str, Any] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.signing_key = self.key
        self.route("GET", "/openid/connect/authorize", self.authorize)
        self.route("POST", "/api/openid.connect.token", self._token)
        self.route("GET", "/openid/connect/keys", lambda _asked: Reply({"keys": [self.key.as_dict(private=False)]}))

    def _token(self, asked: Asked) -> Reply:
        grant = self.redeem(asked)
        if grant is None:
            return Reply({"ok": False, "error": "invalid_code"})
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": grant["client_id"], "nonce": grant["nonce"], "iat": now, "exp": now + 300,
            **grant["as"], **self.wrong,
        }
        id_token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signing_key)
        return Reply({"ok": True, "access_token": secrets.token_hex(8), "token_type": "Bearer", "id_token": id_token})
