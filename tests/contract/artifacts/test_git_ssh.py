"""Code from git repositories by ssh: a real client against a real server, and whom the two let in."""

from __future__ import annotations

import subprocess

import pytest
from mwaa_operator.api.artifacts import GitSource
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.resources.artifacts.git import fetch_git
from mwaa_operator.resources.artifacts.git_credentials import GitCredentials

from .repository import Repository
from .ssh_server import known_host, new_key, serving

DAG = "from airflow import DAG\n"


@pytest.fixture(scope="module")
def user_key():
    return new_key()


@pytest.fixture(scope="module")
def ssh_server(tmp_path_factory, user_key):
    root = tmp_path_factory.mktemp("ssh")
    repository = Repository(root / "team")
    repository.write({"dags/etl.py": DAG})
    repository.commit()
    with serving(root, user_key) as server:
        server.commit = repository.head()
        yield server


@pytest.fixture
def fetch(ssh_server, user_key, tmp_path):
    """Fetches with the right key from the right host, unless a test says otherwise; a key of None is left out of the Secret."""

    def fetched(**changes):
        data = {"ssh-privatekey": user_key.export_private_key(), "known_hosts": ssh_server.known_hosts, **changes}
        credentials = GitCredentials.of("git", {name: value for name, value in data.items() if value is not None})
        source = GitSource(url=ssh_server.url("team/.git"), ref="main", path="dags")
        return fetch_git(source, tmp_path / "source", credentials)

    return fetched


def problem(fetch, **changes):
    with pytest.raises(SourceProblemError) as caught:
        fetch(**changes)
    return caught.value


def test_key_opens_a_repository_and_nothing_of_it_is_kept(fetch, ssh_server, user_key, tmp_path):
    fetched = fetch()
    assert fetched.revision == ssh_server.commit
    assert {path: file.at.read_text(encoding="utf-8") for path, file in fetched.files.items()} == {"etl.py": DAG}
    assert all("upload-pack" in command for command in ssh_server.asked)
    secret = user_key.export_private_key().splitlines()[1]
    kept = [path for path in (tmp_path / "source").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if secret in path.read_bytes()]


def test_host_that_is_another_than_the_known_one_is_not_spoken_to(fetch, ssh_server):
    ssh_server.asked.clear()
    found = problem(fetch, known_hosts=known_host(ssh_server.port, new_key()))
    assert (found.reason, found.lasting) == (Reason.SOURCE_DENIED, True)
    assert "known_hosts" in found.message
    assert ssh_server.asked == []


def test_host_that_nobody_vouches_for_is_not_spoken_to(fetch, ssh_server):
    ssh_server.asked.clear()
    for known in (
        None,
        b"\n",
        b"example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPvWLmp6dh0ncWoYFjpSmwS1pBTmkR2XWaqtCfPLmS3R\n",
    ):
        assert "known_hosts" in problem(fetch, known_hosts=known).message
    assert ssh_server.asked == []


def test_key_that_the_server_does_not_take_is_said_to_be_that(fetch):
    found = problem(fetch, **{"ssh-privatekey": new_key().export_private_key()})
    assert (found.reason, found.lasting) == (Reason.SOURCE_DENIED, True)
    assert "ssh key" in found.message


@pytest.mark.parametrize("locked", [False, True])
def test_key_that_cannot_be_used_is_said_to_be_that(fetch, tmp_path, locked):
    path = tmp_path / "key"
    path.write_text("no key at all\n")
    if locked:
        path.unlink()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "canary-1", "-f", path], check=True)
    found = problem(fetch, **{"ssh-privatekey": path.read_bytes()})
    assert (found.reason, found.lasting) == (Reason.SOURCE_DENIED, True)
    assert "ssh key" in found.message


def test_password_is_no_key(fetch):
    found = problem(fetch, **{"ssh-privatekey": None, "token": b"canary"})
    assert found.reason is Reason.SOURCE_DENIED
    assert "ssh-privatekey" in found.message
