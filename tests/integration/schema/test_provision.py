"""What the operator is asked to make itself: what the schema refuses of it, on the API server and in the models, in the same words."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from pydantic import ValidationError

NETWORK = {"cidrBlock": "10.192.0.0/16"}
PRIVATE = ["10.192.0.0/18", "10.192.64.0/18"]
PUBLIC = ["10.192.128.0/20", "10.192.144.0/20"]


class Refused(NamedTuple):
    behaviour: str
    provision: dict[str, Any]
    gone: tuple[str, ...]
    says: str
    same_words: bool = True


def network(**members: Any) -> dict[str, Any]:
    return {"network": {**NETWORK, **members}}


def form(behaviour: str, provision: dict[str, Any], gone: tuple[str, ...]) -> Refused:
    return Refused(behaviour, provision, gone, "should match", same_words=False)


BY_NETWORK = ("networkConfiguration",)
REFUSED = [
    Refused(
        "a bucket by reference and one to make",
        {"bucket": {"name": "airflow-mybucket"}},
        (),
        "Give either sourceBucketArn, a bucket that exists, or provision.bucket, to have one made.",
    ),
    Refused("no bucket at all", {}, ("sourceBucketArn",), "Give either sourceBucketArn, a bucket that exists"),
    Refused("no folder of the DAGs in a bucket that exists", {}, ("dagS3Path",), "dagS3Path is missing"),
    Refused("a role by reference and one to make", {"executionRole": {}}, (), "Give either executionRoleArn"),
    Refused("no role at all", {}, ("executionRoleArn",), "Give either executionRoleArn"),
    Refused("a network by reference and one to make", {"network": {}}, (), "Give either networkConfiguration"),
    Refused("no network at all", {}, BY_NETWORK, "Give either networkConfiguration"),
    form("a bucket with a name in capitals", {"bucket": {"name": "My_Bucket"}}, ("sourceBucketArn",)),
    form("a VPC of a size that AWS has not", network(cidrBlock="10.0.0.0/15"), BY_NETWORK),
    form("a VPC too small for its subnets", network(cidrBlock="10.0.0.0/25"), BY_NETWORK),
    Refused("a block that is none", network(cidrBlock="10.300.0.0/16"), BY_NETWORK, "cidrBlock is not a block"),
    Refused("a block with host bits", network(cidrBlock="10.0.0.1/16"), BY_NETWORK, "cidrBlock is not a block"),
    Refused(
        "private subnets alone",
        network(privateSubnetCidrBlocks=PRIVATE),
        BY_NETWORK,
        "Give the addresses of the private and of the public subnets, or of neither.",
    ),
    Refused(
        "private subnets that overlap",
        network(privateSubnetCidrBlocks=["10.192.0.0/18", "10.192.32.0/20"], publicSubnetCidrBlocks=PUBLIC),
        BY_NETWORK,
        "Two subnets overlap",
    ),
    Refused(
        "a public subnet within a private one",
        network(privateSubnetCidrBlocks=PRIVATE, publicSubnetCidrBlocks=["10.192.0.0/24", "10.192.144.0/20"]),
        BY_NETWORK,
        "A private and a public subnet overlap.",
    ),
    Refused(
        "a subnet outside the VPC",
        network(privateSubnetCidrBlocks=PRIVATE, publicSubnetCidrBlocks=["10.193.0.0/20", "10.192.144.0/20"]),
        BY_NETWORK,
        "A subnet lies outside the addresses of the VPC.",
    ),
    Refused(
        "the same zone twice",
        network(availabilityZones=["eu-west-1a", "eu-west-1a"]),
        BY_NETWORK,
        "MWAA needs two different Availability Zones",
    ),
    Refused(
        "endpoints that AWS makes itself",
        {"customerEndpoints": {}},
        (),
        "With endpointManagement SERVICE, which is the default, AWS makes the endpoints itself.",
    ),
    Refused(
        "a retention that CloudWatch Logs has not",
        {"logRetentionDays": 31},
        (),
        "Unsupported value: 31",
        same_words=False,
    ),
    form(
        "a statement about something that is no action",
        {"executionRole": {"additionalStatements": [{"action": ["read everything"], "resource": ["*"]}]}},
        ("executionRoleArn",),
    ),
    form(
        "a boundary that is no policy",
        {"executionRole": {"permissionsBoundaryArn": "arn:aws:iam::123456789012:role/a"}},
        ("executionRoleArn",),
    ),
]

ACCEPTED = {
    "everything made, nothing said": (
        {"bucket": {"name": "airflow-mybucket"}, "network": {}, "executionRole": {}, "logRetentionDays": 30},
        ("sourceBucketArn", "dagS3Path", "executionRoleArn", "networkConfiguration"),
        {},
    ),
    "everything said": (
        {
            "bucket": {"name": "airflow-mybucket", "deletion": "Delete", "noncurrentVersionExpirationDays": 90},
            "network": {
                "cidrBlock": "10.192.0.0/16",
                "natGateways": "None",
                "availabilityZones": ["eu-west-1a", "eu-west-1c"],
                "privateSubnetCidrBlocks": PRIVATE,
                "publicSubnetCidrBlocks": PUBLIC,
            },
            "executionRole": {
                "path": "/airflow/",
                "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
                "additionalManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonAthenaFullAccess"],
                "additionalStatements": [
                    {
                        "action": ["s3:GetObject"],
                        "resource": ["arn:aws:s3:::data/*"],
                        "condition": {"StringEquals": {"aws:ResourceTag/team": ["data"]}},
                    }
                ],
            },
            "logRetentionDays": 365,
            "logDeletion": "Retain",
            "customerEndpoints": {"securityGroupIds": ["sg-1"]},
        },
        ("sourceBucketArn", "dagS3Path", "executionRoleArn", "networkConfiguration"),
        {"endpointManagement": "CUSTOMER"},
    ),
    "a role alone": ({"executionRole": {}}, ("executionRoleArn",), {}),
    "the smallest VPC": (network(cidrBlock="10.0.0.0/24"), BY_NETWORK, {}),
}


def asked(document, without, provision, gone, more):
    changes = {"provision": provision, **dict.fromkeys(gone, without), **more}
    return document(changes)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.behaviour)
def test_what_cannot_be_made_is_refused(case, schema, document, without):
    wrong = asked(document, without, case.provision, case.gone, {})
    assert case.says in schema.refuses(wrong)
    with pytest.raises(ValidationError) as refused:
        MwaaEnvironment.from_object(wrong)
    if case.same_words:
        assert case.says in " ".join(explain(refused.value))


def test_what_is_made_needs_room_for_a_tag_more(schema, document, without):
    for count, fits in ((45, True), (46, False)):
        tags = {f"tag-{number}": "x" for number in range(count)}
        asked_for = asked(document, without, {"executionRole": {}}, ("executionRoleArn",), {"tags": tags})
        if fits:
            schema.accepts(asked_for)
        else:
            assert "AWS has room for 45 of them" in schema.refuses(asked_for)


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_can_be_made_is_accepted(name, schema, document, without):
    right = asked(document, without, *ACCEPTED[name])
    schema.accepts(right)
    MwaaEnvironment.from_object(right)


def test_a_network_by_reference_and_one_to_make_cannot_take_one_anothers_place(stored, document, without):
    by_reference = document()
    to_make = asked(document, without, {"network": {}}, BY_NETWORK, {})
    assert stored.kubectl("create", by_reference).returncode == 0
    changed = stored.kubectl("replace", to_make)
    assert changed.returncode != 0
    assert "cannot take one another's place" in changed.stderr


def test_the_addresses_of_a_vpc_cannot_be_changed(stored, document, without):
    before = asked(document, without, network(), BY_NETWORK, {})
    after = asked(document, without, network(cidrBlock="10.0.0.0/16"), BY_NETWORK, {})
    assert stored.kubectl("create", before).returncode == 0
    assert "Forbidden" in stored.kubectl("replace", after).stderr


def test_a_role_by_reference_and_one_to_make_can_take_one_anothers_place(stored, document, without):
    assert stored.kubectl("create", document()).returncode == 0
    assert (
        stored.kubectl("replace", asked(document, without, {"executionRole": {}}, ("executionRoleArn",), {})).returncode
        == 0
    )
    assert stored.kubectl("replace", document()).returncode == 0


def test_endpoints_that_an_environment_lives_on_cannot_be_left_out_later(stored, document, without):
    customer = {"endpointManagement": "CUSTOMER"}
    assert stored.kubectl("create", asked(document, without, {"customerEndpoints": {}}, (), customer)).returncode == 0
    removed = stored.kubectl("replace", document(customer))
    assert removed.returncode != 0
    assert "The environment lives on the endpoints" in removed.stderr
