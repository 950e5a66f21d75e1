"""Looks into what was fetched for the checks that are made before it goes out."""

import sys

from mwaa_operator.planning.artifacts.checks import Checked, findings, python_of
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.artifacts.places import PLUGINS, REQUIREMENTS
from mwaa_operator.planning.preflight.model import Finding
from mwaa_operator.resources.artifacts.compiling import Compiled

_LONGEST_REQUIREMENTS = 1024**2
"""In bytes. What comes after them is not judged: nobody writes as many lines."""


def check(gathered: Gathered, compiled: Compiled, *, airflow_version: str | None, private: bool) -> tuple[Finding, ...]:
    """What keeps code from the bucket: errors, none if all is well. Takes seconds for thousands of files that are new to `compiled`.

    `private` says that the web server reaches no package index.
    """
    return findings(
        Checked(
            dags=gathered.dags,
            flaws=compiled.flaws(gathered.dags or {}, python_of(airflow_version)),
            plugins=gathered.files.get(PLUGINS),
            requirements=_text(gathered.files.get(REQUIREMENTS)),
            airflow_version=airflow_version,
            private=private,
            python=sys.version_info[:2],
        )
    )


def _text(file: SourceFile | None) -> str:
    """A file's text; bytes that are none become characters that no requirement has."""
    if file is None:
        return ""
    with file.at.open("rb") as content:
        return content.read(_LONGEST_REQUIREMENTS).decode(errors="replace")
