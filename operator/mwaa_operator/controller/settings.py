"""Every setting of the operator, each with its variable, its flag, and what it is for."""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Settings(BaseSettings):
    """Keep MwaaEnvironments as their specs say.

    Each flag has a variable: MWAA_OPERATOR_ and the flag's name in capitals, with underscores. AWS credentials, region and
    endpoints are found as boto3 finds them (AWS_REGION, AWS_ROLE_ARN, AWS_ENDPOINT_URL, ...), the Kubernetes API by the
    pod's service account or KUBECONFIG.
    """

    model_config = SettingsConfigDict(
        env_prefix="MWAA_OPERATOR_",
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_prog_name="mwaa-operator run",
        use_attribute_docstrings=True,
        extra="ignore",
        frozen=True,
    )

    namespace: str = "mwaa-operator-system"
    """Namespace of the operator's own objects: its lease and the key of its fingerprints."""

    watch_namespaces: Annotated[tuple[str, ...], NoDecode] = ()
    """Namespaces to look after, separated by commas; left out: all of them."""

    cluster_name: str = ""
    """Names this cluster in the tags of AWS; left out: the uid of the namespace kube-system. Never change it afterwards."""

    leader_election: bool = False
    """Run only while holding the lease mwaa-operator, so that several replicas can stand by."""

    workers: int = Field(default=16, ge=1, le=256)
    """How many objects are worked on at once; AWS calls run in as many threads."""

    resync_seconds: float = Field(default=600, gt=0)
    """How often an environment at rest is compared with AWS, in seconds."""

    airflow_health_seconds: float = Field(default=600, ge=0)
    """How often the Airflow of an environment at rest is asked for its health, in seconds; 0: never."""

    sizing_seconds: float = Field(default=900, ge=0)
    """How often CloudWatch is asked for the load of all environments, in seconds; 0: never."""

    time_scale: float = Field(default=1, gt=0)
    """Divides every wait: for sandboxes in which AWS's time runs faster."""

    verification_image: str = Field(default="apache/airflow:{version}-python{python}", min_length=1)
    """Image of the Airflow that imports DAGs where artifacts.verify is Airflow, with {version} and {python} (2.11.2, 3.12) filled in."""

    code_gigabytes: float = Field(default=16, gt=0)
    """How much disk the code of all objects may take on its way into buckets, in GB: less than the pod's /tmp has."""

    http_host: str = "0.0.0.0"  # noqa: S104 - probes and scrapes come from outside the pod
    """Address that /healthz, /readyz and /metrics listen on."""

    http_port: int = Field(default=8080, ge=0, le=65535)
    """Port of /healthz, /readyz and /metrics; 0 takes a free one and logs it."""

    log_format: Literal["json", "text"] = "json"
    """One JSON object a line, or lines for people."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least severe messages to log."""

    @field_validator("verification_image")
    @classmethod
    def _template(cls, value: str) -> str:
        try:
            value.format(version="3.3.1", python="3.12")
        except (LookupError, ValueError):
            raise ValueError("only {version} and {python} can be filled in") from None
        return value

    @field_validator("watch_namespaces", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
