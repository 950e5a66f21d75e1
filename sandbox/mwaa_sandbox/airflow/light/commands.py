"""Airflow's command line over a light Airflow: what people use to look at DAGs, run them and keep variables."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from mwaa_sandbox.airflow.light import documents
from mwaa_sandbox.airflow.light.instance import DAGS_FOLDER, LightAirflow
from mwaa_sandbox.airflow.light.problems import Problem
from mwaa_sandbox.airflow.seam import CommandResult, major_of

Rows = Sequence[Mapping[str, Any]]


class _UsageError(Exception):
    pass


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(f"{self.format_usage()}{self.prog}: error: {message}\n")

    def exit(self, _status: int = 0, message: str | None = None) -> NoReturn:
        raise _UsageError(message or self.format_help())


def run(airflow: LightAirflow, version: str, words: Sequence[str]) -> CommandResult:
    """Run a command; the caller holds the lock and has caught up."""
    major = major_of(version)
    try:
        arguments = _parser().parse_args(list(words))
        told = arguments.handler(_Context(airflow, major, version), arguments)
    except _UsageError as error:
        return CommandResult(2, stderr=str(error))
    except Problem as problem:
        return CommandResult(1, stderr=f"{problem.detail}\n")
    return CommandResult(0, stdout=told if isinstance(told, str) else _table(told, arguments.output))


class _Context:
    def __init__(self, airflow: LightAirflow, major: int, version: str) -> None:
        self.airflow = airflow
        self.major = major
        self.version = version

    def run_row(self, dag_id: str, run_id: str) -> Mapping[str, Any]:
        shown = documents.run(self.major, self.airflow, self.airflow.run(dag_id, run_id))
        names = ("dag_id", "run_id", "state", "logical_date", "start_date", "end_date")
        return {name: shown["dag_run_id" if name == "run_id" else name] or "" for name in names}


def _parser() -> _Parser:
    parser = _Parser(prog="airflow")
    groups = parser.add_subparsers(required=True, parser_class=_Parser)
    _command(groups, "version", lambda context, _: f"{context.version}\n")
    dags = groups.add_parser("dags").add_subparsers(required=True, parser_class=_Parser)
    _command(dags, "list", _list_dags)
    _command(dags, "list-import-errors", _list_import_errors)
    _command(dags, "list-runs", _list_runs, "dag_id", optional=True)
    _command(dags, "state", _state, "dag_id", "run_id")
    _command(dags, "pause", lambda context, one: _pause(context, one.dag_id, paused=True), "dag_id")
    _command(dags, "unpause", lambda context, one: _pause(context, one.dag_id, paused=False), "dag_id")
    trigger = _command(dags, "trigger", _trigger, "dag_id")
    trigger.add_argument("-r", "--run-id")
    trigger.add_argument("-c", "--conf", type=json.loads, default={})
    trigger.add_argument("-e", "--exec-date", "--logical-date", dest="date")
    tasks = groups.add_parser("tasks").add_subparsers(required=True, parser_class=_Parser)
    _command(tasks, "list", _list_tasks, "dag_id")
    _command(tasks, "states-for-dag-run", _task_states, "dag_id", "run_id")
    variables = groups.add_parser("variables").add_subparsers(required=True, parser_class=_Parser)
    _command(variables, "list", lambda context, _: [{"key": key} for key in sorted(context.airflow.variables)])
    _command(variables, "get", _get_variable, "key")
    _command(variables, "set", _set_variable, "key", "value")
    _command(variables, "delete", _delete_variable, "key")
    return parser


def _command(
    group: Any, name: str, handler: Callable[[_Context, Any], Rows | str], *positional: str, optional: bool = False
) -> _Parser:
    command: _Parser = group.add_parser(name)
    for argument in positional:
        if optional:
            command.add_argument(argument, nargs="?")
            command.add_argument("-d", "--dag-id", dest="dag_option")
        else:
            command.add_argument(argument)
    command.add_argument("-o", "--output", choices=("table", "json", "plain"), default="table")
    command.set_defaults(handler=handler)
    return command


def _list_dags(context: _Context, _: Any) -> Rows:
    return [
        {
            "dag_id": dag.dag_id,
            "fileloc": f"{DAGS_FOLDER}/{dag.path}",
            "owners": documents.OWNER,
            "is_paused": str(dag.is_paused),
        }
        for dag in context.airflow.dags()
    ]


def _list_import_errors(context: _Context, _: Any) -> Rows:
    return [{"filepath": error.path, "error": error.text} for error in context.airflow.import_errors()]


def _list_runs(context: _Context, arguments: Any) -> Rows:
    dag_id = arguments.dag_option or arguments.dag_id
    if not dag_id:
        raise _UsageError("airflow dags list-runs: error: the following arguments are required: dag_id\n")
    return [context.run_row(dag_id, run.run_id) for run in context.airflow.runs(dag_id)]


def _state(context: _Context, arguments: Any) -> str:
    run = context.airflow.run(arguments.dag_id, arguments.run_id)
    return f"{run.state(context.airflow.clock.now())}\n"


def _pause(context: _Context, dag_id: str, *, paused: bool) -> Rows:
    context.airflow.pause(dag_id, paused=paused)
    return [{"dag_id": dag_id, "is_paused": str(paused)}]


def _trigger(context: _Context, arguments: Any) -> Rows:
    moment = dt.datetime.fromtimestamp(context.airflow.clock.wall(), dt.UTC).isoformat()
    date = arguments.date or (moment if context.major == 2 else None)
    run_id = arguments.run_id or f"manual__{date or moment}"
    context.airflow.trigger(arguments.dag_id, run_id, conf=arguments.conf, logical_date=date)
    return [{**context.run_row(arguments.dag_id, run_id), "conf": arguments.conf}]


def _list_tasks(context: _Context, arguments: Any) -> str:
    return "".join(f"{task_id}\n" for task_id in sorted(context.airflow.dag(arguments.dag_id).definition.tasks))


def _task_states(context: _Context, arguments: Any) -> Rows:
    run = context.airflow.run(arguments.dag_id, arguments.run_id)
    shown = [documents.task_instance(context.major, context.airflow, run, task_id) for task_id in run.tasks]
    return [
        {name: task[name] or "" for name in ("dag_id", "task_id", "state", "start_date", "end_date")} for task in shown
    ]


def _get_variable(context: _Context, arguments: Any) -> str:
    if arguments.key not in context.airflow.variables:
        raise Problem(404, f"Variable {arguments.key} does not exist")
    return f"{context.airflow.variables[arguments.key]}\n"


def _set_variable(context: _Context, arguments: Any) -> str:
    context.airflow.variables[arguments.key] = arguments.value
    return f"Variable {arguments.key} created\n"


def _delete_variable(context: _Context, arguments: Any) -> str:
    context.airflow.variables.pop(arguments.key, None)
    return f"Variable {arguments.key} deleted\n"


def _table(rows: Rows, output: str) -> str:
    if output == "json":
        return json.dumps([dict(row) for row in rows]) + "\n"
    if not rows:
        return "No data found\n"
    names = list(rows[0])
    cells = [names, *([str(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    separator = " | " if output == "table" else " "
    lines = [separator.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    if output == "table":
        lines.insert(1, "=+=".join("=" * width for width in widths))
    return "".join(f"{line.rstrip()}\n" for line in lines)
