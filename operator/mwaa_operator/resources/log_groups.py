"""The log groups: looks; what to do is decided in `planning.parts`."""

from mwaa_operator.aws import logs
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.parts import log_groups as deciding
from mwaa_operator.planning.parts.log_groups import SeenLogGroup, log_group_names, log_group_prefix
from mwaa_operator.planning.parts.model import PartContext, PartKind, PartPlan


class LogGroupsPart:
    """`spec.provision.logRetentionDays`. Blocks while it calls AWS."""

    kind = PartKind.LOG_GROUPS

    def plan(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at the five groups. Raises AwsError."""
        days = context.spec.provision.log_retention_days
        if days is None:
            raise ValueError("The spec says nothing of log groups.")
        return deciding.plan(context, days, _seen(clients, context))

    def removal(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at the five groups. Raises AwsError."""
        return deciding.removal(context, _seen(clients, context))


def _seen(clients: Clients, context: PartContext) -> list[SeenLogGroup]:
    client = clients.client("logs", context.region)
    names = log_group_names(context.name)
    found = {group["logGroupName"]: group for group in logs.log_groups(client, log_group_prefix(context.name))}
    arns = {name: str(found[name]["arn"]).removesuffix(":*") for name in names if name in found}
    return [
        SeenLogGroup(
            name=name,
            arn=arn,
            tags=logs.tags(client, arn),
            retention_days=found[name].get("retentionInDays"),
            kms_key=found[name].get("kmsKeyId"),
        )
        for name, arn in arns.items()
    ]
