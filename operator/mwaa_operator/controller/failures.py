"""Calls to AWS that fail, object by object: counted, logged, and judged by `planning.aftermath`."""

import logging
import random
from collections.abc import Callable
from datetime import datetime

from mwaa_operator.api.environment_status import LastOperation
from mwaa_operator.controller.store import Key
from mwaa_operator.planning.aftermath import Aftermath, after_failure
from mwaa_operator.planning.clock import Moment
from mwaa_operator.planning.failure import AwsError
from mwaa_operator.planning.schedule import jittered

log = logging.getLogger(__name__)


class Failures:
    """Remembers how often in a row, and since when, calls for an object have failed. That is lost with the process, and does no harm."""

    def __init__(self, *, moment: Callable[[], Moment], randomness: random.Random) -> None:
        self._moment = moment
        self._random = randomness
        self._in_a_row: dict[Key, tuple[int, datetime]] = {}

    def follow(self, key: Key, error: AwsError, operation: LastOperation | None = None) -> tuple[Aftermath, float]:
        """What follows from a failed call, and after how many of our seconds it is tried again.

        `operation` is the one that the call was to start, if it was to start one.
        """
        at = self._moment()
        failures, since = self._in_a_row.get(key, (0, at.now))
        self._in_a_row[key] = (failures + 1, since)
        after = after_failure(error, operation=operation, failures=failures + 1, since=since, at=at)
        log.warning(
            "AWS call failed",
            extra={
                "object": str(key),
                "operation": error.operation,
                "code": error.code,
                "kind": error.kind.value,
                "requestId": error.request_id,
                "retrySeconds": after.retry_seconds,
            },
        )
        # What fails together should not be tried again together.
        return after, jittered(after.retry_seconds, random=self._random.random()) / at.scale

    def over(self, key: Key) -> None:
        """Nothing fails any more, or there is no object any more."""
        self._in_a_row.pop(key, None)
