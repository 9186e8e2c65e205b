"""Buttons under a job."""

from jobs.values import JobFailure
from models.states import JobState
from tests.bot.conftest import ANN, BEN, GROUP, Stage, a_jpeg, an_hq_job
from tests.bot.telegram import Shown


async def a_preset_job(stage: Stage) -> tuple[int, Shown]:
    """A photo of Ann's in a shipped style, and its status message."""
    await stage.photo(ANN)
    shown = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, shown.message_id, shown.data("preset"))
    return (await stage.jobs())[-1].id, shown


async def test_cancel_takes_a_waiting_job_out_of_the_queue(stage: Stage) -> None:
    _, shown = await an_hq_job(stage)

    await stage.press(ANN, shown.message_id, shown.data("cancel"))
    await stage.deliver()

    assert (await stage.jobs())[-1].state == "cancelled"
    assert stage.telegram.last_answer() == "Cancelled."
    assert "stopped, as you asked" in shown.words
    assert list(shown.buttons()) == ["🔁 Try again", "🎨 Other style"]


async def test_cancel_asks_a_running_job_to_stop_and_shows_it(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    await stage.begin(job_id)

    await stage.press(ANN, shown.message_id, shown.data("cancel"))

    assert (await stage.jobs())[-1].cancel_requested_at is not None
    assert "stopping" in shown.words
    assert shown.buttons() == {}


async def test_cancel_after_the_end_says_too_late(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    cancel = shown.data("cancel")
    await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, cancel)

    assert "Too late" in str(stage.telegram.last_answer())
    assert (await stage.jobs())[-1].state == "done"


async def test_nobody_touches_somebody_elses_job(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)

    for verb in ("cancel", "retry", "again", "swap", "restyle"):
        told = await stage.answer_to(BEN, shown.message_id, f"{verb}:{job_id}")

        assert "somebody else" in told, verb
        assert (await stage.jobs())[-1].state == "queued", verb


async def test_a_button_carried_into_another_chat_is_refused(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)

    await stage.press(ANN, shown.message_id, f"cancel:{job_id}", chat_id=GROUP)

    assert (await stage.jobs())[-1].state == "queued"


async def test_buttons_of_another_state_are_refused(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)

    for verb in ("retry", "again", "swap"):
        told = await stage.answer_to(ANN, shown.message_id, f"{verb}:{job_id}")

        assert "no longer works here" in told, verb
        assert len(await stage.jobs()) == 2, verb


async def test_retry_makes_a_failed_job_once_more_in_the_same_message(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    await stage.finish(job_id, await stage.begin(job_id), state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)
    retry = shown.data("retry")

    await stage.press(ANN, shown.message_id, retry)
    await stage.press(ANN, shown.message_id, retry)

    _, failed, second = await stage.jobs()
    assert (second.state, second.status_message_id) == ("queued", shown.message_id)
    assert (second.content_picture_id, second.style_picture_id) == (failed.content_picture_id, failed.style_picture_id)
    assert "you are next" in shown.words


async def test_paint_again_throws_other_dice_and_leaves_the_result(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, shown.data("again"))

    _, first, second = await stage.jobs()
    assert first.spec["seed"] != second.spec["seed"]
    assert "here is your picture" in shown.words
    assert second.status_message_id == stage.telegram.chat(ANN)[-1].message_id != shown.message_id


async def test_paint_again_pressed_twice_is_one_wish_while_it_waits(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    await stage.paint(job_id)
    again = shown.data("again")

    await stage.press(ANN, shown.message_id, again)
    await stage.press(ANN, shown.message_id, again)

    assert len(await stage.jobs()) == 3
    assert stage.telegram.last_answer() == "I am already on it."


async def test_swap_lets_content_and_style_change_places(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)
    await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, shown.data("swap"))

    _, first, second = await stage.jobs()
    assert (second.content_picture_id, second.style_picture_id) == (first.style_picture_id, first.content_picture_id)


async def test_swap_is_not_offered_for_a_shipped_style_nor_possible(stage: Stage) -> None:
    job_id, shown = await a_preset_job(stage)
    await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, f"swap:{job_id}")

    assert not any(data.startswith("swap") for data in shown.buttons().values())
    assert "no longer works here" in str(stage.telegram.last_answer())


async def test_other_style_offers_the_styles_for_the_same_photo(stage: Stage) -> None:
    job_id, shown = await a_preset_job(stage)
    await stage.paint(job_id)

    await stage.press(ANN, shown.message_id, shown.data("restyle"))
    sheet = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, sheet.message_id, list(sheet.buttons().values())[1])

    first, second = await stage.jobs()
    assert first.content_picture_id == second.content_picture_id
    assert second.status_message_id == sheet.message_id


async def test_a_result_has_buttons_that_work_only(stage: Stage) -> None:
    job_id, shown = await an_hq_job(stage)

    await stage.paint(job_id, a_jpeg("gold"))

    assert list(shown.buttons()) == [
        "🔁 Paint again",
        "🎨 Other style",
        "🎛 Mix",
        "🖨 Poster",
        "⏱ Time-lapse",
        "📄 File",
        "🔀 Swap the two",
        "💾 Save the style",
    ]
