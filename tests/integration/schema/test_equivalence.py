"""The models and the API server accept the same documents.

Documents are made valid by construction, then some are spoilt in one to three places with values near the limits. Only
the verdict is compared. Left out: rules about changes, which only the API server can check.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import kubernetes
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.names import GROUP, PLURAL, VERSION
from pydantic import ValidationError

NAMESPACE = "schema-rules"

SCALARS = st.one_of(
    st.integers(-1, 7), st.integers(2**31 - 2, 2**31 + 1), st.booleans(), st.none(), st.floats(0, 9, width=16)
)
TEXT = st.one_of(
    st.sampled_from(
        ["", "a", "A-1_b", "1a", "a\n", "\na", "é", "日本", "a b", "\u2028", "\x7f", "~", "aws:x", "Ⅷ", "٣"]
    ),
    st.sampled_from(
        ["mw1.micro", "mw1.small", "1.10.12", "3.1.9", "3.2", "2.4.2", "SUN:02:30", "SUN:02:30\n", "x" * 81]
    ),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.builds(
        lambda letter, n: letter * n, st.sampled_from("aé"), st.sampled_from([64, 65, 128, 129, 256, 257, 1024, 1025])
    ),
)
BUCKETS = st.sampled_from(["arn:aws:s3:::one", "arn:aws-cn:s3:::two.three"])
FOLDERS = st.sampled_from(["", "dags", "dags/", "dags-blue/", "dags/blue/", "teams/green"])
OPTIONS = st.sampled_from(["core.default_timezone", "smtp.smtp_password", "x", "a.b.c_", "core.parallelism"])
TAG_KEYS = st.sampled_from(["team", "équipe", "a b", "日本", "kubernetes.io/name", "mwaa-operator", "AWS:x", "Ⅷ"])
COUNTS = st.integers(1, 6)
LOG = st.fixed_dictionaries({"enabled": st.booleans(), "logLevel": st.sampled_from(["CRITICAL", "INFO", "DEBUG"])})
TEAM = st.fixed_dictionaries({"sourceBucketArn": BUCKETS, "dagS3Path": FOLDERS})

SPECS = st.fixed_dictionaries(
    {
        "sourceBucketArn": BUCKETS,
        "dagS3Path": FOLDERS,
        "executionRoleArn": st.sampled_from(
            ["arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:rolea+=,.@-_/b"]
        ),
        "networkConfiguration": st.fixed_dictionaries(
            {
                "subnetIds": st.sampled_from([*[["subnet-1", "subnet-2"]] * 9, ["subnet-1", "subnet-1"]]),
                "securityGroupIds": st.lists(st.sampled_from(["sg-1", "sg-a._-"]), min_size=1, max_size=5),
            }
        ),
    },
    optional={
        "name": st.sampled_from(["a", "Z9-_", "a" * 80]),
        "region": st.sampled_from(["eu-west-1", "us-gov-west-1"]),
        "airflowVersion": st.sampled_from(["3.3.1", "3.1.0", "2.4.2", "2.4.3", "2.11.2", "3.2", "4.0.0rc1", "1.10.12"]),
        "environmentClass": st.sampled_from(["mw1.micro", "mw1.small", "mw1.2xlarge", "mw2.other"]),
        "minWorkers": COUNTS,
        "maxWorkers": COUNTS,
        "minWebservers": COUNTS,
        "maxWebservers": COUNTS,
        "schedulers": st.integers(1, 5),
        "webserverAccessMode": st.sampled_from(["PUBLIC_ONLY", "PUBLIC_AND_PRIVATE"]),
        "endpointManagement": st.sampled_from(["SERVICE", "CUSTOMER"]),
        "weeklyMaintenanceWindowStart": st.sampled_from(["MON:00:00", "SUN:23:30"]),
        "kmsKey": st.just("key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        "pluginsS3Path": FOLDERS,
        "pluginsS3ObjectVersion": st.sampled_from(["", "3sL4kqtJlcpXroDTDmJ"]),
        "requirementsS3Path": FOLDERS,
        "requirementsS3ObjectVersion": st.just("x"),
        "loggingConfiguration": st.fixed_dictionaries({}, optional={"taskLogs": LOG, "workerLogs": LOG}),
        "airflowConfigurationOptions": st.dictionaries(OPTIONS, st.sampled_from(["utc", " ", "~"]), max_size=3),
        "airflowConfigurationSecrets": st.dictionaries(
            OPTIONS, st.just({"name": "smtp.example", "key": "_a.b-c"}), max_size=2
        ),
        "identityCenterConfiguration": st.fixed_dictionaries({}, optional={"identityStoreId": st.just("d-1234567890")}),
        "teams": st.dictionaries(st.sampled_from(["blue", "0_-"]), TEAM, max_size=2),
        "tags": st.dictionaries(TAG_KEYS, st.sampled_from(["x", " ", "a=b+c"]), max_size=3),
        "policies": st.fixed_dictionaries(
            {},
            optional={
                "deletion": st.sampled_from(["Delete", "Retain"]),
                "update": st.fixed_dictionaries(
                    {},
                    optional={
                        "workerReplacementStrategy": st.sampled_from(["GRACEFUL", "FORCED"]),
                        "window": st.just({"start": "SUN:02:00", "durationHours": 168}),
                    },
                ),
            },
        ),
    },
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the path of every value in a document."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, value in members for place in [(*path, key), *places(value, (*path, key))]]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A valid document or, half of the time, one that is spoilt: a value or key replaced, added or taken away."""
    spec = copy.deepcopy(draw(SPECS))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3]))):
        path = draw(st.sampled_from(sorted(places(spec), key=repr)))
        node = spec
        for key in path[:-1]:
            node = node[key]
        match draw(st.sampled_from(["replace", "remove", "rename", "add"])):
            case "replace":
                node[path[-1]] = draw(st.one_of(SCALARS, TEXT, st.just({}), st.just([])))
            case "remove":
                del node[path[-1]]
            case "rename" if isinstance(node, dict):
                node[draw(TEXT)] = node.pop(path[-1])
            case "add" if isinstance(node, list):
                node.append(draw(st.sampled_from(["subnet-3", "sg-2", "x", ""])))
            case _:
                pass
        if not places(spec):
            break
    name = draw(st.sampled_from([*["ricsue-dublin"] * 9, "1st", "a.b", "a" * 81]))
    return {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaEnvironment",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


@pytest.fixture(scope="session")
def api_says(schema, installed) -> Callable[[dict[str, Any]], str | None]:
    """Ask the API server about a document, without kubectl in between: None if it takes it, else its answer."""
    client = kubernetes.config.new_client_from_config(str(installed.kubeconfig))
    objects = kubernetes.client.CustomObjectsApi(client)

    def ask(document: dict[str, Any]) -> str | None:
        try:
            objects.create_namespaced_custom_object(
                GROUP, VERSION, NAMESPACE, PLURAL, document, dry_run="All", field_validation="Strict"
            )
        except kubernetes.client.ApiException as error:
            if error.status not in {400, 422}:
                raise
            return str(json.loads(error.body)["message"])
        return None

    return ask


def model_says(document: dict[str, Any]) -> str | None:
    try:
        MwaaEnvironment.from_object(document)
    except ValidationError as error:
        return "\n".join(explain(error))
    return None


@pytest.mark.slow
@settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(document=documents())
def test_api_server_and_model_give_the_same_verdict(document, api_says):
    server, model = api_says(document), model_says(document)
    event("accepted" if server is None else "refused")
    assert (server is None) == (model is None), f"API server: {server}\nmodel: {model}"
