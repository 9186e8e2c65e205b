"""The buttons under a sheet of styles: what somebody uses most first, then the page, then styles of their own."""

from collections.abc import Sequence

from telegram import InlineKeyboardMarkup

from bot import keyboards
from bot.categories import Category, presets_in
from bot.own_styles import OwnStyles
from bot.people import Person
from jobs.presets import Preset, find_preset
from models import history
from models.database import Database

MOST_FAVOURITES = 3
MOST_SAVED = 6


class Offers:
    """Knows what each person likes."""

    def __init__(self, database: Database, own_styles: OwnStyles) -> None:
        self._database = database
        self._own_styles = own_styles

    async def markup(
        self,
        person: Person,
        picture_id: int | None,
        language: str | None,
        *,
        page: int = 0,
        category: Category = Category.ALL,
    ) -> InlineKeyboardMarkup | None:
        """For painting that picture; without one there is nothing to choose, only pages to turn."""
        # In a group the names of somebody's own styles are nobody's business.
        saved = [] if person.in_group else await self._own_styles.usable(person.user_id, MOST_SAVED)
        return keyboards.presets(
            picture_id,
            presets_in(category),
            language,
            page,
            category=category,
            favourites=await self._favourites(person.user_id),
            saved=saved,
        )

    async def _favourites(self, user_id: int) -> Sequence[Preset]:
        async with self._database.read() as session:
            names = await history.list_favourites(session, user_id, MOST_FAVOURITES)
        return [preset for name in names if (preset := find_preset(name)) is not None]
