"""An event loop whose clock jumps ahead whenever everybody waits: tests of pauses take no time and are exact."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any


class JumpingLoop(asyncio.SelectorEventLoop):
    """For code that waits for timers only: no threads, no sockets."""

    def __init__(self) -> None:
        super().__init__()
        self._moment = 1000.0
        self._real_select = self._selector.select  # type: ignore[attr-defined]
        self._selector.select = self._jump  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._moment

    def _jump(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self._moment += timeout
            timeout = 0
        return self._real_select(timeout)


def in_virtual_time(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on a loop of its own that jumps."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run
