"""Sets of code to measure with: DAG files in a bucket or in a repository, and single large files."""

import hashlib
import importlib
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mwaa_sandbox.aws.process import SimulatedAws
from mwaa_sandbox.cluster import ControlPlane

_BEGINS = """from datetime import datetime

from airflow.sdk import dag, task


@dag(dag_id="dag_{number}", schedule=None, start_date=datetime(2026, 1, 1))
def pipeline():
    @task
    def load() -> int:
        return len(QUERY) + {number}

    load()


pipeline()

QUERY = '''
"""
_CHUNK = 8 * 1024 * 1024


@dataclass(frozen=True)
class CodeSet:
    """A set that lies in its source: what the spec says of it, and what changes one small file of it."""

    name: str
    artifacts: dict[str, Any]
    change: Callable[[], None]
    bucket: str | None = None

    def looked_at_every(self, seconds: int) -> dict[str, Any]:
        """What the spec says, with that interval."""

        def timed(source: dict[str, Any]) -> dict[str, Any]:
            return {kind: {**one, "intervalSeconds": seconds} for kind, one in source.items()}

        return {
            name: [timed(one) for one in source] if name == "dags" else timed(source)
            for name, source in self.artifacts.items()
        }


def dag_file(number: int, size: int) -> bytes:
    """A DAG of so many bytes that compiles: most of it is a query, and no two are alike."""
    rows = random.Random(number)
    begin, end = _BEGINS.format(number=number), "'''\n"
    lines, length = [begin], len(begin) + len(end)
    while length < size - 200:
        line = f"SELECT {rows.getrandbits(256):064x}, {rows.getrandbits(256):064x} FROM t_{number}\n"
        lines.append(line)
        length += len(line)
    return "".join([*lines, "-" * (size - length - 1), "\n", end]).encode()


def in_bucket(aws: SimulatedAws, name: str, *, files: int, size: int) -> CodeSet:
    """So many DAG files of so many bytes together, below a prefix."""
    storage, bucket = _bucket(aws, name)

    def put(number: int, more: bytes = b"") -> None:
        body = dag_file(number, size // files) + more
        storage.put_object(Bucket=bucket, Key=f"team/dags/{_path(number)}", Body=body)

    with ThreadPoolExecutor(4) as several:
        list(several.map(put, range(files)))
    source = {"bucket": bucket, "prefix": "team/dags"}
    return CodeSet(name, {"dags": [{"s3": source}]}, lambda: put(0, b"# changed\n"), bucket)


def large_files(aws: SimulatedAws, name: str, *, size: int) -> CodeSet:
    """One data file of so many bytes among the DAGs, a small DAG, and a plugins archive of as many bytes."""
    storage, bucket = _bucket(aws, name)
    for key in ("team/dags/model.bin", "team/plugins.zip"):
        upload = storage.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        parts = []
        for number, start in enumerate(range(0, size, _CHUNK), start=1):
            body = random.Random(f"{key}{number}").randbytes(min(_CHUNK, size - start))
            part = storage.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=body)
            parts.append({"PartNumber": number, "ETag": part["ETag"]})
        storage.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})

    def put(more: bytes = b"") -> None:
        storage.put_object(Bucket=bucket, Key="team/dags/dag.py", Body=dag_file(0, 4096) + more)

    put()
    artifacts = {
        "dags": [{"s3": {"bucket": bucket, "prefix": "team/dags"}}],
        "plugins": {"s3": {"bucket": bucket, "key": "team/plugins.zip"}},
    }
    return CodeSet(name, artifacts, lambda: put(b"# changed\n"), bucket)


@contextmanager
def in_repository(
    control_plane: ControlPlane, folder: Path, name: str, *, namespace: str, files: int, size: int
) -> Iterator[CodeSet]:
    """The same as `in_bucket` in a repository, on a server of https whose authority the operator learns of by a Secret."""
    served = importlib.import_module("tests.contract.artifacts.git_server")
    made = importlib.import_module("tests.contract.artifacts.repository")
    repository = made.Repository(folder / "repositories" / name)
    # As on a server that has them packed: what takes long there is not what is measured here.
    repository.git("config", "pack.window", "0")
    repository.git("config", "core.compression", "1")
    for number in range(files):
        path = repository.folder / "dags" / _path(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dag_file(number, size // files))
    repository.commit()
    repository.git("repack", "-a", "-d", "-q")

    def change() -> None:
        path = repository.folder / "dags" / _path(0)
        path.write_bytes(path.read_bytes() + b"# changed\n")
        repository.commit()

    with served.serving(folder / "repositories", folder) as server:
        secret = {"ca.crt": server.certificate.decode()}
        document = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "git"}, "stringData": secret}
        control_plane.kubectl("apply", "-n", namespace, "-f", "-", input=json.dumps(document))
        source = {"url": server.url(f"{name}/.git"), "ref": "main", "path": "dags", "secretRef": {"name": "git"}}
        yield CodeSet(name, {"dags": [{"git": source}]}, change)


def _path(number: int) -> str:
    return f"team-{number % 50}/dag_{number}_{hashlib.sha256(str(number).encode()).hexdigest()[:8]}.py"


def _bucket(aws: SimulatedAws, name: str) -> tuple[Any, str]:
    storage, bucket = aws.client("s3"), f"ci-{name}"
    where = {"LocationConstraint": storage.meta.region_name}
    storage.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    return storage, bucket
