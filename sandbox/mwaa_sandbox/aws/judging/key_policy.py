"""Whether CloudWatch Logs may use a customer's key (§6, "KMS key policy")."""

from __future__ import annotations

from mwaa_sandbox.aws.mwaa import policies

_ACTIONS = ("Encrypt", "Decrypt", "ReEncryptFrom", "GenerateDataKey", "DescribeKey")


def admits_logs(document: str, *, key_arn: str, region: str) -> bool:
    """Whether a key's policy (JSON) lets the log service of a Region encrypt with it."""
    service = f"logs.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    return all(policies.admits(document, service, f"kms:{action}", key_arn) for action in _ACTIONS)
