"""Writes the files that are made from the code: the CRDs in crds/ (and a list of them for kustomize), the API reference and the tables
of statuses, of checks, of known causes and of permissions in docs/reference/, and the IAM policies in manifests/iam/.

python tools/generate.py            write them
python tools/generate.py --check    say which are not as the models are, and end with 1 if any is
"""

import argparse
import ast
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from mwaa_operator.api import names
from mwaa_operator.api.conditions import ConditionType, Reason
from mwaa_operator.api.crd import custom_resource_definitions, file_name, to_yaml
from mwaa_operator.api.dag_run_conditions import DagRunConditionType, DagRunReason
from mwaa_operator.api.types import MAX_AWS_INTEGER
from mwaa_operator.planning.diagnosis import table as known_causes
from mwaa_operator.planning.lifecycle import ABSENT, LIFECYCLES, Happening
from mwaa_operator.planning.permissions import documents as policies
from mwaa_operator.planning.permissions import page as permissions
from mwaa_operator.planning.permissions.model import Policy
from mwaa_operator.planning.preflight import table as checks

ROOT = Path(__file__).parent.parent
REGENERATE = "python tools/generate.py"

Schema = dict[str, Any]

WORDS: dict[str, tuple[type[StrEnum], type[StrEnum]]] = {
    names.KIND: (ConditionType, Reason),
    names.DAG_RUN_KIND: (DagRunConditionType, DagRunReason),
}
"""Types and reasons of the conditions of each kind."""


def generated() -> dict[Path, str]:
    """Give each file and what it has to hold."""
    files = {ROOT / "crds" / file_name(crd): to_yaml([crd]) for crd in custom_resource_definitions()}
    files[ROOT / "crds" / "Kustomization"] = _kustomization(path.name for path in files)
    for crd in custom_resource_definitions():
        files[ROOT / "docs" / "reference" / f"{crd['spec']['names']['singular']}.md"] = reference(crd)
    files[ROOT / "docs" / "reference" / "lifecycle.md"] = "\n".join(_lifecycle()).rstrip() + "\n"
    files[ROOT / "docs" / "reference" / "preflight.md"] = _made_from("preflight", checks.table())
    files[ROOT / "docs" / "reference" / "diagnosis.md"] = _made_from("diagnosis", known_causes.table())
    files[ROOT / "docs" / "reference" / "iam.md"] = _made_from("permissions", permissions.page())
    files |= {ROOT / "manifests" / "iam" / which.value: policies.text(which) for which in Policy}
    return files


def _lifecycle() -> Iterator[str]:
    yield f"<!-- Made from operator/mwaa_operator/planning/lifecycle.py by `{REGENERATE}`. Do not edit. -->"
    yield "# What happens in which status"
    yield ""
    yield from _paragraph(
        "AWS gives an environment one of twelve statuses. The rows are these, and the case that there is no environment; "
        "the columns are what can happen meanwhile. Every cell has a test. What waits is remembered in the spec and in "
        "AWS, not in the process, so it needs no second edit."
    )
    yield "| status | " + " | ".join(happening.value for happening in Happening) + " |"
    yield "| --- |" + " --- |" * len(Happening)
    for status, row in {**LIFECYCLES, "(none)": ABSENT}.items():
        yield f"| {status} | " + " | ".join(row.answer(happening).value for happening in Happening) + " |"
    yield ""
    yield from _paragraph(
        "Deleting and correcting go by `policies`: with `deletion: Retain` nothing is deleted, with `drift: Report` "
        "nothing is corrected, with `management: Observe` nothing is called at all, and with `createFailed: Recreate` a "
        "failed creation does not wait for an edit. An update that has failed is not repeated for the same spec; a "
        "reconcile request in AVAILABLE tries it again."
    )
    yield "| status | what it means | Airflow answers | reason of the conditions |"
    yield "| --- | --- | --- | --- |"
    for status, row in LIFECYCLES.items():
        yield f"| {status} | {row.summary} | {'yes' if row.usable else 'no'} | `{row.reason.value}` |"


def _made_from(package: str, page: str) -> str:
    """Give a page that a package of the planning makes, with that said above it."""
    return f"<!-- Made from operator/mwaa_operator/planning/{package}/ by `{REGENERATE}`. Do not edit. -->\n{page}"


