"""Events: each thing that happened is told once, and nobody waits for it."""

import asyncio
import contextlib
import logging

import pytest
from mwaa_operator.controller.events import EventRecorder
from mwaa_operator.controller.kubernetes import KubernetesError
from mwaa_operator.planning.transitions import Event

CREATED = Event("Normal", "Creating", "The environment is being created.")
FAILED = Event("Warning", "CreateFailed", "The environment could not be created.")


class Cluster:
    """Keeps the events it is sent, but for those with a reason that it refuses."""

    def __init__(self):
        self.events = []
        self.refuses = set()

    async def create_event(self, namespace, event):
        await asyncio.sleep(0)
        if event["reason"] in self.refuses:
            raise KubernetesError("create an event", 503, "503 Service Unavailable")
        self.events.append((namespace, event))

    @property
    def reasons(self):
        return [event["reason"] for _, event in self.events]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cluster():
    return Cluster()


@pytest.fixture
def send(cluster, clock, in_virtual_time):
    """Have a function record events, and return once they have been sent."""

    def run(recording):
        async def scenario():
            recorder = EventRecorder(cluster, clock=clock, quiet_seconds=60, instance="pod-1")
            sending = asyncio.create_task(recorder.run())
            recording(recorder)
            await recorder.sent()
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending

        in_virtual_time(scenario())

    return run


def test_an_event_tells_what_happened_to_what(send, body, cluster):
    send(lambda recorder: recorder.record(body(7), FAILED))
    ((namespace, event),) = cluster.events
    assert namespace == event["metadata"]["namespace"] == "data"
    assert event["involvedObject"] == {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaEnvironment",
        "namespace": "data",
        "name": "env",
        "uid": "uid-1",
        "resourceVersion": "7",
    }
    assert (event["type"], event["reason"], event["message"]) == ("Warning", "CreateFailed", FAILED.message)
    assert event["reportingInstance"] == "pod-1"


def test_events_are_sent_in_the_order_in_which_they_were_recorded(send, body, cluster):
    def recording(recorder):
        for event in (CREATED, FAILED):
            recorder.record(body(), event)

    send(recording)
    assert cluster.reasons == ["Creating", "CreateFailed"]


def test_the_same_event_is_not_repeated_within_the_quiet_time(send, body, cluster, clock):
    def recording(recorder):
        recorder.record(body(1), CREATED)
        clock.now += 59
        recorder.record(body(2), CREATED)

    send(recording)
    assert cluster.reasons == ["Creating"]


def test_the_same_event_is_told_again_after_the_quiet_time(send, body, cluster, clock):
    def recording(recorder):
        recorder.record(body(1), CREATED)
        clock.now += 60
        recorder.record(body(2), CREATED)

    send(recording)
    assert cluster.reasons == ["Creating", "Creating"]


def test_an_event_that_never_ceases_is_told_once_in_each_quiet_time(send, body, cluster, clock):
    def recording(recorder):
        for _ in range(10):
            recorder.record(body(), FAILED)
            clock.now += 30

    send(recording)
    assert len(cluster.events) == 5


@pytest.mark.parametrize(
    ("other", "event"),
    [({"uid": "uid-2"}, CREATED), ({}, FAILED), ({}, Event("Normal", "Creating", "Something else."))],
    ids=["object", "reason", "message"],
)
def test_an_event_that_differs_is_told_at_once(send, body, cluster, other, event):
    def recording(recorder):
        recorder.record(body(), CREATED)
        recorder.record(body(metadata=other), event)

    send(recording)
    assert len(cluster.events) == 2


def test_an_event_that_cannot_be_sent_is_lost_and_those_after_it_are_not(send, body, cluster, caplog):
    def recording(recorder):
        for event in (CREATED, FAILED):
            recorder.record(body(), event)

    cluster.refuses = {"Creating"}
    send(recording)
    assert cluster.reasons == ["CreateFailed"]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_events_beyond_what_may_wait_are_lost_with_a_word_in_the_log(cluster, clock, body, in_virtual_time, caplog):
    async def scenario():
        recorder = EventRecorder(cluster, clock=clock, quiet_seconds=60)
        for number in range(recorder._MOST_WAITING + 1):
            recorder.record(body(), Event("Normal", "Creating", f"{number}"))
        sending = asyncio.create_task(recorder.run())
        await recorder.sent()
        sending.cancel()
        return recorder._MOST_WAITING

    most = in_virtual_time(scenario())
    assert len(cluster.events) == most
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_every_event_is_in_the_log_of_the_process_as_well(send, body, caplog):
    with caplog.at_level(logging.INFO):
        send(lambda recorder: recorder.record(body(), CREATED))
    (record,) = caplog.records
    assert (record.getMessage(), record.object, record.reason) == (CREATED.message, "data/env", "Creating")


@pytest.mark.parametrize("text", ["x" * 5000, "é" * 5000, "…" * 5000], ids=["1 byte", "2 bytes", "3 bytes"])
def test_messages_are_cut_to_the_bytes_that_the_api_server_takes(send, body, cluster, text):
    send(lambda recorder: recorder.record(body(), Event("Normal", "Creating", text)))
    ((_, event),) = cluster.events
    assert 1000 < len(event["message"].encode()) <= 1024
    assert text.startswith(event["message"].removesuffix("…"))


def test_an_object_with_the_longest_name_has_events_too(send, cluster, body):
    long = body()
    long["metadata"]["name"] = "n" * 235 + "." + "m" * 17
    send(lambda recorder: recorder.record(long, CREATED))
    [(_, event)] = cluster.events
    assert len(event["metadata"]["name"]) <= 253
    assert ".." not in event["metadata"]["name"]
    assert event["involvedObject"]["name"] == long["metadata"]["name"]
