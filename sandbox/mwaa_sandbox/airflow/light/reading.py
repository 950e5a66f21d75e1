"""What a DAG file defines, without running it: a modest reading of its syntax tree.

Seen are `DAG("id", ...)`, `DAG(dag_id="id", ...)`, functions decorated with `@dag`, and as tasks whatever is called with
`task_id="..."` and functions decorated with `@task`. Ids that are computed are not seen: only a real Airflow finds those.
"""

from __future__ import annotations

import ast
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

_MISSING = "does_not_exist"
"""A module with this in its name cannot be imported, as a package with `does-not-exist` cannot be installed here."""


@dataclass(frozen=True)
class DagDefinition:
    """A DAG as its file has it. `tasks` are in the order of the file."""

    dag_id: str
    tasks: tuple[str, ...]
    paused_upon_creation: bool | None = None


@dataclass(frozen=True)
class FileReading:
    """What came of one file: DAGs, or the text of the error that importing it ended in."""

    dags: tuple[DagDefinition, ...] = ()
    error: str | None = None


def read(source: bytes, *, path: str) -> FileReading:
    """Read a file. `path` is what a trace back calls it."""
    try:
        tree = ast.parse(source, filename=path)
    except (SyntaxError, ValueError) as error:  # ValueError: null bytes
        return FileReading(error="".join(traceback.format_exception_only(error)))
    missing = next(_missing_modules(tree), None)
    if missing is not None:
        line, module = missing
        return FileReading(
            error=f'Traceback (most recent call last):\n  File "{path}", line {line}, in <module>\n'
            f"ModuleNotFoundError: No module named '{module}'\n"
        )
    return FileReading(dags=tuple(_dags(tree)))


def _missing_modules(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            if _MISSING in name:
                yield node.lineno, name  # type: ignore[attr-defined] # only imports have names


def _dags(tree: ast.Module) -> Iterator[DagDefinition]:
    seen: set[str] = set()
    for node in _in_order(tree):
        for call, body, dag_id in _definitions(node, tree):
            if dag_id not in seen:
                seen.add(dag_id)
                yield DagDefinition(dag_id, tuple(dict.fromkeys(_tasks(body))), _paused(call))


def _definitions(node: ast.AST, tree: ast.Module) -> Iterator[tuple[ast.Call | None, ast.AST, str]]:
    """Yield the DAGs that a node begins: the call with its arguments, where its tasks stand, and its id."""
    if isinstance(node, ast.With):
        for item in node.items:
            if (dag_id := _dag_of(item.context_expr)) is not None and isinstance(item.context_expr, ast.Call):
                yield item.context_expr, node, dag_id
    elif isinstance(node, ast.Call) and (dag_id := _dag_of(node)) is not None:
        yield node, tree, dag_id
    elif isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if _called(decorator) == "dag":
                call = decorator if isinstance(decorator, ast.Call) else None
                yield call, node, (call and _first_text(call, "dag_id")) or node.name


def _dag_of(node: ast.AST) -> str | None:
    return _first_text(node, "dag_id") if isinstance(node, ast.Call) and _called(node) == "DAG" else None


def _tasks(body: ast.AST) -> Iterator[str]:
    for node in _in_order(body):
        if isinstance(node, ast.Call) and (task_id := _keyword_text(node, "task_id")) is not None:
            if _called(node) != "task":  # of a decorator: told with its function
                yield task_id
        elif isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if "task" in _names(decorator):
                    call = decorator if isinstance(decorator, ast.Call) else None
                    yield (call and _keyword_text(call, "task_id")) or node.name


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is below it, in the order of the text."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _called(node: ast.AST) -> str | None:
    names = _names(node)
    return names[-1] if names else None


def _names(node: ast.AST) -> list[str]:
    """Return the parts of what is called or named: `models.DAG(...)` is models, DAG."""
    if isinstance(node, ast.Call):
        return _names(node.func)
    if isinstance(node, ast.Attribute):
        return [*_names(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def _first_text(call: ast.Call, name: str) -> str | None:
    return _keyword_text(call, name) or (_text(call.args[0]) if call.args else None)


def _keyword_text(call: ast.Call, name: str) -> str | None:
    return next((_text(one.value) for one in call.keywords if one.arg == name), None)


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _paused(call: ast.Call | None) -> bool | None:
    for one in [] if call is None else call.keywords:
        if one.arg == "is_paused_upon_creation" and isinstance(one.value, ast.Constant):
            return bool(one.value.value)
    return None
