"""Tasks that hand on what they found, by XCom.

What a task returns is stored by Airflow as an XCom, with the key `return_value`. A task that takes the result of another as an
argument runs after it, and gets it from there. XComs are for small things: names, counts, keys of objects in S3. Put data itself
into S3.

A run takes a day, {"day": "2026-11-22"}, as its conf.
"""

from typing import Any

try:  # Airflow 3
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task


# It has no schedule: it runs when somebody starts it, so it need not be paused at first, as DAGs otherwise are.
@dag(schedule=None, catchup=False, is_paused_upon_creation=False, tags=["example"], params={"day": "2026-01-01"})
def etl() -> None:
    @task
    def extract(params: dict[str, Any] | None = None) -> dict[str, Any]:
        # Airflow fills in arguments with the names that it knows: params is what the DAG names, with the run's conf over it.
        day = (params or {})["day"]
        print(f"Reading the orders of {day}")  # goes to the task's log
        return {"day": day, "orders": [120, 80, 45]}

    @task
    def transform(extracted: dict[str, Any]) -> dict[str, Any]:
        orders = extracted["orders"]
        return {"day": extracted["day"], "orders": len(orders), "total": sum(orders)}

    @task
    def load(summary: dict[str, Any]) -> dict[str, Any]:
        print(f"{summary['orders']} orders on {summary['day']}, {summary['total']} in all")
        return summary

    load(transform(extract()))


etl()
