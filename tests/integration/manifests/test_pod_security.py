"""The operator's pods are admitted in a namespace of the restricted Pod Security Standard, and such a namespace it is."""

from __future__ import annotations

import copy
import json

import pytest


@pytest.fixture
def create(installed, deployment):
    """Asks the API server to admit a pod made from the Deployment's template with changes, without making it."""

    def created(changes):
        template = copy.deepcopy(deployment["spec"]["template"])
        for path, value in changes.items():
            *parents, last = path
            node = template["spec"]
            for parent in parents:
                node = node[parent]
            node[last] = value
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "pod", **template["metadata"]},
            "spec": template["spec"],
        }
        return installed.kubectl(
            *("create", "--namespace=mwaa-operator-system", "--dry-run=server", "--filename=-"),
            input=json.dumps(pod),
            check=False,
        )

    return created


def test_pod_of_the_deployment_is_admitted(create):
    answer = create({})
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({("containers", 0, "securityContext", "privileged"): True}, "privileged"),
        ({("containers", 0, "securityContext", "allowPrivilegeEscalation"): True}, "allowPrivilegeEscalation != false"),
        ({("containers", 0, "securityContext", "capabilities"): {"add": ["NET_ADMIN"]}}, "unrestricted capabilities"),
        ({("securityContext", "runAsUser"): 0}, "runAsUser=0"),
        ({("securityContext", "runAsNonRoot"): False}, "runAsNonRoot != true"),
        ({("securityContext", "seccompProfile"): {"type": "Unconfined"}}, "seccompProfile"),
        ({("hostNetwork",): True}, "host namespaces"),
        ({("volumes",): [{"name": "tmp", "hostPath": {"path": "/"}}]}, "hostPath"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_pod_that_asks_for_more_is_refused(create, changes, complaint):
    answer = create(changes)
    assert answer.returncode != 0
    # `privileged` is refused by the API server itself, for it contradicts the rest of the template.
    assert complaint in answer.stderr
    assert "restricted" in answer.stderr or complaint == "privileged"


def test_nothing_is_writable_in_the_container_but_a_bounded_folder_for_temporary_files(deployment):
    """Pod Security does not ask for this, we do."""
    spec = deployment["spec"]["template"]["spec"]
    [container] = spec["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert [(mount["name"], mount["mountPath"]) for mount in container["volumeMounts"]] == [("tmp", "/tmp")]  # noqa: S108 - of the pod
    [volume] = spec["volumes"]
    assert volume.keys() == {"name", "emptyDir"}
    assert volume["emptyDir"]["sizeLimit"]
