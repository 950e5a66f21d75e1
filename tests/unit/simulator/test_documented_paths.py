"""Whatever is asked of an environment in whatever order, it never takes a way that mwaa-behaviour.md §2 does not have."""

import contextlib
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mwaa_sandbox.aws.mwaa.errors import MwaaError
from mwaa_sandbox.aws.mwaa.lifecycle import history
from mwaa_sandbox.aws.mwaa.operations import Script
from mwaa_sandbox.aws.mwaa.scripts import ScriptedOutcome
from mwaa_sandbox.aws.mwaa.statuses import OUTCOMES_OF, OperationKind, Outcome

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

# What to ask for, how that is to end, and how long to wait afterwards (AWS-time seconds).
ACTIONS = {
    "create": OperationKind.CREATE,
    "create with customer endpoints": OperationKind.CREATE,
    "update": OperationKind.UPDATE,
    "version change": OperationKind.UPDATE,
    "graceful update": OperationKind.UPDATE,
    "delete": OperationKind.DELETE,
    "maintenance": None,
    "make endpoints": None,
    "remove endpoints": None,
}
PAUSES = (0.0, 600.0, 3600.0, 10 * 3600.0, 80 * 3600.0)
STEPS = [
    (action, outcome, pause)
    for action, kind in ACTIONS.items()
    for outcome in (sorted(OUTCOMES_OF[kind] - {Outcome.STUCK}) if kind else [None])
    for pause in PAUSES
]


def do(service, action, outcome):
    """Ask for something; the service may refuse."""
    backend = service.backend
    if outcome is not None:
        service.simulation.scripts.clear()
        service.simulation.scripts.add(ScriptedOutcome(ACTIONS[action], Script(outcome)))
    calls = {
        "create": service.create,
        "create with customer endpoints": lambda: service.create(EndpointManagement="CUSTOMER"),
        "update": lambda: backend.update_environment({"Name": "e", "MaxWorkers": 3}),
        "version change": lambda: backend.update_environment({"Name": "e", "AirflowVersion": "3.2.1"}),
        "graceful update": lambda: backend.update_environment({"Name": "e", "WorkerReplacementStrategy": "GRACEFUL"}),
        "delete": lambda: backend.delete_environment("e"),
        "maintenance": lambda: backend.start_maintenance("e"),
        "make endpoints": lambda: setattr(service.surroundings, "endpoints", True),
        "remove endpoints": lambda: setattr(service.surroundings, "endpoints", False),
    }
    with contextlib.suppress(MwaaError):  # refused; that the status has not moved is held by whoever looks
        calls[action]()


def transitions(service, steps):
    """Carry out the steps and return every pair of statuses that the environment went through."""
    seen, status = set(), None
    for action, outcome, pause in steps:
        do(service, action, outcome)
        for wait in (0.0, pause):
            service.clock.advance(wait)
            for following in statuses_until_now(service, status):
                if following != status:
                    seen.add((status, following))
                status = following
            service.backend.find("e")
    return seen


def statuses_until_now(service, last):
    stored = service.backend.environments.get("e")
    if stored is None:
        return [] if last is None else [None]
    states = [
        stored,
        *history(
            stored,
            now=service.clock.now(),
            endpoints_ready=service.surroundings.endpoints_exist,
            failure=lambda *_: None,
        ),
    ]
    return [state and state.status.value for state in states]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=2, max_size=20))
def test_no_sequence_of_calls_leaves_the_documented_paths(new_service, steps):
    assert transitions(new_service(), steps) <= DOCUMENTED


def test_every_documented_path_can_be_taken(new_service):
    """Also shows that such sequences reach far enough for the test above to mean something."""
    chance = random.Random(1)
    seen = set()
    for _ in range(400):
        seen |= transitions(new_service(), chance.choices(STEPS, k=20))
    assert seen == DOCUMENTED


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=2, max_size=10), pauses=st.lists(st.floats(1, 5000), max_size=20)
)
def test_looking_often_and_looking_once_see_the_same_end(new_service, steps, pauses):
    """State is worked out when somebody asks, so it must not depend on who asked when.

    Except in PENDING: endpoints are noticed by looking, so there are none here.
    """
    often, once = new_service(), new_service()
    for service in (often, once):
        transitions(service, [step for step in steps if "endpoints" not in step[0]])
    for pause in pauses:
        often.clock.advance(pause)
        often.backend.find("e")
        once.clock.advance(pause)
    assert often.backend.find("e") == once.backend.find("e")
