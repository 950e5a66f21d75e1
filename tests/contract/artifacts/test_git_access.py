"""Who git speaks to, as whom, and that nothing of a credential is seen anywhere but there."""

from __future__ import annotations

import base64
import subprocess

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.resources.artifacts.git_credentials import GitCredentials

from .git_server import make_certificate

CANARY = "ghp_canary%7f/2e1"
DAG = "from airflow import DAG\n"


@pytest.fixture
def private(remote, git_server):
    """A repository that only whoever knows the password sees."""
    remote.repository.write({"etl.py": DAG})
    remote.repository.commit()
    git_server.password = f"x-access-token:{CANARY}"
    return remote


def problem(remote, **options):
    with pytest.raises(SourceProblemError) as caught:
        remote.fetch(**options)
    assert CANARY not in str(caught.value)
    return caught.value


def test_token_opens_a_private_repository(private):
    assert private.texts(secret={"token": f"{CANARY}\n".encode()}) == {"etl.py": DAG}


def test_user_name_and_password_do_so_too(private, git_server):
    git_server.password = f"ci:{CANARY}"
    assert private.texts(secret={"username": b"ci", "password": CANARY.encode()}) == {"etl.py": DAG}


def test_repository_that_wants_to_know_who_asks_says_so(private):
    found = problem(private)
    assert (found.reason, found.lasting) == (Reason.SOURCE_DENIED, True)


def test_wrong_token_is_refused_in_words_that_do_not_hold_it(private, git_server):
    git_server.password = "x-access-token:another"
    found = problem(private, secret={"token": CANARY.encode()})
    assert (found.reason, found.lasting) == (Reason.SOURCE_DENIED, True)
    assert "Secret git" in found.message


def test_token_is_in_no_argument_and_in_no_file(private, monkeypatch):
    started = []
    popen = subprocess.Popen

    def noting(command, **options):
        started.append(command)
        return popen(command, **options)

    monkeypatch.setattr(subprocess, "Popen", noting)
    private.fetch(secret={"token": CANARY.encode()})
    basic = base64.b64encode(f"x-access-token:{CANARY}".encode()).decode()
    assert started
    assert not [part for command in started for part in command if CANARY in part or basic in part]
    kept = [path for path in private.folder.rglob("*") if path.is_file() and str(path).find("team-") < 0]
    assert kept
    assert not [path for path in kept if CANARY.encode() in path.read_bytes()]


def test_server_that_repeats_the_token_is_not_quoted(private, git_server):
    def repeats(authorization, path):
        if authorization is None:
            return 401, {"WWW-Authenticate": 'Basic realm="git"'}, b""
        known = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        return 418, {"Content-Type": "text/plain"}, f"you said {known}, {authorization}".encode()

    git_server.answers["/"] = repeats
    found = problem(private, secret={"token": CANARY.encode()})
    assert "Basic" not in found.message


def test_token_is_not_sent_to_where_the_server_leads(private, git_server):
    """`localhost` is another host than its address, though the same server answers."""
    elsewhere = git_server.url("").replace("127.0.0.1", "localhost")
    git_server.answers["/team"] = lambda _, path: (302, {"Location": f"{elsewhere}elsewhere{path}"}, b"")
    git_server.password = f"x-access-token:{CANARY}"
    problem(private, secret={"token": CANARY.encode()})
    there = [authorization for authorization, _, path in git_server.asked if path.startswith("/elsewhere")]
    assert there
    assert set(there) == {None}


def test_redirection_to_another_protocol_is_not_followed(private, git_server, tmp_path):
    git_server.password = None
    git_server.answers["/team"] = (302, {"Location": f"file://{tmp_path}"}, b"")
    assert problem(private).reason in {Reason.SOURCE_INVALID, Reason.SOURCE_UNREACHABLE}


def test_server_whose_certificate_nobody_vouches_for_is_not_spoken_to(private, git_server, tmp_path):
    found = problem(private, secret={"token": CANARY.encode(), "ca.crt": make_certificate(tmp_path)})
    assert found.reason is Reason.SOURCE_UNREACHABLE
    assert "certificate" in found.message
    assert git_server.asked == []


@pytest.mark.parametrize(
    ("data", "lacks"),
    [
        ({}, "token"),
        ({"password": b"x"}, "username"),
        ({"token": b"a\nhost=evil"}, "one line"),
        ({"token": b"\xff\xfe"}, "one line"),
    ],
)
def test_secret_that_holds_no_credentials_says_what_it_lacks(data, lacks):
    with pytest.raises(SourceProblemError, match=lacks) as caught:
        GitCredentials.of("git", data)
    assert (caught.value.reason, caught.value.lasting) == (Reason.SOURCE_DENIED, True)


def test_credentials_do_not_show_themselves():
    credentials = GitCredentials.of("git", {"token": CANARY.encode(), "ssh-privatekey": CANARY.encode()})
    assert CANARY not in repr(credentials)
