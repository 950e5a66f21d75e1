"""DAG files for tests, and what an environment needs for them to be reached."""

ACCOUNT, REGION = "111122223333", "eu-west-1"
PUBLIC = {"WebserverAccessMode": "PUBLIC_ONLY"}

ETL = """
from airflow import DAG
from airflow.operators.bash import BashOperator

with DAG("etl", schedule=None) as dag:
    extract = BashOperator(task_id="extract", bash_command="true")
    load = BashOperator(task_id="load", bash_command="true")
    extract >> load
"""

NIGHTLY = """
from airflow.decorators import dag, task

@dag(schedule="@daily", is_paused_upon_creation=False)
def nightly():
    @task
    def sweep():
        return 1

    sweep()

nightly()
"""

BROKEN = "def oops(:\n"
