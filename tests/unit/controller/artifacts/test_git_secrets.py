"""Credentials for git from Secrets: what is said where they cannot be had."""

from __future__ import annotations

import asyncio

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.artifacts.git_secrets import GitSecrets
from mwaa_operator.controller.kubernetes import KubernetesError, Secret
from mwaa_operator.planning.artifacts.model import SourceProblemError

CANARY = b"ghp_canary"


class Cluster:
    """One Secret, or what the API server says instead."""

    def __init__(self, there):
        self.there = there

    async def secret(self, namespace, name):
        assert (namespace, name) == ("data", "git")
        if isinstance(self.there, KubernetesError):
            raise self.there
        return self.there


def read(there):
    return asyncio.run(GitSecrets(Cluster(there)).read("data", "git"))


def test_token_is_a_password_of_a_user_that_every_host_takes():
    found = read(Secret("1", {"token": CANARY + b"\n"}))
    assert (found.username, found.password) == ("x-access-token", CANARY.decode())


def test_private_key_has_the_line_break_at_its_end_that_ssh_wants():
    assert read(Secret("1", {"ssh-privatekey": b"\n-----BEGIN\r\n\n\n"})).private_key == b"-----BEGIN\n"


@pytest.mark.parametrize(
    ("there", "reason", "lasting", "said"),
    [
        (None, Reason.SECRET_NOT_FOUND, True, "Create it"),
        (KubernetesError("read", 403, "403 Forbidden"), Reason.SOURCE_DENIED, True, "mwaa-operator-secret-reader"),
        (KubernetesError("read", 0, "TimeoutError"), Reason.SOURCE_UNREACHABLE, False, "again"),
        (Secret("1", {"pass": CANARY}), Reason.SOURCE_DENIED, True, "none of the keys"),
        (Secret("1", {"token": CANARY}, is_identity=True), Reason.SOURCE_DENIED, True, "not sent to a git server"),
    ],
    ids=["missing", "forbidden", "passing", "useless", "a token for the cluster"],
)
def test_what_cannot_be_had_is_named(there, reason, lasting, said):
    with pytest.raises(SourceProblemError, match=said) as caught:
        read(there)
    assert (caught.value.reason, caught.value.lasting) == (reason, lasting)
    assert CANARY.decode() not in caught.value.message
