"""WellSized: advice that comes with the load and goes with it, and never changes anything."""

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


def test_advice_comes_with_the_load_and_goes_a_day_after_it(world):
    sized = world.apply("sized", maxWorkers=5, minWorkers=1)
    sized.wait("Ready", "True", "Available")
    sized.wait("WellSized", "True", "FitsLoad")
    world.aws.admin.script_load(*sized.where, LoadStep(tasks=200))
    said = sized.wait("WellSized", "False", "TasksWaited")
    assert "maxWorkers 5 allows: raise maxWorkers, or choose environmentClass mw1.medium" in said["message"]
    world.until(lambda: sized.status["load"]["workers"] == 5, "see the workers follow", seconds=120)
    load = sized.status["load"]
    assert (load["runningTasks"], load["queuedTasks"]) == (25, 175)
    world.until(lambda: sized.status["load"].get("components"), "know how busy the parts are", seconds=120)
    load = sized.status["load"]
    assert {one["name"] for one in load["components"]} >= {"Scheduler", "BaseWorker", "WebServer", "Database"}
    assert sized.condition("Ready")["status"] == "True"
    world.aws.admin.script_load(*sized.where, LoadStep(tasks=0))
    world.aws.admin.advance(A_DAY)
    sized.wait("WellSized", "True", "FitsLoad")
    assert {("TasksWaited", "Normal"), ("FitsLoad", "Normal")} <= set(sized.events())
    assert sized.calls("UpdateEnvironment") == []


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
    environment.wait("WellSized", "True", "FitsLoad")
    world.aws.admin.enforce(access_key_of(world.account), NO_METRICS)
    try:
        said = environment.wait("WellSized", "Unknown", "AccessDenied")
        assert "cloudwatch:GetMetricData" in said["message"]
        assert environment.condition("Ready")["status"] == "True"
    finally:
        world.aws.admin.enforce(access_key_of(world.account))
