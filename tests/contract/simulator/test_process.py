"""The simulator as a program: how it starts, says that it is ready, and stops."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys

import pytest
from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.process import ManagedProcess, ProcessError, clean_environment


def serve(tmp_path, *arguments):
    return ManagedProcess(
        [sys.executable, "-m", "mwaa_sandbox.cli", "aws", "serve", "--port", "0", *arguments],
        env=clean_environment(),
        log_file=tmp_path / "log",
        name="simulated AWS",
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stops_cleanly_on_a_signal_with_a_connection_open(tmp_path, number):
    with serve(tmp_path, "--port-file", str(tmp_path / "port")) as process:
        process.wait_until((tmp_path / "port").exists, 30, "listen")
        connection = http.client.HTTPConnection("127.0.0.1", int((tmp_path / "port").read_text()))
        connection.request("GET", "/_sandbox/health")
        assert connection.getresponse().status == 200
        process.send_signal(number)
        assert process.wait(5) == 0
        assert "Traceback" not in process.log_text()
        connection.close()


def test_says_when_it_is_ready_and_what_to_paste(tmp_path):
    with serve(tmp_path) as process:
        process.wait_until(lambda: "AWS_REGION" in process.log_text(), 30, "say that it is ready")
        log = process.log_text()
    assert "Simulated AWS is ready: http://127.0.0.1:" in log
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        assert f"export {name}=" in log


def list_environments(port):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    scope = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/airflow/aws4_request"
    connection.request("GET", "/environments", headers={"Authorization": scope})
    assert connection.getresponse().read() == b'{"Environments":[]}'
    connection.close()


def test_is_quiet_about_calls_unless_asked(tmp_path):
    logs = {}
    for flags in ((), ("--log-requests",)):
        folder = tmp_path / ("loud" if flags else "quiet")
        with serve(folder, "--port-file", str(folder / "port"), *flags) as process:
            process.wait_until((folder / "port").exists, 30, "listen")
            list_environments(int((folder / "port").read_text()))
            logs[flags] = process.log_text()
    assert "airflow:ListEnvironments -> 200" in logs[("--log-requests",)]
    assert "ListEnvironments" not in logs[()]


def test_port_that_is_taken_is_told(aws, tmp_path):
    port = int(aws.endpoint.rpartition(":")[2])
    with pytest.raises(ProcessError, match=rf"(?s)ended with exit code 1.*Port {port} is in use"):
        SimulatedAws.start(port=port, log_file=tmp_path / "log")


def run(program, *, temporary):
    env = clean_environment(TMPDIR=str(temporary))
    imports = "import os, signal; from mwaa_sandbox.aws.process import SimulatedAws"
    return subprocess.run([sys.executable, "-c", f"{imports}; {program}"], env=env, check=False, timeout=120).returncode


def test_folder_of_a_killed_run_is_removed_by_the_next_one(tmp_path):
    assert run("SimulatedAws.start(); os.kill(os.getpid(), signal.SIGKILL)", temporary=tmp_path) == -signal.SIGKILL
    assert len(list(tmp_path.rglob("aws.log"))) == 1
    assert run("SimulatedAws.start().stop()", temporary=tmp_path) == 0
    assert list(tmp_path.rglob("aws.log")) == []


def test_environment_for_other_processes_names_the_account(aws):
    environment = aws.environment(account="444455556666", region="us-east-1")
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint
    assert environment["AWS_DEFAULT_REGION"] == "us-east-1"
    assert "444455556666" in environment["AWS_ACCESS_KEY_ID"]


def test_reset_forgets_everything_of_moto_too():
    with SimulatedAws.start() as aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="airflow-reset", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        aws.admin.add_fault("html", service="mwaa")
        aws.admin.reset()
        assert s3.list_buckets()["Buckets"] == []
        assert aws.admin.faults() == []
        assert [call.operation for call in aws.admin.calls()] == ["ListBuckets"]
