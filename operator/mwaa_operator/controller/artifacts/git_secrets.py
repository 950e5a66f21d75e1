"""The Secrets that hold credentials for git: read when a repository is looked at, and held only as long."""

from mwaa_operator.api.conditions import Reason
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError
from mwaa_operator.planning.artifacts.model import SourceProblemError
from mwaa_operator.resources.artifacts.git_credentials import GitCredentials

ROLE = "mwaa-operator-secret-reader"
"""The ClusterRole that whoever owns a namespace binds to the operator there."""


class GitSecrets:
    """Reads them. They are not watched: a repository is looked at often enough."""

    def __init__(self, kubernetes: Kubernetes) -> None:
        self._kubernetes = kubernetes

    async def read(self, namespace: str, name: str) -> GitCredentials:
        """The credentials in a Secret. Raises SourceProblemError, which tells nothing of them."""
        try:
            found = await self._kubernetes.secret(namespace, name)
        except KubernetesError as error:
            if error.status == 403:
                message = (
                    f"The operator may not read the Secret {name}. Bind it the role {ROLE} in namespace {namespace}."
                )
                raise SourceProblemError(Reason.SOURCE_DENIED, message, lasting=True) from None
            message = f"The Secret {name} cannot be read: {error}. It is tried again by itself."
            raise SourceProblemError(Reason.SOURCE_UNREACHABLE, message, lasting=False) from None
        if found is None:
            message = f"There is no Secret {name} in namespace {namespace}. Create it; it goes on by itself."
            raise SourceProblemError(Reason.SECRET_NOT_FOUND, message, lasting=True)
        if found.is_identity:
            message = f"The Secret {name} is a token for the Kubernetes API and is not sent to a git server. Name another one."
            raise SourceProblemError(Reason.SOURCE_DENIED, message, lasting=True)
        return GitCredentials.of(name, found.data)
