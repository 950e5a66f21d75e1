"""How the environment gets to S3: best by a gateway endpoint, which is free and keeps the traffic off the NAT gateway."""

from mwaa_operator.planning.preflight.endpoint_policy import may_allow
from mwaa_operator.planning.preflight.facts_network import Endpoint
from mwaa_operator.planning.preflight.model import Outcome, error, warning
from mwaa_operator.planning.preflight.network_view import NetworkView, network_check
from mwaa_operator.planning.preflight.wanted import listed

_PAGE = "vpc-vpe-create-access.html"
_POLICIES = "vpc-vpe-access.html"


@network_check("S3GatewayOnBothTables", page=_PAGE)
def s3_gateway_on_both_tables(view: NetworkView) -> Outcome:
    """Without a way to the internet, the S3 gateway endpoint is on the route table of each subnet."""
    gateways = view.endpoints("s3", "Gateway") if view.private_routing else ()
    if not gateways or view.serving("s3"):
        return None
    attached = {table for gateway in gateways for table in gateway.route_table_ids}
    away = {
        subnet.id: table.id
        for subnet in view.secluded
        if (table := view.table(subnet.id, subnet.vpc_id)).id not in attached
    }
    if not away:
        return None
    places = listed(f"{table}, the route table of {subnet}" for subnet, table in away.items())
    return error(
        f"The S3 gateway endpoint {listed(gateway.id for gateway in gateways)} is not on {places}.",
        f"Add {listed(away.values())} to the route tables of the endpoint.",
    )


@network_check("S3ByGateway", page=_PAGE)
def s3_by_gateway(view: NetworkView) -> Outcome:
    """Without a way to the internet, S3 is reached by a gateway endpoint rather than an interface endpoint alone.

    The names of interface endpoints of S3 lead nowhere without a private hosted zone, which is not to be seen from here.
    """
    if not view.private_routing or view.endpoints("s3", "Gateway"):
        return None
    interfaces = view.serving("s3")
    if not interfaces:
        return None
    return warning(
        f"S3 is reached by the interface endpoint {listed(endpoint.id for endpoint in interfaces)} alone, which S3's usual names "
        "lead to only with private DNS or a private hosted zone.",
        "Make a gateway endpoint for S3 on both route tables, which costs nothing.",
    )


@network_check("S3EndpointPolicy", judges=("NetworkConfiguration", "SourceBucketArn", "DagS3Path"), page=_POLICIES)
def s3_endpoint_policy(view: NetworkView) -> Outcome:
    """The policy of the S3 gateway endpoint can let the environment read its bucket."""
    bucket = f"arn:{view.question.partition}:s3:::{view.question.bucket}"
    prefix = str(view.question.fields.get("DagS3Path", "dags")).strip("/")
    wanted = {"s3:ListBucket": bucket, "s3:GetObject": f"{bucket}/{prefix}/dag.py"}
    for gateway in _in_the_way(view):
        refused = [action for action, resource in wanted.items() if not may_allow(gateway.policy, action, resource)]
        if refused:
            return warning(
                f"No statement in the policy of {gateway.id}, by which the subnets reach S3, allows {listed(refused)} "
                f"on {view.question.bucket}.",
                f"Allow s3:ListBucket on {bucket} and s3:GetObject on {bucket}/* in the endpoint's policy.",
            )
    return None


def _in_the_way(view: NetworkView) -> list[Endpoint]:
    """The gateways on the subnets' route tables: all traffic to S3 goes by them, whether there is a NAT gateway or not."""
    tables = {view.table(subnet.id, subnet.vpc_id).id for subnet in view.subnets}
    return [gateway for gateway in view.endpoints("s3", "Gateway") if gateway.route_table_ids & tables]
