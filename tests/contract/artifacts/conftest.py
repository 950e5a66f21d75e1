"""A git server that all tests of this folder share, and repositories of their own on it."""

from __future__ import annotations

from itertools import count

import pytest
from mwaa_operator.api.artifacts import GitSource
from mwaa_operator.resources.artifacts.git import fetch_git
from mwaa_operator.resources.artifacts.git_credentials import GitCredentials

from .git_server import serving
from .repository import Repository

_numbers = count()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The server, and the folder that it serves."""
    root = tmp_path_factory.mktemp("repositories")
    with serving(root, tmp_path_factory.mktemp("server")) as server:
        yield server, root


@pytest.fixture
def git_server(served):
    server, _ = served
    server.asked.clear()
    server.password = None
    server.answers.clear()
    return server


class Remote:
    """A repository on the server, and what fetching it comes to."""

    def __init__(self, server, repository, name, folder):
        self.server = server
        self.repository = repository
        self.url = server.url(f"{name}/.git")
        self.folder = folder

    def fetch(self, *, secret=None, folder="source", progress=lambda _: None, **source):
        """What is fetched, as text by path."""
        data = {"ca.crt": self.server.certificate, **(secret or {})}
        asked = GitSource.model_validate({"url": self.url, **source})
        return fetch_git(asked, self.folder / folder, GitCredentials.of("git", data), progress=progress)

    def texts(self, **options):
        files = self.fetch(**options).files
        return {path: file.at.read_text(encoding="utf-8") for path, file in files.items()}


@pytest.fixture
def remote(git_server, served, tmp_path):
    name = f"team-{next(_numbers)}"
    return Remote(git_server, Repository(served[1] / name), name, tmp_path)
