"""What somebody changes in AWS of what the operator has made."""

from __future__ import annotations

import json

import pytest

PARTS = {
    "bucket": "BucketReady",
    "network": "NetworkReady",
    "role": "ExecutionRoleReady",
    "log groups": "LogGroupsReady",
}
CORRECTED_BY = {
    "bucket": "PutBucketVersioning",
    "network": "AuthorizeSecurityGroupIngress",
    "role": "PutRolePolicy",
    "log groups": "PutRetentionPolicy",
}
STRANGER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Surroundings:
    """What was made for an environment: what it is like, and what somebody does to it."""

    def __init__(self, world, environment):
        self._client = world.client
        made = {resource["kind"]: resource["id"] for resource in environment.status()["resources"]}
        provisioned = environment.status()["provisioned"]
        self.bucket, self.role = made["Bucket"], made["ExecutionRole"]
        [self.group] = provisioned["securityGroupIds"]
        self.log_group = f"airflow-{environment.name}-Task"

    def state(self, part):
        return {
            "bucket": self._versioning,
            "network": self._rules,
            "role": self._policy,
            "log groups": self._retention,
        }[part]()

    def change(self, part):
        """Change something of a part."""
        {
            "bucket": self._suspend_versioning,
            "network": self._take_rules,
            "role": self._widen_policy,
            "log groups": self._keep_logs_for_longer,
        }[part]()

    def _versioning(self):
        return self._client("s3").get_bucket_versioning(Bucket=self.bucket).get("Status")

    def _suspend_versioning(self):
        self._client("s3").put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Suspended"})

    def _rules(self):
        [group] = self._client("ec2").describe_security_groups(GroupIds=[self.group])["SecurityGroups"]
        return [
            (rule["IpProtocol"], [pair["GroupId"] for pair in rule["UserIdGroupPairs"]])
            for rule in group["IpPermissions"]
        ]

    def _take_rules(self):
        ec2 = self._client("ec2")
        [group] = ec2.describe_security_groups(GroupIds=[self.group])["SecurityGroups"]
        ec2.revoke_security_group_ingress(GroupId=self.group, IpPermissions=group["IpPermissions"])

    def _policy(self):
        return self._client("iam").get_role_policy(RoleName=self.role, PolicyName="mwaa-environment")["PolicyDocument"]

    def _widen_policy(self):
        self._client("iam").put_role_policy(
            RoleName=self.role, PolicyName="mwaa-environment", PolicyDocument=json.dumps(STRANGER)
        )

    def _retention(self):
        [group] = self._client("logs").describe_log_groups(logGroupNamePrefix=self.log_group)["logGroups"]
        return group.get("retentionInDays")

    def _keep_logs_for_longer(self):
        self._client("logs").put_retention_policy(logGroupName=self.log_group, retentionInDays=365)


def corrections(world, part):
    """How many calls of the operator have put such a change right so far."""
    made = world.aws.admin.calls(operation=CORRECTED_BY[part], account=world.account)
    return sum("mwaa-operator" in call.user_agent for call in made)


@pytest.fixture(scope="module")
def environment(shared_world):
    """An environment that runs on what was made for it."""
    made = shared_world.environment("drifting")
    made.spec["provision"]["network"] = {"natGateways": "Single"}
    made.apply().wait_ready()
    return made


@pytest.mark.parametrize("part", PARTS)
def test_change_behind_the_operators_back_is_put_right(shared_world, environment, part):
    environment.apply(policies={"drift": "Correct"})
    surroundings = Surroundings(shared_world, environment)
    was = surroundings.state(part)
    since = environment.condition("Ready")["lastTransitionTime"]
    corrected = corrections(shared_world, part)
    surroundings.change(part)
    shared_world.until(lambda: corrections(shared_world, part) > corrected, f"put the {part} right")
    shared_world.until(lambda: surroundings.state(part) == was, f"have the {part} as it was")
    environment.wait_for(f"condition={PARTS[part]}=True")
    environment.wait_for("condition=Synced=True")
    ready = environment.condition("Ready")
    assert (ready["status"], ready["lastTransitionTime"]) == ("True", since)


def test_changes_are_only_told_of_where_the_policy_says_so_and_put_right_on_request(shared_world, environment):
    environment.apply(policies={"drift": "Report"})
    generation = environment.get()["metadata"]["generation"]
    for kind in PARTS.values():
        environment.wait_for(f'jsonpath={{.status.conditions[?(@.type=="{kind}")].observedGeneration}}={generation}')
    surroundings = Surroundings(shared_world, environment)
    were = {part: surroundings.state(part) for part in PARTS}
    for part in PARTS:
        surroundings.change(part)
    changed = {part: surroundings.state(part) for part in PARTS}
    assert not set(map(str, changed.values())) & set(map(str, were.values()))
    for kind in PARTS.values():
        environment.wait_reason(kind, "Drifted")
        assert environment.condition(kind)["status"] == "False"
    environment.wait_looks()
    assert {part: surroundings.state(part) for part in PARTS} == changed
    assert environment.condition("Ready")["status"] == "True"
    assert environment.condition("Stalled") is None

    environment.request_reconcile()
    for part, kind in PARTS.items():
        environment.wait_for(f"condition={kind}=True")
        assert surroundings.state(part) == were[part]


def test_look_that_fails_does_not_have_drift_put_right_that_is_only_to_be_told_of(shared_world, environment):
    environment.apply(policies={"drift": "Report"})
    environment.wait_for("condition=BucketReady=True")
    surroundings = Surroundings(shared_world, environment)
    surroundings.change("bucket")
    environment.wait_reason("BucketReady", "Drifted")
    fault = shared_world.aws.admin.add_fault("throttle", service="s3", account=shared_world.account)
    environment.wait_told("HeadBucket failed")
    assert environment.condition("BucketReady")["reason"] == "Drifted"
    shared_world.aws.admin.remove_fault(fault)
    environment.wait_for("condition=Synced=True")
    environment.wait_looks()
    assert surroundings.state("bucket") == "Suspended"


def test_part_that_somebody_has_deleted_is_made_again(shared_world, environment):
    environment.apply(policies={"drift": "Correct"})
    environment.wait_for("condition=BucketReady=True")
    log_group = Surroundings(shared_world, environment).log_group
    logs = shared_world.client("logs")
    logs.delete_log_group(logGroupName=log_group)
    shared_world.until(
        lambda: (
            [
                group.get("retentionInDays")
                for group in logs.describe_log_groups(logGroupNamePrefix=log_group)["logGroups"]
            ]
            == [30]
        ),
        "make the log group again",
    )
    assert environment.condition("Ready")["status"] == "True"
