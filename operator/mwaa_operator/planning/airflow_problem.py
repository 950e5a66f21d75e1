"""What the Airflow of an environment refuses, and ways to it that do not exist: as data, like `failure` for AWS itself."""

from mwaa_operator.api.conditions import Reason


class AirflowProblem(Exception):  # noqa: N818 - Airflow's API calls it that (RFC 9457)
    """Airflow has said no, or has failed.

    `status` is the HTTP status of Airflow's own answer, `detail` its own words. They may quote what was asked for.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"Airflow answered {status}: {detail}")
        self.status = status
        self.detail = detail


class Unreachable(AirflowProblem):
    """There is no way to the API from here, and that probably stays so until somebody changes something.

    `why` is a sentence that says what to do, `reason` the same as one word for a condition. The status is 0: Airflow has not answered.
    """

    def __init__(self, reason: Reason, why: str) -> None:
        super().__init__(0, why)
        self.reason = reason
        self.why = why
