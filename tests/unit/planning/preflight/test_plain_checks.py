"""Each check but those of the network, in a world that is broken for it alone, and in the mended one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from mwaa_operator.planning.preflight.facts_bucket import Encryption
from mwaa_operator.planning.preflight.facts_files import REQUIREMENTS, FilesFacts
from mwaa_operator.planning.preflight.facts_quotas import QuotaFacts
from mwaa_operator.planning.preflight.snapshot import Subject, Unseen

from .plain_breaking import (
    HALF,
    IDENTITY_CENTER,
    OTHER_HALF,
    lazy,
    options,
    script,
    team,
    trust,
)
from .plain_errors import ERRORS
from .plain_warnings import WARNINGS
from .plain_world import ACCOUNT, CHECKS, CONSTRAINED, KEY, World


def test_environment_in_order_passes_all_checks():
    assert World().verdicts == {}


@pytest.mark.parametrize("name", ERRORS)
def test_what_aws_would_refuse_is_an_error_of_its_own_check(name):
    check, broken = ERRORS[name]
    assert broken(World()).verdicts == {check: "Error"}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_is_not_certain_to_fail_is_a_warning_of_its_own_check(name):
    check, broken = WARNINGS[name]
    assert broken(World()).verdicts == {check: "Warning"}


@pytest.mark.parametrize("name", [*ERRORS, *WARNINGS])
def test_finding_says_what_was_found_and_what_to_do(name):
    check, broken = {**ERRORS, **WARNINGS}[name]
    finding = broken(World()).findings[check]
    assert finding.found.endswith(".")
    assert finding.advice.endswith(".")
    assert "geheim" not in finding.found + finding.advice


def test_each_check_is_shown_a_broken_world():
    assert {check for check, _ in [*ERRORS.values(), *WARNINGS.values()]} == set(CHECKS)


@pytest.mark.parametrize(
    "subject", [Subject.BUCKET, Subject.FILES, Subject.ROLE, Subject.KEY, Subject.CALLER, Subject.QUOTAS]
)
def test_what_may_not_be_seen_is_unknown(subject):
    found = World().seeing(subject, Unseen("no", "ask")).verdicts
    assert set(found) == {name for name, check in CHECKS.items() if subject in check.needs}
    assert set(found.values()) == {"Unknown"}


# ---- what passes ----


@pytest.mark.parametrize(
    "passing",
    [
        lambda world: (
            world.running(AirflowVersion="2.6.3", **_NO_FILES)
            .asking(AirflowVersion="2.6.3", **_NO_FILES)
            .seeing(Subject.FILES, FilesFacts(files={}))
        ),
        lambda world: world.running(AirflowVersion="2.11.2").asking(**_NO_FILES),
        lambda world: world.asking(AirflowVersion=None),
        lambda world: world.asking(EndpointManagement="CUSTOMER"),
        lambda world: world.asking(KmsKey=None).seeing(Subject.KEY, None),
        lambda world: world.asking(
            DagS3Path="dags/",
            Teams=team("dags-blue/"),
            IdentityCenterConfiguration=IDENTITY_CENTER,
        ),
        lambda world: world.asking(
            Teams=team("dags", "arn:aws:s3:::airflow-blue"), IdentityCenterConfiguration=IDENTITY_CENTER
        ),
        lambda world: world.where(Subject.BUCKET, blocks={}, account_blocks=HALF | OTHER_HALF),
        lambda world: world.where(
            Subject.BUCKET, encryption=Encryption(algorithm="aws:kms", key=KEY.rpartition("/")[2])
        ),
        lambda world: world.where(
            Subject.BUCKET, encryption=Encryption(algorithm="aws:kms", key="arn:aws:kms:eu-west-1:1:alias/aws/s3")
        ),
        lambda world: world.where(Subject.QUOTAS, environments=tuple(f"e{i}" for i in range(9))),
        lambda world: world.where(Subject.QUOTAS, environments=("env", *(f"e{i}" for i in range(9)))),
        lambda world: world.where(Subject.QUOTAS, environments_quota=Unseen("no")),
        script(b'#!/bin/sh\nif [ "$MWAA_AIRFLOW_COMPONENT" != webserver ]; then yum install -y x; fi\n'),
        options(metrics__metrics_allow_list="dag", webserver__default_ui_timezone="utc"),
        lambda world: world.where(Subject.ROLE, trust=trust(Principal="*", Action="*", Condition={})),
    ],
    ids=[
        "an environment that has its unsupported version already",
        "from the latest 2.11 to 3",
        "the latest version by leaving it out",
        "endpoints of one's own",
        "AWS's own key",
        "folders apart by a slash",
        "the same folder in two buckets",
        "the account's block",
        "the environment's key by its id",
        "AWS's key of S3",
        "the tenth environment",
        "the environment itself among ten",
        "a quota that does not matter",
        "a script that knows where it runs",
        "options that MWAA goes by",
        "a role that trusts everybody",
    ],
)
def test_what_aws_takes_passes(passing):
    assert passing(World()).verdicts == {}


_NO_FILES = dict.fromkeys(
    f"{file}{what}" for file in ("PluginsS3", "RequirementsS3", "StartupScriptS3") for what in ("Path", "ObjectVersion")
)


def test_end_of_support_that_is_still_to_come_is_a_warning():
    world = World().asking(AirflowVersion="2.6.3", **lazy("False")).on(today=date(2025, 12, 1))
    world = world.with_file(REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"2.6.3"))
    assert world.verdicts == {"AirflowVersionSupported": "Warning"}


def test_refused_dry_run_passes_where_a_policy_allows_it_by_way_of_mwaa():
    facts = World().snapshot.facts[Subject.CALLER]
    refused = replace(facts, dry_runs={"ec2:CreateVpcEndpoint": False})
    assert World().seeing(Subject.CALLER, refused).verdicts == {}


def test_refused_dry_run_is_a_warning_where_iam_may_not_be_asked():
    facts = World().snapshot.facts[Subject.CALLER]
    unseen = tuple(replace(one, decisions=Unseen("no")) for one in facts.permissions)
    refused = replace(facts, dry_runs={"ec2:CreateVpcEndpoint": False}, permissions=unseen)
    assert World().seeing(Subject.CALLER, refused).verdicts["CallerMakesEndpoints"] == "Warning"


def test_permissions_boundary_is_named_where_it_is_what_forbids():
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/bound"
    world = World().role_lacks("s3:GetObject", beyond_boundary=True)
    world = world.where(Subject.ROLE, boundary=boundary)
    assert boundary in world.findings["RoleReadsBucket"].advice


def test_condition_of_a_trust_policy_that_cannot_be_judged_is_unknown():
    policy = trust(Condition={"StringEquals": {"sts:ExternalId": "x"}})
    assert World().where(Subject.ROLE, trust=policy).verdicts == {"RoleTrustsThisEnvironment": "Unknown"}


def test_quota_that_may_not_be_seen_is_unknown_only_where_it_matters():
    facts = QuotaFacts(
        environments=tuple(f"e{i}" for i in range(10)), environments_quota=Unseen("no"), workers_quota=Unseen("no")
    )
    assert World().seeing(Subject.QUOTAS, facts).verdicts == {"EnvironmentsWithinQuota": "Unknown"}


@pytest.mark.parametrize(
    "odd",
    [
        {"Teams": {"blue": None}, "IdentityCenterConfiguration": IDENTITY_CENTER},
        {"Teams": "blue"},
        {"ExecutionRoleArn": "role"},
        {"KmsKey": "key"},
        {"SourceBucketArn": ""},
        {"AirflowVersion": "next"},
        {"AirflowConfigurationOptions": {"scheduler.parsing_processes": "many"}},
        {"MaxWorkers": "5"},
        {"NetworkConfiguration": None},
        {"DagS3Path": ""},
    ],
    ids=str,
)
def test_odd_values_are_judged_without_an_exception(odd):
    assert isinstance(World().asking(**odd).verdicts, dict)


@pytest.mark.parametrize(
    "document", [None, [], "text", {"Statement": ["x"]}, {"Statement": {"Effect": "Allow"}}], ids=str
)
def test_odd_policies_are_judged_without_an_exception(document):
    world = World().where(Subject.ROLE, trust=document).where(Subject.KEY, policy=document)
    assert world.verdicts == {"RoleTrustsMwaa": "Error", "KeyAdmitsLogs": "Error"}
