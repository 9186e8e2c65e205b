"""Somebody asks for help."""

from tests.bot.conftest import ANN, GROUP, Stage


async def test_help_says_what_the_bot_can_do(stage: Stage) -> None:
    await stage.text(ANN, "/help")

    [words] = stage.telegram.words(ANN)
    assert "What I can do" in words


async def test_help_in_a_group_answers_the_asker_in_their_topic(stage: Stage) -> None:
    asked = await stage.text(ANN, "/help@pastiche_bot", chat_id=GROUP, message_thread_id=7, is_topic_message=True)

    [shown] = stage.telegram.chat(GROUP)
    assert (shown.reply_to, shown.thread_id) == (asked, 7)
