"""Login tokens: opaque to the caller, verifiable by whoever shares the key, good for 60 seconds (§7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

LIFETIME_SECONDS = 60


def issued(*, kind: str, environment_arn: str, identity: str, now: float, key: bytes) -> str:
    """Return a token in the shape of a JWT. `now` is wall time: a token is used by a person or program, in real time."""
    header = _encoded({"alg": "HS256", "typ": "JWT"})
    claims: dict[str, str | int] = {
        "sub": identity,
        "aud": environment_arn,
        "use": kind,
        "iat": int(now),
        "exp": int(now) + LIFETIME_SECONDS,
    }
    signed = f"{header}.{_encoded(claims)}"
    return f"{signed}.{_base64(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def _encoded(content: dict[str, str | int]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
