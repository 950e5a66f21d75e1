"""The execution role: looks; what to do is decided in `planning.parts`."""

from typing import Any

from mwaa_operator.aws import iam
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.parts import execution_role as deciding
from mwaa_operator.planning.parts.execution_role import OUR_POLICIES, SeenRole, role_name
from mwaa_operator.planning.parts.model import PartContext, PartKind, PartPlan


class ExecutionRolePart:
    """`spec.provision.executionRole`. Blocks while it calls AWS."""

    kind = PartKind.EXECUTION_ROLE

    def plan(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at the role and its policies. Raises AwsError."""
        wanted = context.spec.provision.execution_role
        if wanted is None:
            raise ValueError("The spec asks for no execution role.")
        return deciding.plan(context, wanted, _seen(clients, context))

    def removal(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at what hangs on the role. Raises AwsError."""
        return deciding.removal(context, _seen(clients, context))


def _seen(clients: Clients, context: PartContext) -> SeenRole | None:
    client: Any = clients.client("iam", context.region)
    name = role_name(context.name, context.region)
    role = iam.role(client, name)
    if role is None:
        return None
    return SeenRole(
        arn=role["Arn"],
        path=role["Path"],
        tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
        trust=role["AssumeRolePolicyDocument"],
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        inline={
            policy: iam.inline_policy(client, name, policy) if policy in OUR_POLICIES else {}
            for policy in iam.inline_policy_names(client, name)
        },
        attached=tuple(iam.attached_policies(client, name)),
    )
