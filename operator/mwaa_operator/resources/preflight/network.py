"""Looks at the environment's network: the subnets and security groups of the question, and what there is in their VPC."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from mwaa_operator.aws import ec2_network as ec2
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.preflight.facts_network import NetworkFacts, SecurityGroup, Seen, Subnet
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.planning.preflight.wanted import mapping
from mwaa_operator.resources.preflight.seeing import seen

_Item = TypeVar("_Item")
_NO_VPC = Unseen("Neither subnets nor security groups were seen, so it is not known which VPC is meant.")


def look(clients: Clients, question: Question) -> NetworkFacts:
    """Gather the facts in about ten calls. Raises AwsError for what passes; what may not be looked at is Unseen by itself."""
    client = clients.client("ec2", question.region)
    asked = mapping(question, "NetworkConfiguration")
    subnet_ids, group_ids = asked.get("SubnetIds") or (), asked.get("SecurityGroupIds") or ()
    subnets = _seen("the subnets", lambda: ec2.subnets(client, subnet_ids))
    groups = _seen("the security groups", lambda: ec2.security_groups(client, group_ids))
    vpcs = _vpcs(subnets, groups)
    owner = _other_owner(subnets, question.account_id)

    def of_vpc(
        what: str, describe: Callable[[Any, list[str]], Iterable[_Item]], *, of_owner: bool = False
    ) -> Seen[_Item]:
        if not vpcs:
            return _NO_VPC if isinstance(subnets, Unseen) else ()
        if of_owner and owner:
            return Unseen(f"The VPC belongs to account {owner}, which alone sees its gateways and endpoints.")
        return _seen(what, lambda: describe(client, vpcs))

    endpoints = of_vpc("the VPC endpoints", ec2.endpoints, of_owner=True)
    return NetworkFacts(
        subnets=subnets,
        groups=groups,
        vpcs=of_vpc("the VPC", ec2.vpc_attributes),
        tables=of_vpc("the route tables", ec2.route_tables),
        nat_gateways=of_vpc("the NAT gateways", ec2.nat_gateways, of_owner=True),
        internet_gateways=of_vpc("the internet gateways", ec2.internet_gateways, of_owner=True),
        endpoints=endpoints,
        endpoint_groups=_groups_of(client, endpoints, known=group_ids),
        acls=of_vpc("the network ACLs", ec2.network_acls),
    )


def _groups_of(client: Any, endpoints: Seen[Any], *, known: Iterable[str]) -> Seen[SecurityGroup]:
    """The security groups of endpoints, but for those of the environment, which are looked at anyway."""
    if isinstance(endpoints, Unseen):
        return endpoints
    others = sorted({group for endpoint in endpoints for group in endpoint.group_ids} - set(known))
    return _seen("the security groups of the VPC endpoints", lambda: ec2.security_groups(client, others))


def _seen(what: str, describe: Callable[[], Iterable[_Item]]) -> Seen[_Item]:
    return seen(what, lambda: tuple(describe()))


def _vpcs(subnets: Seen[Subnet], groups: Seen[SecurityGroup]) -> list[str]:
    """The VPCs that are meant: one, unless the question is wrong."""
    of_subnets = {} if isinstance(subnets, Unseen) else {subnet.vpc_id: None for subnet in subnets}
    of_groups = {} if isinstance(groups, Unseen) else {group.vpc_id: None for group in groups}
    return list(of_subnets or of_groups)


def _other_owner(subnets: Seen[Subnet], account: str) -> str:
    """The account that shares the subnets. Empty if they are our own, or not seen."""
    if isinstance(subnets, Unseen):
        return ""
    return next((subnet.owner for subnet in subnets if subnet.owner and subnet.owner != account), "")
