"""The playground's world: who wrote what to whom, and which updates wait for which bot.

Everything happens on one event loop between two awaits, so nothing here needs a lock. Each change goes to the
journal; commit() makes it durable and wakes whoever waits for news.
"""

import asyncio
import contextlib
import re
import secrets
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from playground.config import PlaygroundConfig
from playground.errors import Refused
from playground.films import FilmFacts
from playground.journal import Journal
from playground.pictures import Rendition
from playground.records import Bot, Chat, FileKind, Message, Person, Sender, StoredFile, Update
from playground.shelf import Shelf

NAMED_PEOPLE = {"ada": 1001, "ben": 1002, "cleo": 1003, "dan": 1004, "eve": 1005}
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# Other names get an id from the name itself, so that it is the same in every playground.
FIRST_HASHED_ID, HASHED_IDS = 100_000, 800_000
MAX_PERSON_ID = 2**52
NOBODY_YET = 0
# Ids begin at the clock: a playground that starts anew never repeats the ids of the one before.
IDS_SINCE = 1_600_000_000
UPDATE_IDS_PER_S = 4
CONNECTED_FOR_S = 3.0
ACTION_LASTS_S = 5.0
SHORTEST_TO_SWEEP_S, LONGEST_TO_SWEEP_S = 1.0, 3600.0


