"""ListServiceQuotas and GetServiceQuota for Amazon MWAA; moto 5.2.5 knows VPC alone, and cannot list.

The three quotas and their values are those of the MWAA User Guide (mwaa-behaviour.md §1.4). Nobody has published their codes: these
are invented, and so is the service's name. Only that of environments is held to by the simulator as it is set.
"""

from __future__ import annotations

import json
from typing import Any

from mwaa_sandbox.aws.control import answers
from mwaa_sandbox.aws.control.answers import Answer
from mwaa_sandbox.aws.control.selector import Call
from mwaa_sandbox.aws.mwaa import identifiers
from mwaa_sandbox.aws.mwaa.rules import WORKERS_QUOTA

_SERVICE = "airflow"
_WEB_SERVERS_QUOTA = 5
_LARGEST_PAGE = 100


def answer(call: Call, *, environments_quota: int) -> Answer | None:
    """Answer what is asked of MWAA's quotas; None for everything else."""
    if call.parameters.get("ServiceCode") != _SERVICE:
        return None
    quotas = _quotas(call, environments_quota)
    if call.operation == "ListServiceQuotas":
        return _page(call, quotas)
    if call.operation == "GetServiceQuota":
        found = [quota for quota in quotas if quota["QuotaCode"] == call.parameters.get("QuotaCode")]
        return _answer({"Quota": found[0]}) if found else _error("NoSuchResourceException", "There is no such quota.")
    return None


def _quotas(call: Call, environments_quota: int) -> list[dict[str, Any]]:
    values = {
        ("L-A1F10001", "Environments per account per Region"): environments_quota,
        ("L-A1F10002", "Workers per environment"): WORKERS_QUOTA,
        ("L-A1F10003", "Web servers per environment"): _WEB_SERVERS_QUOTA,
    }
    prefix = f"arn:{identifiers.partition(call.region)}:servicequotas:{call.region}:{call.account}:{_SERVICE}"
    return [
        {
            "ServiceCode": _SERVICE,
            "ServiceName": "Amazon Managed Workflows for Apache Airflow",
            "QuotaArn": f"{prefix}/{code}",
            "QuotaCode": code,
            "QuotaName": name,
            "Value": float(value),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }
        for (code, name), value in values.items()
    ]


def _page(call: Call, quotas: list[dict[str, Any]]) -> Answer:
    token = str(call.parameters.get("NextToken") or 0)
    if not token.isdigit():
        return _error("InvalidPaginationTokenException", "The pagination token is not valid.")
    begin, size = int(token), int(call.parameters.get("MaxResults") or _LARGEST_PAGE)
    more = {"NextToken": str(begin + size)} if begin + size < len(quotas) else {}
    return _answer({"Quotas": quotas[begin : begin + size], **more})


def _answer(content: dict[str, Any]) -> Answer:
    return answers.success("application/x-amz-json-1.1", json.dumps(content).encode())


def _error(code: str, text: str) -> Answer:
    return answers.error("servicequotas", 400, code, text)
