"""The table as a Markdown page."""

from collections.abc import Iterator

from mwaa_operator.planning.permissions.model import Grant, Policy
from mwaa_operator.planning.permissions.names import action_of
from mwaa_operator.planning.permissions.table import grants_of

_ABOUT = {
    Policy.OPERATOR: "All that the operator needs where everything is there already.",
    Policy.PROVISIONING: "What it needs beside that for `spec.provision`.",
    Policy.ARTIFACTS: "What it needs beside that for `spec.artifacts`.",
    Policy.KEY: "What it needs beside that for environments with a `kmsKey`.",
}


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What the operator may do in AWS, and why"
    yield ""
    yield "[iam.md](../iam.md) says how the policies are used and narrowed. An action in *italics* is one that AWS asks for beside that of"
    yield "the call itself. Rows that are *optional* may be left out: then less is known, and nothing else is different."
    for which in Policy:
        yield ""
        yield f"## {which.value}"
        yield ""
        yield _ABOUT[which]
        yield ""
        yield "| for | calls, and the IAM actions they need | on | if | why |"
        yield "| --- | --- | --- | --- | --- |"
        yield from (_row(grant) for grant in grants_of(which))


def _row(grant: Grant) -> str:
    calls = [f"`{call}`" if action_of(call) == call else f"`{call}` (`{action_of(call)}`)" for call in grant.calls]
    beside = [f"*`{action}`*" for action in grant.beside]
    why = " ".join(filter(None, [grant.why, f"({grant.every}.)" if grant.every else "", _unproved(grant)]))
    subject = f"{grant.subject}, *optional*" if grant.optional else grant.subject
    on = "<br>".join(f"`{resource}`" for resource in grant.resources)
    return f"| {subject} | {', '.join([*calls, *beside])} | {on} | {_condition(grant)} | {why} |"


def _unproved(grant: Grant) -> str:
    told = (
        f"The simulated AWS does not ask for `{action}` ({source})."
        for action, source in (grant.unproved or {}).items()
    )
    return " ".join(told)


def _condition(grant: Grant) -> str:
    return "<br>".join(
        f"{operator} `{key}`: {', '.join(f'`{value}`' for value in ([values] if isinstance(values, str) else values))}"
        for operator, keys in (grant.condition or {}).items()
        for key, values in keys.items()
    )
