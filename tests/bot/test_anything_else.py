"""Somebody sends what cannot be painted."""

import pytest

from models.tables import User
from tests.bot.conftest import ANN, GROUP, Stage, a_user, an_hq_job
from tests.bot.telegram import BOT, a_chat

FILE = {"file_id": "x", "file_unique_id": "ux"}
MOVING = FILE | {"width": 1, "height": 1, "duration": 1}
COMMAND = [{"type": "bot_command", "offset": 0, "length": 6}]
STICKER = FILE | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "hello"}, "I paint photos"),
        ({"video": MOVING}, "can't paint videos"),
        ({"video_note": FILE | {"length": 1, "duration": 1}}, "can't paint videos"),
        ({"animation": MOVING, "document": FILE | {"mime_type": "video/mp4"}}, "can't paint animations"),
        ({"animation": MOVING, "document": FILE | {"file_name": "a.webp"}}, "can't paint animations"),
        ({"sticker": STICKER}, "Nice sticker"),
        ({"voice": FILE | {"duration": 1}}, "can't listen"),
        ({"audio": FILE | {"duration": 1}}, "can't listen"),
        ({"document": FILE | {"file_name": "letter.pdf", "mime_type": "application/pdf"}}, "that kind of file"),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, "can't do anything with that"),
        (
            {"text": "/paint", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]},
            "don't know that command",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_one_friendly_sentence_says_what_to_send(stage: Stage, fields: dict[str, object], sentence: str) -> None:
    await stage.message(ANN, **fields)
    await stage.photo(ANN)
    before = await stage.content(ANN)
    await stage.message(ANN, **fields)

    words, _, later = stage.telegram.words(ANN)
    assert sentence in words
    assert "Your photo is still here" in later or "that command" in later
    assert ("lease send" in words, "lease send" in later) == ("that command" not in words, False)
    assert await stage.content(ANN) == before


async def test_while_a_picture_is_painted_it_says_so(stage: Stage) -> None:
    job_id, _ = await an_hq_job(stage)

    await stage.text(ANN, "hello")
    await stage.message(ANN, sticker=STICKER)
    await stage.services.desk.cancel(job_id, user_id=ANN)
    await stage.text(ANN, "hello")

    words, sticker, later = stage.telegram.words(ANN)[-3:]
    assert words.startswith("I am on your picture already: it comes by itself.")
    assert sticker.startswith("Nice sticker! I am on your picture already")
    assert "I paint photos" in later


async def test_in_a_group_who_talks_to_the_bot_hears_how_to_be_heard(stage: Stage) -> None:
    mention = {"type": "mention", "offset": 6, "length": 13}

    await stage.message(ANN, chat_id=GROUP, text="hello @pastiche_bot", entities=[mention])

    assert "write @pastiche_bot under a picture" in stage.telegram.words(GROUP)[-1]


@pytest.mark.parametrize("text", ["hello", "/paint", "/start@other_bot"], ids=["talk", "command", "another bot's"])
async def test_in_a_group_talk_is_left_alone(stage: Stage, text: str) -> None:
    await stage.text(ANN, text, chat_id=GROUP)

    assert stage.telegram.chat(GROUP) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "/start@other_bot", "entities": [COMMAND[0] | {"length": 16}]},
        {"caption": "/start@other_bot", "caption_entities": [COMMAND[0] | {"length": 16}], "video": MOVING},
        {"text": "from @pastiche_bot", "via_bot": BOT, "entities": [{"type": "mention", "offset": 5, "length": 13}]},
    ],
    ids=["a command of another bot", "one in a caption", "what was found through the bot"],
)
async def test_in_a_group_an_answer_to_the_bot_can_be_meant_for_others(stage: Stage, fields: dict[str, object]) -> None:
    ours = {"message_id": 1, "date": 1, "chat": a_chat(GROUP), "from": BOT}

    await stage.message(ANN, chat_id=GROUP, reply_to_message=ours, **fields)

    assert stage.telegram.chat(GROUP) == []


async def test_in_a_group_an_unknown_command_to_the_bot_is_answered(stage: Stage) -> None:
    await stage.text(ANN, "/paint@pastiche_bot", chat_id=GROUP)

    assert "don't know that command" in stage.telegram.words(GROUP)[0]


async def test_a_topic_the_bot_opened_is_no_reply_to_it(stage: Stage) -> None:
    opened = {"message_id": 1, "date": 1, "chat": a_chat(GROUP), "from": BOT}
    topic = {"name": "art", "icon_color": 1}

    await stage.text(ANN, "hello", chat_id=GROUP, reply_to_message=opened | {"forum_topic_created": topic})

    assert stage.telegram.chat(GROUP) == []


async def test_service_messages_are_left_alone(stage: Stage) -> None:
    await stage.message(ANN, pinned_message={"message_id": 1, "date": 0, "chat": a_chat(ANN)})

    assert stage.telegram.chat(ANN) == []


@pytest.mark.parametrize(("status", "blocked"), [("kicked", True), ("member", False)], ids=["blocks", "comes back"])
async def test_who_blocks_the_bot_is_remembered(stage: Stage, status: str, blocked: bool) -> None:
    await stage.text(ANN, "/start")
    moves = {
        "old_chat_member": {"user": BOT, "status": "member"},
        "new_chat_member": {"user": BOT, "status": status, "until_date": 0},
    }

    await stage.handle(
        {"update_id": 500, "my_chat_member": moves | {"chat": a_chat(ANN), "from": a_user(ANN), "date": 1}}
    )

    async with stage.services.database.read() as session:
        user = await session.get_one(User, ANN)
    assert (user.blocked_at is not None) == blocked


@pytest.mark.parametrize("chat_id", [ANN, GROUP], ids=["private", "group"])
async def test_half_a_surrogate_pair_turns_no_talk_into_trouble(
    stage: Stage, chat_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    mention = {"type": "mention", "offset": 11, "length": 13}

    await stage.message(ANN, chat_id=chat_id, text="hello \ud83d 🎨 @pastiche_bot", entities=[mention])

    assert [("I paint photos" in words) for words in stage.telegram.words(chat_id)] == [True]
    assert "Traceback" not in caplog.text


async def test_signs_that_turn_text_round_and_markup_stay_out_of_what_the_bot_says(stage: Stage) -> None:
    update = stage.a_message(ANN, text="/start", entities=[{"type": "bot_command", "offset": 0, "length": 6}])
    update["message"]["from"] |= {"first_name": "<b>\u202eA\x00nn\u200f</b>", "language_code": "e\ud800n"}

    await stage.handle(update)

    assert "Hello &lt;b&gt;Ann&lt;/b&gt;!" in stage.telegram.words(ANN)[0]
