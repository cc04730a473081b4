"""How a receiver knows that a message is from here: to be copied, so it needs nothing but Python."""

import hashlib
import hmac
import time


def is_genuine(secret: str, signature: str, body: bytes, *, seconds_old: int = 300) -> bool:
    """Whether the header Keng-Signature belongs to a body, as it came, and is at most ``seconds_old``."""
    parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    sent_at = parts.get("t", "")
    if not sent_at.isdecimal() or abs(time.time() - int(sent_at)) > seconds_old:
        return False
    expected = hmac.new(secret.encode(), sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), parts.get("v1", "").encode())
