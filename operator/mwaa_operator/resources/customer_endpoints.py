"""The endpoints of endpointManagement CUSTOMER as a part: looks at EC2; what to do is decided in `planning.parts.customer_endpoints`."""

from typing import Any

from mwaa_operator.api.provision import CustomerEndpoints
from mwaa_operator.aws import ec2
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.customer_endpoints import (
    SeenEndpoints,
    are_due,
    plan_customer_endpoints,
    plan_customer_endpoints_removal,
)
from mwaa_operator.planning.parts.model import PartContext, PartKind, PartPlan
from mwaa_operator.planning.parts.network_things import Thing, ThingKind
from mwaa_operator.resources.network import is_ours, owner_filters, things


class CustomerEndpointsPart:
    """`provision.customerEndpoints`. A look takes three calls at most."""

    kind = PartKind.CUSTOMER_ENDPOINTS

    def plan(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at the endpoints, and decide what to do to have those that the environment waits for. Raises AwsError."""
        spec = context.spec.provision.customer_endpoints or CustomerEndpoints()
        client = clients.client("ec2", context.region)
        vpc_id = _vpc_of_environment(client, context) if are_due(context) else None
        return plan_customer_endpoints(
            context, spec, SeenEndpoints(ours=_ours(client, context.identity), vpc_id=vpc_id)
        )

    def removal(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at what is left of the endpoints, and decide what to take away now. Raises AwsError."""
        client = clients.client("ec2", context.region)
        return plan_customer_endpoints_removal(SeenEndpoints(ours=_ours(client, context.identity)))


def _ours(client: Any, identity: Identity) -> tuple[Thing, ...]:
    looks = {ThingKind.VPC_ENDPOINT: ec2.vpc_endpoints, ThingKind.SECURITY_GROUP: ec2.security_groups}
    return tuple(thing for thing in things(looks, client, owner_filters(identity)) if is_ours(thing, identity))


def _vpc_of_environment(client: Any, context: PartContext) -> str | None:
    document = {} if context.environment is None else context.environment.document
    subnets = (document.get("NetworkConfiguration") or {}).get("SubnetIds") or ()
    found = ec2.subnets(client, ec2.filters(subnet_id=subnets)) if subnets else []
    return next((str(subnet["VpcId"]) for subnet in found), None)
