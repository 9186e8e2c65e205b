"""The tester's side over HTTP: groups to be made, faults to be ordered, and the log of what bots called."""

from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.bot_api import BotApi
from playground.errors import Refused
from playground.groups import become_supergroup, make_group
from playground.person_api import chat_summary
from playground.reading import json_body, number
from playground.records import ChatKind, Person
from playground.rendering import Json
from playground.world import World

GROUP_KINDS: tuple[ChatKind, ...] = ("group", "supergroup", "forum")
MAX_TITLE, MAX_TOPIC = 128, 128


@dataclass(frozen=True)
class TesterApi:
    """What nobody does in a messenger, but who tries a bot needs."""

    world: World
    bot_api: BotApi

    async def calls(self, request: Request) -> Response:
        after = number(request.query_params.get("after", "0"), "after")
        return JSONResponse({"calls": self.bot_api.log.since(after)})

    # Faults

    async def faults(self, request: Request) -> Response:
        """GET shows the faults still to come, POST orders one, DELETE clears them all."""
        if request.method == "POST":
            return JSONResponse(asdict(self.bot_api.faults.order(await json_body(request))))
        if request.method == "DELETE":
            self.bot_api.faults.clear()
        return JSONResponse({"faults": self.bot_api.faults.waiting()})

    # Chats

    async def make_chat(self, request: Request) -> Response:
        """A group with the bot in it, or a private chat that the bot may begin."""
        body = await json_body(request)
        members = self._members(body.get("members"))
        bot_id = self._bot_id(request)
        kind = next((kind for kind in GROUP_KINDS if kind == body.get("kind")), None)
        if kind is not None:
            chat = make_group(self.world, bot_id, kind, _title(body), members, _topics(body))
        elif body.get("kind") == "private" and len(members) == 1:
            chat = self.world.chat(bot_id, members[0].id)
        else:
            raise Refused(400, "kind is private (with one member), group, supergroup or forum")
        self.world.commit()
        return JSONResponse(chat_summary(self.world, chat))

    async def migrate(self, request: Request) -> Response:
        """Let a group become a supergroup."""
        group = self.world.chats.get((self._bot_id(request), number(request.path_params["chat"], "chat")))
        if group is None or group.kind != "group" or group.migrated_to is not None:
            raise Refused(404, "no such group that could become a supergroup")
        supergroup = become_supergroup(self.world, group)
        self.world.commit()
        return JSONResponse(chat_summary(self.world, supergroup))

    def _bot_id(self, request: Request) -> int:
        chosen = request.query_params.get("bot")
        return number(chosen, "bot") if chosen else self.world.current_bot_id

    def _members(self, given: Any) -> list[Person]:
        if not isinstance(given, list) or not given or not all(isinstance(who, str | int) for who in given):
            raise Refused(400, "members is a list of names or numbers")
        people = {person.id: person for person in (self.world.person(str(who)) for who in given)}
        return list(people.values())


def _title(body: Json) -> str:
    title = body.get("title")
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= MAX_TITLE:
        raise Refused(400, f"title has 1 to {MAX_TITLE} characters")
    return title.strip()


def _topics(body: Json) -> list[str]:
    topics = body.get("topics", [])
    if not isinstance(topics, list) or not all(
        isinstance(name, str) and 1 <= len(name) <= MAX_TOPIC for name in topics
    ):
        raise Refused(400, f"topics is a list of names of 1 to {MAX_TOPIC} characters")
    if topics and body["kind"] != "forum":
        raise Refused(400, "only a forum has topics")
    return topics
