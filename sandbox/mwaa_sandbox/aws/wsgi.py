"""What is read from requests in the same way wherever it is wanted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a WSGI request, their names in lower case."""
    headers = {
        name[len("HTTP_") :].lower().replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = str(environ["CONTENT_TYPE"])
    return headers


def json_object(body: bytes) -> dict[str, Any]:
    """Return the members of a body in JSON; one that cannot be read has none."""
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
