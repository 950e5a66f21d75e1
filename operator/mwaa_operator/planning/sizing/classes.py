"""What the classes are made for (User Guide, environment-class; mwaa-behaviour.md §3.2)."""

from typing import NamedTuple


class Capacity(NamedTuple):
    """DAGs in an environment, and tasks that a worker runs at once."""

    dags: int
    tasks: int


_CAPACITIES = {
    "mw1.micro": Capacity(25, 3),
    "mw1.small": Capacity(50, 5),
    "mw1.medium": Capacity(250, 10),
    "mw1.large": Capacity(1000, 20),
    "mw1.xlarge": Capacity(2000, 40),
    "mw1.2xlarge": Capacity(4000, 80),
}


def dag_capacity(environment_class: str) -> int | None:
    """How many DAGs a class is made for; None for one that is not documented."""
    known = _CAPACITIES.get(environment_class)
    return None if known is None else known.dags


def larger_class(environment_class: str) -> str | None:
    """The next larger class; None for the largest, and for one that is not documented."""
    order = list(_CAPACITIES)
    position = order.index(environment_class) + 1 if environment_class in order else len(order)
    return order[position] if position < len(order) else None
