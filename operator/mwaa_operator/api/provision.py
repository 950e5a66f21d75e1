"""What the operator makes in AWS beside the environment, owns and cleans up: `spec.provision`."""

import ipaddress
from collections.abc import Iterable
from itertools import combinations, product
from typing import Literal

from pydantic import Field

from mwaa_operator.api.enums import DeletionPolicy, NatGateways, PolicyEffect
from mwaa_operator.api.model import SpecModel, immutable, rule
from mwaa_operator.api.types import (
    BucketName,
    ConditionBlock,
    ConditionOperator,
    Days,
    IamAction,
    ManagedPolicyArn,
    ResourcePattern,
    RolePath,
    SecurityGroupId,
    SubnetCidr,
    VpcCidr,
    ZoneName,
)

DEFAULT_CIDR_BLOCK = "10.192.0.0/16"
"""The block of the example network in the MWAA User Guide (vpc-create)."""

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""The numbers of days that CloudWatch Logs takes (PutRetentionPolicy)."""


class ProvisionedBucket(SpecModel):
    """The source bucket: versioned, encrypted, closed to the public, in the environment's region."""

    name: BucketName = Field(json_schema_extra=immutable())
    """Its name, which no other bucket of anybody may have."""
    deletion: DeletionPolicy = DeletionPolicy.RETAIN
    """What happens to it when this object is deleted. Delete removes all that is in it first, in all versions."""
    noncurrent_version_expiration_days: Days | None = None
    """After how many days old versions of files are removed. Left out: never. A version that is pinned in the spec may be an old one: leave
    time for it.
    """


class ProvisionedNetwork(SpecModel):
    """A VPC of its own: two public and two private subnets in two Availability Zones."""

    cidr_block: VpcCidr = Field(default=DEFAULT_CIDR_BLOCK, json_schema_extra=immutable())
    """The addresses of the VPC, from /16 to /24."""
    nat_gateways: NatGateways = NatGateways.PER_ZONE
    """How the private subnets reach the internet: by a NAT gateway in each zone, by a single one, or not at all. With
    None, AWS's own services are reached by VPC endpoints.
    """
    availability_zones: tuple[ZoneName, ...] | None = Field(
        default=None, min_length=2, max_length=2, json_schema_extra=immutable()
    )
    """The two zones. Left out: the first two of the region."""
    private_subnet_cidr_blocks: tuple[SubnetCidr, ...] | None = Field(
        default=None, min_length=2, max_length=2, json_schema_extra=immutable()
    )
    """The addresses of the private subnets, in the order of the zones. Left out: a quarter of the VPC each."""
    public_subnet_cidr_blocks: tuple[SubnetCidr, ...] | None = Field(
        default=None, min_length=2, max_length=2, json_schema_extra=immutable()
    )
    """The addresses of the public subnets. Left out: a sixteenth of the VPC each."""

    @rule(
        "!has(self.cidrBlock) || (isCIDR(self.cidrBlock) && cidr(self.cidrBlock) == cidr(self.cidrBlock).masked())",
        field="cidrBlock",
        message="cidrBlock is not a block of IPv4 addresses. Write it as its first address and its size, for example 10.192.0.0/16.",
    )
    def _block_is_a_block(self) -> bool:
        return _network(self.cidr_block) is not None

    @rule(
        "!has(self.privateSubnetCidrBlocks) || !has(self.publicSubnetCidrBlocks) || "
        "self.privateSubnetCidrBlocks.all(a, isCIDR(a) && self.publicSubnetCidrBlocks.all(b, isCIDR(b) && "
        "!cidr(a).containsCIDR(b) && !cidr(b).containsCIDR(a)))",
        field="privateSubnetCidrBlocks",
        message="A private and a public subnet overlap. Give each subnet addresses of its own.",
    )
    def _private_and_public_subnets_are_apart(self) -> bool:
        if self.private_subnet_cidr_blocks is None or self.public_subnet_cidr_blocks is None:
            return True
        return _apart(product(self.private_subnet_cidr_blocks, self.public_subnet_cidr_blocks))

    @rule(
        "(!has(self.privateSubnetCidrBlocks) || self.privateSubnetCidrBlocks.size() != 2 || "
        "(self.privateSubnetCidrBlocks.all(c, isCIDR(c)) && "
        "!cidr(self.privateSubnetCidrBlocks[0]).containsCIDR(self.privateSubnetCidrBlocks[1]) && "
        "!cidr(self.privateSubnetCidrBlocks[1]).containsCIDR(self.privateSubnetCidrBlocks[0]))) && "
        "(!has(self.publicSubnetCidrBlocks) || self.publicSubnetCidrBlocks.size() != 2 || "
        "(self.publicSubnetCidrBlocks.all(c, isCIDR(c)) && "
        "!cidr(self.publicSubnetCidrBlocks[0]).containsCIDR(self.publicSubnetCidrBlocks[1]) && "
        "!cidr(self.publicSubnetCidrBlocks[1]).containsCIDR(self.publicSubnetCidrBlocks[0])))",
        message="Two subnets overlap, or one is not a block of IPv4 addresses. Give each subnet addresses of its own, for example "
        "10.192.64.0/18.",
    )
    def _subnets_of_a_kind_are_apart(self) -> bool:
        return all(
            blocks is None or len(blocks) != 2 or _apart(combinations(blocks, 2))
            for blocks in (self.private_subnet_cidr_blocks, self.public_subnet_cidr_blocks)
        )

    @rule(
        "(!has(self.privateSubnetCidrBlocks) && !has(self.publicSubnetCidrBlocks)) || "
        "((!has(self.privateSubnetCidrBlocks) || self.privateSubnetCidrBlocks.all(c, isCIDR(c) && "
        f"cidr(has(self.cidrBlock) ? self.cidrBlock : '{DEFAULT_CIDR_BLOCK}').containsCIDR(c))) && "
        "(!has(self.publicSubnetCidrBlocks) || self.publicSubnetCidrBlocks.all(c, isCIDR(c) && "
        f"cidr(has(self.cidrBlock) ? self.cidrBlock : '{DEFAULT_CIDR_BLOCK}').containsCIDR(c))))",
        message="A subnet lies outside the addresses of the VPC. Choose subnets within cidrBlock.",
    )
    def _subnets_lie_in_the_vpc(self) -> bool:
        vpc = _network(self.cidr_block)
        given = (*(self.private_subnet_cidr_blocks or ()), *(self.public_subnet_cidr_blocks or ()))
        subnets = [_network(block) for block in given]
        return not given or (
            vpc is not None and all(subnet is not None and subnet.subnet_of(vpc) for subnet in subnets)
        )

    @rule(
        "has(self.privateSubnetCidrBlocks) == has(self.publicSubnetCidrBlocks)",
        message="Give the addresses of the private and of the public subnets, or of neither.",
    )
    def _all_subnets_or_none(self) -> bool:
        return (self.private_subnet_cidr_blocks is None) == (self.public_subnet_cidr_blocks is None)

    @rule(
        "!has(self.availabilityZones) || self.availabilityZones.size() != 2 || "
        "self.availabilityZones[0] != self.availabilityZones[1]",
        field="availabilityZones",
        message="MWAA needs two different Availability Zones, and this is the same one twice.",
    )
    def _zones_differ(self) -> bool:
        return self.availability_zones is None or len(set(self.availability_zones)) == len(self.availability_zones)


