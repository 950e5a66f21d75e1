"""The lines that the demo offers for pasting."""

import subprocess

from mwaa_sandbox.aws.client_environment import client_environment
from mwaa_sandbox.demo.hints import what_to_try

HINTS = what_to_try(
    "http://127.0.0.1:5005",
    client_environment("http://127.0.0.1:5005", account="123456789012", region="eu-west-1"),
    namespace="data",
    name="e",
)


def test_hints_are_a_shell_script() -> None:
    subprocess.run(["bash", "-n"], input=HINTS, text=True, check=True, timeout=60)


def test_comments_do_no_harm_in_a_shell_that_does_not_know_them() -> None:
    comments = [line for line in HINTS.splitlines() if line.startswith("#")]

    assert comments
    assert not set("".join(comments)) & set("'\"`$();&|<>*?")


def test_environment_is_named_as_the_admin_api_names_it() -> None:
    assert "http://127.0.0.1:5005/_sandbox/environments/123456789012/eu-west-1/e " in HINTS
