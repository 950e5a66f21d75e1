"""DAGs for the light Airflow: one that runs, one that is paused at first, and one whose name is too long for InvokeRestApi's paths."""

from __future__ import annotations

LONG = "a_dag_whose_name_is_longer_than_the_paths_that_mwaa_takes_may_be"
DAGS = f"""
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("etl", schedule=None, is_paused_upon_creation=False):
    BashOperator(task_id="extract", bash_command="true") >> BashOperator(task_id="load", bash_command="true")

with DAG("halted", schedule=None, is_paused_upon_creation=True):
    BashOperator(task_id="only", bash_command="true")

with DAG("{LONG}", is_paused_upon_creation=False):
    BashOperator(task_id="only", bash_command="true")
"""
