"""Faults that a test orders: the next calls of a method fail, come late, or lose their answer."""

import itertools
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from playground.errors import ApiError, Refused, too_many_requests

ANY_METHOD = "*"
DROP: Literal["drop"] = "drop"
MAX_TIMES = 1_000_000
LONGEST_DELAY_S = 600
SENTENCES = {
    400: "Bad Request: ordered by /faults",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
FIELDS = frozenset(
    {"method", "chat", "status", "description", "retry_after", "migrate_to_chat_id", "times", "delay_s", "after_accept"}
)


@dataclass(kw_only=True)
class Fault:
    """What happens to the next calls of a method; docs/playground.md describes the fields.

    status: of the answer; "drop" closes the connection without one; None lets the true answer through
    times: how many calls it still strikes
    """

    number: int
    method: str = ANY_METHOD
    chat: int | None = None
    status: int | Literal["drop"] | None = None
    description: str | None = None
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    times: int = 1
    delay_s: float = 0.0
    after_accept: bool = False

    def strikes(self, method: str, chat: str | None) -> bool:
        same_chat = self.chat is None or chat == str(self.chat)
        return same_chat and self.method.lower() in {ANY_METHOD, method.lower()}

    def error(self) -> ApiError:
        """The answer of a fault that has a status."""
        assert isinstance(self.status, int)
        if self.status == 429:
            return too_many_requests(self.retry_after or 1)
        parameters = {} if self.migrate_to_chat_id is None else {"migrate_to_chat_id": self.migrate_to_chat_id}
        return ApiError(self.status, self.description or SENTENCES.get(self.status, "Error"), **parameters)


@dataclass
class Faults:
    """All faults that are still to come, oldest first. They end with the process."""

    _waiting: list[Fault] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def order(self, wish: dict[str, Any]) -> Fault:
        """Take an order; raises Refused for one that makes no sense."""
        fault = _checked(wish, next(self._numbers))
        self._waiting.append(fault)
        return fault

    def take(self, method: str, chat: str | None) -> Fault | None:
        """The fault that strikes this call, used up by one."""
        fault = next((each for each in self._waiting if each.strikes(method, chat)), None)
        if fault is not None:
            fault.times -= 1
            self._waiting = [each for each in self._waiting if each.times > 0]
        return fault

    def waiting(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._waiting]

    def clear(self) -> None:
        self._waiting = []


def _checked(wish: dict[str, Any], number: int) -> Fault:
    if unknown := wish.keys() - FIELDS:
        raise Refused(400, f'a fault has no field "{min(unknown)}"')
    fault = Fault(number=number, **wish)
    if "status" not in wish and fault.after_accept:
        fault.status = DROP
    for name, kinds in (("method", str), ("description", str | None), ("after_accept", bool)):
        if not isinstance(getattr(fault, name), kinds):
            raise Refused(400, f"{name} is of the wrong type")
    _check_number("times", fault.times, 1, MAX_TIMES)
    _check_number("delay_s", fault.delay_s, 0, LONGEST_DELAY_S)
    for name in ("chat", "retry_after", "migrate_to_chat_id"):
        if getattr(fault, name) is not None:
            _check_number(name, getattr(fault, name), -(2**52), 2**52)
    _check_status(fault)
    return fault


def _check_status(fault: Fault) -> None:
    if fault.status is None:
        if not fault.delay_s:
            raise Refused(400, 'a fault needs a status (400 to 599, or "drop"), a delay_s, or after_accept')
    elif fault.status != DROP:
        _check_number("status", fault.status, 400, 599)


def _check_number(name: str, value: Any, low: int, high: int) -> None:
    kinds = (int, float) if name == "delay_s" else (int,)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        raise Refused(400, f"{name} must be a number from {low} to {high}")
