"""The playground's page in a real Chromium, with a bot of a few lines on the other side."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.pages import LAPTOP_PX, Windows, opened_page
from tests.playground.helpers import Json, Running, a_picture, connected, served
from tests.playground.test_films import FILM

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ADA = 1001
LOW_PX = ViewportSize(width=900, height=500)
PHONE_PX = ViewportSize(width=390, height=844)
SMALL_PHONE_PX = ViewportSize(width=360, height=740)
START_KEYS = [[{"text": "Choose", "callback_data": "choose", "style": "primary"}]]
CANCEL_KEYS = [[{"text": "Cancel", "callback_data": "cancel", "style": "danger"}]]


@pytest.fixture(scope="module")
def address() -> Any:
    with served() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def playground(address: str) -> AsyncIterator[Running]:
    """A playground with a bot of its own, that does nothing yet."""
    async with connected(address) as started:
        await started.result("getMe")
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def bot(playground: Running) -> AsyncIterator[None]:
    """A bot that greets, paints every album by editing one message, and answers its buttons."""
    polling = asyncio.create_task(_poll(playground))
    yield
    polling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await polling


async def _poll(playground: Running) -> None:
    offset = 0
    while True:
        for update in await playground.updates(timeout=20, offset=offset):
            offset = update["update_id"] + 1
            if query := update.get("callback_query"):
                await _answer(playground, query)
            elif update["message"].get("text") == "/start":
                await _say(playground, "Welcome", START_KEYS)
            elif update["message"].get("caption"):
                await _say(playground, "Queued", CANCEL_KEYS, reply_parameters={"message_id": _id(update["message"])})


async def _say(playground: Running, text: str, keys: list[list[Json]] | None = None, **more: Any) -> Json:
    markup = {"inline_keyboard": keys or []}
    return dict(await playground.result("sendMessage", chat_id=ADA, text=text, reply_markup=markup, **more))


async def _answer(playground: Running, query: Json) -> None:
    await playground.result("answerCallbackQuery", callback_query_id=query["id"], text="Stopped")
    await playground.result("editMessageText", chat_id=ADA, message_id=_id(query["message"]), text="Cancelled")


def _id(message: Json) -> int:
    return int(message["message_id"])


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "content.png", tmp_path / "style.png"]
    for path, colour in zip(paths, ("teal", "orange"), strict=True):
        path.write_bytes(a_picture(320, 240, colour))
    return paths


async def test_two_pictures_go_out_and_a_button_edits_the_answer(
    windows: Windows, playground: Running, bot: None, pictures: list[Path]
) -> None:
    async with opened_page(windows, playground.url) as page:
        await page.get_by_role("button", name="Start").click()
        await expect(page.locator(".text").last).to_have_text("Welcome")

        await page.locator("#files").set_input_files(pictures)
        await expect(page.locator("#previews img")).to_have_count(2)
        await page.get_by_label("Caption").fill("this in that style")
        await page.get_by_label("Caption").press("Enter")
        await expect(page.locator(".mosaic img")).to_have_count(2)
        await expect(page.locator(".unit").last.locator(".quote")).to_contain_text("this in that style")
        await page.get_by_role("button", name="Cancel", exact=True).click()

        await expect(page.locator(".toast")).to_have_text("Stopped")
        await expect(page.locator(".unit").last.locator(".text")).to_have_text("Cancelled")
        await expect(page.locator(".unit").last.locator(".meta")).to_contain_text("edited")
        await expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)


@pytest.mark.parametrize("way", ["drop", "paste"])
async def test_pictures_can_be_dropped_and_pasted(windows: Windows, playground: Running, way: str) -> None:
    async with opened_page(windows, playground.url) as page:
        await page.evaluate(
            """([way, bytes]) => {
                const brought = new DataTransfer();
                brought.items.add(new File([new Uint8Array(bytes)], "brought.png", { type: "image/png" }));
                const event = way === "drop"
                    ? new DragEvent("drop", { dataTransfer: brought, bubbles: true, cancelable: true })
                    : new ClipboardEvent("paste", { clipboardData: brought, bubbles: true, cancelable: true });
                document.body.dispatchEvent(event);
            }""",
            [way, list(a_picture(80, 60))],
        )
        await expect(page.locator("#previews img")).to_have_count(1)
        await page.get_by_text("Send as file").click()
        await page.locator("#sheet-send").click()

        await expect(page.locator(".document b")).to_have_text("brought.png")
    [message] = await playground.chat()
    assert (message["document"]["width"], message["document"]["bytes"]) == (80, len(a_picture(80, 60)))


async def test_on_a_phone_three_styles_keep_their_words_whole_and_a_long_label_is_cut_short(
    windows: Windows, playground: Running
) -> None:
    await playground.says("/start")
    labels = (("Mosaic", "Embroidery", "Frost"), ("Save the last photo whose style I borrowed from you today",))
    keys = [[{"text": name, "callback_data": name[:60]} for name in row] for row in labels]
    markup = json.dumps({"inline_keyboard": keys})
    await playground.result("sendPhoto", chat_id=ADA, files={"photo": a_picture(640, 640)}, reply_markup=markup)
    async with opened_page(windows, playground.url, PHONE_PX, phone=True) as page:
        lines = await page.get_by_role("button", name="Embroidery").evaluate(
            "key => { const words = document.createRange(); words.selectNodeContents(key);"
            " return words.getClientRects().length; }"
        )
        long = await page.get_by_role("button", name="Save the last").evaluate(
            "key => [key.scrollWidth > key.clientWidth, getComputedStyle(key).textOverflow, key.clientHeight]"
        )
        short_px = await page.get_by_role("button", name="Frost").evaluate("key => key.clientHeight")

    assert lines == 1
    assert long == [True, "ellipsis", short_px]


async def test_an_animation_plays_by_itself_without_a_sound_and_a_click_holds_it(
    windows: Windows, playground: Running
) -> None:
    await playground.says("/start")
    await playground.result("sendAnimation", chat_id=ADA, files={"animation": ("a.mp4", FILM)})
    async with opened_page(windows, playground.url, PHONE_PX) as page:
        film = page.locator("video")
        await expect(film).to_have_js_property("paused", False)
        how = await film.evaluate("film => [film.muted, film.loop, film.videoWidth, film.clientWidth <= 390]")
        await film.click()
        await expect(film).to_have_js_property("paused", True)

    assert how == [True, True, 64, True]


async def test_stickers_films_and_sounds_are_sent_and_shown_as_such(windows: Windows, playground: Running) -> None:
    async with opened_page(windows, playground.url, PHONE_PX) as page:
        for name, mime, data, shown in (
            ("cat.png", "image/png", a_picture(300, 300), ".media.sticker img"),
            ("clip.mp4", "video/mp4", FILM, ".media.video video"),
            ("hello.ogg", "audio/ogg", b"OggS", "audio"),
        ):
            await page.set_input_files("#files", {"name": name, "mimeType": mime, "buffer": data})
            if "sticker" in shown:
                await page.get_by_text("Send as sticker").click()
            await page.locator("#sheet-send").click()
            await expect(page.locator(shown)).to_be_visible()
            await expect(page.locator("#sheet")).to_be_hidden()

    kinds = [kind for message in await playground.chat() for kind in ("sticker", "video", "voice") if kind in message]
    assert kinds == ["sticker", "video", "voice"]


async def test_a_picture_opens_full_size_and_can_be_left(windows: Windows, playground: Running) -> None:
    await playground.sends(a_picture(640, 480))
    async with opened_page(windows, playground.url) as page:
        await page.get_by_role("button", name="Open the picture").click()

        await expect(page.locator("#viewer-about")).to_contain_text("640 × 480")
        await expect(page.locator("#viewer-picture")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#viewer")).to_be_hidden()


async def test_the_same_picture_twice_opens_where_it_was_pressed(windows: Windows, playground: Running) -> None:
    await playground.sends(a_picture(), caption="first")
    [update] = await playground.updates()
    again: Json = {"chat_id": ADA, "photo": update["message"]["photo"][-1]["file_id"], "caption": "second"}
    await playground.result("sendPhoto", **again)
    async with opened_page(windows, playground.url) as page:
        await page.get_by_role("button", name="Open the picture").last.click()

        await expect(page.locator("#viewer-caption")).to_have_text("second")
        await expect(page.locator("#viewer-next")).to_be_hidden()


async def test_buttons_under_a_small_picture_keep_their_width(windows: Windows, playground: Running) -> None:
    await playground.says("/start")
    keys = [[{"text": "Stronger", "callback_data": "more"}, {"text": "Weaker", "callback_data": "less"}]]
    markup = json.dumps({"inline_keyboard": keys})
    files = {"photo": ("small.png", a_picture(128, 128))}
    await playground.call("sendPhoto", chat_id=ADA, reply_markup=markup, files=files)
    async with opened_page(windows, playground.url) as page:
        box = await page.locator(".keys").bounding_box()

        assert box is not None
        assert box["width"] >= 240


async def test_an_edit_leaves_the_reader_where_he_is(windows: Windows, playground: Running) -> None:
    await playground.says("/start")
    for number in range(30):
        last = await _say(playground, f"message {number}")
    async with opened_page(windows, playground.url, LOW_PX) as page:
        await expect(page.locator(".text").last).to_have_text("message 29")
        await page.locator("#scroll").evaluate("scroll => { scroll.scrollTop = 200 }")
        await expect(page.locator("#to-end")).to_be_visible()  # the page is told of it a frame later
        await page.locator(".unit").last.evaluate("unit => { unit.dataset.kept = 'yes' }")

        await playground.result("editMessageText", chat_id=ADA, message_id=_id(last), text="edited 29")

        await expect(page.locator(".text").last).to_have_text("edited 29")
        assert await page.locator("#scroll").evaluate("scroll => scroll.scrollTop") == 200
        await expect(page.locator(".unit").last).to_have_attribute("data-kept", "yes")


async def test_new_messages_are_counted_while_reading_above(windows: Windows, playground: Running) -> None:
    await playground.says("\n".join(["/start"] * 60))
    async with opened_page(windows, playground.url, LOW_PX) as page:
        await expect(page.locator("#messages")).to_contain_text("/start")
        await expect(page.locator("#to-end")).to_be_hidden()
        await page.locator("#scroll").evaluate("scroll => { scroll.scrollTop = 0 }")
        await expect(page.locator("#to-end")).to_be_visible()  # the page is told of it a frame later

        await _say(playground, "unseen")

        await expect(page.locator("#unseen")).to_have_text("1")
        await page.get_by_role("button", name="Go to the newest message").click()
        await expect(page.locator("#to-end")).to_be_hidden()


async def test_what_bots_write_is_never_markup(windows: Windows, playground: Running) -> None:
    await playground.says("/start")
    await playground.result(
        "sendMessage",
        chat_id=ADA,
        parse_mode="HTML",
        text='<b>&lt;img src=x onerror="document.title=1"&gt;</b> <a href="javascript:document.title=2">here</a>',
    )
    async with opened_page(windows, playground.url) as page:
        bold = page.locator(".text b")

        await expect(bold).to_have_text('<img src=x onerror="document.title=1">')
        await expect(page.locator(".text img, .text a")).to_have_count(0)


async def test_commands_and_replies_by_keyboard_alone(windows: Windows, playground: Running) -> None:
    await playground.says("/start")
    question = await _say(playground, "Which one?")
    commands = [{"command": name, "description": name} for name in ("start", "help")]
    await playground.result("setMyCommands", commands=commands)
    async with opened_page(windows, playground.url) as page:
        text = page.locator("#text")
        await expect(page.get_by_role("button", name="Commands")).to_be_visible()

        await text.press_sequentially("/")
        await text.press("ArrowDown")
        await text.press("ArrowDown")
        await text.press("Enter")
        await expect(page.locator(".text").last).to_have_text("/help")
        await page.locator(f'[data-ids="{_id(question)}"] .answer').focus()
        await page.keyboard.press("Enter")
        await page.keyboard.type("That one")
        await page.keyboard.press("Enter")

        await expect(page.locator(".unit").last.locator(".quote")).to_contain_text("Which one?")
    assert (await playground.chat())[-1]["reply_to"] == _id(question)


async def test_the_page_says_that_no_bot_listens(windows: Windows, playground: Running) -> None:
    async with opened_page(windows, playground.url) as page:
        await expect(page.locator("#bot-state")).to_have_text("the bot is not connected")

        polling = asyncio.create_task(playground.updates(timeout=5))

        await expect(page.locator("#bot-state")).to_have_text("online")
        await playground.says("enough")
        await polling


async def test_it_fits_a_small_phone_and_people_can_be_switched(windows: Windows, playground: Running) -> None:
    await playground.says("a rather long message " * 20)
    await _say(playground, "x" * 300, [[{"text": f"Choice {n}", "callback_data": str(n)} for n in range(4)]])
    await playground.sends(a_picture(900, 300), a_picture(), a_picture(), caption="three")
    async with opened_page(windows, playground.url, SMALL_PHONE_PX, phone=True) as page:
        await expect(page.locator(".mosaic img")).to_have_count(3)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        assert await page.locator("#scroll").evaluate("scroll => scroll.scrollWidth <= scroll.clientWidth")

        await page.get_by_role("button", name="Choose another person").tap()
        await page.get_by_label("Name of a new person").fill("Zoe")
        await page.get_by_role("button", name="Add person").tap()

        await expect(page.locator("#writing-as .face")).to_have_text("Z")
        await page.locator("#text").fill("I am Zoe")
        await page.get_by_role("button", name="Send", exact=True).tap()
        await expect(page.locator(".text").last).to_have_text("I am Zoe")
    assert [message["text"] for message in await playground.chat("zoe")] == ["I am Zoe"]


@asynccontextmanager
async def a_chat_on_the_page(
    windows: Windows, playground: Running, address: str, size: ViewportSize = LAPTOP_PX, *, phone: bool = False
) -> AsyncIterator[Page]:
    """One of a person's chats, by the part of the address after the #."""
    async with opened_page(windows, playground.url, size, phone=phone) as page:
        await page.goto(f"{playground.url}/#{address}")
        yield page


