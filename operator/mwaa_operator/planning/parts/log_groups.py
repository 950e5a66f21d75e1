"""What to do about the five log groups, which are there before MWAA makes them without a retention (`mwaa-behaviour.md` §8).

Their names follow from the environment's. A group that exists without our tags, because MWAA or an earlier environment made it, is this
environment's all the same: its retention is set, and its key where the spec names one. It is not tagged, and so it is left alone when the
object goes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.enums import DeletionPolicy
from mwaa_operator.api.environment_status import ResourceStatus
from mwaa_operator.planning.ownership import Owner, describe_owner, owner_of
from mwaa_operator.planning.parts.documents import key_arn
from mwaa_operator.planning.parts.model import Call, PartContext, PartKind, PartPlan

_MODULES = ("DAGProcessing", "Scheduler", "Task", "WebServer", "Worker")


@dataclass(frozen=True, kw_only=True)
class SeenLogGroup:
    """A log group as CloudWatch Logs shows it."""

    name: str
    arn: str
    """Without the asterisk at the end: as it is tagged."""
    tags: Mapping[str, str]
    retention_days: int | None = None
    kms_key: str | None = None


def log_group_prefix(environment: str) -> str:
    """How the names of all log groups of an environment begin; those of others may as well."""
    return f"airflow-{environment}-"


def log_group_names(environment: str) -> tuple[str, ...]:
    """What MWAA calls the five."""
    return tuple(f"{log_group_prefix(environment)}{module}" for module in _MODULES)


def plan(context: PartContext, retention_days: int, seen: Sequence[SeenLogGroup]) -> PartPlan:
    """Decide."""
    others = [group for group in seen if owner_of(group.tags, context.identity) is Owner.ANOTHER]
    resources = tuple(_resource(context, group) for group in seen if group not in others)
    if others:
        message = (
            f"The log group {others[0].name} was made for {describe_owner(others[0].tags)}. Delete it, or remove its tags to let this "
            "object have it."
        )
        return PartPlan(reason=Reason.NAME_TAKEN, message=message, stalled=True, resources=resources)
    there = {group.name: group for group in seen}
    calls: list[Call] = []
    for name in log_group_names(context.name):
        group = there.get(name)
        calls += _made(context, name, retention_days) if group is None else _corrections(context, group, retention_days)
    if calls:
        message = "The log groups are being made and set up."
        return PartPlan(reason=Reason.PROVISIONING, message=message, calls=tuple(calls), resources=resources)
    return PartPlan(
        reason=Reason.PROVISIONED,
        message=f"The log groups keep what is in them for {retention_days} {'day' if retention_days == 1 else 'days'}.",
        ready=True,
        resources=resources,
    )


def removal(context: PartContext, seen: Sequence[SeenLogGroup]) -> PartPlan:
    """Decide about their end: those that the operator has made go, unless the spec says that they stay."""
    ours = [group for group in seen if owner_of(group.tags, context.identity) is Owner.US]
    if context.spec.provision.log_deletion is DeletionPolicy.RETAIN or not ours:
        return PartPlan(reason=Reason.REMOVING, message="There are no log groups to remove.", gone=True)
    return PartPlan(
        reason=Reason.REMOVING,
        message="The log groups are being deleted.",
        calls=tuple(_call("DeleteLogGroup", group.name) for group in ours),
        resources=tuple(_resource(context, group) for group in ours),
    )


def _made(context: PartContext, name: str, retention_days: int) -> list[Call]:
    key = key_arn(context)
    encrypted = {} if key is None else {"kmsKeyId": key}
    return [
        _call("CreateLogGroup", name, tags=context.tags(), **encrypted),
        _call("PutRetentionPolicy", name, retentionInDays=retention_days),
    ]


def _corrections(context: PartContext, group: SeenLogGroup, retention_days: int) -> list[Call]:
    ours = owner_of(group.tags, context.identity) is Owner.US
    key = key_arn(context)
    calls = []
    if ours and any(group.tags.get(tag) != value for tag, value in context.tags().items()):
        parameters = {"resourceArn": group.arn, "tags": context.tags()}
        calls.append(Call(service="logs", operation="TagResource", parameters=parameters))
    if key is not None and key != group.kms_key:
        calls.append(_call("AssociateKmsKey", group.name, kmsKeyId=key))
    if key is None and ours and group.kms_key is not None:
        calls.append(_call("DisassociateKmsKey", group.name))
    if group.retention_days != retention_days:
        calls.append(_call("PutRetentionPolicy", group.name, retentionInDays=retention_days))
    return calls


def _call(operation: str, name: str, **parameters: object) -> Call:
    return Call(
        service="logs",
        operation=operation,
        parameters={"logGroupName": name, **parameters},
        gone_is_fine=operation == "DeleteLogGroup",
    )


def _resource(context: PartContext, group: SeenLogGroup) -> ResourceStatus:
    ours = owner_of(group.tags, context.identity) is Owner.US
    return ResourceStatus(kind="LogGroup", id=group.name, provisioned=ours, part=PartKind.LOG_GROUPS.value)
