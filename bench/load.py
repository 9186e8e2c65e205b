"""The bot under load: how soon a press is answered, whether anything is lost, and what an update costs.

`python -m bench.load --seconds 5` is the short version. The bot is a real process on one core; the playground, people
included, is this one, on another. Only the painter is another one, which costs nothing, and people have no limits.
"""

import argparse
import asyncio
import io
import json
import math
import os
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from bench.crowd import Crowd, Pressable, Somebody, with_verb
from bench.engine import Held
from bench.painters import CORE_VARIABLE
from bench.watched import REPORT_VARIABLE
from bot import keyboards
from playground.app import create_app
from playground.config import PlaygroundConfig
from playground.flood import Allowance, FloodLimits
from playground.pictures import photo_renditions
from playground.serve import serve

SECONDS = 60.0
TOKEN = "4242:" + "load-test-token-0123456789abcdefghij"
BOT_ID = 4242
FIRST_NUMBER = 10_001
# The bucket of a bot that was granted more, and Telegram's usual one.
WIDE, USUAL = 1000, 30
RATES = (100, 200)
ANSWERED_S = 0.1
# So that nobody's chat is asked for more than a message a second, and a little pause besides.
PRESS_EVERY_S = 2.5
ENTER_A_SECOND = 40
WARM_UP_S = 3.0
# Many people with many pictures each, at sixty seconds; shorter runs have as many people fewer.
PEOPLE, PICTURES_EACH = 1000, 10
BUSY_PEOPLE, IN_HIGH_QUALITY = 150, 15
GROWTH_MIB = 50.0
# Ten thousand pictures take three minutes of the bot's core; a machine that does something else as well takes longer.
START_S, SETTLE_S, LOOK_EVERY_S = 60.0, 600.0, 0.1
UNHANDLED = "SELECT count(*) FROM updates_seen WHERE handled_at IS NULL"
# Of a core's time, what presses may take: the rest is for those who paint.
BUSY_SHARE = 0.8


@dataclass
class Town:
    """A playground with its people, and the bot before it."""

    crowd: Crowd
    folder: Path
    bot: asyncio.subprocess.Process
    counted_s: float = 0.0

    async def count(self) -> dict[str, Any]:
        """What the bot's process did since the last time, and what was done to it."""
        lines = len(self._reports())
        self.bot.send_signal(signal.SIGUSR1)
        await _until(lambda: len(self._reports()) > lines, START_S)
        updates, self.crowd.updates = self.crowd.updates, 0
        own_s, self.counted_s = time.process_time() - self.counted_s, time.process_time()
        return {"updates": updates, "own_s": own_s, **json.loads(self._reports()[-1])}

    async def settle(self) -> None:
        """Wait until every update is ticked off, and every picture that was asked for has arrived."""
        await _until(lambda: not self._number(UNHANDLED), SETTLE_S)
        await _until(lambda: not self._number("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL"), SETTLE_S)
        await _until(
            lambda: not self._number("SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')"), SETTLE_S
        )

    def lost(self) -> int:
        """Updates that nobody handled, and jobs whose picture did not arrive."""
        unhandled = self._number(UNHANDLED)
        undelivered = self._number(
            "SELECT count(*) FROM jobs LEFT JOIN deliveries ON job_id = jobs.id "
            "WHERE state != 'done' OR delivered_at IS NULL"
        )
        return unhandled + undelivered

    def pictures(self) -> int:
        """How many were asked for."""
        return self._number("SELECT count(*) FROM jobs")

    def waits_s(self) -> list[float]:
        """How long each finished picture waited until it had been handed over."""
        return self._column(
            "SELECT (julianday(delivered_at) - julianday(finished_at)) * 86400 "
            "FROM deliveries JOIN jobs ON jobs.id = job_id"
        )

    def log(self) -> str:
        """What the bot said."""
        return (self.folder / "run.log").read_text(errors="replace")

    def _reports(self) -> list[str]:
        path = self.folder / "report"
        return path.read_text().splitlines() if path.exists() else []

    def _number(self, question: str) -> int:
        return int(self._column(question)[0])

    def _column(self, question: str) -> list[Any]:
        database = sqlite3.connect(f"file:{self.folder / 'data' / 'pastiche.db'}?mode=ro", uri=True, timeout=10)
        try:
            return [value for (value,) in database.execute(question)]
        finally:
            database.close()


def measure_presses(seconds: float = SECONDS) -> list[Held]:
    """Presses that have to be answered at once: as many as are required, and as many as we would like."""
    return [held for rate in RATES for held in asyncio.run(_measure_presses(rate, seconds))]


def measure_usual_pace(seconds: float = SECONDS) -> list[Held]:
    """More pictures than Telegram's usual limits let through."""
    return asyncio.run(_measure_usual_pace(seconds))


def measure_many_pictures(seconds: float = SECONDS) -> list[Held]:
    """Ten thousand pictures for a thousand people."""
    return asyncio.run(_measure_many_pictures(seconds))