class PolicyStatement(SpecModel):
    """A statement of an IAM policy, in IAM's own terms."""

    effect: PolicyEffect = PolicyEffect.ALLOW
    """Allow or Deny."""
    action: tuple[IamAction, ...] = Field(min_length=1, max_length=32)
    """What may be done: for example s3:GetObject."""
    resource: tuple[ResourcePattern, ...] = Field(min_length=1, max_length=32)
    """With what: ARNs, in which * stands for anything."""
    condition: dict[ConditionOperator, ConditionBlock] | None = Field(default=None, max_length=8)
    """Under which conditions: operator, key, values. For example StringEquals: {aws:ResourceTag/team: [data]}."""


class ProvisionedRole(SpecModel):
    """The role that Airflow and its tasks run as: it may do what MWAA needs for exactly this environment, and what is added here."""

    additional_managed_policy_arns: tuple[ManagedPolicyArn, ...] = Field(default=(), max_length=10)
    """Managed policies to attach, for what the DAGs do in AWS."""
    additional_statements: tuple[PolicyStatement, ...] = Field(default=(), max_length=16)
    """More that the DAGs may do in AWS."""
    permissions_boundary_arn: ManagedPolicyArn | None = None
    """A managed policy that bounds what the role may do."""
    path: RolePath = Field(default="/", json_schema_extra=immutable())
    """The role's path in IAM."""


class CustomerEndpoints(SpecModel):
    """The VPC endpoints that an environment with endpointManagement CUSTOMER waits for."""

    security_group_ids: tuple[SecurityGroupId, ...] = Field(default=(), max_length=5)
    """Security groups of the endpoints. Left out: one is made that admits the environment."""


class Provision(SpecModel):
    """What the operator makes itself, owns and cleans up. What is left out has to be there already."""

    bucket: ProvisionedBucket | None = None
    """The source bucket. In place of sourceBucketArn."""
    network: ProvisionedNetwork | None = None
    """VPC, subnets and security group. In place of networkConfiguration."""
    execution_role: ProvisionedRole | None = None
    """The role that Airflow and its tasks run as. In place of executionRoleArn."""
    log_retention_days: LogRetentionDays | None = None
    """The five log groups are made before the environment, and keep what is in them for so many days."""
    log_deletion: DeletionPolicy = DeletionPolicy.DELETE
    """What happens to those log groups when the environment is deleted."""
    customer_endpoints: CustomerEndpoints | None = None
    """The endpoints that endpointManagement: CUSTOMER needs."""


def _network(block: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(block)
    except ValueError:
        return None


def _apart(pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether all of these are blocks, and those of no pair overlap."""
    networks = [(_network(one), _network(other)) for one, other in pairs]
    return all(one is not None and other is not None and not one.overlaps(other) for one, other in networks)
