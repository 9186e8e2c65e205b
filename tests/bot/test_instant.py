"""The instant picture: no words before it, and buttons under it that change it."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from telegram.error import TimedOut

from jobs.values import JobFailure
from models.states import JobState
from models.tables import Delivery, Job
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_instant, in_topic, until
from tests.bot.telegram import RecordingRequest, Shown

PINK = a_jpeg("pink")
A_COMMAND = {"type": "bot_command", "offset": 0, "length": 6}


async def a_preset_picture(stage: Stage) -> Shown:
    """A photo of Ann's, painted in a shipped style."""
    await stage.photo(ANN)
    [shown] = stage.telegram.chat(ANN)
    await stage.press(ANN, shown.message_id, shown.data("preset"))
    await stage.paint(1)
    return shown


def changes(shown: Shown) -> set[str]:
    """What can be changed about a picture."""
    carried = [data for data in shown.buttons().values() if data.startswith("vary:")]
    return {data.rpartition(".")[2] for data in carried}


def changing(shown: Shown, change: str) -> str:
    """The data of a button that changes something."""
    return next(data for data in shown.buttons().values() if data.endswith(f".{change}"))


async def test_two_photos_are_answered_by_the_picture_and_nothing_else(stage: Stage) -> None:
    stage.watch()

    _, shown = await an_instant(stage)

    assert "here is your picture" in shown.words
    assert stage.telegram.methods()[-1] == "sendPhoto"
    assert (len(stage.telegram.chat(ANN)), shown.edits) == (2, 0)


async def test_while_a_photo_is_looked_at_the_chat_shows_that_one_is_coming(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, **in_topic(7), **A_MENTION)

    [hint] = [call.parameters for call in stage.telegram.calls if call.method == "sendChatAction"]
    assert (hint["chat_id"], hint["message_thread_id"], hint["action"]) == (GROUP, 7, "upload_photo")


async def test_a_hint_that_fails_costs_nothing_else(stage: Stage) -> None:
    stage.telegram.refuse("sendChatAction", "Too Many Requests", 429, parameters={"retry_after": 60})

    await stage.photo(ANN)

    assert await stage.content(ANN) is not None


async def test_a_picture_that_is_long_in_coming_says_so_and_comes_in_that_message(
    stage: Stage, telegram: RecordingRequest
) -> None:
    async with a_stage(stage.services, telegram, quiet_s=0.1) as hasty:
        hasty.watch()
        for _ in range(2):
            await hasty.photo(ANN)
        await until(lambda: "you are next" in telegram.words(ANN)[-1])
        shown = telegram.chat(ANN)[-1]
        buttons = list(shown.buttons())
        await hasty.paint(1, PINK)

    assert buttons == ["Cancel"]
    assert (shown.photo, len(telegram.chat(ANN))) == (PINK, 2)


async def test_a_first_word_that_would_have_had_to_wait_is_said_later(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, quiet_s=0.05) as hasty:
        telegram.refuse("sendMessage", "Too Many Requests", 429, parameters={"retry_after": 0.1})
        hasty.watch()
        for _ in range(2):
            await hasty.photo(ANN)

        await until(lambda: "you are next" in telegram.words(ANN)[-1])


async def test_buttons_stand_under_it_as_its_settings_allow(stage: Stage) -> None:
    _, shown = await an_instant(stage)

    assert list(shown.buttons()) == [
        "✨ Paint in high quality",
        "Softer",
        "Stronger",
        "🖌 −",
        "🖌 +",
        "🌈 Photo colours",
        "🎨 Other style",
        "🎛 Mix",
        "🖨 Poster",
        "⏱ Time-lapse",
        "📄 File",
        "🔀 Swap the two",
        "💾 Save the style",
    ]
    assert all(len(data.encode()) <= 64 for data in shown.buttons().values())


