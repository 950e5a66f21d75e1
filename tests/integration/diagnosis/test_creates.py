"""Creates that AWS fails after half an hour without saying why, and what the operator says."""

from __future__ import annotations

DOWNLOADS = "The startup script downloads something"
SCRIPT = {"startupScriptS3Path": "startup.sh"}
CANARY = "canary-5e1f-of-an-option"


def explained(patient):
    """Wait for the end of a failed create; give the summary and the causes."""
    patient.wait_reason("Stalled", "CreateFailed")
    return patient.condition("Ready")["message"], patient.causes()


def test_network_without_a_way_out_is_named_and_forgotten_once_it_is_mended(world):
    patient = world.patient("no-way-out")
    mend = patient.lose_way_out()
    message, causes = explained(patient.apply())
    assert "INCORRECT_CONFIGURATION" in message
    first = causes[0]
    assert first["evidence"].startswith("found by the check ")
    assert f"Probably: {first['cause']} {first['advice']}" in message
    assert all(subnet in first["cause"] for subnet in patient.needs.subnet_ids)
    assert "no default route" in first["cause"]
    assert "NAT gateway" in first["advice"]
    told = patient.wait_told_why()
    assert f"1. {first['cause']} ({first['evidence']})" in told

    mend()
    patient.request_reconcile()
    patient.wait_ready()
    assert patient.causes() == []
    assert "Probably" not in patient.condition("Ready")["message"]


def test_startup_script_that_fails_is_named_with_the_line_that_says_so(world):
    patient = world.patient("script", webserverAccessMode="PRIVATE_ONLY", **SCRIPT)
    patient.upload("startup.sh", "set -e\ncurl -o /tmp/tool https://downloads.example.com/tool\n")
    message, causes = explained(patient.apply())
    first = causes[0]
    assert first["cause"].startswith(DOWNLOADS)
    assert first["evidence"].startswith("WebServer/startup_script_execution_ip-")
    assert "Failed to connect to downloads.example.com" in first["evidence"]
    assert "MWAA_AIRFLOW_COMPONENT" in first["advice"]
    assert DOWNLOADS in message
    assert DOWNLOADS in patient.wait_told_why()

    patient.upload("startup.sh", "echo ready\n")
    patient.request_reconcile()
    patient.wait_ready()
    assert patient.causes() == []


def test_security_group_that_keeps_the_database_out_is_found_by_a_check_and_in_the_logs(world):
    patient = world.patient("no-database")
    patient.admit_itself_only(443)
    _, causes = explained(patient.apply())
    assert "5432" in causes[0]["cause"]
    assert causes[0]["evidence"].startswith("found by the check ")
    [logged] = [cause for cause in causes if not cause["evidence"].startswith("found by the check ")]
    assert logged["cause"] == "Airflow does not reach its database."
    assert "port 5432 failed: Connection timed out" in logged["evidence"]


def test_value_of_an_option_in_a_log_is_nowhere_in_what_is_said(world):
    options = {"smtp.smtp_password": CANARY}
    patient = world.patient("secretive", airflowConfigurationOptions=options, **SCRIPT)
    patient.upload("startup.sh", f"echo 'startup.sh: line 3: {CANARY}: command not found'\nexit 1\n")
    _, causes = explained(patient.apply())
    assert "***: command not found" in causes[0]["evidence"]
    told = patient.wait_told_why()
    assert CANARY not in str(patient.status()) + told + world.said()


def test_environment_that_logs_nothing_is_told_to(world):
    patient = world.patient("mute", loggingConfiguration={"taskLogs": {"enabled": True, "logLevel": "INFO"}}, **SCRIPT)
    patient.upload("startup.sh", "exit 1\n")
    message, [cause] = explained(patient.apply())
    assert "logs that are off" in message
    assert "schedulerLogs, workerLogs, webserverLogs" in cause["evidence"]


def test_without_permission_to_read_logs_the_checks_speak(world):
    patient = world.patient("unread")
    patient.lose_way_out()
    patient.log_groups_fail("access_denied")
    _, causes = explained(patient.apply())
    assert causes
    assert all(cause["evidence"].startswith("found by the check ") for cause in causes)


def test_failure_is_said_without_a_cause_where_aws_has_no_time_to_be_asked(world):
    patient = world.patient("impatient", **SCRIPT)
    patient.upload("startup.sh", "exit 1\n")
    patient.log_groups_fail("throttle")
    message, causes = explained(patient.apply())
    assert causes == []
    assert "INCORRECT_CONFIGURATION" in message
    assert "Probably" not in message
    assert "no diagnosis" in world.said()
    assert ("CreateFailed", "Warning") in patient.events()
    assert patient.told() == []
