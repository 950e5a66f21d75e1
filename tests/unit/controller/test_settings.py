"""Settings, as somebody at a terminal or in a manifest gives them."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from mwaa_operator.controller.settings import Settings
from mwaa_sandbox.process import clean_environment
from pydantic_settings import CliApp


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MWAA_OPERATOR_{name.upper()}", raising=False)


def settings(*flags):
    return CliApp.run(Settings, cli_args=list(flags))


def command(*arguments, **variables):
    """Run the operator's command with nothing but these variables."""
    return subprocess.run(
        [Path(sys.executable).with_name("mwaa-operator"), *arguments],
        env=clean_environment(COLUMNS="200", **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_any_setting_the_defaults_are_those_of_a_pod():
    found = settings()
    assert (found.workers, found.resync_seconds, found.time_scale, found.http_port) == (16, 600, 1, 8080)
    assert (found.log_format, found.leader_election, found.watch_namespaces) == ("json", False, ())


def test_code_may_take_less_disk_than_the_pod_has():
    """Kubernetes evicts a pod that has outgrown it; what is measured only afterwards needs some room beside the rest."""
    manifest = Path(__file__).parents[3] / "manifests" / "base" / "deployment.yaml"
    [volume] = yaml.safe_load(manifest.read_text(encoding="utf-8"))["spec"]["template"]["spec"]["volumes"]
    size = int(volume["emptyDir"]["sizeLimit"].removesuffix("Gi")) * 1024**3
    assert settings().code_gigabytes * 10**9 + 4 * 10**9 <= size


CASES = [
    ("namespace", "ops", "ops"),
    ("watch_namespaces", "a, b,", ("a", "b")),
    ("cluster_name", "blue", "blue"),
    ("workers", "4", 4),
    ("resync_seconds", "30.5", 30.5),
    ("airflow_health_seconds", "0", 0),
    ("sizing_seconds", "60", 60),
    ("time_scale", "60", 60),
    ("verification_image", "registry.example/airflow:{version}", "registry.example/airflow:{version}"),
    ("code_gigabytes", "2.5", 2.5),
    ("http_host", "127.0.0.1", "127.0.0.1"),
    ("http_port", "0", 0),
    ("log_format", "text", "text"),
    ("log_level", "DEBUG", "DEBUG"),
]


@pytest.mark.parametrize(("name", "text", "value"), CASES, ids=[name for name, _, _ in CASES])
def test_each_setting_has_a_variable_and_a_flag(monkeypatch, name, text, value):
    assert getattr(settings(f"--{name.replace('_', '-')}", text), name) == value
    monkeypatch.setenv(f"MWAA_OPERATOR_{name.upper()}", text)
    assert getattr(settings(), name) == value


def test_switches_are_flags_without_a_value_and_variables_with_one(monkeypatch):
    assert settings("--leader-election").leader_election
    monkeypatch.setenv("MWAA_OPERATOR_LEADER_ELECTION", "true")
    assert settings().leader_election
    assert not settings("--no-leader-election").leader_election


def test_every_setting_is_covered_here():
    assert {name for name, _, _ in CASES} | {"leader_election"} == set(Settings.model_fields)


def test_flags_win_over_variables(monkeypatch):
    monkeypatch.setenv("MWAA_OPERATOR_WORKERS", "4")
    assert settings("--workers", "8").workers == 8


@pytest.mark.parametrize(
    ("variables", "flags", "said"),
    [
        ({"MWAA_OPERATOR_WORKERS": "many"}, [], "workers: Input should be a valid integer"),
        ({}, ["--workers", "0"], "workers: Input should be greater than or equal to 1"),
        ({"MWAA_OPERATOR_LOG_FORMAT": "xml"}, [], "log_format: Input should be 'json' or 'text'"),
        ({}, ["--wrokers", "4"], "unrecognized arguments: --wrokers 4"),
    ],
    ids=["not a number", "too small", "no such form", "no such flag"],
)
def test_a_mistake_ends_with_code_2_and_a_line_that_names_it(variables, flags, said):
    done = command("run", *flags, **variables)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("mwaa-operator run: ")


def test_all_mistakes_are_named_at_once():
    done = command("run", "--workers", "0", "--log-level", "LOUD")
    assert [line.partition(": ")[2].partition(":")[0] for line in done.stderr.splitlines()] == ["workers", "log_level"]


def test_help_explains_each_setting():
    done = command("run", "--help")
    assert done.returncode == 0
    text = " ".join(done.stdout.split())
    for name, field in Settings.model_fields.items():
        assert f"--{name.replace('_', '-')}" in text
        assert " ".join(field.description.split()) in text
    assert "MWAA_OPERATOR_" in text


def test_a_command_that_does_not_exist_ends_with_code_2_and_names_those_that_do():
    done = command("rnu")
    assert done.returncode == 2
    assert "there is no command rnu" in done.stderr
    assert "run the operator" in done.stderr
