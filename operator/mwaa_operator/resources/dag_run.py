"""A run of a DAG as a resource: makes the calls that `planning.dag_run` asks for, by whichever way there is to Airflow."""

from mwaa_operator.aws.airflow_api import path_of
from mwaa_operator.aws.airflows import Airflows
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable
from mwaa_operator.planning.dag_run.model import DETAILS, EXPECTED, Answer, Call, Environment


class DagRunResource:
    """Blocks while it calls, so it is called from threads. `region` is used for environments that name none."""

    def __init__(self, airflows: Airflows, *, region: str | None) -> None:
        self._airflows = airflows
        self._region = region

    def ask(self, environment: Environment, call: Call) -> Answer:
        """Make a call. Raises AwsError, and AirflowProblem for what nothing can be decided on."""
        airflow = self._airflows.of(
            region=environment.region or self._region or "", environment=environment.name, version=environment.version
        )
        try:
            document = airflow.call(call.method, path_of(*call.segments), query=call.query, body=call.body)
        except Unreachable as problem:
            # A path that is too long for the only way there is: what it would have told is left out.
            if call.ask in DETAILS:
                return Answer(403, words=problem.why)
            raise
        except AirflowProblem as problem:
            if problem.status in EXPECTED.get(call.ask, ()) or (call.ask in DETAILS and 400 <= problem.status < 500):
                return Answer(problem.status, words=problem.detail)
            raise
        return Answer(200, document)