@pytest.mark.parametrize(
    ("change", "spec", "told"),
    [
        ("stronger", {"strength": 1.25}, "strength 125 %"),
        ("softer", {"strength": 0.75}, "strength 75 %"),
        ("colours", {"keep_colours": "luminance"}, "your photo's colours"),
        ("finer", {"brush": 0.5}, "fine brush"),
        ("broader", {"brush": 2.0}, "broad brush"),
    ],
)
async def test_a_change_turns_the_same_message_into_the_new_picture(
    stage: Stage, change: str, spec: dict[str, object], told: str
) -> None:
    shown = await a_preset_picture(stage)

    await stage.press(ANN, shown.message_id, changing(shown, change))
    await stage.paint(2, PINK)

    first, second = await stage.jobs()
    assert second.spec == first.spec | spec
    assert (second.lane, second.preset, second.content_picture_id) == (
        "instant",
        first.preset,
        first.content_picture_id,
    )
    assert (shown.photo, told in shown.words, len(stage.telegram.chat(ANN))) == (PINK, True, 1)
    assert changing(shown, "softer" if change != "softer" else "stronger").startswith("vary:2.")


async def test_at_the_end_of_a_setting_its_button_is_gone_and_a_forged_one_refused(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    for job_id in (2, 3):
        await stage.press(ANN, shown.message_id, changing(shown, "stronger"))
        await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, "vary:3.stronger")

    assert changes(shown) == {"softer", "finer", "broader", "colours"}
    assert "no longer works here" in str(stage.telegram.last_answer())
    assert len(await stage.jobs()) == 3


@pytest.fixture
def generator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an operator's preset that is a CycleGAN generator, the first on offer."""
    folder = tmp_path / "presets"
    (folder / "night").mkdir(parents=True)
    (folder / "night" / "generator.safetensors").write_bytes(b"for the painter only")
    (folder / "night" / "preview.jpg").write_bytes(a_jpeg())
    (folder / "presets.toml").write_text('[night]\ntitle = "Night"\n')
    monkeypatch.setenv("PASTICHE_OWN_PRESETS", str(folder))
    return "night"


async def test_what_a_generator_cannot_do_is_not_offered_and_a_forged_press_refused(
    stage: Stage, generator: str
) -> None:
    shown = await a_preset_picture(stage)
    for data in ("hq:1", "vary:1.stronger", "vary:1.broader", "vary:1.finer"):
        await stage.press(ANN, shown.message_id, data)
        assert "no longer works here" in str(stage.telegram.last_answer())

    assert (await stage.job()).preset == generator
    assert list(shown.buttons()) == ["Softer", "🌈 Photo colours", "🎨 Other style", "🖨 Poster", "📄 File"]


async def test_a_softer_painting_of_a_generator_can_be_made_stronger_again(stage: Stage, generator: str) -> None:
    shown = await a_preset_picture(stage)

    await stage.press(ANN, shown.message_id, changing(shown, "softer"))
    await stage.paint(2)

    assert changes(shown) == {"softer", "stronger", "colours"}


