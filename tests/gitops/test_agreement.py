"""Each rule that recorded versions are held to, and a version or a script that breaks it."""

from __future__ import annotations

import pytest

from .agreement import RULES, broken, described
from .test_health_script import IN_TIME, NOT_READY, READY, RECONCILING, STALLED, an_object, condition, waiting

PAUSED = condition("Synced", "Unknown", "Paused")
UNTRUE = 'return { status = "%s", message = "Ready is True." }'
"""A script that says the same of everything."""
TERMINATING = "it is terminating exactly while it is being deleted"
WRONG = {
    "the script fails": (an_object([READY]), "return obj.status.conditions[9].type", "neither meets with an error"),
    "the script says no word of Argo CD's": (an_object([READY]), UNTRUE % "Fine", "neither meets with an error"),
    "the script gives no message": (an_object([READY]), 'return { status = "Healthy" }', "both have something to say"),
    "stalled, and called healthy": (an_object([READY, STALLED]), UNTRUE % "Healthy", "both mean the same"),
    "no status": (an_object(status=False), None, "it has a status from the first on"),
    "edited, and called healthy": (
        an_object([READY], observed=1),
        UNTRUE % "Healthy",
        "what the operator has not seen is progress",
    ),
    "being deleted, and called healthy": (
        an_object([READY], **IN_TIME),
        UNTRUE % "Healthy",
        "what is being deleted is progress",
    ),
    "not ready, and called healthy": (
        an_object([NOT_READY]),
        UNTRUE % "Healthy",
        "healthy and current only if it is ready",
    ),
    "no condition that kstatus knows": (an_object([PAUSED]), None, "healthy and current only if it is ready"),
    "neither ready nor stalled nor under way": (an_object([NOT_READY]), None, "degraded exactly while it is stalled"),
    "stalled, and called suspended": (
        an_object([NOT_READY, STALLED]),
        UNTRUE % "Suspended",
        "suspended exactly while it waits for somebody",
    ),
    "nobody knows, and nothing is under way": (
        an_object([condition("Ready", "Unknown", "Throttled")]),
        None,
        "progress exactly while it is reconciling",
    ),
    "waits for the window, and called healthy": (
        an_object([READY, waiting("WaitingForWindow")]),
        UNTRUE % "Healthy",
        "suspended exactly while it waits for somebody",
    ),
    "paused, and taken for an update": (
        an_object([READY, PAUSED]),
        UNTRUE % "Progressing",
        "progress exactly while it is reconciling",
    ),
    "a message that is nobody's": (
        an_object([READY]),
        'return { status = "Healthy", message = "All is well." }',
        "Argo CD shows what a condition says",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_version_or_script_is_seen(judge, tmp_path, name):
    found, words, rule = WRONG[name]
    script = tmp_path / "health.lua"
    if words is not None:
        script.write_text(words)
    [verdicts] = judge([found], script) if words is not None else judge([found])
    assert rule in broken(found, verdicts)


def test_kstatus_that_does_not_see_a_deletion_is_seen(judge):
    """No script can do that to it."""
    [verdicts] = judge([an_object([READY])])
    assert TERMINATING in broken(an_object([READY], **IN_TIME), verdicts)


def test_no_rule_is_there_that_nothing_breaks():
    assert {TERMINATING} | {rule for _, _, rule in WRONG.values()} == RULES.keys()


@pytest.mark.parametrize(
    "conditions",
    [[READY], [READY, RECONCILING], [NOT_READY, STALLED], [READY, PAUSED], [READY, RECONCILING, PAUSED]],
    ids=["ready", "updating", "stalled", "paused", "paused and out of reach"],
)
def test_right_version_breaks_no_rule(judge, conditions):
    found = an_object(conditions)
    [verdicts] = judge([found])
    assert broken(found, verdicts) == []


def test_description_names_the_version_its_conditions_and_both_verdicts(judge):
    found = an_object([NOT_READY], resourceVersion="77")
    [verdicts] = judge([found])
    said = described(found, verdicts)
    for part in ("data/orders", "77", "generation 2", "Ready=False Updating", '"Degraded"', '"InProgress"'):
        assert part in said
