"""The operator's roles in `manifests/base` allow all that it does, and nothing else."""

from __future__ import annotations

import pytest
from mwaa_sandbox.cluster.permissions import Permission, unused

USER = "system:serviceaccount:mwaa-operator-system:mwaa-operator"
OWN = "mwaa-operator-system"
EVERYWHERE = "--all-namespaces"
GIVEN_TO_ALL = {"ClusterRole/system:discovery", "ClusterRole/system:public-info-viewer"}
"""Roles that Kubernetes itself binds to whoever has a token."""


def test_nothing_the_operator_asks_for_is_refused(life):
    assert [request for request in life.requests if request.refused] == []


def test_everything_the_operator_does_is_allowed_by_its_own_roles(life):
    own = {permission.role for permission in life.granted}
    assert {request.role for request in life.requests if request.resource} == own
    assert {request.role for request in life.requests if not request.resource} <= GIVEN_TO_ALL


def test_every_permission_granted_is_used(life):
    assert unused(life.granted, life.requests) == []


@pytest.mark.parametrize(
    "superfluous",
    [
        Permission("ClusterRole/mwaa-operator", "update", "mwaa-operator.dev", "mwaaenvironments"),
        Permission("ClusterRole/mwaa-operator", "patch", "", "events"),
        Permission("ClusterRole/mwaa-operator", "get", "", "namespaces", "default"),
        Permission("Role/mwaa-operator", "get", "", "secrets", "another"),
    ],
    ids=str,
)
def test_a_permission_too_many_would_be_found(life, superfluous):
    assert unused([*life.granted, superfluous], life.requests) == [superfluous]


@pytest.mark.parametrize("kind", ["mwaaenvironments", "mwaadagruns"])
def test_patching_objects_means_their_finalizers_only(life, kind):
    """RBAC cannot say so (see manifests/base/cluster-role.yaml)."""
    patches = [request for request in life.requests if (request.verb, request.resource) == ("patch", kind)]
    assert patches
    for patch in patches:
        assert set(patch.body) == {"metadata"}
        assert set(patch.body["metadata"]) == {"finalizers", "resourceVersion"}


@pytest.mark.parametrize("kind", ["mwaaenvironments", "mwaadagruns"])
def test_patching_the_status_leaves_the_rest_of_the_object_alone(life, kind):
    patches = [request for request in life.requests if request.resource == f"{kind}/status"]
    assert patches
    assert {key for patch in patches for key in patch.body} == {"status"}


