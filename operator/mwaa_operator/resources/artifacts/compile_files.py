"""A program of its own: compiles Python files and says which do not. It is run by `compiling`, and imports nothing of the operator.

It reads a JSON document {"python": [3, 12] or null, "files": [path, ...]} and prints a line for each file as it is begun, `begin N`, and
one for each that does not compile: a JSON document {"file": N, "line": .., "message": .., "text": ..}.
"""

import ast
import json
import sys
import warnings
from pathlib import Path
from typing import Any

LONGEST = 300


def flaw(path: str, python: tuple[int, int] | None) -> dict[str, Any] | None:
    """Why a file does not compile, None if it does."""
    try:
        # Bytes: Python itself finds out how they are encoded (PEP 263).
        source = Path(path).read_bytes()
        tree = ast.parse(source, "file", feature_version=python)
        compile(tree, "file", "exec", dont_inherit=True)
    except SyntaxError as error:
        text = (error.text or "").rstrip()
        return {"line": error.lineno, "message": error.msg[:LONGEST], "text": text[:LONGEST]}
    except (ValueError, RecursionError, MemoryError) as error:
        # Null bytes, and what is nested too deep.
        return {"line": None, "message": (str(error) or type(error).__name__)[:LONGEST], "text": ""}
    return None


def main() -> None:
    asked = json.load(sys.stdin)
    python = tuple(asked["python"]) if asked["python"] else None
    # What Python finds odd is no flaw.
    warnings.simplefilter("ignore")
    for number, path in enumerate(asked["files"]):
        sys.stdout.write(f"begin {number}\n")
        sys.stdout.flush()
        if found := flaw(path, python):
            sys.stdout.write(json.dumps({"file": number, **found}) + "\n")


if __name__ == "__main__":
    main()
