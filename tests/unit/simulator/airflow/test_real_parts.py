"""The parts of a real Airflow that can be had without one."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
import zipfile
from pathlib import Path

import pytest
from mwaa_sandbox.airflow.bucket import BucketFile
from mwaa_sandbox.airflow.real import code, configuration, packages, startup_script, versions
from mwaa_sandbox.airflow.real.log_shipping import LogShipping, readable
from mwaa_sandbox.airflow.real.postgresql import PostgresqlDatabase
from mwaa_sandbox.airflow.real.sqlite import SqliteDatabase
from mwaa_sandbox.aws.mwaa.versions import SUPPORTED

HOME = Path("/home/of/it")
PLACE = configuration.Place(HOME, 8080, "secret", 600, SqliteDatabase(HOME))


def variables(version="3.3.1", exported=None, **options):
    return configuration.variables(settings(version, **options), PLACE, exported or {})


def settings(version, **options):
    return {
        "AirflowVersion": version,
        "AirflowConfigurationOptions": {key.replace("__", "."): value for key, value in options.items()},
        "EnvironmentClass": "mw1.medium",
        "MinWorkers": 1,
        "MaxWorkers": 3,
        "MinWebservers": 2,
        "MaxWebservers": 2,
        "Schedulers": 2,
    }


def test_option_wins_over_the_startup_script_and_that_over_mwaas_default():
    name = "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT"
    assert variables()[name] == "1800"
    assert variables(exported={name: "1"})[name] == "1"
    assert variables(exported={name: "1"}, scheduler__task_queued_timeout="2")[name] == "2"


@pytest.mark.parametrize(
    "key",
    [
        "api.base_url",
        "api.secret_key",
        "core.execution_api_server_url",
        "core.fernet_key",
        "core.load_examples",
        "core.multi_team",
        "logging.logging_config_class",
        "metrics.statsd_host",
        "operators.default_queue",
    ],
)
def test_what_mwaa_sets_itself_is_not_for_options_or_scripts_to_say(key):
    name = "AIRFLOW__" + key.upper().replace(".", "__")
    before = variables().get(name)
    assert variables(exported={name: "x"}, **{key.replace(".", "__"): "x"}).get(name) == before


def test_reserved_names_are_exported_in_vain():
    exported = {"PATH": "/x", "AIRFLOW__API__BASE_URL": "x", "MWAA__CORE__X": "x", "MINE": "y"}
    assert {name: variables(exported=exported).get(name) for name in exported} == {
        "PATH": None,
        "AIRFLOW__API__BASE_URL": None,
        "MWAA__CORE__X": None,
        "MINE": "y",
    }


def test_tasks_have_the_room_that_the_class_gives_the_most_workers():
    assert variables()["AIRFLOW__CORE__PARALLELISM"] == "30"
    assert variables(celery__worker_autoscale="4,1")["AIRFLOW__CORE__PARALLELISM"] == "12"
    assert variables(celery__worker_autoscale="80,1")["AIRFLOW__CORE__PARALLELISM"] == "32", (
        "as far as one machine has it, too"
    )


def test_airflow_2_runs_tasks_side_by_side_where_its_database_can():
    assert variables("2.11.2")["AIRFLOW__CORE__EXECUTOR"] == "SequentialExecutor"
    place = dataclasses.replace(
        PLACE, database=PostgresqlDatabase("postgresql://u:p@h:5432/postgres?sslmode=disable", "one")
    )
    of_postgresql = configuration.variables(settings("2.11.2"), place, {})
    assert of_postgresql["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert (
        of_postgresql["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql+psycopg2://u:p@h:5432/one?sslmode=disable"
    )


def test_nearest_version_is_taken_upwards_before_downwards_and_never_of_another_major():
    assert versions.candidates("2.11.0")[:4] == ["2.11.0", "2.11.2", "2.10.3", "2.10.1"]
    assert versions.candidates("3.1.0") == ["3.1.0", "3.2.1", "3.3.1", "3.0.6"]


def test_every_version_of_mwaa_has_packages_of_its_time():
    assert [version for version in SUPPORTED if versions.latest_packages(version) is None] == []


def test_execution_api_follows_the_port():
    assert variables()["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8080/execution/"
    assert "AIRFLOW__CORE__EXECUTION_API_SERVER_URL" not in variables("2.11.2")


def file(content: bytes) -> BucketFile:
    return BucketFile(content.decode(), lambda: content)


def test_folder_is_kept_as_the_bucket_is(tmp_path):
    folder = code.DagFolder(tmp_path)
    assert folder.synchronise({"a.py": file(b"1"), "team/b.py": file(b"2"), "../c.py": file(b"3"), "d/": file(b"")})
    assert not folder.synchronise({"a.py": file(b"1"), "team/b.py": file(b"2")})
    assert folder.synchronise({"a.py": file(b"4")})
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")] == ["a.py"]
    assert (tmp_path / "a.py").read_bytes() == b"4"
    assert not (tmp_path.parent / "c.py").exists()


def test_what_a_bucket_can_hold_and_a_disk_cannot_is_left_out_until_it_can(tmp_path):
    folder = code.DagFolder(tmp_path)
    long = "x" * 300
    assert folder.synchronise({"team": file(b"1"), "team/b.py": file(b"2"), long: file(b"3"), "a.py": file(b"4")})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.py", "b.py", "team"]
    assert folder.synchronise({"team": file(b"1")})
    assert [(path.name, path.read_bytes()) for path in tmp_path.rglob("*")] == [("team", b"1")]
    assert folder.synchronise({"team/b.py": file(b"2")})
    assert (tmp_path / "team" / "b.py").read_bytes() == b"2"


def archive(**files: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return written.getvalue()


def test_plugins_are_unpacked_and_those_of_before_are_gone(tmp_path):
    folder = tmp_path / "plugins"
    assert code.unpack_plugins(archive(**{"old.py": "1"}), folder) is None
    assert code.unpack_plugins(archive(**{"sub/": "", "sub/new.py": "2"}), folder) is None
    assert [path.name for path in folder.rglob("*.py")] == ["new.py"]
    assert code.unpack_plugins(None, folder) is None
    assert list(folder.iterdir()) == []


def test_plugins_that_are_no_archive_or_lead_outside_are_refused(tmp_path):
    assert "cannot be read" in (code.unpack_plugins(b"no zip", tmp_path / "plugins") or "")
    assert "../evil.py" in (code.unpack_plugins(archive(**{"../evil.py": "1"}), tmp_path / "plugins") or "")
    assert not (tmp_path / "evil.py").exists()


def test_plugins_that_are_encrypted_are_refused(tmp_path):
    encrypted = bytearray(archive(**{"secret.py": "1"}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(header) + flags] |= 1
    assert "encrypted" in (code.unpack_plugins(bytes(encrypted), tmp_path / "plugins") or "")


def ran(tmp_path, script: str) -> startup_script.StartupRun:
    path = tmp_path / "startup.sh"
    path.write_text(script)
    return startup_script.run(path, variables={"PATH": "/usr/bin:/bin", "OLD": "1"}, scratch=tmp_path / "left")


def test_startup_script_exports_what_it_exports(tmp_path):
    run = ran(tmp_path, "export NEW='a b' OLD=1\nlocal_only=3\necho hello\n")
    assert (run.exit_code, run.lines) == (0, ("hello",))
    assert {name: value for name, value in run.exported.items() if name in {"NEW", "OLD", "local_only"}} == {
        "NEW": "a b"
    }


def test_what_a_startup_script_leaves_running_is_not_waited_for(tmp_path):
    run = ran(tmp_path, "sleep 600 &\nexport LEFT=$!\necho hello\n")
    os.kill(int(run.exported["LEFT"]), signal.SIGKILL)  # fails if it has ended
    assert (run.exit_code, run.lines) == (0, ("hello",))


@pytest.mark.parametrize("script", ["export A=1\nexit 3\n", "set -e\nexport A=1\nfalse\necho never\n", "if\n"])
def test_startup_script_that_fails_exports_nothing(tmp_path, script):
    run = ran(tmp_path, script)
    assert run.exit_code != 0
    assert run.exported == {}
    assert "never" not in run.lines


def test_logs_are_read_on_from_where_they_were_left_in_whole_lines(tmp_path):
    shipping = LogShipping(tmp_path)
    written = tmp_path / "components" / "scheduler.log"
    written.parent.mkdir()
    written.write_text("one\ntw")
    assert list(shipping.news("end")) == [("SchedulerLogs", "scheduler_end", ["one"])]
    written.write_text("one\ntwo\n")
    assert list(shipping.news("end")) == [("SchedulerLogs", "scheduler_end", ["two"])]
    assert list(shipping.news("end")) == []


def test_line_that_does_not_end_is_told_in_parts(tmp_path):
    shipping = LogShipping(tmp_path)
    written = tmp_path / "components" / "scheduler.log"
    written.parent.mkdir()
    written.write_bytes(b"x" * (3 * 2**20) + b"\nnext\n")
    told = [line for _ in range(5) for _, _, lines in shipping.news("end") for line in lines]
    assert "".join(told) == "x" * (3 * 2**20) + "next"


def test_log_of_a_task_has_a_stream_of_its_own(tmp_path):
    written = tmp_path / "logs" / "dag_id=d" / "run_id=r:1" / "task_id=t" / "attempt=1.log"
    written.parent.mkdir(parents=True)
    written.write_text('{"timestamp": "T", "level": "info", "event": "hello"}\n')
    assert list(LogShipping(tmp_path).news("end")) == [
        ("TaskLogs", "dag_id=d/run_id=r_1/task_id=t/attempt=1.log", ["[T] INFO - hello"])
    ]


@pytest.mark.parametrize("line", ["plain", "[1]", '{"a": 1}', "{"])
def test_lines_that_are_no_events_stay_as_they_are(line):
    assert readable(line) == line


def test_error_of_a_task_is_in_its_line():
    line = '{"event": "Task failed", "level": "error", "error_detail": [{"exc_type": "ValueError", "exc_value": "no data"}]}'
    assert readable(line).endswith("ERROR - Task failed\nValueError: no data")


def test_uv_is_found_where_the_checkout_has_it_and_missed_with_advice(tmp_path, monkeypatch):
    monkeypatch.setattr(packages.sys, "prefix", str(tmp_path / ".venv"))
    with pytest.raises(packages.PackagesError, match="uv is needed"):
        packages.find_uv({"PATH": str(tmp_path)})
    tool = tmp_path / ".tools" / "uv" / "bin" / "uv"
    tool.parent.mkdir(parents=True)
    tool.touch(mode=0o755)
    assert packages.find_uv({"PATH": str(tmp_path)}) == tool


def test_only_what_says_where_packages_come_from_is_handed_on():
    environ = {"UV_INDEX_URL": "a", "https_proxy": "b", "SSL_CERT_FILE": "c", "AWS_SECRET_ACCESS_KEY": "d", "HOME": "e"}
    assert packages.package_sources(environ).keys() == {"UV_INDEX_URL", "https_proxy", "SSL_CERT_FILE"}
