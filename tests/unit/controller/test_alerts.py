"""The alert rules ask for metrics that the operator has, and each leads to what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from mwaa_operator.controller.dag_runs.metrics import DagRunMetrics
from mwaa_operator.controller.metrics import Metrics
from mwaa_operator.controller.queue import WorkQueue
from mwaa_operator.controller.store import Store

ROOT = Path(__file__).parents[3]
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "manifests/monitoring/alerts.yaml").read_text())["spec"]["groups"]
    for rule in group["rules"]
]


@pytest.fixture(scope="module")
def metrics(everything):
    """Names of samples with the names of their labels, of a process that has seen everything."""
    store, queue = Store(), WorkQueue()
    store.put(everything)
    made = Metrics(store, queue)
    made.aws_call("mwaa", "GetEnvironment", "ok", 0.1)
    DagRunMetrics(made.registry, store, WorkQueue())
    return {sample.name: set(sample.labels) for family in made.registry.collect() for sample in family.samples}


@pytest.fixture(scope="module")
def everything():
    conditions = [
        {"type": kind, "status": "True", "reason": "Unavailable"}
        for kind in ("Ready", "Synced", "Stalled", "ArtifactsReady", "AirflowHealthy", "WellSized")
    ]
    airflow = {"dags": 1, "importErrors": 0, "components": [{"name": "Scheduler", "status": "healthy"}]}
    return {
        "metadata": {"namespace": "data", "name": "env", "uid": "1", "resourceVersion": "1"},
        "status": {"conditions": conditions, "airflow": airflow},
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_rule_asks_for_metrics_and_labels_that_there_are(rule, metrics):
    asked = re.findall(r"(mwaa_\w+)(?:\{([^}]*)\})?", rule["expr"])
    assert asked
    there = set()
    for name, matchers in asked:
        assert name in metrics
        assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= metrics[name]
        there |= metrics[name]
    grouped = {
        label.strip() for labels in re.findall(r"(?:by|on) \(([^)]*)\)", rule["expr"]) for label in labels.split(",")
    }
    assert grouped <= there
    assert set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) <= there
    assert rule["expr"].count("(") == rule["expr"].count(")")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_rule_leads_to_what_to_do(rule):
    page, _, place = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / page).read_text(), re.MULTILINE)
    assert place in {heading.lower() for heading in headings}
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_failures_are_counted_from_nought_on_so_that_the_first_is_an_increase():
    made = Metrics(Store(), WorkQueue())
    DagRunMetrics(made.registry, Store(), WorkQueue())
    at_zero = {
        (sample.name, *sample.labels.values())
        for family in made.registry.collect()
        for sample in family.samples
        if sample.value == 0
    }
    assert ("mwaa_operator_reconcile_passes_total", "error") in at_zero
    assert {("mwaa_dag_runs_finished_total", reason) for reason in ("RunFailed", "DagBroken", "RunVanished")} <= at_zero
