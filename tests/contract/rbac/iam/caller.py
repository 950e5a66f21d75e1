"""The operator's code as a caller that is held to its own policies, and, for a moment, to all of them but one action."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.aws.calls import call
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.failure import AwsError, FailureKind
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.planning.parts.model import Outputs, PartContext, PartKind
from mwaa_operator.planning.permissions import documents
from mwaa_operator.planning.permissions.environment import KEY
from mwaa_operator.planning.permissions.model import ACCOUNT, Policy
from mwaa_operator.planning.permissions.names import action_of
from mwaa_operator.planning.permissions.table import GRANTS

REGION = "eu-west-1"
MOST = 80
PATIENCE = 4
"""How many times as long as a part asks for is waited, for the tests' sake."""
_TAGGING = {
    "airflow": "airflow:TagResource",
    "ec2": "ec2:CreateTags",
    "iam": "iam:TagRole",
    "logs": "logs:TagResource",
    "s3": "s3:TagResource",
}
"""What a call that makes something with tags needs beside its own action."""
_TAGS = ("TagSpecifications", "Tags", "tags", "CreateBucketConfiguration")
_SERVICES = {
    PartKind.BUCKET: "s3",
    PartKind.NETWORK: "ec2",
    PartKind.EXECUTION_ROLE: "iam",
    PartKind.LOG_GROUPS: "logs",
    PartKind.CUSTOMER_ENDPOINTS: "ec2",
}
_LOOKS = sorted(
    {
        action
        for grant in GRANTS
        if not grant.optional
        for action in grant.actions
        if action.partition(":")[2].startswith(("Get", "List", "Describe"))
    }
)


def policies(account, *which, key=KEY):
    """Give policies as somebody with that account and that key attaches them."""
    return [json.loads(documents.text(one).replace(KEY, key).replace(ACCOUNT, account)) for one in which]


@dataclass
class Caller:
    """`told` holds, for each action that was taken away, the error that came of it."""

    account: Any
    which: tuple[Policy, ...]
    key: str
    told: dict[str, AwsError] = field(default_factory=dict)
    tries_all: bool = True
    """Whether everything is tried without its actions first."""

    def __post_init__(self):
        self._policies = policies(self.account.account, *self.which, key=self.key)
        with pytest.MonkeyPatch.context() as patch:
            environment = {**self.account.environment(REGION), "AWS_ACCESS_KEY_ID": self.account.account}
            for name, value in environment.items():
                patch.setenv(name, value)
            self.clients = Clients(connections=4)
            # boto3 reads the environment when a client is made.
            for service in ("ec2", "iam", "logs", "mwaa", "s3"):
                self.clients.client(service, REGION)
        self.context = PartContext(
            identity=Identity(cluster="cluster-1", namespace="data", name="held", uid="uid-1"),
            name="held",
            account_id=self.account.account,
            region=REGION,
            spec=self._spec({}),
            environment=None,
            known=(),
            outputs=Outputs(source_bucket_arn="arn:aws:s3:::airflow-there"),
        )
        self._hold(None)

    def asks(self, provision, **spec):
        """Let the spec ask for this; what `provision` does not make is there by reference."""
        self.context = replace(self.context, spec=self._spec(provision, **spec))

    def brings_about(self, part):
        """Make rounds until the part is ready."""
        return self._rounds(part, part.plan, lambda plan: plan.ready)

    def removes(self, part):
        return self._rounds(part, part.removal, lambda plan: plan.gone)

    def makes(self, client, operation, parameters=None, *, beside=()):
        """Make a call, but first without each of the actions that it needs."""
        service = client.meta.service_model.signing_name
        parameters = parameters or {}
        actions = [action_of(f"{service}:{operation}"), *beside]
        if any(member in parameters for member in _TAGS):
            actions.append(_TAGGING.get(service, actions[0]))
        self.tries(lambda: call(client, operation, parameters), actions, surely=True)
        return call(client, operation, parameters)

    def tries(self, what, actions, *, surely=False):
        """Do something without each of these actions, those left out that are known to be needed."""
        for action in actions:
            if action in self.told or not self.tries_all:
                continue
            with self.without(action):
                error = _error_of(what)
            assert error or not surely, f"nothing fails without {action}"
            if error:
                assert fnmatchcase(str(error.action), action), f"{error} names {error.action}, not {action}"
                self.told[action] = error

    def also(self, policy):
        """Hold the caller to one policy more."""
        self._policies.append(policy)
        self._hold(None)

    @contextmanager
    def without(self, action):
        """Hold the caller to its policies, one action of all their statements taken away."""
        self._hold(action)
        yield
        self._hold(None)

    def _hold(self, lacking):
        self.account.admin.enforce(
            self.account.account,
            [_without(policy, lacking) for policy in self._policies],
            role_arn=f"arn:aws:iam::{self.account.account}:role/mwaa-operator",
        )

    def _spec(self, provision, **spec):
        references = {
            "bucket": ("sourceBucketArn", "arn:aws:s3:::airflow-there"),
            "executionRole": ("executionRoleArn", f"arn:aws:iam::{self.account.account}:role/airflow-there"),
            "network": ("networkConfiguration", {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]}),
        }
        given = dict(value for part, value in references.items() if part not in provision)
        document = {"provision": provision, "tags": {"team": "data"}, "dagS3Path": "dags", **given, **spec}
        return EnvironmentSpec.model_validate(document)

    def _rounds(self, part, look, done):
        for _ in range(MOST):
            plan = look(self.clients, self.context)
            looks = [action for action in _LOOKS if action.startswith(_SERVICES[part.kind])]
            self.tries(lambda: look(self.clients, self.context), looks)
            self.context = replace(self.context, known=plan.resources)
            if done(plan):
                return plan
            for step in plan.calls:
                self._make(step)
            if not plan.calls:
                self.account.admin.advance(PATIENCE * plan.look_after)
        raise AssertionError(f"Still not there after {MOST} rounds: {plan.message}")

    def _make(self, step):
        try:
            self.makes(self.clients.client(step.service, REGION), step.operation, step.parameters)
        except AwsError as error:
            if not (step.gone_is_fine and error.kind is FailureKind.GONE) and error.kind is not FailureKind.CONFLICT:
                raise


def _error_of(what):
    try:
        what()
    except AwsError as error:
        return error
    return None


def listed(value):
    """Give a member of a policy that may stand alone as a list."""
    return [value] if isinstance(value, str) else list(value)


def _without(policy, lacking):
    statements = [
        {**statement, "Action": kept}
        for statement in policy["Statement"]
        if (kept := [action for action in listed(statement["Action"]) if action != lacking])
    ]
    return {**policy, "Statement": statements}
