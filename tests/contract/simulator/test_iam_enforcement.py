"""Callers who are held to policies: what they may do, and how each service says that they may not.

One account with two keys: `clients` may do anything, `held` is held to the policies that a test gives it.
"""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT, REGION = "111122223333", "eu-west-1"
KEY = ACCOUNT
ROLE = f"arn:aws:iam::{ACCOUNT}:role/operator"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/sandbox"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"


def client_with(aws, service, **credentials):
    config = Config(
        inject_host_prefix=False, proxies={}, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
    )
    session = boto3.Session(aws_secret_access_key="sandbox", region_name=REGION, **credentials)
    client = session.client(service, endpoint_url=aws.endpoint, config=config)
    # S3 Control's endpoint rules put the account before the host, whatever the configuration says.
    client.meta.events.register("before-sign.s3-control.*", without_account_in_host)
    return client


def without_account_in_host(request, **_):
    request.url = request.url.replace(f"//{ACCOUNT}.", "//")


@pytest.fixture(scope="module")
def held(aws):
    made = {}

    def client(service):
        if service not in made:
            made[service] = client_with(aws, service, aws_access_key_id=KEY)
        return made[service]

    return client


@pytest.fixture(autouse=True)
def _everybody_may_do_anything_again(aws):
    yield
    aws.admin.enforce(None)


@pytest.fixture
def may(aws):
    """Hold the key to these statements."""

    def hold(*statements, **more):
        document = {"Version": "2012-10-17", "Statement": [*statements, allow("sts:Nothing")]}
        aws.admin.enforce(KEY, document, role_arn=ROLE, **more)

    return hold


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def error(told):
    return told.value.response["Error"]


def refused(call, **members):
    with pytest.raises(ClientError) as told:
        call(**members)
    return error(told)


def not_allowed(action, resource, *, quoted=False):
    shown = f'"{resource}"' if quoted else resource
    return (
        f"User: {SESSION} is not authorized to perform: {action} on resource: {shown} "
        f"because no identity-based policy allows the {action} action"
    )


