"""What every handler finds in its context."""

from dataclasses import dataclass
from typing import Any

from telegram.ext import Application, CallbackContext, ExtBot

from bot.admin.boards import Boards
from bot.admin.fitted import Fitted
from bot.admin.herald import Herald
from bot.admin.pages import Pages
from bot.admin.watchman import Watchman
from bot.alarms import Alarms
from bot.albums import Albums
from bot.config import BotConfig, Services
from bot.delivery import Deliveries
from bot.dialogues import Dialogues
from bot.drafts import Drafts
from bot.files import Files
from bot.films import Films
from bot.finds import Finds
from bot.forgetting import Forgetting
from bot.history import History
from bot.intake import Intake
from bot.offers import Offers
from bot.orders import Orders
from bot.own_styles import OwnStyles
from bot.pacing import Priority
from bot.people import People
from bot.preferences import PreferenceBook
from bot.shelf import Shelf
from bot.status import StatusBoard
from jobs.administration import Administration
from jobs.broadcasts import Broadcasts
from jobs.preset_shelf import PresetShelf

PARTS = "parts"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The bot's own parts, wired in app.py."""

    config: BotConfig
    services: Services
    intake: Intake
    people: People
    drafts: Drafts
    dialogues: Dialogues
    orders: Orders
    shelf: Shelf
    finds: Finds
    status: StatusBoard
    deliveries: Deliveries
    albums: Albums
    alarms: Alarms
    files: Files
    films: Films
    preferences: PreferenceBook
    history: History
    forgetting: Forgetting
    own_styles: OwnStyles
    offers: Offers
    administration: Administration
    pages: Pages
    boards: Boards
    watchman: Watchman
    broadcasts: Broadcasts
    herald: Herald
    preset_shelf: PresetShelf
    fitted: Fitted


Store = dict[Any, Any]


class BotContext(CallbackContext[ExtBot[Priority], Store, Store, Store]):
    """python-telegram-bot's context, with our parts by name."""

    @property
    def parts(self) -> Parts:
        parts: Parts = self.bot_data[PARTS]
        return parts


BotApplication = Application[ExtBot[Priority], BotContext, Store, Store, Store, None]