@pytest.mark.parametrize(
    # A slash is before a name here, as kubectl has it.
    ("verb", "resource", "where"),
    [
        # What it may do to its own kind stops short of making, replacing or deleting objects.
        ("get", "mwaaenvironments", EVERYWHERE),
        ("create", "mwaaenvironments", EVERYWHERE),
        ("update", "mwaaenvironments", EVERYWHERE),
        ("update", "mwaaenvironments", "--subresource=status"),
        ("delete", "mwaaenvironments", EVERYWHERE),
        ("deletecollection", "mwaaenvironments", EVERYWHERE),
        ("get", "mwaadagruns", EVERYWHERE),
        ("create", "mwaadagruns", EVERYWHERE),
        ("update", "mwaadagruns", EVERYWHERE),
        ("update", "mwaadagruns", "--subresource=status"),
        ("deletecollection", "mwaadagruns", EVERYWHERE),
        ("get", "customresourcedefinitions", EVERYWHERE),
        # Secrets: one of its own, and those it is given by a binding in their namespace.
        ("get", "secrets", EVERYWHERE),
        ("get", "secrets", "--namespace=default"),
        ("get", "secrets", "--namespace=kube-system"),
        ("get", "secrets", f"--namespace={OWN}"),
        ("get", "secrets/another", f"--namespace={OWN}"),
        ("list", "secrets", EVERYWHERE),
        ("list", "secrets", f"--namespace={OWN}"),
        ("watch", "secrets", f"--namespace={OWN}"),
        ("create", "secrets", "--namespace=default"),
        ("update", "secrets/mwaa-operator-fingerprint-key", f"--namespace={OWN}"),
        ("delete", "secrets/mwaa-operator-fingerprint-key", f"--namespace={OWN}"),
        # Its lease is its own.
        ("delete", "leases/another", f"--namespace={OWN}"),
        ("list", "leases", f"--namespace={OWN}"),
        ("update", "leases", "--namespace=kube-system"),
        # Nothing through which it could become somebody else.
        ("create", "pods", f"--namespace={OWN}"),
        ("create", "jobs", EVERYWHERE),
        ("create", "jobs", f"--namespace={OWN}"),
        ("create", "pods", "--subresource=exec"),
        ("create", "serviceaccounts", "--subresource=token"),
        ("create", "rolebindings", EVERYWHERE),
        ("escalate", "clusterroles", EVERYWHERE),
        ("bind", "clusterroles", EVERYWHERE),
        ("impersonate", "users", EVERYWHERE),
        ("patch", "deployments", f"--namespace={OWN}"),
        # The rest of the cluster is none of its business.
        ("list", "namespaces", EVERYWHERE),
        ("get", "namespaces/default", EVERYWHERE),
        ("list", "nodes", EVERYWHERE),
        ("get", "configmaps", EVERYWHERE),
        ("list", "configmaps", f"--namespace={OWN}"),
        ("list", "pods", EVERYWHERE),
        ("list", "events", EVERYWHERE),
        ("delete", "events", EVERYWHERE),
    ],
)
def test_the_operator_cannot(installed, verb, resource, where):
    answer = installed.kubectl("auth", "can-i", verb, resource, where, f"--as={USER}", check=False)
    assert (answer.stdout.strip(), answer.returncode) == ("no", 1), answer.stderr


def may(installed, verb, resource, where):
    answer = installed.kubectl("auth", "can-i", verb, resource, f"--namespace={where}", f"--as={USER}", check=False)
    return answer.stdout.strip() == "yes"


@pytest.mark.parametrize(
    ("role", "allowed", "refused"),
    [
        (
            "mwaa-operator-secret-reader",
            {("get", "secrets/smtp"), ("list", "secrets/smtp"), ("watch", "secrets/smtp")},
            {(verb, "secrets/smtp") for verb in ("create", "update", "patch", "delete")},
        ),
        (
            "mwaa-operator-config-map-reader",
            {("get", "configmaps/dags"), ("list", "configmaps/dags"), ("watch", "configmaps/dags")},
            {(verb, "configmaps/dags") for verb in ("create", "update", "patch", "delete")} | {("get", "secrets/smtp")},
        ),
        (
            "mwaa-operator-verifier",
            {("create", "jobs"), ("get", "jobs/verify"), ("list", "pods"), ("create", "secrets")},
            {
                ("delete", "jobs/verify"),
                ("patch", "jobs/verify"),
                ("list", "jobs"),
                ("create", "pods"),
                ("get", "pods/x"),
            }
            | {("get", "secrets/smtp"), ("delete", "secrets/smtp"), ("get", "configmaps/dags")},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_namespace_opens_to_the_operator_is_open_there_alone(installed, namespace, role, allowed, refused):
    assert not any(may(installed, verb, resource, namespace) for verb, resource in allowed)
    installed.kubectl(
        *("create", "rolebinding", role, f"--namespace={namespace}", f"--clusterrole={role}"),
        "--serviceaccount=mwaa-operator-system:mwaa-operator",
    )
    assert all(may(installed, verb, resource, namespace) for verb, resource in allowed)
    assert not any(may(installed, verb, resource, namespace) for verb, resource in refused)
    assert not any(may(installed, verb, resource, "default") for verb, resource in allowed)


def test_secrets_are_watched_by_name_as_a_role_with_resource_names_wants_it(life):
    watched = {
        (request.verb, request.namespace, request.name) for request in life.requests if request.resource == "secrets"
    }
    assert {("get", "data", "smtp"), ("list", "data", "smtp"), ("watch", "data", "smtp")} <= watched
    assert {name for verb, _, name in watched if verb != "create"} == {"smtp", "mwaa-operator-fingerprint-key"}
