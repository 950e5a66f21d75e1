"""Each check but those of the network, in a world that is broken for it alone, and in the mended one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from mwaa_operator.planning.preflight.facts_bucket import Encryption
from mwaa_operator.planning.preflight.facts_files import PLUGINS, REQUIREMENTS, STARTUP_SCRIPT, FilesFacts
from mwaa_operator.planning.preflight.facts_quotas import QuotaFacts
from mwaa_operator.planning.preflight.role_needs import ALL_BUCKETS
from mwaa_operator.planning.preflight.snapshot import Subject, Unseen

from .plain_world import ACCOUNT, CHECKS, CONSTRAINED, KEY, KEY_POLICY, TRUST, World, decided

Broken = Callable[[World], World]
IDENTITY_CENTER = {"StartUrl": "https://d-1.awsapps.com/start", "IdentityStoreId": "d-1234567890"}
BUCKET_ARN = "arn:aws:s3:::airflow-mybucket"
HALF = {"BlockPublicAcls": True, "IgnorePublicAcls": True}
OTHER_HALF = {"BlockPublicPolicy": True, "RestrictPublicBuckets": True}
OTHER_KEY = KEY.replace("1111", "2222", 1)
ALIAS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/airflow"


def _team(path: str, bucket: str = BUCKET_ARN) -> dict[str, dict[str, str]]:
    return {"blue": {"SourceBucketArn": bucket, "DagS3Path": path}}


def _trust(**changes) -> dict:
    return {"Statement": [{**TRUST["Statement"][0], **changes}]}


def _logs(**changes) -> dict:
    root, logs = KEY_POLICY["Statement"]
    return {"Statement": [root, {**logs, **changes}]}


def _options(**options: str) -> Broken:
    named = {name.replace("__", "."): value for name, value in options.items()}
    return lambda world: world.asking(AirflowConfigurationOptions=named)


def _requirements(content: bytes) -> Broken:
    return lambda world: world.with_file(REQUIREMENTS, beginning=content)


def _script(content: bytes) -> Broken:
    return lambda world: (
        world.asking(WebserverAccessMode="PRIVATE_ONLY", **_NO_REQUIREMENTS)
        .with_file(STARTUP_SCRIPT, beginning=content)
        .with_file(REQUIREMENTS, exists=True, beginning=b"")
    )


_NO_REQUIREMENTS = {"RequirementsS3Path": None, "RequirementsS3ObjectVersion": None}


def _may_list_buckets(world: World) -> World:
    facts = world.snapshot.facts[Subject.ROLE]
    permissions = [decided(one.need) if one.need.purpose == ALL_BUCKETS else one for one in facts.permissions]
    return world.seeing(Subject.ROLE, replace(facts, permissions=tuple(permissions)))


def _refused_dry_run(world: World) -> World:
    facts = world.caller_lacks("ec2:CreateVpcEndpoint").snapshot.facts[Subject.CALLER]
    return world.seeing(Subject.CALLER, replace(facts, dry_runs={"ec2:CreateVpcEndpoint": False}))


ERRORS: dict[str, tuple[str, Broken]] = {
    "two schedulers of a micro that AWS has": (
        "SchedulersFitClass",
        lambda world: world.running(Schedulers=2).asking(EnvironmentClass="mw1.micro", Schedulers=None, MaxWorkers=1),
    ),
    "six web servers": ("WebserversFitClass", lambda world: world.asking(MaxWebservers=6)),
    "a micro with two web servers": (
        "WebserversFitClass",
        lambda world: world.asking(EnvironmentClass="mw1.micro", Schedulers=1, MaxWorkers=1, MinWebservers=2),
    ),
    "fewer web servers at most than at least": (
        "WebserversFitClass",
        lambda world: world.running(MaxWebservers=2).asking(MinWebservers=3),
    ),
    "fewer workers at most than at least": ("WorkersFitClass", lambda world: world.asking(MinWorkers=6)),
    "an empty tag": ("TagsComplete", lambda world: world.on(tags={"team": ""})),
    "a tag of AWS's": ("TagsComplete", lambda world: world.on(tags={"aws:team": "data"})),
    "51 tags": ("TagsFew", lambda world: world.on(tags={f"tag{i}": "x" for i in range(51)})),
    "teams without an identity centre": (
        "TeamsHaveIdentityCenter",
        lambda world: world.asking(DagS3Path="dags/", Teams=_team("blue/")),
    ),
    "a team within the common folder": (
        "TeamFoldersApart",
        lambda world: world.asking(Teams=_team("dags-blue/"), IdentityCenterConfiguration=IDENTITY_CENTER),
    ),
    "a folder in the bucket's ARN": (
        "BucketArnPlain",
        lambda world: world.asking(SourceBucketArn=f"{BUCKET_ARN}/"),
    ),
    "an alias": ("KeyByName", lambda world: world.asking(KmsKey=ALIAS)),
    "the id of a multi-Region key": (
        "KeyByName",
        lambda world: world.asking(KmsKey=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/mrk-0123456789abcdef"),
    ),
    "a file without a version": ("FilesByVersion", lambda world: world.asking(PluginsS3ObjectVersion=None)),
    "a version without support": (
        "AirflowVersionSupported",
        lambda world: world.asking(AirflowVersion="2.6.3", PluginsS3Path=None, PluginsS3ObjectVersion=None).with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"2.6.3")
        ),
    ),
    "from 2 to 3 in one step": (
        "VersionWithinReach",
        lambda world: world.running(AirflowVersion="2.11.0"),
    ),
    "both access modes of a version that has one": (
        "AccessModeFitsVersion",
        lambda world: world.asking(AirflowVersion="3.0.6", WebserverAccessMode="PUBLIC_AND_PRIVATE").with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"3.0.6")
        ),
    ),
    "a line break at a secret's end": ("OptionsWellFormed", _options(smtp__smtp_password="geheim\n")),
    "an option that is no option": ("OptionsWellFormed", _options(Core__x="1")),
    "an option that MWAA does not support": ("OptionsSupported", _options(core__multi_team="True")),
    "ten environments of ten": (
        "EnvironmentsWithinQuota",
        lambda world: world.where(
            Subject.QUOTAS, environments=tuple(f"e{i}" for i in range(10)), environments_quota=10
        ),
    ),
    "thirty workers of twenty-five": (
        "WorkersWithinQuota",
        lambda world: world.asking(MaxWorkers=30).where(Subject.QUOTAS, workers_quota=25),
    ),
    "a caller who is forbidden to pass the role": (
        "CallerPassesRole",
        lambda world: world.caller_lacks("iam:PassRole", forbidden=True),
    ),
    "a caller whom EC2 refuses": ("CallerMakesEndpoints", _refused_dry_run),
    "a caller who is forbidden to create": (
        "CallerManagesEnvironments",
        lambda world: world.caller_lacks("airflow:CreateEnvironment", forbidden=True),
    ),
    "no bucket": ("BucketExists", lambda world: world.where(Subject.BUCKET, exists=False)),
    "a bucket elsewhere": ("BucketInRegion", lambda world: world.where(Subject.BUCKET, region="us-east-1")),
    "a bucket without versions": ("BucketVersioned", lambda world: world.where(Subject.BUCKET, versioning=None)),
    "a bucket with old versions only": (
        "BucketVersioned",
        lambda world: world.where(Subject.BUCKET, versioning="Suspended"),
    ),
    "an open bucket": ("BucketBlocksPublicAccess", lambda world: world.where(Subject.BUCKET, blocks=HALF)),
    "a bucket with another key": (
        "BucketKeySame",
        lambda world: world.where(Subject.BUCKET, encryption=Encryption(algorithm="aws:kms", key=OTHER_KEY)),
    ),
    "a bucket with a key and an environment without": (
        "BucketKeySame",
        lambda world: (
            world.asking(KmsKey=None)
            .seeing(Subject.KEY, None)
            .where(Subject.BUCKET, encryption=Encryption(algorithm="aws:kms:dsse", key=KEY))
        ),
    ),
    "no DAGs": (
        "DagFolderExists",
        lambda world: world.where(Subject.BUCKET, dag_folders={("airflow-mybucket", "dags"): False}),
    ),
    "a file that is not there": ("FilesExist", lambda world: world.with_file(PLUGINS, exists=False)),
    "a role of another account": (
        "RoleInAccount",
        lambda world: world.asking(ExecutionRoleArn="arn:aws:iam::999999999999:role/airflow-demo"),
    ),
    "no role": ("RoleExists", lambda world: world.where(Subject.ROLE, exists=False)),
    "a role that trusts half of MWAA": (
        "RoleTrustsMwaa",
        lambda world: world.where(Subject.ROLE, trust=_trust(Principal={"Service": "airflow.amazonaws.com"})),
    ),
    "a role that trusts nobody that can be read": (
        "RoleTrustsMwaa",
        lambda world: world.where(Subject.ROLE, trust=None),
    ),
    "a role of another environment": (
        "RoleTrustsThisEnvironment",
        lambda world: world.where(
            Subject.ROLE,
            trust=_trust(
                Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:airflow:eu-west-1:{ACCOUNT}:environment/other"}}
            ),
        ),
    ),
    "a role that cannot read DAGs": ("RoleReadsBucket", lambda world: world.role_lacks("s3:GetObject")),
    "a role that cannot see the account's block": (
        "RoleReadsAccountBlock",
        lambda world: world.role_lacks("s3:GetAccountPublicAccessBlock").where(
            Subject.BUCKET, blocks={}, account_blocks=HALF | OTHER_HALF
        ),
    ),
    "a role that cannot write logs": ("RoleWritesLogs", lambda world: world.role_lacks("logs:PutLogEvents")),
    "a role without the queue": ("RoleUsesQueue", lambda world: world.role_lacks("sqs:SendMessage", forbidden=True)),
    "a role without the key": ("RoleUsesKey", lambda world: world.role_lacks("kms:Decrypt")),
    "a role without metrics": ("RolePutsMetrics", lambda world: world.role_lacks("cloudwatch:PutMetricData")),
    "a key elsewhere": (
        "KeyInRegion",
        lambda world: world.asking(KmsKey=KEY.replace("eu-west-1", "us-east-1")),
    ),
    "no key": ("KeyExists", lambda world: world.where(Subject.KEY, exists=False)),
    "a key that is disabled": ("KeyEnabled", lambda world: world.where(Subject.KEY, state="Disabled")),
    "a key to be deleted": ("KeyEnabled", lambda world: world.where(Subject.KEY, state="PendingDeletion")),
    "a key for signatures": (
        "KeySymmetric",
        lambda world: world.where(Subject.KEY, spec="RSA_2048", usage="SIGN_VERIFY"),
    ),
    "a key of many Regions": ("KeyOfOneRegion", lambda world: world.where(Subject.KEY, multi_region=True)),
    "a key without CloudWatch Logs": (
        "KeyAdmitsLogs",
        lambda world: world.where(Subject.KEY, policy={"Statement": KEY_POLICY["Statement"][:1]}),
    ),
    "a key for somebody else's log groups": (
        "KeyAdmitsLogs",
        lambda world: world.where(
            Subject.KEY,
            policy=_logs(
                Condition={
                    "StringLike": {
                        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:x*"
                    }
                }
            ),
        ),
    ),
    "a key that only speaks of airflow and aws:logs:arn": (
        "KeyAdmitsLogs",
        lambda world: world.where(Subject.KEY, policy=_logs(Sid="airflow aws:logs:arn", Action="kms:Describe*")),
    ),
}
WARNINGS: dict[str, tuple[str, Broken]] = {
    "a class that is not on record": (
        "EnvironmentClassKnown",
        lambda world: world.asking(EnvironmentClass="mw1.4xlarge"),
    ),
    "a micro that is to scale": (
        "WorkersFitClass",
        lambda world: world.asking(EnvironmentClass="mw1.micro", Schedulers=1),
    ),
    "a version that is not on record": (
        "AirflowVersionKnown",
        lambda world: world.asking(AirflowVersion="3.9.0").with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"3.9.0")
        ),
    ),
    "another Python under requirements": (
        "PythonStays",
        lambda world: (
            world.asking(AirflowVersion="2.11.2", **_lazy("False"))
            .running(AirflowVersion="2.10.3")
            .with_file(REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"2.11.2"))
        ),
    ),
    "teams of a version that may have none": (
        "TeamsFitVersion",
        lambda world: world.asking(
            AirflowVersion="3.2.1",
            DagS3Path="dags/",
            Teams=_team("blue/"),
            IdentityCenterConfiguration=IDENTITY_CENTER,
        ).with_file(REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"3.2.1")),
    ),
    "an option that MWAA overrides": ("OptionsHonoured", _options(core__executor="LocalExecutor")),
    "an option of the worker that MWAA ignores": (
        "WorkerConcurrencyHonoured",
        _options(celery__worker_concurrency="4"),
    ),
    "more parsing processes than processors": (
        "ParsingProcessesFitClass",
        _options(dag_processor__parsing_processes="2"),
    ),
    "plugins that are loaded late": (
        "PluginsLoaded",
        lambda world: world.asking(AirflowVersion="2.11.2", **_lazy("True")).with_file(
            REQUIREMENTS, beginning=CONSTRAINED.replace(b"3.3.1", b"2.11.2")
        ),
    ),
    "a quota that nobody knows": (
        "EnvironmentsWithinQuota",
        lambda world: world.where(Subject.QUOTAS, environments=tuple(f"e{i}" for i in range(10))),
    ),
    "a caller who may not create": (
        "CallerManagesEnvironments",
        lambda world: world.caller_lacks("airflow:CreateEnvironment"),
    ),
    "a caller who is forbidden to delete": (
        "CallerManagesEnvironments",
        lambda world: world.caller_lacks("airflow:DeleteEnvironment", forbidden=True),
    ),
    "a caller who may not make the linked role": (
        "CallerMakesLinkedRole",
        lambda world: world.caller_lacks("iam:CreateServiceLinkedRole"),
    ),
    "a caller who may not see subnets": ("CallerSeesNetwork", lambda world: world.caller_lacks("ec2:DescribeSubnets")),
    "a caller who may not see encryption": (
        "CallerSeesEncryption",
        lambda world: world.caller_lacks("s3:GetEncryptionConfiguration"),
    ),
    "a caller who may not grant the key": ("CallerUsesKey", lambda world: world.caller_lacks("kms:CreateGrant")),
    "blocks of bucket and account that only together are all": (
        "BucketBlocksPublicAccess",
        lambda world: world.where(Subject.BUCKET, blocks=HALF, account_blocks=OTHER_HALF),
    ),
    "a bucket that names its key by an alias": (
        "BucketKeySame",
        lambda world: world.where(Subject.BUCKET, encryption=Encryption(algorithm="aws:kms", key=ALIAS)),
    ),
    "plugins of two gigabytes": ("FilesSmall", lambda world: world.with_file(PLUGINS, size=2 * 10**9)),
    "plugins that are a tar": ("PluginsZipped", lambda world: world.with_file(PLUGINS, beginning=b"\x1f\x8b\x08\x00")),
    "requirements without constraints": ("RequirementsConstrained", _requirements(b"pandas\n")),
    "requirements with constraints as a comment": ("ConstraintInForce", _requirements(b"# --constraint x\npandas\n")),
    "constraints of another Airflow": (
        "ConstraintsFitVersion",
        _requirements(CONSTRAINED.replace(b"3.3.1", b"2.10.3")),
    ),
    "constraints of another Python": ("ConstraintsFitVersion", _requirements(CONSTRAINED.replace(b"-3.12", b"-3.11"))),
    "requirements that pin Airflow": (
        "RequirementsLeaveAirflow",
        _requirements(CONSTRAINED + b"apache_airflow[celery] == 3.3.1\n"),
    ),
    "a private web server that is to download": (
        "RequirementsAreWheels",
        lambda world: world.asking(WebserverAccessMode="PRIVATE_ONLY"),
    ),
    "a script from Windows": ("StartupScriptUnix", _script(b"#!/bin/sh\r\nexport A=1\r\n")),
    "a script that downloads on a private web server": (
        "StartupScriptOffline",
        _script(b"#!/bin/sh\nsudo yum install -y libaio\n"),
    ),
    "a role whose policies ask for the unknown": (
        "RoleReadsBucket",
        lambda world: world.role_lacks("s3:ListBucket", missing=("aws:SourceVpc",)),
    ),
    "a role that cannot read logs back": ("RoleWritesLogs", lambda world: world.role_lacks("logs:GetLogEvents")),
    "a role that cannot encrypt": ("RoleUsesKey", lambda world: world.role_lacks("kms:Encrypt")),
    "a role that may list all buckets": ("RoleListsNoBuckets", _may_list_buckets),
}


def _lazy(value: str) -> dict:
    return {"AirflowConfigurationOptions": {"core.lazy_load_plugins": value}}


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
            Teams=_team("dags-blue/"),
            IdentityCenterConfiguration=IDENTITY_CENTER,
        ),
        lambda world: world.asking(
            Teams=_team("dags", "arn:aws:s3:::airflow-blue"), IdentityCenterConfiguration=IDENTITY_CENTER
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
        _script(b'#!/bin/sh\nif [ "$MWAA_AIRFLOW_COMPONENT" != webserver ]; then yum install -y x; fi\n'),
        _options(metrics__metrics_allow_list="dag", webserver__default_ui_timezone="utc"),
        lambda world: world.where(Subject.ROLE, trust=_trust(Principal="*", Action="*", Condition={})),
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
    world = World().asking(AirflowVersion="2.6.3", **_lazy("False")).on(today=date(2025, 12, 1))
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
    trust = _trust(Condition={"StringEquals": {"sts:ExternalId": "x"}})
    assert World().where(Subject.ROLE, trust=trust).verdicts == {"RoleTrustsThisEnvironment": "Unknown"}


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
