"""Defaults that AWS fills in, and what an update changes: mwaa-behaviour.md §3.1, §3.2, §12.7."""

import pytest
from mwaa_sandbox.aws.mwaa import view
from mwaa_sandbox.aws.mwaa.settings import LOG_MODULES, initial, patched


def described(service, **members):
    service.create(**members)
    service.finish()
    return view.described(service.backend.get_environment("e"))


def updated(service, **members):
    service.backend.update_environment({"Name": "e", **members})
    service.finish()
    return view.described(service.backend.get_environment("e"))


def test_defaults_are_filled_in(service):
    shown = described(service)
    expected = {
        "AirflowVersion": "3.3.1",
        "EnvironmentClass": "mw1.small",
        "MinWorkers": 1,
        "MaxWorkers": 10,
        "MinWebservers": 2,
        "MaxWebservers": 2,
        "Schedulers": 2,
        "WebserverAccessMode": "PRIVATE_ONLY",
        "EndpointManagement": "SERVICE",
        "AirflowConfigurationOptions": {},
    }
    assert {name: shown[name] for name in expected} == expected
    assert shown["WeeklyMaintenanceWindowStart"]
    assert "KmsKey" not in shown


def test_micro_defaults_to_one_of_everything():
    micro = initial({"EnvironmentClass": "mw1.micro"})
    names = ("MinWorkers", "MaxWorkers", "MinWebservers", "MaxWebservers", "Schedulers")
    assert [micro[name] for name in names] == [1, 1, 1, 1, 1]


def test_all_five_log_modules_are_returned_though_one_was_given(service):
    shown = described(service, LoggingConfiguration={"SchedulerLogs": {"Enabled": True, "LogLevel": "DEBUG"}})
    logging = shown["LoggingConfiguration"]
    assert set(logging) == set(LOG_MODULES)
    assert logging["SchedulerLogs"] == {
        "Enabled": True,
        "LogLevel": "DEBUG",
        "CloudWatchLogGroupArn": "arn:aws:logs:eu-west-1:111122223333:log-group:airflow-e-Scheduler",
    }
    assert logging["WorkerLogs"] == {"Enabled": False, "LogLevel": "INFO"}


def test_update_of_one_log_module_leaves_the_others(service):
    described(service, LoggingConfiguration={"SchedulerLogs": {"Enabled": True, "LogLevel": "DEBUG"}})
    shown = updated(service, LoggingConfiguration={"WorkerLogs": {"Enabled": True, "LogLevel": "ERROR"}})
    levels = {name: module["LogLevel"] for name, module in shown["LoggingConfiguration"].items() if module["Enabled"]}
    assert levels == {"SchedulerLogs": "DEBUG", "TaskLogs": "INFO", "WorkerLogs": "ERROR"}


def test_options_are_replaced_as_a_whole_and_cleared_by_an_empty_map(service):
    described(service, AirflowConfigurationOptions={"core.a": "1", "core.b": "2"})
    assert updated(service, AirflowConfigurationOptions={"core.b": "3"})["AirflowConfigurationOptions"] == {
        "core.b": "3"
    }
    assert updated(service, AirflowConfigurationOptions={})["AirflowConfigurationOptions"] == {}


def test_sensitive_options_are_masked(service):
    options = {
        "core.fernet_key": "k",
        "secrets.backend_kwargs": "{}",
        "core.sql_alchemy_conn": "c",
        "core.default_timezone": "utc",
    }
    assert described(service, AirflowConfigurationOptions=options)["AirflowConfigurationOptions"] == {
        "core.fernet_key": "***",
        "secrets.backend_kwargs": "***",
        "core.sql_alchemy_conn": "***",
        "core.default_timezone": "utc",
    }


def test_security_groups_change_and_subnets_stay(service):
    described(service)
    shown = updated(service, NetworkConfiguration={"SecurityGroupIds": ["sg-2"]})
    assert shown["NetworkConfiguration"] == {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-2"]}


def test_teams_are_updated_by_a_delta():
    identity = {"IdentityCenterConfiguration": {"StartUrl": "https://x"}}
    blue = {"SourceBucketArn": "arn:aws:s3:::b", "DagS3Path": "blue/"}
    red = {"SourceBucketArn": "arn:aws:s3:::b", "DagS3Path": "red/"}
    present = initial({**identity, "Teams": {"blue": blue}})
    added = patched(present, {"Teams": {"AddOrUpdate": {"red": red}}})
    assert added["Teams"] == {"blue": blue, "red": red}
    assert patched(added, {"Teams": {"Remove": ["blue"]}})["Teams"] == {"red": red}
    assert "Teams" not in patched(present, {"Teams": {"Remove": ["blue"]}})


@pytest.mark.parametrize("members", [{"Tags": {"a": "b"}}, {"WorkerReplacementStrategy": "GRACEFUL"}])
def test_what_is_no_setting_does_not_become_one(members):
    assert patched(initial({}), members) == initial({})


@pytest.mark.parametrize(
    ("mode", "has_endpoint", "private_address"),
    [("PRIVATE_ONLY", True, True), ("PUBLIC_AND_PRIVATE", True, True), ("PUBLIC_ONLY", False, False)],
)
def test_webserver_endpoint_exists_for_private_web_servers(service, mode, has_endpoint, private_address):
    shown = described(service, WebserverAccessMode=mode)
    assert ("WebserverVpcEndpointService" in shown) is has_endpoint
    assert ("-vpce." in shown["WebserverUrl"]) is private_address
    assert "DatabaseVpcEndpointService" in shown


def test_addresses_are_not_there_before_they_are_made(service):
    service.create()
    shown = view.described(service.backend.get_environment("e"))
    assert not {"WebserverUrl", "CeleryExecutorQueue", "DatabaseVpcEndpointService", "LastUpdate"} & shown.keys()


def test_webserver_url_has_no_scheme(service):
    assert "://" not in described(service)["WebserverUrl"]
