"""Which account a caller belongs to: told by the access key id, as AWS's own key ids do.

A key id is of the form `AKIASBOX` and the account's twelve digits, or just the twelve digits (as LocalStack has it).
Keys that moto has handed out itself (users' keys, assumed roles) belong to the account they were made in. Every other
key belongs to the default account.
"""

from __future__ import annotations

import re

DEFAULT_ACCOUNT = "123456789012"
SECRET_ACCESS_KEY = "sandbox"  # noqa: S105 - signatures are not verified, anything will do
_KEY_PREFIX = "AKIASBOX"
_KEY = re.compile(rf"(?:{_KEY_PREFIX})?(\d{{12}})")


def access_key_of(account: str) -> str:
    """Return an access key id that stands for `account`.

    Raises:
        ValueError: unless it is twelve digits.
    """
    if not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"{account!r} is not an AWS account id: it has twelve digits")
    return f"{_KEY_PREFIX}{account}"


def account_of(access_key: str) -> str | None:
    """Return the account that an access key id names by itself, or None."""
    found = _KEY.fullmatch(access_key)
    return found.group(1) if found else None
