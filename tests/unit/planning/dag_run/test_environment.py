"""A run may use an environment of its own namespace that is that namespace's in AWS as well, and no other."""

from __future__ import annotations

import pytest
from mwaa_operator.planning.dag_run.environment import environment_of
from mwaa_operator.planning.dag_run.model import Environment, Hindrance

OURS = {
    "mwaa-operator.dev/cluster": "c",
    "mwaa-operator.dev/namespace": "data",
    "mwaa-operator.dev/name": "env",
    "mwaa-operator.dev/uid": "u",
}


def seen(body):
    return environment_of(body, name="env", namespace="data", cluster="c")


@pytest.fixture
def body():
    def make(status="AVAILABLE", tags=OURS, **metadata):
        environment = {"name": "in-aws", "status": status, "airflowVersion": "3.3.1", "tags": tags}
        return {
            "metadata": {"name": "env", "namespace": "data", "uid": "u", **metadata},
            "spec": {"region": "eu-west-1"},
            "status": {"environment": environment},
        }

    return make


def test_environment_is_named_as_in_aws(body):
    found = seen(body())
    assert isinstance(found, Environment)
    assert (found.name, found.region, found.version, found.available) == ("in-aws", "eu-west-1", "3.3.1", True)


def test_there_is_none(body):
    found = seen(None)
    assert isinstance(found, Hindrance)
    assert (found.reason, found.gone) == ("WaitingForEnvironment", True)


def test_nothing_is_known_of_it_yet(body):
    found = seen({**body(), "status": {}})
    assert isinstance(found, Hindrance)
    assert (found.reason, found.gone) == ("WaitingForEnvironment", False)


@pytest.mark.parametrize(
    "tags",
    [
        None,
        {"team": "data"},
        {**OURS, "mwaa-operator.dev/namespace": "other"},
        {**OURS, "mwaa-operator.dev/name": "other"},
        {**OURS, "mwaa-operator.dev/cluster": "other"},
    ],
    ids=["none", "nobody's", "namespace", "name", "cluster"],
)
def test_environment_of_nobody_or_another_is_not_used(body, tags):
    found = seen(body(tags=tags))
    assert isinstance(found, Hindrance)
    assert (found.reason, found.stalled) == ("EnvironmentNotOwned", True)


@pytest.mark.parametrize(
    ("status", "available", "usable"),
    [("AVAILABLE", True, True), ("UPDATING", False, True), ("CREATING", False, False), ("UNHEARD_OF", False, False)],
)
def test_status_says_what_may_be_done(body, status, available, usable):
    found = seen(body(status))
    assert isinstance(found, Environment)
    assert (found.available, found.usable) == (available, usable)


def test_nothing_new_is_started_in_an_environment_that_is_being_deleted(body):
    found = seen(body(deletionTimestamp="2026-11-24T12:00:00Z"))
    assert isinstance(found, Environment)
    assert not found.available
