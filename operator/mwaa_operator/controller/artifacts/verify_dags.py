"""A program of its own, which runs in the pod of a verification: imports DAGs with the Airflow that is there, and says how it went.

It imports nothing of the operator, and runs with whatever Python an image of Airflow has. Its variables:
MWAA_OPERATOR_ARCHIVE    the address of a zip archive with dags/, and requirements.txt and plugins.zip where there are any
MWAA_OPERATOR_SHA256     what the archive has to be
MWAA_OPERATOR_FOLDER     an empty folder to work in
MWAA_OPERATOR_RESULT     the file that the result is written to, as JSON of at most 4096 bytes (the limit of a termination message)
Exit codes: 0 all is well, 1 something cannot be imported or installed, 2 it could not be found out.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import traceback
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

MOST_BYTES = 4096
LONGEST = 300
OF_OURS = "MWAA_OPERATOR_"

Found = dict[str, Any]


def main() -> int:
    given = {name[len(OF_OURS) :]: os.environ.pop(name) for name in list(os.environ) if name.startswith(OF_OURS)}
    folder = Path(given["FOLDER"])
    try:
        unpack(given["ARCHIVE"], given["SHA256"], folder)
        found = install(folder) or in_a_child(import_dags, folder)
    except Exception as error:  # noqa: BLE001 - whatever it is, somebody has to hear of it
        # Its address is as good as a password, and may be in the error.
        said = f"{type(error).__name__}: {error}".replace(given["ARCHIVE"], "(the archive)")
        found = {"problem": said[:LONGEST]}
    Path(given["RESULT"]).write_text(fitting(found), encoding="utf-8")
    print(json.dumps(found, indent=1))
    return 2 if "problem" in found else 1 if found["errors"] else 0


def unpack(address: str, sha256: str, folder: Path) -> None:
    """Fetch the archive and take it apart."""
    archive, total = folder / "archive.zip", hashlib.sha256()
    with urllib.request.urlopen(address, timeout=60) as answer, archive.open("wb") as file:
        while chunk := answer.read(1024 * 1024):
            total.update(chunk)
            file.write(chunk)
    if total.hexdigest() != sha256:
        raise ValueError("the archive is another one than was to be verified")
    with zipfile.ZipFile(archive) as files:
        files.extractall(folder)
    archive.unlink()
    for name in ("dags", "plugins"):
        (folder / name).mkdir(exist_ok=True)
    plugins = folder / "plugins.zip"
    if plugins.exists():
        with zipfile.ZipFile(plugins) as files:
            files.extractall(folder / "plugins")


def install(folder: Path) -> Found | None:
    """Install the requirements beside what the image has, which stays as it is; gives what to say if that cannot be done."""
    requirements = folder / "requirements.txt"
    if not requirements.exists():
        return None
    pins = folder / "image.txt"
    held = {one.metadata["Name"]: one.version for one in metadata.distributions() if one.metadata["Name"]}
    pins.write_text("".join(f"{name}=={version}\n" for name, version in sorted(held.items())), encoding="utf-8")
    place = folder / "installed"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-cache-dir"),
            *("--disable-pip-version-check", "--prefix", str(place), "--constraint", str(pins)),
            *("--requirement", str(requirements)),
        ],
        env={**os.environ, "PIP_USER": "0"},
        # Paths in the file are relative to where it lies, as in MWAA.
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        for kind in ("purelib", "platlib"):
            sys.path.insert(0, sysconfig.get_path(kind, vars={"base": str(place), "platbase": str(place)}))
        return None
    print(done.stdout)
    lines = [line for line in done.stdout.splitlines() if line.startswith("ERROR: ")] or done.stdout.splitlines()[-1:]
    said = " ".join(line[len("ERROR: ") :] if line.startswith("ERROR: ") else line for line in lines[:2])
    return {"errors": [{"file": "requirements.txt", "line": None, "error": said[:LONGEST]}]}


def in_a_child(call: Callable[[Path], Found], folder: Path) -> Found:
    """What a call comes to in a process of its own, for what is imported may end the process."""
    result = folder / "result.json"
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            result.write_text(json.dumps(called(call, folder)), encoding="utf-8")
            code = 0
        os._exit(code)
    status = os.waitpid(child, 0)[1]
    if result.exists():
        found: Found = json.loads(result.read_text(encoding="utf-8"))
        return found
    how = f"by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"with exit code {os.WEXITSTATUS(status)}"
    return {"errors": [{"file": "", "line": None, "error": f"Importing the DAGs ended Python {how}"}]}


def called(call: Callable[[Path], Found], folder: Path) -> Found:
    try:
        return call(folder)
    except BaseException as error:  # noqa: BLE001 - code may end with SystemExit
        traceback.print_exc()
        return {"problem": f"{type(error).__name__}: {error}"[:LONGEST]}


def import_dags(folder: Path) -> Found:
    """Import all DAGs as Airflow itself does."""
    dags = folder / "dags"
    os.environ.update(
        {
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
        }
    )
    sys.path.append(str(folder / "plugins"))
    version = importlib.import_module("airflow").__version__
    bag = dag_bag()(str(dags))
    errors = [
        {"file": relative(name, folder), "line": line_in(name, text), "error": telling(text)}
        for name, text in [*sorted(plugin_errors(folder / "plugins")), *sorted(bag.import_errors.items())]
    ]
    return {"airflow": version, "dags": len(bag.dags), "errors": errors}


def plugin_errors(folder: Path) -> Iterator[tuple[str, str]]:
    """What of the plugins cannot be imported: those of the folder alone, for the image may have some of its own."""
    manager = importlib.import_module("airflow.plugins_manager")
    manager.ensure_plugins_loaded()
    # A function since 3.1, a variable before.
    errors = manager.get_import_errors() if hasattr(manager, "get_import_errors") else manager.import_errors
    for name, text in errors.items():
        path = Path(name) if Path(name).is_absolute() else folder / name
        if path.is_relative_to(folder) and path.exists():
            yield str(path), text


def dag_bag() -> Any:
    """The class that imports DAGs. It has moved in Airflow 3.1, and stays for a while where it was in a form of no use here."""
    try:
        return importlib.import_module("airflow.dag_processing.dagbag").DagBag
    except (ImportError, AttributeError):
        return importlib.import_module("airflow.models.dagbag").DagBag


def relative(name: str, folder: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(Path(name).relative_to(folder))
    # Airflow 3 names them from the folder of the DAGs on.
    return name if name.startswith("dags/") else f"dags/{name}"


def line_in(name: str, text: str) -> int | None:
    """The line of the file at which it went wrong, last of all."""
    found = re.findall(r'File "([^"]*)", line (\d+)', text)
    lines = [int(line) for path, line in found if path == name or path.endswith("/" + name)]
    return lines[-1] if lines else None


def telling(text: str) -> str:
    """The line that says what is wrong: the last one of a traceback that is not indented."""
    lines = [line for line in text.splitlines() if line and not line[0].isspace()]
    return (lines or [text.strip()])[-1][:LONGEST]


def fitting(found: Found) -> str:
    """The result as JSON that is short enough: with fewer errors, and shorter ones, where it has to be."""
    errors = found.get("errors", [])
    for most, longest in ((20, LONGEST), (20, 120), (10, 120), (5, 120), (1, 120)):
        shown = [{**error, "file": error["file"][-200:], "error": error["error"][:longest]} for error in errors[:most]]
        more = {"more": len(errors) - len(shown)} if len(errors) > len(shown) else {}
        text = json.dumps({**found, **({"errors": shown} if "errors" in found else {}), **more})
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


if __name__ == "__main__":
    sys.exit(main())