def _kustomization(file_names: Iterable[str]) -> str:
    """Give what lets kustomize take the CRDs from their folder.

    The file has no suffix so that `kubectl apply -f crds/` passes over it: it is no object of Kubernetes.
    """
    lines = [f"# Made by `{REGENERATE}`. Do not edit."]
    lines += ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization", "resources:"]
    return "\n".join(lines + [f"  - {name}" for name in sorted(file_names)]) + "\n"


def reference(crd: Schema) -> str:
    """Give the reference of a kind as a Markdown page."""
    return "\n".join(_page(crd)).rstrip() + "\n"


def _page(crd: Schema) -> Iterator[str]:
    [version] = crd["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]
    words = crd["spec"]["names"]
    yield f"<!-- Made from the models in operator/mwaa_operator/api by `{REGENERATE}`. Do not edit. -->"
    yield f"# {words['kind']}"
    yield ""
    yield schema["description"]
    yield ""
    yield f"- API: `{crd['spec']['group']}/{version['name']}`, namespaced"
    yield f"- Names: `{words['plural']}`, `{words['singular']}`, {', '.join(f'`{name}`' for name in words['shortNames'])}"
    yield f"- Categories: {', '.join(f'`{name}`' for name in words['categories'])}"
    yield ""
    ours = words["kind"] == names.KIND
    naming = "What the AWS API has keeps AWS's own name, first letter lowered, in the same place. " if ours else ""
    yield from _paragraph(
        f"{naming}The API server checks all "
        "limits and rules below when an object is applied, and refuses fields that it does not know. It fills in "
        "nothing: a default is what the operator goes by where a field is left out. A field that is `null` counts as "
        "left out."
    )
    if "x-kubernetes-validations" in schema:
        yield "## Rules of the whole object"
        yield ""
        yield from _rules(schema)
    yield from _object("spec", schema["properties"]["spec"])
    yield from _object("status", schema["properties"]["status"])
    if ours:
        yield from _paragraph(
            "`status.lastApplied`, `status.lastOperation` and `status.lastHandledReconcileAt` are the operator's own memory: "
            "it may be stopped between any two calls to AWS, and goes on from there. They may change in a later version."
        )
    types, reasons = WORDS[words["kind"]]
    yield from _words("Conditions", "type", types, "What `status.conditions` can tell.")
    yield from _words("Reasons", "reason", reasons, "Why a condition is as it is.")
    if ours:
        yield from _constants(
            "Annotations", "ANNOTATION_", "What people write on an object to tell the operator something."
        )
        yield from _tags()
    yield from _columns(version["additionalPrinterColumns"])


def _object(path: str, schema: Schema) -> Iterator[str]:
    required = schema.get("required", ())
    yield f"## {path}"
    yield ""
    yield from _paragraph(schema.get("description", ""))
    yield "| Field | Type | Limits | Description |"
    yield "| --- | --- | --- | --- |"
    for name, field in schema["properties"].items():
        mark = " **required**" if name in required else ""
        description = field.get("description", "").replace("\n", " ")
        yield f"| `{name}`{mark} | {_type(f'{path}.{name}', field)} | {_limits(field)} | {_cell(description)} |"
    yield ""
    yield from _rules(schema)
    for name, field in schema["properties"].items():
        if inner := _struct_within(field):
            yield from _object(f"{path}.{name}", inner | {"description": field.get("description", "")})


def _struct_within(field: Schema) -> Schema | None:
    for candidate in (field, field.get("items", {}), field.get("additionalProperties", {})):
        if "properties" in candidate:
            return dict(candidate)
    return None


def _rules(schema: Schema) -> Iterator[str]:
    rules = [*schema.get("x-kubernetes-validations", ())]
    for field in schema["properties"].values():
        values = field
        while "additionalProperties" in values:  # a map of maps has keys on each level
            rules += values.get("x-kubernetes-validations", ())
            values = values["additionalProperties"]
    if rules:
        yield "The API server may answer:"
        yield ""
        yield from dict.fromkeys(f"- {rule['message']}" for rule in rules)
        yield ""


def _type(path: str, field: Schema) -> str:
    link = f"[object](#{path.replace('.', '').lower()})"
    match field["type"]:
        case "object" if "additionalProperties" in field:
            return f"map of {link if 'properties' in field['additionalProperties'] else _plain(field['additionalProperties'])}"
        case "object":
            return link if "properties" in field else "object"
        case "array":
            return f"list of {link if 'properties' in field['items'] else _plain(field['items'])}"
        case _:
            return _plain(field)


def _plain(field: Schema) -> str:
    return "time" if field.get("format") == "date-time" else str(field["type"])


def _limits(field: Schema) -> str:
    limits = []
    if "enum" in field:
        limits.append(", ".join(f"`{value}`" for value in field["enum"]))
    for least, most, what in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
        ("minProperties", "maxProperties", " entries"),
    ):
        if bounds := _bounds(field.get(least), field.get(most)):
            limits.append(bounds + what)
    if "pattern" in field:
        limits.append(f"`{field['pattern']}`")
    text = "; ".join(limits)
    values = field.get("items") or field.get("additionalProperties") or {}
    if values and "properties" not in values and (each := _limits(values).replace("\\|", "|")):
        text += f"; each: {each}"
    return _cell(text)


