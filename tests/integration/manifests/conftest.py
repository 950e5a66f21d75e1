"""The manifests as kustomize renders them, and as a real API server takes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from mwaa_sandbox.cluster import ControlPlane

MANIFESTS = Path(__file__).parents[3] / "manifests"


@pytest.fixture(scope="session")
def render(control_plane: ControlPlane) -> Callable[[str], list[dict[str, Any]]]:
    """Gives the documents of a folder of `manifests/`."""

    def rendered(folder: str) -> list[dict[str, Any]]:
        return list(yaml.safe_load_all(control_plane.kubectl("kustomize", str(MANIFESTS / folder)).stdout))

    return rendered


@pytest.fixture(scope="session")
def deployment(render: Callable[[str], list[dict[str, Any]]]) -> dict[str, Any]:
    """The Deployment of the base."""
    [found] = [document for document in render("base") if document["kind"] == "Deployment"]
    return found
