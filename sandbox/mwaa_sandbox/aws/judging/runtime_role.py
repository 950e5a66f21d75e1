"""What an environment's containers do with the execution role (§6). Lacking it is found out when they start."""

from __future__ import annotations

from collections.abc import Iterator

from mwaa_sandbox.aws.iam.evaluation import Policies
from mwaa_sandbox.aws.mwaa import identifiers, policies
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, Settings

_QUEUE = (
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ReceiveMessage",
    "SendMessage",
)
_KEY = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey")
_LOGS = ("CreateLogGroup", "CreateLogStream", "PutLogEvents")


def permissions(
    role: Policies, environment: Environment, settings: Settings, *, key_arn: str | None
) -> Iterator[tuple[str, str]]:
    """Yield each action, with its resource, that the role's policies do not allow.

    `key_arn`: the customer's key; None for the one that AWS owns.
    """
    # The queue is encrypted with the key, so it is SQS that uses it in the role's name.
    through = {"kms:ViaService": f"sqs.{environment.region}.amazonaws.com"}
    for action, resource in _needed(environment, settings, key_arn):
        if not policies.allows(role, action, resource, through if action.startswith("kms:") else None):
            yield action, resource


def _needed(environment: Environment, settings: Settings, key_arn: str | None) -> Iterator[tuple[str, str]]:
    region, account, name = environment.region, environment.account, environment.name
    for module, configuration in settings["LoggingConfiguration"].items():
        if configuration["Enabled"]:
            group = identifiers.log_group_arn(account, region, name, module)
            yield from ((f"logs:{action}", f"{group}:log-stream:any") for action in _LOGS)
    yield "logs:DescribeLogGroups", "*"
    yield "cloudwatch:PutMetricData", "*"
    queue = identifiers.queue_arn(environment)
    yield from ((f"sqs:{action}", queue) for action in _QUEUE)
    key = key_arn or identifiers.service_key_arn(region)
    yield from ((f"kms:{action}", key) for action in _KEY)
