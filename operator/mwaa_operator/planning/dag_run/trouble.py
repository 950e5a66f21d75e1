"""What follows from a call of Airflow that failed, for the run that it was made for."""

from datetime import datetime

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.dag_run_conditions import DagRunReason
from mwaa_operator.planning.aftermath import after_failure
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.dag_run.model import Trouble
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.model import Standing
from mwaa_operator.planning.schedule import failure_backoff

_STALLED_SECONDS = 300.0
"""Between two tries where a person has to do something first, in AWS's time."""
_FIRST_SECONDS, _MOST_SECONDS = 5.0, 120.0
_LONGEST = 300
"""Characters of Airflow's words in a message."""
_NO_PERMISSION = frozenset({401, 403})
_REASONS = {
    Reason.NOT_FOUND: DagRunReason.WAITING_FOR_ENVIRONMENT,
    **{Reason(each.value): each for each in DagRunReason if each.value in set(Reason)},
}


def trouble_with_aws(error: AwsError, *, failures: int, since: datetime, at: Moment) -> Trouble:
    """AWS itself has said no, or has not answered. `failures` in a row, this one included, of which the first was at `since`."""
    after = after_failure(error, operation=None, failures=failures, since=since, at=at)
    return Trouble(
        reason=_REASONS.get(after.verdict.reason, DagRunReason.AWS_REFUSED),
        message=after.verdict.message,
        again=after.retry_seconds,
        stalled=after.verdict.standing is Standing.STALLED,
    )


def trouble_with_airflow(problem: AirflowProblem, *, failures: int) -> Trouble:
    """Airflow has said no to what nothing can be decided on, has failed, or cannot be reached."""
    if isinstance(problem, Unreachable):
        reason = _REASONS.get(problem.reason, DagRunReason.AIRFLOW_UNREACHABLE)
        return Trouble(reason=reason, message=problem.why, again=_STALLED_SECONDS, stalled=True)
    if problem.status in _NO_PERMISSION:
        message = (
            f"Airflow does not let the operator do this ({problem.status}): {_told(problem.detail)} Allow it airflow:InvokeRestApi on a "
            "role of Airflow that may run DAGs: User, Op or Admin."
        )
        return Trouble(reason=DagRunReason.ACCESS_DENIED, message=message, again=_STALLED_SECONDS, stalled=True)
    again = failure_backoff(failures, first=_FIRST_SECONDS, most=_MOST_SECONDS)
    message = f"Airflow answers {problem.status}: {_told(problem.detail)} It is asked again by itself."
    return Trouble(reason=DagRunReason.AIRFLOW_ERROR, message=message, again=again)


def _told(detail: str) -> str:
    """Airflow's words as a short sentence: a web server that is down may answer with a page."""
    words = " ".join(detail.split())
    return f"{words[:_LONGEST].rstrip('.')}." if words else "It says no more."
