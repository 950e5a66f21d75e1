"""All checks as a page of the documentation, in Markdown."""

from collections.abc import Iterator

from mwaa_operator.planning.preflight.checks import ALL_CHECKS
from mwaa_operator.planning.preflight.model import Check
from mwaa_operator.planning.preflight.wanted import ALL_MEMBERS

_INTRODUCTION = """\
# What is checked before a call to AWS

Each check says that something holds. Where it does not, it finds an `Error` if AWS documents that it refuses that or was seen
to, and a `Warning` if that is not certain. `Unknown` is what it says where the operator may not look. All of them are made
before CreateEnvironment and on a reconcile request, and before UpdateEnvironment those that judge a member which it changes.
Only an error stops the call: see `policies.preflight`, the condition `PreflightPassed` and `status.preflight`.

| check | what holds | it looks at | before a change of |
| --- | --- | --- | --- |
"""


def table() -> str:
    """The page."""
    return _INTRODUCTION + "".join(_row(check) for check in ALL_CHECKS)


def _row(check: Check) -> str:
    summary = check.summary.replace("|", "\\|")
    subjects = ", ".join(sorted(check.needs)) or "the spec"
    return f"| [{check.name}]({check.page}) | {summary} | {subjects} | {', '.join(_members(check))} |\n"


def _members(check: Check) -> Iterator[str]:
    if check.judges >= ALL_MEMBERS:
        yield "anything"
    else:
        yield from (f"`{member}`" for member in sorted(check.judges))
