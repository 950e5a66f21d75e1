"""What tests of several folders need."""

from __future__ import annotations

import pytest

from tests.gitops.judges import JudgesError, compiled

_judges = pytest.StashKey()


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
