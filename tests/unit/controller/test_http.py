"""What the kubelet and Prometheus see, on a real port."""

import asyncio
from types import SimpleNamespace

import aiohttp
import pytest
from mwaa_operator.controller.http import STUCK_SECONDS, HttpServer
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Store, key_of


@pytest.fixture
def state():
    """Give what the server is told when it asks."""
    return SimpleNamespace(longest_wait=0.0, ready=True, store=Store())


@pytest.fixture
def get(state):
    """Start a server, fetch a path from it, and give status, content type and text."""

    async def fetch(path):
        server = HttpServer(
            registry=Metrics(state.store, WorkQueue()).registry,
            longest_wait=lambda: state.longest_wait,
            ready=lambda: state.ready,
        )
        port = await server.start("127.0.0.1", 0)
        try:
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
                return answer.status, answer.content_type, await answer.text()
        finally:
            await server.close()

    return lambda path: asyncio.run(fetch(path))


def test_healthz_is_well_while_workers_take_what_is_due(get, state):
    state.longest_wait = STUCK_SECONDS - 1
    assert get("/healthz")[0] == 200


def test_healthz_says_503_and_why_when_the_workers_hang(get, state):
    state.longest_wait = STUCK_SECONDS + 1
    status, _, text = get("/healthz")
    assert status == 503
    assert "301 seconds" in text


def test_healthz_does_not_depend_on_being_ready(get, state):
    state.ready = False
    assert get("/healthz")[0] == 200


def test_readyz_says_503_until_the_process_is_ready(get, state):
    state.ready = False
    assert get("/readyz")[0] == 503
    state.ready = True
    assert get("/readyz")[0] == 200


def test_metrics_show_objects_by_state(get, state, body):
    ready = {"conditions": [{"type": "Ready", "status": "True"}], "environment": {"status": "AVAILABLE"}}
    state.store.put(body(status=ready))
    state.store.put(body(metadata={"name": "new"}))
    status, content_type, text = get("/metrics")
    assert (status, content_type) == (200, "text/plain")
    lines = text.splitlines()
    assert 'mwaa_environment_ready{name="env",namespace="data"} 1.0' in lines
    assert 'mwaa_environment_ready{name="new",namespace="data"} 0.0' in lines
    assert 'mwaa_environments{status="AVAILABLE"} 1.0' in lines
    assert 'mwaa_environments{status="NONE"} 1.0' in lines
    assert "mwaa_operator_queue_depth 0.0" in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_metrics_show_what_should_wake_somebody_until_the_object_is_gone(get, state, body):
    conditions = [
        {"type": "Stalled", "status": "True", "reason": "UpdateFailed"},
        {"type": "ArtifactsReady", "status": "False", "reason": "SourceUnreachable"},
        {"type": "Synced", "status": "False", "reason": "UpdateFailed"},
    ]
    key = key_of(body())
    state.store.put(body(status={"conditions": conditions}))
    state.store.put(body(metadata={"name": "quiet"}))
    of = 'name="env",namespace="data"'
    lines = get("/metrics")[2].splitlines()
    assert f'mwaa_environment_stalled{{{of},reason="UpdateFailed"}} 1.0' in lines
    assert f"mwaa_environment_code_delivered{{{of}}} 0.0" in lines
    assert f"mwaa_environment_synced{{{of}}} 0.0" in lines
    assert {'mwaa_environment_ready{name="quiet",namespace="data"} 0.0'} == {
        line for line in lines if '"quiet"' in line and "synced" not in line
    }
    state.store.remove(key)
    assert '"env"' not in get("/metrics")[2]


def test_nothing_of_a_spec_is_in_the_metrics(get, state, body):
    state.store.put(body(spec={"airflowConfigurationOptions": {"smtp.smtp_password": "canary-1"}}))
    text = get("/metrics")[2]
    assert "smtp" not in text
    assert "canary" not in text


def test_aws_calls_are_counted_by_service_operation_and_outcome():
    metrics = Metrics(Store(), WorkQueue())
    metrics.aws_call("mwaa", "GetEnvironment", "ok", 0.2)
    metrics.aws_call("mwaa", "GetEnvironment", "ThrottlingException", 0.1)
    labels = {"service": "mwaa", "operation": "GetEnvironment"}
    value = metrics.registry.get_sample_value
    assert value("mwaa_operator_aws_calls_total", {**labels, "outcome": "ok"}) == 1
    assert value("mwaa_operator_aws_calls_total", {**labels, "outcome": "ThrottlingException"}) == 1
    assert value("mwaa_operator_aws_call_duration_seconds_count", labels) == 2


def test_a_path_that_is_not_served_is_not_found(get):
    assert get("/")[0] == 404


def test_a_port_that_is_taken_is_an_error_of_the_system():
    async def scenario():
        first = HttpServer(
            registry=Metrics(Store(), WorkQueue()).registry, longest_wait=lambda: 0.0, ready=lambda: True
        )
        second = HttpServer(
            registry=Metrics(Store(), WorkQueue()).registry, longest_wait=lambda: 0.0, ready=lambda: True
        )
        port = await first.start("127.0.0.1", 0)
        try:
            with pytest.raises(OSError, match="address already in use"):
                await second.start("127.0.0.1", port)
        finally:
            await second.close()
            await first.close()

    asyncio.run(scenario())
