"""AssociateKmsKey and DisassociateKmsKey of CloudWatch Logs, over moto's log groups.

Errors as the CloudWatch Logs API Reference has them: InvalidParameterException for a key that does not exist or is disabled,
ResourceNotFoundException for a group. The text for a key whose policy leaves CloudWatch Logs out is AWS's own; the others are invented.
"""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend

from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.judging import key_policy

_DONE = answers.success("application/x-amz-json-1.1", b"")


def associate(call: Call) -> Answer:
    """Have a group encrypt what it takes in from now on with a customer's key."""
    group = _group(call)
    if group is None:
        return _no_group()
    arn = str(call.parameters.get("kmsKeyId", ""))
    key = get_backend("kms")[call.account][call.region].keys.get(arn.rpartition("/")[2])
    if f":{call.account}:" in arn:  # a key of another account cannot be looked at, and is believed
        if key is None or key.arn != arn:
            return _invalid("The specified KMS Key Id could not be found.")
        if not key.enabled:
            return _invalid(f"The specified KMS key {arn} is not enabled.")
        if not key_policy.admits_logs(key.policy, key_arn=arn, region=call.region):
            text = f"The specified KMS key does not exist or is not allowed to be used with Arn '{group.arn.removesuffix(':*')}'"
            return answers.error("logs", 400, "AccessDeniedException", text)
    group.kms_key_id = arn
    return _DONE


def disassociate(call: Call) -> Answer:
    """Have a group encrypt with AWS's own key again."""
    group = _group(call)
    if group is None:
        return _no_group()
    group.kms_key_id = None
    return _DONE


def _group(call: Call) -> Any:
    """Return moto's log group; it is named, or its ARN is given as `resourceIdentifier`."""
    name = call.parameters.get("logGroupName")
    if name is None:
        name = str(call.parameters.get("resourceIdentifier", "")).partition(":log-group:")[2].removesuffix(":*")
    return get_backend("logs")[call.account][call.region].groups.get(name)


def _no_group() -> Answer:
    return answers.error("logs", 400, "ResourceNotFoundException", "The specified log group does not exist.")


def _invalid(text: str) -> Answer:
    return answers.error("logs", 400, "InvalidParameterException", text)
