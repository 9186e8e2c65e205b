import asyncio
import json
from typing import Any

import pytest

from tests.playground.helpers import Json, Running, a_picture, a_token, opened

ADA = 1001
GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go", "style": "success"}]]}


async def sent_photo(playground: Running, **parameters: Any) -> Json:
    photo: Json = await playground.result("sendPhoto", chat_id=ADA, files={"photo": a_picture()}, **parameters)
    return photo


async def downloaded(playground: Running, file_id: str) -> bytes:
    file = await playground.result("getFile", file_id=file_id)
    response = await playground.http.get(f"/file/bot{playground.token}/{file['file_path']}")
    assert response.status_code == 200
    return response.content


class TestSending:
    async def test_message_looks_as_telegrams(self, playground: Running) -> None:
        sent = await playground.result("sendMessage", chat_id=ADA, text="<b>hi</b>", parse_mode="HTML", reply_markup=GO)

        assert sent["from"] == {
            "id": playground.bot_id,
            "is_bot": True,
            "first_name": "Pastiche",
            "username": "pastiche_bot",
        }
        assert sent["chat"] == {"id": ADA, "first_name": "Ada", "username": "ada_playground", "type": "private"}
        assert (sent["text"], sent["entities"]) == ("hi", [{"type": "bold", "offset": 0, "length": 2}])
        assert sent["reply_markup"] == GO

    @pytest.mark.parametrize(
        ("parameters", "reason"),
        [
            ({"chat_id": 5, "text": "x"}, "Bad Request: chat not found"),
            ({"chat_id": "@nobody", "text": "x"}, "Bad Request: chat not found"),
            ({"chat_id": ADA, "text": " \n"}, "Bad Request: message text is empty"),
            ({"chat_id": ADA, "text": "x" * 4097}, "Bad Request: message is too long"),
            (
                {"chat_id": ADA, "text": "x", "reply_parameters": {"message_id": 5}},
                "Bad Request: message to be replied not found",
            ),
        ],
        ids=["chat", "name", "empty", "long", "reply"],
    )
    async def test_refusals(self, playground: Running, parameters: Json, reason: str) -> None:
        assert await playground.refusal("sendMessage", **parameters) == reason

    async def test_a_bot_cannot_write_first(self, playground: Running) -> None:
        reason = await playground.refusal("sendMessage", token=a_token(), chat_id=ADA, text="hello")

        assert reason == "Forbidden: bot can't initiate conversation with a user"

    async def test_a_reply_shows_what_it_replies_to(self, playground: Running) -> None:
        first = await playground.says("question")

        reply = await playground.result(
            "sendMessage", chat_id=ADA, text="answer", reply_parameters={"message_id": first}
        )
        lost = await playground.result(
            "sendMessage",
            chat_id=ADA,
            text="answer",
            reply_parameters={"message_id": 5, "allow_sending_without_reply": True},
        )

        assert reply["reply_to_message"]["text"] == "question"
        assert "reply_to_message" not in lost

    async def test_photo_comes_in_sizes_and_can_be_sent_again_by_id(self, playground: Running) -> None:
        sent = await playground.result("sendPhoto", chat_id=ADA, files={"photo": a_picture(1000, 500)})
        again = await playground.result("sendPhoto", chat_id=ADA, photo=sent["photo"][0]["file_id"], caption="again")

        assert [size["width"] for size in sent["photo"]] == [90, 320, 800, 1000]
        assert again["photo"] == sent["photo"]
        assert again["caption"] == "again"

    async def test_document_keeps_its_bytes_and_name(self, playground: Running) -> None:
        data = a_picture(400, 100)

        sent = await playground.result("sendDocument", chat_id=ADA, files={"document": ("mine.png", data)})

        document = sent["document"]
        assert (document["file_name"], document["mime_type"]) == ("mine.png", "image/png")
        assert (document["thumbnail"]["width"], document["thumbnail"]["height"]) == (320, 80)
        assert await downloaded(playground, document["file_id"]) == data

    async def test_album_is_one_message_per_item(self, playground: Running) -> None:
        media = [
            {"type": "photo", "media": f"attach://p{n}", "caption": f"<i>{n}</i>", "parse_mode": "HTML"} for n in (1, 2)
        ]

        sent = await playground.result(
            "sendMediaGroup", chat_id=ADA, media=json.dumps(media), files={"p1": a_picture(), "p2": a_picture()}
        )

        assert [message["caption"] for message in sent] == ["1", "2"]
        assert len({message["media_group_id"] for message in sent}) == 1

    @pytest.mark.parametrize(
        ("media", "reason"),
        [
            ([{"type": "photo", "media": "attach://gone"}] * 2, "media not found"),
            ([{"type": "photo", "media": "x"}], "2-10"),
            ([{"type": "photo", "media": "x"}] * 11, "too much messages"),
            ([{"type": "photo", "media": "x"}, {"type": "document", "media": "x"}], "can't be mixed"),
            ([{"type": "photo", "media": "x", "captoin": "y"}] * 2, 'no field "captoin"'),
        ],
        ids=["missing-part", "one", "eleven", "mixed", "misspelt"],
    )
    async def test_wrong_albums_are_refused(self, playground: Running, media: list[Json], reason: str) -> None:
        assert reason in await playground.refusal("sendMediaGroup", chat_id=ADA, media=media)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"no picture", "Bad Request: IMAGE_PROCESS_FAILED"),
            (b"", "Bad Request: file must be non-empty"),
            (a_picture(2100, 100), "Bad Request: PHOTO_INVALID_DIMENSIONS"),
            (
                b"x" * (10 * 1024 * 1024 + 1),
                "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
            ),
        ],
        ids=["text", "empty", "long", "heavy"],
    )
    async def test_wrong_photos_are_refused(self, playground: Running, data: bytes, reason: str) -> None:
        assert await playground.refusal("sendPhoto", chat_id=ADA, files={"photo": ("x.png", data)}) == reason

    async def test_photo_is_required(self, playground: Running) -> None:
        assert await playground.refusal("sendPhoto", chat_id=ADA) == "Bad Request: there is no photo in the request"

    async def test_captions_end_at_1024(self, playground: Running) -> None:
        reason = await playground.refusal("sendPhoto", chat_id=ADA, caption="x" * 1025, files={"photo": a_picture()})

        assert reason == "Bad Request: message caption is too long"

    async def test_file_ids_belong_to_one_bot(self, playground: Running) -> None:
        sent = await sent_photo(playground)

        reason = await playground.refusal("getFile", token=a_token(), file_id=sent["photo"][-1]["file_id"])

        assert reason == "Bad Request: wrong file_id or the file is temporarily unavailable"

    async def test_a_photo_is_no_document(self, playground: Running) -> None:
        sent = await sent_photo(playground)

        reason = await playground.refusal("sendDocument", chat_id=ADA, document=sent["photo"][-1]["file_id"])

        assert reason == "Bad Request: can't use file of type Photo as Document"

    async def test_chat_action_shows_until_the_next_message(self, playground: Running) -> None:
        await playground.result("sendChatAction", chat_id=ADA, action="upload_photo")
        shown = (await playground.events())["action"]
        await playground.result("sendMessage", chat_id=ADA, text="done")
        then = (await playground.events())["action"]

        assert (shown["name"], then) == ("upload_photo", None)
        assert 0 < shown["seconds"] <= 5
        assert "wrong parameter action" in await playground.refusal("sendChatAction", chat_id=ADA, action="dancing")


