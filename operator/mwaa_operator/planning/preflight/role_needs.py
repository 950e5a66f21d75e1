"""What an execution role needs, for exactly one environment (User Guide, mwaa-create-role; `mwaa-behaviour.md` §6)."""

from collections.abc import Iterator

from mwaa_operator.planning.preflight.facts_bucket import dag_places
from mwaa_operator.planning.preflight.facts_key import key_asked_for, key_id, key_region
from mwaa_operator.planning.preflight.facts_permissions import Need
from mwaa_operator.planning.preflight.snapshot import Question
from mwaa_operator.planning.preflight.wanted import FILES, wanted

BUCKET, ACCOUNT_BLOCK, ALL_BUCKETS, LOGS, QUEUE, KEY, METRICS = (
    *("bucket", "account block", "all buckets", "logs", "queue", "key", "metrics"),
)
"""Purposes, each of which a check is about."""

_SOME_QUEUE = "airflow-celery-00000000-0000-0000-0000-000000000000"
_SOME_ACCOUNT = "000000000000"
_SOME_KEY = "00000000-0000-0000-0000-000000000000"


def role_needs(question: Question) -> Iterator[Need]:
    """All of it. What is only convenient, such as to read logs back, is not essential."""
    yield from _bucket(question)
    anything = ("*",)
    yield Need(purpose=ACCOUNT_BLOCK, actions=("s3:GetAccountPublicAccessBlock",), resources=anything)
    yield Need(purpose=ALL_BUCKETS, actions=("s3:ListAllMyBuckets",), resources=anything, essential=False)
    yield from _logs(question)
    yield Need(purpose=METRICS, actions=("cloudwatch:PutMetricData",), resources=anything)
    yield _queue(question)
    yield from _key(question)


def _bucket(question: Question) -> Iterator[Need]:
    prefix = f"arn:{question.partition}:s3:::"
    places = list(dag_places(question))
    objects = [f"{prefix}{bucket}/{path.strip('/')}/any.py".replace("//", "/") for bucket, path in places]
    objects += [f"{prefix}{question.bucket}/{wanted(question, path)}" for path in FILES if wanted(question, path)]
    buckets = tuple(dict.fromkeys(f"{prefix}{bucket}" for bucket, _ in places))
    yield Need(
        purpose=BUCKET,
        actions=("s3:GetObject", "s3:GetObjectVersion"),
        resources=tuple(dict.fromkeys(objects)),
    )
    yield Need(purpose=BUCKET, actions=("s3:ListBucket", "s3:GetBucketPublicAccessBlock"), resources=buckets)
    yield Need(
        purpose=BUCKET,
        actions=("s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucketVersions"),
        resources=buckets,
        essential=False,
    )


def _logs(question: Question) -> Iterator[Need]:
    place = (
        f"arn:{question.partition}:logs:{question.region}:{question.account_id}:log-group:airflow-{question.name}-Task"
    )
    stream = (f"{place}:log-stream:any",)
    yield Need(purpose=LOGS, actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=stream)
    yield Need(
        purpose=LOGS,
        actions=(
            *("logs:CreateLogGroup", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:GetLogRecord"),
            *("logs:GetLogGroupFields", "logs:GetQueryResults"),
        ),
        resources=stream,
        essential=False,
    )
    yield Need(purpose=LOGS, actions=("logs:DescribeLogGroups",), resources=("*",), essential=False)


def _queue(question: Question) -> Need:
    """The queue is in an account of AWS's, and has its name from the creation of the environment on."""
    some = f"arn:{question.partition}:sqs:{question.region}:{_SOME_ACCOUNT}:{_SOME_QUEUE}"
    return Need(
        purpose=QUEUE,
        actions=(
            *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"),
            *("sqs:ReceiveMessage", "sqs:SendMessage"),
        ),
        resources=(str((question.current or {}).get("CeleryExecutorQueue") or some),),
    )


def _key(question: Question) -> Iterator[Need]:
    """A key of one's own is used by way of SQS, and of S3 if the bucket encrypts with it; AWS's own key by way of SQS."""
    by_sqs, resources = _by_way_of(question, "sqs"), (key_arn(question),)
    yield Need(purpose=KEY, actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=resources, context=by_sqs)
    yield Need(purpose=KEY, actions=("kms:Encrypt",), resources=resources, context=by_sqs, essential=False)
    if key_asked_for(question) is not None:
        yield Need(
            purpose=KEY,
            actions=("kms:Decrypt",),
            resources=resources,
            context=_by_way_of(question, "s3"),
            essential=False,
        )


def _by_way_of(question: Question, service: str) -> dict[str, str]:
    suffix = "amazonaws.com.cn" if question.partition == "aws-cn" else "amazonaws.com"
    return {"kms:ViaService": f"{service}.{question.region}.{suffix}"}


def key_arn(question: Question) -> str:
    """The ARN of the key; of one in an account that is not this one where AWS's own is used."""
    asked = key_asked_for(question)
    if asked is not None and key_region(asked) is not None:
        return asked
    account, name = (_SOME_ACCOUNT, _SOME_KEY) if asked is None else (question.account_id, key_id(asked))
    return f"arn:{question.partition}:kms:{question.region}:{account}:key/{name}"
