"""Results as files."""

from typing import Any

import pytest
from sqlalchemy import update
from telegram.error import TimedOut

from models.tables import Job
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, in_topic
from tests.bot.telegram import RecordingRequest, Shown

GOLD = a_jpeg("gold")


async def a_result(stage: Stage, chat_id: int = ANN) -> Shown:
    """A photo of Ann's that was painted in a shipped style."""
    topic = in_topic(7) if chat_id == GROUP else {}
    await stage.photo(ANN, chat_id=chat_id, **topic, **(A_MENTION if chat_id == GROUP else {}))
    shown = stage.telegram.chat(chat_id)[-1]
    thread_id = 7 if chat_id == GROUP else None
    await stage.press(ANN, shown.message_id, shown.data("preset"), chat_id=chat_id, thread_id=thread_id)
    await stage.paint(1, GOLD)
    return shown


def documents(stage: Stage, chat_id: int = ANN) -> list[Shown]:
    """The files in a chat."""
    return [shown for shown in stage.telegram.chat(chat_id) if shown.document is not None]


async def forget_result(stage: Stage) -> None:
    """The time of the results is over."""
    async with stage.services.database.write() as session:
        await session.execute(update(Job).values(result_key=None))


async def test_full_size_sends_the_result_as_it_was_painted(stage: Stage) -> None:
    shown = await a_result(stage)

    await stage.press(ANN, shown.message_id, shown.data("file"))

    [file] = documents(stage)
    assert (file.document, file.filename) == (GOLD, f"pastiche-{(await stage.job()).preset}-1.jpg")
    assert "Here it comes" in str(stage.telegram.last_answer())


async def test_in_a_group_it_goes_to_the_topic_under_the_picture(stage: Stage) -> None:
    shown = await a_result(stage, GROUP)

    await stage.press(ANN, shown.message_id, shown.data("file"), chat_id=GROUP, thread_id=7)

    [file] = documents(stage, GROUP)
    assert (file.thread_id, file.reply_to) == (7, shown.message_id)


async def test_it_is_uploaded_once_and_sent_again_even_after_the_result_has_expired(stage: Stage) -> None:
    shown = await a_result(stage)
    await stage.press(ANN, shown.message_id, shown.data("file"))
    await forget_result(stage)

    await stage.press(ANN, shown.message_id, shown.data("file"))

    assert [file.document for file in documents(stage)] == [GOLD, GOLD]
    assert stage.telegram.calls[-1].parameters["document"].startswith("file")


async def test_a_file_telegram_has_forgotten_is_uploaded_again(stage: Stage) -> None:
    shown = await a_result(stage)
    await stage.press(ANN, shown.message_id, shown.data("file"))
    stage.telegram.files.clear()

    await stage.press(ANN, shown.message_id, shown.data("file"))

    assert len(documents(stage)) == 2


@pytest.mark.parametrize("known", [False, True], ids=["never sent", "sent, and forgotten by Telegram"])
async def test_an_expired_result_gets_a_clear_sentence(stage: Stage, known: bool) -> None:
    shown = await a_result(stage)
    if known:
        await stage.press(ANN, shown.message_id, shown.data("file"))
        stage.telegram.files.clear()
    await forget_result(stage)

    await stage.press(ANN, shown.message_id, shown.data("file"))

    said = [stage.telegram.last_answer(), stage.telegram.words(ANN)[-1]]
    assert any("no longer have that picture in full size" in str(words) for words in said)
    assert len(documents(stage)) == known


async def test_nobody_gets_somebody_elses_file(stage: Stage) -> None:
    shown = await a_result(stage)

    await stage.press(BEN, shown.message_id, shown.data("file"))

    assert "somebody else" in str(stage.telegram.last_answer())
    assert "sendDocument" not in stage.telegram.methods()


async def test_an_unfinished_job_has_no_file(stage: Stage) -> None:
    for _ in range(2):
        await stage.photo(ANN)

    await stage.press(ANN, 1, "file:1")

    assert "no longer works here" in str(stage.telegram.last_answer())


async def test_a_content_sent_as_a_file_gets_its_result_as_a_file_too(stage: Stage) -> None:
    await stage.document(ANN, a_jpeg("red"), "cat.jpg", "image/jpeg")
    await stage.photo(ANN)

    await stage.paint(1, GOLD)
    await stage.deliver()

    [file] = documents(stage)
    result = stage.telegram.chat(ANN)[1]
    assert (result.photo, file.document, file.reply_to) == (GOLD, GOLD, result.message_id)
    assert file.filename == "pastiche-own-style-1.jpg"


async def test_a_style_sent_as_a_file_changes_nothing(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.document(ANN, a_jpeg("red"), "cat.jpg", "image/jpeg")

    await stage.paint(1, GOLD)

    assert documents(stage) == []


@pytest.mark.parametrize(
    "trouble",
    [{"raises": TimedOut()}, {"description": "Bad Request: not enough rights to send documents to the chat"}],
    ids=["no answer", "refused"],
)
async def test_a_file_that_may_have_arrived_or_cannot_is_not_sent_twice_and_holds_nothing_up(
    stage: Stage, telegram: RecordingRequest, trouble: dict[str, Any]
) -> None:
    await stage.document(ANN, a_jpeg("red"), "cat.jpg", "image/jpeg")
    await stage.photo(ANN)
    stage.telegram.refuse("sendDocument", **trouble)

    await stage.paint(1, GOLD)
    async with a_stage(stage.services, telegram) as next_stage:
        await next_stage.deliver()

    assert stage.telegram.methods().count("sendDocument") == 1
    assert stage.telegram.chat(ANN)[1].photo == GOLD
