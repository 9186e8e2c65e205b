"""python -m engine.train net|style|presets|pack"""

import sys

from engine.errors import EngineError
from engine.train.commands import app


def main() -> None:
    """Run the command; what cannot be done is told in one line, with exit code 2."""
    try:
        app()
    except EngineError as error:
        sys.stderr.write(f"train: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
