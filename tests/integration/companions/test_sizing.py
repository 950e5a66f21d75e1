"""WellSized, and what it rests on. (That it comes and goes with the load: tests/integration/kubectl/test_load.py.)"""

from __future__ import annotations

from mwaa_sandbox.aws.accounts import access_key_of
from mwaa_sandbox.aws.load_client import LoadStep

A_DAY = 86400.0
NO_METRICS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "cloudwatch:*", "Resource": "*"},
    ],
}


def test_how_busy_the_parts_are_is_shown_once_there_are_metrics_of_an_hour(world, environment):
    world.aws.admin.script_load(*environment.where, LoadStep(tasks=3, cpu={"Scheduler": 90}), begins_ago=A_DAY)
    said = environment.wait("WellSized", "False", "ComponentBusy")
    assert "The schedulers used 90 % of the CPU in the mean of seven days" in said["message"]
    busy = {one["name"]: one["cpuPercent"] for one in environment.status["load"]["components"]}
    assert busy["Scheduler"] == 90
    assert busy.keys() >= {"BaseWorker", "WebServer", "Database"}
    assert ("ComponentBusy", "Normal") in environment.events()
    assert environment.condition("Ready")["status"] == "True"
    assert environment.calls("UpdateEnvironment") == []


def test_one_call_asks_for_all_environments(world):
    for number in range(3):
        world.apply(f"many-{number}").wait("Ready", "True", "Available")
    asked = world.aws.admin.calls(account=world.account, operation="GetMetricData")
    names = [f"many-{number}" for number in range(3)]
    world.until(
        lambda: any(
            all(name in str(call.parameters) for name in names)
            for call in world.aws.admin.calls(account=world.account, operation="GetMetricData")[len(asked) :]
        ),
        "ask for all of them at once",
        seconds=120,
    )


def test_without_permission_the_load_is_unknown(world, environment):
    world.until(lambda: environment.condition("WellSized"), "say something of the load", seconds=120)
    world.aws.admin.enforce(access_key_of(world.account), NO_METRICS)
    try:
        said = environment.wait("WellSized", "Unknown", "AccessDenied")
        assert "cloudwatch:GetMetricData" in said["message"]
        assert environment.condition("Ready")["status"] == "True"
    finally:
        world.aws.admin.enforce(access_key_of(world.account))
