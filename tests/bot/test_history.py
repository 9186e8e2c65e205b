"""Somebody looks through their own jobs."""

from io import BytesIO

from PIL import Image

from bot.history import JOBS_A_PAGE
from jobs.values import JobSpec, NewJob
from models.states import Lane
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_hq_job, an_instant
from tests.bot.telegram import RecordingRequest, Shown


async def jobs_of(stage: Stage, user_id: int = ANN, chat_id: int | None = None) -> Shown:
    """The message with the jobs."""
    await stage.text(user_id, "/jobs", chat_id=chat_id)
    return stage.telegram.chat(chat_id or user_id)[-1]


async def a_job_in_it(stage: Stage, label: str = "1") -> Shown:
    """The same message, with one job opened."""
    shown = await jobs_of(stage)
    await stage.press(ANN, shown.message_id, shown.buttons()[label])
    return shown


async def expire(stage: Stage) -> None:
    """A day goes by: results are Telegram's alone, photos are nobody's."""
    async with stage.services.database.write() as session:
        for job in await stage.jobs():
            job.result_key = None
            await session.merge(job)
        for picture in await stage.pictures():
            picture.blob_key = None
            await session.merge(picture)


async def test_without_jobs_one_sentence_says_so(stage: Stage) -> None:
    await stage.text(ANN, "/jobs")

    assert "not asked me for anything" in stage.telegram.words(ANN)[0]


async def test_jobs_are_one_picture_newest_first_with_a_number_each(stage: Stage) -> None:
    await an_instant(stage)
    await an_hq_job(stage)

    shown = await jobs_of(stage)

    assert [line.partition(",")[0] for line in shown.words.splitlines()[1:]] == [
        "1. ⏳ <b>Your style</b>",
        "2. 🖼 <b>Your style</b>",
        "3. 🖼 <b>Your style</b>",
    ]
    assert shown.buttons() == {"1": "job:3.0", "2": "job:2.0", "3": "job:1.0"}
    sheet = Image.open(BytesIO(shown.photo or b""))
    gold = [sheet.getpixel((200 + 370 * column, 200)) for column in range(3)]
    assert [colour[0] > 200 and colour[2] < 60 for colour in gold if isinstance(colour, tuple)] == [False, True, True]


async def test_a_line_shows_how_a_picture_was_painted(stage: Stage) -> None:
    _, instant = await an_instant(stage)
    await stage.press(ANN, instant.message_id, instant.data("hq"))
    await stage.paint(2)
    await stage.press(ANN, instant.message_id, instant.data("poster"))
    asked = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, asked.message_id, asked.data("paper"))
    await stage.paint(3)

    shown = await jobs_of(stage)

    assert [line[:4] for line in shown.words.splitlines()[1:]] == ["1. 🖨", "2. ✨", "3. 🖼"]


async def test_pages_turn_round(stage: Stage) -> None:
    await an_instant(stage)
    for number in range(JOBS_A_PAGE):
        wish = {"idem_key": f"w{number}", "user_id": ANN, "chat_id": ANN, "content_picture_id": 1, "preset": "mosaic"}
        await stage.services.desk.submit(NewJob(**wish, lane=Lane.HQ, spec=JobSpec()))  # type: ignore[arg-type]
    shown = await jobs_of(stage)
    first = list(shown.buttons())

    await stage.press(ANN, shown.message_id, shown.buttons()["▶"])
    second = list(shown.buttons())
    await stage.press(ANN, shown.message_id, shown.buttons()["▶"])

    assert first == ["1", "2", "3", "4", "5", "6", "◀", "▶"]
    assert second == ["7", "◀", "▶"]
    assert list(shown.buttons()) == first
    assert len([told for told in stage.telegram.chat(ANN) if "Your pictures" in told.words]) == 1


async def test_a_job_opens_in_the_same_message_and_leads_back(stage: Stage) -> None:
    await an_instant(stage)

    shown = await a_job_in_it(stage)
    opened = (shown.photo, set(shown.buttons()))
    await stage.press(ANN, shown.message_id, shown.buttons()["◀ All pictures"])

    assert opened[0] == a_jpeg("gold")
    assert {"📨 Send it again", "⚙️ With my settings", "Stronger", "🎨 Other style"} < opened[1]
    assert list(shown.buttons()) == ["1"]


async def test_a_result_is_sent_again_by_telegrams_id_when_we_have_it_no_more(stage: Stage) -> None:
    await an_instant(stage)
    await expire(stage)
    shown = await a_job_in_it(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["📨 Send it again"])

    resent = stage.telegram.chat(ANN)[-1]
    assert (resent.photo, "here is your picture" in resent.words) == (a_jpeg("gold"), True)
    assert "Stronger" in resent.buttons()
    assert isinstance(stage.telegram.calls[-2].parameters["photo"], str)


