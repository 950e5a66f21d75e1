"""What Argo CD and kstatus say of a MwaaDagRun."""

from __future__ import annotations

import pytest

from .judges import HEALTH_SCRIPT

SCRIPT = HEALTH_SCRIPT.with_name("dag-run-health.lua")
IN_TIME = {"deletionTimestamp": "2026-01-01T00:00:00Z"}


def a_run(*conditions, status=True, generation=1, observed=1, **metadata):
    found = {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaDagRun",
        "metadata": {"name": "nightly", "namespace": "data", "generation": generation, **metadata},
        "spec": {},
    }
    return found | ({"status": {"observedGeneration": observed, "conditions": list(conditions)}} if status else {})


def condition(kind, reason, value="True"):
    return {
        "type": kind,
        "status": value,
        "reason": reason,
        "message": f"{kind} because of {reason}.",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }


COMPLETE = condition("Complete", "Succeeded")
FAILED = (condition("Failed", "RunFailed"), condition("Stalled", "RunFailed"))
RUNS = {
    "no status": (a_run(status=False), "Progressing", "Current"),
    "as it is stored at first": (a_run(observed=-1), "Progressing", "InProgress"),
    "under way": (a_run(condition("Reconciling", "Running")), "Progressing", "InProgress"),
    "waiting for its environment": (
        a_run(condition("Reconciling", "WaitingForEnvironment")),
        "Progressing",
        "InProgress",
    ),
    "complete": (a_run(COMPLETE), "Healthy", "Current"),
    "complete, and its time was changed": (a_run(COMPLETE, generation=2), "Progressing", "InProgress"),
    "complete, and a condition that it does not know": (
        a_run(COMPLETE, condition("Weather", "Rain")),
        "Healthy",
        "Current",
    ),
    "failed": (a_run(*FAILED), "Degraded", "Failed"),
    "not allowed": (a_run(condition("Stalled", "AccessDenied")), "Degraded", "Failed"),
    "paused": (a_run(condition("Reconciling", "Paused")), "Suspended", "InProgress"),
    "being cancelled": (a_run(condition("Reconciling", "Cancelling"), **IN_TIME), "Progressing", "Terminating"),
}


@pytest.mark.parametrize("name", RUNS)
def test_run_is_judged(judge, name):
    found, argo, kstatus = RUNS[name]
    [verdicts] = judge([found], SCRIPT)
    assert (verdicts["argo"]["status"], verdicts["kstatus"]["status"]) == (argo, kstatus)


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ([COMPLETE], "Complete because of Succeeded."),
        (FAILED, "Failed because of RunFailed."),
        ([condition("Reconciling", "Queued")], "Reconciling because of Queued."),
    ],
    ids=["complete", "failed", "queued"],
)
def test_message_is_that_of_the_condition_that_decides(judge, conditions, message):
    [verdicts] = judge([a_run(*conditions)], SCRIPT)
    assert verdicts["argo"]["message"] == message
