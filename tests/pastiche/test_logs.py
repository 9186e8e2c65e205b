"""Whatever is logged, by whomever: one line, facts beside it, no token."""

import json
import logging
from io import StringIO

import pytest
import structlog

from pastiche.logs import set_up_logs

TOKEN = "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghi"


@pytest.fixture
def out() -> StringIO:
    """A place for the log."""
    return StringIO()


@pytest.mark.parametrize("style", ["json", "text"])
def test_a_token_is_cut_out_of_messages_facts_and_tracebacks(out: StringIO, style: str) -> None:
    set_up_logs(style=style, out=out)  # type: ignore[arg-type]

    logging.getLogger("somebody").warning("GET /bot%s/getMe", TOKEN)
    structlog.get_logger("bot").info("asked", url=f"https://example.org/bot{TOKEN}/getMe")
    try:
        raise ValueError(f"bad url /bot{TOKEN}/getMe")
    except ValueError:
        logging.getLogger("somebody").exception("failed")

    assert TOKEN not in out.getvalue()
    assert out.getvalue().count("<token>") >= 3


def test_json_lines_carry_event_and_ids(out: StringIO) -> None:
    set_up_logs(style="json", out=out)

    structlog.get_logger("jobs").info("job finished", job_id=7, attempt=1)

    line = json.loads(out.getvalue())
    assert (line["event"], line["job_id"], line["attempt"], line["level"]) == ("job finished", 7, 1, "info")


def test_local_variables_of_a_traceback_stay_out(out: StringIO) -> None:
    set_up_logs(style="json", out=out)

    try:
        caption = "a secret " + "caption"
        raise ValueError(len(caption))
    except ValueError:
        logging.getLogger("bot").exception("failed")

    assert "a secret caption" not in out.getvalue()


def test_http_libraries_do_not_log_urls_at_info(out: StringIO) -> None:
    set_up_logs(out=out)

    logging.getLogger("httpx").info("HTTP Request: POST https://example.org/secret")

    assert out.getvalue() == ""


@pytest.mark.parametrize("library", ["aiosqlite", "sqlalchemy.engine.Engine", "python_multipart.multipart"])
def test_what_people_wrote_stays_out_of_the_finest_log_too(out: StringIO, library: str) -> None:
    set_up_logs("debug", out=out)

    logging.getLogger(library).debug("executing INSERT INTO updates_seen VALUES (?), ('a caption')")
    logging.getLogger(library).info("('a caption')")

    assert out.getvalue() == ""


def test_what_is_bound_to_the_context_stands_on_every_line(out: StringIO) -> None:
    set_up_logs(style="json", out=out)

    with structlog.contextvars.bound_contextvars(job_id=7, attempt=2):
        logging.getLogger("jobs.worker").info("painter ready")
        logging.getLogger("jobs.children").info("child says", extra={"job_id": 8, "attempt": 1})
    logging.getLogger("jobs.worker").info("painter ready")

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line.get("job_id"), line.get("attempt")) for line in lines] == [(7, 2), (8, 1), (None, None)]