class TestEditing:
    async def test_text_changes_in_place_and_loses_its_keyboard(self, playground: Running) -> None:
        sent = await playground.result("sendMessage", chat_id=ADA, text="one", reply_markup=GO)

        edited = await playground.result("editMessageText", chat_id=ADA, message_id=sent["message_id"], text="two")

        assert (edited["message_id"], edited["text"]) == (sent["message_id"], "two")
        assert "edit_date" in edited
        assert "reply_markup" not in edited
        [*_, shown] = await playground.chat()
        assert (shown["text"], shown["edits"], shown["buttons"]) == ("two", 1, [])

    async def test_an_edit_that_changes_nothing_is_refused(self, playground: Running) -> None:
        sent = await playground.result("sendMessage", chat_id=ADA, text="same", reply_markup=GO)
        same: Json = {"chat_id": ADA, "message_id": sent["message_id"], "reply_markup": GO}

        reasons = [
            await playground.refusal("editMessageText", text="same", **same),
            await playground.refusal("editMessageReplyMarkup", **same),
        ]

        assert all(reason.startswith("Bad Request: message is not modified: ") for reason in reasons)

    async def test_a_text_message_becomes_a_photo_and_another_photo(self, playground: Running) -> None:
        sent = await playground.result("sendMessage", chat_id=ADA, text="queued")
        target: Json = {"chat_id": ADA, "message_id": sent["message_id"]}
        media = json.dumps({"type": "photo", "media": "attach://new", "caption": "40 %"})

        first = await playground.result("editMessageMedia", media=media, files={"new": a_picture()}, **target)
        second = await playground.result("editMessageMedia", media=media, files={"new": a_picture(80, 80)}, **target)

        assert "text" not in first
        assert (first["caption"], second["photo"][-1]["width"]) == ("40 %", 80)
        [*_, shown] = await playground.chat()
        assert (shown["photo"]["width"], shown["edits"]) == (80, 2)

    async def test_caption_and_keyboard_of_a_photo(self, playground: Running) -> None:
        sent = await sent_photo(playground, caption="one")
        target: Json = {"chat_id": ADA, "message_id": sent["message_id"]}

        edited = await playground.result("editMessageCaption", caption="two", **target)
        keyed = await playground.result("editMessageReplyMarkup", reply_markup=GO, **target)

        assert (edited["caption"], keyed["reply_markup"]) == ("two", GO)

    async def test_the_same_photo_again_is_not_modified(self, playground: Running) -> None:
        sent = await sent_photo(playground)
        media = {"type": "photo", "media": sent["photo"][-1]["file_id"]}

        reason = await playground.refusal("editMessageMedia", chat_id=ADA, message_id=sent["message_id"], media=media)

        assert "message is not modified" in reason

    async def test_refusals(self, playground: Running) -> None:
        theirs = await playground.says("mine")
        text = await playground.result("sendMessage", chat_id=ADA, text="text")
        photo = await sent_photo(playground)
        to_text: Json = {"chat_id": ADA, "message_id": text["message_id"]}
        to_photo: Json = {"chat_id": ADA, "message_id": photo["message_id"]}

        reasons = [
            await playground.refusal("editMessageText", chat_id=ADA, message_id=5, text="x"),
            await playground.refusal("editMessageText", chat_id=ADA, text="x"),
            await playground.refusal("editMessageText", chat_id=ADA, message_id=theirs, text="x"),
            await playground.refusal("editMessageText", text="x", **to_photo),
            await playground.refusal("editMessageText", **to_text),
            await playground.refusal("editMessageCaption", caption="x", **to_text),
            await playground.refusal("deleteMessage", chat_id=ADA, message_id=5),
        ]

        assert [reason.removeprefix("Bad Request: ") for reason in reasons] == [
            "message to edit not found",
            "message identifier is not specified",
            "message can't be edited",
            "there is no text in the message to edit",
            "message text is empty",
            "there is no caption in the message to edit",
            "message to delete not found",
        ]

    async def test_deleted_messages_are_gone(self, playground: Running) -> None:
        theirs = await playground.says("secret")

        await playground.result("deleteMessage", chat_id=ADA, message_id=theirs)

        assert theirs not in [message["id"] for message in await playground.chat()]


