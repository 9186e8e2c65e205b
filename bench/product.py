"""The product's figures against their limits: how much memory each process takes, and how soon the bot answers.

Real processes before the playground, as the end-to-end tests start them.
"""

import tempfile
import time
from pathlib import Path

from bench.engine import Held
from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Program, Stage, is_hq_result

PATIENCE_S = 3600.0
LARGE_SIDE_PX = 1024
KIB_PER_MIB = 1024
PERSON = 1002


def measure_product() -> list[Held]:
    """`pastiche run`: from its start to an answer, at rest, and over a painting of 1024 px."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        try:
            answer, program = _first_answer(stage)
            return [answer, *_memory(stage, program)]
        finally:
            stage.close()


def _first_answer(stage: Stage) -> tuple[Held, Program]:
    person = stage.person(PERSON)
    person.says("/start")
    started = time.perf_counter()
    program = stage.start_bot(PASTICHE_HQ_SIZE=str(LARGE_SIDE_PX))
    person.waits_for(lambda message: bool(message.get("buttons")), within_s=PATIENCE_S)
    seconds = time.perf_counter() - started
    return Held(work="pastiche run: start to first answer", value=seconds, unit="s", limit=10), program


def _memory(stage: Stage, program: Program) -> list[Held]:
    program.wait_for_line("painter ready")
    painter = _child(program, "jobs.painter_main")
    idle = Held(work="painter, before the first painting", value=_mib(painter, "VmRSS"), unit="MiB", limit=1200)
    _paint(stage)
    peak, after = _mib(painter, "VmHWM"), _mib(painter, "VmRSS")
    return [
        Held(work="bot and worker, highest", value=_mib(program.process.pid, "VmHWM"), unit="MiB", limit=250),
        idle,
        Held(work=f"painter, highest over {LARGE_SIDE_PX} px", value=peak, unit="MiB", limit=4096),
        Held(work="painter, idle after it", value=after, unit="MiB", limit=1200),
    ]


def _paint(stage: Stage) -> None:
    person = stage.person(PERSON)
    person.asks_for_hq(jpeg_of(photo_of("astronaut", 1280)), jpeg_of(photo_of("coffee", 1280)))
    person.waits_for(is_hq_result, within_s=PATIENCE_S)


def _child(program: Program, module: str) -> int:
    """The process id of a program's child."""
    tasks = Path(f"/proc/{program.process.pid}/task").iterdir()
    children = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    return next(pid for pid in children if module in Path(f"/proc/{pid}/cmdline").read_text().split("\0"))


def _mib(pid: int, key: str) -> float:
    """VmRSS: resident now; VmHWM: the highest so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / KIB_PER_MIB for line in lines if line.startswith(f"{key}:"))
