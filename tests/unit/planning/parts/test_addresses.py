"""How the addresses of a VPC are shared out among its subnets."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mwaa_operator.api.provision import ProvisionedNetwork
from mwaa_operator.planning.parts.addresses import addresses_of, shared_out

AWS_SUBNETS = range(16, 29)
"""Prefixes that a subnet may have (CreateSubnet)."""


@st.composite
def vpcs(draw):
    prefix = draw(st.integers(16, 24))
    first = draw(st.integers(0, 2**prefix - 1)) << (32 - prefix)
    return IPv4Network((first, prefix))


def subnets(cidr_block):
    shared = shared_out(cidr_block)
    return [IPv4Network(block) for block in (*shared.private, *shared.public)]


@given(vpcs())
def test_subnets_lie_in_the_vpc_and_apart(vpc):
    blocks = subnets(str(vpc))
    assert all(block.subnet_of(vpc) for block in blocks)
    assert not any(a.overlaps(b) for i, a in enumerate(blocks) for b in blocks[i + 1 :])


@given(vpcs())
def test_private_subnets_have_a_quarter_each_and_public_ones_a_sixteenth(vpc):
    assert [vpc.num_addresses // block.num_addresses for block in subnets(str(vpc))] == [4, 4, 16, 16]


@given(vpcs())
def test_subnets_are_of_sizes_that_aws_has(vpc):
    assert all(block.prefixlen in AWS_SUBNETS for block in subnets(str(vpc)))


@given(vpcs())
def test_what_is_computed_could_be_given_as_well(vpc):
    shared = shared_out(str(vpc))
    spec = {"privateSubnetCidrBlocks": shared.private, "publicSubnetCidrBlocks": shared.public}
    given_ones = ProvisionedNetwork.model_validate({"cidrBlock": str(vpc), **spec})
    assert addresses_of(given_ones) == shared


def test_given_blocks_are_used():
    spec = {
        "cidrBlock": "10.0.0.0/16",
        "privateSubnetCidrBlocks": ["10.0.1.0/24", "10.0.2.0/24"],
        "publicSubnetCidrBlocks": ["10.0.3.0/28", "10.0.3.16/28"],
    }
    found = addresses_of(ProvisionedNetwork.model_validate(spec))
    assert (found.private, found.public) == (("10.0.1.0/24", "10.0.2.0/24"), ("10.0.3.0/28", "10.0.3.16/28"))


def test_what_is_no_block_is_refused():
    with pytest.raises(ValueError, match="host bits"):
        shared_out("10.0.0.1/16")
