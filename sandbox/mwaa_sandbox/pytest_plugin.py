"""Fixtures for tests against a real Kubernetes API server and a simulated AWS. pytest finds them by itself.

This module is loaded by every run of pytest in an environment that has the sandbox, so whatever is heavy is imported by
the fixture that needs it. All tests of a session share one control plane and one simulated AWS; each test has a
namespace and an AWS account of its own.
"""

# ruff: noqa: PLC0415 - imports inside functions are what keeps this module light

from __future__ import annotations

import contextlib
import dataclasses
import random
import secrets
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mwaa_sandbox.aws.admin_client import AdminClient
    from mwaa_sandbox.aws.process import SimulatedAws
    from mwaa_sandbox.cluster import Assets, AssetsError, ControlPlane
    from mwaa_sandbox.cluster.progress import ProgressLine


_assets: pytest.StashKey[Assets | AssetsError] = pytest.StashKey()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Get the binaries before the first test runs: compiling them takes longer than a test may."""
    wanted = any("control_plane" in getattr(item, "fixturenames", ()) for item in session.items)
    if wanted and not session.config.option.collectonly:
        session.config.stash[_assets] = _get_assets(session.config)


@pytest.fixture(scope="session")
def control_plane(pytestconfig: pytest.Config) -> Iterator[ControlPlane]:
    """A running `mwaa_sandbox.cluster.ControlPlane` that all tests of the session share.

    The first session on a machine may have to download or compile it: minutes, shown on the terminal.
    """
    from mwaa_sandbox.cluster import AssetsError, ControlPlane

    # A test that asks for this fixture only while it runs is not seen at collection.
    assets = pytestconfig.stash.get(_assets, None) or _get_assets(pytestconfig)
    if isinstance(assets, AssetsError):
        pytest.fail(str(assets), pytrace=False)
    with ControlPlane.start(assets=assets) as running:
        yield running


@pytest.fixture
def namespace(control_plane: ControlPlane) -> Iterator[str]:
    """The name of a fresh namespace. It is deleted after the test, without waiting until it is gone."""
    name = f"test-{secrets.token_hex(4)}"
    control_plane.kubectl("create", "namespace", name)
    yield name
    control_plane.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


@dataclasses.dataclass(frozen=True)
class SimulatedAccount:
    """The simulated AWS as one account sees it."""

    server: SimulatedAws
    account: str

    @property
    def endpoint(self) -> str:
        """The address that AWS_ENDPOINT_URL has to be."""
        return self.server.endpoint

    @property
    def admin(self) -> AdminClient:
        """Scripts what goes wrong, and tells which calls arrived; for all accounts, so name `account` in its calls."""
        return self.server.admin

    def environment(self, region: str = "eu-west-1") -> dict[str, str]:
        """Return the variables that let a process talk to the simulated AWS as this account."""
        return self.server.environment(account=self.account, region=region)

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        """Return a boto3 client of this account."""
        return self.server.client(service, region=region, account=self.account)


@pytest.fixture(scope="session")
def simulated_aws_server() -> Iterator[SimulatedAws]:
    """The `mwaa_sandbox.aws.process.SimulatedAws` that all tests of the session share."""
    from mwaa_sandbox.aws.process import SimulatedAws

    with SimulatedAws.start(warm=True) as server:
        yield server


@pytest.fixture
def simulated_aws(simulated_aws_server: SimulatedAws) -> SimulatedAccount:
    """A fresh account of the simulated AWS, so that tests never see each other's environments."""
    return SimulatedAccount(simulated_aws_server, f"{random.randrange(10**11, 10**12)}")


def _get_assets(config: pytest.Config) -> Assets | AssetsError:
    from mwaa_sandbox.cluster import AssetsError, ensure_assets

    with _progress_on_terminal(config) as progress:
        try:
            return ensure_assets(progress)
        except AssetsError as error:
            return error


@contextlib.contextmanager
def _progress_on_terminal(config: pytest.Config) -> Iterator[ProgressLine]:
    from mwaa_sandbox.cluster.progress import ProgressLine

    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
        progress = ProgressLine(sys.stderr, on_new_line=True)
        yield progress
        progress.finish()