async def _measure_presses(rate: int, seconds: float) -> list[Held]:
    """Presses at a steady rate, whether the earlier ones are answered or not."""
    async with _town(calls_a_second=WIDE) as town:
        people = [town.crowd.somebody(FIRST_NUMBER + number) for number in range(math.ceil(rate * PRESS_EVERY_S))]
        await _one_by_one(_opens_settings(somebody) for somebody in people)
        await _press_steadily(people, rate, WARM_UP_S)
        await town.count()
        answered_s = await _press_steadily(people, rate, seconds)
        facts = await town.count()
        await town.settle()
        assert not town.lost(), "an update was lost"
    *_, nearly_all_s = statistics.quantiles(answered_s, n=20)
    work = f"{rate} presses a second"
    answered = Held(work=f"{work}: 95 % answered", value=nearly_all_s, unit="s", limit=ANSWERED_S)
    at_most_ms = 1000 * BUSY_SHARE / rate
    own_ms = 1000 * facts["own_s"] / facts["updates"]
    own = Held(work=f"{work}: processor of the playground", value=own_ms, unit="ms", limit=at_most_ms)
    return [answered, own, *_costs(work, facts, statements=10, commits=5, at_most_ms=at_most_ms)]


async def _measure_usual_pace(seconds: float) -> list[Held]:
    """More is painted than Telegram's usual limits let through, in high quality as well."""
    async with _town(calls_a_second=USUAL) as town:
        people = [town.crowd.somebody(FIRST_NUMBER + number) for number in range(_fewer(BUSY_PEOPLE, seconds))]
        await _one_by_one(_gets_first_picture(somebody) for somebody in people)
        await town.count()
        patient = people[: _fewer(IN_HIGH_QUALITY, seconds)]
        until = asyncio.get_running_loop().time() + seconds
        await asyncio.gather(
            *(_refines(somebody) for somebody in patient),
            *(_asks_until(somebody, until) for somebody in people[len(patient) :]),
        )
        await town.settle()
        facts = await town.count()
        waits_s = sorted(town.waits_s())
        work = f"usual pace, {town.pictures()} pictures"
        return [
            Held(work=f"{work}: lost", value=town.lost(), unit="", limit=1),
            Held(work=f"{work}: finished ones overtaken by progress", value=facts["overtaken"], unit="", limit=1),
            Held(work=f"{work}: longest wait of a finished one", value=waits_s[-1], unit="s", limit=seconds),
            *_costs(work, facts),
        ]


async def _measure_many_pictures(seconds: float) -> list[Held]:
    """Many people ask for many pictures each, as fast as they come."""
    async with _town(calls_a_second=WIDE) as town:
        people = [town.crowd.somebody(FIRST_NUMBER + number) for number in range(_fewer(PEOPLE, seconds))]
        await _gets_first_picture(people[0])
        before = await town.count()
        started = asyncio.get_running_loop().time()
        await _one_by_one(_gets_pictures(somebody, PICTURES_EACH) for somebody in people[1:])
        await town.settle()
        took_s = asyncio.get_running_loop().time() - started
        facts = await town.count()
        work = f"{len(people)} people, {town.pictures()} pictures"
        growth_mib = facts["rss_mib"] - before["rss_mib"]
        return [
            Held(work=f"{work}: lost", value=town.lost(), unit="", limit=1),
            Held(work=f"{work}: memory grew by", value=growth_mib, unit="MiB", limit=GROWTH_MIB),
            Held(work=f"{work}: time a picture", value=took_s / town.pictures(), unit="s", limit=1 / USUAL),
            *_costs(work, facts),
        ]


def _costs(
    work: str, facts: dict[str, Any], *, statements: int = 50, commits: int = 10, at_most_ms: float = 1000 / USUAL
) -> list[Held]:
    """What an update costs, the jobs that come of it included."""
    updates = facts["updates"]
    return [
        Held(work=f"{work}: statements an update", value=facts["statements"] / updates, unit="", limit=statements),
        Held(work=f"{work}: commits an update", value=facts["commits"] / updates, unit="", limit=commits),
        Held(
            work=f"{work}: processor an update", value=1000 * facts["process_s"] / updates, unit="ms", limit=at_most_ms
        ),
        Held(work=f"{work}: event loop late, 95 %", value=facts["lag_nearly_all_s"], unit="s", limit=ANSWERED_S / 2),
    ]


async def _opens_settings(somebody: Somebody) -> None:
    somebody.says("/settings")
    await somebody.finds(with_verb(keyboards.SETTING))


