"""Keyed hashes of what was asked for, to be kept in a status that many people may read.

Option values are secrets and often short, so a plain hash in the status could be guessed by trying values. The key lives in a Secret
of the operator's own namespace. Each fingerprint names its key, so that a lost key is told from a changed value: with an unknown key
nothing is concluded, instead of every environment being updated at once.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FingerprintKey:
    """The secret key, 16 bytes or more."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Names the key without telling it: eight hexadecimal digits."""
        return hmac.new(self.secret, b"mwaa-operator fingerprint key id", hashlib.sha256).hexdigest()[:8]

    def fingerprint(self, value: Mapping[str, Any]) -> str:
        """`<key id>:<hash>` of a JSON-like value, the same for the same content in any order of keys."""
        canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode()
        return f"{self.id}:{hmac.new(self.secret, canonical, hashlib.sha256).hexdigest()[:32]}"

    def made(self, fingerprint: str | None) -> bool:
        """Whether a remembered fingerprint was made with this key, so that comparing it means something."""
        return fingerprint is not None and fingerprint.partition(":")[0] == self.id
