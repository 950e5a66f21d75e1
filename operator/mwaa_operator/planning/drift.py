"""Changes that were made in AWS: whose they are, and what of them is put right (design §4; `policies.drift`).

Drift is a difference that appeared while the spec stayed the same. What AWS itself has done, in a maintenance for example, is none: to
undo it would start a fight that nobody wins.
"""

from mwaa_operator.api.names import OWNERSHIP_TAGS
from mwaa_operator.planning.diff import Difference
from mwaa_operator.planning.observation import AwsEnvironment
from mwaa_operator.planning.situation import Situation


def is_drift(situation: Situation) -> bool:
    """Whether a difference was made in AWS: the spec has not changed since the two were last seen to agree.

    An update that AWS calls a success is no agreement yet: it may have changed nothing.
    """
    return situation.agreed.hash == situation.desired_hash


def drifted_fields(situation: Situation, found: Difference) -> tuple[str, ...]:
    """The fields that somebody changed in AWS. The operator's own tags are not the user's business: they are put back in any case."""
    ours = {f"tags.{tag}" for tag in OWNERSHIP_TAGS}
    fields, tags = is_drift(situation), situation.agreed.tags_hash == situation.tags_hash
    names = {change.field for change in found.changes} - ours
    return tuple(sorted(name for name in names if (tags if name.startswith("tags.") else fields)))


def changed_by_aws(situation: Situation, environment: AwsEnvironment, found: Difference) -> frozenset[str]:
    """The fields that AWS itself has changed since the spec and AWS agreed."""
    if not is_drift(situation):
        return frozenset()
    differing = {change.field for change in found.changes if not change.field.startswith("tags.")}
    last = environment.last_update
    if last.made_by_aws and last.created_at != situation.applied.update_at:
        return frozenset(differing)
    return frozenset(differing.intersection(situation.applied.left_to_aws))