class World:
    """All people, bots, chats, files and updates, in memory and in the journal."""

    def __init__(self, config: PlaygroundConfig, clock: Callable[[], float] = time.time) -> None:
        self.config = config
        self.clock = clock
        # Pages that kept a revision of another life of this playground are told to start afresh.
        self.epoch = secrets.token_hex(4)
        self.revision = 1
        self.closed = asyncio.Event()
        self.people: dict[int, Person] = {}
        self.bots: dict[int, Bot] = {}
        self.chats: dict[tuple[int, int], Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.current_bot_id = NOBODY_YET
        self._messages: dict[tuple[int, int], dict[int, Message]] = {}
        self._updates: dict[int, list[Update]] = {}
        self._last_update_id = 0
        self._actions: dict[tuple[int, int], tuple[str, float]] = {}
        # Who asked for updates last, per bot: a second poller ends the first one's wait.
        self.pollers: dict[int, object] = {}
        self._polls: dict[int, int] = {}
        self._last_poll: dict[int, float] = {}
        self._news = asyncio.Event()
        self.shelf = Shelf(config.state_dir)
        self._journal = Journal(self.shelf.state_dir / "playground.sqlite3")
        self._load()

    # News

    def commit(self) -> None:
        """Make all changes since the last commit durable and wake those who wait for them."""
        self._journal.commit()
        self.wake()

    def wake(self) -> None:
        """Tell everybody who waits to look again."""
        self.revision += 1
        self._news.set()
        self._news = asyncio.Event()

    async def wait_for_news(self, timeout_s: float, beyond: int | None = None) -> bool:
        """Wait until something changes; False when nothing did in time or the playground closes.

        beyond: the revision that is known. Whoever waits in a task of its own needs it: something may change before the
        task begins to wait.
        """
        if self.closed.is_set() or timeout_s <= 0:
            return False
        if beyond is not None and self.revision > beyond:
            return True
        try:
            await asyncio.wait_for(self._news.wait(), timeout_s)
        except TimeoutError:
            return False
        return not self.closed.is_set()

    def close_waits(self) -> None:
        """End all long polls, so that a server can stop at once."""
        self.closed.set()
        self._news.set()

    def close(self) -> None:
        self.close_waits()
        self._journal.commit()
        self._journal.close()

    # People

    def person(self, who: str) -> Person:
        """The person of this id or short name, created on first use; raises Refused for an impossible name."""
        name = who.lower()
        if name.isascii() and name.isdigit():
            person_id = int(name)
            if not 0 < person_id <= MAX_PERSON_ID:
                raise Refused(400, "a person's id is a positive number")
        elif NAME.fullmatch(name):
            person_id = self._id_of(name)
        else:
            raise Refused(400, "a person is a number or a short name of a-z, 0-9 and _")
        return self.people.get(person_id) or self._new_person(person_id, name)

    def _id_of(self, name: str) -> int:
        known = next((person.id for person in self.people.values() if person.name == name), None)
        return (
            known or NAMED_PEOPLE.get(name) or self._free_id(FIRST_HASHED_ID + zlib.crc32(name.encode()) % HASHED_IDS)
        )

    def _free_id(self, person_id: int) -> int:
        while person_id in self.people:
            person_id += 1
        return person_id

    def _new_person(self, person_id: int, name: str) -> Person:
        by_id = {number: known for known, number in NAMED_PEOPLE.items()}
        name = by_id.get(person_id, name)
        first_name = f"User {name}" if name.isdigit() else name.replace("_", " ").title()
        person = Person(person_id, name, first_name)
        self.people[person_id] = person
        self.save_person(person)
        return person

    def save_person(self, person: Person) -> None:
        self._journal.save("person", str(person.id), asdict(person))
        self.commit()

    # Bots

    def bot(self, bot_id: int) -> Bot:
        """The bot of this id, known from its first call on."""
        if bot_id not in self.bots:
            self.bots[bot_id] = Bot(bot_id)
            self.save_bot(self.bots[bot_id])
        if self.current_bot_id == NOBODY_YET:
            self.make_current(bot_id)
        return self.bots[bot_id]

    def save_bot(self, bot: Bot) -> None:
        self._journal.save("bot", str(bot.id), asdict(bot))
        self.commit()

    def make_current(self, bot_id: int) -> None:
        """From now on people write to this bot; the first one gets what was written before it came."""
        if bot_id == self.current_bot_id:
            return
        if self.current_bot_id == NOBODY_YET:
            self._hand_over(bot_id)
        self.current_bot_id = bot_id
        self._journal.save("current", "bot", {"id": bot_id})
        self.commit()

    def _hand_over(self, bot_id: int) -> None:
        for key, chat in [(key, chat) for key, chat in self.chats.items() if chat.bot_id == NOBODY_YET]:
            del self.chats[key]
            chat.bot_id = bot_id
            self._journal.drop("chat", f"{NOBODY_YET}/{chat.id}")
            self.save_chat(chat)
            for message in self._messages.pop(key, {}).values():
                self._journal.drop("message", _key(message))
                message.bot_id = bot_id
                self._keep(message)
        waiting = self._updates.pop(NOBODY_YET, [])
        for update in waiting:
            update.bot_id = bot_id
            self._journal.save("update", str(update.id), asdict(update))
        self._updates[bot_id] = waiting + self._updates.get(bot_id, [])

    def poll_begins(self, bot_id: int) -> None:
        was_connected = self.is_connected(bot_id)
        self._polls[bot_id] = self._polls.get(bot_id, 0) + 1
        if not was_connected:
            self.wake()

    def poll_ends(self, bot_id: int) -> None:
        self._polls[bot_id] -= 1
        self._last_poll[bot_id] = time.monotonic()
        # Unless the bot asks again, pages have to learn that it is gone.
        asyncio.get_running_loop().call_later(CONNECTED_FOR_S + 0.1, self._tell_if_gone, bot_id)

    def _tell_if_gone(self, bot_id: int) -> None:
        if not self.closed.is_set() and not self.is_connected(bot_id):
            self.wake()

    def is_connected(self, bot_id: int) -> bool:
        """Whether the bot asks for updates now, or did a moment ago, or takes them by a webhook."""
        bot = self.bots.get(bot_id)
        if bot is not None and bot.webhook is not None:
            return not bot.webhook.failing
        recently = time.monotonic() - self._last_poll.get(bot_id, -CONNECTED_FOR_S) < CONNECTED_FOR_S
        return self._polls.get(bot_id, 0) > 0 or recently

    def show_action(self, bot_id: int, chat_id: int, action: str) -> None:
        self._actions[bot_id, chat_id] = (action, time.monotonic() + ACTION_LASTS_S)
        self.wake()

    def action(self, bot_id: int, chat_id: int) -> tuple[str, float] | None:
        """What the bot seems to be doing, and for how many seconds more."""
        action, until = self._actions.get((bot_id, chat_id), ("", 0.0))
        left_s = until - time.monotonic()
        return (action, left_s) if left_s > 0 else None

    # Chats and messages

    def chat(self, bot_id: int, chat_id: int) -> Chat:
        """The chat of this id, begun where it is a person's and nobody wrote yet. Durable with the next commit()."""
        if (bot_id, chat_id) not in self.chats:
            self.save_chat(Chat(bot_id, chat_id, self.first_message_id()))
        return self.chats[bot_id, chat_id]

    def first_message_id(self) -> int:
        return int(self.clock()) - IDS_SINCE

    def groups_of(self, bot_id: int, person: Person) -> list[Chat]:
        """The groups with this bot that a person is in; one that became a supergroup is no longer shown."""
        return [
            chat
            for chat in self.chats.values()
            if chat.bot_id == bot_id and person.id in chat.members and chat.migrated_to is None
        ]

    def messages(self, bot_id: int, chat_id: int) -> list[Message]:
        """All messages of a chat in order; empty where nobody wrote yet."""
        return list(self._messages.get((bot_id, chat_id), {}).values())

    def last_message(self, bot_id: int, chat_id: int) -> Message | None:
        known = self._messages.get((bot_id, chat_id), {})
        return known[next(reversed(known))] if known else None

    def message(self, bot_id: int, chat_id: int, message_id: int) -> Message | None:
        return self._messages.get((bot_id, chat_id), {}).get(message_id)

    def add_message(self, *, bot_id: int, chat_id: int, sender: Sender, **content: Any) -> Message:
        """A new message at the end of a chat; a private one begins with it. Durable with the next commit()."""
        chat = self.chat(bot_id, chat_id)
        message = Message(
            id=chat.next_message_id, bot_id=bot_id, chat_id=chat_id, sender=sender, date=int(self.clock()), **content
        )
        chat.next_message_id += 1
        self.save_chat(chat)
        self._keep(message)
        if sender == "bot":
            self._actions.pop((bot_id, chat_id), None)
        return message

    def edited(self, message: Message) -> None:
        """Count an edit of a message that was just changed. Durable with the next commit()."""
        message.edits += 1
        message.edited_at = int(self.clock())
        self._keep(message)

    def rekeyed(self, message: Message) -> None:
        """Only the buttons changed: shown at once, but not called an edit by messengers. Durable with commit()."""
        self._keep(message)

    def remove(self, message: Message) -> None:
        chat = self.chats[message.bot_id, message.chat_id]
        del self._messages[message.bot_id, message.chat_id][message.id]
        chat.removed[str(message.id)] = self.revision + 1
        self._journal.drop("message", _key(message))
        self.save_chat(chat)

    def _keep(self, message: Message) -> None:
        # Seen by pages from the next wake on, which raises the revision to this number.
        message.revision = self.revision + 1
        self._messages.setdefault((message.bot_id, message.chat_id), {})[message.id] = message
        self._journal.save("message", _key(message), asdict(message))

    def save_chat(self, chat: Chat) -> None:
        """Keep a chat that is new or changed. Durable with the next commit()."""
        self.chats[chat.bot_id, chat.id] = chat
        self._journal.save("chat", f"{chat.bot_id}/{chat.id}", asdict(chat))

    # Files

    def add_photo(self, renditions: list[Rendition]) -> StoredFile:
        """A photo in all its sizes; returns the largest. Durable with the next commit()."""
        sizes = [
            StoredFile(
                self.shelf.put(made.jpeg), "photo", "image/jpeg", len(made.jpeg), width=made.width, height=made.height
            )
            for made in renditions
        ]
        for size in sizes:
            size.sizes = [other.id for other in sizes]
            self._keep_file(size)
        return sizes[-1]

    def add_document(
        self, data: bytes, *, name: str, mime: str, dimensions: tuple[int, int] | None, thumbnail: Rendition | None
    ) -> StoredFile:
        """A file kept byte for byte, with what can be shown of it. Durable with the next commit()."""
        document = StoredFile(self.shelf.put(data), "document", mime, len(data), name=name)
        if dimensions is not None:
            document.width, document.height = dimensions
        if thumbnail is not None:
            small = StoredFile(self.shelf.put(thumbnail.jpeg), "thumbnail", "image/jpeg", len(thumbnail.jpeg))
            small.width, small.height = thumbnail.width, thumbnail.height
            self._keep_file(small)
            document.thumbnail = small.id
        self._keep_file(document)
        return document

    def add_media(self, data: bytes, kind: FileKind, name: str, mime: str, facts: FilmFacts) -> StoredFile:
        """A film, a sound or a sticker, kept byte for byte. Durable with the next commit()."""
        media = StoredFile(self.shelf.put(data), kind, mime, len(data), name=name)
        media.width, media.height, media.duration_s = facts.width or None, facts.height or None, facts.duration_s
        self._keep_file(media)
        return media

    def use(self, file: StoredFile) -> None:
        """A bot named this file: it is kept for a while longer."""
        self._keep_file(file)

    def sweep(self) -> None:
        """Throw away files that no message shows and no bot named for a while, such as previews replaced by edits."""
        used_since = self.clock() - self.config.unused_file_s
        kept = {message.file for chat in self._messages.values() for message in chat.values() if message.file}
        kept |= {file.id for file in self.files.values() if file.used_at > used_since}
        for file in [self.files[file_id] for file_id in kept]:
            kept.update(file.sizes, [file.thumbnail] if file.thumbnail else [])
        for file_id in self.files.keys() - kept:
            del self.files[file_id]
            self._journal.drop("file", file_id)
        self._journal.commit()
        self.shelf.keep_only(kept)

    async def sweep_now_and_then(self) -> None:
        """Sweep at the start and then every hour, or as often as files grow old."""
        while not self.closed.is_set():
            self.sweep()
            pause_s = min(max(self.config.unused_file_s, SHORTEST_TO_SWEEP_S), LONGEST_TO_SWEEP_S)
            with contextlib.suppress(TimeoutError):  # not closed: time for the next sweep
                await asyncio.wait_for(self.closed.wait(), pause_s)

    def _keep_file(self, file: StoredFile) -> None:
        file.used_at = self.clock()
        self.files[file.id] = file
        self._journal.save("file", file.id, asdict(file))

    # Updates

    def add_update(self, bot_id: int, kind: str, body: dict[str, Any]) -> None:
        """Let a bot know, unless it asked not to hear of such things. Durable with the next commit()."""
        bot = self.bots.get(bot_id)
        if bot is not None and bot.allowed_updates and kind not in bot.allowed_updates:
            return
        self._last_update_id += 1
        update = Update(self._last_update_id, bot_id, kind, body)
        self._updates.setdefault(bot_id, []).append(update)
        self._journal.save("update", str(update.id), asdict(update))
        self._journal.save("counter", "update", {"last": update.id})

    def waiting_updates(self, bot_id: int) -> list[Update]:
        return self._updates.get(bot_id, [])

    def confirm_updates(self, bot_id: int, below: int) -> None:
        """Forget a bot's updates under this id."""
        waiting = self._updates.get(bot_id, [])
        confirmed = [update for update in waiting if update.id < below]
        if not confirmed:
            return
        for update in confirmed:
            self._journal.drop("update", str(update.id))
        self._updates[bot_id] = waiting[len(confirmed) :]
        self._journal.commit()

    def forget_update(self, update: Update) -> None:
        """A webhook has accepted this one."""
        self._updates[update.bot_id] = [each for each in self.waiting_updates(update.bot_id) if each is not update]
        self._journal.drop("update", str(update.id))
        self._journal.commit()

    # Loading

    def _load(self) -> None:
        for person in self._loaded("person", Person):
            self.people[person.id] = person
        for bot in self._loaded("bot", Bot):
            self.bots[bot.id] = bot
        for file in self._loaded("file", StoredFile):
            self.files[file.id] = file
        for chat in self._loaded("chat", Chat):
            chat.removed = {}
            self.chats[chat.bot_id, chat.id] = chat
        for message in sorted(self._loaded("message", Message), key=lambda message: message.id):
            message.revision = 0
            self._messages.setdefault((message.bot_id, message.chat_id), {})[message.id] = message
        for update in sorted(self._loaded("update", Update), key=lambda update: update.id):
            self._updates.setdefault(update.bot_id, []).append(update)
        for current in self._journal.load("current"):
            self.current_bot_id = current["id"]
        from_clock = int((self.clock() - IDS_SINCE) * UPDATE_IDS_PER_S)
        self._last_update_id = max([from_clock, *(counter["last"] for counter in self._journal.load("counter"))])

    def _loaded(self, kind: str, record: type[Any]) -> Iterable[Any]:
        return (record(**body) for body in self._journal.load(kind))


def _key(message: Message) -> str:
    return f"{message.bot_id}/{message.chat_id}/{message.id}"
