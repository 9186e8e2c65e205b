"""Somebody sets how their later pictures are painted."""

from typing import Any

import pytest

from bot import keyboards, texts
from bot.preferences import CHOICES, Preferences
from jobs.values import JobSpec
from models.states import Lane
from models.tables import Chat
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_stage, an_instant
from tests.bot.telegram import RecordingRequest, Shown


async def settings_of(stage: Stage, user_id: int = ANN, chat_id: int | None = None) -> Shown:
    """The message with the settings."""
    await stage.text(user_id, "/settings", chat_id=chat_id)
    return stage.telegram.chat(chat_id or user_id)[-1]


def chosen(shown: Shown) -> list[str]:
    """The marked labels."""
    return [label.removeprefix("✓ ") for label in shown.buttons() if label.startswith("✓ ")]


async def choose(stage: Stage, *labels: str) -> Shown:
    """Somebody presses these."""
    shown = await settings_of(stage)
    for label in labels:
        await stage.press(ANN, shown.message_id, shown.buttons()[label])
    return shown


async def test_every_setting_is_there_and_a_press_is_shown_in_the_same_message(stage: Stage) -> None:
    shown = await settings_of(stage)
    before = chosen(shown)

    await stage.press(ANN, shown.message_id, shown.buttons()["🖌 Fine"])

    assert before == ["⚡ At once", "Usual size", "Normal", "Style colours", "🖌 Medium", "🖼 As a photo"]
    assert chosen(shown)[4] == "🖌 Fine"
    assert [len(row) for row in shown.markup] == [2, 2, 2, 3, 2, 2, 1, 2, 1]
    assert (len(stage.telegram.chat(ANN)), stage.telegram.last_answer()) == (1, "Noted.")


@pytest.mark.parametrize("language", texts.languages())
def test_a_telephone_shows_the_labels_whole(language: str) -> None:
    room = {1: 35, 2: 17, 3: 10}  # so many signs, beside so many others
    mark = len(texts.plain(language, "button-chosen", label=""))

    rows = keyboards.settings(Preferences(), language).inline_keyboard

    labels = {button.text.removeprefix("✓ "): room[len(row)] - mark for row in rows for button in row}
    assert [label for label, most in labels.items() if len(label) > most] == []


async def test_the_languages_are_a_tap_away(stage: Stage) -> None:
    shown = await settings_of(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["🌐 Language"])

    assert "Which language" in stage.telegram.words(ANN)[-1]


async def test_two_photos_are_painted_as_it_was_set(stage: Stage) -> None:
    await choose(stage, "768 px", "Strong", "Photo colours", "🖌 Broad")

    for _ in range(2):
        await stage.photo(ANN)

    job = await stage.job()
    wanted = {"longest_side_px": 768, "strength": 1.25, "keep_colours": "luminance", "brush": 2.0}
    assert {name: job.spec[name] for name in wanted} == wanted
    assert (job.lane, job.spec["method"]) == ("instant", "instant")


async def test_high_quality_can_be_the_first_answer(stage: Stage) -> None:
    await choose(stage, "✨ High quality")

    for _ in range(2):
        await stage.photo(ANN)
    await stage.photo(ANN)
    sheet = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, sheet.message_id, sheet.data("preset"))

    assert [(job.lane, job.spec["method"], job.spec["init"]) for job in await stage.jobs()] == [
        ("hq", "gatys", "instant"),
        ("hq", "gatys", "instant"),
    ]


async def test_a_picture_refined_later_has_the_size_that_was_set(stage: Stage) -> None:
    _, shown = await an_instant(stage)
    await choose(stage, "1024 px")

    await stage.press(ANN, shown.message_id, shown.data("hq"))

    assert (await stage.jobs())[-1].spec["longest_side_px"] == 1024


async def test_every_picture_comes_as_a_file_too_where_that_is_set(stage: Stage) -> None:
    await choose(stage, "📄 And a file")

    await an_instant(stage)

    assert [shown.document is not None for shown in stage.telegram.chat(ANN)] == [False, False, False, True]


