"""What goes wrong between the operator and the world, and for how long."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError


class AwsFault(StrEnum):
    """How a call to AWS goes wrong, as it looks behind boto3's own retries."""

    THROTTLE = "throttle"
    ERROR_5XX = "error5xx"
    TIMEOUT = "timeout"
    """Nothing is carried out and nothing answered."""
    LOST = "lost"
    """It is carried out, the answer gets lost, and so do those of boto3's retries that are carried out."""
    LOST_THEN_REPEATED = "lost then repeated"
    """It is carried out, the answer gets lost, and boto3 repeats the call: the second answer is the one that comes."""
    HTML = "html"
    DENIED = "denied"


class KubernetesFault(StrEnum):
    """How a call to the API server goes wrong."""

    ERROR_5XX = "error5xx"
    UNREACHABLE = "unreachable"
    LOST = "lost"
    """It is carried out, and the answer gets lost."""


@dataclass
class Weather:
    """The faults of the moment. Each call draws whether one strikes it."""

    rng: random.Random
    aws: dict[AwsFault, tuple[float, float]] = field(default_factory=dict)
    """Probability, and until when (seconds of the loop), by kind."""
    kubernetes: dict[KubernetesFault, tuple[float, float]] = field(default_factory=dict)
    next_mutation: AwsFault | None = None
    """Strikes the next mutating call to AWS, once."""
    next_write: KubernetesFault | None = None
    """Strikes the next write to the API server, once."""

    def clear(self) -> None:
        self.aws.clear()
        self.kubernetes.clear()
        self.next_mutation = self.next_write = None

    def strikes_aws(self, *, mutating: bool, now: float) -> AwsFault | None:
        if mutating and self.next_mutation is not None:
            struck, self.next_mutation = self.next_mutation, None
            return struck
        return self._drawn(self.aws, now)

    def strikes_kubernetes(self, *, writing: bool, now: float) -> KubernetesFault | None:
        if writing and self.next_write is not None:
            struck, self.next_write = self.next_write, None
            return struck
        return self._drawn(self.kubernetes, now)

    def _drawn(self, faults: dict[Any, tuple[float, float]], now: float) -> Any:
        for kind, (probability, until) in faults.items():
            if now < until and self.rng.random() < probability:
                return kind
        return None


def raised(kind: AwsFault, operation: str) -> Exception:
    """What boto3 raises for it."""
    if kind is AwsFault.THROTTLE:
        return client_error(operation, "ThrottlingException", "Rate exceeded", 429)
    if kind is AwsFault.ERROR_5XX:
        return client_error(operation, "InternalServerException", "Something went wrong", 500)
    if kind is AwsFault.HTML:
        return client_error(operation, "502", "Bad Gateway", 502)
    if kind is AwsFault.DENIED:
        text = f"User: arn:aws:iam::111122223333:role/operator is not authorized to perform: airflow:{operation}"
        return client_error(operation, "AccessDeniedException", text, 403)
    return ReadTimeoutError(endpoint_url="https://api.airflow.eu-west-1.amazonaws.com")


def client_error(operation: str, code: str, message: str, status: int) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r-1"},
        },
        operation,
    )