async def test_a_forum_is_made_and_its_topics_keep_messages_apart(windows: Windows, playground: Running) -> None:
    async with opened_page(windows, playground.url) as page:
        await page.get_by_role("button", name="Make a group").click()
        await page.get_by_label("Name", exact=True).fill("Studio")
        await page.get_by_text("With topics").click()
        await page.locator("#group-members").get_by_text("Ben").click()
        await page.locator("#group-topics").fill("Oil, Ink")
        await page.get_by_role("button", name="Make the group").click()
        await expect(page.locator("#bot-name")).to_have_text("Studio")
        await expect(page.locator("#bot-state")).to_have_text("Ada, Ben, Pastiche")

        await page.get_by_role("tab", name="Ink").click()
        await page.get_by_label("Message", exact=True).fill("/paint")
        await page.keyboard.press("Enter")
        await expect(page.locator(".text")).to_have_text(["/paint"])
        asked = (await playground.updates())[-1]["message"]
        place: Json = {"chat_id": asked["chat"]["id"], "message_thread_id": asked["message_thread_id"]}
        await playground.result("sendMessage", text="Here", **place)
        await expect(page.locator(".name")).to_have_text(["Pastiche"])
        await page.get_by_role("tab", name="Oil").click()

        await expect(page.locator(".event")).to_have_text(["Ada opened this topic"])
        await expect(page.locator(".unit")).to_have_count(0)
        await playground.result("sendMessage", text="And here", **place)
        await expect(page.get_by_role("tab", name="Ink").locator(".badge")).to_be_visible()


