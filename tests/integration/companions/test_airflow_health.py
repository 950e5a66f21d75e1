"""AirflowHealthy, from the first look to a broken file, an unwell scheduler and a web server out of reach."""

from __future__ import annotations

from mwaa_sandbox.aws.accounts import access_key_of

NO_AIRFLOW = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["airflow:InvokeRestApi", "airflow:CreateWebLoginToken"], "Resource": "*"},
    ],
}


def test_a_healthy_airflow_is_said_without_an_event(environment):
    said = environment.wait("AirflowHealthy", "True", "AirflowHealthy")
    assert "scheduler, triggerer, DAG processor and metadata database" in said["message"]
    airflow = environment.status["airflow"]
    assert {one["name"]: one["status"] for one in airflow["components"]}["Scheduler"] == "healthy"
    assert (airflow["dags"], airflow["dagCapacity"], airflow["importErrors"]) == (1, 50, 0)
    assert all(reason != "AirflowHealthy" for reason, _ in environment.events())


def test_a_file_that_cannot_be_imported_is_named_until_it_is_mended(world, environment):
    environment.wait("AirflowHealthy", "True", "AirflowHealthy")
    world.put_dag("team/oops.py", "def oops(:\n")
    said = environment.wait("AirflowHealthy", "False", "ImportErrors")
    assert "team/oops.py" in said["message"]
    assert "SyntaxError" in said["message"]
    [broken] = environment.status["airflow"]["brokenFiles"]
    assert (broken["file"], broken["line"]) == ("team/oops.py", 1)
    assert environment.condition("Ready")["status"] == "True"
    world.remove_dag("team/oops.py")
    environment.wait("AirflowHealthy", "True", "AirflowHealthy")
    world.until(lambda: ("AirflowHealthy", "Normal") in environment.events(), "tell that it is mended")
    assert ("ImportErrors", "Warning") in environment.events()


def test_a_scheduler_that_is_unwell_is_said_and_leaves_the_environment_ready(world, environment):
    environment.wait("AirflowHealthy", "True", "AirflowHealthy")
    world.aws.admin.set_airflow_health(*environment.where, scheduler="unhealthy")
    said = environment.wait("AirflowHealthy", "False", "AirflowUnhealthy")
    assert "its scheduler is unhealthy" in said["message"]
    assert environment.condition("Ready")["status"] == "True"
    world.aws.admin.set_airflow_health(*environment.where)
    environment.wait("AirflowHealthy", "True", "AirflowHealthy")
    assert environment.calls("UpdateEnvironment") == []


def test_a_private_web_server_is_unknown_and_said_once(world):
    private = world.apply("private", webserverAccessMode="PRIVATE_ONLY")
    said = private.wait("AirflowHealthy", "Unknown", "AirflowUnreachable")
    assert "If it is private" in said["message"]
    looks = len(private.calls("GetEnvironment"))
    world.until(lambda: len(private.calls("GetEnvironment")) >= looks + 2, "look again", seconds=120)
    assert private.condition("Ready")["status"] == "True"
    assert len(private.calls("InvokeRestApi")) == 1
    assert "airflow" not in private.status


def test_without_permission_the_actions_are_named(world):
    world.aws.admin.enforce(access_key_of(world.account), NO_AIRFLOW)
    try:
        denied = world.apply("denied")
        said = denied.wait("AirflowHealthy", "Unknown", "AccessDenied")
        assert "airflow:InvokeRestApi or airflow:CreateWebLoginToken" in said["message"]
        assert denied.condition("Ready")["status"] == "True"
    finally:
        world.aws.admin.enforce(access_key_of(world.account))
