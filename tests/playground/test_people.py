"""People's messengers: links to the bot, the language they tell, several devices, and what they are in groups."""

from typing import Any

import pytest

from tests.playground.helpers import Json, Running


async def posted(playground: Running, path: str, body: Json) -> int:
    return (await playground.http.post(path, json=body)).status_code


@pytest.mark.parametrize(("parameter", "text"), [("p_starry-night", "/start p_starry-night"), ("", "/start")])
async def test_a_link_to_the_bot_says_start(playground: Running, parameter: str, text: str) -> None:
    assert await posted(playground, "/person/ben/start", {"parameter": parameter}) == 200

    [update] = await playground.updates()
    assert (update["message"]["text"], update["message"]["chat"]["type"]) == (text, "private")
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


@pytest.mark.parametrize("parameter", ["two words", "x" * 65, "ü", 5], ids=["space", "long", "letter", "number"])
async def test_a_link_carries_only_what_telegram_allows(playground: Running, parameter: Any) -> None:
    assert await posted(playground, "/person/ben/start", {"parameter": parameter}) == 400


async def test_a_persons_language_is_told_to_the_bot_and_to_the_page(playground: Running) -> None:
    assert await posted(playground, "/person/cleo/language", {"language": "pt-BR"}) == 200
    await playground.says("hello", user="cleo")
    await posted(playground, "/person/cleo/language", {"language": None})
    await playground.says("hello", user="cleo")

    first, second = (update["message"]["from"] for update in await playground.updates())
    assert (first["language_code"], "language_code" in second) == ("pt-BR", False)
    assert (await playground.events("cleo"))["me"]["language"] is None


@pytest.mark.parametrize("language", ["", "english please", "e", 7])
async def test_what_is_no_language_is_refused(playground: Running, language: Any) -> None:
    assert await posted(playground, "/person/cleo/language", {"language": language}) == 400


async def test_the_menu_is_that_of_the_persons_language_with_or_without_its_region(playground: Running) -> None:
    for code, words in ((None, "Start"), ("es", "Empezar")):
        commands = [{"command": "start", "description": words}]
        await playground.result("setMyCommands", commands=commands, **({"language_code": code} if code else {}))

    menus = {}
    for code in ("es", "es-MX", "ru", None):
        await posted(playground, "/person/dan/language", {"language": code})
        menus[code] = (await playground.events("dan"))["commands"][0]["description"]

    assert menus == {"es": "Empezar", "es-MX": "Empezar", "ru": "Start", None: "Start"}


async def test_a_chats_own_menu_goes_before_all_others_until_it_is_taken_away(playground: Running) -> None:
    scope = {"type": "chat", "chat_id": 1001}
    for more, words in (({}, "for all"), ({"scope": scope}, "for ada")):
        commands = [{"command": "start", "description": words}]
        await playground.result("setMyCommands", commands=commands, **more)

    before = (await playground.events("ada"))["commands"]
    await playground.result("deleteMyCommands", scope=scope)

    after = (await playground.events("ada"))["commands"]
    assert [menu[0]["description"] for menu in (before, after)] == ["for ada", "for all"]


async def test_two_devices_of_a_person_hear_the_same(playground: Running) -> None:
    first, second = await playground.events(), await playground.events()
    await playground.says("from the telephone")

    heard = [await playground.news_with_messages(news) for news in (first, second)]

    assert [[message["text"] for message in news["messages"]] for news in heard] == [["from the telephone"]] * 2


async def test_who_made_a_group_owns_it_and_others_are_members(playground: Running) -> None:
    wish = {"kind": "supergroup", "title": "Painters", "members": ["ada", "ben"]}
    group = (await playground.http.post("/chat", json=wish)).json()["id"]
    await playground.says("hello", user="eve")

    status = {
        user_id: (await playground.result("getChatMember", chat_id=group, user_id=user_id))["status"]
        for user_id in (1001, 1002, 1005, playground.bot_id)
    }

    assert list(status.values()) == ["creator", "member", "left", "member"]
    assert "invalid user_id" in await playground.refusal("getChatMember", chat_id=group, user_id=5)
