"""The image: what its steps install works, and is the operator and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from mwaa_sandbox.cluster.ports import free_ports
from mwaa_sandbox.process import ManagedProcess, clean_environment

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.timeout(900)  # where the packages are not cached they have to be fetched


AS_A_USER_WITHOUT_A_NAME = """
import pwd, runpy, sys
def unknown(uid):
    raise KeyError(uid)
pwd.getpwuid = unknown
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a Python program as in a container whose user is a number that /etc/passwd does not know."""


def image_environment(prefix, final, **environment):
    """The variables of a container: those of the image and those that it is given, none of ours."""
    of_image = {**final.environment(), "PATH": f"{prefix / 'bin'}:/usr/bin:/bin"}
    return {**of_image, **environment}


def run(prefix, *arguments, **environment):
    own = clean_environment(PATH=f"{prefix / 'bin'}:/usr/bin:/bin", PYTHONDONTWRITEBYTECODE="1", **environment)
    return subprocess.run(arguments, env=own, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def final(dockerfile):
    return dockerfile[-1]


@pytest.fixture(scope="module")
def installed(prefix):
    """The distributions in the image by their names, as pip would print them."""
    script = "import importlib.metadata as m, json; print(json.dumps([d.name for d in m.distributions()]))"
    answer = run(prefix, "python", "-c", script)
    assert answer.returncode == 0, answer.stderr
    return {re.sub(r"[-_.]+", "-", name).lower() for name in json.loads(answer.stdout)}


def test_entry_point_prints_the_committed_crds(prefix, final):
    answer = run(prefix, *final.command("ENTRYPOINT"), "crds")
    assert answer.returncode == 0, answer.stderr
    committed = [
        document
        for path in (ROOT / "crds").glob("*.yaml")
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]
    printed = list(yaml.safe_load_all(answer.stdout))
    assert sorted(printed, key=_name) == sorted(committed, key=_name)


def _name(document):
    return document["metadata"]["name"]


def test_entry_point_explains_its_settings(prefix, final):
    answer = run(prefix, *final.command("ENTRYPOINT"), *final.command("CMD"), "--help")
    assert answer.returncode == 0, answer.stderr
    assert "--leader-election" in answer.stdout


def test_image_holds_the_locked_packages_and_the_operator(installed):
    lock = (ROOT / "requirements" / "operator.lock").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert {"mwaa-operator", "kopf", "boto3"} <= installed
    assert installed <= {*locked, "mwaa-operator"}


@pytest.mark.parametrize("module", ["mwaa_sandbox", "moto", "pytest", "hatchling", "uv", "pip"])
def test_image_is_without_what_the_operator_does_not_need(prefix, module):
    answer = run(prefix, "python", "-c", f"import {module}")
    assert "ModuleNotFoundError" in answer.stderr


def test_operator_is_installed_not_linked_to_its_sources(prefix):
    answer = run(prefix, "python", "-c", "import mwaa_operator; print(mwaa_operator.__file__)")
    assert Path(answer.stdout).is_relative_to(prefix)


def test_all_of_the_operator_is_compiled_already(prefix):
    """The pod's root file system is read only: what is not compiled here is compiled again at each start."""
    [package] = prefix.glob("lib/python*/site-packages/mwaa_operator")
    sources = list(package.rglob("*.py"))
    assert sources
    assert [each for each in sources if not list((each.parent / "__pycache__").glob(f"{each.stem}.*.pyc"))] == []


def test_operator_runs_and_its_health_check_tells_whether_it_does(prefix, final, control_plane, tmp_path):
    control_plane.kubectl("apply", "-k", str(ROOT / "manifests" / "base"))
    (port,) = free_ports(1)
    check = final.command("HEALTHCHECK")

    def healthy():
        return run(prefix, *check, MWAA_OPERATOR_HTTP_PORT=str(port)).returncode == 0

    assert not healthy()
    environment = image_environment(
        prefix,
        final,
        KUBECONFIG=str(control_plane.service_account_kubeconfig("mwaa-operator-system", "mwaa-operator")),
        MWAA_OPERATOR_HTTP_PORT=str(port),
        AWS_REGION="eu-west-1",
    )
    program = str(prefix / "bin" / final.command("ENTRYPOINT")[0])
    argv = [str(prefix / "bin" / "python"), "-c", AS_A_USER_WITHOUT_A_NAME, program, *final.command("CMD")]
    with ManagedProcess(argv, env=environment, log_file=tmp_path / "operator.log", name="mwaa-operator") as operator:
        operator.wait_until(healthy, 60, "become healthy")
        assert operator.stop() == 0, operator.log_tail()
    assert not healthy()


def test_image_takes_only_what_was_built_and_what_git_needs(final):
    assert final.of("COPY") == ["--from=build /opt/mwaa-operator /opt/mwaa-operator"]
    [run] = final.of("RUN")
    assert re.findall(r"--no-install-recommends ([a-z -]+) &&", run) == ["ca-certificates git openssh-client"]


def test_user_of_the_image_has_the_entry_that_ssh_wants(final):
    """ssh ends with "No user exists for uid" otherwise."""
    [run] = final.of("RUN")
    [entry] = re.findall(r"echo '([^']*)' >> /etc/passwd", run)
    _, _, user, group, _, home, _ = entry.split(":")
    assert [f"{user}:{group}"] == final.of("USER")
    assert home == final.environment()["HOME"]


def test_folder_of_the_build_is_the_folder_of_the_image(dockerfile):
    """Scripts of a virtual environment name their interpreter by its whole path, and the interpreter is that of the base."""
    [build] = [stage for stage in dockerfile if stage.name == "build"]
    assert build.arguments()["PREFIX"] == "/opt/mwaa-operator"
    assert {stage.base for stage in dockerfile} == {"${PYTHON_IMAGE}"}


def test_deployment_runs_the_image_as_its_own_user(final):
    deployment = yaml.safe_load((ROOT / "manifests" / "base" / "deployment.yaml").read_text(encoding="utf-8"))
    security = deployment["spec"]["template"]["spec"]["securityContext"]
    assert final.of("USER") == [f"{security['runAsUser']}:{security['runAsGroup']}"]
    assert security["runAsUser"] > 0


def test_version_is_the_same_everywhere(final):
    version = tomllib.loads((ROOT / "operator" / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    deployment = yaml.safe_load((ROOT / "manifests" / "base" / "deployment.yaml").read_text(encoding="utf-8"))
    overlay = yaml.safe_load((ROOT / "manifests/overlays/irsa/kustomization.yaml").read_text(encoding="utf-8"))
    assert final.arguments()["VERSION"] == version
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == f"mwaa-operator:{version}"
    assert [image["newTag"] for image in overlay["images"]] == [version]


@pytest.mark.parametrize("path", ["sandbox/pyproject.toml", "tests", ".git/HEAD", "requirements/dev.lock"])
def test_build_context_is_without(context, path):
    assert (ROOT / path).exists()
    assert context.files(path) == []
