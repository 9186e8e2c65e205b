"""Device, threads and dtype: chosen before the first step, remembered, never in the way."""

import json
import os
import time
from pathlib import Path

import pytest
import torch

from engine.devices import (
    LEAST_AGREEMENT,
    SelfCheck,
    choose_device,
    choose_dtype,
    choose_threads,
    default_memory,
    memory_errors,
    self_check,
)
from engine.encoder import Encoder
from engine.errors import InvalidRequest, OutOfMemory
from engine.processor import usable_cores

# Impossible for a real check, so that a test can tell where a finding came from.
REMEMBERED = {"fp32_s": 1000.0, "bf16_s": 1.0, "agreement": 1.0}


@pytest.mark.parametrize("name", ["tpu", "mps:7", "", "cuda:99", "meta", "cpu cuda"])
def test_a_device_that_is_not_there_is_an_invalid_request(name: str) -> None:
    with pytest.raises(InvalidRequest):
        choose_device(name)


def test_cpu_is_always_there_and_auto_finds_something() -> None:
    assert choose_device("cpu").type == "cpu"
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("threads", [0, -1])
def test_fewer_than_one_thread_is_an_invalid_request(threads: int) -> None:
    with pytest.raises(InvalidRequest, match="number of threads"):
        choose_threads(threads)


def test_threads_are_those_asked_for_else_as_many_as_there_are_cores() -> None:
    assert choose_threads(3) == 3
    assert choose_threads(None) >= 1


def test_cores_are_counted_where_the_system_does_not_tell_which_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)

    assert choose_threads(None) >= 1
    assert usable_cores() == os.cpu_count()


def test_a_painter_with_one_thread_does_not_bind_the_next_one() -> None:
    torch.set_num_threads(2)
    before = choose_threads(None)

    torch.set_num_threads(1)

    assert choose_threads(None) == before


@pytest.mark.parametrize(
    ("check", "dtype"),
    [
        (SelfCheck(1.0, 0.3, 0.99), torch.bfloat16),
        (SelfCheck(1.0, 0.95, 0.99), torch.float32),
        (SelfCheck(1.0, 0.3, LEAST_AGREEMENT - 0.01), torch.float32),
        (SelfCheck(1.0, 0.3, float("nan")), torch.float32),
    ],
    ids=["clearly faster", "hardly faster", "another gradient", "no gradient"],
)
def test_bfloat16_is_chosen_where_it_is_faster_and_agrees(check: SelfCheck, dtype: torch.dtype) -> None:
    assert check.dtype == dtype


def test_self_check_of_a_sound_encoder_finds_agreement(encoder: Encoder) -> None:
    started = time.perf_counter()

    found = self_check(encoder)

    assert found.agreement > 0.9
    assert 0 < found.fp32_s + found.bf16_s < time.perf_counter() - started


def test_a_finding_is_remembered(encoder: Encoder, tmp_path: Path) -> None:
    memory = tmp_path / "deep" / "checks.json"
    _, first = choose_dtype(encoder, 1, memory)
    [key] = json.loads(memory.read_text())

    memory.write_text(json.dumps({key: REMEMBERED}))

    assert choose_dtype(encoder, 1, memory) == (torch.bfloat16, SelfCheck(**REMEMBERED))
    assert first != SelfCheck(**REMEMBERED)


def test_other_threads_and_other_backbones_have_findings_of_their_own(
    encoder: Encoder, prefix_encoder: Encoder, tmp_path: Path
) -> None:
    memory = tmp_path / "checks.json"

    for each, threads in ((encoder, 1), (encoder, 2), (prefix_encoder, 1)):
        choose_dtype(each, threads, memory)

    assert len(json.loads(memory.read_text())) == 3


@pytest.mark.parametrize(
    "finding",
    ["fast", None, {}, {"fp32_s": 1.0}, {"fp32_s": "1", "bf16_s": "1", "agreement": "1"}, REMEMBERED | {"more": 1.0}],
    ids=["word", "null", "empty", "half", "words", "too much"],
)
def test_a_finding_that_is_none_is_ignored_and_replaced(encoder: Encoder, tmp_path: Path, finding: object) -> None:
    memory = tmp_path / "checks.json"
    choose_dtype(encoder, 1, memory)
    [key] = json.loads(memory.read_text())
    memory.write_text(json.dumps({key: finding}))

    _, found = choose_dtype(encoder, 1, memory)

    assert json.loads(memory.read_text()) == {key: vars(found)}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b"\xff\xfe"], ids=["empty", "cut", "list", "number", "bytes"]
)
def test_a_broken_memory_is_ignored_and_written_anew(encoder: Encoder, tmp_path: Path, content: bytes) -> None:
    memory = tmp_path / "checks.json"
    memory.write_bytes(content)

    _, found = choose_dtype(encoder, 1, memory)

    assert list(json.loads(memory.read_text()).values()) == [vars(found)]


def test_a_memory_that_cannot_be_written_costs_only_the_check(encoder: Encoder, tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()

    dtype, _ = choose_dtype(encoder, 1, occupied / "checks.json")

    assert dtype in (torch.float32, torch.bfloat16)
    assert occupied.read_bytes() == b""


def test_a_user_without_a_home_has_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("could not determine home directory")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", nobody)

    assert default_memory() is None


def test_a_self_check_is_announced_before_it_begins_and_a_remembered_one_is_not(
    encoder: Encoder, tmp_path: Path
) -> None:
    announced: list[str] = []

    for _ in range(2):
        choose_dtype(encoder, 1, tmp_path / "checks.json", announced.append)

    assert announced == ["self-check"]


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("MPS backend out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 7 bytes"),
    ],
    ids=["cuda", "python", "mps", "cpu"],
)
def test_every_word_for_a_full_memory_is_understood(error: Exception) -> None:
    with pytest.raises(OutOfMemory), memory_errors():
        raise error


def test_other_errors_are_no_want_of_memory() -> None:
    with pytest.raises(RuntimeError, match="something else"), memory_errors():
        raise RuntimeError("something else")


def test_apple_s_gpu_is_taken_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)

    assert choose_device("auto") == torch.device("mps")
