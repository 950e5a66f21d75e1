"""The row of parts: adding one is a file in this folder, one in `planning.parts`, and a line here (design §2)."""

from mwaa_operator.resources.bucket import BucketPart
from mwaa_operator.resources.customer_endpoints import CustomerEndpointsPart
from mwaa_operator.resources.execution_role import ExecutionRolePart
from mwaa_operator.resources.log_groups import LogGroupsPart
from mwaa_operator.resources.network import NetworkPart
from mwaa_operator.resources.parts import Part

PARTS: tuple[Part, ...] = (
    BucketPart(),
    NetworkPart(),
    ExecutionRolePart(),
    LogGroupsPart(),
    CustomerEndpointsPart(),
)
