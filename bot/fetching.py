"""Updates as they come over the line: all that one answer brings are written down at once, as Telegram put them."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.line import Line

Keep = Callable[[bytes], Awaitable[None]]


class Fetching(Line):
    """For getUpdates alone. The library hands updates on one by one: each would wait for the disk by itself."""

    def __init__(self, keep: Keep, **options: Any) -> None:
        """keep: gets each answer before anybody else"""
        super().__init__(**options)
        self._keep = keep

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """See BaseRequest.do_request."""
        status, answer = await super().do_request(*args, **options)
        await self._keep(answer)
        return status, answer
