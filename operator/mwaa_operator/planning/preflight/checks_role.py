"""Checks of the execution role: whom it trusts, and what it may do (User Guide, mwaa-create-role; `mwaa-behaviour.md` §6).

What a role may do is simulated by IAM on this environment's own bucket, log groups, queue and key. The one permission of AWS's samples
that is not asked for is airflow:PublishMetrics: its API is retired.
"""

from mwaa_operator.planning.preflight import role_needs
from mwaa_operator.planning.preflight.facts_bucket import all_on, bucket_facts
from mwaa_operator.planning.preflight.facts_permissions import lacking, told, unseen_in
from mwaa_operator.planning.preflight.facts_role import RoleFacts, role_arn, role_facts, role_name
from mwaa_operator.planning.preflight.model import Outcome, check, error, unknown, untold, warning
from mwaa_operator.planning.preflight.policy_documents import Access, service_access
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject
from mwaa_operator.planning.preflight.wanted import FILES, listed

_PAGE = "mwaa-create-role.html"
_JUDGED = ("ExecutionRoleArn",)
_NEEDS = (Subject.ROLE,)
_PRINCIPALS = ("airflow-env.amazonaws.com", "airflow.amazonaws.com")


def _there(snapshot: Snapshot) -> RoleFacts | None:
    """The role, if there is one: that there is none is told once."""
    facts = role_facts(snapshot)
    return facts if facts.exists else None


@check("RoleInAccount", judges=_JUDGED, page=_PAGE)
def role_in_account(snapshot: Snapshot) -> Outcome:
    """The execution role is in the environment's account."""
    arn, question = role_arn(snapshot.question), snapshot.question
    account = arn.split(":")[4] if arn.count(":") >= 5 else question.account_id
    if account == question.account_id:
        return None
    return error(
        f"The role {arn} is in the account {account}, and the environment is to be in {question.account_id}.",
        "A role cannot be passed to another account: take one of the environment's own.",
    )


