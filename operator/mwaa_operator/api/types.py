"""Kinds of values that AWS and Kubernetes give a form, each with its limits.

The limits are those of the service model (botocore `mwaa/2020-07-01`, mwaa-behaviour.md §1.2) unless said otherwise.
Patterns are written so that Go's and Rust's regular expressions read them alike (no look-around, no `\\d`), because the
API server uses the one and pydantic the other.
"""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import GetJsonSchemaHandler, Strict, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

MAX_AWS_INTEGER = 2_147_483_647
"""AWS's `Integer` has 32 bits."""

KEY_MESSAGE = "x-key-message"
"""Where `KeyMessage` leaves its text for the CRD generator."""


@dataclass(frozen=True)
class KeyMessage:
    """Says in words what the keys of a map look like; JSON schema has no place for a message of its own."""

    text: str

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Add the text to the schema of the key."""
        return {**handler(schema), KEY_MESSAGE: self.text}


Count = Annotated[int, Strict(), Ge(1), Le(MAX_AWS_INTEGER)]
HoursOfAWeek = Annotated[int, Strict(), Ge(1), Le(7 * 24)]
SchedulerCount = Annotated[int, Strict(), Ge(1), Le(5)]
Flag = Annotated[bool, Strict()]

EnvironmentName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-zA-Z][0-9a-zA-Z_-]*$")]
Region = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9-]+$")]
AirflowVersion = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[0-9a-z.]+$")]
EnvironmentClass = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
RoleArn = Annotated[
    str, StringConstraints(max_length=1224, pattern=r"^arn:aws(-[a-z]+)?:iam::[0-9]{12}:role/?[a-zA-Z_0-9+=,.@/-]+$")
]
BucketArn = Annotated[str, StringConstraints(max_length=1224, pattern=r"^arn:aws(-[a-z]+)?:s3:::[a-z0-9.-]+$")]
S3Path = Annotated[str, StringConstraints(max_length=1024)]
S3ObjectVersion = Annotated[str, StringConstraints(max_length=1024)]
SubnetId = Annotated[str, StringConstraints(max_length=1024, pattern=r"^subnet-[a-zA-Z0-9._-]+$")]
SecurityGroupId = Annotated[str, StringConstraints(max_length=1024, pattern=r"^sg-[a-zA-Z0-9._-]+$")]

# Aliases match AWS's own pattern too, but are not supported (UG:custom-keys-certs).
KmsKey = Annotated[
    str,
    StringConstraints(
        max_length=1224,
        pattern=r"^((arn:aws(-[a-z]+)?:kms:[a-z]{2}-[a-z]+-[0-9]:[0-9]+:)?key/)?"
        r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$",
    ),
]

MaintenanceWindowStart = Annotated[
    str, StringConstraints(max_length=9, pattern=r"^(MON|TUE|WED|THU|FRI|SAT|SUN):([01][0-9]|2[0-3]):(00|30)$")
]
# Ours, not AWS's: any minute will do.
WeeklyTime = Annotated[
    str, StringConstraints(max_length=9, pattern=r"^(MON|TUE|WED|THU|FRI|SAT|SUN):([01][0-9]|2[0-3]):[0-5][0-9]$")
]

OptionName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z]+([a-z0-9._]*[a-z0-9_]+)?$"),
    KeyMessage(
        "An Airflow option is named section.option, in lower case letters, digits, dots and underscores, at most 64 "
        "characters: for example core.default_timezone."
    ),
]
OptionValue = Annotated[str, StringConstraints(min_length=1, max_length=65536, pattern=r"^[ -~]+$")]

_TAG_TEXT = r"^[\p{L}\p{Z}\p{N}_.:/=+@-]*$"
TagKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128, pattern=_TAG_TEXT),
    KeyMessage("A tag key has 1 to 128 letters, digits, spaces or any of _.:/=+-@. Rename the tag."),
]
TagValue = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=_TAG_TEXT)]

TeamName = Annotated[
    str,
    StringConstraints(min_length=3, max_length=50, pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$"),
    KeyMessage(
        "A team is named as its IAM Identity Center group is displayed: 3 to 50 letters, digits, underscores and "
        "hyphens, beginning with a letter or a digit."
    ),
]
StartUrl = Annotated[str, StringConstraints(max_length=512, pattern=r"^https://.+$")]
IdentityStoreId = Annotated[
    str,
    StringConstraints(
        max_length=36,
        pattern=r"^(d-[0-9a-f]{10}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$",
    ),
]

# Kubernetes' own: DNS-1123 subdomain, and the keys of a Secret's data.
ObjectName = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=253, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"
    ),
]
SecretKey = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^[a-zA-Z0-9._-]+$")]

# What the operator can make itself (`spec.provision`), in the terms of S3, EC2 and IAM.
BucketName = Annotated[str, StringConstraints(min_length=3, max_length=63, pattern=r"^[a-z0-9][a-z0-9.-]*[a-z0-9]$")]
Days = Annotated[int, Strict(), Ge(1), Le(36500)]
_OCTETS = r"([0-9]{1,3}\.){3}[0-9]{1,3}"
VpcCidr = Annotated[str, StringConstraints(max_length=18, pattern=rf"^{_OCTETS}/(1[6-9]|2[0-4])$")]
"""A VPC may have /16 to /28 (CreateVpc); below /24 no two subnets with room for MWAA and two public ones fit."""
SubnetCidr = Annotated[str, StringConstraints(max_length=18, pattern=rf"^{_OCTETS}/(1[6-9]|2[0-8])$")]
ZoneName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9-]+$")]
RolePath = Annotated[str, StringConstraints(max_length=512, pattern=r"^/([!-~]*/)?$")]
ManagedPolicyArn = Annotated[
    str,
    StringConstraints(max_length=2048, pattern=r"^arn:aws(-[a-z]+)?:iam::([0-9]{12}|aws):policy/[a-zA-Z_0-9+=,.@/-]+$"),
]
IamAction = Annotated[str, StringConstraints(max_length=256, pattern=r"^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$")]
ResourcePattern = Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=r"^(\*|arn:[!-~]+)$")]
ConditionOperator = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z]+(:[A-Za-z]+)?$"),
    KeyMessage("A condition operator of IAM is a word such as StringEquals or ForAllValues:StringLike."),
]
ConditionKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=256, pattern=r"^[a-zA-Z0-9-]+:[!-~]+$"),
    KeyMessage("A condition key of IAM is written as service:Key, for example aws:SourceVpc."),
]
ConditionValue = Annotated[str, StringConstraints(max_length=512)]
ConditionValues = Annotated[tuple[ConditionValue, ...], MinLen(1), MaxLen(16)]
ConditionBlock = Annotated[dict[ConditionKey, ConditionValues], MaxLen(8)]
