"""The process itself: what it answers over HTTP, how it ends, and what it says of settings that make no sense."""

from __future__ import annotations

import time

from mwaa_sandbox.operator_process import OperatorProcess

STOP_SECONDS = 5
"""What is promised. A kubelet waits for 30."""


def timed_stop(operator):
    began = time.monotonic()
    code = operator.stop()
    return code, time.monotonic() - began


def test_says_that_it_is_alive_and_ready(world):
    assert world.operator.get("/healthz") == "ok\n"
    assert world.operator.get("/readyz") == "ok\n"


def test_metrics_count_calls_passes_and_environments(world):
    operator = world.operator
    world.available("measured")
    calls = {"service": "mwaa", "operation": "CreateEnvironment", "outcome": "ok"}
    assert operator.metric("mwaa_operator_aws_calls_total", **calls) == 1
    assert operator.metric("mwaa_operator_aws_call_duration_seconds_count", operation="GetEnvironment") > 1
    assert operator.metric("mwaa_operator_reconcile_passes_total", result="error") == 0
    assert operator.metric("mwaa_operator_reconcile_passes_total") > 1
    world.until(
        lambda: operator.metric("mwaa_environment_ready", namespace=world.namespace) == 1,
        "count the environment as ready",
    )
    assert operator.metric("mwaa_environments", status="AVAILABLE") == 1
    assert operator.metric("mwaa_operator_queue_depth") == 0


def test_stops_cleanly_within_five_seconds(new_world):
    world = new_world()
    world.start_operator()
    code, seconds = timed_stop(world.operator)
    assert code == 0
    assert seconds < STOP_SECONDS


def test_leaves_no_file_behind(world, kubeconfig, tmp_path):
    """The Kubernetes client writes the keys of a kubeconfig into temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with OperatorProcess.start(
        kubeconfig=kubeconfig,
        aws_environment={**world.aws.environment(account=world.account), "TMPDIR": str(temporary)},
        log_file=tmp_path / "operator.log",
        settings={"WATCH_NAMESPACES": world.namespace, "NAMESPACE": "mwaa-operator-system"},
    ) as operator:
        assert list(temporary.rglob("*")), "else this test shows nothing"
        assert operator.stop() == 0
    assert list(temporary.rglob("*")) == []


def test_stops_cleanly_within_five_seconds_while_aws_does_not_answer(new_world):
    world = new_world(WORKERS="4")
    world.start_operator()
    hanging = world.aws.admin.add_fault(
        "timeout", service="airflow", account=world.account, count=100, delay_seconds=30
    )
    for number in range(4):
        world.environment(f"hanging-{number}").apply()

    def under_way():
        left = next(fault["count"] for fault in world.aws.admin.faults() if fault["id"] == hanging)
        return left <= 96

    world.until(under_way, "have four calls under way")
    code, seconds = timed_stop(world.operator)
    assert code == 0
    assert seconds < STOP_SECONDS
    world.aws.admin.remove_fault(hanging)


def test_settings_that_make_no_sense_end_it_with_code_2_and_are_all_named(world, kubeconfig, tmp_path):
    wrong = {"WORKERS": "0", "RESYNC_SECONDS": "soon", "HTTP_PORT": "70000", "LOG_FORMAT": "xml"}
    operator = OperatorProcess.start(
        kubeconfig=kubeconfig,
        aws_environment=world.aws.environment(account=world.account),
        log_file=tmp_path / "operator.log",
        settings=wrong,
        wait=False,
    )
    assert operator.process.wait(60) == 2
    log = operator.process.log_text()
    named = log.lower().replace("-", "_")
    assert [setting for setting in wrong if setting.lower() not in named] == []
    assert "Traceback" not in log


def test_without_a_way_to_kubernetes_it_ends_with_code_1(world, tmp_path):
    operator = OperatorProcess.start(
        kubeconfig=tmp_path / "no-such-file",
        aws_environment=world.aws.environment(account=world.account),
        log_file=tmp_path / "operator.log",
        wait=False,
    )
    assert operator.process.wait(60) == 1
    assert "KUBECONFIG" in operator.process.log_text()
