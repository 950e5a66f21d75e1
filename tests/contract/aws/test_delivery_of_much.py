"""Thousands of files are delivered without being held in memory."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.awsrequest import AWSResponse
from mwaa_operator.planning.artifacts.gathered import Gathered
from mwaa_operator.planning.artifacts.model import SourceFile
from mwaa_operator.planning.ownership import Identity
from mwaa_operator.resources.artifacts.delivery import AT_A_TIME, Delivery, Order

FILES, SIZE = 5000, 32 * 1024
MOST_MEMORY = 32 * 1024**2
"""Of the 160 MB that all files are together."""

pytestmark = pytest.mark.slow


class AnsweringS3:
    """Answers the calls of a client as an empty bucket does, at once: the simulated AWS takes a minute for so many."""

    def __init__(self, client):
        self.calls = Counter()
        self.received = 0
        client.meta.events.register("before-send.s3", self._answer)

    def _answer(self, request, **_):
        self.calls[request.method] += 1
        if request.method == "PUT":
            body = request.body
            while chunk := (body.read(16384) if hasattr(body, "read") else body):
                self.received += len(chunk)
                if chunk is body:
                    break
            return self._of(request, 200, b"", ETag='"etag"')
        if "list-type" in request.url:
            return self._of(request, 200, b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
        return self._of(request, 404, b"<Error><Code>NoSuchKey</Code></Error>")

    @staticmethod
    def _of(request, status, content, **headers):
        answer = AWSResponse(request.url, status, headers, None)
        answer._content = content
        return answer


@pytest.fixture
def storage(clients):
    return clients.client("s3", "eu-west-1")


def test_five_thousand_files_are_never_in_memory_together(storage, tmp_path):
    answering = AnsweringS3(storage)
    at = tmp_path / "dag.py"
    at.write_bytes(b"#" * SIZE)
    digest = hashlib.sha256(at.read_bytes()).hexdigest()
    dags = {
        f"dags/team-{number % 50}/dag_{number}.py": SourceFile(f"dag_{number}.py", SIZE, digest, at)
        for number in range(FILES)
    }
    order = Order(
        bucket="airflow-much",
        identity=Identity(cluster="c", namespace="data", name="much", uid="1"),
        folder="dags/",
        gathered=Gathered(dags=dags),
        prune=True,
        adopt=False,
    )
    told = []
    with ThreadPoolExecutor(8) as uploads:
        tracemalloc.start()
        try:
            delivered = Delivery(storage, order, uploads=uploads, progress=told.append, stopped=lambda: False).make()
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert delivered.uploaded == FILES
    assert answering.received > FILES * SIZE
    assert most < MOST_MEMORY
    assert answering.calls["PUT"] == FILES + FILES // AT_A_TIME + 1
    assert [how_far.files for how_far in told] == list(range(FILES + 1))
