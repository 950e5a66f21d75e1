"""What tests of several folders need."""

from __future__ import annotations

import os

import pytest

from tests.gitops.judges import JudgesError, compiled

_judges = pytest.StashKey()

_MEMORY_OF_A_WORKER = 3 * 1024**3
"""A worker has a control plane, a few simulated AWS, and operators."""

_LONGEST_FIRST = ("e2e", "model", "integration/outages", "integration", "crash", "gitops", "contract")
"""Whoever comes last should have little to do: with long files at the end, the other workers would wait for one."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Two workers a processor: tests wait for AWS and Kubernetes half of their time. Fewer where memory is short."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(2, min(2 * len(os.sched_getaffinity(0)), memory // _MEMORY_OF_A_WORKER))


def pytest_collection_modifyitems(config, items):
    """Run what takes long first, file by file."""
    root = config.rootpath / "tests"

    def rank(item):
        place = item.path.relative_to(root).as_posix() if item.path.is_relative_to(root) else ""
        return next((i for i, folder in enumerate(_LONGEST_FIRST) if place.startswith(folder)), len(_LONGEST_FIRST))

    items.sort(key=rank)


def pytest_collection_finish(session):
    """Compile the judges before the first test runs: where it was never done, it takes longer than a test may."""
    wanted = any("judge" in getattr(item, "fixturenames", ()) for item in session.items)
    if wanted and not session.config.option.collectonly:
        try:
            session.config.stash[_judges] = compiled()
        except JudgesError as error:
            session.config.stash[_judges] = error


@pytest.fixture(scope="session")
def judge(pytestconfig):
    """Asks what Argo CD and what kstatus say of objects (`tests.gitops.judges.Judges`)."""
    found = pytestconfig.stash.get(_judges, None) or compiled()
    if isinstance(found, JudgesError):
        pytest.fail(str(found), pytrace=False)
    return found
