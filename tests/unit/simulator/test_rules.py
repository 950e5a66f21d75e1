"""What MWAA refuses though its model allows it: one test per rule of mwaa-behaviour.md §1.2 and §3."""

import dataclasses

import pytest
from mwaa_sandbox.aws.mwaa.errors import ValidationError

IDENTITY_CENTER = {"StartUrl": "https://x.awsapps.com/start", "IdentityStoreId": "d-0123456789"}
BUCKET = "arn:aws:s3:::airflow"


def team(path, bucket=BUCKET):
    return {"SourceBucketArn": bucket, "DagS3Path": path}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"EnvironmentClass": "mw1.huge"}, "class mw1.huge is not supported"),
        ({"EnvironmentClass": "mw1.micro", "Schedulers": 2}, "Schedulers must be 1 for mw1.micro"),
        ({"EnvironmentClass": "mw1.micro", "MaxWebservers": 2}, "MaxWebservers must be 1 for mw1.micro"),
        ({"EnvironmentClass": "mw1.micro", "MaxWorkers": 2}, "MaxWorkers must be 1 for mw1.micro"),
        ({"EnvironmentClass": "mw1.medium", "Schedulers": 1}, "Schedulers must be between 2 and 5"),
        ({"MinWebservers": 1}, "MinWebservers must be between 2 and 5"),
        ({"MaxWebservers": 6}, "MaxWebservers must be between 2 and 5"),
        ({"MaxWorkers": 26}, "MaxWorkers must be between 1 and 25"),
        ({"MinWorkers": 5, "MaxWorkers": 4}, "MinWorkers .5. must not be greater than MaxWorkers .4."),
        ({"MinWebservers": 4, "MaxWebservers": 3}, "MinWebservers .4. must not be greater"),
        ({"AirflowVersion": "2.6.3"}, "Airflow version 2.6.3 is not supported"),
        ({"AirflowVersion": "3.0.6", "WebserverAccessMode": "PUBLIC_AND_PRIVATE"}, "version 3.2.1 and later"),
        ({"RequirementsS3Path": "requirements.txt"}, "RequirementsS3ObjectVersion is required"),
        ({"PluginsS3Path": "plugins.zip"}, "PluginsS3ObjectVersion is required"),
        ({"StartupScriptS3Path": "startup.sh"}, "StartupScriptS3ObjectVersion is required"),
        ({"RequirementsS3Path": "requirements.txt", "RequirementsS3ObjectVersion": ""}, "ObjectVersion is required"),
        ({"PluginsS3ObjectVersion": "v1"}, "PluginsS3Path is required"),
        ({"DagS3Path": ""}, "DagS3Path must not be empty"),
        ({"KmsKey": "alias/airflow"}, "aliases cannot be used"),
        ({"KmsKey": "arn:aws:kms:eu-west-1:111122223333:alias/airflow"}, "aliases cannot be used"),
        ({"AirflowConfigurationOptions": {"core.multi_team": "True"}}, "core.multi_team is not supported"),
        ({"AirflowConfigurationOptions": {"triggerer.queues_enabled": "True"}}, "triggerer.queues_enabled"),
        ({"Tags": {"aws:cloudformation:stack": "x"}}, "prefix aws: is reserved"),
        ({"Teams": {"blue": team("teams/blue/")}}, "configure IAM Identity Center"),
        (
            {
                "Teams": {"blue": team("blue/")},
                "IdentityCenterConfiguration": IDENTITY_CENTER,
                "AirflowVersion": "3.2.1",
            },
            "3.3.1 or later",
        ),
        (
            {"Teams": {"blue": team("dags/blue/")}, "IdentityCenterConfiguration": IDENTITY_CENTER},
            "DagS3Path dags/blue/ of team blue overlaps with dags of the environment",
        ),
        (
            {
                "Teams": {"blue": team("teams/b"), "red": team("teams/base")},
                "IdentityCenterConfiguration": IDENTITY_CENTER,
            },
            "overlaps with teams/b of team blue",
        ),
    ],
)
def test_create_is_refused(service, members, message):
    with pytest.raises(ValidationError, match=message):
        service.create(**members)
    assert service.status() is None


