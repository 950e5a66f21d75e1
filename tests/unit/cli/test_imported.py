"""What `import` writes asks AWS for exactly what there is."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.cli.kubectl.imported import imported
from mwaa_operator.planning.desired import desired_environment
from mwaa_operator.planning.diff import difference

MASK = "***"
BASE = {
    "Name": "env",
    "Status": "AVAILABLE",
    "Arn": "arn:aws:airflow:eu-west-1:123456789012:environment/env",
    "CreatedAt": datetime(2026, 1, 1, tzinfo=UTC),
    "SourceBucketArn": "arn:aws:s3:::airflow-mybucket",
    "DagS3Path": "dags",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/airflow-demo",
    "NetworkConfiguration": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]},
    "AirflowVersion": "3.3.1",
    "EnvironmentClass": "mw1.small",
    "LoggingConfiguration": {
        "TaskLogs": {
            "Enabled": True,
            "LogLevel": "INFO",
            "CloudWatchLogGroupArn": "arn:aws:logs:eu-west-1:1:log-group:airflow-env-Task",
        }
    },
    "WebserverAccessMode": "PUBLIC_ONLY",
    "EndpointManagement": "SERVICE",
}
FILES = st.fixed_dictionaries(
    {},
    optional={
        "RequirementsS3Path": st.just("r.txt"),
        "PluginsS3Path": st.just("p.zip"),
        "StartupScriptS3Path": st.just("s.sh"),
    },
)
MORE = st.fixed_dictionaries(
    {},
    optional={
        "MinWorkers": st.integers(1, 3),
        "MaxWorkers": st.integers(3, 20),
        "Schedulers": st.integers(2, 5),
        "KmsKey": st.just("arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"),
        "WeeklyMaintenanceWindowStart": st.sampled_from(["SUN:14:00", "MON:03:30"]),
        "AirflowConfigurationOptions": st.dictionaries(
            st.sampled_from(["core.parallelism", "smtp.smtp_password", "core.default_timezone"]),
            st.sampled_from(["32", MASK, "utc"]),
        ),
        "Tags": st.dictionaries(
            st.sampled_from(["team", "aws:cloudformation:stack-id", "cost"]), st.sampled_from(["a", "b"])
        ),
    },
)


@settings(deadline=None)  # the machine may be busy
@given(FILES, MORE)
def test_it_differs_in_nothing_from_what_there_is(files, more):
    versions = {path.replace("Path", "ObjectVersion"): "v1" for path in files}
    environment = {**BASE, **files, **versions, **more}
    document, remarks = imported(environment, name="env", region="eu-west-1", namespace="data")
    assert not [remark for remark in remarks if remark.flaw]
    read = MwaaEnvironment.from_object(document)
    # Newer files are in the bucket by now, and nothing is to be followed to them.
    newest = dict.fromkeys(files, "v2")
    desired = desired_environment(read.spec, name=read.name_in_aws, secret_options={}, newest_object_versions=newest)
    found = difference(desired, environment, owned_tags={})
    assert found.empty, found.changes
    assert not found.impossible
    assert MASK not in str(document)


def test_it_is_to_be_adopted_and_kept_when_the_object_goes():
    document, _ = imported(BASE, name="env", region="eu-west-1", namespace=None)
    assert document["spec"]["policies"] == {"adoption": "Adopt", "deletion": "Retain"}
    assert document["metadata"] == {"name": "env"}


def test_what_the_schema_would_refuse_is_said():
    _, remarks = imported({**BASE, "MinWorkers": 9, "MaxWorkers": 2}, name="env", region="eu-west-1", namespace=None)
    assert [remark.text for remark in remarks if remark.flaw]
