"""Airflow's REST API and CLI of one environment, by whichever way there is (mwaa-behaviour.md §7).

InvokeRestApi is the way that needs no web server to be in reach. It takes paths of at most 64 characters, and a role that allows it; for
the rest, and where it is denied, there is a web session. The same calls serve Airflow 2 (/api/v1) and 3 (/api/v2); what differs in
paths and members is the caller's business, who asks `major`.
"""

import base64
import binascii
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mwaa_operator.api.conditions import Reason
from mwaa_operator.aws.airflow_session import AirflowSession
from mwaa_operator.aws.call_rate import CallRate
from mwaa_operator.aws.errors import translated
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.airflow_path import LONGEST_PATH, path_of
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable
from mwaa_operator.planning.failure import AwsError, FailureKind

__all__ = ["AirflowApi", "AirflowProblem", "CommandResult", "Unreachable", "path_of"]

OLDEST = (2, 4, 3)
"""The first version whose REST API MWAA opens (user guide, "Using the Apache Airflow REST API")."""
PAGE = 100
"""Entries asked for at a time: the most that Airflow gives unless somebody has raised `maximum_page_limit`."""

_OF_AIRFLOW = frozenset({"RestApiClientException", "RestApiServerException"})


@dataclass(frozen=True)
class CommandResult:
    """What a command of Airflow's CLI has printed, and whether it has ended well."""

    stdout: str
    stderr: str
    succeeded: bool


