"""boto3 sessions and clients: one session per set of credentials, one client per service and region, all kept.

Making a client parses a service model and takes tens of milliseconds; making a session is not safe across threads. So both happen here,
under a lock, once.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

from mwaa_operator import __version__
from mwaa_operator.aws.errors import translated

CONNECT_TIMEOUT_SECONDS = 5
READ_TIMEOUT_SECONDS = 60
"""botocore's own default. Who gives a slow AWS only half a minute hears no answer at all."""
ATTEMPTS = 3
_NOT_BLINDLY = {
    "mwaa": ("CreateEnvironment", "UpdateEnvironment", "DeleteEnvironment"),
    "ec2": ("CreateVpc", "CreateSubnet", "CreateInternetGateway", "AllocateAddress", "CreateSecurityGroup"),
}
"""Operations by service that begin half an hour of work, or make something anew each time they arrive, and that AWS has no token for by
which it would know a repetition."""


Observer = Callable[[str, str, str, float], None]


class Clients:
    """The clients of one set of credentials, by default the ones that boto3 finds for the process.

    `connections` is how many calls may be under way at once per client. `observer` is told of every call: service, operation, outcome
    ("ok", or AWS's error code) and seconds. Raises AwsError where the profile that AWS_PROFILE names is not there.
    """

    def __init__(self, *, connections: int, region: str | None = None, observer: Observer | None = None) -> None:
        with translated("a session"):
            self._session = boto3.Session(region_name=region)
        self._connections = connections
        self._observer = observer
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._lock = threading.Lock()

    @property
    def region(self) -> str | None:
        """The region used where an object names none."""
        name = self._session.region_name
        return None if name is None else str(name)

    def credentials(self) -> Any:
        """The credentials as they are at this moment (botocore's ReadOnlyCredentials). Raises AwsError where there are none."""
        with self._lock, translated("the credentials"):
            found = self._session.get_credentials()
            if found is None:
                raise NoCredentialsError
            return found.get_frozen_credentials()

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service in a region. Raises AwsError, such as where there is neither a region nor a default."""
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                with translated(f"the client of {service}"):
                    self._clients[key] = self._made(*key)
            return self._clients[key]

    def _made(self, service: str, region: str | None) -> Any:
        client = self._session.client(service, region_name=region, config=self._config())
        if not _is_aws(client.meta.endpoint_url):
            # MWAA's model puts "api." and "env." before the host, which only AWS's own names answer to.
            client = self._session.client(service, region_name=region, config=self._config(inject_host_prefix=False))
            # S3's account settings are reached at a host named after the account, which is none of the model's prefixes.
            client.meta.events.register("before-sign.s3-control", _without_account_in_host)
        for operation in _NOT_BLINDLY.get(service, ()):
            client.meta.events.register(f"needs-retry.{service}.{operation}", _not_if_it_may_be_under_way)
        if self._observer is not None:
            _observe(client, service, self._observer)
        return client

    def _config(self, **extra: Any) -> Config:
        return Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=self._connections,
            user_agent_extra=f"mwaa-operator/{__version__}",
            **extra,
        )


def _without_account_in_host(request: Any, **_: Any) -> None:
    scheme, _separator, rest = request.url.partition("://")
    account, dot, host = rest.partition(".")
    if dot and account.isdecimal() and len(account) == 12:
        request.url = f"{scheme}://{host}"


def _not_if_it_may_be_under_way(response: Any, caught_exception: Exception | None, **_: Any) -> bool | None:
    """Have botocore not repeat a call that was not answered, or with an HTTP 5xx: the next look at AWS tells what became of it.

    botocore takes the first answer of its handlers that is not None, asks those of one operation first, and takes False for no.
    """
    return False if caught_exception is not None or response[0].status_code >= 500 else None


def _observe(client: Any, service: str, observer: Observer) -> None:
    """Tell the observer of each call, by the events that botocore sends around it."""
    began = "mwaa-operator-began"

    def before(context: dict[str, Any], **_: Any) -> None:
        context[began] = time.monotonic()

    def after(model: Any, context: Mapping[str, Any], parsed: Mapping[str, Any], **_: Any) -> None:
        outcome = parsed.get("Error", {}).get("Code", "ok")
        observer(service, model.name, str(outcome), time.monotonic() - context[began])

    def failed(context: Mapping[str, Any], exception: Exception, event_name: str, **_: Any) -> None:
        operation = event_name.rpartition(".")[2]
        observer(service, operation, type(exception).__name__, time.monotonic() - context[began])

    client.meta.events.register(f"before-call.{service}", before)
    client.meta.events.register(f"after-call.{service}", after)
    client.meta.events.register(f"after-call-error.{service}", failed)


def _is_aws(endpoint: str) -> bool:
    host = endpoint.split("//", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn"))
