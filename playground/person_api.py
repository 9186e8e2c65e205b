"""The people's side over HTTP: what a messenger does for somebody who writes, sends pictures and presses buttons."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from playground.bot_api import MAX_BODY_BYTES, BotApi, hung_up, take_upload
from playground.calls import UNKNOWN_TYPE, keep_document
from playground.errors import ApiError, NotAPicture, Refused, WrongDimensions
from playground.formatting import CAPTION_LIMIT, TEXT_LIMIT, Formatted, format_text
from playground.methods import commands_for
from playground.parameters import Upload
from playground.pictures import photo_renditions
from playground.presses import Presses, answer_within
from playground.records import Message, Person, StoredFile
from playground.rendering import Json, message_json, person_json, user_json
from playground.world import World

MAX_ALBUM = 10
LONGEST_WAIT_S = 25.0
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})


@dataclass(frozen=True)
class PersonApi:
    """The people's side of a playground. A chat is with the bot that started last, or with ?bot=ID."""

    world: World
    presses: Presses
    bot_api: BotApi

    # Writing

    async def text(self, request: Request) -> Response:
        person, body = self._person(request), await _json_body(request)
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "text is missing")
        reply_to = self._reply_to(person, request, body.get("reply_to"))
        message = self._say(person, request, _formatted(text, TEXT_LIMIT), reply_to=reply_to)
        self.world.commit()
        return _written([message])

    async def photo(self, request: Request) -> Response:
        return await self._send(request, as_file=False)

    async def document(self, request: Request) -> Response:
        return await self._send(request, as_file=True)

    async def album(self, request: Request) -> Response:
        """Several files as one group: one update each, the caption on the first."""
        person = self._person(request)
        form = await _form(request)
        uploads = await _uploads(form)
        if not 2 <= len(uploads) <= MAX_ALBUM:
            raise Refused(400, f"an album has 2 to {MAX_ALBUM} files, not {len(uploads)}")
        files = [await self._keep(upload, as_file=form.get("as_file") == "1") for upload in uploads]
        caption, reply_to = self._about(person, request, form)
        album = str(secrets.randbits(50))
        messages = [
            self._say(
                person,
                request,
                caption if index == 0 else Formatted(""),
                reply_to=reply_to,
                file=file.id,
                album=album,
            )
            for index, file in enumerate(files)
        ]
        self.world.commit()
        return _written(messages)

    async def _send(self, request: Request, *, as_file: bool) -> Response:
        person = self._person(request)
        form = await _form(request)
        uploads = await _uploads(form)
        if len(uploads) != 1:
            raise Refused(400, "exactly one file is needed; several together are an album")
        file = await self._keep(uploads[0], as_file=as_file)
        caption, reply_to = self._about(person, request, form)
        message = self._say(person, request, caption, reply_to=reply_to, file=file.id)
        self.world.commit()
        return _written([message])

    def _about(self, person: Person, request: Request, form: FormData) -> tuple[Formatted, int | None]:
        caption = form.get("caption")
        formatted = _formatted(caption if isinstance(caption, str) else "", CAPTION_LIMIT)
        return formatted, self._reply_to(person, request, form.get("reply_to") or None)

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

    def _say(self, person: Person, request: Request, text: Formatted, **content: Any) -> Message:
        """Put a message into the chat and let the bot know."""
        bot_id = self._bot_id(request)
        message = self.world.add_message(
            bot_id=bot_id, chat_id=person.id, sender="person", text=text.text, entities=text.entities, **content
        )
        self.world.add_update(bot_id, "message", {"message": message_json(self.world, message)})
        return message

    # Pressing

    async def press(self, request: Request) -> Response:
        """Press a button by its label or data; answers with what the bot says to it, if that comes in time."""
        person, body = self._person(request), await _json_body(request)
        bot_id = self._bot_id(request)
        message = self._message(person, bot_id, body.get("message_id"))
        data = _pressed(message, body)
        press = self.presses.begin(bot_id)
        query = {
            "id": press.id,
            "from": user_json(person),
            "message": message_json(self.world, message),
            "chat_instance": str(-person.id),
            "data": data,
        }
        self.world.add_update(bot_id, "callback_query", {"callback_query": query})
        self.world.commit()
        return JSONResponse(await answer_within(press, self.world.config.press_wait_s, self.world.closed))

    # Reading

    async def chat(self, request: Request) -> Response:
        person, bot_id = self._person(request), self._bot_id(request)
        messages = self.world.messages(bot_id, person.id)
        return JSONResponse({"messages": [person_json(self.world, message) for message in messages]})

    async def events(self, request: Request) -> Response:
        """Wait until something changed after ?after=REVISION, then tell what, as the page needs it."""
        person = self._person(request)
        same_life = request.query_params.get("epoch") == self.world.epoch
        after = _number(request.query_params.get("after", "0"), "after") if same_life else 0
        if after >= self.world.revision:
            await self._news_or_gone(request)
        return JSONResponse(self._news(person, self._bot_id(request), after))

    async def _news_or_gone(self, request: Request) -> None:
        """Wait, but not for a page that was closed: its connection would be kept for nothing."""
        news = asyncio.ensure_future(self.world.wait_for_news(LONGEST_WAIT_S))
        gone = asyncio.ensure_future(hung_up(request))
        try:
            await asyncio.wait({news, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            news.cancel()
            gone.cancel()

    def _news(self, person: Person, bot_id: int, after: int) -> Json:
        world = self.world
        chat = world.chats.get((bot_id, person.id))
        messages = world.messages(bot_id, person.id)
        action = world.action(bot_id, person.id)
        return {
            "epoch": world.epoch,
            "revision": world.revision,
            "all": after == 0,
            "messages": [person_json(world, message) for message in messages if message.revision > after or not after],
            "removed": [int(number) for number, gone_at in chat.removed.items() if gone_at > after] if chat else [],
            "bot": {
                "id": bot_id,
                "name": world.config.bot_name,
                "username": world.config.bot_username,
                "connected": world.is_connected(bot_id),
            },
            "action": {"name": action[0], "seconds": round(action[1], 2)} if action else None,
            "commands": commands_for(world, bot_id, person.id),
            "me": _person_summary(world, bot_id, person),
            "people": [_person_summary(world, bot_id, each) for each in world.people.values()],
        }

    async def calls(self, request: Request) -> Response:
        after = _number(request.query_params.get("after", "0"), "after")
        return JSONResponse({"calls": self.bot_api.log.since(after)})

    async def file(self, request: Request) -> Response:
        """A file of a chat, by its id. Only pictures open in the browser; everything else is a download."""
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

    def _person(self, request: Request) -> Person:
        return self.world.person(request.path_params["user"])

    def _bot_id(self, request: Request) -> int:
        chosen = request.query_params.get("bot")
        return _number(chosen, "bot") if chosen else self.world.current_bot_id

    def _message(self, person: Person, bot_id: int, message_id: Any) -> Message:
        message = self.world.message(bot_id, person.id, _number(message_id, "message_id"))
        if message is None:
            raise Refused(404, f"no message {message_id} in this chat")
        return message

    def _reply_to(self, person: Person, request: Request, message_id: Any) -> int | None:
        if message_id is None:
            return None
        return self._message(person, self._bot_id(request), message_id).id


def _person_summary(world: World, bot_id: int, person: Person) -> Json:
    messages = world.messages(bot_id, person.id)
    last = messages[-1] if messages else None
    summary: Json = {"id": person.id, "name": person.name, "first_name": person.first_name, "last": None}
    if last is not None:
        kind = world.files[last.file].kind if last.file else "text"
        summary["last"] = {
            "id": last.id,
            "from": last.sender,
            "date": last.date,
            "kind": kind,
            "text": last.text[:80],
        }
    return summary


def _pressed(message: Message, body: Json) -> str:
    """The data of the button that was pressed; raises Refused where the message shows no such button."""
    wanted, by = (body["data"], "callback_data") if "data" in body else (body.get("label"), "text")
    if not isinstance(wanted, str):
        raise Refused(400, "press needs label or data")
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


def _formatted(text: str, limit: int) -> Formatted:
    try:
        return format_text(text, None, None, limit=limit)
    except ApiError as error:
        raise Refused(400, error.description.removeprefix("Bad Request: ")) from None


def _number(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refused(400, f"{name} must be a number") from None


async def _json_body(request: Request) -> Json:
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "the body must be a JSON object")
    return body


async def _form(request: Request) -> FormData:
    if int(request.headers.get("content-length", "0")) > MAX_ALBUM * MAX_BODY_BYTES:
        raise Refused(413, "too large")
    try:
        return await request.form(max_files=2 * MAX_ALBUM)
    except HTTPException as error:
        raise Refused(400, f"cannot read the form: {error.detail}") from error


async def _uploads(form: FormData) -> list[Upload]:
    uploads = [await take_upload(part) for part in form.getlist("file") if isinstance(part, UploadFile)]
    await form.close()
    return uploads
