"""Looks at the operator's own permissions for the checks: who it is, what IAM says of it, and what EC2 says to a dry run."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from mwaa_operator.aws.calls import call
from mwaa_operator.aws.shared_answers import ClientMaker
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.preflight.caller_needs import ENDPOINT_ACTIONS, caller_needs, makes_endpoints
from mwaa_operator.planning.preflight.facts_caller import CallerFacts
from mwaa_operator.planning.preflight.facts_permissions import Judged
from mwaa_operator.planning.preflight.snapshot import Question, Unseen
from mwaa_operator.planning.preflight.wanted import mapping
from mwaa_operator.resources.preflight.at_once import at_once
from mwaa_operator.resources.preflight.permissions import judged
from mwaa_operator.resources.preflight.seeing import seen, unseen

_WOULD_SUCCEED = "DryRunOperation"
_ASSUMED = ":assumed-role/"


def look(clients: ClientMaker, question: Question) -> CallerFacts | Unseen:
    """See who calls, and what it may do. Raises AwsError."""
    sts, ec2 = clients.client("sts", question.region), clients.client("ec2", question.region)
    who, endpoint = at_once([partial(_caller, sts), partial(_endpoint, ec2, question)])
    if isinstance(who, Unseen):
        return who
    return CallerFacts(arn=who, permissions=_permissions(clients, who, question), dry_runs=_dry_runs(ec2, endpoint))


def _caller(sts: Any) -> str | Unseen:
    return seen("who the operator is", lambda: str(call(sts, "GetCallerIdentity", {}).get("Arn", "")))


def _permissions(clients: ClientMaker, arn: str, question: Question) -> tuple[Judged, ...]:
    iam = clients.client("iam", question.region)
    needs = list(caller_needs(question))
    principal = _principal(iam, arn)
    if isinstance(principal, Unseen):
        return tuple(Judged(need=need, decisions=principal) for need in needs)
    return judged(iam, principal, needs, question=question)


def _principal(iam: Any, arn: str) -> str | Unseen:
    """The role or user that IAM can simulate. An assumed role's ARN leaves the role's path out, which only IAM knows."""
    if ":iam::" in arn and ":user/" in arn:
        return arn
    if _ASSUMED not in arn:
        return Unseen(
            f"IAM does not simulate what {arn or 'the operator'} may do.",
            "Run the operator as a role, and with no more than it needs.",
        )
    before, _, after = arn.partition(_ASSUMED)
    name = after.partition("/")[0]
    try:
        return str(call(iam, "GetRole", {"RoleName": name})["Role"]["Arn"])
    except (AwsError, KeyError) as error:
        if isinstance(error, AwsError) and error.kind is not FailureKind.DENIED:
            return unseen(f"the operator's role {name}", error)
        # It may not look at its own role: most have no path.
        return f"{before.replace(':sts:', ':iam:')}:role/{name}"


def _endpoint(ec2: Any, question: Question) -> Mapping[str, Any] | None:
    """The parameters of an endpoint such as MWAA makes. None where it makes none."""
    network = mapping(question, "NetworkConfiguration")
    subnets, groups = list(network.get("SubnetIds", [])), list(network.get("SecurityGroupIds", []))
    if not subnets or not makes_endpoints(question):
        return None
    service = f"com.amazonaws.{question.region}.sqs"
    prefix = "cn." if question.partition == "aws-cn" else ""
    return {
        "VpcId": _vpc(ec2, subnets[0]),
        "ServiceName": f"{prefix}{service}",
        "VpcEndpointType": "Interface",
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
    }


def _dry_runs(ec2: Any, endpoint: Mapping[str, Any] | None) -> Mapping[str, bool | Unseen]:
    """Whether EC2 would let the operator make the calls that MWAA makes dry runs of. A dry run changes nothing (EC2 API, DryRun)."""
    if endpoint is None:
        return {}
    made = {
        "ec2:CreateNetworkInterface": {"SubnetId": endpoint["SubnetIds"][0], "Groups": endpoint["SecurityGroupIds"]}
    }
    if isinstance(endpoint["VpcId"], str):
        made["ec2:CreateVpcEndpoint"] = dict(endpoint)
    allowed = at_once(partial(_allowed, ec2, action, parameters) for action, parameters in made.items())
    tried = dict(zip(made, allowed, strict=True))
    return {action: tried.get(action, endpoint["VpcId"]) for action in ENDPOINT_ACTIONS}


def _vpc(ec2: Any, subnet: str) -> str | Unseen:
    try:
        found = call(ec2, "DescribeSubnets", {"SubnetIds": [subnet]}).get("Subnets", [])
    except AwsError as error:
        return unseen(f"the subnet {subnet}", error)
    return str(found[0]["VpcId"]) if found else Unseen(f"There is no subnet {subnet}.")


def _allowed(ec2: Any, action: str, parameters: Mapping[str, Any]) -> bool | Unseen:
    try:
        call(ec2, action.partition(":")[2], {**parameters, "DryRun": True})
    except AwsError as error:
        if error.code == _WOULD_SUCCEED:
            return True
        if error.kind is FailureKind.DENIED:
            return False
        return unseen(f"whether the operator has {action}", error)
    return True
