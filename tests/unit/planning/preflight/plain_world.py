"""An environment to judge in all but its network, with everything in order, of which a test changes one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mwaa_operator.planning.preflight.caller_needs import ENDPOINT_ACTIONS, caller_needs
from mwaa_operator.planning.preflight.checks import ALL_CHECKS
from mwaa_operator.planning.preflight.facts_bucket import (
    PUBLIC_ACCESS_BLOCKS,
    BucketFacts,
    Encryption,
    dag_places,
)
from mwaa_operator.planning.preflight.facts_caller import CallerFacts
from mwaa_operator.planning.preflight.facts_files import (
    PLUGINS,
    REQUIREMENTS,
    STARTUP_SCRIPT,
    FileFacts,
    FilesFacts,
)
from mwaa_operator.planning.preflight.facts_key import KeyFacts
from mwaa_operator.planning.preflight.facts_permissions import Decision, Judged, Need
from mwaa_operator.planning.preflight.facts_quotas import QuotaFacts
from mwaa_operator.planning.preflight.facts_role import RoleFacts
from mwaa_operator.planning.preflight.model import Finding
from mwaa_operator.planning.preflight.role_needs import ALL_BUCKETS, role_needs
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject

ACCOUNT, REGION = "123456789012", "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/airflow-demo"
CONSTRAINED = (
    b'--constraint "https://raw.githubusercontent.com/apache/airflow/constraints-3.3.1/constraints-3.12.txt"\n'
    b"apache-airflow-providers-snowflake==6.0.0\npandas\n"
)
FIELDS: dict[str, Any] = {
    "AirflowVersion": "3.3.1",
    "EnvironmentClass": "mw1.small",
    "MinWorkers": 1,
    "MaxWorkers": 5,
    "Schedulers": 2,
    "SourceBucketArn": "arn:aws:s3:::airflow-mybucket",
    "DagS3Path": "dags",
    "ExecutionRoleArn": ROLE,
    "KmsKey": KEY,
    "WebserverAccessMode": "PUBLIC_ONLY",
    "RequirementsS3Path": "requirements.txt",
    "RequirementsS3ObjectVersion": "r1",
    "PluginsS3Path": "plugins.zip",
    "PluginsS3ObjectVersion": "p1",
    "StartupScriptS3Path": "startup.sh",
    "StartupScriptS3ObjectVersion": "s1",
    "NetworkConfiguration": {"SubnetIds": ["subnet-a", "subnet-b"], "SecurityGroupIds": ["sg-1"]},
}
TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:airflow:{REGION}:{ACCOUNT}:environment/*"},
            },
        }
    ],
}
KEY_POLICY: dict[str, Any] = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"},
        {
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"},
            },
        },
    ]
}
CHECKS = {check.name: check for check in ALL_CHECKS if not {Subject.NETWORK, Subject.SUBNETS} & {*check.needs}}


def question(**changes: Any) -> Question:
    asked = Question(
        name="env",
        account_id=ACCOUNT,
        region=REGION,
        fields=FIELDS,
        tags={"team": "data"},
        changed=frozenset({*FIELDS, "Name", "Tags"}),
        today=date(2026, 11, 24),
    )
    return replace(asked, **changes)


def decided(need: Need, **changes: Any) -> Judged:
    """A need that is met, but for `changes` of the decisions."""
    return Judged(
        need=need,
        decisions=tuple(
            replace(Decision(action=action, resource=resource, allowed=True), **changes)
            for resource in need.resources
            for action in need.actions
        ),
    )


@dataclass
class World:
    """What is asked and what there is. Change it by `with_...`, and look at what the checks find."""

    asked: Question = field(default_factory=question)
    changes: Mapping[Subject, Mapping[str, Any]] = field(default_factory=dict)
    replaced: Mapping[Subject, Any] = field(default_factory=dict)

    def asking(self, **fields: Any) -> World:
        """Ask for other members; None leaves one out."""
        merged = {name: value for name, value in {**self.asked.fields, **fields}.items() if value is not None}
        return replace(self, asked=replace(self.asked, fields=merged))

    def running(self, **members: Any) -> World:
        """Have an environment there already."""
        return replace(self, asked=replace(self.asked, current={**FIELDS, **members}))

    def on(self, **changes: Any) -> World:
        return replace(self, asked=replace(self.asked, **changes))

    def where(self, subject: Subject, **changes: Any) -> World:
        return replace(self, changes={**self.changes, subject: changes})

    def seeing(self, subject: Subject, facts: Any) -> World:
        return replace(self, replaced={**self.replaced, subject: facts})

    def with_file(self, member: str, **changes: Any) -> World:
        files: FilesFacts = self.snapshot.facts[Subject.FILES]
        return self.seeing(
            Subject.FILES, FilesFacts(files={**files.files, member: replace(files.files[member], **changes)})
        )

    def role_lacks(self, action: str, **changes: Any) -> World:
        return self._lacks(Subject.ROLE, action, changes)

    def caller_lacks(self, action: str, **changes: Any) -> World:
        return self._lacks(Subject.CALLER, action, changes)

    def _lacks(self, subject: Subject, action: str, changes: Mapping[str, Any]) -> World:
        facts = self.snapshot.facts[subject]
        permissions = tuple(
            replace(
                one,
                decisions=tuple(
                    replace(each, allowed=False, **changes) if each.action == action else each for each in one.decisions
                ),
            )
            for one in facts.permissions
        )
        return self.seeing(subject, replace(facts, permissions=permissions))

    @property
    def snapshot(self) -> Snapshot:
        facts = {**_facts(self.asked), **self.replaced}
        for subject, changes in self.changes.items():
            facts[subject] = replace(facts[subject], **changes)
        return Snapshot(question=self.asked, facts=facts)

    @property
    def findings(self) -> dict[str, Finding]:
        """What the checks find, by their names."""
        snapshot = self.snapshot
        found = {name: check.find(snapshot) for name, check in CHECKS.items()}
        return {name: finding for name, finding in found.items() if finding is not None}

    @property
    def verdicts(self) -> dict[str, str]:
        return {name: finding.verdict.value for name, finding in self.findings.items()}


def _facts(asked: Question) -> dict[Subject, Any]:
    blocks = dict.fromkeys(PUBLIC_ACCESS_BLOCKS, True)
    return {
        Subject.BUCKET: BucketFacts(
            exists=True,
            region=REGION,
            versioning="Enabled",
            blocks=blocks,
            encryption=Encryption(algorithm="AES256", key=None),
            dag_folders=dict.fromkeys(dag_places(asked), True),
        ),
        Subject.FILES: FilesFacts(
            files={
                REQUIREMENTS: _file("requirements.txt", "r1", CONSTRAINED),
                PLUGINS: _file("plugins.zip", "p1", b"PK\x03\x04"),
                STARTUP_SCRIPT: _file("startup.sh", "s1", b"#!/bin/sh\nexport A=1\n"),
            }
        ),
        Subject.ROLE: RoleFacts(
            exists=True,
            trust=TRUST,
            permissions=tuple(
                decided(need, allowed=need.purpose != ALL_BUCKETS, forbidden=need.purpose == ALL_BUCKETS)
                for need in role_needs(asked)
            ),
        ),
        Subject.KEY: KeyFacts(
            exists=True,
            arn=KEY,
            state="Enabled",
            spec="SYMMETRIC_DEFAULT",
            usage="ENCRYPT_DECRYPT",
            policy=KEY_POLICY,
        ),
        Subject.CALLER: CallerFacts(
            arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/session",
            permissions=tuple(decided(need) for need in caller_needs(asked)),
            dry_runs=dict.fromkeys(ENDPOINT_ACTIONS, True),
        ),
        Subject.QUOTAS: QuotaFacts(environments=("other",), environments_quota=None, workers_quota=None),
    }


def _file(key: str, version: str, content: bytes) -> FileFacts:
    return FileFacts(key=key, version=version, exists=True, size=len(content), beginning=content)
