"""What the checks look at: what is asked of AWS, and the facts that were gathered about it, as plain data.

Each subject has a dataclass of facts of its own in `facts_<subject>.py`, and is gathered by a module of the same name in
`resources.preflight`. A subject that the operator may not look at is `Unseen`, and the checks that need it say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Subject(StrEnum):
    """What facts are about. Each is gathered apart, at the same time as the others."""

    BUCKET = "bucket"
    FILES = "files"
    ROLE = "role"
    KEY = "key"
    NETWORK = "network"
    SUBNETS = "subnets"
    """The subnets of the network alone: all that a change of the number of workers needs."""
    CALLER = "caller"
    QUOTAS = "quotas"


@dataclass(frozen=True)
class Unseen:
    """A subject that could not be looked at: why, and what to do to let the operator look."""

    why: str
    advice: str = ""


NOT_LOOKED_AT = Unseen("It was not looked at.")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is about to be asked of AWS.

    `fields` are the members of CreateEnvironment as the environment is to be after the call; `changed` the names of those that the call
    changes (all of them where it creates). `current` is GetEnvironment's answer, if there is an environment. `tags` are
    those that the environment is to have, the operator's own among them.
    """

    name: str
    account_id: str
    region: str
    fields: Mapping[str, Any] = field(repr=False)
    tags: Mapping[str, str]
    changed: frozenset[str]
    current: Mapping[str, Any] | None = field(default=None, repr=False)
    coming: frozenset[str] = frozenset()
    """The members whose files the operator itself puts into the bucket before the call: that they are not there yet is no mistake."""
    today: date | None = None
    """The day; None counts every published end of support as passed."""

    @property
    def creating(self) -> bool:
        return self.current is None

    @property
    def partition(self) -> str:
        return "aws-cn" if self.region.startswith("cn-") else "aws"

    @property
    def environment_arn(self) -> str:
        return f"arn:{self.partition}:airflow:{self.region}:{self.account_id}:environment/{self.name}"

    @property
    def bucket(self) -> str:
        """The name of the source bucket."""
        return str(self.fields.get("SourceBucketArn", "")).rpartition(":")[2]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A question, and the facts gathered about each subject (or why they could not be)."""

    question: Question
    facts: Mapping[Subject, Any]

    def fact(self, subject: Subject) -> Any:
        """The facts about a subject; each check module has a typed accessor for its own."""
        return self.facts.get(subject, NOT_LOOKED_AT)
