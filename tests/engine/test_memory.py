"""Memory that an optimisation takes and returns at every step stays with the process until it ends."""

import resource

import torch

from engine.memory import memory_kept

PAGE = resource.getpagesize()


def block(megabytes: int) -> torch.Tensor:
    return torch.empty(megabytes << 20, dtype=torch.uint8).fill_(1)


def take_and_return() -> None:
    """As a step does: what is made of a large tensor outlives it."""
    large = block(48)
    first = block(24)
    del large
    second = block(24)
    del first, second


def pages_emptied_by_the_kernel(steps: int) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        take_and_return()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * PAGE


def test_a_second_step_gets_the_pages_of_the_first() -> None:
    usual = pages_emptied_by_the_kernel(steps=6)

    with memory_kept():
        pages_emptied_by_the_kernel(steps=3)
        kept = pages_emptied_by_the_kernel(steps=6)

    assert kept < usual / 2


def test_kept_memory_is_given_back_at_the_end() -> None:
    before = resident_bytes()

    with memory_kept():
        take_and_return()
        inside = resident_bytes()

    assert inside - before > 40 << 20
    assert resident_bytes() - before < 10 << 20


def test_what_is_kept_within_what_is_kept_stays_until_the_outer_one_ends() -> None:
    before = resident_bytes()

    with memory_kept():
        with memory_kept():
            take_and_return()
        between = resident_bytes()

    assert between - before > 40 << 20
    assert resident_bytes() - before < 10 << 20
