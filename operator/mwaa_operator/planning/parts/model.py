"""What the parts of an environment have in common: what is asked of one, and what it answers.

A part is brought about in rounds: look at what there is, decide on all calls that can be made now, make them, look again. A round needs
nothing of the one before, so the process may die between any two calls. What a call makes carries its tags from the first moment, and is
found by them; nothing is made before it was looked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import ArtifactStatus, ResourceStatus
from mwaa_operator.api.names import TAG_PREFIX
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.ownership import Identity

TAG_PART = f"{TAG_PREFIX}part"
"""The tag that says which of several like things one is: for example private-subnet-1."""


class PartKind(StrEnum):
    """The parts, in the order in which they are made. They are removed in the opposite one.

    Artifacts take longer than a pass may, so they are seen to beside the passes and not in the row of the others, and they are never
    removed: a bucket holds people's code.
    """

    BUCKET = "Bucket"
    NETWORK = "Network"
    EXECUTION_ROLE = "ExecutionRole"
    LOG_GROUPS = "LogGroups"
    ARTIFACTS = "Artifacts"
    CUSTOMER_ENDPOINTS = "CustomerEndpoints"


@dataclass(frozen=True, kw_only=True)
class PartContext:
    """What a part is made for. `environment` is what there is in AWS, if there is any yet; `known` what the status lists."""

    identity: Identity
    name: str
    """The environment's name in AWS."""
    account_id: str
    region: str
    spec: EnvironmentSpec
    environment: AwsEnvironment | None
    known: tuple[ResourceStatus, ...]
    outputs: "Outputs"
    """What the parts before it came to, and what the spec gives by reference."""

    @property
    def partition(self) -> str:
        """The first part of all ARNs of the region."""
        return "aws-cn" if self.region.startswith("cn-") else "aws"

    def tags(self, part: str | None = None) -> dict[str, str]:
        """The tags of what is made: the user's, and those that say whose it is and, of several like things, which."""
        which = {} if part is None else {TAG_PART: part}
        return {**(self.spec.tags or {}), **self.identity.tags, **which}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call to AWS that changes something.

    `service` is boto3's name of the client, `operation` AWS's own (CreateVpc). `made` is the path of the new thing's id in the answer
    (Vpc.VpcId): until that is seen, nothing more is made of its part, because AWS shows what is new only after a moment. `gone_is_fine`
    means that a removal has nothing to complain of when the thing is gone already.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    made: str | None = None
    gone_is_fine: bool = False


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Values of the environment that come from its parts, or from the spec by reference. None: not there yet."""

    source_bucket_arn: str | None = None
    execution_role_arn: str | None = None
    subnet_ids: tuple[str, ...] | None = None
    security_group_ids: tuple[str, ...] | None = None
    files: Mapping[str, ArtifactStatus] | None = None
    """Files that the environment reads by version and that artifacts has put into the bucket, by the AWS name of their path field."""


@dataclass(frozen=True, kw_only=True)
class PartPlan:
    """What to do about a part now.

    `calls` are made in order, then the part is looked at again. Without calls it is `ready` (or, when it is being removed, `gone`), or
    waits: for AWS (`look_after`, seconds of AWS's time) or, `stalled`, for a person. `resources` lists all that was found of it in AWS.
    `message` says in a sentence how it stands, and what to do where it is stalled.
    """

    reason: Reason
    message: str
    calls: tuple[Call, ...] = ()
    ready: bool = False
    gone: bool = False
    stalled: bool = False
    look_after: float = 5.0
    resources: tuple[ResourceStatus, ...] = ()
    outputs: Outputs = Outputs()


def tag_pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most services of AWS take them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
