"""The checks that the controller makes before a call, made here by the controller's own code."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from mwaa_operator.api.environment_status import PreflightStatus
from mwaa_operator.cli.kubectl.aws_problems import problem
from mwaa_operator.cli.kubectl.looking import Looked
from mwaa_operator.controller.preflight import Preflight
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.model import Plan
from mwaa_operator.planning.preflight.run import Report, checks_for, run
from mwaa_operator.planning.preflight.snapshot import Question, Snapshot, Subject
from mwaa_operator.resources.preflight.gather import Look, looks

_Made = TypeVar("_Made")


def judged(looked: Looked, decided: Plan) -> tuple[Plan, PreflightStatus | None]:
    """The plan, or what the controller does instead of it if a check finds an error; and what the checks found.

    What the caller may do is not looked at: it is the operator who makes the calls, and its permissions are not known here.
    """
    if looked.clients is None:
        return decided, None
    others: dict[Subject, Look] = {subject: how for subject, how in looks().items() if subject is not Subject.CALLER}
    checks = Preflight(looked.clients, others)
    return _awaited(checks.judge(looked.situation, decided, region=looked.region, ask=_in_a_thread))


def report_on(asked: Question, looked: Looked) -> Report:
    """What all checks find, the caller's own permissions included. Without AWS, those that need no look at it."""
    if looked.clients is None:
        return run(checks_for(asked), Snapshot(question=asked, facts={}))
    return _awaited(Preflight(looked.clients, looks()).report(asked, ask=_in_a_thread))


async def _in_a_thread(call: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(call, *arguments)


def _awaited(made: Coroutine[Any, Any, _Made]) -> _Made:
    try:
        return asyncio.run(made)
    except AwsError as error:
        raise problem(error) from None
