"""Calls to AWS from passes: in threads, and with an ear for how AWS likes them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from mwaa_operator.controller.store import Key
from mwaa_operator.controller.turns import Turns
from mwaa_operator.planning.failure import AwsError, FailureKind


class Asking:
    """Runs functions that call AWS. Both methods raise AwsError."""

    def __init__(self, executor: Executor, turns: Turns) -> None:
        self._executor = executor
        self._turns = turns

    async def ask(self, key: Key, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call AWS for an object, and have the turns of other objects follow from how it likes that."""
        try:
            answer = await self.in_a_thread(call, *args, **kwargs)
        except AwsError as error:
            if error.kind is not FailureKind.TRANSIENT:
                self._turns.answered(key, throttled=error.kind is FailureKind.THROTTLED)
            raise
        self._turns.answered(key, throttled=False)
        return answer

    async def in_a_thread(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call AWS. The turns hear nothing of it: IAM that throttles says nothing of MWAA."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: call(*args, **kwargs))
