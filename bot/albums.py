"""Albums are judged once they have been quiet for a moment, by this process or by the next one after a restart."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from telegram.error import Forbidden, TelegramError
from telegram.ext import ExtBot

from bot import keyboards, texts
from bot.audience import how_to_be_heard
from bot.drafts import AlbumJudged, ContentSet, Drafts
from bot.errors import Refused
from bot.messages import Look, send, take_buttons
from bot.offers import Offers
from bot.orders import Orders
from bot.pacing import Priority
from bot.people import People, Person
from bot.places import Place
from bot.refusals import refusal
from bot.shelf import Shelf
from bot.status import StatusBoard
from bot.studies import Wanted
from bot.turns import Turns
from bot.waiting import let_finish, wait_for_any
from jobs.errors import NotAdmitted
from jobs.values import PHOTOS_OF

log = logging.getLogger(__name__)

# Nothing tells this process when a part was stored while the database hiccuped: look now and then.
LOOK_EVERY_S = 2.0
SHORTEST_WAIT_S = 0.02
STOP_GRACE_S = 5.0


class Albums:
    """Judges albums that have gone quiet."""

    def __init__(
        self,
        bot: ExtBot[Priority],
        *,
        drafts: Drafts,
        orders: Orders,
        offers: Offers,
        people: People,
        shelf: Shelf,
        status: StatusBoard,
        turns: Turns,
        clock: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._drafts = drafts
        self._orders = orders
        self._offers = offers
        self._people = people
        self._shelf = shelf
        self._status = status
        self._turns = turns
        self._clock = clock
        self._news = asyncio.Event()
        self._judging: dict[tuple[int, int], asyncio.Task[None]] = {}

    def expect(self) -> None:
        """A part was stored: judge its album in time."""
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Judge whatever is due, until stop is set."""
        while not stop.is_set():
            self._news.clear()
            try:
                wait_s = await self._start_due()
            except Exception:
                log.exception("albums cannot be read")
                wait_s = LOOK_EVERY_S
            await wait_for_any(self._news, stop, seconds=wait_s)
        await let_finish(self._judging.values(), STOP_GRACE_S)

    async def judge(self, chat_id: int, user_id: int) -> None:
        """Judge one album in its sender's turn: parts that have arrived and are still being fetched come first."""
        async with self._turns.of(user_id):
            await self._settle(await self._drafts.judge_album(chat_id, user_id))

    async def settle_before(self, person: Person, album_id: str | None) -> None:
        """Judge what the person sent before this album or, without one, before this photo. They hold their turn."""
        if not await self._drafts.expects_album(person, album_id):
            await self._settle(await self._drafts.judge_album(person.chat_id, person.user_id, at_once=True))

    async def _settle(self, judged: AlbumJudged | None) -> None:
        if judged is None:
            return
        prompt_id = None
        try:
            prompt_id = await self._answer(judged)
        except NotAdmitted as error:
            await self._turn_away(judged, error)
        except Refused as refused:  # a photo of the study is gone: it is to stand in the way of no later one
            await self._give_up(judged, refused)
        except TelegramError as error:
            # As after a handler's error the album counts as answered; a job that was made goes on without us.
            log.warning("an album's answer did not arrive", extra={"chat_id": judged.chat_id, "error": str(error)})
            if isinstance(error, Forbidden):
                await self._people.mark_blocked(judged.user_id, judged.chat_id)
        await self._drafts.album_answered(judged, prompt_id)

    async def _start_due(self) -> float:
        """Begin to judge what is due; returns the seconds until something else is."""
        wait_s = LOOK_EVERY_S
        for due in await self._drafts.albums_waiting():
            key = (due.chat_id, due.user_id)
            left_s = (due.due_at - self._clock()).total_seconds()
            if left_s > 0:
                wait_s = min(wait_s, left_s)
            elif key not in self._judging:
                self._judging[key] = asyncio.create_task(self._judge_safely(*key))
        return max(SHORTEST_WAIT_S, wait_s)

    async def _judge_safely(self, chat_id: int, user_id: int) -> None:
        try:
            await self.judge(chat_id, user_id)
        except Exception:
            log.exception("an album could not be answered", extra={"chat_id": chat_id})
            # It stays due; a pause keeps a lasting trouble from filling the log.
            await asyncio.sleep(LOOK_EVERY_S)
        finally:
            self._judging.pop((chat_id, user_id), None)
            self._news.set()

    async def _answer(self, judged: AlbumJudged) -> int | None:
        """Paint, or say what is wrong; the number of the message where it asks for another photo."""
        language = await self._people.language(judged.user_id, judged.chat_id)
        place = _place(judged)
        if judged.wanted is not None and judged.wanted.lacks:
            return await self._ask_for_second(judged, judged.wanted, language)
        if judged.wanted is not None or judged.pair is not None:
            await self._paint(judged)
        elif judged.kept is not None:
            await self._paint_or_offer(judged, judged.kept, language)
        else:
            await send(self._bot, place, Look(words=_what_instead(judged, language)))
        return None

    async def _paint_or_offer(self, judged: AlbumJudged, kept: ContentSet, language: str | None) -> None:
        """Paint the only good picture in the styles that were chosen before it came; or else offer styles."""
        # Telegram may have kept the others from us: in a group it shows what is said to us, and nothing else.
        words = texts.render(language, "album-one-seen" if judged.chat_id < 0 else "album-one-good")
        if kept.mixture.parts:
            try:
                await self._paint(judged)
            except Refused as refused:  # a style is gone
                words = texts.render(language, refused.key) + "\n\n" + words
            else:
                return
        words += how_to_be_heard(judged.chat_id, self._bot.username, language)
        markup = await self._offers.markup(_sender_of(judged), kept.picture_id, language)
        await self._shelf.send_sheet(self._bot, _place(judged), words, markup, language)

    async def _ask_for_second(self, judged: AlbumJudged, wanted: Wanted, language: str | None) -> int:
        """The album brought the first photo of a study."""
        words = texts.render(language, "lab-second-photo", study=wanted.title(language))
        words += how_to_be_heard(judged.chat_id, self._bot.username, language)
        look = Look(words=words, markup=keyboards.never_mind(judged.user_id, language))
        asking = await send(self._bot, _place(judged), look)
        if judged.prompt_id is not None:
            await take_buttons(self._bot, judged.chat_id, judged.prompt_id)
        return asking.message_id

    async def _turn_away(self, judged: AlbumJudged, error: NotAdmitted) -> None:
        """Say why nothing is painted; the photo waits for its style, as if it had come alone."""
        await self._drafts.album_refused(judged)
        key, facts = refusal(error, await self._people.language(judged.user_id, judged.chat_id))
        await self._say_sorry(judged, key, **facts)

    async def _give_up(self, judged: AlbumJudged, refused: Refused) -> None:
        """Say what is gone; nothing is waited for any more."""
        await self._drafts.album_answered(judged)
        await self._say_sorry(judged, refused.key)
        if judged.prompt_id is not None:
            await take_buttons(self._bot, judged.chat_id, judged.prompt_id)

    async def _say_sorry(self, judged: AlbumJudged, key: str, **facts: texts.Fact) -> None:
        """A sentence that changes nothing where it does not arrive."""
        language = await self._people.language(judged.user_id, judged.chat_id)
        try:
            await send(self._bot, _place(judged), Look(words=texts.render(language, key, **facts)))
        except TelegramError as failure:
            log.warning("an album's refusal did not arrive", extra={"chat_id": judged.chat_id, "error": str(failure)})

    async def _paint(self, judged: AlbumJudged) -> None:
        sender, key, asked_by = _sender_of(judged), f"album:{judged.chat_id}:{judged.album_id}", _asked_by(judged)
        if judged.wanted is not None:
            ticket = await self._orders.study(sender, judged.wanted, key, asked_by)
        elif judged.pair is not None:
            pictures = judged.pair.content_picture_id, judged.pair.style_picture_id
            ticket = await self._orders.pair(sender, *pictures, key, asked_by)
        else:
            assert judged.kept is not None  # nothing else is painted
            ticket = await self._orders.mixed(sender, judged.kept.picture_id, judged.kept.mixture, key, asked_by)
            await self._drafts.use_up(sender, ticket.job_id)
        if judged.prompt_id is not None:
            await take_buttons(self._bot, judged.chat_id, judged.prompt_id)
        await self._status.announce(ticket.job_id)


def _what_instead(judged: AlbumJudged, language: str | None) -> str:
    """What to send in place of an album that nothing can be made of."""
    if not judged.pictures:
        return texts.render(language, "album-none-good")
    if judged.waiting is None:
        return texts.render(language, "album-too-many")
    facts: dict[str, texts.Fact] = {"photos": PHOTOS_OF[judged.waiting.study]}
    return texts.render(language, "lab-too-many", study=judged.waiting.title(language), **facts)


def _sender_of(judged: AlbumJudged) -> Person:
    """Who sent an album, as far as that matters for its answer."""
    return Person(
        user_id=judged.user_id,
        chat_id=judged.chat_id,
        chat_kind="",
        name="",
        language=None,
        thread_id=judged.thread_id,
    )


def _place(judged: AlbumJudged) -> Place:
    """Where an album is answered."""
    reply_to = _asked_by(judged) if judged.chat_id < 0 else None
    return Place(chat_id=judged.chat_id, thread_id=judged.thread_id, reply_to=reply_to)


def _asked_by(judged: AlbumJudged) -> int | None:
    """The message to answer; none where it was left behind with the old number of a group."""
    return judged.last_message_id if (judged.last_message_id or 0) > 0 else None
