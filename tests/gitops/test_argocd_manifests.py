"""What is shipped for Argo CD: both ways to install the health check, and an example that is left alone by the operator."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

ARGOCD = Path(__file__).parents[2] / "manifests" / "argocd"
HEALTH = "resource.customizations.health.mwaa-operator.dev_"
SCRIPTS = {f"{HEALTH}MwaaEnvironment": "health.lua", f"{HEALTH}MwaaDagRun": "dag-run-health.lua"}
OTHER = {"url": "https://argocd.example.com", "resource.customizations.health.batch_Job": "return {}"}


@pytest.fixture(scope="module")
def scripts():
    """What a ConfigMap has to hold."""
    return {key: (ARGOCD / name).read_text(encoding="utf-8") for key, name in SCRIPTS.items()}


@pytest.fixture
def argo_cd(namespace):
    """The ConfigMap of an Argo CD that has settings already."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-cm", "namespace": namespace, "labels": {"app.kubernetes.io/part-of": "argocd"}},
        "data": OTHER,
    }


def test_scripts_in_the_config_map_are_the_scripts(scripts):
    shipped = yaml.safe_load((ARGOCD / "argocd-cm.yaml").read_text(encoding="utf-8"))
    assert shipped["data"] == scripts, "indent the scripts by four spaces and put them into argocd-cm.yaml"


def test_config_map_adds_the_scripts_to_settings_that_are_there(control_plane, namespace, argo_cd, scripts):
    control_plane.kubectl("apply", "--server-side", "--filename=-", input=json.dumps(argo_cd))
    shipped = yaml.safe_load((ARGOCD / "argocd-cm.yaml").read_text(encoding="utf-8"))
    shipped["metadata"]["namespace"] = namespace
    control_plane.kubectl(
        *("apply", "--server-side", "--field-manager=mwaa-operator-health", "--filename=-"), input=json.dumps(shipped)
    )
    answer = control_plane.kubectl("get", "configmap/argocd-cm", f"--namespace={namespace}", "--output=json")
    merged = json.loads(answer.stdout)
    assert merged["data"] == OTHER | scripts
    assert merged["metadata"]["labels"] == argo_cd["metadata"]["labels"]


def test_component_adds_the_scripts_to_a_kustomization_of_argo_cd(control_plane, argo_cd, scripts, tmp_path):
    shutil.copytree(ARGOCD, tmp_path / "component")
    installation = tmp_path / "argo-cd"
    installation.mkdir()
    del argo_cd["metadata"]["namespace"]
    (installation / "argocd-cm.yaml").write_text(yaml.safe_dump(argo_cd))
    kustomization = {"namespace": "argocd", "resources": ["argocd-cm.yaml"], "components": ["../component"]}
    (installation / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    rendered = yaml.safe_load(control_plane.kubectl("kustomize", str(installation)).stdout)
    assert rendered["data"] == OTHER | scripts
    assert (rendered["metadata"]["name"], rendered["metadata"]["namespace"]) == ("argocd-cm", "argocd")


def test_example_ignores_no_differences_and_prunes_nothing():
    example = yaml.safe_load((ARGOCD / "application.yaml").read_text(encoding="utf-8"))
    assert "ignoreDifferences" not in example["spec"]
    assert example["spec"]["syncPolicy"]["automated"]["prune"] is False
    assert "ServerSideApply=true" in example["spec"]["syncPolicy"]["syncOptions"]
