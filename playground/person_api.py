"""The people's side over HTTP: what a messenger does for somebody who writes, sends pictures and presses buttons."""

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from playground.bot_api import hung_up
from playground.calls import UNKNOWN_TYPE, keep_document
from playground.errors import NotAPicture, Refused, WrongDimensions
from playground.formatting import CAPTION_LIMIT, TEXT_LIMIT, Formatted
from playground.groups import block, tell_bot
from playground.inline_methods import START_PARAMETER
from playground.keyboards import MAX_CALLBACK_BYTES
from playground.methods import commands_for
from playground.parameters import Upload
from playground.pictures import photo_renditions
from playground.presses import Press, Presses, answer_within
from playground.reading import MAX_ALBUM, form, formatted, json_body, number, uploads
from playground.records import Chat, Message, Person, StoredFile
from playground.rendering import Json, chat_json, message_json, person_json, user_json
from playground.world import World

LONGEST_WAIT_S = 25.0
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
SOUNDS = ("audio/ogg", "audio/mpeg", "audio/mp4", "audio/wav", "audio/webm")
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "video/mp4", *SOUNDS})


@dataclass(frozen=True)
class Place:
    """Where somebody writes: a chat with a bot, and in a forum a topic of it."""

    bot_id: int
    chat_id: int
    thread: int | None
    reply_to: int | None


