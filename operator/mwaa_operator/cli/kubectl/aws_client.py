"""One service of AWS, for the commands that only ask it something: with the caller's own credentials, and errors in a person's words."""

from collections.abc import Mapping
from typing import Any

from mwaa_operator.aws.calls import call, pages
from mwaa_operator.aws.sessions import Clients
from mwaa_operator.cli.kubectl.accounts import hold_to_account
from mwaa_operator.cli.kubectl.aws_problems import asked, problem
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.view import Document
from mwaa_operator.planning.failure import AwsError, FailureKind


class Aws:
    """A client; for the account of an environment if one is given. Each method raises ProblemError."""

    def __init__(self, service: str, region: str | None, *, of: Document | None = None) -> None:
        clients = asked(lambda: Clients(connections=4, region=region))
        if of is not None:
            hold_to_account(clients, of)
        self._client = asked(lambda: clients.client(service))

    def call(self, operation: str, parameters: Mapping[str, Any], *, missing: str = "") -> Mapping[str, Any]:
        """Make a call. `missing` is what to say where AWS knows no such thing."""
        try:
            return call(self._client, operation, parameters)
        except AwsError as error:
            if missing and error.kind is FailureKind.GONE:
                raise ProblemError(missing) from None
            raise problem(error) from None

    def pages(self, operation: str, result: str, parameters: Mapping[str, Any]) -> list[Any]:
        """All of a listing."""
        return asked(lambda: pages(self._client, operation, result, parameters))

    @property
    def region(self) -> str:
        """The region that it asks."""
        return str(self._client.meta.region_name)
