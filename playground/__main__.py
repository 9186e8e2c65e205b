"""python -m playground: a playground on its own, for any bot that lets its Bot API address be set."""

import argparse
import asyncio
import secrets
import signal
import sys
from pathlib import Path
from typing import NoReturn

from playground.config import LOOPBACK, PlaygroundConfig
from playground.errors import PlaygroundError
from playground.flood import FloodLimits
from playground.serve import serve


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; 0 after that, 2 and one line on standard error for a mistake."""
    given = _parser().parse_args(arguments)
    try:
        config = PlaygroundConfig(
            host=given.listen,
            port=given.port,
            key=given.key or (None if given.listen in LOOPBACK else secrets.token_urlsafe(16)),
            state_dir=given.state,
            lenient=given.lenient,
            flood=FloodLimits() if given.flood else None,
        )
        asyncio.run(_serve_until_signal(config))
    except PlaygroundError as error:
        sys.stderr.write(f"playground: {error}\n")
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line, like all others."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"playground: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m playground", description="A local stand-in for Telegram.")
    parser.add_argument("--port", type=_port, default=8089, help="port to listen on; 0 takes any free one")
    parser.add_argument("--listen", default="127.0.0.1", help="address; any but this machine's own asks for a key")
    parser.add_argument("--state", type=Path, help="folder that keeps people, messages and files over a restart")
    parser.add_argument("--key", help="the key to ask for, instead of a random one")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown parameters, as Telegram does")
    parser.add_argument("--no-flood", dest="flood", action="store_false", help="never answer 429: no flood limits")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


async def _serve_until_signal(config: PlaygroundConfig) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(config, stop, on_ready=_tell)


def _tell(address: str) -> None:
    sys.stdout.write(f"The playground is open: {address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
