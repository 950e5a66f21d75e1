"""Operators: a Python function, a shell command, and a branch that decides which way a run goes.

A run takes a number, {"number": 8}, as its conf.
"""

from typing import Any

try:  # Airflow 3
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.bash import BashOperator
    from airflow.operators.empty import EmptyOperator
    from airflow.operators.python import BranchPythonOperator, PythonOperator


def square(params: dict[str, Any]) -> int:
    """Return the square: PythonOperator makes an XCom of it."""
    return int(params["number"]) ** 2


def choose(params: dict[str, Any]) -> str:
    """Return the id of the task to go on with. The other one is skipped."""
    return "even" if int(params["number"]) % 2 == 0 else "odd"


with DAG(
    "operators",
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["example"],
    params={"number": 7},
) as dag:
    calculate = PythonOperator(task_id="calculate", python_callable=square)
    decide = BranchPythonOperator(task_id="decide", python_callable=choose)

    # Between double braces is a template, filled in when the task runs. The values come as variables and not in the command, so
    # that what somebody passes in is never taken for a part of it. The last line that a command prints becomes its XCom.
    values = {"NUMBER": "{{ params.number }}", "SQUARE": "{{ ti.xcom_pull('calculate') }}"}
    even = BashOperator(task_id="even", bash_command='echo "$NUMBER is even, its square is $SQUARE"', env=values)
    odd = BashOperator(task_id="odd", bash_command='echo "$NUMBER is odd, its square is $SQUARE"', env=values)

    # By default a task runs when all before it succeeded. One that was skipped has not, hence the other rule.
    done = EmptyOperator(task_id="done", trigger_rule="none_failed_min_one_success")

    calculate >> decide >> [even, odd] >> done
