"""The whole table, in the order of the policies' statements."""

from mwaa_operator.planning.permissions import artifacts, dag_runs, environment, looking, network, roles, storage
from mwaa_operator.planning.permissions.model import Grant, Policy

GRANTS: tuple[Grant, ...] = (
    *environment.GRANTS,
    *dag_runs.GRANTS,
    *looking.GRANTS,
    *storage.GRANTS,
    *artifacts.GRANTS,
    *roles.GRANTS,
    *network.GRANTS,
)


def grants_of(policy: Policy) -> tuple[Grant, ...]:
    """The rows of a policy."""
    return tuple(grant for grant in GRANTS if grant.policy is policy)
