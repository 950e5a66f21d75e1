"""The fixtures that the sandbox gives to every run of pytest."""

import subprocess
import sys
from pathlib import Path

from mwaa_sandbox.cluster import ControlPlane
from mwaa_sandbox.process import clean_environment
from mwaa_sandbox.pytest_plugin import SimulatedAccount

seen_namespaces: list[str] = []
seen_accounts: list[str] = []


def test_plugin_imports_nothing_heavy() -> None:
    heavy = {"boto3", "botocore", "moto", "flask", "yaml", "cryptography", "mwaa_sandbox.cluster", "mwaa_sandbox.aws"}
    program = f"import sys, mwaa_sandbox.pytest_plugin; print({heavy!r} & set(sys.modules))"
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, env=clean_environment(), capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout == "set()\n"


def test_missing_binaries_fail_only_the_tests_that_need_them(tmp_path: Path) -> None:
    tests = tmp_path / "test_mixed.py"
    tests.write_text("def test_without(): pass\ndef test_with(control_plane): pass\n")
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tests)]
    environment = clean_environment(KUBEBUILDER_ASSETS=str(tmp_path))
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert "1 passed, 1 error" in done.stdout
    assert f"KUBEBUILDER_ASSETS is {tmp_path}, but there is no executable etcd" in done.stdout


def test_namespace_exists(control_plane: ControlPlane, namespace: str) -> None:
    seen_namespaces.append(namespace)

    assert control_plane.kubectl("get", "namespace", namespace, "-o=jsonpath={.status.phase}").stdout == "Active"


def test_namespace_is_another_one_and_the_last_one_is_being_deleted(
    control_plane: ControlPlane, namespace: str
) -> None:
    assert namespace not in seen_namespaces
    for last in seen_namespaces:
        phase = control_plane.kubectl("get", "namespace", last, "-o=jsonpath={.status.phase}", check=False).stdout
        assert phase in {"Terminating", ""}


def test_account_is_the_one_that_aws_sees(simulated_aws: SimulatedAccount) -> None:
    seen_accounts.append(simulated_aws.account)

    assert simulated_aws.client("sts").get_caller_identity()["Account"] == simulated_aws.account


def test_account_is_another_one_with_nothing_in_it(simulated_aws: SimulatedAccount) -> None:
    assert simulated_aws.account not in seen_accounts
    assert simulated_aws.client("s3").list_buckets()["Buckets"] == []
    assert simulated_aws.environment()["AWS_ENDPOINT_URL"] == simulated_aws.endpoint
    assert simulated_aws.admin.health()
