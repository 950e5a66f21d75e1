"""The options whose values come from Secrets (`airflowConfigurationSecrets`): read once a pass, held only as long as it lasts."""

from collections.abc import Mapping

from mwaa_operator.api.conditions import Reason
from mwaa_operator.api.environment_parts import SecretKeyReference
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.controller.kubernetes import Kubernetes, KubernetesError, Secret
from mwaa_operator.controller.object_watches import UNREAD, ObjectWatches
from mwaa_operator.controller.store import Key

LONGEST_VALUE = 65536
"""Of an option, in characters (`mwaa-behaviour.md` §1.2)."""


class SecretProblemError(Exception):
    """An option's value cannot be had. The message names the option and where its value should be, and nothing of any value."""

    def __init__(self, message: str, reason: Reason = Reason.SECRET_NOT_FOUND) -> None:
        super().__init__(message)
        self.reason = reason


class SecretOptions:
    """Reads them, and has objects looked at again when what they have read changes."""

    def __init__(self, kubernetes: Kubernetes, watches: ObjectWatches) -> None:
        self._kubernetes = kubernetes
        self._watches = watches

    async def read(self, key: Key, spec: EnvironmentSpec) -> Mapping[str, str]:
        """The values by option. Raises SecretProblemError, and KubernetesError where trying again may help."""
        references = spec.airflow_configuration_secrets or {}
        found: dict[str, Secret | KubernetesError | None] = {}
        for reference in references.values():
            if reference.name not in found:
                found[reference.name] = await self._secret(key.namespace, reference.name)
        self._watches.follow(key, {name: _version(secret) for name, secret in found.items()})
        return {
            option: _value(found[reference.name], option, reference, key.namespace)
            for option, reference in references.items()
        }

    def forget(self, key: Key) -> None:
        """An object needs no options any more."""
        self._watches.follow(key, {})

    async def _secret(self, namespace: str, name: str) -> Secret | KubernetesError | None:
        try:
            return await self._kubernetes.secret(namespace, name)
        except KubernetesError as error:
            if error.passing:
                raise
            return error


def _version(secret: Secret | KubernetesError | None) -> str | None:
    if isinstance(secret, KubernetesError):
        return UNREAD
    return secret.version if secret else None


def _value(secret: Secret | KubernetesError | None, option: str, reference: SecretKeyReference, namespace: str) -> str:
    where = (
        f"The option {option} comes from the Secret {reference.name}, key {reference.key}, of namespace {namespace},"
    )
    if isinstance(secret, KubernetesError):
        raise SecretProblemError(
            f"{where} which the operator may not read. Bind it the role mwaa-operator-secret-reader in this namespace."
        )
    if secret is None or reference.key not in secret.data:
        raise SecretProblemError(f"{where} which does not exist. Create it.")
    if secret.is_identity:
        raise SecretProblemError(
            f"{where} which is a token for the Kubernetes API and is not passed on. Put the value into a Secret of its own.",
            Reason.INVALID_CONFIGURATION,
        )
    value = secret.data[reference.key]
    if flaw := _flaw(value):
        raise SecretProblemError(
            f"{where} whose value {flaw}. AWS takes 1 to {LONGEST_VALUE} printable ASCII characters. Correct the Secret; "
            "it goes on by itself.",
            Reason.INVALID_CONFIGURATION,
        )
    return value.decode("ascii")


def _flaw(value: bytes) -> str | None:
    """What keeps AWS from taking a value, in words that tell nothing of it."""
    if not value:
        return "is empty"
    if len(value) > LONGEST_VALUE:
        return f"is longer than {LONGEST_VALUE} characters"
    if _printable(value):
        return None
    return (
        "ends with a line break" if _printable(value.rstrip(b"\r\n")) else "has characters that are not printable ASCII"
    )


def _printable(value: bytes) -> bool:
    return all(0x20 <= byte <= 0x7E for byte in value)
