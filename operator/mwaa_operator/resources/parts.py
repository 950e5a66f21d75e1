"""The seam between the parts and who drives them: each part looks at AWS in its own file, and is decided about in `planning.parts`."""

from typing import Protocol

from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.parts.model import PartContext, PartKind, PartPlan


class Part(Protocol):
    """A part of what an environment stands on. Its methods block while they call AWS, and raise AwsError."""

    kind: PartKind

    def plan(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at what there is, and decide what to do to have it as the spec asks."""

    def removal(self, clients: Clients, context: PartContext) -> PartPlan:
        """Look at what there is, and decide what to do to have nothing of it left, or to let go of it where the policy says so."""
