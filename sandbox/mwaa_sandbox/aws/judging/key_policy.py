"""Whether CloudWatch Logs may use a customer's key (§6, "KMS key policy")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mwaa_sandbox.aws.mwaa import policies

_ACTIONS = ("Encrypt", "Decrypt", "ReEncryptFrom", "GenerateDataKey", "DescribeKey")


def admits_logs(document: str, *, key_arn: str, region: str) -> bool:
    """Whether a key's policy (JSON) lets the log service of a Region encrypt with it."""
    service = f"logs.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    statements = json.loads(document).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    meant = json.dumps({"Statement": [one for one in listed if _names(one.get("Principal"), service)]})
    return all(policies.allows([meant], f"kms:{action}", key_arn) for action in _ACTIONS)


def _names(principal: Any, service: str) -> bool:
    if principal == "*":
        return True
    named = principal.get("Service", []) if isinstance(principal, Mapping) else []
    return service in ([named] if isinstance(named, str) else named)
