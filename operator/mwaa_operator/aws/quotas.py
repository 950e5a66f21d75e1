"""AWS Service Quotas: how much of something an account may have."""

from typing import Any

from mwaa_operator.aws.calls import pages


def quotas(client: Any, service_code: str) -> dict[str, float]:
    """The account's quotas of a service in the Region, by their names. Raises AwsError."""
    found = pages(client, "ListServiceQuotas", "Quotas", {"ServiceCode": service_code})
    return {str(quota.get("QuotaName", "")): float(quota["Value"]) for quota in found if "Value" in quota}
