"""The whole product: `pastiche playground` and `pastiche run`, each a process of its own."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from copy import copy
from pathlib import Path
from typing import Any

import httpx

from tests.logged import PRIVATE

TOKEN = "4242:" + "end-to-end-test-token-0123456789abcde"
READY_S = 60
NEWS_S = 25  # for so long the playground waits for something to tell
ADMIN = 1001  # the number the playground gives to "ada"
SIZE_PX = 64  # of a result: nothing here depends on it, and every pixel is painted a hundred times

Message = dict[str, Any]


class Program:
    """A pastiche command in a child process, its log in a file."""

    def __init__(self, *arguments: str, env: dict[str, str], log: Path, module: str = "pastiche") -> None:
        self.log = log
        self._out = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
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
    """Somebody in the playground's chat: the private one, or a group's after in_chat."""

    def __init__(self, url: str, user: int) -> None:
        self.user = user
        self._where: dict[str, int] = {}
        # verify=False: nothing here is encrypted, and reading the certificates takes longer than most calls.
        self._http = httpx.Client(base_url=url, headers={"X-Playground": "1"}, timeout=NEWS_S + 5, verify=False)

    def in_chat(self, chat: int, thread: int | None = None) -> "Person":
        """The same person in a group, and in a topic of it."""
        there = copy(self)
        there._where = {"chat": chat} | ({"thread": thread} if thread is not None else {})
        return there

    def speaks(self, language: str) -> None:
        self._post("language", json={"language": language})

    def says(self, text: str, reply_to: Message | None = None) -> int:
        return self._id_of("text", json={"text": text, **self._place(reply_to)})

    def follows(self, parameter: str) -> None:
        """Open a link to the bot: what stands behind start= in it."""
        self._post("start", json={"parameter": parameter})

    def sends_photo(
        self, data: bytes, name: str = "photo.jpg", caption: str = PRIVATE, reply_to: Message | None = None
    ) -> int:
        files = {"file": (name, data, "image/jpeg")}
        return self._id_of("photo", files=files, data={"caption": caption, **self._place(reply_to)})

    def sends_document(
        self, data: bytes, name: str, caption: str = PRIVATE, kind: str = "application/octet-stream"
    ) -> int:
        return self._id_of("document", files={"file": (name, data, kind)}, data={"caption": caption, **self._place()})

    def sends_album(self, *pictures: bytes, caption: str = PRIVATE) -> None:
        files = [("file", (f"{i}.jpg", data, "image/jpeg")) for i, data in enumerate(pictures)]
        self._post("album", files=files, data={"caption": caption, **self._place()})

    def sends_files(self, *files: tuple[str, bytes]) -> None:
        """An album of files: their names, and what is in them."""
        named = [("file", (name, data, "application/octet-stream")) for name, data in files]
        self._post("album", files=named, data={"caption": PRIVATE, "as_file": "1", **self._place()})

    def sends(self, kind: str, data: bytes) -> None:
        """Anything with a file: "sticker", "voice", "video" and so on."""
        self._post(kind, files={"file": (kind, data)}, data=self._place())

    def shares(self, kind: str, **told: Any) -> None:
        """Anything without one: "contact", "location" or "poll"."""
        self._post(kind, json={**told, **self._place()})

    def presses(self, message: Message, label: str) -> dict[str, Any]:
        """Press the button whose label contains these words."""
        return self._press(message, label=whole_label(message, label))

    def taps(self, message: Message, verb: str) -> dict[str, Any]:
        """Press the first button that does so, whatever it is called."""
        return self._press(message, data=data_of(message, verb))

    def presses_old(self, message: Message, label: str) -> dict[str, Any]:
        """The same under a message that Telegram no longer shows to bots."""
        return self._press(message, label=whole_label(message, label), inaccessible=True)

    def forges(self, message: Message, data: str) -> dict[str, Any]:
        """Press a button that the message does not have, as a client of one's own can."""
        return self._press(message, forged=data)

    def searches(self, query: str) -> dict[str, Any]:
        """What "@bot query" finds."""
        return self._post("inline", json={"query": query, **self._place()})

    def chooses(self, found: dict[str, Any], result: dict[str, Any]) -> None:
        """Send one of the finds here."""
        self._post("choose", json={"query_id": found["query_id"], "result_id": result["id"], **self._place()})

    def asks_for_hq(self, *pictures: bytes) -> None:
        """Send two pictures, and press the button under what they become at once."""
        self.sends_album(*pictures)
        self.presses(self.waits_for(is_result), "high quality")

    def sets(self, choice: str) -> Message:
        """Choose something under /settings; the message with the settings, as it was before."""
        self.says("/settings")
        shown = self.waits_for(lambda message: data_of(message, "set") != "")
        self.presses(shown, choice)
        return shown

    def chat(self) -> list[Message]:
        answer = self._http.get(f"/person/{self.user}/chat", params=self._where)
        answer.raise_for_status()
        messages: list[Message] = answer.json()["messages"]
        return messages

    def answers(self) -> list[Message]:
        """What the bot wrote."""
        return [message for message in self.chat() if message["from"] == "bot"]

    def waits_for(self, wanted: Callable[[Message], bool], within_s: float = 90) -> Message:
        """The newest message of the bot that fits, as soon as there is one."""
        answers = self.waits_until(lambda answers: any(map(wanted, answers)), within_s)
        return [message for message in answers if wanted(message)][-1]

    def waits_until(self, fit: Callable[[list[Message]], bool], within_s: float = 90) -> list[Message]:
        """All that the bot wrote, as soon as it fits."""
        deadline = time.monotonic() + within_s
        known = {"after": 0, "epoch": ""}
        while True:
            news = self._news(known, deadline)
            answers = self.answers() if news["messages"] else []
            if answers and fit(answers):
                return answers
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing fits after {within_s} s in:\n{self.answers()}")
            known = {"after": news["revision"], "epoch": news["epoch"]}

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

    def _news(self, known: dict[str, Any], deadline: float) -> dict[str, Any]:
        """What changed since then, as soon as something does; nothing once the time is up."""
        left_s = max(0.1, deadline - time.monotonic())
        try:
            answer = self._http.get(
                f"/person/{self.user}/events", params={**known, **self._where}, timeout=min(left_s, NEWS_S + 5)
            )
        except httpx.ReadTimeout:
            return {"messages": [], "revision": known["after"], "epoch": known["epoch"]}
        answer.raise_for_status()
        news: dict[str, Any] = answer.json()
        return news

    def _press(self, message: Message, **pressed: Any) -> dict[str, Any]:
        return self._post("press", json={"message_id": message["id"], **pressed, **self._place()})

    def _place(self, reply_to: Message | None = None) -> dict[str, int]:
        return self._where | ({"reply_to": reply_to["id"]} if reply_to is not None else {})

    def _id_of(self, what: str, **body: Any) -> int:
        return int(self._post(what, **body)["message_id"])

    def _post(self, what: str, **body: Any) -> dict[str, Any]:
        answer = self._http.post(f"/person/{self.user}/{what}", **body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


def whole_label(message: Message, label: str) -> str:
    """The label of the first button that contains these words."""
    labels = labels_of(message)
    assert any(label.lower() in known.lower() for known in labels), f"no {label!r} among {labels}"
    return next(known for known in labels if label.lower() in known.lower())


def data_of(message: Message, verb: str) -> str:
    """What the first button of that verb carries; nothing where there is none."""
    data = (button["data"] or "" for row in message["buttons"] for button in row)
    return next((carried for carried in data if carried.startswith(f"{verb}:")), "")


def labels_of(message: Message) -> list[str]:
    return [button["label"] for row in message["buttons"] for button in row]


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
            "--no-flood",
            env={"PASTICHE_PLAYGROUND_PORT": "0", "PASTICHE_DATA_DIR": str(folder / "unused")},
            log=folder / "playground.log",
        )
        self.url = self.playground.wait_for_line(r"http://127\.0\.0\.1:\d+")[0]
        self._people: list[Person] = []
        self.programs: list[Program] = []

    def start_bot(self, **env: str) -> Program:
        """The bot, in a hurry."""
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
            module="tests.end_to_end.brisk",
        )
        self.programs.append(program)
        return program

    def person(self, user: int) -> Person:
        self._people.append(Person(self.url, user))
        return self._people[-1]

    def group(self, *members: Person, topics: Sequence[str] = ()) -> tuple[int, list[int]]:
        """A group of these people, the first of whom made it: its number, and those of its topics."""
        kind = {"kind": "forum", "topics": list(topics)} if topics else {"kind": "group"}
        body = {**kind, "title": "Painters", "members": [person.user for person in members]}
        made = httpx.post(f"{self.url}/chat", headers={"X-Playground": "1"}, json=body).json()
        return made["id"], [topic["id"] for topic in made["topics"]]

    def rows(self, query: str, *facts: object) -> list[tuple[Any, ...]]:
        """What the product has stored."""
        with closing(sqlite3.connect(f"file:{self.folder}/data/pastiche.db?mode=ro", uri=True)) as connection:
            return connection.execute(query, facts).fetchall()

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/calls").json()["calls"]
        return found

    def close(self) -> None:
        for person in self._people:
            person.close()
        for program in [*self.programs, self.playground]:
            if program.process.poll() is None:
                program.kill()
