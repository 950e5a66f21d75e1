"""What counts as a difference, case by case; the general law is in test_diff_properties.py."""

import pytest
from mwaa_operator.planning.desired import Desired
from mwaa_operator.planning.diff import Remembered, difference


def diff(wanted, observed, *, tags=None, owned_tags=None, **remembered):
    return difference(
        Desired(name="env", fields=wanted, tags=tags or {}),
        observed,
        owned_tags=owned_tags or {},
        remembered=Remembered(**remembered),
    )


def on(level="INFO"):
    return {"Enabled": True, "LogLevel": level}


OFF = {"Enabled": False, "LogLevel": "INFO"}
ARN = {"CloudWatchLogGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:airflow-env-Task"}


@pytest.mark.parametrize(
    "wanted", [None, {"TaskLogs": on()}, {"TaskLogs": on(), "WorkerLogs": OFF}], ids=["none", "one", "two"]
)
def test_log_modules_that_the_spec_leaves_out_do_not_differ(wanted):
    observed = {"LoggingConfiguration": {"TaskLogs": {**on(), **ARN}, "WorkerLogs": OFF, "SchedulerLogs": OFF}}
    assert diff({"LoggingConfiguration": wanted} if wanted else {}, observed).empty


def test_a_log_module_that_differs_is_sent_with_the_others_as_they_are():
    observed = {"LoggingConfiguration": {"TaskLogs": {**on(), **ARN}, "WorkerLogs": OFF}}
    found = diff({"LoggingConfiguration": {"WorkerLogs": on("ERROR")}}, observed)
    assert found.update == {"LoggingConfiguration": {"TaskLogs": on(), "WorkerLogs": on("ERROR")}}
    assert [change.field for change in found.changes] == ["loggingConfiguration.workerLogs"]


class TestOptions:
    def test_masked_values_are_not_compared(self):
        wanted = {"smtp.smtp_password": "secret", "core.parallelism": "8"}
        observed = {"smtp.smtp_password": "***", "core.parallelism": "8"}
        assert diff({"AirflowConfigurationOptions": wanted}, {"AirflowConfigurationOptions": observed}).empty

    def test_a_masked_value_is_sent_when_it_is_known_to_have_changed(self):
        found = diff(
            {"AirflowConfigurationOptions": {"a.b": "new"}},
            {"AirflowConfigurationOptions": {"a.b": "***"}},
            options_current=False,
        )
        assert found.update == {"AirflowConfigurationOptions": {"a.b": "new"}}

    def test_options_removed_one_by_one_are_sent_as_the_map_that_is_left(self):
        found = diff(
            {"AirflowConfigurationOptions": {"a.b": "1"}}, {"AirflowConfigurationOptions": {"a.b": "1", "c.d": "2"}}
        )
        assert found.update == {"AirflowConfigurationOptions": {"a.b": "1"}}

    def test_all_options_removed_from_the_spec_are_cleared_with_an_empty_map(self):
        found = diff(
            {}, {"AirflowConfigurationOptions": {"a.b": "1"}}, fields=frozenset({"AirflowConfigurationOptions"})
        )
        assert found.update == {"AirflowConfigurationOptions": {}}

    def test_options_that_were_never_ours_are_left_alone(self):
        assert diff({}, {"AirflowConfigurationOptions": {"a.b": "1"}}).empty

    def test_no_change_shows_a_value(self):
        found = diff({"AirflowConfigurationOptions": {"a.b": "canary-1"}}, {"AirflowConfigurationOptions": {}})
        assert "canary" not in repr(found)
        assert [(change.old, change.new) for change in found.changes] == [(None, None)]


class TestTags:
    def test_own_tags_that_left_the_spec_are_removed_and_others_never(self):
        found = diff({}, {"Tags": {"ours": "1", "theirs": "2"}}, tag_keys=frozenset({"ours", "gone"}))
        assert found.tags_to_remove == ("ours",)
        assert found.tags_to_set == {}

    def test_a_changed_value_is_set(self):
        assert diff({}, {"Tags": {"a": "1"}}, tags={"a": "2"}).tags_to_set == {"a": "2"}


class TestTeams:
    def test_they_are_sent_as_a_delta(self):
        blue, red = {"DagS3Path": "blue/"}, {"DagS3Path": "red/"}
        found = diff({"Teams": {"blue": blue}}, {"Teams": {"red": red}})
        assert found.update == {"Teams": {"AddOrUpdate": {"blue": blue}, "Remove": ["red"]}}

    def test_all_of_them_removed_from_the_spec_are_removed(self):
        found = diff({}, {"Teams": {"b": {}, "a": {}}}, fields=frozenset({"Teams"}))
        assert found.update == {"Teams": {"Remove": ["a", "b"]}}


class TestFiles:
    def test_a_new_version_is_sent_with_its_path(self):
        wanted = {"RequirementsS3Path": "r.txt", "RequirementsS3ObjectVersion": "2"}
        found = diff(wanted, {"RequirementsS3Path": "r.txt", "RequirementsS3ObjectVersion": "1"})
        assert found.update == wanted


class TestCreateOnly:
    @pytest.mark.parametrize(
        ("wanted", "observed"),
        [
            ({"KmsKey": "1234"}, {"KmsKey": "arn:aws:kms:eu-west-1:123456789012:key/1234"}),
            ({"KmsKey": "key/1234"}, {"KmsKey": "arn:aws:kms:eu-west-1:123456789012:key/1234"}),
            ({"EndpointManagement": "SERVICE"}, {}),
            (
                {"NetworkConfiguration": {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["1", "2"]}},
                {"NetworkConfiguration": {"SubnetIds": ["b", "a"], "SecurityGroupIds": ["2", "1"]}},
            ),
        ],
        ids=["key-id", "key-path", "endpoint-management-not-told", "order-of-ids"],
    )
    def test_another_way_to_say_the_same_is_no_difference(self, wanted, observed):
        found = diff(wanted, observed)
        assert found.empty
        assert found.impossible == ()

    @pytest.mark.parametrize(
        ("wanted", "observed"),
        [({"KmsKey": "1234"}, {}), ({"EndpointManagement": "CUSTOMER"}, {"EndpointManagement": "SERVICE"})],
    )
    def test_a_real_one_is_impossible_and_never_sent(self, wanted, observed):
        found = diff(wanted, observed)
        assert found.update == {}
        assert [change.field for change in found.impossible] in (["kmsKey"], ["endpointManagement"])

    def test_security_groups_can_be_changed_beside_fixed_subnets(self):
        found = diff(
            {"NetworkConfiguration": {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["2"]}},
            {"NetworkConfiguration": {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["1"]}},
        )
        assert found.update == {"NetworkConfiguration": {"SecurityGroupIds": ["2"]}}


def test_a_field_that_left_the_spec_and_cannot_be_unset_is_named_and_not_sent():
    found = diff({}, {"MaxWorkers": 5}, fields=frozenset({"MaxWorkers"}))
    assert found.empty
    assert found.left_behind == ("maxWorkers",)
