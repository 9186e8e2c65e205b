"""The people's side of inline queries over HTTP: ask a bot from any chat, and send there what it found."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.errors import Refused
from playground.inline import Found, InlineAnswer, InlineQueries, InlineQuery, answer_within
from playground.inline_methods import MAX_QUERY
from playground.person_api import PersonApi
from playground.reading import json_body
from playground.records import Chat
from playground.rendering import Json, attachment_json, button_json, user_json


@dataclass(frozen=True)
class InlineApi:
    """What happens where somebody types "@bot words" instead of a message."""

    people: PersonApi
    queries: InlineQueries

    async def ask(self, request: Request) -> Response:
        """Ask the bot; answers with what it found, if that comes in time."""
        people, body = self.people, await json_body(request)
        person = people.person(request)
        words, offset = body.get("query", ""), body.get("offset", "")
        if not isinstance(words, str) or len(words) > MAX_QUERY or not isinstance(offset, str):
            raise Refused(400, f"query is a text of at most {MAX_QUERY} characters, and offset one, too")
        chat = people.open_chat(person, request, body)
        query = self.queries.begin(chat.bot_id, person.id)
        asked = {"id": query.id, "from": user_json(person), "query": words, "offset": offset}
        update = {"inline_query": asked | {"chat_type": _kind_of(chat)}}
        people.world.add_update(chat.bot_id, "inline_query", update)
        people.world.commit()
        answer = await answer_within(query, people.world.config.press_wait_s, people.world.closed)
        return JSONResponse(self._shown(query, answer))

    async def choose(self, request: Request) -> Response:
        """Send one of the results, as the person's own message through the bot."""
        people, body = self.people, await json_body(request)
        person = people.person(request)
        found = self.queries.result(str(body.get("query_id")), str(body.get("result_id")), person.id)
        content: dict[str, Any] = {"file": found.file, "keyboard": found.keyboard, "via_bot": True}
        message = people.say(person, people.place(person, request, body), found.text, **content)
        people.world.commit()
        return JSONResponse({"message_id": message.id, "message_ids": [message.id]})

    def _shown(self, query: InlineQuery, answer: InlineAnswer | None) -> Json:
        if answer is None:
            return {"answered": False, "query_id": query.id, "results": [], "button": None, "next_offset": ""}
        button = {"text": answer.button[0], "start": answer.button[1]} if answer.button else None
        results = [self._found(found) for found in answer.results]
        told: Json = {"answered": True, "query_id": query.id, "results": results}
        return told | {"button": button, "next_offset": answer.next_offset}

    def _found(self, found: Found) -> Json:
        files = self.people.world.files
        return {
            "id": found.id,
            "kind": found.kind,
            "title": found.title,
            "description": found.description,
            "text": found.text.text,
            "entities": found.text.entities,
            "file": attachment_json(self.people.world, files[found.file]) if found.file in files else None,
            "buttons": [[button_json(button) for button in row] for row in found.keyboard],
        }


def _kind_of(chat: Chat) -> str:
    """Where the person types, as the Bot API calls it; "sender" is the private chat with the bot itself."""
    return "sender" if chat.kind == "private" else "group" if chat.kind == "group" else "supergroup"
