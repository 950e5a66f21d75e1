"""Dry runs of EC2, which end in an error either way."""

from __future__ import annotations

from .callers import allow, refused


def test_dry_run_tells_that_it_would_succeed(clients):
    before = len(clients("ec2").describe_vpcs()["Vpcs"])
    told = refused(clients("ec2").create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    assert told == {"Code": "DryRunOperation", "Message": "Request would have succeeded, but DryRun flag is set."}
    assert len(clients("ec2").describe_vpcs()["Vpcs"]) == before


def test_dry_run_tells_what_is_not_allowed(held, may):
    may(allow("ec2:DescribeVpcs"))
    assert refused(held("ec2").describe_vpcs, DryRun=True)["Code"] == "DryRunOperation"
    assert refused(held("ec2").create_nat_gateway, SubnetId="subnet-1", DryRun=True)["Code"] == "UnauthorizedOperation"
