"""What MWAA does with Airflow options that it wants its own way (`mwaa-behaviour.md` §3.5, from the User Guide's page
configuring-env-variables and the images that AWS publishes), as data.
"""

import re
from dataclasses import dataclass

from mwaa_operator.api.airflow_versions import Version

HONOURED_METRICS = frozenset({"metrics.statsd_on", "metrics.metrics_allow_list", "metrics.metrics_block_list"})
"""Of the section metrics, what MWAA's own sidecar goes by."""


_ANY = Version(2, 0, 0)


@dataclass(frozen=True)
class Rule:
    """Options, by a pattern of their names; why; and the first Airflow version that has them."""

    pattern: str
    reason: str
    since: Version = _ANY

    def concerns(self, option: str, version: Version | None) -> bool:
        """Whether it says something about an option in a version. One that cannot be compared is taken for a new one."""
        return re.fullmatch(self.pattern, option) is not None and (version is None or version >= self.since)


REFUSED = (
    Rule(r"core\.multi_team", "MWAA does not support it", Version(3, 2, 0)),
    Rule(r"triggerer\.queues_enabled", "MWAA does not support it", Version(3, 2, 0)),
)
"""Documented as unsupported."""

OVERRIDDEN = (
    Rule(r"core\.executor", "MWAA runs tasks with its own executor"),
    Rule(r"core\.load_examples", "MWAA loads no examples"),
    Rule(r"core\.fernet_key", "MWAA keeps a key of its own"),
    Rule(r"core\.auth_manager", "MWAA logs people in by IAM or IAM Identity Center", Version(3, 0, 0)),
    Rule(r"core\.execution_api_server_url", "MWAA knows where its web server is", Version(3, 0, 0)),
    Rule(r"(database|core)\.sql_alchemy_conn", "MWAA has its own database"),
    Rule(r"celery\.(broker_url|result_backend|celery_config_options)", "MWAA has its own queue"),
    Rule(r"celery\.worker_enable_remote_control", "MWAA's queue has no remote control"),
    Rule(r"operators\.default_queue", "MWAA has a single queue"),
    Rule(r"scheduler\.standalone_dag_processor", "MWAA decides where DAG files are read"),
    Rule(r"logging\.(logging_config_class|colored_console_log)", "MWAA sends the logs to CloudWatch"),
    Rule(r"metrics\..*", "MWAA sends the metrics to CloudWatch"),
    Rule(r"api\.secret_key", "MWAA keeps a key of its own", Version(3, 0, 0)),
    Rule(r"api_auth\.jwt_.*", "MWAA keeps keys of its own", Version(3, 0, 0)),
    Rule(r"execution_api\.jwt_expiration_time", "MWAA decides how long a task may call", Version(3, 0, 0)),
    Rule(r"fab\.config_file", "MWAA has its own configuration of the web server"),
    Rule(r"webserver\.(secret_key|config_file|cookie_secure)", "MWAA has its own configuration of the web server"),
)
"""Overridden without a word when a container starts."""

PARSING_PROCESSES = {"mw1.small": 1, "mw1.medium": 3, "mw1.large": 7}
"""How many processes may read DAG files, by class (User Guide, best-practices-tuning)."""
