"""An admin says something to everybody: seen first, sent slowly, gone on with after a kill, counted, stopped."""

import asyncio

import pytest

from bot.admin.herald import Herald
from jobs.broadcasts import Errand, Reached
from tests.bot.conftest import ADMIN, ANN, BEN, Stage, until
from tests.bot.telegram import Shown
from tests.bot.test_admin import acts

CID = 33


async def a_draft(stage: Stage, words: str = "Back <soon>!") -> Shown:
    """Three people, and words for them that nobody has seen yet."""
    for user_id in (ANN, BEN, CID):
        await stage.text(user_id, "/start")
    await stage.text(ADMIN, f"/broadcast {words}")
    return stage.telegram.chat(ADMIN)[-1]


async def send(stage: Stage, page: Shown) -> None:
    await stage.press(ADMIN, page.message_id, page.data("admin-send"))


def a_herald(stage: Stage) -> Herald:
    return Herald(stage.application.bot, stage.parts.broadcasts, stage.parts.people, calls_a_second=10_000)


async def go(stage: Stage, errands: int) -> None:
    """So many pieces of work."""
    for _ in range(errands):
        errand = await stage.parts.broadcasts.next_errand()
        assert errand is not None
        await a_herald(stage).do(errand)


async def test_it_is_seen_first_and_sent_only_when_confirmed(stage: Stage) -> None:
    page = await a_draft(stage)
    before = await stage.parts.broadcasts.next_errand()
    seen = stage.telegram.words(ADMIN)[-2]

    await send(stage, page)
    await go(stage, 4)

    assert (before, seen) == (None, "Back &lt;soon&gt;!")
    assert [stage.telegram.words(user_id)[-1] for user_id in (ANN, BEN, CID)] == ["Back &lt;soon&gt;!"] * 3
    assert "sent to 3; 0 have blocked me" in stage.telegram.words(ADMIN)[-1]
    assert await acts(stage) == [(ADMIN, "broadcast", "1")]


async def test_formatting_that_begins_with_the_command_goes_with_the_words(stage: Stage) -> None:
    bold, italic = {"type": "bold", "offset": 0, "length": 22}, {"type": "italic", "offset": 18, "length": 4}
    command = {"type": "bot_command", "offset": 0, "length": 10}

    await stage.message(ADMIN, text="/broadcast Hello, <you>!", entities=[command, bold, italic])

    assert stage.telegram.words(ADMIN)[-2] == "<b>Hello, <i>&lt;you</i></b>&gt;!"


async def test_a_draft_that_is_dropped_goes_nowhere(stage: Stage) -> None:
    page = await a_draft(stage)

    await stage.press(ADMIN, page.message_id, page.data("admin-stop"))
    await stage.press(ADMIN, page.message_id, "admin-send:1")

    assert await stage.parts.broadcasts.next_errand() is None
    assert "cancelled" in page.words


async def test_who_blocked_the_bot_is_counted_and_not_asked_again(stage: Stage) -> None:
    await send(stage, await a_draft(stage))
    stage.telegram.refuse("sendMessage", "Forbidden: bot was blocked by the user", status=403, chat_id=BEN)

    await go(stage, 4)
    await stage.text(ADMIN, "/broadcast Again!")

    assert "sent to 2; 1 have blocked me" in stage.telegram.words(ADMIN)[-3]
    assert "2 people" in stage.telegram.words(ADMIN)[-1]


@pytest.mark.parametrize(("noted", "times"), [(False, 2), (True, 1)], ids=["before the note", "after it"])
async def test_a_kill_in_the_middle_leaves_nobody_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, noted: bool, times: int
) -> None:
    await send(stage, await a_draft(stage, "Hello!"))
    await go(stage, 1)
    note = stage.parts.broadcasts.reached

    async def die(errand: Errand, outcome: Reached) -> None:
        if noted:
            await note(errand, outcome)
        raise KeyboardInterrupt  # as a kill: nothing more is done

    monkeypatch.setattr(stage.parts.broadcasts, "reached", die)
    with pytest.raises(KeyboardInterrupt):
        await go(stage, 1)
    monkeypatch.undo()
    await go(stage, 2 if noted else 3)

    told = [stage.telegram.words(user_id).count("Hello!") for user_id in (ANN, BEN, CID)]
    assert told == [1, times, 1]
    assert "sent to 3" in stage.telegram.words(ADMIN)[-1]


async def test_it_is_stopped_in_the_middle(stage: Stage) -> None:
    page = await a_draft(stage)
    await send(stage, page)
    await go(stage, 1)

    await stage.press(ADMIN, page.message_id, page.data("admin-stop"))

    assert await stage.parts.broadcasts.next_errand() is None
    assert "sent to 1;" in page.words
    assert [act for _, act, _ in await acts(stage)] == ["broadcast", "stop broadcast"]


async def test_buttons_of_before_are_told_what_has_become_of_it(stage: Stage) -> None:
    page = await a_draft(stage)
    await send(stage, page)
    answers = []
    for data in ("admin-send:1", "admin-stop:1", "admin-stop:1", "admin-send:1", "admin-stop:9"):
        await stage.press(ADMIN, page.message_id, data)
        answers.append(stage.telegram.last_answer())

    assert answers == [
        "I am already on it.",
        "Done.",
        *["It was stopped already: nobody else gets it."] * 2,
        "This button is out of date. /admin shows how things are.",
    ]


async def test_while_telegram_is_away_nobody_is_passed_over(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.admin.herald.PAUSE_S", 0.0)
    await send(stage, await a_draft(stage))
    stage.telegram.refuse("sendMessage", "Bad Gateway", status=502, chat_id=ANN)
    stop = asyncio.Event()

    running = asyncio.create_task(a_herald(stage).run(stop))
    await until(lambda: "Everybody has been told" in stage.telegram.words(ADMIN)[-1])
    stop.set()
    await running

    assert stage.telegram.words(ANN)[-1] == "Back &lt;soon&gt;!"


async def test_nothing_to_say_is_explained(stage: Stage) -> None:
    await stage.text(ADMIN, "/broadcast")

    assert "/broadcast Hello!" in stage.telegram.words(ADMIN)[-1]
