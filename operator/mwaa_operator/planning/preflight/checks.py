"""All checks, in the order in which they are reported: what is cheap to say, what AWS refuses at once, what it finds late."""

from mwaa_operator.planning.preflight import (
    checks_bucket,
    checks_caller,
    checks_files,
    checks_key,
    checks_network_acls,
    checks_network_dns,
    checks_network_endpoints,
    checks_network_place,
    checks_network_routes,
    checks_network_rules,
    checks_network_s3,
    checks_options,
    checks_quotas,
    checks_role,
    checks_values,
    checks_versions,
)
from mwaa_operator.planning.preflight.model import CHECKS, Check

_MODULES = (
    checks_values,
    checks_versions,
    checks_options,
    checks_quotas,
    checks_caller,
    checks_bucket,
    checks_files,
    checks_role,
    checks_key,
    checks_network_place,
    checks_network_routes,
    checks_network_endpoints,
    checks_network_s3,
    checks_network_rules,
    checks_network_acls,
    checks_network_dns,
)
"""The order. Importing a module declares its checks."""

ALL_CHECKS: tuple[Check, ...] = tuple(
    check for module in _MODULES for check in CHECKS if check.judge.__module__ == module.__name__
)