async def test_a_group_shows_who_wrote_and_goes_on_as_a_supergroup(windows: Windows, playground: Running) -> None:
    group = await a_group(playground)
    await playground.says("Look at this", user="ben", chat=group)
    async with a_chat_on_the_page(windows, playground, f"ada/{group}") as page:
        await expect(page.locator(".name")).to_have_text(["Ben"])
        await page.locator("#text").fill("Nice")
        await page.keyboard.press("Enter")
        await expect(page.locator(".unit.mine .text")).to_have_text("Nice")

        await page.get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Make it a supergroup").click()

        await expect(page.locator(".event")).to_have_text(["This supergroup was a group before"])
        await expect(page.locator("[data-chat][aria-current=true] .person-name")).to_have_text("Painters")


async def a_group(playground: Running) -> int:
    wish = {"kind": "group", "title": "Painters", "members": ["ada", "ben"]}
    return int((await playground.http.post("/chat", json=wish)).json()["id"])


async def test_a_bot_is_blocked_and_unblocked(windows: Windows, playground: Running) -> None:
    await playground.says("/start")
    async with opened_page(windows, playground.url) as page:
        await page.get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Block Pastiche").click()
        await expect(page.locator("#composer")).to_be_hidden()
        reason = await playground.refusal("sendMessage", chat_id=ADA, text="x")
        await page.get_by_role("button", name="Unblock").click()

        await expect(page.locator("#composer")).to_be_visible()
    assert reason == "Forbidden: bot was blocked by the user"


