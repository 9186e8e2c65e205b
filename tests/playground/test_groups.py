import asyncio
from typing import Any

import pytest

from tests.playground.helpers import Json, Running, a_picture, running

ADA, BEN = 1001, 1002
GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


async def made(playground: Running, kind: str = "group", **more: Any) -> Json:
    """A group of ada and ben, whose making the bot has seen."""
    members = {"members": ["ada", "ben"], "title": "Painters"}
    answer = await playground.http.post("/chat", json={"kind": kind, **members, **more})
    assert answer.status_code == 200, answer.text
    await forgotten(playground)
    return dict(answer.json())


async def forgotten(playground: Running) -> None:
    await playground.result("deleteWebhook", drop_pending_updates=True)


async def posted(playground: Running, action: str, user: str = "ada", **body: Any) -> Json:
    answer = await playground.http.post(f"/person/{user}/{action}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def heard(playground: Running) -> list[Json]:
    """The messages that reached the bot."""
    return [update["message"] for update in await playground.updates() if "message" in update]


class TestMaking:
    @pytest.mark.parametrize(
        ("kind", "type_", "below", "first"),
        [
            ("group", "group", -4_000_000_000, "group_chat_created"),
            ("supergroup", "supergroup", -1_002_000_000_000, "new_chat_members"),
            ("forum", "supergroup", -1_002_000_000_000, "new_chat_members"),
        ],
    )
    async def test_the_bot_hears_that_it_was_added(
        self, playground: Running, kind: str, type_: str, below: int, first: str
    ) -> None:
        answer = await playground.http.post("/chat", json={"kind": kind, "members": ["ada"], "title": "Painters"})

        membership, message, *_ = await playground.updates()
        chat = membership["my_chat_member"]["chat"]
        assert (chat["type"], chat["title"], chat.get("is_forum", False)) == (type_, "Painters", kind == "forum")
        assert chat["id"] == answer.json()["id"] <= below
        assert membership["my_chat_member"]["new_chat_member"]["status"] == "member"
        assert membership["my_chat_member"]["from"]["id"] == ADA
        assert first in message["message"]

    async def test_a_private_chat_can_be_begun_for_the_bot(self, playground: Running) -> None:
        answer = await playground.http.post("/chat", json={"kind": "private", "members": ["eve"]})

        sent = await playground.result("sendMessage", chat_id=answer.json()["id"], text="hello")

        assert sent["chat"]["id"] == 1005

    @pytest.mark.parametrize(
        "wish",
        [
            {"kind": "channel", "members": ["ada"], "title": "x"},
            {"kind": {}, "members": ["ada"], "title": "x"},
            {"kind": "group", "members": [], "title": "x"},
            {"kind": "group", "members": "ada", "title": "x"},
            {"kind": "group", "members": ["ada"], "title": " "},
            {"kind": "group", "members": ["ada"], "title": "x", "topics": ["a"]},
            {"kind": "forum", "members": ["ada"], "title": "x", "topics": [""]},
            {"kind": "private", "members": ["ada", "ben"]},
        ],
    )
    async def test_impossible_chats_are_refused(self, playground: Running, wish: Json) -> None:
        assert (await playground.http.post("/chat", json=wish)).status_code == 400

    async def test_groups_survive_a_restart(self, tmp_path: Any) -> None:
        async with running(state_dir=tmp_path) as before:
            group = await made(before, "forum", topics=["Oil"])

        async with running(state_dir=tmp_path) as after:
            news = await after.events(chat=group["id"])

        assert [topic["name"] for topic in news["chat"]["topics"]] == ["Oil"]
        assert [member["first_name"] for member in news["chat"]["members"]] == ["Ada", "Ben"]


class TestWriting:
    async def test_members_share_one_chat_and_others_have_none(self, playground: Running) -> None:
        group = await made(playground)
        await playground.says("hello", user="ben", chat=group["id"])

        [_, shown] = await playground.chat("ada", chat=group["id"])
        stranger = await playground.http.post("/person/eve/text", json={"text": "hello", "chat": group["id"]})

        assert (shown["text"], shown["author"]["first_name"]) == ("hello", "Ben")
        assert stranger.status_code == 404
        assert [message["text"] for message in await playground.chat("ada")] == ["/start"]

    async def test_privacy_mode_lets_through_what_is_meant_for_the_bot(self, playground: Running) -> None:
        group = await made(playground)
        own = await playground.result("sendMessage", chat_id=group["id"], text="mine")
        theirs = await playground.says("/paint me", chat=group["id"])
        for text in ("chatter", "/paint@another_bot", "see /paint", "@pastiche_botany", "/paint@pastiche_bot", "/help"):
            await playground.says(text, chat=group["id"])
        await playground.says("look, @Pastiche_Bot!", user="ben", chat=group["id"])
        await playground.says("to ada", user="ben", chat=group["id"], reply_to=theirs)
        await playground.says("to the bot", user="ben", chat=group["id"], reply_to=own["message_id"])

        texts = [message["text"] for message in await heard(playground)]

        assert texts == ["/paint me", "/paint@pastiche_bot", "/help", "look, @Pastiche_Bot!", "to the bot"]

    async def test_of_an_album_only_the_item_with_the_mention_comes(self, playground: Running) -> None:
        group = await made(playground)

        await playground.sends(a_picture(), chat=str(group["id"]))
        await playground.sends(a_picture(), a_picture(), caption="@pastiche_bot", chat=str(group["id"]))

        [message] = await heard(playground)
        assert (message["caption"], "photo" in message) == ("@pastiche_bot", True)

    async def test_without_privacy_mode_everything_comes(self) -> None:
        async with running(privacy_mode=False) as playground:
            await playground.result("getMe")
            group = await made(playground)
            await playground.says("chatter", chat=group["id"])

            assert [message["text"] for message in await heard(playground)] == ["chatter"]
            assert (await playground.result("getMe"))["can_read_all_group_messages"] is True

    async def test_everybody_in_a_group_may_press(self, playground: Running) -> None:
        group = await made(playground)
        sent = await playground.result("sendMessage", chat_id=group["id"], text="choose", reply_markup=GO)
        message = {"message_id": sent["message_id"], "data": "go", "chat": group["id"]}

        press = asyncio.create_task(posted(playground, "press", "ben", **message))
        [update] = await playground.updates(timeout=20)
        query = update["callback_query"]
        await playground.result("answerCallbackQuery", callback_query_id=query["id"])

        assert (query["from"]["id"], query["message"]["chat"]["id"]) == (BEN, group["id"])
        assert (await press)["answered"] is True


class TestTopics:
    async def test_messages_stay_in_their_topic(self, playground: Running) -> None:
        forum = await made(playground, "forum", topics=["Oil", "Ink"])
        oil, ink = (topic["id"] for topic in forum["topics"])
        asked = await playground.says("/paint", chat=forum["id"], thread=oil)

        here = await playground.result("sendMessage", chat_id=forum["id"], message_thread_id=ink, text="here")
        answer = await playground.result(
            "sendMessage", chat_id=forum["id"], text="there", reply_parameters={"message_id": asked}
        )
        general = await playground.result("sendMessage", chat_id=forum["id"], text="everywhere")

        [message] = await heard(playground)
        assert (message["message_thread_id"], message["is_topic_message"]) == (oil, True)
        assert message["reply_to_message"]["forum_topic_created"]["name"] == "Oil"
        assert (here["message_thread_id"], answer["message_thread_id"]) == (ink, oil)
        assert "message_thread_id" not in general
        shown = await playground.chat(chat=forum["id"], thread=oil)
        assert [each["service"] or each["text"] for each in shown] == ["Ada opened this topic", "/paint", "there"]

    async def test_unknown_topics_are_refused_on_both_sides(self, playground: Running) -> None:
        forum = await made(playground, "forum")

        place = {"chat_id": forum["id"], "message_thread_id": 5}
        reason = await playground.refusal("sendMessage", text="x", **place)
        silent = await playground.refusal("sendChatAction", action="typing", **place)
        answer = await playground.http.post("/person/ada/text", json={"text": "x", "chat": forum["id"], "thread": 5})

        assert reason == silent == "Bad Request: message thread not found"
        assert answer.status_code == 404

    async def test_pictures_and_albums_go_into_topics(self, playground: Running) -> None:
        forum = await made(playground, "forum", topics=["Oil"])
        [oil] = (topic["id"] for topic in forum["topics"])
        place = {"chat": str(forum["id"]), "thread": str(oil), "caption": "/paint"}

        await playground.sends(a_picture(), **place)
        await playground.sends(a_picture(), a_picture(), **place)
        await playground.sends(a_picture(), action="document", **place)

        assert [message["message_thread_id"] for message in await heard(playground)] == [oil] * 3


class TestBlocking:
    async def test_a_blocked_bot_is_told_and_may_not_write(self, playground: Running) -> None:
        await posted(playground, "block")

        reasons = [
            await playground.refusal("sendMessage", chat_id=ADA, text="x"),
            await playground.refusal("sendChatAction", chat_id=ADA, action="typing"),
            await playground.refusal("sendPhoto", chat_id=ADA, files={"photo": a_picture()}),
        ]
        silent = await playground.http.post("/person/ada/text", json={"text": "hello?"})
        await posted(playground, "block", blocked=False)
        await playground.result("sendMessage", chat_id=ADA, text="back")

        assert set(reasons) == {"Forbidden: bot was blocked by the user"}
        assert silent.status_code == 403
        changes = [update["my_chat_member"] for update in await playground.updates()]
        statuses = [(each["old_chat_member"]["status"], each["new_chat_member"]["status"]) for each in changes]
        assert statuses == [("member", "kicked"), ("kicked", "member")]
        assert changes[0]["chat"]["type"] == "private"

    async def test_blocking_twice_is_blocking_once(self, playground: Running) -> None:
        await posted(playground, "block")
        await posted(playground, "block")

        assert len(await playground.updates()) == 1

    @pytest.mark.parametrize(("kind", "name"), [("group", "group"), ("forum", "supergroup")])
    async def test_a_bot_can_be_taken_out_of_a_group(self, playground: Running, kind: str, name: str) -> None:
        group = await made(playground, kind)

        await posted(playground, "block", chat=group["id"])
        await playground.says("/start", chat=group["id"])
        reason = await playground.refusal("sendMessage", chat_id=group["id"], text="x")
        await posted(playground, "block", chat=group["id"], blocked=False)

        assert reason == f"Forbidden: bot was kicked from the {name} chat"
        kinds = [next(kind for kind in update if kind != "update_id") for update in await playground.updates()]
        assert kinds == ["my_chat_member", "my_chat_member", "message"]


class TestDeleting:
    async def test_a_deleted_message_cannot_be_edited_or_answered(self, playground: Running) -> None:
        sent = await playground.result("sendMessage", chat_id=ADA, text="status")
        target: Json = {"chat_id": ADA, "message_id": sent["message_id"]}

        await posted(playground, "delete", message=sent["message_id"])

        reply = {"message_id": sent["message_id"]}
        assert await playground.updates() == []
        assert await playground.refusal("editMessageText", text="x", **target) == (
            "Bad Request: message to edit not found"
        )
        assert await playground.refusal("deleteMessage", **target) == "Bad Request: message to delete not found"
        assert await playground.refusal("sendMessage", chat_id=ADA, text="x", reply_parameters=reply) == (
            "Bad Request: message to be replied not found"
        )

    async def test_in_a_group_only_the_author_and_the_maker_may_delete(self, playground: Running) -> None:
        group = await made(playground)
        by_ada, by_ben = [await playground.says("x", user=who, chat=group["id"]) for who in ("ada", "ben")]

        refused = await playground.http.post("/person/ben/delete", json={"message": by_ada, "chat": group["id"]})
        await posted(playground, "delete", "ben", message=by_ben, chat=group["id"])
        await posted(playground, "delete", "ada", message=by_ada, chat=group["id"])

        assert refused.status_code == 403
        assert [message["service"] for message in await playground.chat(chat=group["id"])] == ["Ada made the group"]

    async def test_in_a_group_a_bot_deletes_only_what_it_wrote(self, playground: Running) -> None:
        group = await made(playground)
        theirs = await playground.says("/paint", chat=group["id"])
        own = await playground.result("sendMessage", chat_id=group["id"], text="x")

        reason = await playground.refusal("deleteMessage", chat_id=group["id"], message_id=theirs)
        await playground.result("deleteMessage", chat_id=group["id"], message_id=own["message_id"])

        assert reason == "Bad Request: message can't be deleted"


class TestMigration:
    async def test_a_group_becomes_a_supergroup_with_another_id(self, playground: Running) -> None:
        group = await made(playground)

        migrated = (await playground.http.post(f"/chat/{group['id']}/migrate", json={})).json()
        answer = await playground.call("sendMessage", chat_id=group["id"], text="x")
        sent = await playground.result("sendMessage", chat_id=migrated["id"], text="x")

        assert answer.status_code == 400
        assert answer.json()["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
        assert answer.json()["parameters"] == {"migrate_to_chat_id": migrated["id"]}
        assert (sent["chat"]["type"], sent["chat"]["title"]) == ("supergroup", "Painters")
        there, back = await heard(playground)
        assert (there["chat"]["id"], there["migrate_to_chat_id"]) == (group["id"], migrated["id"])
        assert (back["chat"]["id"], back["migrate_from_chat_id"]) == (migrated["id"], group["id"])
        assert [each["id"] for each in (await playground.events())["groups"]] == [migrated["id"]]
        again = await playground.http.post(f"/chat/{group['id']}/migrate", json={})
        late = await playground.http.post("/person/ada/text", json={"text": "x", "chat": group["id"]})
        assert (again.status_code, late.status_code) == (404, 409)


async def test_two_devices_of_one_person_see_the_same(playground: Running) -> None:
    phone = laptop = await playground.events()
    sent = await playground.result("sendMessage", chat_id=ADA, text="one")
    await playground.says("two")
    await playground.result("editMessageText", chat_id=ADA, message_id=sent["message_id"], text="edited")
    phone = await playground.events(after=phone["revision"], epoch=phone["epoch"])
    await posted(playground, "delete", message=sent["message_id"])

    laptop = await playground.events(after=laptop["revision"], epoch=laptop["epoch"])
    phone = await playground.events(after=phone["revision"], epoch=phone["epoch"])

    assert [message["text"] for message in laptop["messages"]] == ["two"]
    assert laptop["removed"] == phone["removed"] == [sent["message_id"]]
