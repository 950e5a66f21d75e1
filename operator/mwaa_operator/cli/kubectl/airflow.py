"""The Airflow of an environment, for the commands that look into it: with the caller's own credentials, and errors in a person's words."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from mwaa_operator.api.conditions import Reason
from mwaa_operator.aws.airflow_api import AirflowApi, CommandResult, path_of
from mwaa_operator.aws.call_rate import CallRate
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.accounts import hold_to_account
from mwaa_operator.cli.kubectl.aws_problems import asked, problem
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.progress import time_scale
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable
from mwaa_operator.planning.failure import AwsError, FailureKind

__all__ = ["Airflow", "MomentaryError", "NotThereError", "RefusedError", "UnreachableError", "path_of"]

_COMMANDS = "Its user guide lists the commands that it runs: 'Apache Airflow CLI command reference'."
_MOMENTARY = frozenset({FailureKind.THROTTLED, FailureKind.TRANSIENT})

_Answer = TypeVar("_Answer")


class RefusedError(ProblemError):
    """Airflow has said no. `status` is the HTTP status of its answer."""

    def __init__(self, status: int, message: str, advice: str = "") -> None:
        super().__init__(message, advice)
        self.status = status


class NotThereError(RefusedError):
    """Airflow has no such thing."""


class MomentaryError(ProblemError):
    """It may go well the next time, by itself."""


class UnreachableError(ProblemError):
    """There is no way to Airflow's API from here, or not for this call."""


class Airflow:
    """Airflow of an environment that is in AWS. Every method raises ProblemError, or one of those above."""

    def __init__(self, document: view.Document) -> None:
        name, version = view.name_in_aws(document), view.member(document, "status.environment.airflowVersion")
        how = f"`kubectl mwaa status {view.named(document)}` says how it stands."
        if not version:
            raise ProblemError(f"The operator has not seen {name} in AWS yet, so there is no Airflow to ask.", how)
        clients = asked(lambda: Clients(connections=4, region=view.region(document)))
        hold_to_account(clients, document)
        region = clients.region or ""
        self.name = name
        self._missing = f"There is no web server of {name} in {region} now. {how}"
        self._api: AirflowApi = asked(
            lambda: AirflowApi(
                clients, region=region, environment=name, version=str(version), rate=CallRate(scale=time_scale())
            )
        )

    @property
    def major(self) -> int:
        """2 or 3."""
        return self._api.major

    def get(self, *segments: str, query: Mapping[str, Any] | None = None) -> Any:
        """What the REST API answers for this path."""
        return self._asked(lambda: self._api.call("GET", path_of(*segments), query=query))

    def send(self, method: str, *segments: str, body: Mapping[str, Any], query: Mapping[str, Any] | None = None) -> Any:
        """Have the REST API do something."""
        return self._asked(lambda: self._api.call(method, path_of(*segments), query=query, body=body))

    def listed(
        self, member: str, *segments: str, query: Mapping[str, Any] | None = None, most: int = 10_000
    ) -> list[Any]:
        """The entries of a list, over as many pages as it takes, but at most `most`."""
        return self._asked(lambda: list(islice(self._api.pages(path_of(*segments), member, query=query), most)))

    def command(self, words: Sequence[str]) -> CommandResult:
        """Run a command of Airflow's CLI."""
        return self._asked(lambda: self._ran(words))

    def _ran(self, words: Sequence[str]) -> CommandResult:
        try:
            return self._api.command(words)
        except AirflowProblem as error:
            if error.status != 500:
                raise
            raise ProblemError(f"MWAA does not run `airflow {' '.join(words[:2])}`.", _COMMANDS) from None

    def _asked(self, ask: Callable[[], _Answer]) -> _Answer:
        try:
            return ask()
        except Unreachable as error:
            raise _unreachable(error) from None
        except AirflowProblem as error:
            raise _refused(error) from None
        except AwsError as error:
            if error.kind is FailureKind.GONE:
                raise ProblemError(self._missing) from None
            told = problem(error)
            raise MomentaryError(told.args[0], told.advice) if error.kind in _MOMENTARY else told from None


def _unreachable(error: Unreachable) -> ProblemError:
    if error.reason is not Reason.AIRFLOW_UNREACHABLE:
        return UnreachableError(error.why)
    what, _, _ = error.why.partition(". ")
    return UnreachableError(f"{what}.", "If it is private, call from within its VPC, or by a VPN into it.")


def _refused(error: AirflowProblem) -> ProblemError:
    said = f"Airflow answered {error.status}: {error.detail}".rstrip(". ") + "."
    if error.status == 404:
        return NotThereError(404, said)
    if error.status in {401, 403}:
        advice = "What you may do in Airflow follows from your AWS permissions: docs of MWAA, 'Accessing an Amazon MWAA environment'."
        return RefusedError(error.status, said, advice)
    if error.status >= 500 or error.status == 429:
        return MomentaryError(said, "Try again.")
    return RefusedError(error.status, said)