class TestCallbacks:
    async def pressed(self, playground: Running) -> tuple[asyncio.Task[Any], Json]:
        """Somebody presses Go, and the bot hears of it."""
        sent = await playground.result("sendMessage", chat_id=ADA, text="choose", reply_markup=GO)
        path, body = "/person/ada/press", {"message_id": sent["message_id"], "label": "Go"}
        press = asyncio.create_task(playground.http.post(path, json=body))
        [update] = await playground.updates(timeout=20)
        query: Json = update["callback_query"]
        return press, query

    async def test_the_answer_reaches_whoever_pressed(self, playground: Running) -> None:
        press, query = await self.pressed(playground)

        await playground.result("answerCallbackQuery", callback_query_id=query["id"], text="Yes", show_alert=True)

        assert (await press).json() == {"answered": True, "text": "Yes", "alert": True}
        assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("go", ADA, "choose")

    async def test_only_the_first_answer_counts(self, playground: Running) -> None:
        press, query = await self.pressed(playground)
        await playground.result("answerCallbackQuery", callback_query_id=query["id"])
        await press

        reason = await playground.refusal("answerCallbackQuery", callback_query_id=query["id"])

        assert reason == "Bad Request: query is too old and response timeout expired or query ID is invalid"

    async def test_answers_have_at_most_200_characters(self, playground: Running) -> None:
        press, query = await self.pressed(playground)

        reason = await playground.refusal("answerCallbackQuery", callback_query_id=query["id"], text="x" * 201)
        await playground.result("answerCallbackQuery", callback_query_id=query["id"], text="x" * 200)

        assert reason == "Bad Request: MESSAGE_TOO_LONG"
        assert (await press).json()["text"] == "x" * 200


