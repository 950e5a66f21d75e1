"""The health script on small objects, and the sandbox that it runs in."""

from __future__ import annotations

import pytest


def an_object(conditions=(), *, status=True, generation=2, observed=2, **metadata):
    found = {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaEnvironment",
        "metadata": {"name": "orders", "namespace": "data", "generation": generation, **metadata},
        "spec": {},
    }
    if status:
        found["status"] = {"observedGeneration": observed, "conditions": list(conditions)}
    return found


def condition(kind, value, reason, *, about=2):
    return {
        "type": kind,
        "status": value,
        "reason": reason,
        "message": f"{kind} is {value}.",
        "observedGeneration": about,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }


READY = condition("Ready", "True", "Available")
NOT_READY = condition("Ready", "False", "Updating")
RECONCILING = condition("Reconciling", "True", "Updating")
STALLED = condition("Stalled", "True", "UpdateFailed")
IN_TIME = {"deletionTimestamp": "2026-01-01T00:00:00Z"}


def waiting(reason):
    return condition("Synced", "False", reason)


OBJECTS = {
    "no status": (an_object(status=False), "Progressing", "Current"),
    "a status without conditions": (an_object(), "Progressing", "Current"),
    "a status without a generation": (
        an_object(status=False) | {"status": {"conditions": [READY]}},
        "Progressing",
        "Current",
    ),
    "conditions that it does not know": (
        an_object([condition("Weather", "False", "Rain"), READY, condition("WellSized", "False", "TooSmall")]),
        "Healthy",
        "Current",
    ),
    "only conditions that it does not know": (
        an_object([condition("Weather", "True", "Sun")]),
        "Progressing",
        "Current",
    ),
    "ready": (an_object([READY]), "Healthy", "Current"),
    "ready, and the spec is newer": (an_object([READY], observed=1), "Progressing", "InProgress"),
    "stalled, and the spec is newer": (an_object([STALLED], observed=1), "Progressing", "InProgress"),
    "paused, and the spec is newer": (an_object([READY, waiting("Paused")], observed=1), "Progressing", "InProgress"),
    "ready, and deleted": (an_object([READY], **IN_TIME), "Progressing", "Terminating"),
    "stalled, and deleted": (an_object([STALLED], **IN_TIME), "Progressing", "Terminating"),
    "reconciling": (an_object([RECONCILING, NOT_READY]), "Progressing", "InProgress"),
    "reconciling, and still ready": (an_object([READY, RECONCILING]), "Progressing", "InProgress"),
    "no longer reconciling": (
        an_object([READY, condition("Reconciling", "False", "Updating")]),
        "Healthy",
        "Current",
    ),
    "stalled": (an_object([STALLED, NOT_READY]), "Degraded", "Failed"),
    "stalled, and still ready": (an_object([READY, STALLED]), "Degraded", "Failed"),
    "no longer stalled": (an_object([READY, condition("Stalled", "False", "UpdateFailed")]), "Healthy", "Current"),
    "paused": (an_object([READY, condition("Synced", "Unknown", "Paused")]), "Suspended", "Current"),
    "paused before it was ready": (
        an_object([NOT_READY, condition("Synced", "Unknown", "Paused")]),
        "Suspended",
        "InProgress",
    ),
    "ready for the spec before, whose update waits for approval": (
        an_object([condition("Ready", "True", "WaitingForApproval", about=1), waiting("WaitingForApproval")]),
        "Suspended",
        "Current",
    ),
    "ready for the spec before, whose update waits for the window": (
        an_object([condition("Ready", "True", "WaitingForWindow", about=1), waiting("WaitingForWindow")]),
        "Suspended",
        "Current",
    ),
    "adopted, never ready, and its update waits for approval": (
        an_object([condition("Ready", "False", "WaitingForApproval"), waiting("WaitingForApproval")]),
        "Suspended",
        "InProgress",
    ),
    "in agreement after an approval": (
        an_object([READY, condition("Synced", "True", "UpToDate")]),
        "Healthy",
        "Current",
    ),
    "drifted, which is only reported": (
        an_object([condition("Ready", "True", "Drifted", about=1), waiting("Drifted")]),
        "Healthy",
        "Current",
    ),
    "drifted, which is only reported, and not available": (
        an_object([condition("Ready", "False", "Drifted"), waiting("Drifted")]),
        "Suspended",
        "InProgress",
    ),
    "observed": (an_object([condition("Ready", "True", "Observing")]), "Healthy", "Current"),
    "observed to differ": (
        an_object([condition("Ready", "False", "Observing"), waiting("Observing")]),
        "Suspended",
        "InProgress",
    ),
    "nothing is known yet": (an_object([condition("Ready", "Unknown", "Throttled")]), "Progressing", "InProgress"),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_object_is_judged(judge, name):
    found, argo, kstatus = OBJECTS[name]
    [verdicts] = judge([found])
    assert (verdicts["argo"]["status"], verdicts["kstatus"]["status"]) == (argo, kstatus)


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ([READY], "Ready is True."),
        ([READY, RECONCILING], "Reconciling is True."),
        ([READY, STALLED], "Stalled is True."),
        ([condition("Ready", "True", "WaitingForWindow"), waiting("WaitingForWindow")], "Synced is False."),
        ([NOT_READY], "Ready is False."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_message_is_that_of_the_condition_that_decides(judge, conditions, message):
    [verdicts] = judge([an_object(conditions)])
    assert verdicts["argo"]["message"] == message


def test_not_ready_and_nothing_under_way_is_degraded(judge):
    """kstatus cannot tell this from progress. The operator never leaves an object so; if it did, it should be seen."""
    [verdicts] = judge([an_object([condition("Ready", "False", "CreateFailed")])])
    assert (verdicts["argo"]["status"], verdicts["kstatus"]["status"]) == ("Degraded", "InProgress")


def test_sandbox_has_no_more_than_argo_cd_gives(judge, tmp_path):
    """A script that used more would pass here and fail there."""
    script = tmp_path / "probe.lua"
    script.write_text(
        "local names = {}\n"
        "for name, value in pairs(_G) do if _G.type(value) == 'table' then table.insert(names, name) end end\n"
        "table.sort(names)\n"
        "return { status = 'Healthy', message = table.concat(names, ' ') }\n"
    )
    [verdicts] = judge([an_object()], script)
    assert verdicts["argo"]["message"] == "_G actionParams obj package table"


@pytest.mark.parametrize("word", ["string.len('')", "('').len('')", "os.time()", "math.floor(1)", "io.write('')"])
def test_sandbox_refuses_the_libraries_that_argo_cd_keeps_shut(judge, tmp_path, word):
    script = tmp_path / "probe.lua"
    script.write_text(
        f"local ok = pcall(function() return {word} end)\nreturn {{ status = ok and 'Healthy' or 'Missing' }}\n"
    )
    [verdicts] = judge([an_object()], script)
    assert verdicts["argo"]["status"] == "Missing"