async def test_two_quick_taps_on_changes_are_one_wish(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    presses = [stage.a_press(ANN, shown.message_id, changing(shown, change)) for change in ("stronger", "finer")]

    await stage.handle(*presses, stage.a_press(ANN, shown.message_id, changing(shown, "stronger")))

    assert len(await stage.jobs()) == 2
    answers = [answer for _, answer in stage.telegram.answers[-3:]]
    assert sorted(map(str, answers)) == ["I am already on it.", "I am already on it.", "I am on it!"]


async def test_a_press_repeated_from_another_device_paints_nothing_twice(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    press = stage.a_press(ANN, shown.message_id, changing(shown, "stronger"))
    await stage.handle(press)
    await stage.paint(2, PINK)

    await stage.handle(stage.a_press(ANN, shown.message_id, "vary:1.stronger"), press | {"update_id": 10_000})

    assert len(await stage.jobs()) == 2
    assert shown.photo == PINK


async def test_a_press_before_a_restart_is_answered_after_it(stage: Stage, telegram: RecordingRequest) -> None:
    shown = await a_preset_picture(stage)
    await stage.press(ANN, shown.message_id, changing(shown, "softer"))
    await stage.close()

    async with a_stage(stage.services, telegram) as next_stage:
        await next_stage.paint(2, PINK)
        await next_stage.press(ANN, shown.message_id, changing(shown, "softer"))

    assert shown.photo == PINK
    assert (await stage.jobs())[-1].spec["strength"] == 0.5


async def test_nobody_changes_somebody_elses_picture(stage: Stage) -> None:
    _, shown = await an_instant(stage, chat_id=GROUP, **A_MENTION)

    for data in ("vary:1.stronger", "hq:1", "poster:1", "paper:1.a4", "swap:1"):
        told = await stage.answer_to(BEN, shown.message_id, data, chat_id=GROUP)

        assert "somebody else" in told, data
        assert len(await stage.jobs()) == 1, data


FORGED = (
    "vary:",
    "vary:1",
    "vary:1.",
    "vary:1.louder",
    "vary:1.STRONGER",
    "vary:x.softer",
    "vary:777.softer",
    "vary:9223372036854775808.softer",
    "hq:",
    "hq:777",
    "hq:-1",
    "poster:",
    "poster:777",
    "paper:1",
    "paper:1.a0",
    "paper:777.a4",
    "paper:1' OR 1=1.a4",
)


async def test_forged_buttons_are_answered_and_change_nothing(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    before = (shown.words, shown.edits)

    for data in FORGED:
        told = await stage.answer_to(ANN, shown.message_id, data)

        assert "out of date" in told, data
        assert ((shown.words, shown.edits), len(await stage.jobs())) == (before, 1), data


async def test_a_picture_that_is_not_there_yet_cannot_be_changed(stage: Stage) -> None:
    for _ in range(2):
        await stage.photo(ANN)

    for data in ("vary:1.softer", "hq:1", "poster:1", "paper:1.a4"):
        told = await stage.answer_to(ANN, 1, data)

        assert "no longer works here" in told, data
        assert len(await stage.jobs()) == 1, data


async def test_a_forged_press_takes_no_message_from_anybody(stage: Stage) -> None:
    _, of_ann = await an_instant(stage, chat_id=GROUP, **A_MENTION)
    job_id, of_ben = await an_instant(stage, BEN, chat_id=GROUP, **A_MENTION)
    photo = of_ann.photo

    for number, data in enumerate((f"vary:{job_id}.softer", f"paper:{job_id}.a4"), start=3):
        await stage.press(BEN, of_ann.message_id, data, chat_id=GROUP)
        await stage.paint(number, PINK)

    assert (of_ann.photo, of_ann.document, of_ann.edits, of_ben.edits) == (photo, None, 0, 0)


async def test_high_quality_begins_with_the_instant_picture_in_a_message_of_its_own(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    for job_id, change in ((2, "stronger"), (3, "colours")):
        await stage.press(ANN, shown.message_id, changing(shown, change))
        await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, shown.data("hq"))
    status = stage.telegram.chat(ANN)[-1]
    words = status.words
    await stage.paint(4, PINK)

    job = (await stage.jobs())[-1]
    spec = {name: job.spec[name] for name in ("method", "init", "strength", "keep_colours")}
    assert spec == {"method": "gatys", "init": "instant", "strength": 1.25, "keep_colours": "luminance"}
    assert (job.lane, status is not shown, "you are next" in words) == ("hq", True, True)
    assert (status.photo, "in high quality" in status.words, "125 %" in status.words) == (PINK, True, True)
    assert list(status.buttons()) == [
        "🔁 Paint again",
        "🎨 Other style",
        "🎛 Mix",
        "🖨 Poster",
        "⏱ Time-lapse",
        "📄 File",
    ]
    assert shown.data("hq") == "hq:3"


async def test_high_quality_pressed_twice_is_one_wish_while_it_waits(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    press = stage.a_press(ANN, shown.message_id, shown.data("hq"))
    await stage.handle(press)

    await stage.handle(stage.a_press(ANN, shown.message_id, shown.data("hq")), press | {"update_id": 10_000})

    assert len(await stage.jobs()) == 2
    assert len(stage.telegram.chat(ANN)) == 2


async def test_other_sizes_are_asked_for_at_once_and_in_high_quality(stage: Stage, telegram: RecordingRequest) -> None:
    sizes: dict[str, Any] = {"instant_longest_side_px": 320, "hq_longest_side_px": 640}
    async with a_stage(stage.services, telegram, **sizes) as sized:
        _, shown = await an_instant(sized)
        await sized.press(ANN, shown.message_id, shown.data("hq"))

    assert [job.spec["longest_side_px"] for job in await stage.jobs()] == [320, 640]


async def test_a_change_that_fails_offers_to_try_again_in_the_same_message(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    await stage.press(ANN, shown.message_id, changing(shown, "softer"))
    await stage.finish(2, await stage.begin(2), state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)

    await stage.press(ANN, shown.message_id, shown.data("retry"))
    await stage.paint(3, PINK)

    assert (shown.photo, len(stage.telegram.chat(ANN))) == (PINK, 1)
    assert (await stage.jobs())[-1].spec["strength"] == 0.75


async def test_a_change_of_a_deleted_picture_comes_in_a_new_message(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    data = changing(shown, "softer")
    await stage.press(ANN, shown.message_id, data)
    del stage.telegram.messages[ANN, shown.message_id]

    await stage.paint(2, PINK)

    [told] = stage.telegram.chat(ANN)
    assert told.photo == PINK


async def test_who_sent_a_file_gets_the_first_picture_as_a_file_and_not_every_change(stage: Stage) -> None:
    await stage.document(ANN, a_jpeg("red"), "cat.jpg", "image/jpeg")
    [shown] = stage.telegram.chat(ANN)
    await stage.press(ANN, shown.message_id, shown.data("preset"))
    await stage.paint(1)

    await stage.press(ANN, shown.message_id, changing(shown, "softer"))
    await stage.paint(2, PINK)

    assert [told.document is not None for told in stage.telegram.chat(ANN)] == [False, True]


async def test_where_nobody_knows_whether_the_picture_arrived_a_line_goes_ahead_of_the_next_one(stage: Stage) -> None:
    for _ in range(2):
        await stage.photo(ANN)
    stage.telegram.refuse("sendPhoto", raises=TimedOut())
    await stage.paint(1, PINK)
    async with stage.services.database.write() as session:
        unsure = await session.get_one(Delivery, 1)
        assert unsure.next_try_at - unsure.created_at >= timedelta(seconds=30)
        await session.execute(update(Delivery).values(next_try_at=Delivery.created_at))

    await stage.deliver()

    assert stage.telegram.methods()[-2:] == ["sendMessage", "editMessageMedia"]
    assert [told.photo for told in stage.telegram.chat(ANN)[1:]] == [PINK, PINK]


async def test_words_about_a_picture_never_come_after_it(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, quiet_s=1.0) as hasty:
        hasty.watch()
        _, shown = await an_instant(hasty)

        await asyncio.sleep(1.3)  # the quiet is over, and the next look at what is wanted was due

    assert (len(telegram.chat(ANN)), "here is your picture" in shown.words) == (2, True)


async def test_before_it_is_noted_that_a_picture_arrived_it_can_be_changed_in_place(stage: Stage) -> None:
    shown = await a_preset_picture(stage)
    async with stage.services.database.write() as session:
        await session.execute(update(Delivery).values(delivered_at=None, message_id=None))
        await session.execute(update(Job).values(status_message_id=None))

    await stage.press(ANN, shown.message_id, changing(shown, "softer"))

    assert (await stage.jobs())[-1].status_message_id == shown.message_id
