"""The words of the plan's messages: what differs, what AWS said, how long it usually takes."""

from collections.abc import Sequence

from mwaa_operator.api.environment_status import LastOperation, LikelyCause
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.operation import pace_of
from mwaa_operator.planning.replacement import Replacement
from mwaa_operator.planning.schedule import Pace

USUALLY_TAKES = {
    Pace.CREATE: "20 to 35 minutes",
    Pace.UPDATE: "15 to 45 minutes",
    Pace.UPGRADE: "up to 2 hours",
    Pace.DELETE: "10 to 25 minutes",
}
"""Durations of `mwaa-behaviour.md` §2."""


def expectation(operation: LastOperation | None, environment: AwsEnvironment) -> str:
    """What to expect of a status in which AWS is at work, to follow its summary."""
    if environment.status == "PENDING":
        services = [
            str(environment.document[name])
            for name in ("DatabaseVpcEndpointService", "WebserverVpcEndpointService")
            if environment.document.get(name)
        ]
        return f": make interface endpoints in both subnets for {' and '.join(services) or 'its endpoint services'} within 72 hours"
    if environment.status in {"MAINTENANCE", "ROLLING_BACK"}:
        return ""
    return f", which usually takes {USUALLY_TAKES[pace_of(operation, environment.status)]}"


def fields(found: Difference) -> str:
    """The fields that differ, five at most."""
    names = [change.field for change in found.changes if not change.field.startswith("tags.")]
    shown = ", ".join(names[:5]) or "nothing (the same configuration is applied again)"
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def consequence(found: Difference, replacement: Replacement) -> str:
    """What an update means for those who use the environment, as a sentence."""
    if "AirflowVersion" in found.update:
        return "It changes the Airflow version: all running tasks are stopped, and the environment is down for up to 2 hours."
    return replacement.words


def aws_error(environment: AwsEnvironment) -> str:
    """What AWS says of its last operation on the environment, in brackets."""
    last = environment.last_update
    return f" ({last.error_code}: {last.error_message})" if last.error_code or last.error_message else ""


def operation_error(operation: LastOperation) -> str:
    """What AWS said to the operator's last operation, in brackets, with the number that AWS Support asks for."""
    error = operation.error
    if error is None:
        return ""
    request = error.request_id or operation.request_id
    return f" ({error.code}: {error.message}{f'; request {request}' if request else ''})"


def where_the_logs_are(environment: AwsEnvironment) -> str:
    """A sentence with a link to the environment's log groups in the AWS console; nothing where AWS gives no ARN."""
    partition, _, region = (environment.arn or "").split(":")[1:4] or ("", "", "")
    if not region:
        return ""
    console = "console.amazonaws.cn" if partition == "aws-cn" else "console.aws.amazon.com"
    groups = f"$3FlogGroupNameFilter$3Dairflow-{environment.document.get('Name')}-"
    return f" Logs: https://{region}.{console}/cloudwatch/home?region={region}#logsV2:log-groups{groups}"


def probably(causes: Sequence[LikelyCause]) -> str:
    """The likeliest cause as a sentence, after what AWS says itself; nothing where none is known."""
    if not causes:
        return ""
    more = f" {len(causes) - 1} more: see status.likelyCauses." if len(causes) > 1 else ""
    return f" Probably: {causes[0].cause} {causes[0].advice}{more}"


def ranked(causes: Sequence[LikelyCause]) -> str:
    """All causes, numbered, with what says so."""
    return " ".join(
        f"{number}. {cause.cause} ({cause.evidence}) {cause.advice}" for number, cause in enumerate(causes, start=1)
    )
