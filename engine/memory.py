"""How the C library hands out memory while a canvas is optimised.

Every step takes and returns the same tensors of tens of megabytes. GNU's malloc fetches such blocks from the kernel
each time and gives them back at once, and the kernel empties every page again: a third of a step
(docs/decisions/0015).
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

# mallopt's parameters and their values, see mallopt(3): as usual, and as it pays for a run of equal steps.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_USUAL = {_TRIM_THRESHOLD: 128 << 10, _TOP_PAD: 128 << 10, _MMAP_MAX: 65536}
_KEEPING = {_TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: 64 << 20, _MMAP_MAX: 0}


# How many of those who want memory kept are at it, one within the other.
_keepers = 0


@contextmanager
def memory_kept() -> Iterator[None]:
    """What is freed stays with this process until the outermost of these ends. Without GNU's C library: nothing."""
    global _keepers
    if not _keepers:
        _set(_KEEPING)
    _keepers += 1
    try:
        yield
    finally:
        _keepers -= 1
        if not _keepers:
            _set(_USUAL)
            give_memory_back()


def give_memory_back() -> None:
    """Free memory goes back to the system: without being asked, GNU's malloc keeps hundreds of megabytes."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _set(values: dict[int, int]) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return  # musl has no such setting, and Apple's allocator keeps large blocks by itself
    for parameter, value in values.items():
        mallopt(parameter, value)
