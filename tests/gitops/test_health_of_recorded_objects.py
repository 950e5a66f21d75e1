"""What Argo CD and kstatus say of each version of an object that was stored while an operator led it through its life."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from .agreement import RULES, SAME_MEANING, Judged, described

pytestmark = pytest.mark.timeout(900)  # The first of these tests waits for all the lives.

WITHIN = 90
MOMENTS = [
    ("being created", "Progressing", "InProgress"),
    ("available", "Healthy", "Current"),
    ("being updated", "Progressing", "InProgress"),
    ("updated", "Healthy", "Current"),
    ("update failed", "Degraded", "Failed"),
    ("repaired", "Healthy", "Current"),
    ("in maintenance", "Progressing", "InProgress"),
    ("after maintenance", "Healthy", "Current"),
    ("paused", "Suspended", "Current"),
    ("edited while paused", "Suspended", "Current"),
    ("resumed", "Healthy", "Current"),
    ("waiting for approval", "Suspended", "Current"),
    ("approved", "Healthy", "Current"),
    ("waiting for the window", "Suspended", "Current"),
    ("drift is reported", "Healthy", "Current"),
    ("out of reach", "Progressing", "InProgress"),
    ("back in reach", "Healthy", "Current"),
    ("a Secret is missing", "Degraded", "Failed"),
    ("the Secret is no longer asked for", "Healthy", "Current"),
    ("being deleted", "Progressing", "Terminating"),
    ("create failed", "Degraded", "Failed"),
    ("stopped by a check", "Degraded", "Failed"),
    ("refused by AWS", "Degraded", "Failed"),
    ("waiting for endpoints", "Progressing", "InProgress"),
    ("beyond repair", "Degraded", "Failed"),
    ("observed", "Healthy", "Current"),
    ("observed to differ", "Suspended", "InProgress"),
    ("nothing to observe", "Degraded", "Failed"),
    ("owned by another", "Degraded", "Failed"),
]


@pytest.fixture(scope="module")
def moments(stage, account):
    """The object at each moment of its life, by the moment's name. Lives of different objects run side by side."""
    lives = (a_whole_life, a_failed_creation, a_refused_spec, a_wait_for_endpoints, a_ruined_update, onlookers)
    with ThreadPoolExecutor(len(lives)) as pool:
        running = [pool.submit(life, stage, account) for life in lives]
        return {name: found for life in running for name, found in life.result().items()}


def a_whole_life(stage, account):
    name, seen = "whole", {}
    stage.create(name)
    seen["being created"] = stage.wait_for(name, "Reconciling", "Creating")
    seen["available"] = stage.wait_for(name, "Ready", "Available")
    generation = stage.edit(name, maxWorkers=3)
    seen["being updated"] = stage.wait_for(name, "Reconciling", "Updating", generation=generation)
    seen["updated"] = stage.wait_for(name, "Ready", "Available", generation=generation)
    stage.script("update", "rolled_back_update_failed", name)
    generation = stage.edit(name, maxWorkers=4)
    seen["update failed"] = stage.wait_for(name, "Stalled", "UpdateFailed", generation=generation)
    generation = stage.edit(name, maxWorkers=5)
    seen["repaired"] = stage.wait_for(name, "Ready", "Available", generation=generation)
    stage.aws.admin.start_maintenance(*account, name)
    seen["in maintenance"] = stage.wait_for(name, "Reconciling", "Maintenance")
    seen["after maintenance"] = stage.wait_for(name, "Ready", "Available")
    return seen | held_back(stage, account, name) | cut_off(stage, account, name)


def held_back(stage, account, name):
    """By an annotation, and by each of the policies."""
    seen = {}
    stage.annotate(name, "paused=true")
    seen["paused"] = stage.wait_for(name, "Synced", "Paused")
    generation = stage.edit(name, maxWorkers=6)
    seen["edited while paused"] = stage.wait_for(name, "Synced", "Paused", generation=generation)
    stage.annotate(name, "paused-")
    seen["resumed"] = stage.wait_for(name, "Synced", "UpToDate", generation=generation)

    generation = stage.edit(name, maxWorkers=7, policies={"update": {"approval": "Manual"}})
    seen["waiting for approval"] = stage.wait_for(name, "Synced", "WaitingForApproval", generation=generation)
    stage.annotate(name, f"approved-plan={seen['waiting for approval']['status']['plan']['hash']}")
    seen["approved"] = stage.wait_for(name, "Synced", "UpToDate", generation=generation)

    some_other_day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").upper()
    window = {"approval": None, "window": {"start": f"{some_other_day}:12:00", "durationHours": 1}}
    generation = stage.edit(name, maxWorkers=8, policies={"update": window})
    seen["waiting for the window"] = stage.wait_for(name, "Synced", "WaitingForWindow", generation=generation)

    generation = stage.edit(name, policies={"drift": "Report", "update": None})
    stage.wait_for(name, "Synced", "UpToDate", generation=generation)
    stage.aws.admin.patch_environment(*account, name, MaxWorkers=9)
    seen["drift is reported"] = stage.wait_for(name, "Synced", "Drifted", generation=generation)
    stage.aws.admin.patch_environment(*account, name, MaxWorkers=8)
    stage.wait_for(name, "Synced", "UpToDate", generation=generation)
    return seen


