"""What the bot's side never loads."""

import subprocess
import sys


def test_the_bots_side_imports_neither_torch_nor_what_only_some_starts_need() -> None:
    code = (
        "import sys, bot.app, jobs.desk, jobs.decoder, models.database, models.upgrade;"
        "print(sorted({'torch', 'torchvision', 'numpy', 'alembic', 'starlette', 'uvicorn'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == "[]"
