"""The CustomResourceDefinitions, made from the models.

They are committed under `crds/`, and a test holds that copy to what this module gives.
"""

import inspect
from dataclasses import dataclass
from typing import Any

import yaml

from mwaa_operator.api import names
from mwaa_operator.api.dag_run_spec import DagRunSpec
from mwaa_operator.api.dag_run_status import DagRunStatus
from mwaa_operator.api.environment_spec import EnvironmentSpec
from mwaa_operator.api.environment_status import EnvironmentStatus
from mwaa_operator.api.model import ApiModel
from mwaa_operator.api.mwaa_dag_run import MwaaDagRun
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.api.openapi import structural_schema

_HEADER = "# Made from the models in operator/mwaa_operator/api by `mwaa-operator crds`. Do not edit.\n"

Column = tuple[str, str, str, str]
"""Heading, type, JSONPath and description."""


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """What the definition of a kind is made from."""

    names: dict[str, Any]
    model: type[ApiModel]
    spec: type[ApiModel]
    status: type[ApiModel]
    columns: tuple[Column, ...]
    wide_columns: tuple[Column, ...]


_READY = '.status.conditions[?(@.type=="Ready")]'
_ENVIRONMENT = _Kind(
    names={
        "kind": names.KIND,
        "listKind": names.LIST_KIND,
        "plural": names.PLURAL,
        "singular": names.SINGULAR,
        "shortNames": list(names.SHORT_NAMES),
        "categories": list(names.CATEGORIES),
    },
    model=MwaaEnvironment,
    spec=EnvironmentSpec,
    status=EnvironmentStatus,
    columns=(
        ("Ready", "string", f"{_READY}.status", "Whether AWS says AVAILABLE, with the current spec."),
        ("Status", "string", ".status.environment.status", "What AWS says."),
        ("Version", "string", ".status.environment.airflowVersion", "The Airflow version that runs."),
        ("Class", "string", ".status.environment.environmentClass", "The size."),
        ("Age", "date", ".metadata.creationTimestamp", "The age of this object."),
    ),
    wide_columns=(
        ("Reason", "string", f"{_READY}.reason", "Why Ready is as it is."),
        ("URL", "string", ".status.environment.webserverUrl", "Where the Airflow UI is."),
        ("ARN", "string", ".status.environment.arn", "The environment's ARN."),
    ),
)
_DAG_RUN = _Kind(
    names={
        "kind": names.DAG_RUN_KIND,
        "listKind": names.DAG_RUN_LIST_KIND,
        "plural": names.DAG_RUN_PLURAL,
        "singular": names.DAG_RUN_SINGULAR,
        "shortNames": list(names.DAG_RUN_SHORT_NAMES),
        "categories": list(names.CATEGORIES),
    },
    model=MwaaDagRun,
    spec=DagRunSpec,
    status=DagRunStatus,
    columns=(
        ("DAG", "string", ".spec.dagId", "The DAG."),
        ("Environment", "string", ".spec.environmentRef.name", "The environment that runs it."),
        ("State", "string", ".status.state", "Airflow's word for the run; waiting before Airflow has it."),
        ("Started", "date", ".status.startedAt", "How long ago the run began."),
        ("Ended", "date", ".status.endedAt", "How long ago the run ended."),
        ("Age", "date", ".metadata.creationTimestamp", "The age of this object."),
    ),
    wide_columns=(
        ("Run", "string", ".status.runId", "The id of the run in Airflow."),
        ("Waits", "string", '.status.conditions[?(@.type=="Reconciling")].reason', "What it waits for."),
        ("Failed", "string", '.status.conditions[?(@.type=="Failed")].reason', "Why it failed."),
        ("URL", "string", ".status.url", "Where the run is in Airflow's UI."),
    ),
)


def custom_resource_definitions() -> list[dict[str, Any]]:
    """Give the CRDs of all kinds, as objects of `apiextensions.k8s.io/v1`."""
    return [_definition(kind) for kind in (_ENVIRONMENT, _DAG_RUN)]


def to_yaml(definitions: list[dict[str, Any]]) -> str:
    """Write CRDs as they stand under `crds/` and as `mwaa-operator crds` prints them."""
    text: str = yaml.safe_dump_all(definitions, sort_keys=False, width=120, allow_unicode=True, explicit_start=True)
    return _HEADER + text


def file_name(definition: dict[str, Any]) -> str:
    """Give the name of a CRD's file under `crds/`, as controller-gen would call it."""
    spec = definition["spec"]
    return f"{spec['group']}_{spec['names']['plural']}.yaml"


def _definition(kind: _Kind) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.names['plural']}.{names.GROUP}"},
        "spec": {
            "group": names.GROUP,
            "scope": "Namespaced",
            "names": kind.names,
            "versions": [
                {
                    "name": names.VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": _printer_columns(kind),
                    "schema": {"openAPIV3Schema": _whole_object(kind)},
                }
            ],
        },
    }


def _whole_object(kind: _Kind) -> dict[str, Any]:
    """Give the schema of the kind; Kubernetes itself looks after the form of its first three members."""
    rules = [rule.as_validation() for rule in kind.model.rules()]
    return {
        "description": inspect.cleandoc(kind.model.__doc__ or ""),
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": "The group and version of this kind."},
            "kind": {"type": "string", "description": "The name of this kind."},
            "metadata": {"type": "object"},
            "spec": structural_schema(kind.spec),
            # Until the operator has looked, kstatus would take an object without a status for finished.
            "status": structural_schema(kind.status) | {"default": {"observedGeneration": -1}},
        },
    } | ({"x-kubernetes-validations": rules} if rules else {})


def _printer_columns(kind: _Kind) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": type_, "jsonPath": path, "description": description}
        | ({"priority": priority} if priority else {})
        for priority, columns in enumerate((kind.columns, kind.wide_columns))
        for name, type_, path, description in columns
    ]
