"""What a control plane can do: the same as any other Kubernetes API server, for as long as nothing has to run pods."""

import json
import ssl
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import kubernetes
import pytest
import yaml
from mwaa_sandbox.cluster import ControlPlane, KubectlError
from mwaa_sandbox.cluster.build import kubernetes_version

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.sandbox.test"},
    "spec": {
        "group": "sandbox.test",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {"min": {"type": "integer"}, "max": {"type": "integer"}},
                                "x-kubernetes-validations": [
                                    {"rule": "self.min <= self.max", "message": "min must not exceed max"}
                                ],
                            }
                        },
                    }
                },
            }
        ],
    },
}


def widget(name: str, **spec: int) -> str:
    return json.dumps(
        {
            "apiVersion": "sandbox.test/v1",
            "kind": "Widget",
            "metadata": {"name": name},
            "spec": spec or {"min": 1, "max": 2},
        }
    )


def eventually(condition: Callable[[], bool], timeout: float = 30) -> bool:
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def complete(control_plane: ControlPlane) -> ControlPlane:
    if not control_plane.has_controller_manager:
        pytest.skip("these binaries come without a controller manager")
    return control_plane


@pytest.fixture
def widgets(control_plane: ControlPlane) -> None:
    control_plane.kubectl("apply", "-f", "-", input=json.dumps(CRD))
    control_plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd/widgets.sandbox.test")


def test_server_and_kubectl_are_of_the_same_version(control_plane: ControlPlane) -> None:
    versions = json.loads(control_plane.kubectl("version", "--output=json").stdout)

    assert versions["serverVersion"]["gitVersion"] == versions["clientVersion"]["gitVersion"]


def test_compiled_components_know_their_version(control_plane: ControlPlane) -> None:
    if control_plane.assets.origin != "compiled":
        pytest.skip(f"these binaries were not compiled here, but {control_plane.assets.origin}")

    versions = json.loads(control_plane.kubectl("version", "--output=json").stdout)

    assert versions["serverVersion"]["gitVersion"] == kubernetes_version()


def test_schema_of_a_custom_resource_is_enforced(control_plane: ControlPlane, widgets: None, namespace: str) -> None:
    def create(manifest: str) -> str:
        arguments = ("create", f"--namespace={namespace}", "-f", "-")
        return control_plane.kubectl(*arguments, input=manifest, check=False).stderr

    assert create(widget("good")) == ""
    assert "min must not exceed max" in create(widget("wrong", min=3, max=2))
    assert 'unknown field "spec.colour"' in create(widget("unknown", colour=3))


def test_service_account_may_do_what_it_is_granted_and_nothing_else(
    control_plane: ControlPlane, namespace: str
) -> None:
    def as_operator(*args: str) -> str:
        done = control_plane.kubectl(*args, f"--namespace={namespace}", kubeconfig=kubeconfig, check=False)
        return done.stderr

    control_plane.kubectl("create", "serviceaccount", "operator", f"--namespace={namespace}")
    kubeconfig = control_plane.service_account_kubeconfig(namespace, "operator")
    assert f'User "system:serviceaccount:{namespace}:operator" cannot list resource "secrets"' in as_operator(
        "get", "secrets"
    )

    arguments = (f"--namespace={namespace}", "secret-reader")
    control_plane.kubectl("create", "role", *arguments, "--verb=list", "--resource=secrets")
    binding = ("--role=secret-reader", f"--serviceaccount={namespace}:operator")
    control_plane.kubectl("create", "rolebinding", *arguments, *binding)

    assert eventually(lambda: "cannot list" not in as_operator("get", "secrets"))
    assert 'cannot create resource "secrets"' in as_operator("create", "secret", "generic", "mine")


def test_unknown_token_is_refused(control_plane: ControlPlane) -> None:
    stranger = control_plane.kubeconfig_for_token("made-up", "stranger")

    with pytest.raises(KubectlError, match=r"`kubectl get namespaces` ended with exit code 1: .*logged in"):
        control_plane.kubectl("get", "namespaces", kubeconfig=stranger)


def test_kubeconfig_holds_all_that_a_client_needs(
    control_plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(variable, raising=False)
    copy = tmp_path / "copy"
    copy.write_text(control_plane.kubeconfig.read_text())

    with kubernetes.config.new_client_from_config(str(copy)) as client:
        assert client.configuration.verify_ssl
        names = {found.metadata.name for found in kubernetes.client.CoreV1Api(client).list_namespace().items}

    assert {"default", "kube-system"} <= names


def test_certificate_passes_the_strictest_verification(control_plane: ControlPlane) -> None:
    context = ssl.create_default_context(cafile=control_plane.ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))

    with opener.open(f"{control_plane.server}/livez", timeout=10) as response:
        assert response.read() == b"ok"


def test_credentials_can_be_read_only_by_their_owner(control_plane: ControlPlane) -> None:
    assert control_plane.kubeconfig.stat().st_mode & 0o077 == 0
    assert control_plane.data_dir.parent.stat().st_mode & 0o077 == 0


def test_deleted_namespace_disappears(complete: ControlPlane, namespace: str) -> None:
    complete.kubectl("create", "configmap", "inside", f"--namespace={namespace}")

    complete.kubectl("delete", "namespace", namespace, "--timeout=30s")

    assert namespace not in complete.kubectl("get", "namespaces", "--output=name").stdout


def test_new_namespace_gets_its_default_service_account(complete: ControlPlane, namespace: str) -> None:
    arguments = ("get", "serviceaccount", "default", f"--namespace={namespace}")

    assert eventually(lambda: complete.kubectl(*arguments, check=False).returncode == 0)


def test_objects_follow_their_deleted_owner(complete: ControlPlane, namespace: str) -> None:
    complete.kubectl("create", "configmap", "owner", f"--namespace={namespace}")
    owner = json.loads(complete.kubectl("get", "configmap/owner", f"--namespace={namespace}", "-o=json").stdout)
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    owned = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "owned", "namespace": namespace, "ownerReferences": [reference]},
    }
    complete.kubectl("create", "-f", "-", input=json.dumps(owned))

    complete.kubectl("delete", "configmap/owner", f"--namespace={namespace}")
    complete.kubectl("wait", "--for=delete", "configmap/owned", f"--namespace={namespace}", "--timeout=60s")


def test_cluster_roles_are_aggregated(complete: ControlPlane, namespace: str) -> None:
    labels = {"rbac.authorization.k8s.io/aggregate-to-view": "true"}
    rule = {"apiGroups": [f"{namespace}.test"], "resources": ["widgets"], "verbs": ["get"]}
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": namespace, "labels": labels},
        "rules": [rule],
    }
    complete.kubectl("create", "-f", "-", input=json.dumps(role))

    assert eventually(lambda: f"{namespace}.test" in complete.kubectl("get", "clusterrole/view", "-o=yaml").stdout)
    complete.kubectl("delete", "clusterrole", namespace)


def test_kubeconfig_names_one_context(control_plane: ControlPlane) -> None:
    config = yaml.safe_load(control_plane.kubeconfig.read_text())

    assert config["current-context"] == config["contexts"][0]["name"] == "sandbox"
    assert config["clusters"][0]["cluster"]["server"] == control_plane.server
    assert "insecure-skip-tls-verify" not in config["clusters"][0]["cluster"]
