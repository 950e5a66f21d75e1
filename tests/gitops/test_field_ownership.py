"""A GitOps tool applies an environment server-side, the operator does its work, and the tool has nothing to complain of."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.timeout(600)

WITHIN = 90
NAME = "applied"
TOOL = "argocd-controller"
APPLY = ("apply", "--server-side", f"--field-manager={TOOL}", "--filename=-")


@pytest.fixture(scope="module")
def document(stage):
    """With most of what a spec can have, so that there is something to disagree on. No default is spelt out."""
    return stage.document(
        NAME,
        minWorkers=1,
        schedulers=2,
        weeklyMaintenanceWindowStart="SUN:14:00",
        airflowConfigurationOptions={"core.default_timezone": "utc", "core.parallelism": "40"},
        loggingConfiguration={
            "taskLogs": {"enabled": True, "logLevel": "INFO"},
            "workerLogs": {"enabled": False, "logLevel": "ERROR"},
        },
        tags={"team": "data"},
        policies={"update": {"approval": "Automatic"}},
    )


@pytest.fixture(scope="module")
def apply(stage, document):
    """Applies the document as the tool does, with changes to its spec; gives the object as it is then."""

    def applied(**changes):
        changed = json.dumps(document | {"spec": document["spec"] | changes})
        return json.loads(stage.cluster.kubectl(*APPLY, "--output=json", input=changed, timeout=WITHIN).stdout)

    return applied


@pytest.fixture(scope="module")
def reconciled(stage, apply):
    """The object after a create and an update, as it is stored."""
    apply(maxWorkers=5)
    stage.wait_for(NAME, "Ready", "Available")
    generation = apply()["metadata"]["generation"]
    stage.wait_for(NAME, "Ready", "Available", generation=generation)
    return current(stage)


def current(stage):
    answer = stage.cluster.kubectl(
        *("get", f"mwaa/{NAME}", f"--namespace={stage.namespace}", "--output=json", "--show-managed-fields"),
        timeout=WITHIN,
    )
    return json.loads(answer.stdout)


def fields_of(found, *, manager):
    """What a field manager owns: by subresource ("" for the object itself), the paths."""
    owned = {}
    for entry in found["metadata"]["managedFields"]:
        if entry["manager"] == manager:
            owned.setdefault(entry.get("subresource", ""), set()).update(paths_of(entry["fieldsV1"]))
    return owned


def paths_of(fields, depth=2):
    """The first levels of a FieldsV1, as "metadata.finalizers"."""
    for name, inner in fields.items():
        if not name.startswith("f:"):
            continue
        below = list(paths_of(inner, depth - 1)) if depth > 1 else []
        yield from (f"{name[2:]}.{path}" for path in below) if below else [name[2:]]


def test_operator_owns_the_status_and_its_finalizer_only(reconciled):
    owned = fields_of(reconciled, manager="mwaa-operator")
    assert owned.keys() == {"", "status"}
    assert owned[""] == {"metadata.finalizers"}
    assert {path.partition(".")[0] for path in owned["status"]} == {"status"}


def test_tool_owns_the_whole_spec_and_nothing_of_the_status(reconciled, document):
    owned = fields_of(reconciled, manager=TOOL)
    assert owned.keys() == {""}
    assert owned[""] == {f"spec.{field}" for field in document["spec"]}


def test_nobody_else_has_written(reconciled):
    managers = {entry["manager"] for entry in reconciled["metadata"]["managedFields"]}
    assert managers == {TOOL, "mwaa-operator"}


def test_diff_of_the_tool_is_empty(stage, reconciled, document):
    answer = stage.cluster.kubectl(
        *("diff", "--server-side", f"--field-manager={TOOL}", "--filename=-"),
        input=json.dumps(document),
        check=False,
        timeout=WITHIN,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_diff_of_the_tool_shows_a_change(stage, reconciled, document):
    """That an empty one means something."""
    changed = document | {"spec": document["spec"] | {"maxWorkers": 9}}
    answer = stage.cluster.kubectl(
        *("diff", "--server-side", f"--field-manager={TOOL}", "--filename=-"),
        input=json.dumps(changed),
        check=False,
        timeout=WITHIN,
    )
    assert answer.returncode == 1
    assert "+  maxWorkers: 9" in answer.stdout


def test_applying_again_stores_nothing(apply, reconciled):
    again = apply()
    for mark in ("generation", "resourceVersion"):
        assert again["metadata"][mark] == reconciled["metadata"][mark]
