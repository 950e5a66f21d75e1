"""All that the operator calls, once: for an environment among things that are there, and for things that it makes."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from mwaa_operator.aws import mwaa, s3
from mwaa_operator.aws.calls import call
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.artifacts.places import REQUIREMENTS
from mwaa_operator.planning.parts.execution_role import role_name
from mwaa_operator.planning.permissions.environment import KEY
from mwaa_operator.planning.permissions.model import Policy
from mwaa_operator.planning.permissions.table import grants_of
from mwaa_operator.resources.artifacts.delivery import Delivery, Order
from mwaa_operator.resources.artifacts.staging import stage, unstage
from mwaa_operator.resources.bucket import BucketPart
from mwaa_operator.resources.customer_endpoints import CustomerEndpointsPart
from mwaa_operator.resources.execution_role import ExecutionRolePart
from mwaa_operator.resources.log_groups import LogGroupsPart
from mwaa_operator.resources.network import NetworkPart
from mwaa_sandbox.aws.prerequisites import make_key, make_prerequisites

from .caller import REGION, Caller

DAY, HOUR = 86400.0, 3600.0
ANYWHERE = "0.0.0.0/0"
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}]}
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)


def among_what_is_there(account):
    """Create, update and delete an environment, with a key of its own; give what was told."""
    there = prerequisites(account)
    caller = Caller(account, (Policy.OPERATOR, Policy.KEY), make_key(account.client, role_name="airflow-there"))
    client, files = caller.clients.client("mwaa", REGION), caller.clients.client("s3", REGION)
    caller.tries(lambda: mwaa.get_environment(client, "held"), ["airflow:GetEnvironment"])
    newest = {"bucket": f"airflow-{account.account}-there", "key": "dags/hello.py"}
    caller.tries(lambda: s3.newest_version(files, **newest), ["s3:GetObject"])
    beside = {action for which in caller.which for grant in firm(which) for action in grant.beside}
    settings = {
        **named(there),
        "KmsKey": caller.key,
        "Tags": {"team": "data"},
        "WebserverAccessMode": "PUBLIC_ONLY",
    }
    caller.makes(client, "CreateEnvironment", settings, beside=sorted(beside - {"kms:RevokeGrant", "kms:ReEncrypt*"}))
    arn = f"arn:aws:airflow:{REGION}:{account.account}:environment/held"
    account.admin.advance(DAY)
    caller.makes(client, "InvokeRestApi", {"Name": "held", "Path": "/dags", "Method": "GET"})
    caller.makes(client, "CreateWebLoginToken", {"Name": "held"})
    caller.makes(client, "UpdateEnvironment", {"Name": "held", "MaxWorkers": 5})
    account.admin.advance(DAY)
    caller.makes(client, "UntagResource", {"ResourceArn": arn, "tagKeys": ["team"]})
    caller.makes(client, "DeleteEnvironment", {"Name": "held"}, beside=["kms:RevokeGrant"])
    return caller.told


def with_all_it_makes(account):
    """Make all parts, have each of their settings changed and put right, and remove them; give what was told."""
    there = prerequisites(account)
    caller = Caller(account, tuple(Policy), make_key(account.client, role_name="airflow-there"))
    bucket = _bucket(caller)
    caller.context = replace(caller.context, outputs=bucket.outputs)
    _role(caller, caller.account.client("iam"))
    _network(caller, caller.account.client("ec2"))
    _log_groups(caller)
    _endpoints(caller, there, caller.account.client("ec2"))
    _bucket_goes(caller, caller.account.client("s3"))
    return caller.told


def with_code(account, folder):
    """Put code into a bucket, change it, go back to an earlier version of it, and remove it; give what was told."""
    there = prerequisites(account)
    caller = Caller(account, (Policy.OPERATOR, Policy.ARTIFACTS), KEY)
    storage = caller.clients.client("s3", REGION)

    def deliver(requirements, **dags):
        files = {name: _file(folder, name, text) for name, text in {"requirements.txt": requirements, **dags}.items()}
        gathered = Gathered(
            dags={f"dags/{name}": files[name] for name in dags},
            files={REQUIREMENTS: files["requirements.txt"]},
            keys={REQUIREMENTS: "requirements.txt"},
        )
        order = Order(
            bucket=there.bucket_arn.rpartition(":")[2],
            identity=caller.context.identity,
            folder="dags/",
            gathered=gathered,
            prune=True,
            adopt=False,
        )
        with ThreadPoolExecutor(1) as uploads:
            return Delivery(storage, order, uploads=uploads, progress=lambda _: None, stopped=lambda: False).make()

    def tries(actions, *what, **dags):
        caller.tries(lambda: deliver(*what, **dags), actions)
        return deliver(*what, **dags)

    tries(["s3:ListBucket", "s3:PutObject"], "one", a="1", b="1")
    tries(["s3:GetObject"], "two", a="2", b="1")
    tries(["s3:GetObjectVersion"], "one", a="2", b="1")
    tries(["s3:DeleteObject"], "one", a="2")
    _verified(caller, there.bucket_arn.rpartition(":")[2], _file(folder, "a.py", "1"))
    return caller.told


def _verified(caller, bucket, file):
    """Put an archive beside what is remembered, as a Job of a verification wants it, and remove it for good."""
    place = {"bucket": bucket, "key": ".mwaa-operator/data.held.archive.zip"}
    stage(caller.clients, REGION, **place, files={"dags/a.py": file})
    caller.tries(lambda: unstage(caller.clients, REGION, **place), ["s3:DeleteObjectVersion"])
    unstage(caller.clients, REGION, **place)


def _file(folder, name, text):
    at = folder / hashlib.sha256(text.encode()).hexdigest()
    at.write_text(text, encoding="utf-8")
    return SourceFile(path=name, size=len(text), sha256=at.name, at=at)


def prerequisites(account):
    """Give what is there already, under the names that the policies allow."""
    name = f"airflow-{account.account}-there"
    return make_prerequisites(account.client, name="there", bucket=name, role_name="airflow-there")


def named(there):
    """Give the parameters of an environment among what is there."""
    return {
        "Name": "held",
        "ExecutionRoleArn": there.role_arn,
        "SourceBucketArn": there.bucket_arn,
        "DagS3Path": "dags",
        "NetworkConfiguration": {
            "SubnetIds": list(there.subnet_ids),
            "SecurityGroupIds": list(there.security_group_ids),
        },
    }


def firm(which):
    """Give the rows of a policy that are not optional."""
    return [grant for grant in grants_of(which) if not grant.optional]


def _bucket_name(caller):
    return f"airflow-{caller.account.account}"


def _bucket(caller):
    wanted = {"name": _bucket_name(caller), "deletion": "Delete"}
    caller.asks({"bucket": {**wanted, "noncurrentVersionExpirationDays": 30}})
    caller.brings_about(BucketPart())
    caller.asks({"bucket": wanted}, tags={"team": "platform"})
    return caller.brings_about(BucketPart())


def _bucket_goes(caller, storage):
    storage.create_multipart_upload(Bucket=_bucket_name(caller), Key="dags/large.py")
    caller.asks({"bucket": {"name": _bucket_name(caller), "deletion": "Delete"}})
    caller.removes(BucketPart())


def _role(caller, iam):
    own = {"RoleName": role_name("held", REGION)}
    arns = [
        iam.create_policy(PolicyName=f"airflow-{name}", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
        for name in ("dags", "boundary")
    ]
    everything = {
        "additionalManagedPolicyArns": arns[:1],
        "permissionsBoundaryArn": arns[1],
        "additionalStatements": [{"action": ["dynamodb:GetItem"], "resource": ["*"]}],
    }
    for wanted in ({}, everything, {}):
        caller.asks({"executionRole": wanted})
        caller.brings_about(ExecutionRolePart())
    iam.update_assume_role_policy(**own, PolicyDocument=TRUST)
    caller.brings_about(ExecutionRolePart())
    hand_over = {"ExecutionRoleArn": iam.get_role(**own)["Role"]["Arn"]}
    client = caller.clients.client("mwaa", REGION)
    caller.tries(lambda: call(client, "UpdateEnvironment", {"Name": "held", **hand_over}), ["iam:PassRole"])
    caller.removes(ExecutionRolePart())


def _network(caller, ec2):
    part = NetworkPart()
    caller.asks({"network": {}})
    made = caller.brings_about(part)
    tables = [one.id for one in made.resources if one.kind == "RouteTable"]
    [group] = made.outputs.security_group_ids
    out = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[out])
    described = ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]
    private = [one for one in described if any(route.get("NatGatewayId") for route in one["Routes"])]
    [internet] = [one.id for one in made.resources if one.kind == "InternetGateway"]
    ec2.replace_route(RouteTableId=private[0]["RouteTableId"], DestinationCidrBlock=ANYWHERE, GatewayId=internet)
    association = private[1]["Associations"][0]["RouteTableAssociationId"]
    ec2.replace_route_table_association(AssociationId=association, RouteTableId=private[0]["RouteTableId"])
    caller.brings_about(part)
    caller.asks({"network": {"natGateways": "None"}})
    made = caller.brings_about(part)
    endpoints = [one.id for one in made.resources if one.kind == "VpcEndpoint"]
    found = ec2.describe_vpc_endpoints(VpcEndpointIds=endpoints)["VpcEndpoints"]
    interface = next(one for one in found if one["VpcEndpointType"] == "Interface")
    ec2.modify_vpc_endpoint(VpcEndpointId=interface["VpcEndpointId"], RemoveSubnetIds=interface["SubnetIds"][:1])
    caller.brings_about(part)
    caller.removes(part)


def _log_groups(caller):
    for more in ({}, {"kmsKey": caller.key}, {}):
        caller.asks({"logRetentionDays": 30}, **more)
        caller.brings_about(LogGroupsPart())
    caller.removes(LogGroupsPart())


def _endpoints(caller, there, ec2):
    caller.account.client("mwaa").create_environment(**named(there), EndpointManagement="CUSTOMER")
    caller.account.admin.advance(HOUR)
    environment = mwaa.get_environment(caller.clients.client("mwaa", REGION), "held")
    assert environment.status == "PENDING"
    caller.context = replace(caller.context, environment=environment)
    network = {
        "subnetIds": list(there.subnet_ids),
        "securityGroupIds": list(there.security_group_ids),
    }
    caller.asks({"customerEndpoints": {}}, endpointManagement="CUSTOMER", networkConfiguration=network)
    part = CustomerEndpointsPart()
    made = caller.brings_about(part)
    [group] = [one.id for one in made.resources if one.kind == "SecurityGroup"]
    endpoint = next(one.id for one in made.resources if one.kind == "VpcEndpoint")
    former = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[former])
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, RemoveSubnetIds=[there.subnet_ids[0]])
    caller.brings_about(part)
    caller.account.admin.remove_environment(caller.account.account, REGION, "held")
    caller.removes(part)
