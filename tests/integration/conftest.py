"""What tests with an operator share, and the guard that holds whatever is stored meanwhile to what GitOps tools make of it.

Folders that have worlds make them in a fixture `new_world`, which tells `recorder` of the control plane. No test has to ask
for more.
"""

from __future__ import annotations

import pytest

from tests.integration.recorder import Recorder
from tests.integration.world import OPERATOR, install


@pytest.fixture(scope="session")
def installed(control_plane):
    """The control plane that all tests share, with the operator's manifests applied as users do it."""
    install(control_plane)
    return control_plane


@pytest.fixture(scope="session")
def kubeconfig(installed):
    """The operator's own, with the permissions that are shipped and no others."""
    return installed.service_account_kubeconfig(*OPERATOR)


@pytest.fixture(scope="module")
def recorder(judge, tmp_path_factory):
    """Records every MwaaEnvironment that tests of the module make, and is the last to go."""
    running = Recorder(judge, tmp_path_factory.mktemp("recorded"))
    yield running
    running.stop()
    refuse(running.objections("after the last test of the module"))


@pytest.fixture(autouse=True)
def verdict_guard(request):
    """No version may be one that Argo CD and kstatus disagree on, or that they do not see as the operator means it."""
    yield
    if "recorder" in request.fixturenames:
        refuse(request.getfixturevalue("recorder").objections(request.node.nodeid))


def refuse(objections):
    if objections:
        pytest.fail("Stored versions that GitOps tools misunderstand:\n" + "\n".join(objections), pytrace=False)
