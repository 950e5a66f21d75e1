"""The demo, as the command itself."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

PASTED = """\
set -eu
: "${MWAA_OPERATOR_TIME_SCALE:?by which the plugin knows how long things take}"
kubectl get mwaa ricsue-dublin -n data -o jsonpath='{.status.environment.status}{"\\n"}'
kubectl auth whoami -o jsonpath='{.status.userInfo.username}{"\\n"}'
"""
ASK_AWS = """\
import boto3
from botocore.config import Config
print(boto3.client("mwaa", config=Config(inject_host_prefix=False)).list_environments()["Environments"])
"""


def test_demo_away_from_a_terminal_tells_the_whole_story_and_leaves_nothing(environment, traces, command, tmp_path):
    picture = tmp_path / "demo.svg"

    done = subprocess.run(
        [*command, "--record", str(picture)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    milestones = [
        "The operator runs, as its own ServiceAccount",
        "$ kubectl apply -n data -f ricsue-dublin.yaml",
        "ricsue-dublin created",
        "ricsue-dublin is CREATING, which should end about",
        "ricsue-dublin is AVAILABLE",
        "$ kubectl get mwaa -n data -o wide",
        "webserverUrl: ",
        "$ kubectl patch mwaa ricsue-dublin",
        "ricsue-dublin is UPDATING",
        "ricsue-dublin is AVAILABLE",
        "$ kubectl delete mwaa ricsue-dublin",
        "ricsue-dublin is DELETING",
        "The object is gone. AWS: DELETED",
        "Done.",
    ]
    assert re.search(".*".join(map(re.escape, milestones)), done.stdout, re.DOTALL), done.stdout
    assert re.findall(r'AWS received (\w+ ."\w+": \d+)', done.stdout) == ['UpdateEnvironment {"MaxWorkers": 8']
    assert {"Creating", "Updating", "Available", "Deleting"} <= set(re.findall(r"Event (\w+): ", done.stdout))
    assert "\x1b" not in done.stdout
    assert (traces.processes(), traces.files()) == ({}, [])
    shown = "".join(ET.parse(picture).getroot().itertext()).replace("\xa0", " ")  # noqa: S314 - our own
    assert re.search(r"ricsue-dublin\s*CREATING\s*━", shown)
    assert str(tmp_path) not in shown


def test_demo_from_nothing_makes_all_parts_and_leaves_only_the_bucket_in_aws(environment, traces, command):
    done = subprocess.run(
        [*command, "--from-nothing"], env=environment, capture_output=True, text=True, check=False, timeout=170
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    milestones = [
        "The AWS account is empty",
        "$ kubectl apply -n data -f from-nothing.yaml",
        "BucketReady is True",
        "NetworkReady is True",
        "ExecutionRoleReady is True",
        "LogGroupsReady is True",
        "PreflightPassed is True",
        "from-nothing is CREATING, which should end about",
        "from-nothing is AVAILABLE",
        "from-nothing is UPDATING",
        "from-nothing is AVAILABLE",
        "from-nothing is DELETING",
        "The object is gone. AWS: ",
        "In the AWS account: Bucket airflow-from-nothing, which is kept, and nothing else",
        "Done.",
    ]
    assert re.search(".*".join(map(re.escape, milestones)), done.stdout, re.DOTALL), done.stdout
    [network] = re.findall(r"NetworkReady is True: .*\((.*)\)", done.stdout)
    assert {"1 Vpc", "4 Subnet", "2 NatGateway"} <= set(network.split(", "))
    assert (traces.processes(), traces.files()) == ({}, [])


def test_demo_in_a_terminal_stays_up_offers_variables_that_work_and_ends_cleanly(terminal_demo, traces):
    terminal_demo.wait_for("Following until Ctrl-C")
    exports = "\n".join(re.findall(r"export \w+=[^\x1b\r\n]*", terminal_demo.shown()))

    # A shell that knows nothing, and sends whatever it can to a proxy that is not there.
    shell = {"PATH": os.defpath, "http_proxy": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    asked = f"{exports}\n{PASTED}\n{sys.executable} -c '{ASK_AWS}'"
    done = subprocess.run(["sh", "-c", asked], env=shell, capture_output=True, text=True, check=False, timeout=60)

    assert done.stdout.splitlines() == ["AVAILABLE", "sandbox-admin", "['ricsue-dublin']"], done.stderr
    assert terminal_demo.end(signal.SIGINT) == 0
    assert "Taking everything down." in terminal_demo.shown()
    assert (traces.processes(), traces.files()) == ({}, [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_demo_that_is_stopped_while_it_starts_leaves_nothing(terminal_demo, traces, eventually, number):
    terminal_demo.wait_for("Kubernetes v")

    assert terminal_demo.end(number) == 130
    # A kubectl that was at work when the signal came dies of its parent's death, a moment after it.
    assert eventually(lambda: (traces.processes(), traces.files()) == ({}, [])), (traces.processes(), traces.files())


def test_nothing_outlives_a_demo_that_is_killed(terminal_demo, traces, eventually):
    terminal_demo.wait_for("The operator runs")

    terminal_demo.process.kill()
    terminal_demo.process.wait()

    assert eventually(lambda: not traces.processes()), traces.processes()


def test_part_that_dies_ends_the_demo_with_its_log_and_keeps_the_others(terminal_demo, traces, eventually):
    terminal_demo.wait_for("ricsue-dublin is CREATING")
    operator = next(pid for pid, words in traces.processes().items() if "mwaa-operator run" in words)

    os.kill(operator, signal.SIGKILL)

    assert eventually(lambda: bool(terminal_demo.shown()) and terminal_demo.process.poll() is not None)
    assert terminal_demo.process.returncode == 1
    assert "mwaa-operator ended with exit code -9. The end of its log" in terminal_demo.shown()
    assert "All logs are in " in terminal_demo.shown()
    assert traces.logs("operator.log")
    assert traces.processes() == {}


def test_demo_outside_a_checkout_says_how_to_name_one(environment, command, tmp_path: Path):
    done = subprocess.run(
        [*command, "--project", str(tmp_path)], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 1
    assert "Run the demo in a checkout of mwaa-operator, or name one by --project" in done.stdout