@pytest.mark.parametrize(
    "members",
    [
        {"EnvironmentClass": "mw1.micro"},
        {"EnvironmentClass": "mw1.2xlarge", "Schedulers": 5, "MinWebservers": 5, "MaxWebservers": 5, "MaxWorkers": 25},
        {"WebserverAccessMode": "PUBLIC_AND_PRIVATE", "AirflowVersion": "3.2.1"},
        {"RequirementsS3Path": "requirements.txt", "RequirementsS3ObjectVersion": "v1"},
        {"Teams": {"blue": team("blue/")}, "IdentityCenterConfiguration": IDENTITY_CENTER},
        # §3.6: raw strings, so that a dash is no overlap once the global path ends in a slash
        {
            "DagS3Path": "dags/",
            "Teams": {"blue": team("dags-blue/")},
            "IdentityCenterConfiguration": IDENTITY_CENTER,
        },
        {"Teams": {"blue": team("dags", "arn:aws:s3:::other")}, "IdentityCenterConfiguration": IDENTITY_CENTER},
    ],
)
def test_create_is_accepted(service, members):
    service.create(**members)
    assert service.status() == "CREATING"


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        ("2.7.2", "2.11.2"),
        ("2.10.3", "2.8.1"),
        ("2.11.2", "3.3.1"),
        ("2.11.2", "3.0.6"),
        ("3.0.6", "3.3.1"),
        ("3.3.1", "3.0.6"),
        ("3.3.1", "2.11.2"),
        ("3.2.1", "2.11.0"),
    ],
)
def test_version_change_is_accepted(service, present, wanted):
    service.create(AirflowVersion=present)
    service.finish()
    service.backend.update_environment({"Name": "e", "AirflowVersion": wanted})
    service.finish()
    assert service.backend.get_environment("e").settings["AirflowVersion"] == wanted


@pytest.mark.parametrize(
    ("present", "wanted", "message"),
    [
        ("2.10.3", "3.3.1", "from 2.10.3 to 3.3.1. The highest version that you can change to is 2.11.2"),
        ("2.11.0", "3.0.6", "from 2.11.0 to 3.0.6. The highest version that you can change to is 2.11.2"),
        ("3.3.1", "2.10.3", "from 3.3.1 to 2.10.3"),
        ("2.11.2", "2.6.3", "Airflow version 2.6.3 is not supported"),
        ("3.0.6", "9.9.9", "Airflow version 9.9.9 is not supported"),
    ],
)
def test_version_change_is_refused(service, present, wanted, message):
    service.create(AirflowVersion=present)
    service.finish()
    with pytest.raises(ValidationError, match=message):
        service.backend.update_environment({"Name": "e", "AirflowVersion": wanted})
    assert service.status() == "AVAILABLE"


def test_environment_whose_version_lost_support_can_still_be_updated_in_place(available):
    old = available.backend.get_environment("e")
    available.backend.replace(dataclasses.replace(old, settings={**old.settings, "AirflowVersion": "2.6.3"}))
    available.backend.update_environment({"Name": "e", "MaxWorkers": 3, "AirflowVersion": "2.6.3"})


@pytest.mark.parametrize(
    ("request_members", "message"),
    [
        ({"EnvironmentClass": "mw1.micro"}, "must be 1 for mw1.micro"),
        ({"MinWorkers": 11}, "MinWorkers .11. must not be greater than MaxWorkers .10."),
        ({"RequirementsS3Path": "requirements.txt"}, "RequirementsS3ObjectVersion is required"),
        ({"Teams": {"Remove": ["blue"]}}, "has no team blue to remove"),
    ],
)
def test_update_is_judged_by_what_would_result(available, request_members, message):
    with pytest.raises(ValidationError, match=message):
        available.backend.update_environment({"Name": "e", **request_members})


@pytest.mark.parametrize("region", ["ca-west-1", "ap-southeast-5"])
def test_graceful_is_refused_in_regions_that_do_not_have_it(available, region):
    available.backend.region = region
    with pytest.raises(ValidationError, match=f"not available in {region}"):
        available.backend.update_environment({"Name": "e", "WorkerReplacementStrategy": "GRACEFUL"})


def test_a_resource_has_at_most_fifty_tags(available):
    arn = available.backend.arn("e")
    available.backend.tag_resource(arn, {f"k{number}": "v" for number in range(50)})
    with pytest.raises(ValidationError, match="more than 50 tags"):
        available.backend.tag_resource(arn, {"one": "more"})
    assert len(available.backend.list_tags(arn)) == 50
