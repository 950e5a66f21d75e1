"""What an execution role trusts and may do: for exactly one environment (`mwaa-behaviour.md` §6)."""

from collections.abc import Iterable, Mapping
from typing import Any

from mwaa_operator.api.provision import PolicyStatement
from mwaa_operator.planning.parts.documents import VERSION, key_arn
from mwaa_operator.planning.parts.model import PartContext

_SERVICES = ("airflow.amazonaws.com", "airflow-env.amazonaws.com")
_LOGS = (
    "CreateLogStream",
    "CreateLogGroup",
    "PutLogEvents",
    "GetLogEvents",
    "GetLogRecord",
    "GetLogGroupFields",
    "GetQueryResults",
    "DescribeLogStreams",
)
_QUEUE = (
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ReceiveMessage",
    "SendMessage",
)
_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt")


def trust(context: PartContext) -> dict[str, Any]:
    """Who may assume the role: MWAA, and on behalf of this environment only (confused deputy prevention)."""
    environment = f"arn:{context.partition}:airflow:{context.region}:{context.account_id}:environment/{context.name}"
    return _document(
        {
            "Sid": "Mwaa",
            "Effect": "Allow",
            "Principal": {"Service": list(_SERVICES)},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": context.account_id},
                "ArnLike": {"aws:SourceArn": environment},
            },
        }
    )


def permissions(context: PartContext, bucket_arn: str) -> dict[str, Any]:
    """What MWAA does as the role. airflow:PublishMetrics of the User Guide's sample is left out: that API is retired."""
    partition, region, account = context.partition, context.region, context.account_id
    teams = (context.spec.teams or {}).values()
    buckets = sorted({bucket_arn, *(team.source_bucket_arn for team in teams)})
    code = [place for arn in buckets for place in (arn, f"{arn}/*")]
    log_groups = f"arn:{partition}:logs:{region}:{account}:log-group:airflow-{context.name}-*"
    queues = f"arn:{partition}:sqs:{region}:*:airflow-celery-*"
    return _document(
        _statement("NoOtherBuckets", ["s3:ListAllMyBuckets"], code, effect="Deny"),
        _statement("Code", ["s3:GetObject*", "s3:GetBucket*", "s3:List*"], code),
        _statement("PublicAccessBlockOfTheAccount", ["s3:GetAccountPublicAccessBlock"], ["*"]),
        _statement("Logs", [f"logs:{action}" for action in _LOGS], [log_groups]),
        _statement("LogGroups", ["logs:DescribeLogGroups"], ["*"]),
        _statement("Metrics", ["cloudwatch:PutMetricData"], ["*"]),
        _statement("Queue", [f"sqs:{action}" for action in _QUEUE], [queues]),
        _key(context),
    )


def additional(statements: Iterable[PolicyStatement]) -> dict[str, Any] | None:
    """What the spec adds for the DAGs, or None where it adds nothing."""
    written = [_written(statement) for statement in statements]
    return _document(*written) if written else None


def _key(context: PartContext) -> dict[str, Any]:
    """The environment's own key; or the one that AWS owns, which is in no account that the role could name."""
    own = key_arn(context)
    if own is None:
        every_key_of_the_account = f"arn:{context.partition}:kms:*:{context.account_id}:key/*"
        return {
            "Sid": "KeyOfTheQueue",
            "Effect": "Allow",
            "Action": list(_KEY),
            "NotResource": every_key_of_the_account,
            "Condition": {"StringLike": {"kms:ViaService": _via(context, "sqs")}},
        }
    via = {"StringEquals": {"kms:ViaService": _via(context, "sqs", "s3")}}
    return {**_statement("Key", list(_KEY), [own]), "Condition": via}


def _via(context: PartContext, *services: str) -> list[str]:
    # The User Guides of the China regions write it with and without .cn.
    endings = ("amazonaws.com", "amazonaws.com.cn") if context.partition == "aws-cn" else ("amazonaws.com",)
    return [f"{service}.{context.region}.{ending}" for service in services for ending in endings]


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": list(statements)}


def _statement(sid: str, actions: list[str], resources: list[str], *, effect: str = "Allow") -> dict[str, Any]:
    return {"Sid": sid, "Effect": effect, "Action": actions, "Resource": resources}


def _written(statement: PolicyStatement) -> dict[str, Any]:
    condition = statement.condition or {}
    written: dict[str, Any] = {
        "Effect": statement.effect.value,
        "Action": list(statement.action),
        "Resource": list(statement.resource),
    }
    if condition:
        written["Condition"] = {
            operator: {key: list(values) for key, values in keys.items()} for operator, keys in condition.items()
        }
    return written