async def test_settings_survive_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    shown = await choose(stage, "Soft")
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.press(ANN, shown.message_id, shown.buttons()["🖌 Broad"])
        asked = await settings_of(next_stage)

    assert {"Soft", "🖌 Broad"} < set(chosen(shown))
    assert chosen(asked) == chosen(shown)


async def test_others_have_settings_of_their_own(stage: Stage) -> None:
    await choose(stage, "Strong")

    assert "Normal" in chosen(await settings_of(stage, BEN))


async def test_in_a_group_an_admin_sets_it_for_everybody_there_and_nobody_else(stage: Stage) -> None:
    stage.telegram.admins[GROUP] = {ANN}
    shown = await settings_of(stage, BEN, GROUP)

    await stage.press(BEN, shown.message_id, shown.buttons()["Soft"], chat_id=GROUP)
    refusal, before = stage.telegram.last_answer(), chosen(shown)
    await stage.press(ANN, shown.message_id, shown.buttons()["Strong"], chat_id=GROUP)
    after = chosen(shown)
    await an_instant(stage, BEN, GROUP, **A_MENTION)

    assert refusal == "Only admins of this group can change that."
    assert ("Normal" in before, "Strong" in after) == (True, True)
    assert (await stage.job()).spec["strength"] == 1.25
    assert "Normal" in chosen(await settings_of(stage))


async def test_where_telegram_does_not_say_who_is_an_admin_nobody_is(stage: Stage) -> None:
    stage.telegram.admins[GROUP] = {ANN}
    shown = await settings_of(stage, ANN, GROUP)
    stage.telegram.refuse("getChatMember", "Bad Request: chat not found")

    await stage.press(ANN, shown.message_id, shown.buttons()["Soft"], chat_id=GROUP)

    assert "did not work" in str(stage.telegram.last_answer())
    assert "Normal" in chosen(shown)


async def test_a_group_that_moves_takes_its_settings_along(stage: Stage) -> None:
    stage.telegram.admins[GROUP] = {ANN}
    shown = await settings_of(stage, ANN, GROUP)
    await stage.press(ANN, shown.message_id, shown.buttons()["Soft"], chat_id=GROUP)

    await stage.parts.people.move_chat(GROUP, GROUP - 1)

    assert (await stage.parts.preferences.read(GROUP - 1)).strength == 0.75


async def test_forged_buttons_set_nothing(stage: Stage) -> None:
    shown = await settings_of(stage)

    for data in ("set:", "set:strength.9", "set:nothing.0", "set:strength.-1", "set:__class__.0"):
        await stage.press(ANN, shown.message_id, data)

    assert all("out of date" in str(answer) for _, answer in stage.telegram.answers)
    async with stage.services.database.read() as session:
        assert await session.get(Chat, ANN) is None


async def test_settings_under_a_message_that_cannot_be_changed_come_in_a_new_one(stage: Stage) -> None:
    shown = await settings_of(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["Soft"], accessible=False)

    assert "Soft" in chosen(stage.telegram.chat(ANN)[-1])
    assert len(stage.telegram.chat(ANN)) == 2


@pytest.mark.parametrize(
    "stored", [None, {}, {"strength": 7.5, "of_a_newer_version": 1}], ids=["nothing", "empty", "strange"]
)
def test_what_cannot_be_chosen_any_more_takes_the_default(stored: dict[str, Any] | None) -> None:
    assert Preferences.from_json(stored) == Preferences()


def test_every_choice_makes_a_sound_job_for_generators_too() -> None:
    for setting, choices in CHOICES.items():
        for place in range(len(choices)):
            preferences = Preferences().with_choice(setting, place)
            for generator in (False, True):
                lane, spec = preferences.spec(instant_side_px=512, hq_side_px=512, seed=1, generator=generator)
                assert isinstance(spec, JobSpec)
                assert (lane is Lane.HQ) == (spec.method == "gatys")
                assert not generator or (spec.method, spec.brush, spec.strength <= 1.0) == ("instant", 1.0, True)
