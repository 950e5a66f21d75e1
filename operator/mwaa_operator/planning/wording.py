"""The words of the plan's messages: what differs, what AWS said, how long it usually takes."""

from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.operation import pace_of
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


def aws_error(environment: AwsEnvironment) -> str:
    """What AWS says of its last operation on the environment, in brackets."""
    last = environment.last_update
    return f" ({last.error_code}: {last.error_message})" if last.error_code or last.error_message else ""


def operation_error(operation: LastOperation) -> str:
    """What AWS said to the operator's last operation, in brackets."""
    error = operation.error
    return f" ({error.code}: {error.message})" if error else ""
