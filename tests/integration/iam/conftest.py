"""The operator as it is shipped, held by AWS to the IAM policies that are shipped with it."""

from __future__ import annotations

import json
from functools import cached_property, partial
from pathlib import Path

import pytest
from mwaa_sandbox.aws.inventory import inventory
from mwaa_sandbox.aws.prerequisites import make_key
from mwaa_sandbox.operator_process import OperatorProcess

from tests.integration.operator.environment import Environment
from tests.integration.warm import LAUNCH
from tests.integration.world import SCALE, OperatorWorld
from tests.integration.world import fast_aws as start_fast_aws

IAM = Path(__file__).parents[3] / "manifests" / "iam"
EXISTING = ("operator-policy.json",)
WITH_KEY = (*EXISTING, "customer-key-policy.json")
PROVISIONING = (*EXISTING, "operator-policy-provisioning.json")
DURATIONS = {"create": 120, "update": 60, "delete": 60, "tombstone": 20}
_KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
_REFUSED = ("AccessDenied", "Unauthorized", "NotAuthorized")


class HeldWorld(OperatorWorld):
    """An account with a role for the operator, which its sessions are held to; the tests may do anything."""

    def __init__(self, control_plane, aws, kubeconfig, folder, *files, leaving_out=()):
        super().__init__(control_plane, aws, kubeconfig, folder, prefix="held")
        self._policies = [self._policy(file, leaving_out) for file in files]
        self._make_role()
        self.hold()

    @cached_property
    def key(self):
        """A key of the account for its environments, which the role that is there may use."""
        assert self.made, "the role comes first"
        return make_key(self.aws.client_factory(account=self.account), role_name="airflow-shared")

    def run_operator(self):
        """Start the operator as a session of its role, as on EKS."""
        session = self.client("sts").assume_role(RoleArn=self.role_arn, RoleSessionName="operator")["Credentials"]
        credentials = {
            "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": session["SessionToken"],
        }
        self.operator = OperatorProcess.start(
            kubeconfig=self._kubeconfig,
            aws_environment={**self.aws.environment(account=self.account), **credentials},
            log_file=self.log_file,
            settings={"TIME_SCALE": str(SCALE), "WATCH_NAMESPACES": self.namespace},
            launch=LAUNCH,
        )

    def hold(self, *, without=None):
        """Hold the operator to its policies, or to what is left of them without an action."""
        policies = [
            {
                **policy,
                "Statement": [one for one in map(partial(_without, without), policy["Statement"]) if one["Action"]],
            }
            for policy in self._policies
        ]
        self.aws.admin.enforce(None, policies, role_arn=self.role_arn)

    def environment(self, name, /, **spec):
        """A MwaaEnvironment that has not been applied yet."""
        return Environment(self, name, spec, allow={}, refusals=0)

    def bucket_of(self, name):
        return f"airflow-{self.account}-{name}"

    def upload(self, key, text):
        """Put a file into the bucket that is there."""
        self.client("s3").put_object(Bucket=self.made.bucket_arn.rpartition(":")[2], Key=key, Body=text.encode())

    def inventory(self):
        """Kind and id of all there is in the account."""
        return inventory(partial(self.aws.client, account=self.account))

    def refused(self):
        """What the operator was not allowed."""
        calls = [call for call in self.aws.admin.calls(account=self.account) if "mwaa-operator/" in call.user_agent]
        assert calls, "the operator has not called at all"
        return [
            f"{call.service}:{call.operation} {call.error_code}"
            for call in calls
            if call.status == 403 or str(call.error_code).startswith(_REFUSED)
        ]

    @property
    def role_arn(self):
        return f"arn:aws:iam::{self.account}:role/mwaa-operator"

    def _policy(self, file, leaving_out):
        text = (IAM / file).read_text(encoding="utf-8")
        text = text.replace(_KEY, self.key) if _KEY in text else text
        policy = json.loads(text.replace("123456789012", self.account))
        kept = [statement for statement in policy["Statement"] if not statement["Sid"].startswith(tuple(leaving_out))]
        return {**policy, "Statement": kept}

    def _make_role(self):
        """So that IAM can simulate what the operator may do, which its checks ask for."""
        iam = self.client("iam")
        trust = json.loads((IAM / "irsa-trust-policy.json").read_text(encoding="utf-8"))
        iam.create_role(RoleName="mwaa-operator", AssumeRolePolicyDocument=json.dumps(trust))
        for number, policy in enumerate(self._policies):
            made = iam.create_policy(PolicyName=f"mwaa-operator-{number}", PolicyDocument=json.dumps(policy))
            iam.attach_role_policy(RoleName="mwaa-operator", PolicyArn=made["Policy"]["Arn"])


def _without(action, statement):
    actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
    return {**statement, "Action": [one for one in actions if one != action]}


@pytest.fixture(scope="session")
def strict_aws():
    """A simulated AWS of these tests' own."""
    with start_fast_aws(DURATIONS, spread=0.0) as running:
        # To callers outside of the VPC a private web server is refused whatever their policies are.
        running.admin.set_callers_in_vpc(True)
        yield running


@pytest.fixture(scope="module")
def new_world(control_plane, strict_aws, kubeconfig, tmp_path_factory, recorder):
    """Make accounts, each with an operator running that is held to the policies of some files."""
    recorder.follow(control_plane)
    made = []

    def make(*files, **more):
        made.append(HeldWorld(control_plane, strict_aws, kubeconfig, tmp_path_factory.mktemp("held"), *files, **more))
        made[-1].run_operator()
        return made[-1]

    yield make
    for world in made:
        world.close()
        strict_aws.admin.enforce(None, role_arn=world.role_arn)
