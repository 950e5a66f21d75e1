"""What is seen of the source bucket, and of the DAG folders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import mapping, wanted

PUBLIC_ACCESS_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

Place = tuple[str, str]
"""A bucket's name, and a folder in it as the spec writes it."""


@dataclass(frozen=True, kw_only=True)
class Encryption:
    """How the bucket encrypts what names no encryption of its own. `key`: a KMS key, as the bucket's settings name it."""

    algorithm: str
    key: str | None


@dataclass(frozen=True, kw_only=True)
class BucketFacts:
    """The bucket. What is None is not set in AWS.

    `blocks` are the bucket's own four blocks of public access. Those of the account are looked at only where the bucket's are not all on.
    """

    exists: bool
    region: str | None = None
    versioning: str | Unseen | None = None
    blocks: Mapping[str, bool] | Unseen = field(default_factory=dict)
    account_blocks: Mapping[str, bool] | Unseen = field(default_factory=dict)
    encryption: Encryption | Unseen | None = None
    dag_folders: Mapping[Place, bool | Unseen] = field(default_factory=dict)
    """Whether there is anything in each folder of DAGs."""


def bucket_facts(snapshot: Snapshot) -> BucketFacts:
    facts: BucketFacts = snapshot.fact(Subject.BUCKET)
    return facts


def all_on(blocks: Mapping[str, bool] | Unseen) -> bool:
    """Whether these are all four blocks of public access."""
    return not isinstance(blocks, Unseen) and all(blocks.get(name) for name in PUBLIC_ACCESS_BLOCKS)


def dag_places(question: Question) -> Iterator[Place]:
    """Where DAGs are read from: the common folder, and those of the teams."""
    yield question.bucket, str(wanted(question, "DagS3Path") or "")
    for _, team in sorted(mapping(question, "Teams").items()):
        if isinstance(team, dict):
            yield str(team.get("SourceBucketArn", "")).rpartition(":")[2], str(team.get("DagS3Path") or "")
