"""What people set once for all their later pictures: for a private chat, or for everybody in a group."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refused
from bot.people import Person, note
from jobs.clock import Clock
from jobs.values import JobSpec
from models import updates
from models.database import Database
from models.states import Lane
from models.tables import Chat
from models.trips import Trip

INSTANT, HQ = "instant", "hq"
USUAL_SIZE = 0
Choice = str | int | float | bool

# What can be chosen for each setting, with the key of its label. Buttons carry a setting's name and a place in its row.
CHOICES: dict[str, dict[Choice, str]] = {
    "quality": {INSTANT: "choice-instant", HQ: "choice-hq"},
    "size_px": {USUAL_SIZE: "choice-usual-size", 512: "choice-size", 768: "choice-size", 1024: "choice-size"},
    "strength": {0.75: "choice-soft", 1.0: "choice-normal", 1.25: "choice-strong"},
    "keep_colours": {"none": "choice-style-colours", "luminance": "choice-photo-colours"},
    "brush": {0.5: "choice-fine", 1.0: "choice-medium", 2.0: "choice-broad"},
    "as_file": {False: "choice-photo", True: "choice-file"},
}


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a chat wants its pictures. Stored as JSON in the chat's row.

    quality: of the first picture of a wish; size_px: USUAL_SIZE is what the operator has set
    as_file: every picture comes as a file as well
    """

    quality: str = INSTANT
    size_px: int = USUAL_SIZE
    strength: float = 1.0
    keep_colours: str = "none"
    brush: float = 1.0
    as_file: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Self:
        """From what was stored; what can no longer be chosen takes the default."""
        known = {field.name for field in fields(cls)}
        chosen = {name: value for name, value in (stored or {}).items() if name in known}
        return cls(**{name: value for name, value in chosen.items() if value in CHOICES[name]})

    def with_choice(self, setting: str, place: int) -> Self:
        """After a press. Raises Refused where the button is forged, or of another version."""
        choices = tuple(CHOICES.get(setting, ()))
        if place >= len(choices):
            raise Refused("press-old")
        return replace(self, **{setting: choices[place]})  # type: ignore[arg-type]  # CHOICES holds each field's kind

    def spec(self, *, instant_side_px: int, hq_side_px: int, seed: int, generator: bool) -> tuple[Lane, JobSpec]:
        """How a new wish is painted; sides: the operator's. A generator has one pass, no brush, and less strength."""
        if generator:
            return Lane.INSTANT, JobSpec(
                method="instant",
                longest_side_px=self.size_px or instant_side_px,
                strength=min(1.0, self.strength),
                keep_colours=self.keep_colours,
                seed=seed,
            )
        hq = self.quality == HQ
        return Lane.HQ if hq else Lane.INSTANT, JobSpec(
            method="gatys" if hq else "instant",
            init="instant" if hq else "content",
            longest_side_px=self.size_px or (hq_side_px if hq else instant_side_px),
            strength=self.strength,
            keep_colours=self.keep_colours,
            brush=self.brush,
            seed=seed,
        )


async def preferences_of(session: AsyncSession, chat_id: int) -> Preferences:
    """What a chat has chosen, or the defaults."""
    chat = await session.get(Chat, chat_id)
    return Preferences.from_json(chat.settings if chat is not None else None)


class PreferenceBook:
    """Reads and keeps them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def read(self, chat_id: int) -> Preferences:
        """What a chat has chosen, or the defaults."""
        async with self._database.read() as session:
            return await preferences_of(session, chat_id)

    async def choose(self, person: Person, setting: str, place: int) -> Preferences:
        """Keep a choice for the person's chat. Whether they may choose there has been asked."""
        now = self._clock()

        def choose(trip: Trip) -> Preferences:
            note(trip, person, now)
            chosen = Preferences.from_json(updates.settings_of(trip, person.chat_id)).with_choice(setting, place)
            updates.keep_settings(trip, person.chat_id, asdict(chosen))
            return chosen

        return await self._database.write_at_once(choose)
