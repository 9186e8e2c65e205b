"""`pastiche doctor`: what an operator needs to know about this installation, and what is wrong with it."""

import json
import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import httpx

from engine.processor import processor_features, processor_name, usable_cores
from engine.published import MIB, PUBLISHED, is_installed
from pastiche.alive import is_alive
from pastiche.data_folder import holder_of
from pastiche.settings import Settings

Mark = Literal["fine", "note", "wrong"]

SIGNS: dict[Mark, str] = {"fine": "✓", "note": "!", "wrong": "✗"}
TELEGRAM_URL = "https://api.telegram.org"
TELEGRAM_TIMEOUT_S = 10.0
# Below the first a picture may not be stored, below the second it soon may not.
LEAST_FREE_BYTES = 100 * MIB
LITTLE_FREE_BYTES = 1024 * MIB


@dataclass(frozen=True)
class Finding:
    """One line: how it stands, about what, and what was found."""

    mark: Mark
    what: str
    said: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; changes nothing."""
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _versions,
        _device,
        _backbones,
        _data_folder,
        _database,
        _telegram,
    )
    return [finding for check in checks for finding in check(settings)]


def report(findings: list[Finding], *, as_json: bool) -> str:
    """For people, or for programs."""
    if as_json:
        return json.dumps([asdict(finding) for finding in findings], indent=1, ensure_ascii=False)
    return "\n".join(f"{SIGNS[finding.mark]} {finding.what:<12} {finding.said}" for finding in findings)


def is_anything_wrong(findings: list[Finding]) -> bool:
    """Whether one of them must be mended."""
    return any(finding.mark == "wrong" for finding in findings)


def _versions(_: Settings) -> Iterator[Finding]:
    yield Finding(
        "fine", "pastiche", f"{_version('pastiche')}, Python {platform.python_version()} on {platform.platform()}"
    )
    names = ("python-telegram-bot", "sqlalchemy", "pillow")
    yield Finding("fine", "libraries", ", ".join(f"{name} {_version(name)}" for name in names))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def _device(settings: Settings) -> Iterator[Finding]:
    features = " ".join(processor_features()) or "no vector instructions known of"
    yield Finding("fine", "processor", f"{processor_name()}, {usable_cores()} cores, {features}")
    if find_spec("torch") is None:
        yield Finding("note", "torch", "not installed: this installation can answer, but not paint")
        return
    try:
        import torch

        from engine.devices import choose_device

        device = choose_device(settings.device)
    except Exception as error:  # broken installations fail in their own ways
        yield Finding("wrong", "torch", f"cannot be used: {_first_line(error)}")
        return
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "the processor"
    yield Finding("fine", "torch", f"{torch.__version__}, paints on {device} ({name})")


def _backbones(settings: Settings) -> Iterator[Finding]:
    folder = settings.weights_folder
    installed = [backbone for backbone in PUBLISHED if is_installed(folder, backbone)]
    if settings.weights is not None and not settings.weights.is_file():
        yield Finding("wrong", "weights", f"PASTICHE_WEIGHTS names {settings.weights}, which is not there")
    elif settings.weights is None and settings.backbone in PUBLISHED and settings.backbone not in installed:
        pull = f"pastiche weights pull {settings.backbone}"
        yield Finding("wrong", "backbone", f"{settings.backbone} is chosen but not installed: say `{pull}`")
    else:
        yield Finding("fine", "backbone", f"{settings.weights or settings.backbone} is chosen")
    others = ", ".join(installed) or "nothing else"
    yield Finding("fine", "installed", f"slim, and {others} in {folder}")


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists():
        yield Finding("fine", "data folder", f"{folder} is not there yet: the first start makes it")
        return
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("wrong", "data folder", f"{folder} cannot be written: change its owner or set PASTICHE_DATA_DIR")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    private = "private" if not mode & 0o077 else "open to others until the next start makes it private"
    yield Finding("note" if mode & 0o077 else "fine", "data folder", f"{folder} (mode {mode:04o}, {private})")
    free = shutil.disk_usage(folder).free
    mark: Mark = "wrong" if free < LEAST_FREE_BYTES else "note" if free < LITTLE_FREE_BYTES else "fine"
    yield Finding(mark, "free space", f"{free / 1024 / MIB:.1f} GiB")
    yield _holder(folder)


def _holder(folder: Path) -> Finding:
    try:
        pid = holder_of(folder)
    except OSError as error:
        return Finding("wrong", "lock", f"cannot be looked at: {_first_line(error)}")
    if pid is None:
        return Finding("fine", "lock", "free: nothing runs in this folder")
    alive = "which gives signs of life" if is_alive(folder) else "which has given no sign of life for a while"
    return Finding("fine" if is_alive(folder) else "note", "lock", f"held by process {pid}, {alive}")


def _database(settings: Settings) -> Iterator[Finding]:
    from pastiche.run import DATABASE_NAME

    path, library = settings.data_dir / DATABASE_NAME, f"SQLite {sqlite3.sqlite_version}"
    if not path.exists():
        yield Finding("fine", "database", f"not there yet: the first start makes it ({library})")
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
    except sqlite3.Error as error:
        yield Finding("wrong", "database", f"{path} cannot be read: {error}")
        return
    yield _schema(found, library)


def _schema(found: set[str], library: str) -> Finding:
    from models.upgrade import revisions

    known, named = revisions(), ", ".join(sorted(found)) or "none"
    if found == {known[-1]}:
        return Finding("fine", "database", f"up to date (revision {named}, {library})")
    if found <= set(known):
        return Finding("note", "database", f"older (revision {named}, {library}): the next start brings it up to date")
    return Finding("wrong", "database", f"from a newer version (revision {named}): install that one")


def _telegram(settings: Settings) -> Iterator[Finding]:
    if settings.telegram_bot_token is None:
        if settings.playground:
            yield Finding("fine", "telegram", "no TELEGRAM_BOT_TOKEN: the playground opens instead")
        else:
            yield Finding("wrong", "telegram", "TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather")
        return
    base = settings.telegram_api_url or TELEGRAM_URL
    server = base.partition("://")[2].partition("/")[0].rpartition("@")[2]  # what else stands there may be a secret
    try:
        # As the bot does: a proxy from the environment would only lose the way to a server of our own.
        with httpx.Client(timeout=TELEGRAM_TIMEOUT_S, trust_env=settings.telegram_api_url is None) as http:
            answer = http.get(f"{base}/bot{settings.telegram_bot_token.get_secret_value()}/getMe")
    except httpx.InvalidURL:
        yield _unknown_token()
    except httpx.HTTPError as error:
        # Only its kind: its text might hold the address, and that the token.
        yield Finding("wrong", "telegram", f"{server} cannot be reached ({type(error).__name__})")
    else:
        yield _introduction(server, answer)


def _introduction(server: str, answer: httpx.Response) -> Finding:
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND):
        return _unknown_token()
    try:
        return Finding("fine", "telegram", f"{server} knows this bot as @{answer.json()['result']['username']}")
    except (ValueError, KeyError, TypeError):
        return Finding("wrong", "telegram", f"{server} does not answer as a Bot API ({answer.status_code})")


def _unknown_token() -> Finding:
    return Finding("wrong", "telegram", "TELEGRAM_BOT_TOKEN is set, but Telegram does not know it: copy it once more")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
