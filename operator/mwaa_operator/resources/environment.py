"""The MWAA environment as a resource: looks and acts; what to do is decided in `planning`."""

from collections.abc import Mapping
from dataclasses import dataclass

from mwaa_operator.aws import mwaa, s3, sts
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.planning.model import Step
from mwaa_operator.planning.observation import Observation


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """AWS's yes to a call: the environment's ARN where it is in the answer, and the number of the request, for AWS Support."""

    arn: str | None
    request_id: str | None


class EnvironmentResource:
    """Environments of one set of credentials. Blocks while it calls AWS, so it is called from threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._account_id: str | None = None

    def region(self, region: str | None) -> str | None:
        """The region that an object's own, or none, comes to."""
        return region or self._clients.region

    def observe(self, *, name: str, region: str | None) -> Observation:
        """Look at an environment. Raises AwsError."""
        environment = mwaa.get_environment(self._clients.client("mwaa", region), name)
        return Observation(environment=environment, account_id=self._account(region))

    def newest_versions(self, *, region: str | None, bucket: str, files: Mapping[str, str]) -> Mapping[str, str]:
        """The newest version of each of `files` (S3 keys by the name of their path field). Raises AwsError."""
        storage = self._clients.client("s3", region)
        return {path: s3.newest_version(storage, bucket=bucket, key=key) for path, key in files.items()}

    def apply(self, step: Step, *, region: str | None) -> Accepted:
        """Make the call of a step. Raises AwsError."""
        answer = mwaa.call(self._clients.client("mwaa", region), step.kind.value, step.parameters)
        return Accepted(arn=answer.get("Arn"), request_id=answer.get("ResponseMetadata", {}).get("RequestId"))

    def _account(self, region: str | None) -> str:
        # Without a lock: several may ask at first, but none waits for an answer that another one does not get.
        if self._account_id is None:
            # The object's region: opt-in regions and China are not reached by way of the global endpoint.
            self._account_id = sts.account_id(self._clients.client("sts", region))
        return self._account_id
