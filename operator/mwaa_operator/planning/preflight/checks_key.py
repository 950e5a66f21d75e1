"""Checks of the KMS key that encrypts the environment (User Guide, custom-keys-certs; `mwaa-behaviour.md` §6)."""

from mwaa_operator.planning.preflight.facts_key import KeyFacts, key_asked_for, key_facts, key_region
from mwaa_operator.planning.preflight.model import Outcome, check, error, unknown, untold
from mwaa_operator.planning.preflight.policy_documents import Access, service_access
from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import listed

_PAGE = "custom-keys-certs.html"
_JUDGED = ("KmsKey",)
_NEEDS = (Subject.KEY,)
_FOR_LOGS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
)


def _there(snapshot: Snapshot) -> KeyFacts | None:
    """The key, if one is asked for and there is one: that there is none is told once."""
    facts = key_facts(snapshot)
    return facts if facts is not None and facts.exists else None


@check("KeyInRegion", judges=_JUDGED, page=_PAGE)
def key_in_region(snapshot: Snapshot) -> Outcome:
    """The key is in the Region of the environment."""
    key, question = key_asked_for(snapshot.question), snapshot.question
    region = None if key is None else key_region(key)
    if region in {None, question.region}:
        return None
    return error(
        f"The key {key} is in {region}, and the environment is to be in {question.region}.",
        f"Take a key in {question.region}.",
    )


@check("KeyExists", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def key_exists(snapshot: Snapshot) -> Outcome:
    """The key exists."""
    facts = key_facts(snapshot)
    if facts is None or facts.exists:
        return None
    key, region = key_asked_for(snapshot.question), snapshot.question.region
    return error(f"There is no key {key} in {region}.", "Correct kmsKey. A key of another account is named by its ARN.")


@check("KeyEnabled", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def key_enabled(snapshot: Snapshot) -> Outcome:
    """The key is enabled."""
    facts = _there(snapshot)
    if facts is None or facts.state == "Enabled":
        return None
    if facts.state == "PendingDeletion":
        return error(
            f"The key {facts.arn} is to be deleted.", "Cancel its deletion and enable it, or take another key."
        )
    return error(f"The key {facts.arn} is not enabled but {facts.state}.", "Enable it, or take another key.")


@check("KeySymmetric", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def key_symmetric(snapshot: Snapshot) -> Outcome:
    """The key is a symmetric one for encryption."""
    facts = _there(snapshot)
    if facts is None or (facts.spec in {"", "SYMMETRIC_DEFAULT"} and facts.usage in {"", "ENCRYPT_DECRYPT"}):
        return None
    return error(
        f"The key {facts.arn} is of the kind {facts.spec}, for {facts.usage}.", "Take a symmetric key for encryption."
    )


@check("KeyOfOneRegion", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def key_of_one_region(snapshot: Snapshot) -> Outcome:
    """The key is not a multi-Region key."""
    facts = _there(snapshot)
    if facts is None or not facts.multi_region:
        return None
    return error(
        f"The key {facts.arn} is a multi-Region key, which MWAA does not support.", "Take a key of one Region."
    )


@check("KeyAdmitsLogs", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def key_admits_logs(snapshot: Snapshot) -> Outcome:
    """The key policy lets CloudWatch Logs encrypt the environment's log groups."""
    facts, question = _there(snapshot), snapshot.question
    if facts is None:
        return None
    if isinstance(facts.policy, Unseen):
        return untold(facts.policy)
    service = f"logs.{question.region}.amazonaws.com"
    group = (
        f"arn:{question.partition}:logs:{question.region}:{question.account_id}:log-group:airflow-{question.name}-Task"
    )
    context = {
        "kms:EncryptionContext:aws:logs:arn": group,
        "aws:SourceAccount": question.account_id,
        "aws:SourceArn": group,
    }
    access = {
        action: service_access(facts.policy, service=service, action=action, context=context) for action in _FOR_LOGS
    }
    advice = (
        f"Allow {service} kms:Encrypt*, kms:Decrypt*, kms:ReEncrypt*, kms:GenerateDataKey* and kms:Describe* in the key policy, where "
        f"kms:EncryptionContext:aws:logs:arn is like arn:{question.partition}:logs:{question.region}:{question.account_id}:*."
    )
    refused = [action for action, found in access.items() if found not in {Access.ALLOWED, Access.UNCERTAIN}]
    if refused:
        why = "under a condition that the log groups do not meet" if Access.CONDITION in access.values() else "as it is"
        return error(f"The policy of the key {facts.arn} does not let {service} {listed(refused)}, {why}.", advice)
    if Access.UNCERTAIN in access.values():
        return unknown(
            f"The policy of the key {facts.arn} has a condition on something that is not known beforehand.", advice
        )
    return None
