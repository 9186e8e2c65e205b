"""A folder, Telegram, and programs before it that are killed and started again."""

import contextlib
import io
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image

from jobs import faults
from models.states import OPEN_STATES
from models.upgrade import upgrade_now
from tests.bot.telegram import BOT, Shown, a_chat, a_photo_size
from tests.crash.painters import FIRST_IN_A_HURRY, QUICK
from tests.crash.telegram import TOKEN, Telegram
from tests.crash.zygote import Zygote

DATABASE = "pastiche.db"
PATIENCE_S = 60.0
LOOK_EVERY_S = 0.03
OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_STATES))


@dataclass
class Stage:
    """Programs by name with their process ids; whatever ends is started again, as a service manager does it."""

    folder: Path
    zygote: Zygote
    telegram: Telegram
    running: dict[str, int] = field(default_factory=dict)
    _people: Iterator[int] = field(default_factory=lambda: count(101))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._faults = self.folder / "faults"
        self._faults.mkdir()
        upgrade_now(f"sqlite+aiosqlite:///{self.folder / DATABASE}")
        self._database = sqlite3.connect(self.folder / DATABASE, timeout=10)

    def move_to(self, folder: Path) -> None:
        """Go on with another data folder, as on another machine."""
        self._database.close()
        self.folder = folder
        self._database = sqlite3.connect(folder / DATABASE, timeout=10)

    # Programs.

    def start(self, program: str) -> int:
        """Start a program."""
        env = {faults.VARIABLE: str(self._faults), **self._environment}
        self.running[program] = self.zygote.start(program, self.folder, **env)
        return self.running[program]

    def rehearse(self, program: str) -> None:
        """Have the zygote itself serve two people, a patient one and one in a hurry."""
        pid = self.zygote.rehearse(program, self.folder, **self._environment)
        for person in (self.person(), self.person(in_a_hurry=True)):
            person.orders()
        self.until(self.is_settled, "peace")
        os.kill(pid, signal.SIGTERM)

    @property
    def _environment(self) -> dict[str, str]:
        bot = {"TELEGRAM_BOT_TOKEN": TOKEN, "PASTICHE_TELEGRAM_API_URL": self.telegram.url}
        return {**bot, "PASTICHE_ADMIN_IDS": "1"}

    def kill(self, program: str, number: signal.Signals = signal.SIGKILL) -> int:
        """End a program and wait for its end; returns how it ended."""
        pid = self.running.pop(program)
        os.kill(pid, number)
        return self.zygote.wait(pid)

    def revive(self) -> int:
        """Start again what has ended; returns how many programs that were."""
        ended = [program for program, pid in self.running.items() if not is_running(pid)]
        for program in ended:
            self.zygote.wait(self.running[program])
            self.start(program)
        return len(ended)

    def children(self, module: str = "") -> list[int]:
        """Process ids of painters and decoders: all, or those of a module such as painter_main."""
        return [pid for parent in self.running.values() for pid in children_of(parent) if module in command_of(pid)]

    def arm(self, moment: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Whoever comes to this moment gets the signal."""
        draft = self.folder / "order"
        draft.write_text(number.name)
        draft.rename(self._faults / moment)

    def is_armed(self, moment: str) -> bool:
        """Whether nobody has come to this moment yet."""
        return (self._faults / moment).exists()

    def until(self, condition: Callable[[], Any], what: str = "") -> Any:
        """Wait for it, starting again what ends meanwhile; returns what the condition returned."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            self.revive()
            assert time.monotonic() < deadline, f"in vain: {what}\n{self.log()[-6000:]}"
            time.sleep(LOOK_EVERY_S)
        return found

    def close(self) -> None:
        """End everything."""
        for program in list(self.running):
            self.kill(program)
        self._database.close()

    def log(self) -> str:
        """Everything the programs said."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    # People.

    def person(self, *, in_a_hurry: bool = False) -> "Person":
        """Somebody new, who gets long paintings, or in a hurry instant pictures."""
        return Person(self, next(self._people) + (FIRST_IN_A_HURRY if in_a_hurry else 0))

    def next_number(self) -> int:
        """For files, messages and presses."""
        return next(self._numbers)

    # Rows.

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database answers."""
        return self._database.execute(question, values).fetchall()

    def is_settled(self) -> bool:
        """Whether every update is handled, every job ended and every end told."""
        sent = len(self.telegram.sent)
        # At one moment: between two questions an update may come in, which the first has not seen.
        [[seen, unsettled]] = self.rows(
            "SELECT (SELECT count(*) FROM updates_seen),"
            " (SELECT count(*) FROM updates_seen WHERE handled_at IS NULL)"
            f" + (SELECT count(*) FROM jobs WHERE state IN ({OPEN}))"
            " + (SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND given_up IS NULL)"
        )
        return seen == sent and not unsettled

    def lost_jobs(self) -> list[int]:
        """Jobs whose chat was never told how they ended."""
        return [job_id for (job_id,) in self.rows("SELECT id FROM jobs") if not self.telegram.answers_to[job_id]]

    def is_sound(self) -> bool:
        """Whether the database is in order."""
        return self.rows("PRAGMA integrity_check") == [("ok",)] and not self.rows("PRAGMA foreign_key_check")


@dataclass
class Person:
    """Somebody who sends pictures and presses buttons."""

    stage: Stage
    id: int

    def sends_photo(self, colour: str = QUICK) -> None:
        """A picture whose colour tells the painter how long to take."""
        number = self.stage.next_number()
        self.stage.telegram.files[f"in{number}"] = a_jpeg(colour)
        self._does(message=self._message(number) | {"photo": [a_photo_size(f"in{number}")]})

    def presses(self, shown: Shown, verb: str) -> None:
        """Press the first button with that verb."""
        number = self.stage.next_number()
        message = {"message_id": shown.message_id, "date": 1_800_000_000, "chat": a_chat(self.id), "from": BOT}
        press = {"id": f"press{number}", "from": self._user(), "chat_instance": "1", "data": shown.data(verb)}
        self._does(callback_query=press | {"message": message | {"text": "…"}})

    def chat(self) -> list[Shown]:
        """What the bot said."""
        return self.stage.telegram.chat(self.id)

    def find(self, verb: str) -> Shown | None:
        """The latest message with a button of that verb."""
        for shown in reversed(self.chat()):
            if any(data.startswith(f"{verb}:") for data in shown.buttons().values()):
                return shown
        return None

    def shown(self, verb: str) -> Shown:
        """The same, as soon as there is one."""
        found = self.stage.until(lambda: self.find(verb), f"a button {verb} for {self.id}")
        assert isinstance(found, Shown)
        return found

    def orders(self, colour: str = QUICK) -> None:
        """Send a photo and press a preset."""
        self.sends_photo(colour)
        self.presses(self.shown("preset"), "preset")

    def clears_chat(self) -> None:
        """Delete what the bot said."""
        for shown in self.chat():
            del self.stage.telegram.messages[self.id, shown.message_id]

    def job(self) -> int:
        """The number of their only job, once it is accepted."""
        [[job_id]] = self.stage.until(
            lambda: self.stage.rows("SELECT id FROM jobs WHERE user_id = ?", self.id), "a job"
        )
        return int(job_id)

    def _does(self, **update: Any) -> None:
        self.stage.telegram.deliver(**update)

    def _message(self, number: int) -> dict[str, Any]:
        return {"message_id": number, "date": 1_800_000_000, "chat": a_chat(self.id), "from": self._user()}

    def _user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": f"User {self.id}", "language_code": "en"}


@contextlib.contextmanager
def a_zygote(folder: Path) -> Iterator[Zygote]:
    """One that has lived through an order of each kind: nothing of that is done for the first time any more."""
    made = Zygote()
    try:
        with a_stage(folder, made) as stage:
            stage.rehearse("whole")
        yield made
    finally:
        made.close()


@contextlib.contextmanager
def a_stage(folder: Path, zygote: Zygote) -> Iterator[Stage]:
    """A stage with nothing running yet; everything on it ends with it."""
    telegram = Telegram()
    with telegram.serving():
        stage = Stage(folder, zygote, telegram)
        try:
            yield stage
        finally:
            stage.close()


def a_jpeg(colour: str) -> bytes:
    """A small flat picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def children_of(pid: int) -> list[int]:
    """Process ids of those that a process has started and that still run."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in children if is_running(int(child))]


def command_of(pid: int) -> str:
    """How a process was started."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
