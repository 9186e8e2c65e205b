"""The flood meter: how many messages and edits a bot may send, per chat and in all, before Telegram says 429.

Telegram's own limits are unwritten and vary. These are what it advises: about one a second in a private chat, with
short bursts; twenty a minute in a group; thirty a second in all.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.errors import too_many_requests

ALL_CHATS = 0


@dataclass(frozen=True)
class Allowance:
    """So many calls in any stretch of so many seconds."""

    calls: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class FloodLimits:
    """What one bot may do in each private chat, in each group, and in all chats together."""

    private: Allowance = Allowance(20, 20.0)
    group: Allowance = Allowance(20, 60.0)
    overall: Allowance = Allowance(30, 1.0)


@dataclass
class FloodMeter:
    """Counts what bots send. Refused calls do not count: who waits as told may go on."""

    limits: FloodLimits | None
    clock: Callable[[], float] = time.monotonic
    _sent: dict[tuple[int, int], deque[float]] = field(default_factory=dict)

    def count(self, bot_id: int, chat_id: int, messages: int = 1) -> None:
        """Let messages or edits pass; raises ApiError 429 with the seconds to wait where they are too many."""
        if self.limits is None:
            return
        in_chat = self.limits.group if chat_id < 0 else self.limits.private
        meters = [((bot_id, chat_id), in_chat), ((bot_id, ALL_CHATS), self.limits.overall)]
        wait_s = max(self._wait_s(key, allowance, messages) for key, allowance in meters)
        if wait_s > 0:
            raise too_many_requests(math.ceil(wait_s))
        for key, _ in meters:
            self._sent[key].extend([self.clock()] * messages)

    def _wait_s(self, key: tuple[int, int], allowance: Allowance, messages: int) -> float:
        sent, now = self._sent.setdefault(key, deque()), self.clock()
        while sent and sent[0] <= now - allowance.seconds:
            sent.popleft()
        # How many of the earlier ones must be over before these may come.
        too_many = len(sent) + min(messages, allowance.calls) - allowance.calls
        return sent[too_many - 1] + allowance.seconds - now if too_many > 0 else 0.0
