"""Looks at the environment's network: the subnets and security groups of the question, and what there is in their VPC."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from mwaa_operator.aws import ec2_network as ec2
from mwaa_operator.aws.shared_answers import ClientMaker
from mwaa_operator.planning.preflight.facts_network import NetworkFacts, SecurityGroup, Seen, Subnet
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.planning.preflight.wanted import mapping
from mwaa_operator.resources.preflight.at_once import at_once
from mwaa_operator.resources.preflight.seeing import seen

_Item = TypeVar("_Item")
_NO_VPC = Unseen("Neither subnets nor security groups were seen, so it is not known which VPC is meant.")


def look_at_subnets(clients: ClientMaker, question: Question) -> NetworkFacts:
    """See the subnets, and nothing more. Raises AwsError for what passes; what may not be looked at is Unseen by itself."""
    return NetworkFacts(subnets=_subnets(clients.client("ec2", question.region), question))


def look(clients: ClientMaker, question: Question) -> NetworkFacts:
    """Gather the facts in about ten calls, three after one another. Raises AwsError as `look_at_subnets` does."""
    client = clients.client("ec2", question.region)
    group_ids = _asked(question, "SecurityGroupIds")
    subnets, groups = at_once(
        [
            partial(_subnets, client, question),
            partial(_seen, "the security groups", lambda: ec2.security_groups(client, group_ids)),
        ]
    )
    vpcs = _vpcs(subnets, groups)
    owner = _other_owner(subnets, question.account_id)

    def of_vpc(what: str, describe: Callable[[Any, list[str]], Iterable[Any]], *, of_owner: bool = False) -> Seen[Any]:
        if not vpcs:
            return _NO_VPC if isinstance(subnets, Unseen) else ()
        if of_owner and owner:
            return Unseen(f"The VPC belongs to account {owner}, which alone sees its gateways and endpoints.")
        return _seen(what, lambda: describe(client, vpcs))

    attributes, tables, nat_gateways, internet_gateways, endpoints, acls = at_once(
        [
            partial(of_vpc, "the VPC", ec2.vpc_attributes),
            partial(of_vpc, "the route tables", ec2.route_tables),
            partial(of_vpc, "the NAT gateways", ec2.nat_gateways, of_owner=True),
            partial(of_vpc, "the internet gateways", ec2.internet_gateways, of_owner=True),
            partial(of_vpc, "the VPC endpoints", ec2.endpoints, of_owner=True),
            partial(of_vpc, "the network ACLs", ec2.network_acls),
        ]
    )
    return NetworkFacts(
        subnets=subnets,
        groups=groups,
        vpcs=attributes,
        tables=tables,
        nat_gateways=nat_gateways,
        internet_gateways=internet_gateways,
        endpoints=endpoints,
        endpoint_groups=_groups_of(client, endpoints, known=group_ids),
        acls=acls,
    )


def _asked(question: Question, member: str) -> Sequence[str]:
    return mapping(question, "NetworkConfiguration").get(member) or ()


def _subnets(client: Any, question: Question) -> Seen[Subnet]:
    return _seen("the subnets", lambda: ec2.subnets(client, _asked(question, "SubnetIds")))


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
