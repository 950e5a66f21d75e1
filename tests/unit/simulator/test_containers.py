"""What the simulated containers make of requirements files and startup scripts (mwaa-behaviour.md §2, §3.4)."""

import pytest
from mwaa_sandbox.aws.logs import requirements, startup_script

FAILED = "ERROR: pip installation exited with a non-zero error code"


def installed(content, *, internet=True, version="3.3.1"):
    return requirements.install(content, airflow_version=version, internet=internet)


def has_failed(lines):
    return any(line.startswith(FAILED) for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "pandas",
        "pandas==2.2.0",
        "apache-airflow-providers-snowflake[common.sql]>=5,<7",
        "requests >= 2.31 ; python_version < '3.13'",
        "a (==1.0)",
        "tool @ https://example.com/tool-1.0.tar.gz",
        "./plugins/tool-1.0-py3-none-any.whl",
        "/usr/local/airflow/plugins/tool-1.0-py3-none-any.whl",
        "-r other.txt",
        "--find-links /usr/local/airflow/plugins",
        "# nothing",
        "",
        "pandas==2.2.0  # with a comment",
        "apache-airflow==3.3.1",
    ],
)
def test_lines_that_pip_takes_are_installed(line):
    assert not has_failed(installed(line))


@pytest.mark.parametrize(
    "line", ["this is nonsense", "==2.0", "pandas=2.2.0", "pandas==", "import pandas", "<<<<<<< HEAD"]
)
def test_lines_that_are_no_requirements_fail_the_installation_and_are_named(line):
    lines = installed(f"pandas\n{line}\n")
    assert has_failed(lines)
    assert f"ERROR: Invalid requirement: {line!r}" in "\n".join(lines)
    assert "(from line 2 of /usr/local/airflow/requirements/requirements.txt)" in "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "warned"),
    [
        ("pandas\n", True),
        ("--constraint https://example.com/constraints.txt\npandas\n", False),
        ("# -c left out on purpose\npandas\n", False),
    ],
)
def test_constraints_are_missed_unless_they_are_named_even_in_a_comment(content, warned):
    assert ("Forcing local constraints" in installed(content)) is warned


def test_airflow_of_another_version_conflicts_with_the_constraints():
    lines = installed("apache-airflow==2.10.3\n", version="2.11.2")
    assert "    The user requested (constraint) apache-airflow==2.11.2" in lines
    assert has_failed(lines)


def test_only_what_has_to_be_downloaded_fails_without_the_internet():
    assert has_failed(installed("pandas\n", internet=False))
    assert not has_failed(installed("./plugins/pandas-2.2.0-cp312-cp312-linux_x86_64.whl\n", internet=False))
    assert not has_failed(installed("--no-index\n--find-links /usr/local/airflow/plugins\npandas\n", internet=False))


def test_streams_stay_short_whatever_the_file():
    assert len(installed("\n".join(f"package-{number}" for number in range(5000)))) < 40
    assert len(startup_script.run("echo again\n" * 5000, internet=True).lines) < 60


@pytest.mark.parametrize(
    ("script", "failed"),
    [
        ("#!/bin/sh\necho hello\nexport A=1\n", False),
        ("echo hello\nexit 0\n", False),
        ("echo hello\nexit 1\n", True),
        ("if [ ! -f /tmp/x ]; then\n  exit 1\nfi\n", False),
        ("sleep 200\n", False),
        ("sleep 200\nsleep 200\n", True),
        ("false\n", False),
        ("set -euo pipefail\nfalse\n", True),
        ("exit 0\nexit 1\n", False),
    ],
)
def test_scripts_that_end_the_shell_or_take_too_long_fail(script, failed):
    assert startup_script.run(script, internet=True).failed is failed


@pytest.mark.parametrize(
    "command",
    [
        "pip install awscli",
        "pip3 install awscli",
        "curl -sSL https://example.com/a -o /tmp/a",
        "wget https://example.com/a",
        "sudo yum install -y libaio",
        "git clone https://example.com/a.git",
    ],
)
def test_downloads_fail_without_the_internet_and_end_a_strict_script(command):
    assert not startup_script.run(f"{command}\n", internet=False).failed
    assert startup_script.run(f"set -e\n{command}\n", internet=False).failed
    assert not startup_script.run(f"set -e\n{command}\n", internet=True).failed


def test_what_a_script_echoes_is_in_its_stream():
    assert "made ready" in startup_script.run('echo "made ready"\n', internet=True).lines
