"""What the bot's side never loads."""

import subprocess
import sys


def test_the_bots_side_does_not_import_torch() -> None:
    code = (
        "import sys, bot.app, jobs.desk, jobs.decoder, models.database;"
        "print(sorted({'torch', 'torchvision', 'numpy'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == "[]"
