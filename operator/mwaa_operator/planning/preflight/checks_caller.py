"""Checks of the operator's own permissions, which MWAA acts with (User Guide, access-policies and mwaa-slr; `mwaa-behaviour.md` §6).

IAM's simulation sees neither the policies of resources nor, mostly, those of the organisation: what it finds lacking is a warning, and an
error only where a statement denies what the call cannot do without.
"""

from mwaa_operator.planning.preflight import caller_needs
from mwaa_operator.planning.preflight.facts_caller import CallerFacts, caller_facts
from mwaa_operator.planning.preflight.facts_permissions import lacking, told, unseen_in
from mwaa_operator.planning.preflight.model import Outcome, check, error, untold, warning
from mwaa_operator.planning.preflight.snapshot import Snapshot, Subject, Unseen
from mwaa_operator.planning.preflight.wanted import ALL_MEMBERS, listed

_PAGE = "access-policies.html"
_LINKED = "mwaa-slr.html"
_NEEDS = (Subject.CALLER,)


def _permitted(snapshot: Snapshot, purpose: str) -> Outcome:
    facts = caller_facts(snapshot)
    judged = facts.judged(purpose)
    missing = lacking(judged)
    if not missing:
        unseen = unseen_in(judged)
        return None if unseen is None else untold(unseen)
    essential = lacking(one for one in judged if one.need.essential)
    forbidden = [one for one in essential if one.forbidden and not one.missing]
    if forbidden:
        return error(f"A policy forbids the operator ({facts.arn}) {told(forbidden)}.", "Take the Deny out of it.")
    return warning(
        f"The policies of the operator ({facts.arn}) do not let it {told(missing)}.", "Allow it in one of them."
    )


@check("CallerManagesEnvironments", judges=ALL_MEMBERS, needs=_NEEDS, page=_PAGE)
def caller_manages_environments(snapshot: Snapshot) -> Outcome:
    """The operator may create, update, tag and delete the environment."""
    return _permitted(snapshot, caller_needs.ENVIRONMENTS)


@check("CallerPassesRole", judges=["ExecutionRoleArn"], needs=_NEEDS, page=_PAGE)
def caller_passes_role(snapshot: Snapshot) -> Outcome:
    """The operator may pass the execution role to MWAA."""
    return _permitted(snapshot, caller_needs.PASS_ROLE)


@check("CallerMakesLinkedRole", judges=["Name"], needs=_NEEDS, page=_LINKED)
def caller_makes_linked_role(snapshot: Snapshot) -> Outcome:
    """The operator may have MWAA's service-linked role made, which the first environment of an account needs."""
    return _permitted(snapshot, caller_needs.LINKED_ROLE)


@check("CallerSeesNetwork", judges=["NetworkConfiguration"], needs=_NEEDS, page=_PAGE)
def caller_sees_network(snapshot: Snapshot) -> Outcome:
    """The operator may look at subnets, security groups, VPCs and route tables."""
    return _permitted(snapshot, caller_needs.NETWORK)


@check("CallerSeesEncryption", judges=["SourceBucketArn"], needs=_NEEDS, page=_PAGE)
def caller_sees_encryption(snapshot: Snapshot) -> Outcome:
    """The operator may see how the bucket encrypts."""
    return _permitted(snapshot, caller_needs.BUCKET)


@check("CallerUsesKey", judges=["KmsKey"], needs=_NEEDS, page=_PAGE)
def caller_uses_key(snapshot: Snapshot) -> Outcome:
    """The operator may use the key, and let MWAA use it."""
    return _permitted(snapshot, caller_needs.KEY)


@check("CallerMakesEndpoints", judges=ALL_MEMBERS, needs=_NEEDS, page=_LINKED)
def caller_makes_endpoints(snapshot: Snapshot) -> Outcome:
    """The operator may have the environment's endpoints made: MWAA tries that with its caller's permissions."""
    facts = caller_facts(snapshot)
    refused = [action for action, allowed in facts.dry_runs.items() if allowed is False]
    if not refused:
        unseen = next((one for one in facts.dry_runs.values() if isinstance(one, Unseen)), None)
        return None if unseen is None else untold(unseen)
    return _refused(facts, refused)


def _refused(facts: CallerFacts, actions: list[str]) -> Outcome:
    """A policy may allow it by way of MWAA alone (aws:CalledVia): a dry run of our own is refused then, and MWAA's is not."""
    judged = facts.judged(caller_needs.ENDPOINTS)
    found = f"EC2 would not let the operator ({facts.arn}) make the calls {listed(actions)}, which MWAA tries as its caller."
    advice = "Allow them in one of the operator's policies, or set endpointManagement to CUSTOMER when the environment is created."
    unseen = unseen_in(judged)
    if not judged or unseen is not None:
        return warning(f"{found} A policy that allows them by way of MWAA alone would do.", advice)
    denied = {decision.action for decision in lacking(judged) if decision.forbidden or not decision.missing}
    return error(found, advice) if denied & set(actions) else None
