"""What the bot's side of this package may bring along."""

import subprocess
import sys


def test_desk_worker_and_decoder_need_neither_torch_nor_telegram() -> None:
    program = "import sys, jobs.desk, jobs.sweeps, jobs.worker, jobs.decoder, jobs.presets; print(*sys.modules)"

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    # Nor what reads pictures of strangers: that is for the child alone.
    assert {"torch", "numpy", "telegram", "pillow_heif"}.isdisjoint(run.stdout.split())
    assert "models.database" in run.stdout.split()


def test_decoder_child_needs_no_database() -> None:
    program = "import sys, jobs.decoder_main; print(*sys.modules)"

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert {"torch", "numpy", "sqlalchemy", "asyncio"}.isdisjoint(run.stdout.split())
