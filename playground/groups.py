"""Groups: made by people with a bot in them, perhaps with topics, and one day perhaps a supergroup."""

import secrets
from collections.abc import Sequence
from typing import Any

from playground.privacy import reaches_bot
from playground.records import Chat, ChatKind, Message, Person
from playground.rendering import Json, bot_json, chat_json, message_json, user_json
from playground.world import NOBODY_YET, World

# Ids as Telegram's: those of groups are negative, those of supergroups begin with -100.
GROUP_IDS_BELOW, SUPERGROUP_IDS_BELOW = -4_000_000_000, -1_002_000_000_000
ID_COUNT = 900_000_000
# The colour of a topic's icon, one of the six that Telegram knows.
ICON_COLOUR = 0x6FB9F0


def make_group(
    world: World, bot_id: int, kind: ChatKind, title: str, members: Sequence[Person], topics: Sequence[str]
) -> Chat:
    """A group with the bot in it; the first member made it. The bot hears so. Durable with the next commit()."""
    chat = _new_chat(world, bot_id, kind, title, [person.id for person in members])
    creator = members[0]
    _tell_membership(world, chat, creator, "left", "member")
    # A bot cannot be there when a supergroup is made: it is added a moment later.
    happened(world, chat, creator, {"group_chat_created": True} if kind == "group" else {"new_chat_members": True})
    for name in topics:
        open_topic(world, chat, creator, name)
    return chat


def _new_chat(world: World, bot_id: int, kind: ChatKind, title: str, members: list[int]) -> Chat:
    below = GROUP_IDS_BELOW if kind == "group" else SUPERGROUP_IDS_BELOW
    chat_id = below - secrets.randbelow(ID_COUNT)
    chat = Chat(bot_id, chat_id, world.first_message_id(), kind=kind, title=title, members=members)
    world.save_chat(chat)
    return chat


def open_topic(world: World, chat: Chat, opener: Person, name: str) -> int:
    """A new topic of a forum; its thread id is that of the message that opens it."""
    thread = chat.next_message_id
    chat.topics[str(thread)] = name
    created = {"forum_topic_created": {"name": name, "icon_color": ICON_COLOUR}}
    happened(world, chat, opener, created, thread=thread)
    return thread


def become_supergroup(world: World, group: Chat) -> Chat:
    """Let a group go on as a supergroup with another id. Durable with the next commit()."""
    creator = world.people[group.members[0]]
    supergroup = _new_chat(world, group.bot_id, "supergroup", group.title, group.members)
    happened(world, group, creator, {"migrate_to_chat_id": supergroup.id})
    happened(world, supergroup, creator, {"migrate_from_chat_id": group.id})
    group.migrated_to = supergroup.id
    world.save_chat(group)
    return supergroup


def block(world: World, chat: Chat, person: Person, *, blocked: bool) -> None:
    """A person blocks the bot or takes it out of a group, or the contrary. Durable with the next commit()."""
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    world.save_chat(chat)
    before, after = ("member", "kicked") if blocked else ("kicked", "member")
    _tell_membership(world, chat, person, before, after)
    if chat.kind != "private":
        happened(world, chat, person, {"left_chat_member": True} if blocked else {"new_chat_members": True})


def happened(world: World, chat: Chat, person: Person, service: Json, thread: int | None = None) -> Message:
    """A service message: what a person did to the chat."""
    message = world.add_message(
        bot_id=chat.bot_id, chat_id=chat.id, sender="person", author=person.id, thread=thread, service=service
    )
    tell_bot(world, message)
    return message


def tell_bot(world: World, message: Message) -> None:
    """Give a person's message to the bot, if it is one that the bot gets to see."""
    if reaches_bot(world, message):
        world.add_update(message.bot_id, "message", {"message": message_json(world, message)})


def _tell_membership(world: World, chat: Chat, person: Person, before: str, after: str) -> None:
    # What happens before the first bot came happened to nobody.
    if chat.bot_id == NOBODY_YET:
        return
    body = {
        "chat": chat_json(world, chat),
        "from": user_json(person),
        "date": int(world.clock()),
        "old_chat_member": _membership(world, chat, before),
        "new_chat_member": _membership(world, chat, after),
    }
    world.add_update(chat.bot_id, "my_chat_member", {"my_chat_member": body})


def _membership(world: World, chat: Chat, status: str) -> dict[str, Any]:
    member: Json = {"user": bot_json(chat.bot_id, world.config), "status": status}
    # Forever, in Telegram's way.
    return member | ({"until_date": 0} if status == "kicked" else {})
