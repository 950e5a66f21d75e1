"""Whatever is asked of an environment in whatever order, it never takes a way that mwaa-behaviour.md §2 does not have."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mwaa_sandbox.aws.mwaa.errors import MwaaError
from mwaa_sandbox.aws.mwaa.lifecycle import history
from mwaa_sandbox.aws.mwaa.operations import Script
from mwaa_sandbox.aws.mwaa.scripts import ScriptedOutcome
from mwaa_sandbox.aws.mwaa.statuses import OUTCOMES_OF, OperationKind

# §2, the table of flows, as pairs. "None" is an environment that does not exist (404).
DOCUMENTED = {
    (None, "CREATING"),
    ("CREATING", "AVAILABLE"),
    ("CREATING", "CREATE_FAILED"),
    ("CREATING", "PENDING"),
    ("PENDING", "CREATING"),
    ("PENDING", "CREATE_FAILED"),
    ("AVAILABLE", "UPDATING"),
    ("UPDATING", "AVAILABLE"),
    ("UPDATING", "CREATING_SNAPSHOT"),
    ("CREATING_SNAPSHOT", "UPDATING"),
    ("UPDATING", "ROLLING_BACK"),
    ("ROLLING_BACK", "UPDATE_FAILED"),
    ("ROLLING_BACK", "UNAVAILABLE"),
    ("ROLLING_BACK", "AVAILABLE"),  # as ACK has seen it, with LastUpdate FAILED
    ("AVAILABLE", "MAINTENANCE"),
    ("MAINTENANCE", "AVAILABLE"),
    ("MAINTENANCE", "UPDATING"),  # an update accepted in MAINTENANCE "runs after maintenance"
    ("DELETING", "DELETED"),
    ("DELETED", None),
    # Operations by status: what may be updated and deleted.
    ("UPDATE_FAILED", "UPDATING"),
    *((status, "DELETING") for status in ("AVAILABLE", "UPDATE_FAILED", "CREATE_FAILED", "UNAVAILABLE", "PENDING")),
}

SCRIPTS = st.sampled_from(
    [(kind, outcome) for kind, outcomes in sorted(OUTCOMES_OF.items()) for outcome in sorted(outcomes)]
)
ACTIONS = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(["SERVICE", "CUSTOMER"])),
    st.tuples(st.just("update"), st.sampled_from([{}, {"MaxWorkers": 3}, {"AirflowVersion": "3.2.1"}])),
    st.tuples(st.just("graceful update"), st.none()),
    st.tuples(st.just("delete"), st.none()),
    st.tuples(st.just("maintenance"), st.none()),
    st.tuples(st.just("endpoints"), st.booleans()),
    st.tuples(st.just("script"), SCRIPTS),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 600.0, 3600.0, 10 * 3600.0, 80 * 3600.0])),
)


def do(service, action, argument):
    backend = service.backend
    if action == "create":
        service.create(EndpointManagement=argument)
    elif action == "update":
        backend.update_environment({"Name": "e", **argument})
    elif action == "graceful update":
        backend.update_environment({"Name": "e", "WorkerReplacementStrategy": "GRACEFUL"})
    elif action == "delete":
        backend.delete_environment("e")
    elif action == "maintenance":
        backend.start_maintenance("e")
    elif action == "endpoints":
        service.surroundings.endpoints = argument
    elif action == "script":
        kind, outcome = argument
        service.simulation.scripts.add(ScriptedOutcome(OperationKind(kind), Script(outcome)))
    else:
        service.clock.advance(argument)


def seen_since(service, last):
    """Return every status that the environment has gone through up to now, in order."""
    stored = service.backend.environments.get("e")
    if stored is None:
        return [] if last is None else [None]
    states = [stored, *history(stored, now=service.clock.now(), endpoints_ready=service.surroundings.endpoints_exist)]
    return [state and state.status.value for state in states]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, min_size=3, max_size=25))
def test_no_sequence_of_calls_leaves_the_documented_paths(new_service, actions):
    service, status = new_service(), None
    for action, argument in actions:
        with contextlib.suppress(MwaaError):  # refused; that the status has not moved is held below
            do(service, action, argument)
        for following in seen_since(service, status):
            if following != status:
                assert (status, following) in DOCUMENTED, f"{status} -> {following} after {action} {argument}"
            status = following
        service.backend.find("e")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, min_size=3, max_size=15), pauses=st.lists(st.floats(1, 5000), max_size=20))
def test_looking_often_and_looking_once_see_the_same_end(new_service, actions, pauses):
    """Lazy advancement must not depend on who asked when. (Endpoints are noticed when looked for, so they are set apart.)"""
    often, once = new_service(), new_service()
    for service in (often, once):
        for action, argument in actions:
            if action == "endpoints":
                continue
            with contextlib.suppress(MwaaError):
                do(service, action, argument)
    for pause in pauses:
        often.clock.advance(pause)
        often.backend.find("e")
        once.clock.advance(pause)
    assert often.backend.find("e") == once.backend.find("e")
