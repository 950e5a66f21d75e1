"""Paths of Airflow's REST API, as they are asked for."""

from urllib.parse import quote

LONGEST_PATH = 64
"""Characters of a path that InvokeRestApi takes (its service model). For others there is a web session, if anything."""

_SEGMENT = ":+~@!$&'()*,;="
"""What RFC 3986 lets stand in a segment of a path as it is; the shorter the better."""


def path_of(*segments: str) -> str:
    """A path of these segments, each encoded as far as it has to be: DAG and run ids may hold what paths may not.

    Ids may also be dots alone, with which whoever reads a path would climb out of it.
    """
    return "".join(f"/{_encoded(segment)}" for segment in segments)


def _encoded(segment: str) -> str:
    return quote(segment, safe=_SEGMENT) if segment.strip(".") else segment.replace(".", "%2E")
