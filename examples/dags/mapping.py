"""Dynamic task mapping: as many tasks as there is work, which only the run knows.

A run takes words, {"words": ["sensor", "hook"]}, as its conf.
"""

from collections.abc import Iterable
from typing import Any

try:  # Airflow 3
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task


@dag(
    schedule=None,
    catchup=False,
    is_paused_upon_creation=False,
    tags=["example"],
    params={"words": ["operator", "sensor", "hook"]},
)
def mapping() -> None:
    @task
    def find_work(params: dict[str, Any] | None = None) -> list[str]:
        return list((params or {})["words"])

    # At most two of them at once, so that a large run leaves workers to others.
    @task(max_active_tis_per_dagrun=2)
    def measure(word: str) -> int:
        return len(word)

    @task
    def add_up(lengths: Iterable[int]) -> int:
        return sum(lengths)

    # expand makes one task of `measure` for each word; `add_up` gets what all of them returned.
    add_up(measure.expand(word=find_work()))


mapping()
