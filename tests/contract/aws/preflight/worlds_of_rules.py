"""Security groups and network ACLs that are in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .site import ANYWHERE, Site
from .world import world


@world("SecurityGroupsLetInHttps")
def group_that_admits_the_database_alone(site: Site) -> Iterator[None]:
    with _admitting(site, 5432):
        yield


@world("SecurityGroupsLetInDatabase")
def group_that_admits_https_alone(site: Site) -> Iterator[None]:
    with _admitting(site, 443):
        yield


@world("SecurityGroupsLetOutToThemselves")
def group_that_lets_out_https_alone(site: Site) -> Iterator[None]:
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": ANYWHERE}]}
    with _letting_out(site, https):
        yield


@world("SecurityGroupsLetOutToAws")
def group_that_lets_out_to_itself_alone(site: Site) -> Iterator[None]:
    with _letting_out(site, {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": site.group}]}):
        yield


@world("NetworkAclsOutbound")
def acl_that_denies_https(site: Site) -> Iterator[None]:
    with _denying(site, egress=True, ports=(443, 443)):
        yield


@world("NetworkAclsInbound")
def acl_that_denies_the_database(site: Site) -> Iterator[None]:
    with _denying(site, egress=False, ports=(5432, 5432)):
        yield


@world("NetworkAclsAnswers")
def acl_that_denies_answers(site: Site) -> Iterator[None]:
    with _denying(site, egress=False, ports=(10000, 65535)):
        yield


@world("NatNetworkAcls")
def acl_that_denies_answers_to_the_nat_gateway(site: Site) -> Iterator[None]:
    subnet = site.nat_subnet
    closed = site.ec2.create_network_acl(VpcId=site.vpc_id)["NetworkAcl"]["NetworkAclId"]
    for egress, cidr in ((True, ANYWHERE), (False, "10.192.0.0/16")):
        site.ec2.create_network_acl_entry(
            NetworkAclId=closed, RuleNumber=100, Egress=egress, Protocol="-1", RuleAction="allow", CidrBlock=cidr
        )
    before = _guard(site, subnet, closed)
    yield
    _guard(site, subnet, before)
    site.ec2.delete_network_acl(NetworkAclId=closed)


def _guard(site: Site, subnet: str, acl: str) -> str:
    """Have another ACL guard a subnet, and return the one that did so before."""
    (guarding,) = site.ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])[
        "NetworkAcls"
    ]
    association = next(one for one in guarding["Associations"] if one["SubnetId"] == subnet)
    site.ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)
    return str(guarding["NetworkAclId"])


@contextmanager
def _admitting(site: Site, port: int) -> Iterator[None]:
    """Have the group admit itself on one port alone."""
    itself = {"UserIdGroupPairs": [{"GroupId": site.group}]}
    usual = {"GroupId": site.group, "IpPermissions": [{"IpProtocol": "-1", **itself}]}
    other = {
        "GroupId": site.group,
        "IpPermissions": [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **itself}],
    }
    site.ec2.revoke_security_group_ingress(**usual)
    site.ec2.authorize_security_group_ingress(**other)
    yield
    site.ec2.revoke_security_group_ingress(**other)
    site.ec2.authorize_security_group_ingress(**usual)


@contextmanager
def _letting_out(site: Site, permission: dict[str, object]) -> Iterator[None]:
    """Have the group let out this alone."""
    usual = {"GroupId": site.group, "IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}]}
    other = {"GroupId": site.group, "IpPermissions": [permission]}
    site.ec2.revoke_security_group_egress(**usual)
    site.ec2.authorize_security_group_egress(**other)
    yield
    site.ec2.revoke_security_group_egress(**other)
    site.ec2.authorize_security_group_egress(**usual)


@contextmanager
def _denying(site: Site, *, egress: bool, ports: tuple[int, int]) -> Iterator[None]:
    """Have an ACL guard the private subnets that lets through everything but TCP on some ports in one direction."""
    acl = site.ec2.create_network_acl(VpcId=site.vpc_id)["NetworkAcl"]["NetworkAclId"]
    everywhere = {"NetworkAclId": acl, "CidrBlock": ANYWHERE}
    for direction in (True, False):
        site.ec2.create_network_acl_entry(
            **everywhere, RuleNumber=100, Egress=direction, Protocol="-1", RuleAction="allow"
        )
    site.ec2.create_network_acl_entry(
        **everywhere,
        RuleNumber=50,
        Egress=egress,
        Protocol="6",
        RuleAction="deny",
        PortRange={"From": ports[0], "To": ports[1]},
    )
    before = {subnet: _guard(site, subnet, acl) for subnet in site.subnets}
    yield
    for subnet, other in before.items():
        _guard(site, subnet, other)
    site.ec2.delete_network_acl(NetworkAclId=acl)