class AirflowApi:
    """Airflow of one environment. Safe to use from many threads; each call blocks, at most five a second are made.

    `version` is the environment's Airflow version as AWS says it. Every method raises AwsError for what AWS itself says, AirflowProblem
    for what Airflow says, and Unreachable (an AirflowProblem) where there is no way to it.
    """

    def __init__(
        self, clients: Clients, *, region: str, environment: str, version: str, rate: CallRate | None = None
    ) -> None:
        self._client = clients.client("mwaa", region)
        self._environment = environment
        self._version = version
        self._rate = rate or CallRate()
        self.major = int(version.partition(".")[0])
        """2 or 3."""
        self._session = AirflowSession(self._client, environment=environment, major=self.major)
        self._denied: AwsError | None = None

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        log_in: bool = True,
    ) -> Any:
        """Call the REST API, and give what it answers, `{}` for an answer without a body.

        `path` is what follows /api/v1 or /api/v2, percent-encoded where it has to be (`path_of`). Without `log_in` there is InvokeRestApi
        or nothing.
        """
        self._old_enough()
        try:
            return _sound(self._called(method, path, query or {}, body, log_in=log_in))
        except RecursionError:
            raise AirflowProblem(
                400, "What was asked or answered is nested too deeply to be written or read."
            ) from None

    def _called(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None, *, log_in: bool
    ) -> Any:
        if not log_in or (len(path) <= LONGEST_PATH and not (self._denied and self._session.is_open)):
            try:
                answer = self._invoke(method, path, query, body or {})
            except AwsError as error:
                if error.kind is not FailureKind.DENIED:
                    raise
                self._denied = error
                if not log_in:
                    raise self._no_permission(error) from None
            else:
                self._denied = None
                return answer
        return self._by_session(method, path, query, body)

    def pages(
        self, path: str, member: str, *, query: Mapping[str, Any] | None = None, most: int = 10_000
    ) -> Iterator[Mapping[str, Any]]:
        """The entries of a list that stands under `member` of each page, at most `most` of them."""
        seen = 0
        while seen < most:
            wanted = {**(query or {}), "limit": min(PAGE, most - seen), "offset": seen}
            page = self.call("GET", path, query=wanted)
            entries = page.get(member) or []
            yield from entries[: most - seen]
            seen += len(entries)
            if not entries or seen >= int(page.get("total_entries") or 0):
                return

    def command(self, words: Sequence[str]) -> CommandResult:
        """Run a command of Airflow's CLI; the words come without `airflow` before them.

        MWAA answers 500 to the commands that it does not allow (amazon-mwaa-docker-images#148).
        """
        self._rate.take()
        answered = self._session.command(shlex.join(words))
        document = _json(answered.body)
        if not isinstance(document, Mapping) or "stdout" not in document:
            detail = _text(answered.body) if answered.status != 500 else f"MWAA does not run `airflow {words[0]}` so."
            raise AirflowProblem(answered.status, detail)
        stdout, stderr = (_decoded(str(document.get(stream) or "")) for stream in ("stdout", "stderr"))
        return CommandResult(stdout, stderr, succeeded=answered.status < 400)

    def _invoke(self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
        self._rate.take()
        with translated("InvokeRestApi"):
            try:
                answer = self._client.invoke_rest_api(
                    Name=self._environment, Path=path, Method=method, QueryParameters=dict(query), Body=dict(body)
                )
            except ClientError as error:
                self._rate.count(_repeated(error.response))
                _raise_if_airflow_spoke(error)
                raise
            self._rate.count(_repeated(answer))
            return answer.get("RestApiResponse", {})

    def _by_session(self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None) -> Any:
        self._rate.take()
        content = None if body is None else json.dumps(body).encode()
        try:
            answered = self._session.rest(method, path, query=query, body=content)
        except AwsError as error:
            if error.kind is not FailureKind.DENIED:
                raise
            raise self._no_permission(error) from None
        document = _json(answered.body)
        if answered.status >= 300:
            raise AirflowProblem(answered.status, _detail(document) or _text(answered.body))
        return _text(answered.body) if document is None else document

    def _old_enough(self) -> None:
        parts = tuple(int(part) for part in self._version.split(".")[:3] if part.isdigit())
        if parts < OLDEST:
            why = f"MWAA opens the REST API of Airflow from 2.4.3 on, and this is {self._version}. Upgrade it."
            raise Unreachable(Reason.REST_API_UNSUPPORTED, why)

    def _no_permission(self, error: AwsError) -> Unreachable:
        lacking = self._denied.action if self._denied else None
        actions = " or ".join(dict.fromkeys(action for action in (lacking, error.action) if action))
        why = (
            f"The caller may not reach Airflow's REST API. Allow {actions or 'airflow:InvokeRestApi'} on "
            f"role/{self._environment}/<role in Airflow>."
        )
        return Unreachable(Reason.ACCESS_DENIED, why)


def _repeated(answer: Mapping[str, Any]) -> int:
    """How often boto3 has repeated a call."""
    return int(answer.get("ResponseMetadata", {}).get("RetryAttempts") or 0)


def _raise_if_airflow_spoke(error: ClientError) -> None:
    """Raise what Airflow has answered, or what stands before its API, as that."""
    details = error.response.get("Error", {})
    if details.get("Code") in _OF_AIRFLOW:
        status = int(error.response.get("RestApiStatusCode") or 500)
        raise AirflowProblem(status, _detail(error.response.get("RestApiResponse")) or str(details.get("Message", "")))
    if details.get("Code") == "ValidationException" and "to use InvokeRestApi" in str(details.get("Message", "")):
        why = "The environment is older than MWAA's way to Airflow's REST API. Any update of it opens that."
        raise Unreachable(Reason.REST_API_UNSUPPORTED, why)


def _detail(document: Any) -> str:
    """Airflow's own words: `detail` is a text, or a list of what is wrong with each member (422 of Airflow 3)."""
    if not isinstance(document, Mapping):
        return ""
    told = document.get("detail") or document.get("title") or ""
    if isinstance(told, str):
        return told
    if isinstance(told, list):
        return "; ".join(_wrong_member(one) for one in told)
    return json.dumps(told)


def _wrong_member(told: Any) -> str:
    if not isinstance(told, Mapping):
        return str(told)
    place = ".".join(str(part) for part in told.get("loc", ()) if part not in {"body", "query", ""})
    return f"{place}: {told.get('msg', '')}" if place else str(told.get("msg", ""))


def _sound(found: Any) -> Any:
    """An answer without halves of surrogate pairs, which JSON may hold, and which nothing can be made of: neither UTF-8 nor a status."""
    if isinstance(found, str):
        return found if found.isascii() else found.encode(errors="replace").decode()
    if isinstance(found, list):
        return [_sound(one) for one in found]
    return {_sound(name): _sound(one) for name, one in found.items()} if isinstance(found, dict) else found


def _json(body: bytes) -> Any:
    """The document in an answer, `{}` for none at all, None where there is something else."""
    if not body:
        return {}
    try:
        return json.loads(body)
    except ValueError:
        return None


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except binascii.Error:
        return text
