"""One log for everything: structlog and the standard library through the same filters, to standard error."""

import logging
import re
import sys
from typing import Any, Literal, TextIO

import structlog
from structlog.types import EventDict, Processor

# The token is part of every Bot API URL, so it can turn up in the text of any error of any library.
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
REDACTED = "<token>"

# Libraries whose lines carry URLs (and so the token), statements with all their values (and so whatever people wrote)
# or bodies of requests, or say nothing an operator needs: at every level of PASTICHE_LOG_LEVEL.
QUIET = (
    *("httpx", "httpcore", "telegram", "apscheduler", "uvicorn", "uvicorn.access", "alembic", "PIL", "asyncio"),
    *("aiohttp", "aiosqlite", "sqlalchemy", "multipart", "python_multipart"),
)

# What every record goes through, whoever made it. The job in hand and its attempt come from the context.
SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def set_up_logs(
    level: str = "info", style: Literal["auto", "json", "text"] = "auto", out: TextIO | None = None
) -> None:
    """Send all logging to `out` (standard error): readable lines on a terminal, JSON elsewhere."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [make_handler(style, out or sys.stderr)]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def make_handler(style: Literal["auto", "json", "text"], out: TextIO) -> logging.Handler:
    """What writes records to out, one line each, with everything that must not be seen cut out."""
    as_json = style == "json" or (style == "auto" and not out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        _Redacting(foreign_pre_chain=SHARED, processors=_rendering(as_json=as_json, colours=out.isatty()))
    )
    return handler


def redact(text: str) -> str:
    """The text with every bot token replaced."""
    return TOKEN.sub(REDACTED, text)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Cuts tokens out of the finished line: whatever built it, tracebacks included, passes here last."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _rendering(*, as_json: bool, colours: bool) -> list[Processor]:
    if as_json:
        return [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # As text: the structured form lists local variables, and those hold pictures and captions.
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ]
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        _short_names,
        structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback),
    ]


def _short_names(_logger: Any, _method: str, event: EventDict) -> EventDict:
    event.pop("logger", None)
    return event