async def test_a_result_that_telegram_forgot_is_uploaded_again(stage: Stage) -> None:
    await an_instant(stage)
    shown = await a_job_in_it(stage)
    stage.telegram.refuse("sendPhoto", "Bad Request: wrong file identifier/HTTP URL specified")

    await stage.press(ANN, shown.message_id, shown.buttons()["📨 Send it again"])

    assert stage.telegram.chat(ANN)[-1].photo == a_jpeg("gold")


async def test_a_result_that_nobody_has_is_refused_in_a_sentence(stage: Stage) -> None:
    await an_instant(stage)
    shown = await a_job_in_it(stage)
    await expire(stage)
    stage.telegram.refuse("sendPhoto", "Bad Request: wrong file identifier/HTTP URL specified")

    await stage.press(ANN, shown.message_id, shown.buttons()["📨 Send it again"])

    assert "no longer have that picture in full size" in str(stage.telegram.last_answer())


async def test_a_poster_is_sent_again_as_a_file(stage: Stage) -> None:
    _, instant = await an_instant(stage)
    await stage.press(ANN, instant.message_id, instant.data("poster"))
    asked = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, asked.message_id, asked.data("paper"))
    await stage.paint(2, a_jpeg("navy"))
    shown = await a_job_in_it(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["📨 Send it again"])

    assert stage.telegram.chat(ANN)[-1].document == a_jpeg("navy")


async def test_the_same_wish_is_painted_as_the_settings_say_by_now(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, "/settings")
    settings = stage.telegram.chat(ANN)[-1]
    await stage.press(ANN, settings.message_id, settings.buttons()["Strong"])
    shown = await a_job_in_it(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["⚙️ With my settings"])
    await stage.press(ANN, shown.message_id, shown.buttons()["⚙️ With my settings"])

    before, after = await stage.jobs()
    assert (after.content_picture_id, after.style_picture_id) == (before.content_picture_id, before.style_picture_id)
    assert (before.spec["strength"], after.spec["strength"]) == (1.0, 1.25)
    assert stage.telegram.last_answer() == "I am already on it."


async def test_a_variation_of_a_job_in_the_list_comes_in_a_message_of_its_own(stage: Stage) -> None:
    await an_instant(stage)
    shown = await a_job_in_it(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["Stronger"])
    await stage.paint(2, a_jpeg("pink"))

    assert shown.photo == a_jpeg("gold")
    assert stage.telegram.chat(ANN)[-1].photo == a_jpeg("pink")


async def test_a_waiting_job_is_cancelled_from_the_list(stage: Stage) -> None:
    await an_hq_job(stage)
    shown = await a_job_in_it(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["Cancel"])

    assert [job.state for job in await stage.jobs()] == ["done", "cancelled"]


async def test_others_see_and_touch_only_their_own(stage: Stage) -> None:
    await an_instant(stage, ANN, GROUP, **A_MENTION)
    shown = await jobs_of(stage, ANN, GROUP)
    before = (shown.words, shown.photo)

    answers = []
    for data in (f"jobs:{ANN}.0", "job:1.0", "resend:1", "afresh:1"):
        await stage.press(BEN, shown.message_id, data, chat_id=GROUP)
        answers.append(stage.telegram.last_answer())
    of_ben = await jobs_of(stage, BEN, GROUP)

    assert set(answers) == {"This button belongs to somebody else."}
    assert (shown.words, shown.photo, len(await stage.jobs())) == (*before, 1)
    assert "not asked me for anything" in of_ben.words


async def test_jobs_of_another_chat_are_not_shown(stage: Stage) -> None:
    await an_instant(stage)

    assert "not asked me for anything" in (await jobs_of(stage, ANN, GROUP)).words


async def test_forged_buttons_are_answered_and_change_nothing(stage: Stage) -> None:
    await an_instant(stage)
    shown = await jobs_of(stage)
    before = (shown.words, shown.edits)

    for data in ("jobs:", "jobs:11.x", "job:", "job:5.0", "job:1.x", "resend:9", "resend:", "afresh:9"):
        await stage.press(ANN, shown.message_id, data)

    assert all("out of date" in str(answer) for _, answer in stage.telegram.answers)
    assert (shown.words, shown.edits, len(await stage.jobs())) == (*before, 1)


async def test_the_list_works_after_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    await an_instant(stage)
    shown = await jobs_of(stage)
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.press(ANN, shown.message_id, shown.buttons()["1"])

    assert shown.photo == a_jpeg("gold")


async def test_pictures_that_are_gone_are_not_painted_afresh(stage: Stage) -> None:
    await an_instant(stage)
    await expire(stage)
    shown = await a_job_in_it(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["⚙️ With my settings"])

    assert "no longer have that picture" in str(stage.telegram.last_answer())
    assert [job.id for job in await stage.jobs()] == [1]
