"""The CustomResourceDefinitions, made from the models.

They are committed under `crds/`, and a test holds that copy to what this module gives.
"""

import inspect
from typing import Any

import yaml

from mwaa_operator.api import names
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.openapi import structural_schema

_HEADER = "# Made from the models in operator/mwaa_operator/api by `mwaa-operator crds`. Do not edit.\n"

_READY = '.status.conditions[?(@.type=="Ready")]'
_COLUMNS = (
    ("Ready", "string", f"{_READY}.status", "Whether AWS says AVAILABLE, with the current spec."),
    ("Status", "string", ".status.environment.status", "What AWS says."),
    ("Version", "string", ".status.environment.airflowVersion", "The Airflow version that runs."),
    ("Class", "string", ".status.environment.environmentClass", "The size."),
    ("Age", "date", ".metadata.creationTimestamp", "The age of this object."),
)
_WIDE_COLUMNS = (
    ("Reason", "string", f"{_READY}.reason", "Why Ready is as it is."),
    ("URL", "string", ".status.environment.webserverUrl", "Where the Airflow UI is."),
    ("ARN", "string", ".status.environment.arn", "The environment's ARN."),
)


def custom_resource_definitions() -> list[dict[str, Any]]:
    """Give the CRDs of all kinds, as objects of `apiextensions.k8s.io/v1`."""
    return [_mwaa_environment()]


def to_yaml(definitions: list[dict[str, Any]]) -> str:
    """Write CRDs as they stand under `crds/` and as `mwaa-operator crds` prints them."""
    text: str = yaml.safe_dump_all(definitions, sort_keys=False, width=120, allow_unicode=True, explicit_start=True)
    return _HEADER + text


def file_name(definition: dict[str, Any]) -> str:
    """Give the name of a CRD's file under `crds/`, as controller-gen would call it."""
    spec = definition["spec"]
    return f"{spec['group']}_{spec['names']['plural']}.yaml"


def _mwaa_environment() -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{names.PLURAL}.{names.GROUP}"},
        "spec": {
            "group": names.GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": names.KIND,
                "listKind": names.LIST_KIND,
                "plural": names.PLURAL,
                "singular": names.SINGULAR,
                "shortNames": list(names.SHORT_NAMES),
                "categories": list(names.CATEGORIES),
            },
            "versions": [
                {
                    "name": names.VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": _printer_columns(),
                    "schema": {"openAPIV3Schema": _whole_object()},
                }
            ],
        },
    }


def _whole_object() -> dict[str, Any]:
    """Give the schema of the kind; Kubernetes itself looks after the form of its first three members."""
    return {
        "description": inspect.cleandoc(MwaaEnvironment.__doc__ or ""),
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": "The group and version of this kind."},
            "kind": {"type": "string", "description": "The name of this kind."},
            "metadata": {"type": "object"},
            "spec": structural_schema(EnvironmentSpec),
            # Until the operator has looked, kstatus would take an object without a status for finished.
            "status": structural_schema(EnvironmentStatus) | {"default": {"observedGeneration": -1}},
        },
        "x-kubernetes-validations": [rule.as_validation() for rule in MwaaEnvironment.rules()],
    }


def _printer_columns() -> list[dict[str, Any]]:
    return [
        {"name": name, "type": kind, "jsonPath": path, "description": description}
        | ({"priority": priority} if priority else {})
        for priority, columns in enumerate((_COLUMNS, _WIDE_COLUMNS))
        for name, kind, path, description in columns
    ]
