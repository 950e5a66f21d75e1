"""Whether Python files compile: found out in a process of its own, for a file can be made that takes Python down with it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mwaa_operator.planning.artifacts.checks import Python, SyntaxFlaw
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.resources.artifacts.limited import limited

_PROGRAM = Path(__file__).with_name("compile_files.py")
_SECONDS_AT_LEAST = 60
_SECONDS_A_FILE = 0.1
_LONGEST_FILE = 1024**2
"""Longer files are said not to compile: nobody has written them, and compiling takes a hundred times as much memory."""
_MEMORY = 384 * 1024**2
_OUTPUT = 64 * 1024**2


class Compiled:
    """Remembers of the files of one object which have compiled: when one of thousands changes, the others are not compiled again."""

    def __init__(self) -> None:
        self._python: Python | None = None
        self._well: frozenset[str] = frozenset()

    def flaws(self, files: Mapping[str, SourceFile], python: Python | None) -> dict[str, SyntaxFlaw]:
        """The same as `syntax_flaws`."""
        known = self._well if python == self._python else frozenset()
        sources = {path: file for path, file in files.items() if path.endswith(".py")}
        found = syntax_flaws({path: file for path, file in sources.items() if file.sha256 not in known}, python)
        self._python = python
        self._well = frozenset(file.sha256 for path, file in sources.items() if path not in found)
        return found


def syntax_flaws(files: Mapping[str, SourceFile], python: Python | None) -> dict[str, SyntaxFlaw]:
    """Which of the files that are Python's do not compile, by their names, for this version of Python where it is one that is known."""
    sources = {path: file for path, file in files.items() if path.endswith(".py")}
    large = {path for path, file in sources.items() if file.size > _LONGEST_FILE}
    found = {path: SyntaxFlaw(line=None, message="it is larger than 1 MB") for path in large}
    left = [path for path in sources if path not in large]
    while left:
        begun, flaws, ended = _compiled([sources[path].at for path in left], python)
        found |= {left[number]: flaw for number, flaw in flaws.items()}
        if ended:
            break
        # The last one that was begun is what ended it. The others are tried again without it.
        found[left[begun]] = SyntaxFlaw(line=None, message="compiling it takes too much time or memory")
        left = left[begun + 1 :]
    return found


def _compiled(files: list[Path], python: Python | None) -> tuple[int, dict[int, SyntaxFlaw], bool]:
    """The number of the last file that was begun, the flaws by number, and whether the process came to its end."""
    asked = json.dumps({"python": python, "files": [str(path) for path in files]}).encode()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output:
        given.write(asked)
        given.seek(0)
        try:
            done = subprocess.run(
                limited([sys.executable, "-I", "-S", str(_PROGRAM)], file_bytes=_OUTPUT, memory_bytes=_MEMORY),
                env={},
                stdin=given,
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS_AT_LEAST + _SECONDS_A_FILE * len(files),
                check=False,
            )
            ended = done.returncode == 0
        except subprocess.TimeoutExpired:
            ended = False
        output.seek(0)
        begun, flaws = 0, {}
        for line in output.read().decode().splitlines():
            if line.startswith("begin "):
                begun = int(line.removeprefix("begin "))
            elif line.endswith("}"):
                flaw = json.loads(line)
                flaws[flaw["file"]] = SyntaxFlaw(line=flaw["line"], message=flaw["message"], text=flaw["text"])
    return begun, flaws, ended
