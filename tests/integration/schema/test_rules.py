"""Each rule of the schema says no to the manifest that breaks it, and says why; the models say the same in the same
words.

The rules are those of mwaa-behaviour.md §1.2, §3.2 and §3.6. What is only inferred there is in `ACCEPTED`: the schema
must let it through.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from mwaa_operator.api.model import explain
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from pydantic import ValidationError


class Refused(NamedTuple):
    behaviour: str
    changes: dict[Any, Any]
    field: str
    says: str
    same_words: bool = True
    """Whether the model, too, says just this: it does for our own rules, and not for those of JSON schema."""


def form(behaviour: str, changes: dict[Any, Any], field: str, says: str) -> Refused:
    """A rule about the form of one value, which the API server and pydantic word in their own ways."""
    return Refused(behaviour, changes, field, says, same_words=False)


LOG = ("loggingConfiguration", "taskLogs")
NET = "networkConfiguration"
UPDATE = ("policies", "update")
TEAM = {"sourceBucketArn": "arn:aws:s3:::blue", "dagS3Path": "dags/"}
IDENTITY_CENTER = {"startUrl": "https://my-portal.awsapps.com/start", "identityStoreId": "d-1234567890"}
PATTERN = "should match"

REFUSED = [
    # names and ARNs
    form("name begins with a digit", {"name": "1bad"}, "spec.name", PATTERN),
    form("name has a dot", {"name": "a.b"}, "spec.name", PATTERN),
    form("name is longer than 80", {"name": "a" * 81}, "spec.name", "may not be more than 80"),
    form("name is empty", {"name": ""}, "spec.name", "at least 1 chars"),
    form("region is not a region", {"region": "EU West"}, "spec.region", PATTERN),
    form("role is not an ARN", {"executionRoleArn": "airflow-demo"}, "spec.executionRoleArn", PATTERN),
    form("role has a short account", {"executionRoleArn": "arn:aws:iam::1:role/a"}, "spec.executionRoleArn", PATTERN),
    form("bucket ARN has a path", {"sourceBucketArn": "arn:aws:s3:::b/dags"}, "spec.sourceBucketArn", PATTERN),
    form("bucket is a bare name", {"sourceBucketArn": "airflow-mybucket"}, "spec.sourceBucketArn", PATTERN),
    form("KMS key is an alias", {"kmsKey": "alias/airflow"}, "spec.kmsKey", PATTERN),
    form(
        "KMS key is an ARN of an alias",
        {"kmsKey": "arn:aws:kms:eu-west-1:123456789012:alias/airflow"},
        "spec.kmsKey",
        PATTERN,
    ),
    form("KMS key is a multi-Region key", {"kmsKey": "mrk-1234abcd12ab34cd56ef1234567890ab"}, "spec.kmsKey", PATTERN),
    # versions, classes, sizes
    form("version has a letter too many", {"airflowVersion": "v3.3.1!"}, "spec.airflowVersion", PATTERN),
    form("version is longer than 32", {"airflowVersion": "3" * 33}, "spec.airflowVersion", "may not be more than 32"),
    form("class is empty", {"environmentClass": ""}, "spec.environmentClass", "at least 1 chars"),
    form("no workers", {"minWorkers": 0}, "spec.minWorkers", "greater than or equal to 1"),
    form("no most workers", {"maxWorkers": 0}, "spec.maxWorkers", "greater than or equal to 1"),
    form("no web servers", {"minWebservers": 0}, "spec.minWebservers", "greater than or equal to 1"),
    form("no most web servers", {"maxWebservers": 0}, "spec.maxWebservers", "greater than or equal to 1"),
    form("no scheduler", {"schedulers": 0}, "spec.schedulers", "greater than or equal to 1"),
    form("six schedulers", {"schedulers": 6}, "spec.schedulers", "less than or equal to 5"),
    form("workers beyond AWS's integers", {"maxWorkers": 2**31}, "spec.maxWorkers", "less than or equal to 2147483647"),
    form("workers as text", {"minWorkers": "1"}, "spec.minWorkers", "must be of type integer"),
    Refused(
        "fewer most than least workers",
        {"minWorkers": 6, "maxWorkers": 5},
        "spec.minWorkers",
        "minWorkers is greater than maxWorkers. Lower minWorkers or raise maxWorkers.",
    ),
    Refused(
        "fewer most than least web servers",
        {"minWebservers": 4, "maxWebservers": 3},
        "spec.minWebservers",
        "minWebservers is greater than maxWebservers. Lower minWebservers or raise maxWebservers.",
    ),
    Refused(
        "micro with two schedulers",
        {"environmentClass": "mw1.micro", "schedulers": 2},
        "spec.schedulers",
        "mw1.micro has exactly 1 scheduler.",
    ),
    Refused(
        "micro with two web servers",
        {"environmentClass": "mw1.micro", "maxWebservers": 2},
        "spec.maxWebservers",
        "mw1.micro has exactly 1 web server.",
    ),
    Refused(
        "micro with at least two web servers",
        {"environmentClass": "mw1.micro", "minWebservers": 2},
        "spec.maxWebservers",
        "mw1.micro has exactly 1 web server.",
    ),
    *[
        Refused(
            f"{size} with one scheduler",
            {"environmentClass": size, "schedulers": 1},
            "spec.schedulers",
            "Environments larger than mw1.micro have 2 to 5 schedulers.",
        )
        for size in ("mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge")
    ],
    Refused(
        "small with one web server",
        {"environmentClass": "mw1.small", "minWebservers": 1},
        "spec.maxWebservers",
        "Environments larger than mw1.micro have 2 to 5 web servers.",
    ),
    Refused(
        "large with six web servers",
        {"environmentClass": "mw1.large", "maxWebservers": 6},
        "spec.maxWebservers",
        "Environments larger than mw1.micro have 2 to 5 web servers.",
    ),
    # enumerations and times
    form("unknown access mode", {"webserverAccessMode": "PUBLIC"}, "spec.webserverAccessMode", "supported values"),
    form("unknown endpoint management", {"endpointManagement": "AWS"}, "spec.endpointManagement", "supported values"),
    form(
        "maintenance at a quarter past",
        {"weeklyMaintenanceWindowStart": "SUN:14:15"},
        "spec.weeklyMaintenanceWindowStart",
        PATTERN,
    ),
    form(
        "maintenance at hour 24",
        {"weeklyMaintenanceWindowStart": "SUN:24:00"},
        "spec.weeklyMaintenanceWindowStart",
        PATTERN,
    ),
    form(
        "maintenance on no day",
        {"weeklyMaintenanceWindowStart": "DAY:02:00"},
        "spec.weeklyMaintenanceWindowStart",
        PATTERN,
    ),
    *[
        Refused(
            f"both access modes with Airflow {version}",
            {"airflowVersion": version, "webserverAccessMode": "PUBLIC_AND_PRIVATE"},
            "spec.webserverAccessMode",
            "PUBLIC_AND_PRIVATE needs Airflow 3.2 or later.",
        )
        for version in ("2.11.2", "3.0.6", "3.1.0", "1.10.12")
    ],
    # network
    form("one subnet", {(NET, "subnetIds"): ["subnet-1"]}, "spec.networkConfiguration.subnetIds", "at least 2 items"),
    form(
        "three subnets",
        {(NET, "subnetIds"): ["subnet-1", "subnet-2", "subnet-3"]},
        "spec.networkConfiguration.subnetIds",
        "must have at most 2 items",
    ),
    Refused(
        "one subnet twice",
        {(NET, "subnetIds"): ["subnet-1", "subnet-1"]},
        "spec.networkConfiguration.subnetIds",
        "MWAA needs two subnets in different Availability Zones, and this is the same one twice.",
    ),
    form(
        "subnet of another form",
        {(NET, "subnetIds"): ["subnet-1", "vpc-2"]},
        "spec.networkConfiguration.subnetIds[1]",
        PATTERN,
    ),
    form(
        "no security group",
        {(NET, "securityGroupIds"): []},
        "spec.networkConfiguration.securityGroupIds",
        "at least 1 items",
    ),
    form(
        "six security groups",
        {(NET, "securityGroupIds"): [f"sg-{n}" for n in range(6)]},
        "spec.networkConfiguration.securityGroupIds",
        "must have at most 5 items",
    ),
    form(
        "security group of another form",
        {(NET, "securityGroupIds"): ["default"]},
        "spec.networkConfiguration.securityGroupIds[0]",
        PATTERN,
    ),
    # logs
    form("log without a level", {LOG: {"enabled": True}}, "spec.loggingConfiguration.taskLogs.logLevel", "Required"),
    form(
        "log not said to be on", {LOG: {"logLevel": "INFO"}}, "spec.loggingConfiguration.taskLogs.enabled", "Required"
    ),
    form(
        "unknown log level",
        {LOG: {"enabled": True, "logLevel": "TRACE"}},
        "spec.loggingConfiguration.taskLogs.logLevel",
        "supported values",
    ),
    # files
    form("DAG path is too long", {"dagS3Path": "d" * 1025}, "spec.dagS3Path", "may not be more than 1024"),
    *[
        Refused(
            f"version of {kind} that have no path",
            {f"{kind}S3ObjectVersion": "3sL4kqtJlcpXroDTDmJ"},
            f"spec.{kind}S3ObjectVersion",
            f"{kind}S3ObjectVersion is the version of a file that is not named. Set {kind}S3Path as well, or remove "
            f"it.",
        )
        for kind in ("plugins", "requirements", "startupScript")
    ],
    # options
    form(
        "option in capitals",
        {"airflowConfigurationOptions": {"Core.Parallelism": "8"}},
        "spec.airflowConfigurationOptions",
        "An Airflow option is named section.option",
    ),
    form(
        "option with a name of 65",
        {"airflowConfigurationOptions": {"a" * 65: "8"}},
        "spec.airflowConfigurationOptions",
        "An Airflow option is named section.option",
    ),
    form(
        "option without a value",
        {"airflowConfigurationOptions": {"core.parallelism": ""}},
        "spec.airflowConfigurationOptions.core.parallelism",
        "at least 1 chars",
    ),
    form(
        "option with a letter beyond ASCII",
        {"airflowConfigurationOptions": {"core.default_timezone": "Zürich"}},
        "spec.airflowConfigurationOptions.core.default_timezone",
        PATTERN,
    ),
    form(
        "secret option in capitals",
        {"airflowConfigurationSecrets": {"SMTP": {"name": "smtp", "key": "password"}}},
        "spec.airflowConfigurationSecrets",
        "An Airflow option is named section.option",
    ),
    form(
        "secret option without a key",
        {"airflowConfigurationSecrets": {"smtp.smtp_password": {"name": "smtp"}}},
        "spec.airflowConfigurationSecrets.smtp.smtp_password.key",
        "Required",
    ),
    form(
        "secret option from a Secret of no name",
        {"airflowConfigurationSecrets": {"smtp.smtp_password": {"name": "SMTP", "key": "password"}}},
        "spec.airflowConfigurationSecrets.smtp.smtp_password.name",
        PATTERN,
    ),
    Refused(
        "one option from two places",
        {
            "airflowConfigurationOptions": {"smtp.smtp_password": "x"},
            "airflowConfigurationSecrets": {"smtp.smtp_password": {"name": "smtp", "key": "password"}},
        },
        "spec.airflowConfigurationSecrets",
        "The same option is in airflowConfigurationOptions and in airflowConfigurationSecrets.",
    ),
    # tags
    form("tag without a value", {"tags": {"team": ""}}, "spec.tags.team", "at least 1 chars"),
    form("tag without a key", {"tags": {"": "data"}}, "spec.tags", "A tag key has 1 to 128 letters"),
    form("tag with a key of 129", {"tags": {"k" * 129: "data"}}, "spec.tags", "A tag key has 1 to 128 letters"),
    form("tag with a key in brackets", {"tags": {"<team>": "data"}}, "spec.tags", "A tag key has 1 to 128 letters"),
    form("tag with a value in brackets", {"tags": {"team": "<data>"}}, "spec.tags.team", PATTERN),
    form("tag with a value of 257", {"tags": {"team": "d" * 257}}, "spec.tags.team", "may not be more than 256"),
    form(
        "more tags than leave room for ours",
        {"tags": {f"tag-{n}": "x" for n in range(47)}},
        "spec.tags",
        "must have at most 46 items",
    ),
    Refused(
        "tag of AWS", {"tags": {"aws:team": "data"}}, "spec.tags", "Tag keys that begin with aws: are reserved by AWS."
    ),
    Refused(
        "tag of ownership",
        {"tags": {"mwaa-operator.dev/name": "x"}},
        "spec.tags",
        "Tag keys that begin with mwaa-operator.dev/ say which object owns an environment",
    ),
    # identity centre and teams
    form(
        "identity store of another form",
        {"identityCenterConfiguration": {"identityStoreId": "d-12"}},
        "spec.identityCenterConfiguration.identityStoreId",
        PATTERN,
    ),
    form(
        "portal without TLS",
        {"identityCenterConfiguration": {"startUrl": "http://example.com"}},
        "spec.identityCenterConfiguration.startUrl",
        PATTERN,
    ),
    Refused(
        "teams without an identity centre",
        {"teams": {"blue": TEAM}},
        "spec.teams",
        "Teams are groups of IAM Identity Center. Set identityCenterConfiguration as well, or remove teams.",
    ),
    form(
        "team with a short name",
        {"teams": {"bl": TEAM}, "identityCenterConfiguration": IDENTITY_CENTER},
        "spec.teams",
        "A team is named as its IAM Identity Center group is displayed",
    ),
    form(
        "team without a folder",
        {"teams": {"blue": {"sourceBucketArn": "arn:aws:s3:::b"}}, "identityCenterConfiguration": IDENTITY_CENTER},
        "spec.teams.blue.dagS3Path",
        "Required",
    ),
    form(
        "21 teams",
        {
            "teams": {f"team-{n}": {**TEAM, "dagS3Path": f"dags-{n}/"} for n in range(21)},
            "identityCenterConfiguration": IDENTITY_CENTER,
        },
        "spec.teams",
        "must have at most 20 items",
    ),
    Refused(
        "team within another team's folder",
        {
            "teams": {"blue": TEAM, "green": {**TEAM, "dagS3Path": "dags/green/"}},
            "identityCenterConfiguration": IDENTITY_CENTER,
        },
        "spec.teams",
        "The DAG folder of one team lies within that of another.",
    ),
    Refused(
        "team within the global folder",
        {
            "teams": {"blue": {"sourceBucketArn": "arn:aws:s3:::airflow-mybucket", "dagS3Path": "dags-blue/"}},
            "identityCenterConfiguration": IDENTITY_CENTER,
        },
        "spec.teams",
        "The DAG folder of a team and dagS3Path lie within each other.",
    ),
    # policies
    *[
        form(f"unknown policy {name}", {("policies", name): "Perhaps"}, f"spec.policies.{name}", "supported values")
        for name in ("deletion", "management", "adoption", "drift", "createFailed")
    ],
    form("unknown approval", {(*UPDATE, "approval"): "Perhaps"}, "spec.policies.update.approval", "supported values"),
    form(
        "unknown replacement of workers",
        {(*UPDATE, "workerReplacementStrategy"): "Graceful"},
        "spec.policies.update.workerReplacementStrategy",
        "supported values",
    ),
    Refused(
        "graceful with an Airflow that cannot",
        {"airflowVersion": "2.4.2", (*UPDATE, "workerReplacementStrategy"): "GRACEFUL"},
        "spec.policies.update.workerReplacementStrategy",
        "GRACEFUL needs Airflow 2.4.3 or later.",
    ),
    form(
        "window without a length",
        {(*UPDATE, "window"): {"start": "SUN:02:00"}},
        "spec.policies.update.window.durationHours",
        "Required",
    ),
    form(
        "window at minute 60",
        {(*UPDATE, "window"): {"start": "SUN:02:60", "durationHours": 1}},
        "spec.policies.update.window.start",
        PATTERN,
    ),
    form(
        "window longer than a week",
        {(*UPDATE, "window"): {"start": "SUN:02:00", "durationHours": 169}},
        "spec.policies.update.window.durationHours",
        "less than or equal to 168",
    ),
]

ACCEPTED = [
    ("26 workers, which are a matter of the quota", {"minWorkers": 26, "maxWorkers": 300}),
    ("only the least workers", {"minWorkers": 30}),
    ("more than one worker on micro", {"environmentClass": "mw1.micro", "minWorkers": 1, "maxWorkers": 3}),
    ("micro as it is", {"environmentClass": "mw1.micro", "schedulers": 1, "minWebservers": 1, "maxWebservers": 1}),
    ("a class that is not documented", {"environmentClass": "mw2.nano", "schedulers": 1, "maxWebservers": 9}),
    ("one scheduler of a class that AWS chooses", {"schedulers": 1}),
    ("a version that nobody knows yet", {"airflowVersion": "4.0.0rc1"}),
    (
        "both access modes with later versions",
        {"airflowVersion": "3.10.0", "webserverAccessMode": "PUBLIC_AND_PRIVATE"},
    ),
    ("both access modes with the latest version", {"webserverAccessMode": "PUBLIC_AND_PRIVATE"}),
    ("graceful from 2.4.3", {"airflowVersion": "2.4.3", (*UPDATE, "workerReplacementStrategy"): "GRACEFUL"}),
    ("graceful with 2.10", {"airflowVersion": "2.10.1", (*UPDATE, "workerReplacementStrategy"): "GRACEFUL"}),
    ("a key by its id", {"kmsKey": "1234abcd-12ab-34cd-56ef-1234567890ab"}),
    ("a key by its ARN", {"kmsKey": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"}),
    ("roles of other partitions", {"executionRoleArn": "arn:aws-cn:iam::123456789012:role/service-role/x"}),
    ("tags in other scripts", {"tags": {"équipe": "données 日本 +-=._:/@"}}),
    ("46 tags", {"tags": {f"tag-{n}": "x" for n in range(46)}}),
    ("no tags in words", {"tags": {}}),
    ("no options in words", {"airflowConfigurationOptions": {}}),
    ("an option of 64 KiB", {"airflowConfigurationOptions": {"core.x": "x" * 65536}}),
    ("one log alone", {LOG: {"enabled": False, "logLevel": "CRITICAL"}}),
    ("a path without a version", {"pluginsS3Path": "plugins.zip"}),
    (
        "teams in folders that only begin alike",
        {
            "dagS3Path": "dags/",
            "teams": {
                "blue": {"sourceBucketArn": "arn:aws:s3:::airflow-mybucket", "dagS3Path": "dags-blue/"},
                "green": {"sourceBucketArn": "arn:aws:s3:::other", "dagS3Path": "dags/"},
            },
            "identityCenterConfiguration": IDENTITY_CENTER,
        },
    ),
    (
        "an identity store that is a UUID",
        {"identityCenterConfiguration": {"identityStoreId": "12345678-" + "1234-" * 3 + "1" * 12}},
    ),
    ("a window of a whole week", {(*UPDATE, "window"): {"start": "MON:00:17", "durationHours": 168}}),
    ("empty policies", {"policies": {"update": {}}}),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.behaviour)
def test_api_server_and_model_refuse(case, schema, document):
    wrong = document(case.changes)

    answer = schema.refuses(wrong)
    assert case.field in answer
    assert case.says in answer

    with pytest.raises(ValidationError) as error:
        MwaaEnvironment.from_object(wrong)
    assert not case.same_words or case.says in " ".join(explain(error.value))


@pytest.mark.parametrize(("behaviour", "changes"), ACCEPTED, ids=[behaviour for behaviour, _ in ACCEPTED])
def test_api_server_and_model_accept(behaviour, changes, schema, document):
    right = document(changes)
    schema.accepts(right)
    MwaaEnvironment.from_object(right)


@pytest.mark.parametrize("field", ["executionRoleArn", "sourceBucketArn", "dagS3Path", "networkConfiguration"])
def test_required_field_is_missed_by_name(field, schema, document, without):
    wrong = document({field: without})
    assert f"spec.{field}: Required value" in schema.refuses(wrong)
    with pytest.raises(ValidationError, match=field):
        MwaaEnvironment.from_object(wrong)


@pytest.mark.parametrize("name", ["1st", "a.b", "a" * 81])
def test_object_name_that_aws_would_refuse_asks_for_a_name_of_its_own(name, schema, document):
    wrong = document(name=name)
    assert "Set spec.name to the name that the environment is to have in AWS." in schema.refuses(wrong)
    with pytest.raises(ValidationError, match=r"Set spec\.name"):
        MwaaEnvironment.from_object(wrong)

    right = document({"name": "first"}, name=name)
    schema.accepts(right)
    assert MwaaEnvironment.from_object(right).name_in_aws == "first"


@pytest.mark.parametrize(
    "changes",
    [{"airflowVerson": "3.3.1"}, {(NET, "vpcId"): "vpc-1"}, {("policies", "deletionPolicy"): "Retain"}],
    ids=["spec", "network", "policies"],
)
def test_unknown_field_is_refused(changes, schema, document):
    wrong = document(changes)
    assert "unknown field" in schema.refuses(wrong)
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        MwaaEnvironment.from_object(wrong)


def test_field_that_does_not_work_yet_is_unknown(schema, document):
    assert 'unknown field "spec.accountRef"' in schema.refuses(document({"accountRef": {}}))


def test_field_that_is_null_counts_as_left_out(schema, document):
    empty = document(
        {
            "minWorkers": None,
            "policies": None,
            ("loggingConfiguration", "taskLogs"): None,
            ("airflowConfigurationOptions", "core.parallelism"): None,
        }
    )
    stored = json.loads(schema.kubectl("create", empty, "--dry-run=server", "--output=json").stdout)
    assert stored["spec"] == document({"loggingConfiguration": {}, "airflowConfigurationOptions": {}})["spec"]
    assert MwaaEnvironment.from_object(empty).spec == MwaaEnvironment.from_object(stored).spec

    assert "spec.dagS3Path: Required value" in schema.refuses(document({"dagS3Path": None}))
    with pytest.raises(ValidationError, match="dagS3Path"):
        MwaaEnvironment.from_object(document({"dagS3Path": None}))


def test_all_that_is_wrong_is_said_at_once(schema, document):
    answer = schema.refuses(
        document({"minWorkers": 6, "maxWorkers": 5, "tags": {"aws:a": "b"}, "teams": {"blue": TEAM}})
    )
    for says in ("minWorkers is greater", "reserved by AWS", "groups of IAM Identity Center"):
        assert says in answer
