"""What a light Airflow makes of a DAG file."""

from __future__ import annotations

import pytest
from mwaa_sandbox.airflow.light.reading import DagDefinition, read


def dags(source: str) -> list[tuple[str, tuple[str, ...]]]:
    found = read(source.encode(), path="/dags/a.py")
    assert found.error is None
    return [(one.dag_id, one.tasks) for one in found.dags]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("DAG('a')", [("a", ())]),
        ("dag = models.DAG(dag_id='a', schedule=None)\nT(task_id='x', dag=dag)", [("a", ("x",))]),
        ("with DAG('a'):\n    T(task_id='x')\nwith DAG('b') as b:\n    T(task_id='y')", [("a", ("x",)), ("b", ("y",))]),
        ("@dag\ndef a():\n    @task\n    def x(): ...\n    @task.bash\n    def y(): ...", [("a", ("x", "y"))]),
        ("@dag(dag_id='b')\ndef a():\n    @task(task_id='z')\n    def x(): ...", [("b", ("z",))]),
        ("@dag('c')\ndef a(): ...", [("c", ())]),
        ("DAG(name())\ndef task(): ...\nprint('DAG(1)')", []),
        ("", []),
    ],
)
def test_dags_and_their_tasks_are_found(source, found):
    assert dags(source) == found


def test_file_says_whether_its_dag_begins_paused():
    source = b"DAG('a', is_paused_upon_creation=False)\nDAG('b', is_paused_upon_creation=True)\nDAG('c')"
    assert read(source, path="a.py").dags == (
        DagDefinition("a", (), False),
        DagDefinition("b", (), True),
        DagDefinition("c", (), None),
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"def f(:\n", 'File "/dags/a.py", line 1'),
        (b"x = 1\nimport does_not_exist.inner", "No module named 'does_not_exist.inner'"),
        (b"from does_not_exist import x", "ModuleNotFoundError"),
        (b"\x00", "null byte"),
        (b"\xff", "utf-8"),
    ],
)
def test_file_that_cannot_be_imported_has_an_error_and_no_dags(source, told):
    found = read(source, path="/dags/a.py")
    assert found.dags == ()
    assert told in (found.error or "")