@dataclass(frozen=True)
class PersonApi:
    """The people's side of a playground. A chat is with the bot that started last, or with ?bot=ID."""

    world: World
    presses: Presses

    # Writing

    async def text(self, request: Request) -> Response:
        person, body = self.person(request), await json_body(request)
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "text is missing")
        message = self.say(person, self.place(person, request, body), formatted(text, TEXT_LIMIT))
        self.world.commit()
        return _written([message])

    async def photo(self, request: Request) -> Response:
        return await self._send(request, as_file=False)

    async def document(self, request: Request) -> Response:
        return await self._send(request, as_file=True)

    async def album(self, request: Request) -> Response:
        """Several files as one group: one update each, the caption on the first."""
        person = self.person(request)
        sent = await form(request)
        taken = await uploads(sent)
        if not 2 <= len(taken) <= MAX_ALBUM:
            raise Refused(400, f"an album has 2 to {MAX_ALBUM} files, not {len(taken)}")
        files = [await self._keep(upload, as_file=sent.get("as_file") == "1") for upload in taken]
        place, caption = self.place(person, request, sent), formatted(sent.get("caption"), CAPTION_LIMIT)
        album = str(secrets.randbits(50))
        messages = [
            self.say(person, place, Formatted("") if index else caption, file=file.id, album=album)
            for index, file in enumerate(files)
        ]
        self.world.commit()
        return _written(messages)

    async def _send(self, request: Request, *, as_file: bool) -> Response:
        person = self.person(request)
        sent = await form(request)
        taken = await uploads(sent)
        if len(taken) != 1:
            raise Refused(400, "exactly one file is needed; several together are an album")
        file = await self._keep(taken[0], as_file=as_file)
        place, caption = self.place(person, request, sent), formatted(sent.get("caption"), CAPTION_LIMIT)
        message = self.say(person, place, caption, file=file.id)
        self.world.commit()
        return _written([message])

    async def _keep(self, upload: Upload, *, as_file: bool) -> StoredFile:
        if not upload.data:
            raise Refused(400, "the file is empty")
        if as_file:
            return await keep_document(self.world, upload)
        try:
            renditions = await asyncio.to_thread(photo_renditions, upload.data, any_size=True)
        except NotAPicture:
            raise Refused(400, "this is not a picture that can be sent as a photo; send it as a file") from None
        except WrongDimensions:
            raise Refused(400, "this picture is too long for a photo; send it as a file") from None
        return self.world.add_photo(renditions)

    def say(self, person: Person, place: Place, text: Formatted, **content: Any) -> Message:
        """Put a message into the chat and let the bot know, if it gets to see it."""
        message = self.world.add_message(
            sender="person", author=person.id, text=text.text, entities=text.entities, **asdict(place), **content
        )
        tell_bot(self.world, message)
        return message

    async def start(self, request: Request) -> Response:
        """Follow a link to the bot: /start in the private chat, with what stands behind "start=" in the link."""
        person, body = self.person(request), await json_body(request)
        parameter = body.get("parameter", "")
        if not isinstance(parameter, str) or not START_PARAMETER.fullmatch(parameter or "_"):
            raise Refused(400, "parameter has up to 64 letters, digits, _ and -")
        place = Place(self._bot_id(request), person.id, None, None)
        self.open_chat(person, request, {})
        message = self.say(person, place, formatted(f"/start {parameter}", TEXT_LIMIT))
        self.world.commit()
        return _written([message])

    async def language(self, request: Request) -> Response:
        """Change the language of somebody's messenger; the bot is told it with whatever they do from then on."""
        person, body = self.person(request), await json_body(request)
        code = body.get("language")
        if code is not None and not (isinstance(code, str) and LANGUAGE.fullmatch(code)):
            raise Refused(400, "language is a code such as en or pt-br, or null for none")
        person.language = code
        self.world.save_person(person)
        return JSONResponse({"language": code})

    # Pressing, deleting, blocking

    async def press(self, request: Request) -> Response:
        """Press a button by its label or data; answers with what the bot says to it, if that comes in time."""
        person, body = self.person(request), await json_body(request)
        chat = self.open_chat(person, request, body)
        data = _pressed(message := self._message(chat, body.get("message_id")), body)
        press = self.begin_press(person, chat, message, data, inaccessible=bool(body.get("inaccessible")))
        return JSONResponse(await answer_within(press, self.world.config.press_wait_s, self.world.closed))

    def begin_press(
        self, person: Person, chat: Chat, message: Message, data: str, *, inaccessible: bool = False
    ) -> Press:
        """Let the bot know of a press; its answer comes to what is returned."""
        press = self.presses.begin(chat.bot_id)
        query = {
            "id": press.id,
            "from": user_json(person),
            "message": self._pressed_message(chat, message, inaccessible=inaccessible),
            "chat_instance": str(-chat.id),
            "data": data,
        }
        self.world.add_update(chat.bot_id, "callback_query", {"callback_query": query})
        self.world.commit()
        return press

    def _pressed_message(self, chat: Chat, message: Message, *, inaccessible: bool) -> Json:
        # As a bot gets it of a message that is gone or too old: only where it was, and the date 0.
        if inaccessible:
            return {"chat": chat_json(self.world, chat), "message_id": message.id, "date": 0}
        return message_json(self.world, message)

    async def delete(self, request: Request) -> Response:
        """Delete a message for everybody. The bot is not told; it learns so when it edits the message."""
        person, body = self.person(request), await json_body(request)
        chat = self._chat(person, request, body)
        message = self._message(chat, body.get("message"))
        if chat.kind != "private" and person.id not in {message.author, chat.members[0]}:
            raise Refused(403, "in a group only who wrote a message or made the group can delete it")
        self.world.remove(message)
        self.world.commit()
        return JSONResponse({"deleted": message.id})

    async def block(self, request: Request) -> Response:
        """Block the bot, or with a group's id take it out of there; with blocked=false the contrary."""
        person, body = self.person(request), await json_body(request)
        wanted = body.get("blocked", True)
        if not isinstance(wanted, bool):
            raise Refused(400, "blocked must be true or false")
        block(self.world, self._chat(person, request, body), person, blocked=wanted)
        self.world.commit()
        return JSONResponse({"blocked": wanted})

    # Reading

    async def chat(self, request: Request) -> Response:
        person = self.person(request)
        given = request.query_params
        messages = self.world.messages(self._bot_id(request), self._chat_id(person, request, given))
        if "thread" in given:
            messages = [message for message in messages if message.thread == number(given["thread"], "thread")]
        return JSONResponse({"messages": [person_json(self.world, message) for message in messages]})

    async def events(self, request: Request) -> Response:
        """Wait until something changed after ?after=REVISION, then tell what, as the page needs it."""
        person = self.person(request)
        same_life = request.query_params.get("epoch") == self.world.epoch
        after = number(request.query_params.get("after", "0"), "after") if same_life else 0
        chat_id = self._chat_id(person, request, request.query_params)
        if after >= self.world.revision:
            await self._news_or_gone(request, after)
        return JSONResponse(self._news(person, self._bot_id(request), chat_id, after))

    async def _news_or_gone(self, request: Request, after: int) -> None:
        """Wait, but not for a page that was closed: its connection would be kept for nothing."""
        news = asyncio.ensure_future(self.world.wait_for_news(LONGEST_WAIT_S, beyond=after))
        gone = asyncio.ensure_future(hung_up(request))
        try:
            await asyncio.wait({news, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            gone.cancel()

    def _news(self, person: Person, bot_id: int, chat_id: int, after: int) -> Json:
        world = self.world
        chat = world.chats.get((bot_id, chat_id)) or Chat(bot_id, chat_id, 0)
        messages = world.messages(bot_id, chat_id)
        action = world.action(bot_id, chat_id)
        return {
            "epoch": world.epoch,
            "revision": world.revision,
            "all": after == 0,
            "messages": [person_json(world, message) for message in messages if message.revision > after or not after],
            "removed": [int(number) for number, gone_at in chat.removed.items() if gone_at > after],
            "bot": {
                "id": bot_id,
                "name": world.config.bot_name,
                "username": world.config.bot_username,
                "connected": world.is_connected(bot_id),
            },
            "action": {"name": action[0], "seconds": round(action[1], 2)} if action else None,
            "commands": commands_for(world, bot_id, chat, person),
            "me": _person_summary(world, bot_id, person),
            "people": [_person_summary(world, bot_id, each) for each in world.people.values()],
            "chat": chat_summary(world, chat),
            "groups": [chat_summary(world, each) for each in world.groups_of(bot_id, person)],
        }

    async def file(self, request: Request) -> Response:
        """A file of a chat, by its id. Only pictures and films open in the browser; everything else is a download."""
        file = self.world.files.get(request.path_params["file_id"])
        if file is None:
            raise Refused(404, "no such file")
        inline = file.mime in SHOWN_INLINE and "download" not in request.query_params
        return FileResponse(
            self.world.shelf.path(file.id),
            media_type=file.mime if file.mime in SHOWN_INLINE else UNKNOWN_TYPE,
            filename=file.name or f"photo_{file.id}.jpg",
            content_disposition_type="inline" if inline else "attachment",
            # An id never changes its bytes.
            headers={"Cache-Control": "private, max-age=31536000, immutable"},
        )

    # Reading a request

    def person(self, request: Request) -> Person:
        return self.world.person(request.path_params["user"])

    def _bot_id(self, request: Request) -> int:
        chosen = request.query_params.get("bot")
        return number(chosen, "bot") if chosen else self.world.current_bot_id

    def _chat_id(self, person: Person, request: Request, given: Mapping[str, Any]) -> int:
        """The chat that was named: the private one, or a group that the person is in."""
        chat_id = number(given.get("chat") or person.id, "chat")
        group = self.world.chats.get((self._bot_id(request), chat_id))
        if chat_id != person.id and (group is None or person.id not in group.members):
            raise Refused(404, f"{person.first_name} is in no chat {chat_id}")
        return chat_id

    def _chat(self, person: Person, request: Request, given: Mapping[str, Any]) -> Chat:
        return self.world.chat(self._bot_id(request), self._chat_id(person, request, given))

    def open_chat(self, person: Person, request: Request, given: Mapping[str, Any]) -> Chat:
        """A chat in which something can be said."""
        chat = self._chat(person, request, given)
        if chat.migrated_to is not None:
            raise Refused(409, f"this group has become the supergroup {chat.migrated_to}")
        if chat.blocked and chat.kind == "private":
            raise Refused(403, f"{person.first_name} has blocked the bot; unblock it to write to it")
        return chat

    def place(self, person: Person, request: Request, given: Mapping[str, Any]) -> Place:
        chat = self.open_chat(person, request, given)
        thread = number(given["thread"], "thread") if given.get("thread") else None
        if thread is not None and str(thread) not in chat.topics:
            raise Refused(404, f"no topic {thread} in this chat")
        if not given.get("reply_to"):
            return Place(chat.bot_id, chat.id, thread, None)
        replied = self._message(chat, given["reply_to"])
        return Place(chat.bot_id, chat.id, thread or replied.thread, replied.id)

    def _message(self, chat: Chat, message_id: Any) -> Message:
        message = self.world.message(chat.bot_id, chat.id, number(message_id, "the message's id"))
        if message is None:
            raise Refused(404, f"no message {message_id} in this chat")
        return message


def chat_summary(world: World, chat: Chat) -> Json:
    """A chat as the list of chats shows it."""
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "members": [{"id": number, "first_name": world.people[number].first_name} for number in chat.members],
        "topics": [{"id": int(thread), "name": name} for thread, name in chat.topics.items()],
        "blocked": chat.blocked,
        "migrated_to": chat.migrated_to,
        "last": _last_said(world, chat.bot_id, chat.id),
    }


def _person_summary(world: World, bot_id: int, person: Person) -> Json:
    last = _last_said(world, bot_id, person.id)
    known = {"id": person.id, "name": person.name, "first_name": person.first_name, "language": person.language}
    return known | {"last": last}


def _last_said(world: World, bot_id: int, chat_id: int) -> Json | None:
    last = world.last_message(bot_id, chat_id)
    if last is None:
        return None
    kind = world.files[last.file].kind if last.file else next(iter(last.shared or {"text": None}))
    shown = person_json(world, last)
    return {
        "id": last.id,
        "from": last.sender,
        "author": shown["author"],
        "date": last.date,
        "kind": kind,
        "text": shown["service"] or last.text[:80],
        "service": last.service is not None,
    }


def _pressed(message: Message, body: Json) -> str:
    """The data of the button that was pressed; raises Refused where the message shows no such button.

    forged: what somebody's own client sends, whatever the message shows
    """
    if isinstance(forged := body.get("forged"), str) and 0 < len(forged.encode()) <= MAX_CALLBACK_BYTES:
        return forged
    wanted, by = (body["data"], "callback_data") if "data" in body else (body.get("label"), "text")
    if not isinstance(wanted, str):
        raise Refused(400, f"press needs label or data, or forged of up to {MAX_CALLBACK_BYTES} bytes")
    button = next((button for row in message.keyboard for button in row if button.get(by) == wanted), None)
    if button is None:
        shown = [button["text"] for row in message.keyboard for button in row]
        raise Refused(404, f"message {message.id} shows no button {wanted!r}, only {shown}")
    if "callback_data" not in button:
        raise Refused(400, "this button opens a link or copies a text; the bot never hears of it")
    data: str = button["callback_data"]
    return data


def _written(messages: list[Message]) -> JSONResponse:
    return JSONResponse({"message_id": messages[0].id, "message_ids": [message.id for message in messages]})