@check("RoleExists", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def role_exists(snapshot: Snapshot) -> Outcome:
    """The execution role exists."""
    if role_facts(snapshot).exists:
        return None
    return error(
        f"There is no role {role_arn(snapshot.question)}.",
        "Create it, correct executionRoleArn, or have one made by provision.executionRole.",
    )


@check("RoleTrustsMwaa", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def role_trusts_mwaa(snapshot: Snapshot) -> Outcome:
    """The role's trust policy lets both of MWAA's service principals assume it."""
    access = _trust(snapshot)
    left_out = [principal for principal, found in access.items() if found in {Access.NOT_NAMED, Access.DENIED}]
    if not left_out:
        return None
    return error(
        f"The trust policy of the role {_name(snapshot)} does not let {listed(left_out)} assume it.",
        f"Allow sts:AssumeRole there to the services {listed(_PRINCIPALS)}.",
    )


@check("RoleTrustsThisEnvironment", judges=_JUDGED, needs=_NEEDS, page="cross-service-confused-deputy-prevention.html")
def role_trusts_this_environment(snapshot: Snapshot) -> Outcome:
    """The conditions of the role's trust policy admit this environment, and not only another one."""
    access = _trust(snapshot)
    arn = snapshot.question.environment_arn
    if Access.CONDITION in access.values():
        return error(
            f"The trust policy of the role {_name(snapshot)} has a condition that {arn} does not meet.",
            "Admit that ARN in the condition on aws:SourceArn, and the account in the one on aws:SourceAccount.",
        )
    if Access.UNCERTAIN in access.values():
        return unknown(
            f"The trust policy of the role {_name(snapshot)} has a condition on something that is not known beforehand.",
            f"Make sure that it admits {arn}.",
        )
    return None


def _trust(snapshot: Snapshot) -> dict[str, Access]:
    facts, question = _there(snapshot), snapshot.question
    if facts is None:
        return {}
    context = {"aws:SourceArn": question.environment_arn, "aws:SourceAccount": question.account_id}
    return {
        principal: service_access(facts.trust, service=principal, action="sts:AssumeRole", context=context)
        for principal in _PRINCIPALS
    }


def _name(snapshot: Snapshot) -> str:
    return role_name(role_arn(snapshot.question))


def _permitted(snapshot: Snapshot, purpose: str) -> Outcome:
    """An error if something essential is lacking for certain, a warning if it is not essential, or the policies ask for the unknown."""
    facts = _there(snapshot)
    if facts is None:
        return None
    judged = facts.judged(purpose)
    missing = lacking(judged)
    if not missing:
        unseen = unseen_in(judged)
        return None if unseen is None else untold(unseen)
    certain = [
        one for one in lacking(each for each in judged if each.need.essential) if one.forbidden or not one.missing
    ]
    shown = certain or list(missing)
    bounded = any(one.beyond_boundary for one in shown) and facts.boundary
    where = f"the permissions boundary {facts.boundary}" if bounded else f"the policies of the role {_name(snapshot)}"
    under = _context(snapshot.question, purpose)
    found = f"The role {_name(snapshot)} may not {told(shown)}{under}."
    advice = f"Take the Deny out of {where}." if all(one.forbidden for one in shown) else f"Allow it in {where}."
    if certain:
        return error(found, advice)
    keys = sorted({key for one in missing for key in one.missing})
    return warning(found + (f" It may depend on {listed(keys)}." if keys else ""), advice)


def _context(question: Question, purpose: str) -> str:
    return f" by way of SQS or S3 in {question.region}" if purpose == role_needs.KEY else ""


@check("RoleReadsBucket", judges=[*_JUDGED, "SourceBucketArn", "DagS3Path", "Teams", *FILES], needs=_NEEDS, page=_PAGE)
def role_reads_bucket(snapshot: Snapshot) -> Outcome:
    """The role may list the bucket, and read the DAGs and files in it."""
    return _permitted(snapshot, role_needs.BUCKET)


@check("RoleReadsAccountBlock", judges=[*_JUDGED, "SourceBucketArn"], needs=[Subject.ROLE, Subject.BUCKET], page=_PAGE)
def role_reads_account_block(snapshot: Snapshot) -> Outcome:
    """The role may see that the account blocks public access, where the bucket itself does not."""
    facts = bucket_facts(snapshot)
    if not facts.exists or all_on(facts.blocks) or not all_on(facts.account_blocks):
        return None
    return _permitted(snapshot, role_needs.ACCOUNT_BLOCK)


@check("RoleListsNoBuckets", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def role_lists_no_buckets(snapshot: Snapshot) -> Outcome:
    """The role may not list all buckets of the account, as AWS advises."""
    facts = _there(snapshot)
    judged = facts.judged(role_needs.ALL_BUCKETS) if facts else ()
    unseen = unseen_in(judged)
    if unseen is not None:
        return untold(unseen)
    if not judged or lacking(judged):
        return None
    return warning(
        f"The role {_name(snapshot)} may list all buckets of the account, and so may every DAG.",
        "Take s3:ListAllMyBuckets from it.",
    )


@check("RoleWritesLogs", judges=[*_JUDGED, "LoggingConfiguration"], needs=_NEEDS, page=_PAGE)
def role_writes_logs(snapshot: Snapshot) -> Outcome:
    """The role may write to the environment's log groups, and read them back for Airflow's own pages."""
    return _permitted(snapshot, role_needs.LOGS)


@check("RoleUsesQueue", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def role_uses_queue(snapshot: Snapshot) -> Outcome:
    """The role may use the queue by which schedulers hand tasks to workers."""
    return _permitted(snapshot, role_needs.QUEUE)


@check("RoleUsesKey", judges=[*_JUDGED, "KmsKey"], needs=_NEEDS, page=_PAGE)
def role_uses_key(snapshot: Snapshot) -> Outcome:
    """The role may use the key that encrypts the queue and, if it is one of one's own, the bucket."""
    return _permitted(snapshot, role_needs.KEY)


@check("RolePutsMetrics", judges=_JUDGED, needs=_NEEDS, page=_PAGE)
def role_puts_metrics(snapshot: Snapshot) -> Outcome:
    """The role may send metrics to CloudWatch."""
    return _permitted(snapshot, role_needs.METRICS)
