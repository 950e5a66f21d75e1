"""Which permissions calls need, and what conditions see of them."""

from __future__ import annotations

import json

from .callers import ACCOUNT, PLACE, REGION, allow, policy, refused


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


def test_tags_of_a_rule_are_no_tags_of_its_group(held, may, prerequisites):
    [group] = prerequisites.security_group_ids
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    may(allow("ec2:AuthorizeSecurityGroupIngress", f"arn:aws:ec2:*:*:security-group/{group}"))
    told = refused(
        held("ec2").authorize_security_group_ingress,
        GroupId=group,
        IpPermissions=[rule],
        TagSpecifications=tagged("security-group-rule", owner="operator"),
    )
    assert "ec2:CreateTags" in told["Message"]
    assert ":security-group-rule/* " in told["Message"]


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


def test_addresses_are_looked_up_by_their_associations(held, may, clients, prerequisites):
    address = next(one for one in clients("ec2").describe_addresses()["Addresses"] if one.get("AssociationId"))
    may()
    told = refused(held("ec2").disassociate_address, AssociationId=address["AssociationId"])
    assert f":elastic-ip/{address['AllocationId']} " in told["Message"]


def test_missing_object_is_forbidden_to_who_may_not_list(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration=PLACE)
    may(allow("s3:GetObject", f"arn:aws:s3:::{name}/*"))
    assert refused(held("s3").head_object, Bucket=name, Key="none")["Code"] == "403"
    may(allow("s3:GetObject", f"arn:aws:s3:::{name}/*"), allow("s3:ListBucket", f"arn:aws:s3:::{name}"))
    assert refused(held("s3").head_object, Bucket=name, Key="none")["Code"] == "404"


def test_version_of_an_object_has_an_action_of_its_own(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration=PLACE)
    clients("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    version = clients("s3").put_object(Bucket=name, Key="a", Body=b"x")["VersionId"]
    may(allow("s3:GetObject", f"arn:aws:s3:::{name}/*"))
    held("s3").get_object(Bucket=name, Key="a")
    told = refused(held("s3").get_object, Bucket=name, Key="a", VersionId=version)
    assert "s3:GetObjectVersion" in told["Message"]


def test_deleting_objects_tells_of_each_that_it_may_not(held, may, clients, name):
    clients("s3").create_bucket(Bucket=name, CreateBucketConfiguration=PLACE)
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
    boundary = clients("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(policy(allow("s3:*"))))[
        "Policy"
    ]["Arn"]
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
    document = json.dumps(policy(allow("s3:GetObject")))
    held("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    clients("iam").delete_role_permissions_boundary(RoleName=name)
    refused(held("iam").put_role_policy, RoleName=name, PolicyName="p", PolicyDocument=document)