class TestCommands:
    async def test_the_narrowest_scope_is_shown(self, playground: Running) -> None:
        start, admin = ({"command": name, "description": name.title()} for name in ("start", "admin"))
        await playground.result("setMyCommands", commands=[start])
        await playground.result("setMyCommands", commands=[start, admin], scope={"type": "chat", "chat_id": ADA})
        await playground.says("hello", user="ben")

        ada = (await playground.events())["commands"]
        ben = (await playground.events("ben"))["commands"]

        assert (ada, ben) == ([start, admin], [start])
        assert await playground.result("getMyCommands") == [start]

    async def test_deleted_commands_are_gone(self, playground: Running) -> None:
        await playground.result("setMyCommands", commands=[{"command": "start", "description": "Begin"}])

        await playground.result("deleteMyCommands")

        assert await playground.result("getMyCommands") == []

    @pytest.mark.parametrize("name", ["No-Such", "", "x" * 33])
    async def test_impossible_names_are_refused(self, playground: Running, name: str) -> None:
        reason = await playground.refusal("setMyCommands", commands=[{"command": name, "description": "x"}])

        assert reason == "Bad Request: BOT_COMMAND_INVALID"


class TestFiles:
    async def test_a_persons_photo_can_be_fetched(self, playground: Running) -> None:
        await playground.sends(a_picture(200, 100))
        [update] = await playground.updates()

        data = await downloaded(playground, update["message"]["photo"][-1]["file_id"])

        assert opened(data).size == (200, 100)

    async def test_more_than_20_mb_cannot_be_fetched(self, playground: Running) -> None:
        await playground.sends(b"x" * (20 * 1024 * 1024 + 1), action="document", name="big.bin")
        [update] = await playground.updates()

        reason = await playground.refusal("getFile", file_id=update["message"]["document"]["file_id"])

        assert reason == "Bad Request: file is too big"

    @pytest.mark.parametrize("path", ["photos/file_0.jpg", "../playground.sqlite3", "photos/../../playground.sqlite3"])
    async def test_only_paths_that_getfile_gave_lead_to_a_file(self, playground: Running, path: str) -> None:
        answer = await playground.http.get(f"/file/bot{playground.token}/{path.replace('..', '%2e%2e')}")

        assert answer.status_code == 404
