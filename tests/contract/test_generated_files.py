"""The committed CRDs and API reference are those of the models."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import yaml
from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.api.crd import custom_resource_definitions, to_yaml
from mwaa_operator.api.dag_run_conditions import DagRunConditionType, DagRunReason

ROOT = Path(__file__).parents[2]
WORDS = {
    "MwaaEnvironment": (ConditionType, Reason),
    "MwaaDagRun": (DagRunConditionType, DagRunReason),
}


@pytest.fixture(scope="module")
def generator():
    """The tool that writes the files, loaded from its place outside any package."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "tools" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_committed_files_are_those_of_the_models(generator):
    stale = [path.name for path, text in generator.generated().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"run `{generator.REGENERATE}` and commit what it writes"


def test_no_crd_is_left_over_from_an_earlier_model(generator):
    folders = [ROOT / folder for folder in ("crds", "docs/reference")]
    committed = {path for folder in folders for path in folder.iterdir()}
    assert committed == {path for path in generator.generated() if path.parent in folders}


def test_drift_is_found(generator, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generator, "ROOT", tmp_path)
    assert generator.main(["--check"]) == 1
    assert "crds/mwaa-operator.dev_mwaaenvironments.yaml: not as the models are" in capsys.readouterr().out

    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0

    crd = tmp_path / "crds" / "mwaa-operator.dev_mwaaenvironments.yaml"
    crd.write_text(crd.read_text(encoding="utf-8").replace("maximum: 5", "maximum: 6"), encoding="utf-8")
    assert generator.main(["--check"]) == 1


def test_printed_crds_are_the_same_objects(generator):
    assert list(yaml.safe_load_all(to_yaml(custom_resource_definitions()))) == custom_resource_definitions()


@pytest.mark.parametrize("crd", custom_resource_definitions(), ids=lambda crd: crd["spec"]["names"]["kind"])
def test_reference_tells_every_field_rule_condition_and_reason(generator, crd):
    page = generator.reference(crd)
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    types, reasons = WORDS[crd["spec"]["names"]["kind"]]

    def tell(node):
        for name, field in node.get("properties", {}).items():
            if name not in {"apiVersion", "kind", "metadata", "spec", "status"}:
                yield f"`{name}`"
            yield from tell(field)
            yield from tell(field.get("items", {}))
            yield from tell(field.get("additionalProperties", {}))
        yield from (rule["message"] for rule in node.get("x-kubernetes-validations", ()))

    expected = {*tell(schema), *(f"`{word}`" for word in (*types, *reasons))}
    assert not {each for each in expected if each not in page}
