"""What else people send: stickers, voices, music, films, and contacts, places and polls, which have no file."""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.errors import NotAFilm, Refused
from playground.films import FilmFacts, read_film
from playground.formatting import CAPTION_LIMIT, Formatted
from playground.parameters import Upload
from playground.person_api import PersonApi
from playground.pictures import measure
from playground.reading import form, formatted, json_body, number, uploads
from playground.records import FileKind, StoredFile
from playground.rendering import Json

# What each is where its sender does not say so. Telegram makes an MP4 of every film, and a GIF is one, too.
TYPES: dict[FileKind, str] = {
    "sticker": "image/webp",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
}
FILMS = ("video", "video_note", "animation")
WORDLESS = ("sticker", "video_note")
STICKER_PX = 512
MOST_OPTIONS = 12


@dataclass(frozen=True)
class AttachmentApi:
    """A file by a form, whatever has none by JSON."""

    people: PersonApi

    async def file(self, request: Request) -> Response:
        """The address ends with the kind of file."""
        people, kind = self.people, _kind_in(request)
        person, sent = people.person(request), await form(request)
        taken = await uploads(sent)
        if len(taken) != 1 or not taken[0].data:
            raise Refused(400, "exactly one file is needed, and not an empty one")
        caption = Formatted("") if kind in WORDLESS else formatted(sent.get("caption"), CAPTION_LIMIT)
        place = people.place(person, request, sent)
        stored = await self._keep(taken[0], kind, sent)
        message = people.say(person, place, caption, file=stored.id)
        people.world.commit()
        return _written(message.id)

    async def contact(self, request: Request) -> Response:
        body = await json_body(request)
        told = {"phone_number": _words(body, "phone_number"), "first_name": _words(body, "first_name")}
        return self._share(request, body, {"contact": told})

    async def location(self, request: Request) -> Response:
        body = await json_body(request)
        told = {"latitude": _degrees(body, "latitude", 90), "longitude": _degrees(body, "longitude", 180)}
        return self._share(request, body, {"location": told})

    async def poll(self, request: Request) -> Response:
        body = await json_body(request)
        options = body.get("options")
        if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
            raise Refused(400, f"options are 2 to {MOST_OPTIONS} answers")
        answers = [
            {"text": str(answer), "voter_count": 0, "persistent_id": str(at)} for at, answer in enumerate(options)
        ]
        told = {"question": _words(body, "question"), "options": answers, "type": "regular", "total_voter_count": 0}
        rules = {"is_closed": False, "is_anonymous": True, "allows_multiple_answers": False, "allows_revoting": True}
        return self._share(request, body, {"poll": {"id": "1", **told, **rules, "members_only": False}})

    def _share(self, request: Request, body: Json, shared: Json) -> Response:
        people = self.people
        person = people.person(request)
        message = people.say(person, people.place(person, request, body), Formatted(""), shared=shared)
        people.world.commit()
        return _written(message.id)

    async def _keep(self, upload: Upload, kind: FileKind, sent: FormData) -> StoredFile:
        facts = await asyncio.to_thread(_facts, upload.data, kind)
        if sent.get("duration"):
            facts = FilmFacts(facts.width, facts.height, number(sent["duration"], "duration"))
        family = TYPES[kind].partition("/")[0]
        mime = upload.mime if upload.mime and upload.mime.startswith(f"{family}/") else TYPES[kind]
        return self.people.world.add_media(upload.data, kind, upload.name, mime, facts)


def _kind_in(request: Request) -> FileKind:
    last = request.url.path.rpartition("/")[2]
    return next(kind for kind in TYPES if kind == last)


def _facts(data: bytes, kind: FileKind) -> FilmFacts:
    """Sides and length, as far as the kind has any. A sticker that moves tells no sides."""
    if kind in FILMS:
        try:
            return read_film(data)
        except NotAFilm:
            raise Refused(400, "a film is an MP4 here; send anything else as a file") from None
    if kind == "sticker":
        width, height = measure(data) or (STICKER_PX, STICKER_PX)
        return FilmFacts(width, height, 0)
    return FilmFacts(0, 0, 1)


def _words(body: Json, name: str) -> str:
    said = body.get(name)
    if not isinstance(said, str) or not said.strip():
        raise Refused(400, f"{name} is missing")
    return said


def _degrees(body: Json, name: str, most: float) -> float:
    said: Any = body.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float) or not -most <= said <= most:
        raise Refused(400, f"{name} is a number from -{most} to {most}")
    return float(said)


def _written(message_id: int) -> JSONResponse:
    return JSONResponse({"message_id": message_id, "message_ids": [message_id]})
