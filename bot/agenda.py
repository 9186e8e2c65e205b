"""What is to be done about whom, and when: the same at a time for one as for thousands."""

import heapq
import itertools


class Agenda:
    """Each number stands in it once, at the earliest moment that was asked for. Nothing in it is gone through."""

    def __init__(self) -> None:
        self._due_at: dict[int, float] = {}
        # Whatever does not stand in _due_at like this was moved or dropped, and is passed over.
        self._heap: list[tuple[float, int, int]] = []
        self._order = itertools.count()

    def put(self, number: int, at: float) -> None:
        """It is due then, unless it is due before."""
        if at < self._due_at.get(number, float("inf")):
            self._due_at[number] = at
            heapq.heappush(self._heap, (at, next(self._order), number))

    def drop(self, number: int) -> None:
        """Nothing is to be done about it any more."""
        self._due_at.pop(number, None)

    def next_at(self) -> float | None:
        """When the next one is due; None where there is none."""
        while self._heap:
            at, _, number = self._heap[0]
            if self._due_at.get(number) == at:
                return at
            heapq.heappop(self._heap)
        return None

    def take(self, now: float) -> int | None:
        """What has been due for longest, which then stands here no more; None where nothing is."""
        at = self.next_at()
        if at is None or at > now:
            return None
        _, _, number = heapq.heappop(self._heap)
        del self._due_at[number]
        return number