async def _press_steadily(people: Sequence[Somebody], rate: float, seconds: float) -> list[float]:
    """One press after another, whoever's turn it is; after how many seconds each was answered."""
    loop = asyncio.get_running_loop()
    began, presses = loop.time(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(began + number / rate - loop.time())
        turn, which = divmod(number, len(people))
        presses.append(asyncio.create_task(_presses_setting(people[which], turn)))
    return await asyncio.gather(*presses)


async def _presses_setting(somebody: Somebody, turn: int) -> float:
    """Choose what was not chosen the time before, so that the message changes."""
    shown = await somebody.finds(with_verb(keyboards.SETTING))
    wish = keyboards.carry(keyboards.SETTING, "strength", 2 * (turn % 2))
    return await somebody.presses(Pressable(message=shown.message, data=wish))


async def _gets_first_picture(somebody: Somebody) -> Pressable:
    """Send a photo and press a style; one of the buttons under what comes."""
    somebody.sends_photo(RENDITIONS)
    await somebody.presses(await somebody.finds(with_verb(keyboards.PRESET)))
    return await somebody.finds(with_verb(keyboards.VARY))


async def _gets_pictures(somebody: Somebody, pictures: int) -> None:
    button = await _gets_first_picture(somebody)
    for _ in range(pictures - 1):
        button = await _asks_once_more(somebody, button)


async def _asks_until(somebody: Somebody, until: float) -> None:
    button = await somebody.finds(with_verb(keyboards.VARY))
    while asyncio.get_running_loop().time() < until:
        button = await _asks_once_more(somebody, button)


async def _asks_once_more(somebody: Somebody, button: Pressable) -> Pressable:
    """Press stronger, softer, or whatever else there is, and wait for the picture."""
    await somebody.presses(button)
    return await somebody.finds(with_verb(keyboards.VARY, after=button.number))


async def _refines(somebody: Somebody) -> None:
    """Ask for high quality, and wait for it."""
    button = await somebody.finds(with_verb(keyboards.REFINE))
    await somebody.presses(button)
    await somebody.finds(with_verb(keyboards.AGAIN, after=button.number))


async def _one_by_one(doings: Iterable[Awaitable[Any]]) -> None:
    """Begin them at a pace at which people come, and wait for all."""
    begun = []
    for doing in doings:
        begun.append(asyncio.ensure_future(doing))
        await asyncio.sleep(1 / ENTER_A_SECOND)
    await asyncio.gather(*begun)


@asynccontextmanager
async def _town(*, calls_a_second: int) -> AsyncIterator[Town]:
    """A playground in this process with limits to match, and a bot on another core, both as long as it lasts."""
    cores = sorted(os.sched_getaffinity(0))
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()
    config = PlaygroundConfig(port=0, flood=FloodLimits(overall=Allowance(calls_a_second, 1.0)))
    app = create_app(config)
    serving = asyncio.create_task(serve(config, stop, address.set_result, app))
    with tempfile.TemporaryDirectory() as folder:
        bot = await _start_bot(Path(folder), (await address).rstrip("/"), calls_a_second, cores)
        town = Town(Crowd(app.state.people, BOT_ID), Path(folder), bot)
        try:
            os.sched_setaffinity(0, {cores[0]})
            await _until(lambda: "painter ready" in town.log(), START_S)
            yield town
        except (AssertionError, TimeoutError):
            print(town.log()[-4000:], file=sys.stderr)
            raise
        finally:
            os.sched_setaffinity(0, cores)
            bot.terminate()
            await bot.wait()
            stop.set()
            await serving


async def _start_bot(folder: Path, url: str, calls_a_second: int, cores: Sequence[int]) -> asyncio.subprocess.Process:
    env = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "PASTICHE_TELEGRAM_API_URL": url,
        "PASTICHE_TELEGRAM_RATE": str(calls_a_second),
        "PASTICHE_DATA_DIR": str(folder / "data"),
        "PASTICHE_QUEUED_LIMIT": "0",
        "PASTICHE_RUNNING_LIMIT": "0",
        "PASTICHE_DAILY_LIMIT": "0",
        REPORT_VARIABLE: str(folder / "report"),
        CORE_VARIABLE: str(cores[0]),
    }
    with (folder / "run.log").open("wb") as log:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.watched"), env={**os.environ, **env}, stdout=log, stderr=log
        )
    os.sched_setaffinity(bot.pid, {cores[-1]})
    return bot


async def _until(condition: Any, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a row in a database rings no bell
            await asyncio.sleep(LOOK_EVERY_S)


def _fewer(people: int, seconds: float) -> int:
    """So many at sixty seconds, in proportion otherwise."""
    return max(3, round(people * seconds / SECONDS))


def _photo() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (96, 64), "teal").save(data, "JPEG")
    return data.getvalue()


RENDITIONS = photo_renditions(_photo())


def main() -> None:
    """Measure, and print a line a figure."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="length of each run")
    seconds = parser.parse_args().seconds
    for measure in (measure_presses, measure_usual_pace, measure_many_pictures):
        for held in measure(seconds):
            print(f"{held.work:70} {held.value:8.3g} {held.unit:4} limit {held.limit:g}, {held.ratio:.2f} of it")


if __name__ == "__main__":
    main()
