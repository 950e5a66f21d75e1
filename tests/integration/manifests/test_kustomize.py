"""`kubectl apply -k` of the base and of each overlay, against a real API server."""

from __future__ import annotations

from pathlib import Path

import pytest
from mwaa_operator.controller.settings import Settings

MANIFESTS = Path(__file__).parents[3] / "manifests"
FOLDERS = ["base", *sorted(f"overlays/{path.name}" for path in (MANIFESTS / "overlays").iterdir())]
OPERATOR = "--namespace=mwaa-operator-system"


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_is_accepted_and_applying_it_again_changes_no_spec(control_plane, folder):
    control_plane.kubectl("apply", "-k", str(MANIFESTS / folder))
    before = generations(control_plane)
    control_plane.kubectl("apply", "-k", str(MANIFESTS / folder))
    assert generations(control_plane) == before


def generations(control_plane):
    kinds = "deployment,poddisruptionbudget"
    return control_plane.kubectl(
        "get", kinds, OPERATOR, "--output=jsonpath={.items[*].metadata['name','generation']}"
    ).stdout


@pytest.mark.parametrize("folder", FOLDERS)
def test_api_server_warns_of_nothing(control_plane, folder):
    """Warnings are of deprecated fields, and of pods that Pod Security would refuse."""
    control_plane.kubectl("apply", "-k", str(MANIFESTS / folder))
    answer = control_plane.kubectl("apply", "-k", str(MANIFESTS / folder), "--dry-run=server")
    assert answer.stderr == ""


def test_environments_are_served_once_the_base_is_applied(installed):
    crd = "crd/mwaaenvironments.mwaa-operator.dev"
    installed.kubectl("wait", "--for=condition=Established", "--timeout=30s", crd)


def test_overlay_for_irsa_gives_the_service_account_a_role_and_the_image_an_address(render):
    documents = render("overlays/irsa")
    [account] = [document for document in documents if document["kind"] == "ServiceAccount"]
    [deployment] = [document for document in documents if document["kind"] == "Deployment"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].startswith("arn:aws:iam::")
    assert {"name": "AWS_REGION", "value": "eu-west-1"} in container["env"]
    assert {"name": "MWAA_OPERATOR_LEADER_ELECTION", "value": "true"} in container["env"]
    assert container["image"].startswith("registry.example.com/mwaa-operator:")


def test_everything_selects_the_pods_of_the_deployment_and_no_others(render):
    by_kind = {document["kind"]: document for document in render("base")}
    template = by_kind["Deployment"]["spec"]["template"]
    selectors = [
        by_kind["Deployment"]["spec"]["selector"]["matchLabels"],
        by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        by_kind["Service"]["spec"]["selector"],
        *(each["labelSelector"]["matchLabels"] for each in template["spec"]["topologySpreadConstraints"]),
    ]
    assert selectors == [{"app.kubernetes.io/name": "mwaa-operator"}] * len(selectors)
    assert selectors[0].items() <= template["metadata"]["labels"].items()


def test_monitoring_scrapes_the_pods_of_the_deployment_where_they_listen(render, deployment):
    [monitor] = [document for document in render("monitoring") if document["kind"] == "PodMonitor"]
    assert monitor["metadata"]["namespace"] == deployment["metadata"]["namespace"]
    assert monitor["spec"]["selector"] == deployment["spec"]["selector"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    assert endpoint["port"] in {port["name"] for port in container["ports"]}


def test_deployment_sets_only_variables_that_the_operator_has(deployment):
    """A variable that is misspelt would be passed over in silence."""
    known = {f"MWAA_OPERATOR_{name.upper()}" for name in Settings.model_fields}
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert {variable["name"] for variable in container["env"]} <= known


def test_container_port_is_where_the_operator_listens_unasked(deployment, render):
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    [port] = container["ports"]
    [service] = [document for document in render("base") if document["kind"] == "Service"]
    default = Settings.model_fields["http_port"].default
    assert port == {"name": "http", "containerPort": default}
    assert service["metadata"]["annotations"]["prometheus.io/port"] == str(default)


def test_role_of_the_users_secrets_is_bound_to_nobody(render):
    bound = {document["roleRef"]["name"] for document in render("base") if document["kind"].endswith("RoleBinding")}
    assert bound == {"mwaa-operator"}
