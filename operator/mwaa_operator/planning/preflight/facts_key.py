"""What is seen of the KMS key that encrypts the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import wanted


@dataclass(frozen=True, kw_only=True)
class KeyFacts:
    """The key, in the words of KMS's DescribeKey. There is none (None in its place) where AWS's own key is used."""

    exists: bool
    arn: str = ""
    state: str = ""
    spec: str = ""
    usage: str = ""
    multi_region: bool = False
    policy: Mapping[str, Any] | Unseen | None = None
    """The key policy as a document; None where it is not one."""


def key_facts(snapshot: Snapshot) -> KeyFacts | None:
    facts: KeyFacts | None = snapshot.fact(Subject.KEY)
    return facts


def key_asked_for(question: Question) -> str | None:
    """The key as the spec, or AWS, names it; None for AWS's own key."""
    key = wanted(question, "KmsKey")
    return str(key) if key else None


def key_id(name: str) -> str:
    """What is the same in all ways to name a key: its id."""
    return name.rpartition("/")[2] if ":alias/" not in name and not name.startswith("alias/") else name


def key_region(name: str) -> str | None:
    """The Region of a key that is named by its ARN."""
    parts = name.split(":")
    return parts[3] if len(parts) > 5 and parts[0] == "arn" else None
