"""InvokeRestApi: Airflow's REST API behind a call of AWS, with AWS's own limits (mwaa-behaviour.md §7 and §1.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from mwaa_sandbox.airflow.seam import Airflow, AirflowUser, RestCall
from mwaa_sandbox.aws.mwaa import messages, web_access
from mwaa_sandbox.aws.mwaa.backends import MwaaBackends
from mwaa_sandbox.aws.mwaa.errors import (
    AccessDeniedError,
    InternalServerError,
    ResourceNotFoundError,
    RestApiClientError,
    RestApiServerError,
    ThrottlingError,
    ValidationError,
)
from mwaa_sandbox.aws.mwaa.lifecycle import Environment

LARGEST_RESPONSE = 6 * 1024 * 1024
"""Bytes of an answer that MWAA hands on: "6 MB response limit" (§1.4)."""


def invoke(
    backends: MwaaBackends, members: Mapping[str, Any], *, account: str, region: str, user: AirflowUser
) -> dict[str, Any]:
    """Carry a call out. The lock of the backends is not held while Airflow answers.

    Raises:
        RestApiClientError: for an answer of Airflow's from 400 on.
        RestApiServerError: for one from 500 on.
        MwaaError: for what MWAA itself refuses.
    """
    with backends.lock:
        environment = backends.of(account, region).get_environment(members["Name"])
    airflow = _admitted(backends, environment)
    path = members["Path"]
    if not path.startswith("/"):
        raise ValidationError(messages.path_without_slash(path))
    call = RestCall(members["Method"], unquote(path), _query(members.get("QueryParameters")), members.get("Body"))
    answered = airflow.rest(environment, call, user)
    content = {} if answered.content is None else answered.content
    if len(json.dumps(content).encode()) > LARGEST_RESPONSE:
        raise InternalServerError(messages.RESPONSE_TOO_LARGE)
    if answered.status >= 500:
        raise RestApiServerError(answered.status, content)
    if answered.status >= 400:
        raise RestApiClientError(answered.status, content)
    return {"RestApiStatusCode": answered.status, "RestApiResponse": content}


def _admitted(backends: MwaaBackends, environment: Environment) -> Airflow:
    """Return the Airflow to ask, or raise for what stands before it."""
    simulation = backends.simulation
    if not web_access.is_up(environment):
        raise ResourceNotFoundError(messages.no_webserver(environment.status))
    if simulation.airflow is None:
        raise ValidationError(messages.REST_API_NEEDS_UPDATE)
    if web_access.is_private(environment) and not simulation.callers_in_vpc:
        raise AccessDeniedError(messages.OUTSIDE_OF_VPC)
    if not simulation.throttle.admits(environment.serial, now=simulation.clock.now()):
        raise ThrottlingError(messages.RATE_EXCEEDED)
    return simulation.airflow


def _query(document: Any) -> dict[str, list[str]]:
    """Return query parameters as texts. Airflow's amazon provider sends `{}` with calls that have none (§7)."""
    given = document if isinstance(document, Mapping) else {}
    return {
        name: [_text(one) for one in (value if isinstance(value, list) else [value])] for name, value in given.items()
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
