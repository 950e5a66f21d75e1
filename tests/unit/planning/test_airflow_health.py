"""What Airflow's own word on its health comes to."""

from __future__ import annotations

import pytest
from mwaa_operator.api.conditions import Reason
from mwaa_operator.planning.airflow_health import Seen, remark_on, remark_on_problem, unwell
from mwaa_operator.planning.airflow_problem import AirflowProblem, Unreachable

from tests.unit.planning.accompanied import accompanied

TRACE = """Traceback (most recent call last):
  File "/usr/local/airflow/dags/etl.py", line 7, in <module>
    import pandas
ModuleNotFoundError: No module named 'pandas'
"""


def health(**statuses):
    """What Airflow says, with these components not healthy."""
    names = ("metadatabase", "scheduler", "triggerer", "dag_processor")
    return {name: {"status": statuses.get(name, "healthy")} for name in names}


def remark(seen, **changes):
    return remark_on(seen, accompanied(**changes), rest=600)


def error(file="/usr/local/airflow/dags/etl.py", trace=TRACE):
    return {"filename": file, "stack_trace": trace}


def test_all_well_is_looked_at_again_in_the_rhythm_of_rest():
    said = remark(Seen(health=health(), dags=12))
    assert (said.status, said.reason, said.again) == (True, Reason.AIRFLOW_HEALTHY, 600)
    assert (said.airflow.dags, said.airflow.dag_capacity, said.airflow.import_errors) == (12, 50, 0)
    assert [one.name for one in said.airflow.components] == [
        "Scheduler",
        "Triggerer",
        "DagProcessor",
        "MetadataDatabase",
    ]


@pytest.mark.parametrize("component", ["scheduler", "triggerer", "dag_processor", "metadatabase"])
def test_each_component_that_is_unwell_is_named_and_looked_at_sooner(component):
    said = remark(Seen(health=health(**{component: "unhealthy"})))
    assert (said.status, said.reason) == (False, Reason.AIRFLOW_UNHEALTHY)
    assert "is unhealthy" in said.message
    assert said.again < 600


def test_a_component_without_a_status_is_a_part_of_another_one():
    told = {**health(), "dag_processor": {"status": None}}
    assert unwell(told, accompanied()) == ()
    assert len(remark(Seen(health=told)).airflow.components) == 3


def test_a_triggerer_that_is_switched_off_is_not_missed():
    told = health(triggerer="unhealthy")
    assert unwell(told, accompanied(has_triggerer=False)) == ()
    assert unwell(told, accompanied()) == ("triggerer",)


def test_a_file_that_cannot_be_imported_is_told_with_its_line_and_what_is_wrong():
    said = remark(Seen(health=health(), errors=(error(),), error_count=1))
    assert (said.status, said.reason) == (False, Reason.IMPORT_ERRORS)
    assert "1 DAG file: etl.py, line 7: ModuleNotFoundError: No module named 'pandas'" in said.message
    [broken] = said.airflow.broken_files
    assert (broken.file, broken.line, broken.error) == ("etl.py", 7, "ModuleNotFoundError: No module named 'pandas'")


def test_the_line_is_one_of_the_file_and_not_of_airflow_that_met_it():
    own = TRACE.replace(
        "ModuleNotFoundError", '  File "/usr/local/lib/airflow/models/dag.py", line 650\nModuleNotFoundError'
    )
    for file in ("/usr/local/airflow/dags/etl.py", "etl.py"):
        [broken] = remark(Seen(health=health(), errors=(error(file, own),), error_count=1)).airflow.broken_files
        assert (broken.file, broken.line) == ("etl.py", 7)


def test_an_error_that_names_an_address_in_memory_is_the_same_each_time():
    def of(address):
        trace = f"Traceback (most recent call last):\nTypeError: <function f at {address}> is no task\n"
        return remark(Seen(health=health(), errors=(error(trace=trace),), error_count=1))

    assert of("0x7f3a5c0e8d30") == of("0x7f01b22c4af0")


def test_of_many_broken_files_the_first_are_listed_and_all_are_counted():
    said = remark(
        Seen(health=health(), errors=tuple(error(f"dags/{number}.py") for number in range(12)), error_count=40)
    )
    assert (len(said.airflow.broken_files), said.airflow.import_errors) == (10, 40)
    assert "40 DAG files" in said.message


def test_an_unwell_scheduler_matters_more_than_a_broken_file():
    said = remark(Seen(health=health(scheduler="unhealthy"), errors=(error(),), error_count=1))
    assert said.reason is Reason.AIRFLOW_UNHEALTHY
    assert said.airflow.import_errors == 1


def test_values_of_options_are_taken_out_of_all_that_airflow_says():
    def hide(text):
        return text.replace("hunter2", "***")

    trace = "Traceback (most recent call last):\nValueError: cannot log in with hunter2\n"
    told = health(scheduler="hunter2")
    problem = remark_on_problem(AirflowProblem(500, "no way: hunter2"), accompanied(hide=hide))
    said = remark(Seen(health=told, errors=(error("hunter2.py", trace),), error_count=1), hide=hide)
    assert "hunter2" not in f"{said} {problem}"
    assert "ValueError: cannot log in with ***" in said.airflow.broken_files[0].error


def test_no_way_to_airflow_is_unknown_and_tried_again_rarely():
    said = remark_on_problem(Unreachable(Reason.AIRFLOW_UNREACHABLE, "It is private."), accompanied())
    assert (said.status, said.reason, said.message) == (None, Reason.AIRFLOW_UNREACHABLE, "It is private.")
    assert said.again >= 3600
    assert said.airflow is None


@pytest.mark.parametrize(
    ("http_status", "status", "reason"),
    [(503, False, Reason.AIRFLOW_UNHEALTHY), (403, None, Reason.ACCESS_DENIED)],
    ids=["it fails", "it does not let the operator"],
)
def test_an_answer_that_is_an_error(http_status, status, reason):
    said = remark_on_problem(AirflowProblem(http_status, "Service\n Unavailable."), accompanied())
    assert (said.status, said.reason) == (status, reason)
    assert f"(HTTP {http_status}): Service Unavailable." in said.message
