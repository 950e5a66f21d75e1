"""What an environment is made from in the simulated AWS but its network, all of it in order, and the verbs to change it by."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mwaa_sandbox.aws.prerequisites import make_key, make_prerequisites

REGION = "eu-west-1"
ROLE, OPERATOR = "checked", "operator"
OPERATOR_PATH = "/platform/"
CONSTRAINTS = "https://raw.githubusercontent.com/apache/airflow/constraints-3.3.1/constraints-3.12.txt"
REQUIREMENTS = f"--constraint {CONSTRAINTS}\napache-airflow-providers-snowflake\n"
STARTUP_SCRIPT = "#!/bin/sh\nexport GREETING=hello\n"
FILES = {
    "RequirementsS3Path": ("requirements.txt", REQUIREMENTS.encode()),
    "StartupScriptS3Path": ("startup.sh", STARTUP_SCRIPT.encode()),
}


@dataclass
class Ground:
    """The parts. `fields` and `tags` are what a world may ask for otherwise."""

    client: Callable[..., Any]
    account: str
    bucket: str
    fields: dict[str, Any]
    vpc_id: str = ""
    tags: dict[str, str] = field(default_factory=lambda: {"team": "data"})

    @classmethod
    def made(cls, client: Callable[..., Any], account: str) -> Ground:
        """Bucket with files, role, network, key, and a role for the operator that may do what it has to."""
        bucket = f"checked-{account}"
        parts = make_prerequisites(client, name="checked", bucket=bucket, role_name=ROLE)
        ground = cls(client, account, bucket, {}, parts.vpc_id)
        ground.fields = {
            "AirflowVersion": "3.3.1",
            "EnvironmentClass": "mw1.small",
            "MaxWorkers": 5,
            "SourceBucketArn": parts.bucket_arn,
            "DagS3Path": "dags",
            "ExecutionRoleArn": parts.role_arn,
            "KmsKey": make_key(client, role_name=ROLE),
            "WebserverAccessMode": "PUBLIC_ONLY",
            "NetworkConfiguration": {
                "SubnetIds": list(parts.subnet_ids),
                "SecurityGroupIds": list(parts.security_group_ids),
            },
        }
        for member, (key, content) in {**FILES, "PluginsS3Path": ("plugins.zip", _archive())}.items():
            ground.fields[member] = key
            ground.fields[member.replace("Path", "ObjectVersion")] = ground.put(key, content)
        ground._make_operator()
        return ground

    @property
    def s3(self) -> Any:
        return self.client("s3")

    @property
    def iam(self) -> Any:
        return self.client("iam")

    @property
    def kms(self) -> Any:
        return self.client("kms")

    @property
    def role_arn(self) -> str:
        return str(self.fields["ExecutionRoleArn"])

    def put(self, key: str, content: bytes) -> str:
        return str(self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)["VersionId"])

    @contextmanager
    def asking(self, **fields: Any) -> Iterator[None]:
        """Have the environment ask for other members; None leaves one out."""
        before = dict(self.fields)
        self.fields = {name: value for name, value in {**before, **fields}.items() if value is not None}
        yield
        self.fields = before

    @contextmanager
    def holding(self, member: str, content: str) -> Iterator[None]:
        """Have a file hold something else."""
        version = self.put(self.fields[member], content.encode())
        with self.asking(**{member.replace("Path", "ObjectVersion"): version}):
            yield

    @contextmanager
    def trusting(self, **changes: Any) -> Iterator[None]:
        """Have the role's trust policy say something else."""
        before = self.iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
        document = {**before, "Statement": [{**before["Statement"][0], **changes}]}
        self.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(document))
        yield
        self.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(before))

    @contextmanager
    def denying(self, *actions: str, role: str = ROLE) -> Iterator[None]:
        """Deny a role something."""
        statement = {"Effect": "Deny", "Action": list(actions), "Resource": "*"}
        with self._policy(role, statement):
            yield

    @contextmanager
    def allowing(self, *actions: str, role: str = ROLE) -> Iterator[None]:
        """Allow a role something more."""
        with self._policy(role, {"Effect": "Allow", "Action": list(actions), "Resource": "*"}):
            yield

    @contextmanager
    def bound_to(self, *actions: str) -> Iterator[None]:
        """Put a permissions boundary on the role that allows these alone."""
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}],
        }
        policy = self.iam.create_policy(PolicyName="bound", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
        self.iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=policy)
        yield
        self.iam.delete_role_permissions_boundary(RoleName=ROLE)
        self.iam.delete_policy(PolicyArn=policy)

    @contextmanager
    def without_policy(self, name: str, role: str) -> Iterator[None]:
        """Take one of a role's own policies away."""
        before = self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        self.iam.delete_role_policy(RoleName=role, PolicyName=name)
        yield
        self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(before))

    def block_account(self, **blocks: bool) -> None:
        self._control.put_public_access_block(AccountId=self.account, PublicAccessBlockConfiguration=blocks)

    def unblock_account(self) -> None:
        self._control.delete_public_access_block(AccountId=self.account)

    @property
    def _control(self) -> Any:
        """S3's client for accounts would call a host named after the account, which there is none of here."""
        client = self.client("s3control")
        client.meta.events.register("before-sign.s3-control", _without_account_in_host)
        return client

    def operator_credentials(self) -> dict[str, str]:
        """Credentials of a session of the operator's role, as variables."""
        arn = f"arn:aws:iam::{self.account}:role{OPERATOR_PATH}{OPERATOR}"
        given = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }

    def _make_operator(self) -> None:
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": self.account}, "Action": "sts:AssumeRole"}]}
        self.iam.create_role(
            RoleName=OPERATOR,
            Path=OPERATOR_PATH,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **trust}),
        )
        passing = {"StringEquals": {"iam:PassedToService": "airflow.amazonaws.com"}}
        by_mwaa = {"ForAnyValue:StringEquals": {"aws:CalledVia": "airflow.amazonaws.com"}}
        policies = {
            "environments": _allow("airflow:*"),
            "roles": _allow("iam:PassRole", Condition=passing),
            "linked": _allow("iam:CreateServiceLinkedRole"),
            "network": _allow("ec2:Describe*"),
            "endpoints": _allow("ec2:CreateVpcEndpoint", "ec2:CreateNetworkInterface", Condition=by_mwaa),
            "keys": _allow("kms:*"),
            "buckets": _allow("s3:*"),
        }
        for name, document in policies.items():
            self.iam.put_role_policy(RoleName=OPERATOR, PolicyName=name, PolicyDocument=json.dumps(document))

    @contextmanager
    def _policy(self, role: str, statement: dict[str, Any]) -> Iterator[None]:
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.iam.put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=document)
        yield
        self.iam.delete_role_policy(RoleName=role, PolicyName="more")


def _allow(*actions: str, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _without_account_in_host(request: Any, **_: Any) -> None:
    scheme, _, rest = request.url.partition("://")
    request.url = f"{scheme}://{rest.partition('.')[2]}"


def _archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("plugin.py", "")
    return content.getvalue()
