"""Addresses that are secrets: made from what the database holds and the installation's own secret together."""

import base64
import hmac
import secrets
from hashlib import sha256

from registry.settings import Settings


def new_key() -> str:
    """The half of a secret address that the database keeps."""
    return secrets.token_hex(12)


def secret_name(settings: Settings, purpose: str, key: str) -> str:
    """The last part of a secret address: the key, and a signature that only this installation can make."""
    return f"{key}.{signature(settings, purpose, key)}"


def key_in(settings: Settings, purpose: str, name: str) -> str | None:
    """The key in the last part of a secret address; none when the signature is not ours, or for another purpose."""
    key, _dot, signed = name.partition(".")
    return key if hmac.compare_digest(signature(settings, purpose, key).encode(), signed.encode()) else None


def signature(settings: Settings, purpose: str, text: str) -> str:
    """A signature under the installation's secret, for use in an address."""
    secret = settings.secret_key.get_secret_value().encode()
    digest = hmac.new(secret, f"{purpose}:{text}".encode(), sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
