"""The image's contents without an engine to build it: the Dockerfile's own steps, run in a folder.

What of Dockerfiles and .dockerignore is understood here is what ours use; anything else is an error, not passed over.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Stage:
    """One `FROM` of a Dockerfile with what follows it, each as keyword and rest."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def of(self, keyword: str) -> list[str]:
        return [rest for found, rest in self.steps if found == keyword]

    def command(self, keyword: str) -> list[str]:
        """The argument vector of the one ENTRYPOINT, CMD or HEALTHCHECK."""
        [rest] = self.of(keyword)
        return json.loads(rest[rest.index("[") :])

    def arguments(self) -> dict[str, str]:
        return dict(rest.split("=", 1) for rest in self.of("ARG"))

    def environment(self) -> dict[str, str]:
        return dict(each.split("=", 1) for rest in self.of("ENV") for each in shlex.split(rest))


def read_dockerfile(text: str) -> list[Stage]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    stages: list[Stage] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        keyword, _, rest = line.strip().partition(" ")
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base, name))
        elif stages:
            stages[-1].steps.append((keyword, rest.strip()))
        else:
            assert keyword == "ARG", f"{keyword} before the first FROM"
    return stages


class BuildContext:
    """The files that .dockerignore lets through (https://docs.docker.com/build/concepts/context/)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
        self._rules = [(line.removeprefix("!"), not line.startswith("!")) for line in lines if line and line[0] != "#"]

    def files(self, source: str) -> list[Path]:
        """The files at or below `source`, relative to the root."""
        place = self._root / source
        found = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
        return [path.relative_to(self._root) for path in found if self._is_let_through(path.relative_to(self._root))]

    def _is_let_through(self, path: Path) -> bool:
        ignored = False
        for pattern, ignores in self._rules:
            expression = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
            if re.fullmatch(f"{expression}(/.*)?", path.as_posix()):
                ignored = ignores
        return not ignored


class Build:
    """Carries out the steps of one stage, in a folder instead of a container."""

    def __init__(self, stage: Stage, context: BuildContext, folder: Path) -> None:
        self._context = context
        self._folder = folder
        self._place = folder / "root"
        self._arguments = {"PREFIX": str(folder / "prefix")}
        # Packages come from where whoever runs this is used to get them; the hashes say that they are the right ones.
        self._environment = {**os.environ, "PATH": f"{_folder_of_uv()}{os.pathsep}{os.environ['PATH']}"}
        for keyword, rest in stage.steps:
            getattr(self, f"_{keyword.lower()}")(rest)
        self.prefix = Path(self._arguments["PREFIX"])

    def _arg(self, rest: str) -> None:
        name, _, default = rest.partition("=")
        self._environment[name] = self._arguments.get(name, default)

    def _env(self, rest: str) -> None:
        self._environment.update(each.split("=", 1) for each in shlex.split(rest))

    def _workdir(self, rest: str) -> None:
        self._place = self._folder / rest.removeprefix("/")
        self._place.mkdir(parents=True)

    def _copy(self, rest: str) -> None:
        if rest.startswith("--from="):
            assert rest == "--from=uv /usr/local/bin/uv /usr/local/bin/uv", (
                f"only uv may come from elsewhere, not {rest}"
            )
            return
        *sources, target = rest.split()
        for source in sources:
            files = self._context.files(source)
            assert files, f"COPY {source}: .dockerignore leaves nothing of it"
            for path in files:
                below = path.relative_to(source) if (ROOT / source).is_dir() else Path(path.name)
                place = self._place / target / below
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / path, place)

    def _run(self, rest: str) -> None:
        done = subprocess.run(
            ["/bin/sh", "-c", rest], cwd=self._place, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"RUN {rest}\n{done.stdout}\n{done.stderr}"


def _folder_of_uv() -> Path:
    in_checkout = ROOT / ".tools" / "uv" / "bin" / "uv"
    found = shutil.which("uv") or (str(in_checkout) if in_checkout.exists() else None)
    assert found, "there is no uv: `make setup` installs it"
    return Path(found).parent


@pytest.fixture(scope="session")
def dockerfile() -> list[Stage]:
    return read_dockerfile((ROOT / "Dockerfile").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def context() -> BuildContext:
    return BuildContext(ROOT)


@pytest.fixture(scope="session")
def prefix(dockerfile: list[Stage], context: BuildContext, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image has in /opt/mwaa-operator, made by the steps of the stage `build`."""
    [build] = [stage for stage in dockerfile if stage.name == "build"]
    return Build(build, context, tmp_path_factory.mktemp("image")).prefix
