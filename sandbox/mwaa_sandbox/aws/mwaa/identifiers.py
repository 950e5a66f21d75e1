"""Names and addresses as the service makes them (mwaa-behaviour.md §1.2, "Real-looking values").

All of them are derived from the environment's serial, so that asking twice gives the same answer and a new environment
under an old name gets new ones.
"""

from __future__ import annotations

import hashlib
import uuid

from mwaa_sandbox.aws.mwaa.lifecycle import Environment

_SERVICE_ACCOUNT = "910200000000"  # whose queues and endpoint services these are; AWS's real ones differ by Region
_LOG_GROUP_SUFFIX = {
    "DagProcessingLogs": "DAGProcessing",
    "SchedulerLogs": "Scheduler",
    "TaskLogs": "Task",
    "WebserverLogs": "WebServer",
    "WorkerLogs": "Worker",
}


def partition(region: str) -> str:
    return "aws-cn" if region.startswith("cn-") else "aws"


def environment_arn(account: str, region: str, name: str) -> str:
    return f"arn:{partition(region)}:airflow:{region}:{account}:environment/{name}"


def log_group_name(environment: str, module: str) -> str:
    """§8: `airflow-{env}-DAGProcessing | Scheduler | Task | WebServer | Worker`."""
    return f"airflow-{environment}-{_LOG_GROUP_SUFFIX[module]}"


def log_group_arn(account: str, region: str, name: str, module: str) -> str:
    return f"arn:{partition(region)}:logs:{region}:{account}:log-group:{log_group_name(name, module)}"


def service_role_arn(account: str, region: str) -> str:
    role = "aws-service-role/airflow.amazonaws.com/AWSServiceRoleForAmazonMWAA"
    return f"arn:{partition(region)}:iam::{account}:role/{role}"


def queue_arn(environment: Environment) -> str:
    queue = f"airflow-celery-{_uuid(environment, 'queue')}"
    return f"arn:{partition(environment.region)}:sqs:{environment.region}:{_SERVICE_ACCOUNT}:{queue}"


def service_key_arn(region: str) -> str:
    """Return the key that AWS owns and encrypts the queue with when the customer gives none (§6)."""
    return f"arn:{partition(region)}:kms:{region}:{_SERVICE_ACCOUNT}:key/00000000-0000-4000-8000-0000000000aa"


def task_attachment_arn(environment: Environment, number: int) -> str:
    """Return what the network interface of a container is described with: the attachment of its Fargate task."""
    attachment = _uuid(environment, f"attachment/{number}")
    return f"arn:{partition(environment.region)}:ecs:{environment.region}:{_SERVICE_ACCOUNT}:attachment/{attachment}"


def endpoint_service(environment: Environment, purpose: str) -> str:
    """Return the name of the endpoint service for the database or the web server."""
    prefix = "cn." if partition(environment.region) == "aws-cn" else ""
    return f"{prefix}com.amazonaws.vpce.{environment.region}.vpce-svc-0{_hex(environment, purpose, 16)}"


def webserver_host(environment: Environment) -> str:
    """§1.2: without a scheme, whatever the model's pattern says; private web servers carry `-vpce`."""
    private = "" if environment.settings["WebserverAccessMode"] == "PUBLIC_ONLY" else "-vpce"
    cell = int(_hex(environment, "cell", 4), 16) % 40
    domain = "amazonaws.com.cn" if partition(environment.region) == "aws-cn" else "amazonaws.com"
    return f"{_uuid(environment, 'webserver')}{private}.c{cell}.{environment.region}.airflow.{domain}"


def _uuid(environment: Environment, purpose: str) -> str:
    return str(uuid.UUID(_hex(environment, purpose, 32), version=4))


def _hex(environment: Environment, purpose: str, length: int) -> str:
    return hashlib.sha256(f"{environment.serial}/{purpose}".encode()).hexdigest()[:length]