async def test_a_message_is_deleted_for_both_devices(windows: Windows, playground: Running) -> None:
    await playground.says("/start")
    await _say(playground, "soon gone")
    async with (
        opened_page(windows, playground.url) as laptop,
        opened_page(windows, playground.url, SMALL_PHONE_PX, phone=True) as mobile,
    ):
        for page in (laptop, mobile):
            await expect(page.locator(".text").last).to_have_text("soon gone")

        await laptop.locator(".unit").last.click(button="right", position={"x": 5, "y": 5})
        await laptop.get_by_role("menuitem", name="Delete").click()

        for page in (laptop, mobile):
            await expect(page.locator(".text")).to_have_text(["/start"])
    assert [message["text"] for message in await playground.chat()] == ["/start"]


async def test_what_a_bot_finds_is_sent_and_its_link_leads_to_the_private_chat(
    windows: Windows, playground: Running
) -> None:
    group, keys = await a_group(playground), [[{"text": "Go", "url": "https://t.me/Pastiche_bot?start=p_frost"}]]
    words, markup = {"message_text": "This is frost"}, {"inline_keyboard": keys}
    results: list[Json] = [
        {"type": "article", "id": title, "title": title, "input_message_content": words, "reply_markup": markup}
        for title in ("Frost", "Mosaic")
    ]
    await playground.result("deleteWebhook", drop_pending_updates=True)
    async with a_chat_on_the_page(windows, playground, f"ada/{group}", PHONE_PX, phone=True) as page:
        await expect(page.locator("#bot-name")).to_have_text("Painters")
        await page.locator("#text").press_sequentially("@Pastiche_bot fr")
        [update] = await playground.updates(timeout=20)
        answer: Json = {"inline_query_id": update["inline_query"]["id"], "results": results}
        await playground.result("answerInlineQuery", **answer)
        await expect(page.get_by_role("option")).to_have_count(2)
        await page.locator("#text").press("ArrowUp")
        await expect(page.get_by_role("option", name="Mosaic")).to_have_attribute("aria-selected", "true")
        await page.locator("#text").press("Enter")

        await expect(page.locator(".unit.mine .via")).to_have_text("via @pastiche_bot")
        await expect(page.locator("#text")).to_have_value("")
        await page.get_by_role("link", name="Go").tap()
        await expect(page.locator(".text").last).to_have_text("/start p_frost")
        await expect(page.locator("#bot-name")).to_have_text("Pastiche")
    assert update["inline_query"]["query"] == "fr"


