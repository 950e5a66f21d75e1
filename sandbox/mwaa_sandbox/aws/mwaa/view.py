"""An environment as GetEnvironment shows it: names and addresses added, sensitive options masked."""

from __future__ import annotations

from typing import Any

from mwaa_sandbox.aws.mwaa import identifiers
from mwaa_sandbox.aws.mwaa.lifecycle import Environment, LastUpdate

MASK = "***"

# §1.2: ACK reports that "some" values are masked and names three; §12.6 asks which. Those of Airflow's own list of
# sensitive options that hold credentials, therefore: a client must cope with any of them.
_SENSITIVE = frozenset(
    {
        "api.secret_key",
        "api_auth.jwt_secret",
        "celery.broker_url",
        "celery.flower_basic_auth",
        "celery.result_backend",
        "core.fernet_key",
        "core.sql_alchemy_conn",
        "database.sql_alchemy_conn",
        "secrets.backend_kwargs",
        "sentry.sentry_dsn",
        "smtp.smtp_password",
        "webserver.secret_key",
        "workers.secrets_backend_kwargs",
    }
)

_PRIVATE_MODES = frozenset({"PRIVATE_ONLY", "PUBLIC_AND_PRIVATE"})


def described(environment: Environment) -> dict[str, Any]:
    """Return the members of GetEnvironment.Environment (§1.2). Members that have no value yet are left out."""
    settings = environment.settings
    members: dict[str, Any] = {
        **settings,
        "Name": environment.name,
        "Status": environment.status.value,
        "Arn": identifiers.environment_arn(environment.account, environment.region, environment.name),
        "CreatedAt": environment.created_at,
        "ServiceRoleArn": identifiers.service_role_arn(environment.account, environment.region),
        "Tags": dict(environment.tags),
        "AirflowConfigurationOptions": _masked(settings["AirflowConfigurationOptions"]),
        "LoggingConfiguration": _logging(environment),
    }
    if environment.has_network:
        members["CeleryExecutorQueue"] = identifiers.queue_arn(environment)
        members["DatabaseVpcEndpointService"] = identifiers.endpoint_service(environment, "database")
        if settings["WebserverAccessMode"] in _PRIVATE_MODES:
            members["WebserverVpcEndpointService"] = identifiers.endpoint_service(environment, "webserver")
    if environment.has_webserver:
        members["WebserverUrl"] = identifiers.webserver_host(environment)
    if environment.last_update is not None:
        members["LastUpdate"] = _last_update(environment.last_update)
    return members


def awaited_endpoint_services(environment: Environment) -> dict[str, int]:
    """Return the endpoint services that a CUSTOMER environment needs endpoints to, and the TCP port each is used on (§5).

    With PUBLIC_AND_PRIVATE the web server's endpoint is managed by MWAA.
    """
    services = {identifiers.endpoint_service(environment, "database"): 5432}
    if environment.settings["WebserverAccessMode"] == "PRIVATE_ONLY":
        services[identifiers.endpoint_service(environment, "webserver")] = 443
    return services


def endpoint_services(environment: Environment) -> list[str]:
    """Return the endpoint services that exist, which is from PENDING on (§5)."""
    if not environment.has_network:
        return []
    return [identifiers.endpoint_service(environment, purpose) for purpose in ("database", "webserver")]


def _masked(options: dict[str, str]) -> dict[str, str]:
    return {key: MASK if key in _SENSITIVE else value for key, value in options.items()}


def _logging(environment: Environment) -> dict[str, Any]:
    return {
        module: {**configuration, "CloudWatchLogGroupArn": _log_group(environment, module)}
        if configuration["Enabled"]
        else dict(configuration)
        for module, configuration in environment.settings["LoggingConfiguration"].items()
    }


def _log_group(environment: Environment, module: str) -> str:
    return identifiers.log_group_arn(environment.account, environment.region, environment.name, module)


def _last_update(update: LastUpdate) -> dict[str, Any]:
    members: dict[str, Any] = {"Status": update.status.value, "CreatedAt": update.created_at}
    if update.error is not None:
        members["Error"] = {"ErrorCode": update.error.code, "ErrorMessage": update.error.message}
    if update.source is not None:
        members["Source"] = update.source
    if update.worker_replacement_strategy is not None:
        members["WorkerReplacementStrategy"] = update.worker_replacement_strategy
    return members
