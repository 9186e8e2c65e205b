"""The whole product as an operator starts it: `pastiche playground` and `pastiche run`, each a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.logged import PRIVATE

TOKEN = "4242:" + "end-to-end-test-token-0123456789abcde"
READY_S = 60
ADMIN = 1001  # the number the playground gives to "ada"
SIZE_PX = 64  # of a result: nothing here depends on it, and every pixel is painted a hundred times

Message = dict[str, Any]


class Program:
    """A pastiche command in a child process, its log in a file."""

    def __init__(self, *arguments: str, env: dict[str, str], log: Path) -> None:
        self.log = log
        self._out = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pastiche", *arguments],
            env={**os.environ, **env},
            stdout=self._out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def wait_for_line(self, pattern: str) -> re.Match[str]:
        """The first match of the pattern in the log; fails where the program ends before it."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.text()):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} in the log:\n{self.text()}")

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """kill -9: nothing gets a chance to tidy up."""
        self.process.kill()
        self.process.wait()
        self._out.close()

    def stop(self) -> int:
        """SIGTERM, as a service manager stops it; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=25)
        self._out.close()
        return code


class Person:
    """Somebody in the playground's chat."""

    def __init__(self, url: str, user: int) -> None:
        self.user = user
        # verify=False: nothing here is encrypted, and reading the certificates takes longer than most calls.
        self._http = httpx.Client(base_url=url, headers={"X-Playground": "1"}, timeout=20, verify=False)

    def says(self, text: str) -> None:
        self._post("text", json={"text": text})

    def sends_photo(self, data: bytes, name: str = "photo.jpg", caption: str = PRIVATE) -> None:
        self._post("photo", files={"file": (name, data, "image/jpeg")}, data={"caption": caption})

    def sends_document(self, data: bytes, name: str) -> None:
        self._post("document", files={"file": (name, data, "application/octet-stream")}, data={"caption": PRIVATE})

    def sends_album(self, *pictures: bytes) -> None:
        files = [("file", (f"{i}.jpg", data, "image/jpeg")) for i, data in enumerate(pictures)]
        self._post("album", files=files, data={"caption": PRIVATE})

    def presses(self, message: Message, label: str) -> dict[str, Any]:
        """Press the button whose label contains these words."""
        labels = [button["label"] for row in message["buttons"] for button in row]
        whole = next(known for known in labels if label.lower() in known.lower())
        return self._post("press", json={"message_id": message["id"], "label": whole})

    def asks_for_hq(self, *pictures: bytes) -> None:
        """Send two pictures, and press the button under what they become at once."""
        self.sends_album(*pictures)
        self.presses(self.waits_for(is_result), "high quality")

    def chat(self) -> list[Message]:
        answer = self._http.get(f"/person/{self.user}/chat")
        answer.raise_for_status()
        messages: list[Message] = answer.json()["messages"]
        return messages

    def answers(self) -> list[Message]:
        """What the bot wrote."""
        return [message for message in self.chat() if message["from"] == "bot"]

    def waits_for(self, wanted: Callable[[Message], bool], within_s: float = 90) -> Message:
        """The newest message of the bot that fits, as soon as there is one."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            for message in reversed(self.answers()):
                if wanted(message):
                    return message
            time.sleep(0.25)  # looking costs processor time, which the painter wants
        raise AssertionError(f"nothing fits after {within_s} s in:\n{self.answers()}")

    def opens(self, message: Message) -> bytes:
        """The bytes of the message's photo."""
        return self.fetches(message["photo"]["url"])

    def fetches(self, url: str) -> bytes:
        """What lies there."""
        answer = self._http.get(url)
        answer.raise_for_status()
        return answer.content

    def close(self) -> None:
        self._http.close()

    def _post(self, what: str, **body: Any) -> dict[str, Any]:
        answer = self._http.post(f"/person/{self.user}/{what}", **body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


def has_button(message: Message, label: str) -> bool:
    """Whether a button's label contains these words."""
    return any(label.lower() in button["label"].lower() for row in message.get("buttons") or [] for button in row)


def is_result(message: Message) -> bool:
    """A finished picture, and not a preview or what is left of a cancelled job."""
    return bool(message.get("photo")) and "here is your picture" in words_of(message)


def is_hq_result(message: Message) -> bool:
    """A finished picture in high quality."""
    return is_result(message) and "in high quality" in words_of(message)


def words_of(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


class Stage:
    """A playground and the bot before it, on a data folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.playground = Program(
            "playground",
            env={"PASTICHE_PLAYGROUND_PORT": "0", "PASTICHE_DATA_DIR": str(folder / "unused")},
            log=folder / "playground.log",
        )
        self.url = self.playground.wait_for_line(r"http://127\.0\.0\.1:\d+")[0]
        self._people: list[Person] = []
        self.programs: list[Program] = []

    def start_bot(self, **env: str) -> Program:
        program = Program(
            "run",
            env={
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "PASTICHE_TELEGRAM_API_URL": self.url,
                "PASTICHE_DATA_DIR": str(self.folder / "data"),
                "PASTICHE_ADMIN_IDS": str(ADMIN),
                "PASTICHE_INSTANT_SIZE": str(SIZE_PX),
                "PASTICHE_HQ_SIZE": str(SIZE_PX),
                **env,
            },
            log=self.folder / f"run{len(self.programs)}.log",
        )
        self.programs.append(program)
        return program

    def person(self, user: int) -> Person:
        self._people.append(Person(self.url, user))
        return self._people[-1]

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/calls").json()["calls"]
        return found

    def close(self) -> None:
        for person in self._people:
            person.close()
        for program in [*self.programs, self.playground]:
            if program.process.poll() is None:
                program.kill()