async def test_the_language_of_a_messenger_is_changed_on_one_device_and_seen_on_the_other(
    windows: Windows, playground: Running
) -> None:
    await playground.says("/start")
    for code, words in (("", "Start"), ("ru", "Начать")):
        commands = [{"command": "start", "description": words}]
        await playground.result("setMyCommands", commands=commands, **({"language_code": code} if code else {}))
    async with opened_page(windows, playground.url) as page:
        await page.get_by_role("button", name="More").click()
        async with page.expect_popup() as opening:
            await page.get_by_role("menuitem", name="Open a second device").click()
        device = await opening.value
        await page.get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Language: English").click()
        await page.get_by_role("menuitem", name="Русский").click()

        await device.get_by_role("button", name="More").click()
        await expect(device.get_by_role("menuitem", name="Language: Русский")).to_be_visible()
        await device.keyboard.press("Escape")
        await device.get_by_role("button", name="Commands").click()
        await expect(device.get_by_role("option")).to_contain_text(["Начать"])
    await playground.http.post("/person/ada/language", json={"language": "en"})


async def test_groups_and_topics_fit_a_small_phone(windows: Windows, playground: Running) -> None:
    topics = ["Oil on canvas", "Watercolour and gouache", "Woodcut", "Etching"]
    wish = {"kind": "forum", "title": "A studio with a rather long name", "members": ["ada", "ben"], "topics": topics}
    forum = (await playground.http.post("/chat", json=wish)).json()["id"]
    async with a_chat_on_the_page(windows, playground, f"ada/{forum}", SMALL_PHONE_PX, phone=True) as page:
        await page.get_by_role("tab", name="Etching").tap()
        await expect(page.get_by_role("tab", name="Etching")).to_be_in_viewport()
        assert await page.evaluate("document.documentElement.scrollWidth") == 360

        await page.get_by_role("button", name="Choose another person").tap()
        await page.locator("[data-person=ada]").tap()

        await expect(page.locator("#bot-name")).to_have_text("Pastiche")
        await expect(page.locator("#topics")).to_be_hidden()