def _bounds(least: int | None, most: int | None) -> str:
    if most in {None, MAX_AWS_INTEGER}:
        return "" if least is None else f"at least {least}"
    if least is None:
        return f"at most {most}"
    return f"{most}" if least == most else f"{least} to {most}"


def _words(title: str, column: str, words: type[StrEnum], about: str) -> Iterator[str]:
    documented = _member_docs(words)
    yield f"## {title}"
    yield ""
    yield from _paragraph(about)
    yield f"| {column} | meaning |"
    yield "| --- | --- |"
    for word in words:
        yield f"| `{word.value}` | {_cell(documented[word.name])} |"
    yield ""


def _constants(title: str, prefix: str, about: str) -> Iterator[str]:
    documented = _docs(ast.parse(inspect.getsource(names)).body)
    yield f"## {title}"
    yield ""
    yield from _paragraph(about)
    yield "| annotation | meaning |"
    yield "| --- | --- |"
    for name in documented:
        if name.startswith(prefix):
            yield f"| `{getattr(names, name)}` | {_cell(documented[name])} |"
    yield ""


def _tags() -> Iterator[str]:
    yield "## Tags in AWS"
    yield ""
    yield from _paragraph(
        f"What the operator creates carries {', '.join(f'`{tag}`' for tag in names.OWNERSHIP_TAGS)}, which say whose it "
        "is: the cluster, and the namespace, name and uid of the object."
    )


def _columns(columns: list[Schema]) -> Iterator[str]:
    yield "## Columns of `kubectl get`"
    yield ""
    yield "| column | where | meaning |"
    yield "| --- | --- | --- |"
    for column in columns:
        wide = " (with `-o wide`)" if column.get("priority") else ""
        yield f"| {column['name']}{wide} | `{column['jsonPath']}` | {column['description']} |"
    yield ""


def _member_docs(words: type[StrEnum]) -> dict[str, str]:
    """Read the docstrings of an enumeration's members, which Python itself throws away."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(words))).body
    if not isinstance(definition, ast.ClassDef):
        raise TypeError(f"{words} is not a class")
    return _docs(definition.body)


def _docs(body: list[ast.stmt]) -> dict[str, str]:
    """Give the string that follows each assignment, by the name that is assigned to."""
    documented = {}
    for statement, following in pairwise(body):
        match statement, following:
            case (
                ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                documented[name] = " ".join(text.split())
            case _:
                pass
    return documented


def _paragraph(text: str) -> Iterator[str]:
    if text:
        yield from (line for paragraph in text.split("\n") for line in textwrap.wrap(paragraph, 120))
        yield ""


def _cell(text: str) -> str:
    """Write text so that a bar in it does not end the cell of a table."""
    return text.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write or check the files; give the exit status."""
    parser = argparse.ArgumentParser(description="Write the files that are made from the models.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, and fail if a file is not as the models are"
    )
    check = parser.parse_args(arguments).check
    stale = [
        path for path, text in generated().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated()[path], encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {'not as the models are' if check else 'written'}")
    if check and stale:
        print(f"Run `{REGENERATE}`, and commit what it writes.")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
