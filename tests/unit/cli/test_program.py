"""The program as a whole: what it loads, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import mwaa_operator
import pytest
from mwaa_operator.cli.kubectl.app import COMMANDS
from mwaa_sandbox.process import clean_environment

from .conftest import AVAILABLE, start

GUIDE = Path(__file__).parents[3] / "docs" / "kubectl-mwaa.md"
NEVER = {"boto3", "botocore", "kubernetes", "kopf", "aiohttp"}
SLOW = NEVER | {"mwaa_operator.api.environment_spec"}
TELL = "import atexit, json, sys; atexit.register(lambda: sys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))); "
LIST = {"items": [AVAILABLE]}


def loaded(done):
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(("arguments", "answer"), [(["list"], LIST), (["status", "env"], {**AVAILABLE, "items": []})])
def test_plain_command_loads_nothing_that_takes_time(plugin, tmp_path, arguments, answer):
    plugin(answer, *arguments)
    program = TELL + "from mwaa_operator.cli.kubectl.app import main; main()"
    assert not loaded(start(*arguments, program=program, PATH=f"{tmp_path}:/usr/bin:/bin")) & SLOW


def test_operator_loads_nothing_of_the_plugin():
    program = TELL + "import mwaa_operator.cli.main, mwaa_operator.cli.run, mwaa_operator.controller.process"
    found = loaded(start(program=program))
    assert "kopf" in found
    assert not {name for name in found if name.split(".")[0] in {"typer", "rich"} or "cli.kubectl" in name}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    assert f"kubectl mwaa {command}" in start(command, "--help", TERM="dumb", COLUMNS="140").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_documentation(command):
    assert re.search(rf"`{command}[ `]", GUIDE.read_text(encoding="utf-8"))


def test_without_a_command_the_commands_are_shown():
    shown = start(code=1, COLUMNS="140")
    assert all(command in shown.stdout + shown.stderr for command in COMMANDS)


def test_version_is_told():
    assert start("--version").stdout == f"{mwaa_operator.__version__}\n"


def completion_of(shell):
    return start("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_a_shell_is_for_the_program_and_leaves_kubectls_own_alone(shell):
    script = completion_of(shell)
    assert "kubectl-mwaa" in script
    assert not re.search(r"kubectl(?![-_]mwaa)", script)


def test_bash_completes_with_what_it_was_given(tmp_path):
    program = tmp_path / "kubectl-mwaa"
    program.write_text(
        f"#!{sys.executable}\nfrom mwaa_operator.cli.kubectl.app import main; main()\n", encoding="utf-8"
    )
    program.chmod(0o755)
    script = completion_of("bash") + (
        'COMP_WORDS=(kubectl-mwaa lo) COMP_CWORD=1; _kubectl_mwaa_completion kubectl-mwaa; echo "${COMPREPLY[@]}"'
    )
    variables = clean_environment(PATH=f"{tmp_path}:/usr/bin:/bin")
    done = subprocess.run(["bash", "-c", script], env=variables, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["logs", "login"]


def test_without_kubectl_it_says_what_to_install(tmp_path):
    assert "There is no kubectl in PATH" in start("list", code=1, PATH=str(tmp_path)).stderr


def test_reader_that_goes_away_is_no_error_to_tell(plugin, tmp_path):
    plugin({"items": [AVAILABLE] * 3000}, "list")
    argv = [sys.executable, "-c", "from mwaa_operator.cli.kubectl.app import main; main()", "list", "-ojson"]
    running = subprocess.Popen(
        argv,
        env=clean_environment(PATH=f"{tmp_path}:/usr/bin:/bin"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    running.stdout.readline()
    running.stdout.close()
    assert running.stderr.read() == ""
    running.stderr.close()
    running.wait(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_command_that_is_ended_leaves_no_kubectl_behind(tmp_path, number):
    pid = tmp_path / "pid"
    script = tmp_path / "kubectl"
    script.write_text(f"#!/bin/sh\necho $$ >'{pid}.new'\nmv '{pid}.new' '{pid}'\nexec sleep 600\n", encoding="utf-8")
    script.chmod(0o755)
    argv = [sys.executable, "-c", "from mwaa_operator.cli.kubectl.app import main; main()", "list", "--watch"]
    running = subprocess.Popen(argv, env=clean_environment(PATH=f"{tmp_path}:/usr/bin:/bin"))
    deadline = time.monotonic() + 60
    while not pid.exists():
        assert time.monotonic() < deadline, "kubectl was not started"
        time.sleep(0.02)
    running.send_signal(number)
    running.wait(timeout=60)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


SLOW_TO_KNOW = """
import os, subprocess
from mwaa_operator.cli.kubectl.app import main

class Slow(subprocess.Popen):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        while not os.path.exists({told!r}):
            pass

subprocess.Popen = Slow
main()
"""


def test_signal_that_comes_before_kubectl_is_known_of_leaves_none_behind(tmp_path):
    told, script = tmp_path / "told", tmp_path / "kubectl"
    script.write_text(
        f"#!/bin/sh\necho $$ >'{tmp_path}/pid'\nkill -TERM $PPID\n: >'{told}'\nexec sleep 600\n", encoding="utf-8"
    )
    script.chmod(0o755)
    program = SLOW_TO_KNOW.format(told=str(told))
    start("list", code=128 + signal.SIGTERM, program=program, PATH=f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize(
    ("complaint", "told"),
    [
        (
            'error: the server doesn\'t have a resource type "mwaaenvironments"',
            'the server doesn\'t have a resource type "mwaaenvironments". The operator is not installed there',
        ),
        (
            'error: mapping not found for name: "": no matches for kind "MwaaDagRun" in version "v1"\nensure CRDs are installed first',
            'no matches for kind "MwaaDagRun" in version "v1". The operator there is too old for this kind',
        ),
        ("error: exec: executable aws failed with exit code 255", "kubectl says: exec: executable aws failed"),
        (
            "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
            "localhost:8080 was refused - did you specify the right host or port. Is there a cluster?",
        ),
        (
            'Error from server (Forbidden): mwaaenvironments.mwaa-operator.dev is forbidden: User "u" cannot list resource',
            'mwaaenvironments.mwaa-operator.dev is forbidden: User "u" cannot list resource. Ask whoever',
        ),
        (
            'Error from server (NotFound): mwaaenvironments.mwaa-operator.dev "env" not found',
            "There is no MwaaEnvironment env in this namespace. `kubectl mwaa list -A` shows all",
        ),
    ],
)
def test_complaint_of_kubectl_is_told_in_a_sentence_with_advice(plugin, complaint, told):
    said = plugin({}, "list", code=1, complaint=complaint, ending=1).stderr
    assert said.startswith(f"kubectl mwaa: {told}") or told in said
    assert len(said.splitlines()) == 1
