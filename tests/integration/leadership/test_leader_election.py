"""Two replicas, one at work: real processes, a real lease, under the service account and the role that are shipped."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest
from mwaa_sandbox.operator_process import OperatorProcess

NAMESPACE = "--namespace=mwaa-operator-system"
LEASE_SECONDS = 15
RETRY_SECONDS = 2
START_SECONDS = 30
SLACK_SECONDS = 10
"""What a busy machine may add to any of them."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(installed, recorder):
    recorder.follow(installed)
    return installed


@pytest.fixture
def start(cluster, kubeconfig, simulated_aws, namespace, tmp_path):
    """Starts replicas that look after a namespace of this test alone."""
    started = []

    def start_one():
        replica = OperatorProcess.start(
            kubeconfig=kubeconfig,
            aws_environment=simulated_aws.environment(),
            log_file=tmp_path / f"replica-{len(started)}.log",
            settings={"LEADER_ELECTION": "true", "WATCH_NAMESPACES": namespace},
        )
        started.append(replica)
        return replica

    yield start_one
    for replica in started:
        replica.stop()


@pytest.fixture
def leader_and_standby(start, cluster):
    leader = start()
    wait_until_leading(cluster, leader, START_SECONDS)
    return leader, start()


def holder(cluster):
    """The identity in the lease, None if there is none."""
    answer = cluster.kubectl("get", "lease", "mwaa-operator", NAMESPACE, "--output=json", "--ignore-not-found")
    return json.loads(answer.stdout)["spec"]["holderIdentity"] if answer.stdout else None


def leads(cluster, replica):
    return (holder(cluster) or "").endswith(f"-{replica.process.pid}")


def wait_until_leading(cluster, replica, seconds):
    """Gives the seconds that it took."""
    began = time.monotonic()
    replica.process.wait_until(
        lambda: leads(cluster, replica) and "leading" in replica.process.log_text(), seconds, "lead"
    )
    return time.monotonic() - began


def test_one_replica_works_and_the_other_is_ready_to(cluster, leader_and_standby, namespace):
    leader, standby = leader_and_standby
    environment = {
        "apiVersion": "mwaa-operator.dev/v1alpha1",
        "kind": "MwaaEnvironment",
        "metadata": {"name": "looked-at", "namespace": namespace},
        "spec": {
            "sourceBucketArn": "arn:aws:s3:::nowhere",
            "dagS3Path": "dags",
            "executionRoleArn": "arn:aws:iam::123456789012:role/nobody",
            "networkConfiguration": {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
            "policies": {"management": "Observe"},
        },
    }
    cluster.kubectl("apply", "-f", "-", input=json.dumps(environment))

    def looked_at():
        shown = cluster.kubectl("get", "mwaa/looked-at", f"--namespace={namespace}", "--output=jsonpath={.status}")
        return shown.stdout != ""

    leader.process.wait_until(looked_at, START_SECONDS, "write a status")
    assert leads(cluster, leader)
    assert standby.ready()
    assert "leading" not in standby.process.log_text()
    assert leader.metric("mwaa_operator_aws_calls_total") > 0
    assert standby.metric("mwaa_operator_aws_calls_total") == 0
    cluster.kubectl("delete", "mwaa/looked-at", f"--namespace={namespace}")


def test_clean_stop_hands_over_without_waiting_for_the_lease_to_end(cluster, leader_and_standby):
    leader, standby = leader_and_standby
    assert leader.stop() == 0
    assert wait_until_leading(cluster, standby, RETRY_SECONDS + SLACK_SECONDS) < LEASE_SECONDS - RETRY_SECONDS


def test_killed_leader_is_replaced_when_its_lease_ends(cluster, leader_and_standby):
    leader, standby = leader_and_standby
    leader.kill()
    assert not leads(cluster, standby)
    wait_until_leading(cluster, standby, LEASE_SECONDS + RETRY_SECONDS + SLACK_SECONDS)
    assert standby.ready()


def test_leader_whose_lease_is_taken_exits(cluster, start):
    leader = start()
    wait_until_leading(cluster, leader, START_SECONDS)
    taken = {"spec": {"holderIdentity": "somebody-else"}}
    cluster.kubectl("patch", "lease/mwaa-operator", NAMESPACE, "--type=merge", f"--patch={json.dumps(taken)}")
    assert leader.process.wait(LEASE_SECONDS + SLACK_SECONDS) == 1
    assert holder(cluster) == "somebody-else"
    cluster.kubectl("delete", "lease/mwaa-operator", NAMESPACE)


def test_leader_that_the_api_server_answers_no_more_exits_before_its_lease_ends(cluster, start):
    """Refused connections are one thing. One that is silent would be waited for for minutes, in which another replica leads."""
    leader = start()
    wait_until_leading(cluster, leader, START_SECONDS)
    api_server = cluster._processes["kube-apiserver"].pid
    os.kill(api_server, signal.SIGSTOP)
    try:
        assert leader.process.wait(LEASE_SECONDS + SLACK_SECONDS) == 1
    finally:
        os.kill(api_server, signal.SIGCONT)
    assert "another replica takes over" in leader.process.log_text()


def test_last_replica_to_stop_leaves_no_lease_behind(cluster, start):
    replica = start()
    wait_until_leading(cluster, replica, START_SECONDS)
    assert replica.stop() == 0
    assert holder(cluster) is None