def cut_off(stage, account, name):
    """From AWS, from a Secret, and in the end from the world."""
    seen = {}
    fault = stage.aws.admin.add_fault("access_denied", operation="GetEnvironment", environment=name)
    seen["out of reach"] = stage.wait_for(name, "Reconciling", "AccessDenied")
    stage.aws.admin.remove_fault(fault)
    seen["back in reach"] = stage.wait_for(name, "Synced", "UpToDate")
    options = {"smtp.smtp_password": {"name": "nowhere", "key": "password"}}
    generation = stage.edit(name, airflowConfigurationSecrets=options)
    seen["a Secret is missing"] = stage.wait_for(name, "Stalled", "SecretNotFound", generation=generation)
    generation = stage.edit(name, airflowConfigurationSecrets=None)
    seen["the Secret is no longer asked for"] = stage.wait_for(name, "Synced", "UpToDate", generation=generation)
    delete(stage, name)
    stage.recording.wait_until_gone(name, within=WITHIN)
    seen["being deleted"] = stage.recording.versions(name)[-1]
    return seen


def a_failed_creation(stage, account):
    stage.script("create", "create_failed", "failing")
    stage.create("failing")
    return {"create failed": stage.wait_for("failing", "Stalled", "CreateFailed")}


def a_refused_spec(stage, account):
    role = {"executionRoleArn": "arn:aws:iam::123456789012:role/nobody"}
    stage.create("checked", **role)
    stage.create("refused", **role, policies={"preflight": "Warn"})
    return {
        "stopped by a check": stage.wait_for("checked", "Stalled", "PreflightFailed"),
        "refused by AWS": stage.wait_for("refused", "Stalled", "InvalidConfiguration"),
    }


def a_wait_for_endpoints(stage, account):
    stage.script("create", "pending_forever", "pending")
    stage.create("pending", endpointManagement="CUSTOMER", webserverAccessMode="PRIVATE_ONLY")
    return {"waiting for endpoints": stage.wait_for("pending", "Reconciling", "WaitingForEndpoints")}


def a_ruined_update(stage, account):
    stage.script("update", "unavailable", "ruined")
    stage.create("ruined")
    stage.wait_for("ruined", "Ready", "Available")
    generation = stage.edit("ruined", maxWorkers=3)
    return {"beyond repair": stage.wait_for("ruined", "Stalled", "Unavailable", generation=generation)}


def onlookers(stage, account):
    """Objects for an environment that another one has made."""
    observe = {"management": "Observe"}
    stage.create("made")
    stage.create("nothing", policies=observe)
    seen = {"nothing to observe": stage.wait_for("nothing", "Stalled", "NotFound")}
    stage.wait_for("made", "Ready", "Available")
    stage.create("second", name="made")
    seen["owned by another"] = stage.wait_for("second", "Stalled", "OwnedByAnother")
    stage.create("onlooker", name="made", policies=observe)
    seen["observed"] = stage.wait_for("onlooker", "Ready", "Observing")
    generation = stage.edit("onlooker", maxWorkers=9)
    seen["observed to differ"] = stage.wait_for("onlooker", "Ready", "Observing", generation=generation)
    return seen


def delete(stage, name):
    stage.cluster.kubectl("delete", f"mwaa/{name}", f"--namespace={stage.namespace}", "--wait=false", timeout=WITHIN)


@pytest.mark.parametrize(("moment", "argo", "kstatus"), MOMENTS, ids=[moment for moment, _, _ in MOMENTS])
def test_both_understand_the_moment(moments, judge, moment, argo, kstatus):
    [verdicts] = judge([moments[moment]])
    assert (verdicts["argo"]["status"], verdicts["kstatus"]["status"]) == (argo, kstatus), verdicts


def test_moments_are_all_judged(moments):
    assert moments.keys() == {moment for moment, _, _ in MOMENTS}


@pytest.fixture(scope="module")
def judged(moments, stage, judge):
    """Every version that was stored until now, with both verdicts."""
    versions = stage.recording.versions()
    return [Judged(found, verdicts) for found, verdicts in zip(versions, judge(versions), strict=True)]


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds_for_every_version(judged, rule):
    assert [described(each.found, each.verdicts) for each in judged if not RULES[rule](each)] == []


def test_versions_are_of_all_kinds(judged):
    """Else rules would hold because nobody has put them to the test."""
    assert {(each.argo, each.kstatus) for each in judged} == SAME_MEANING
    assert {each.status["observedGeneration"] for each in judged} > {-1}
    assert [each for each in judged if each.is_true("Ready") and not each.is_seen and not each.is_going]
