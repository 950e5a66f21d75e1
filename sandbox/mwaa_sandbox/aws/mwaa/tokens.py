"""Login tokens and sessions in the shape of JWTs, opaque to the caller. What they are good for is kept in `logins`."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid


def issued(*, kind: str, environment_arn: str, identity: str, now: float, lifetime_seconds: float, key: bytes) -> str:
    """Return a new token, never the same twice. `now` and the claims are AWS-time."""
    header = _encoded({"alg": "HS256", "typ": "JWT"})
    claims: dict[str, str | int] = {
        "sub": identity,
        "aud": environment_arn,
        "use": kind,
        "jti": str(uuid.uuid4()),
        "iat": int(now),
        "exp": int(now + lifetime_seconds),
    }
    signed = f"{header}.{_encoded(claims)}"
    return f"{signed}.{_base64(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def _encoded(content: dict[str, str | int]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