def test_ec2_refuses_in_its_own_words(held, may):
    may(allow("ec2:DescribeVpcs"))
    held("ec2").describe_vpcs()
    told = refused(held("ec2").create_vpc, CidrBlock="10.0.0.0/16")
    assert told["Code"] == "UnauthorizedOperation"
    resource = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/*"
    assert told["Message"] == (
        f"You are not authorized to perform this operation. {not_allowed('ec2:CreateVpc', resource)}"
    )


def test_s3_refuses_in_its_own_words(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    may()
    told = refused(held("s3").list_objects_v2, Bucket=name)
    assert told["Code"] == "AccessDenied"
    assert told["Message"] == not_allowed("s3:ListBucket", f"arn:aws:s3:::{name}", quoted=True)
    assert refused(held("s3").head_bucket, Bucket=name)["Code"] == "403"


@pytest.mark.parametrize(
    ("service", "operation", "members", "code", "action", "resource"),
    [
        ("iam", "get_role", {"RoleName": "nobody"}, "AccessDenied", "iam:GetRole", OTHER_ROLE.replace("other", "nobody")),
        ("sts", "assume_role", {"RoleArn": OTHER_ROLE, "RoleSessionName": "me"}, "AccessDenied", "sts:AssumeRole", OTHER_ROLE),
        (
            "logs",
            "create_log_group",
            {"logGroupName": "airflow-e-Task"},
            "AccessDeniedException",
            "logs:CreateLogGroup",
            f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:airflow-e-Task:log-stream:",
        ),
        (
            "kms",
            "describe_key",
            {"KeyId": "11111111-2222-3333-4444-555555555555"},
            "AccessDeniedException",
            "kms:DescribeKey",
            f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
        ),
        (
            "service-quotas",
            "get_service_quota",
            {"ServiceCode": "airflow", "QuotaCode": "L-1"},
            "AccessDeniedException",
            "servicequotas:GetServiceQuota",
            "*",
        ),
        (
            "cloudwatch",
            "list_metrics",
            {},
            "AccessDeniedException",
            "cloudwatch:ListMetrics",
            "*",
        ),
        (
            "mwaa",
            "get_environment",
            {"Name": "e"},
            "AccessDeniedException",
            "airflow:GetEnvironment",
            f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/e",
        ),
        ("s3control", "get_public_access_block", {"AccountId": ACCOUNT}, "AccessDenied", "s3:GetAccountPublicAccessBlock", "*"),
    ],
)  # fmt: skip
def test_services_name_the_action_that_is_missing(held, may, service, operation, members, code, action, resource):
    may()
    told = refused(getattr(held(service), operation), **members)
    quoted = service == "s3control"
    assert (told["Code"], told["Message"]) == (code, not_allowed(action, resource, quoted=quoted))


def test_explicit_deny_and_boundary_are_named(held, may, aws):
    may(allow("*"), {**allow("ec2:*"), "Effect": "Deny"})
    assert refused(held("ec2").describe_vpcs)["Message"].endswith("with an explicit deny in an identity-based policy")
    may(allow("*"), boundary={"Version": "2012-10-17", "Statement": allow("s3:*")})
    assert (
        "because no permissions boundary allows the ec2:DescribeVpcs action"
        in (refused(held("ec2").describe_vpcs)["Message"])
    )


def test_everybody_may_ask_who_they_are(held, may):
    may()
    assert held("sts").get_caller_identity()["Account"] == ACCOUNT


def test_refused_call_is_noted_and_changes_nothing(held, may, clients, aws, name):
    may()
    known = aws.admin.calls(account=ACCOUNT)[-1].sequence
    refused(held("s3").create_bucket, Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    [call] = aws.admin.calls(account=ACCOUNT, operation="CreateBucket", since=known)
    assert (call.status, call.error_code) == (403, "AccessDenied")
    assert name not in [bucket["Name"] for bucket in clients("s3").list_buckets()["Buckets"]]


def test_caller_without_a_role_is_a_user(held, aws):
    aws.admin.enforce(KEY, json.dumps({"Version": "2012-10-17", "Statement": allow("s3:*")}))
    told = refused(held("ec2").describe_vpcs)["Message"]
    assert f"User: arn:aws:iam::{ACCOUNT}:user/{KEY} is not authorized" in told


def test_enforcement_ends(held, may, aws):
    may()
    aws.admin.enforce(KEY)
    held("ec2").describe_vpcs()


def test_malformed_policy_is_told_to_who_enforces_it(aws):
    with pytest.raises(Exception, match="Invalid effect"):
        aws.admin.enforce(KEY, {"Statement": {**allow("*"), "Effect": "Permit"}})


def test_sessions_that_sts_hands_out_are_held_to_their_role(aws, clients):
    aws.admin.enforce(None, {"Version": "2012-10-17", "Statement": allow("ec2:DescribeVpcs")}, role_arn=OTHER_ROLE)
    made = clients("sts").assume_role(RoleArn=OTHER_ROLE, RoleSessionName="pod")["Credentials"]
    ec2 = client_with(aws, "ec2", aws_access_key_id=made["AccessKeyId"], aws_session_token=made["SessionToken"])
    ec2.describe_vpcs()
    told = refused(ec2.describe_subnets)
    assert f"User: arn:aws:sts::{ACCOUNT}:assumed-role/other/pod is not authorized" in told["Message"]
    clients("ec2").describe_subnets()


# ---- what calls need ----


def tagged(kind, **tags):
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


def test_tags_on_creation_need_create_tags_for_that_creation(held, may):
    create = {"CidrBlock": "10.0.0.0/16", "TagSpecifications": tagged("vpc", owner="operator")}
    owned = {
        "StringEquals": {"aws:RequestTag/owner": "operator"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["owner"]},
    }
    vpcs = f"arn:aws:ec2:*:{ACCOUNT}:vpc/*"
    may(allow("ec2:CreateVpc", vpcs, Condition=owned))
    assert "ec2:CreateTags" in refused(held("ec2").create_vpc, **create)["Message"]
    on_creation = allow("ec2:CreateTags", vpcs, Condition={"StringEquals": {"ec2:CreateAction": "CreateVpc"}})
    may(allow("ec2:CreateVpc", vpcs, Condition=owned), on_creation)
    made = held("ec2").create_vpc(**create)["Vpc"]["VpcId"]
    refused(held("ec2").create_vpc, CidrBlock="10.0.0.0/16")
    later = refused(held("ec2").create_tags, Resources=[made], Tags=[{"Key": "owner", "Value": "me"}])
    assert f"ec2:CreateTags on resource: arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{made}" in later["Message"]


def test_what_is_not_tagged_as_ones_own_cannot_be_touched(held, may, clients):
    mine = clients("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", owner="operator"))
    other = clients("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    own = {"StringEquals": {"aws:ResourceTag/owner": "operator"}}
    may(allow(["ec2:CreateSubnet", "ec2:DeleteVpc"], "arn:aws:ec2:*:*:vpc/*", Condition=own),
        allow("ec2:CreateSubnet", "arn:aws:ec2:*:*:subnet/*"))  # fmt: skip
    vpc = mine["Vpc"]["VpcId"]
    subnet = held("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    refused(held("ec2").create_subnet, VpcId=other, CidrBlock="10.0.0.0/24")
    refused(held("ec2").delete_vpc, VpcId=other)
    clients("ec2").delete_subnet(SubnetId=subnet)
    held("ec2").delete_vpc(VpcId=vpc)


def test_endpoint_needs_each_of_its_parts(held, may, clients, prerequisites):
    endpoint = {
        "VpcId": prerequisites.vpc_id,
        "ServiceName": f"com.amazonaws.{REGION}.sqs",
        "VpcEndpointType": "Interface",
        "SubnetIds": list(prerequisites.subnet_ids),
        "SecurityGroupIds": list(prerequisites.security_group_ids),
    }
    parts = ["vpc-endpoint", "vpc", "subnet", "security-group"]
    for missing in parts:
        may(*(allow("ec2:CreateVpcEndpoint", f"arn:aws:ec2:*:*:{part}/*") for part in parts if part != missing))
        assert f":{missing}/" in refused(held("ec2").create_vpc_endpoint, **endpoint)["Message"]
    may(*(allow("ec2:CreateVpcEndpoint", f"arn:aws:ec2:*:*:{part}/*") for part in parts))
    made = held("ec2").create_vpc_endpoint(**endpoint)["VpcEndpoint"]["VpcEndpointId"]
    clients("ec2").delete_vpc_endpoints(VpcEndpointIds=[made])


def test_associations_are_looked_up(held, may, clients, prerequisites):
    tables = clients("ec2").describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [prerequisites.subnet_ids[0]]}]
    )["RouteTables"]
    [association] = [one for one in tables[0]["Associations"] if one.get("SubnetId") == prerequisites.subnet_ids[0]]
    may()
    told = refused(held("ec2").disassociate_route_table, AssociationId=association["RouteTableAssociationId"])
    assert f":route-table/{tables[0]['RouteTableId']} " in told["Message"]


def test_missing_object_is_forbidden_to_who_may_not_list(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    may(allow("s3:GetObject", f"arn:aws:s3:::{name}/*"))
    assert refused(held("s3").head_object, Bucket=name, Key="none")["Code"] == "403"
    may(allow("s3:GetObject", f"arn:aws:s3:::{name}/*"), allow("s3:ListBucket", f"arn:aws:s3:::{name}"))
    assert refused(held("s3").head_object, Bucket=name, Key="none")["Code"] == "404"


def test_version_of_an_object_has_an_action_of_its_own(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    clients("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    version = clients("s3").put_object(Bucket=name, Key="a", Body=b"x")["VersionId"]
    may(allow("s3:GetObject", f"arn:aws:s3:::{name}/*"))
    held("s3").get_object(Bucket=name, Key="a")
    told = refused(held("s3").get_object, Bucket=name, Key="a", VersionId=version)
    assert "s3:GetObjectVersion" in told["Message"]


def test_deleting_objects_tells_of_each_that_it_may_not(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    clients("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    version = clients("s3").put_object(Bucket=name, Key="a", Body=b"x")["VersionId"]
    deleting = {"Bucket": name, "Delete": {"Objects": [{"Key": "a", "VersionId": version}]}}
    may(allow("s3:DeleteObject", f"arn:aws:s3:::{name}/*"))
    [told] = held("s3").delete_objects(**deleting)["Errors"]
    assert (told["Key"], told["VersionId"], told["Code"]) == ("a", version, "AccessDenied")
    assert "s3:DeleteObjectVersion" in told["Message"]
    may(allow("s3:DeleteObjectVersion", f"arn:aws:s3:::{name}/*"))
    assert [one["Key"] for one in held("s3").delete_objects(**deleting)["Deleted"]] == ["a"]


def test_policies_of_roles_can_be_held_to_a_boundary(held, may, clients, name):
    boundary = clients("iam").create_policy(
        PolicyName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allow("s3:*")})
    )["Policy"]["Arn"]
    condition = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    roles = f"arn:aws:iam::{ACCOUNT}:role/airflow/*"
    may(allow(["iam:CreateRole", "iam:PutRolePolicy"], roles, Condition=condition), allow("iam:TagRole", roles))
    role = {"RoleName": name, "Path": "/airflow/", "AssumeRolePolicyDocument": "{}"}
    role["AssumeRolePolicyDocument"] = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "airflow.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        }
    )
    refused(held("iam").create_role, **role)
    held("iam").create_role(**role, PermissionsBoundary=boundary, Tags=[{"Key": "a", "Value": "b"}])
    document = json.dumps({"Version": "2012-10-17", "Statement": allow("s3:GetObject")})
    held("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    clients("iam").delete_role_permissions_boundary(RoleName=name)
    refused(held("iam").put_role_policy, RoleName=name, PolicyName="p", PolicyDocument=document)


# ---- MWAA ----

CREATE = {
    "airflow:CreateEnvironment": f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/*",
    "airflow:TagResource": f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/*",
    "iam:PassRole": f"arn:aws:iam::{ACCOUNT}:role/airflow",
    "ec2:CreateVpcEndpoint": "*",
    "ec2:CreateNetworkInterface": "*",
    "s3:GetEncryptionConfiguration": "arn:aws:s3:::airflow-shared",
}


@pytest.mark.parametrize("missing", CREATE)
def test_creating_an_environment_needs_each_of_these(held, may, request_for, name, missing):
    may(*(allow(action, resource) for action, resource in CREATE.items() if action != missing))
    told = refused(held("mwaa").create_environment, **request_for(name, Tags={"team": "data"}))
    assert told["Code"] == "AccessDeniedException"
    assert f"not authorized to perform: {missing} on" in told["Message"]


def test_environment_is_created_with_what_it_needs(held, may, request_for, name):
    conditions = {
        "iam:PassRole": {"StringEquals": {"iam:PassedToService": "airflow.amazonaws.com"}},
        "ec2:CreateVpcEndpoint": {"ForAnyValue:StringEquals": {"aws:CalledVia": "airflow.amazonaws.com"}},
        "airflow:CreateEnvironment": {"StringEquals": {"aws:RequestTag/team": "data"}},
    }
    may(
        *(
            allow(action, resource, **({"Condition": conditions[action]} if action in conditions else {}))
            for action, resource in CREATE.items()
        )
    )
    held("mwaa").create_environment(**request_for(name, Tags={"team": "data"}))


def test_customer_managed_endpoints_need_no_permission_for_mwaas_own(held, may, request_for, name):
    may(*(allow(action, resource) for action, resource in CREATE.items() if not action.startswith("ec2:")))
    held("mwaa").create_environment(**request_for(name, EndpointManagement="CUSTOMER"))


def test_updating_needs_to_pass_only_a_new_role(held, may, available, prerequisites):
    may(allow("airflow:UpdateEnvironment"), allow(["ec2:CreateVpcEndpoint", "ec2:CreateNetworkInterface"]))
    told = refused(held("mwaa").update_environment, Name=available, ExecutionRoleArn=prerequisites.role_arn)
    assert f"iam:PassRole on resource: {prerequisites.role_arn}" in told["Message"]
    held("mwaa").update_environment(Name=available, MaxWorkers=7)


def test_environment_can_be_held_to_its_tags(held, may, clients, request_for, name):
    clients("mwaa").create_environment(**request_for(name, Tags={"team": "data"}))
    may(allow("airflow:GetEnvironment", Condition={"StringEquals": {"aws:ResourceTag/team": "data"}}))
    held("mwaa").get_environment(Name=name)
    may(allow("airflow:GetEnvironment", Condition={"StringEquals": {"aws:ResourceTag/team": "web"}}))
    assert refused(held("mwaa").get_environment, Name=name)["Code"] == "AccessDeniedException"


def test_airflows_api_needs_one_of_the_roles(held, may, available):
    may(allow("airflow:InvokeRestApi", f"arn:aws:airflow:*:*:environment/{available}"))
    told = refused(held("mwaa").invoke_rest_api, Name=available, Path="/dags", Method="GET")
    assert told["Code"] == "AccessDeniedException"
    assert "Airflow role" in told["Message"]
    may(allow("airflow:InvokeRestApi", f"arn:aws:airflow:*:*:role/{available}/Viewer"))
    assert refused(held("mwaa").invoke_rest_api, Name=available, Path="/dags", Method="GET")["Code"] != (
        "AccessDeniedException"
    )


# ---- dry runs ----


def test_dry_run_tells_that_it_would_succeed(clients):
    before = len(clients("ec2").describe_vpcs()["Vpcs"])
    told = refused(clients("ec2").create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    assert told == {"Code": "DryRunOperation", "Message": "Request would have succeeded, but DryRun flag is set."}
    assert len(clients("ec2").describe_vpcs()["Vpcs"]) == before


def test_dry_run_tells_what_is_not_allowed(held, may):
    may(allow("ec2:DescribeVpcs"))
    assert refused(held("ec2").describe_vpcs, DryRun=True)["Code"] == "DryRunOperation"
    assert refused(held("ec2").create_nat_gateway, SubnetId="subnet-1", DryRun=True)["Code"] == "UnauthorizedOperation"


# ---- tags of a bucket from its beginning ----


def test_bucket_is_created_with_its_tags(held, may, clients, name):
    configuration = {"LocationConstraint": REGION, "Tags": [{"Key": "owner", "Value": "operator & co"}]}
    may(allow("s3:CreateBucket"))
    told = refused(held("s3").create_bucket, Bucket=name, CreateBucketConfiguration=configuration)
    assert "s3:TagResource" in told["Message"]
    may(allow(["s3:CreateBucket", "s3:TagResource"]))
    held("s3").create_bucket(Bucket=name, CreateBucketConfiguration=configuration)
    assert clients("s3").get_bucket_tagging(Bucket=name)["TagSet"] == configuration["Tags"]


def test_bucket_that_exists_keeps_its_tags(clients, name):
    place = {"LocationConstraint": REGION}
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration={**place, "Tags": [{"Key": "a", "Value": "1"}]})
    again = {**place, "Tags": [{"Key": "a", "Value": "2"}]}
    assert refused(clients("s3").create_bucket, Bucket=name, CreateBucketConfiguration=again)["Code"] == (
        "BucketAlreadyOwnedByYou"
    )
    assert clients("s3").get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "a", "Value": "1"}]
