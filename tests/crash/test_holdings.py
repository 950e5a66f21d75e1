"""What is compared of an account, and what must never be in one, by itself."""

from __future__ import annotations

from .holdings import Thing, described, flaws

UID = "6d1f"
BODY = {"metadata": {"uid": UID}, "status": {"resources": [{"kind": "Vpc", "id": "vpc-1", "provisioned": True}]}}


def thing(identity="vpc-1", *, kind="Vpc", part="vpc", uid=UID, **settings):
    return Thing(kind, identity, {"mwaa-operator.dev/part": part, "mwaa-operator.dev/uid": uid}, settings)


def test_accounts_that_differ_in_ids_only_are_described_alike():
    def account(number):
        vpc, subnet = f"vpc-{number}", f"subnet-{number}"
        return [thing(vpc, uid=number), thing(subnet, kind="Subnet", part="private-subnet-1", uid=number, VpcId=vpc)]

    assert described(account("1a")) == described(account("2b"))


def test_order_in_which_aws_lists_things_makes_no_difference():
    one, other = thing("rtb-1", Routes=[{"to": "a"}, {"to": "b"}]), thing("rtb-1", Routes=[{"to": "b"}, {"to": "a"}])
    assert described([one]) == described([other])


def test_setting_that_differs_is_a_difference():
    assert described([thing(CidrBlock="10.0.0.0/16")]) != described([thing(CidrBlock="10.1.0.0/16")])


def test_thing_that_is_there_once_and_in_the_status_is_no_flaw():
    assert flaws([thing()], BODY) == []


def test_second_thing_of_a_part_is_a_flaw():
    assert flaws([thing(), thing("vpc-2")], BODY) == [
        "Vpc/vpc is there 2 times",
        "the status does not list Vpc vpc-2",
    ]


def test_thing_without_tags_is_a_flaw():
    untagged = Thing("ElasticIp", "eipalloc-1", {}, {})
    assert "ElasticIp/eipalloc-1 (eipalloc-1) belongs to no object" in flaws([thing(), untagged], BODY)


def test_thing_that_is_left_when_the_object_is_gone_is_a_flaw():
    assert "Vpc/vpc (vpc-1) belongs to no object" in flaws([thing()], None)


def test_status_that_lists_what_is_gone_is_a_flaw():
    assert flaws([], BODY) == ["the status lists Vpc vpc-1, which is not there"]


def test_what_aws_makes_along_with_something_belongs_to_nobody():
    assert flaws([thing(), Thing("SecurityGroup", "sg-1", {}, {}, "default")], BODY) == []
