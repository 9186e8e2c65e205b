"""People in the playground, in the playground's own process: what they do costs the bot's process nothing."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playground.formatting import TEXT_LIMIT, Formatted
from playground.person_api import PersonApi, Place
from playground.pictures import Rendition
from playground.reading import formatted
from playground.records import Message

LOOK_EVERY_S = 0.2
# A thousand people who begin at once wait for each other.
PATIENCE_S = 900.0


@dataclass(frozen=True, kw_only=True)
class Pressable:
    """A message with a button, and what the button carries."""

    message: Message
    data: str

    @property
    def number(self) -> int:
        """What it is about: the job, or the picture."""
        return int(self.data.partition(":")[2].partition(".")[0])


@dataclass
class Crowd:
    """Everybody, and what they have done so far."""

    people: PersonApi
    bot_id: int
    updates: int = 0

    def somebody(self, number: int) -> "Somebody":
        """The person of that number."""
        return Somebody(self, number)


@dataclass
class Somebody:
    """Writes, sends pictures and presses buttons, each with their own dice."""

    crowd: Crowd
    number: int
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.number)
        self._world = self.crowd.people.world
        self._person = self._world.person(str(self.number))
        self._chat = self._world.chat(self.crowd.bot_id, self.number)

    def says(self, text: str) -> None:
        """Write to the bot."""
        self._say(formatted(text, TEXT_LIMIT))

    def sends_photo(self, renditions: list[Rendition]) -> None:
        """Send a photo in its sizes."""
        self._say(Formatted(""), self._world.add_photo(renditions).id)

    async def presses(self, button: Pressable) -> float:
        """Press, and wait for the bot to answer; returns after how many seconds. Raises TimeoutError."""
        began = time.perf_counter()
        self.crowd.updates += 1
        press = self.crowd.people.begin_press(self._person, self._chat, button.message, button.data)
        async with asyncio.timeout(PATIENCE_S):
            await press.answer
        return time.perf_counter() - began

    async def finds(self, fits: Callable[[Pressable], bool]) -> Pressable:
        """A button that fits, of the newest message that has one, once there is one. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := [button for button in self._buttons() if fits(button)]):  # noqa: ASYNC110 - no bell
                await asyncio.sleep(LOOK_EVERY_S)
        newest = [button for button in found if button.message is found[0].message]
        return self._dice.choice(newest)

    def shows(self, words: str) -> bool:
        """Whether a message of the bot's says so."""
        return any(words in message.text for message in self._answers())

    def _say(self, text: Formatted, file: str | None = None) -> None:
        self.crowd.updates += 1
        place = Place(self.crowd.bot_id, self.number, None, None)
        self.crowd.people.say(self._person, place, text, file=file)
        self._world.commit()

    def _answers(self) -> list[Message]:
        """What the bot said, newest first."""
        said = self._world.messages(self.crowd.bot_id, self.number)
        return [message for message in reversed(said) if message.sender == "bot"]

    def _buttons(self) -> Iterator[Pressable]:
        for message in self._answers():
            for row in message.keyboard:
                for button in row:
                    if "callback_data" in button:
                        yield Pressable(message=message, data=button["callback_data"])


def with_verb(verb: str, after: int = -1) -> Callable[[Pressable], bool]:
    """Buttons of that verb; after: about something with a higher number."""
    return lambda button: button.data.startswith(f"{verb}:") and (after < 0 or button.number > after)
