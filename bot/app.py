"""The bot, wired and run: the only place that knows how its parts hang together."""

import asyncio
import logging
import os
import ssl
from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
from telegram import Update
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes, ExtBot
from telegram.request import BaseRequest

from bot import menus
from bot.admin.boards import Boards
from bot.admin.fitted import Fitted
from bot.admin.herald import Herald
from bot.admin.pages import Pages
from bot.admin.watchman import Watchman
from bot.alarms import Alarms
from bot.albums import Albums
from bot.answers import answer_press, apologise, learn_language, meet
from bot.config import BotConfig, Services, WebhookConfig
from bot.context import PARTS, BotApplication, BotContext, Parts
from bot.delivery import Deliveries
from bot.dialogues import Dialogues
from bot.drafts import Drafts
from bot.errors import BadToken, BadWebhook
from bot.fetching import Fetching
from bot.files import Files
from bot.films import Films
from bot.finds import Finds
from bot.forgetting import Forgetting
from bot.handlers import (
    admin,
    admin_broadcast,
    admin_intake,
    admin_jobs,
    admin_people,
    admin_styles,
    anything_else,
    cancel,
    failures,
    films,
    gate,
    going_on,
    help,
    history,
    inline,
    instant,
    jobs,
    lab,
    language,
    links,
    mix,
    moves,
    mystyles,
    photos,
    posters,
    presets,
    privacy,
    settings,
    start,
    styles,
)
from bot.history import History
from bot.intake import Intake, InTurn
from bot.line import Line
from bot.offers import Offers
from bot.orders import Orders
from bot.own_styles import OwnStyles
from bot.pacing import Limits, Pacing, Priority
from bot.people import People
from bot.preferences import PreferenceBook
from bot.shelf import Shelf
from bot.status import StatusBoard
from bot.turns import Turns
from bot.waiting import wait_for_any
from jobs.administration import Administration
from jobs.broadcasts import Broadcasts
from jobs.fitting import FitBook
from jobs.health import Health
from jobs.preset_shelf import PresetShelf

__all__ = ["BadToken", "BotConfig", "Services", "build_application", "run_bot"]

log = logging.getLogger(__name__)

# The order matters: the first match wins.
FEATURES = (
    gate,
    going_on,
    links,
    mystyles,
    mix,
    lab,
    presets,
    start,
    help,
    cancel,
    settings,
    history,
    privacy,
    language,
    inline,
    admin,
    admin_jobs,
    admin_people,
    admin_intake,
    admin_broadcast,
    admin_styles,
    styles,
    photos,
    instant,
    films,
    posters,
    jobs,
    moves,
    anything_else,
    failures,
)

# Given explicitly: left out, Telegram keeps whatever the token was last used with.
ALLOWED_UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER, Update.INLINE_QUERY)

# An upload of ten megabytes over a slow line, and Telegram's own work on it, take their time.
READ_TIMEOUT_S = 30.0
MEDIA_WRITE_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 10.0
POOL_SIZE = 256
POLL_S = 10
BOOTSTRAP_RETRIES = 5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
STOP_GRACE_S = 8.0


def build_application(
    config: BotConfig,
    services: Services,
    *,
    request: BaseRequest | None = None,
    limits: Limits | None = None,
) -> BotApplication:
    """Everything wired, nothing started. `request` takes the place of HTTP, `limits` of Telegram's."""
    # The library's durations of tomorrow, asked for today: else every 429 prints a warning.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    intake = Intake(services.database, config.bot_id, _now, apologise)
    people = People(services.database, _now)

    async def answer_early(update: Update, key: str, in_passing: bool) -> bool:
        await learn_language(update, people)
        return await answer_press(update, key, in_passing=in_passing)

    turns = Turns()
    pacing = Pacing(limits or Limits.with_calls_a_second(config.calls_a_second), people.move_chat)
    builder = (
        ApplicationBuilder()
        .token(config.token)
        .context_types(ContextTypes(context=BotContext))
        .request(request or Line(**_line(config, READ_TIMEOUT_S, POOL_SIZE)))
        .get_updates_request(request or Fetching(intake.keep, **_line(config, READ_TIMEOUT_S, 1)))
        .rate_limiter(pacing)
        .update_queue(intake)
        .concurrent_updates(InTurn(intake, turns, answer_early, meet))
        .job_queue(None)
    )
    if config.api_url is not None:
        builder = builder.base_url(f"{config.api_url}/bot").base_file_url(f"{config.api_url}/file/bot")
        builder = builder.local_mode(config.local_files)
    if config.webhook is not None:
        builder.updater(None)
    application = builder.build()
    application.bot_data[PARTS] = _assemble(config, services, application.bot, pacing, intake, people, turns)
    for feature in FEATURES:
        feature.register(application)
    return application


async def run_bot(config: BotConfig, services: Services, stop: asyncio.Event) -> None:
    """Answer and deliver until stop is set; waits for a Telegram that cannot be reached.

    Raises BadToken and BadWebhook, which are the operator's to mend.
    """
    application = build_application(config, services)
    try:
        if not await _reach_telegram(application, stop):
            return
        parts: Parts = application.bot_data[PARTS]
        await menus.offer_commands(application.bot, parts.people, await parts.administration.admin_ids())
        await _serve(application, config, stop)
    finally:
        await application.shutdown()
        await application.bot.shutdown()  # the application leaves it open where it never came up


def _assemble(
    config: BotConfig,
    services: Services,
    bot: ExtBot[Priority],
    pacing: Pacing,
    intake: Intake,
    people: People,
    turns: Turns,
) -> Parts:
    drafts = Drafts(services.database, _now, album_quiet_s=config.album_quiet_s, kept=config.kept)
    orders = Orders(
        services.database,
        services.desk,
        instant_side_px=config.instant_longest_side_px,
        hq_side_px=config.hq_longest_side_px,
    )
    shelf = Shelf(services.database, config.bot_id)
    own_styles = OwnStyles(services.database, services.blobs, _now, config.bot_id)
    offers = Offers(services.database, own_styles)
    files = Files(bot, services.database, services.desk, _now)
    films = Films(bot, services.database, services.desk, _now)
    status = StatusBoard(
        bot,
        services.desk,
        services.events,
        people,
        pacing,
        every_s=config.progress_every_s,
        quiet_s=config.quiet_s,
        clock=_now,
    )
    administration = Administration(services.database, services.desk, config.admin_ids, _now)
    alarms = Alarms(bot, people, administration.listeners, config.admin_ids)
    broadcasts = Broadcasts(services.database, _now)
    pages = Pages(administration, services.desk, _now)
    return Parts(
        config=config,
        services=services,
        intake=intake,
        people=people,
        drafts=drafts,
        dialogues=Dialogues(services.database, _now),
        orders=orders,
        shelf=shelf,
        finds=Finds(services.desk, shelf),
        status=status,
        alarms=alarms,
        files=files,
        films=films,
        forgetting=Forgetting(
            bot,
            services.database,
            services.desk,
            services.blobs,
            status,
            _now,
            bot_id=config.bot_id,
        ),
        own_styles=own_styles,
        offers=offers,
        history=History(bot, services.database, services.desk, orders, films),
        preferences=PreferenceBook(services.database, _now),
        administration=administration,
        pages=pages,
        boards=Boards(bot, pages, administration),
        watchman=Watchman(Health(services.database, config.data_dir, clock=_now), alarms, services.database),
        broadcasts=broadcasts,
        herald=Herald(bot, broadcasts, people, calls_a_second=config.calls_a_second),
        preset_shelf=PresetShelf(services.database, _now),
        fitted=Fitted(bot, FitBook(services.database, _now), people),
        deliveries=Deliveries(bot, services.desk, services.events, people, status, alarms, files, films),
        albums=Albums(
            bot,
            drafts=drafts,
            orders=orders,
            offers=offers,
            people=people,
            shelf=shelf,
            status=status,
            turns=turns,
            clock=_now,
        ),
    )


async def _reach_telegram(application: BotApplication, stop: asyncio.Event) -> bool:
    """Introduce ourselves, again and again until it works; False where we are stopped before that."""
    wait_s = FIRST_WAIT_S
    while not stop.is_set():
        try:
            await application.initialize()
            return True
        except InvalidToken:
            # The library's message quotes the token: it ends here.
            raise BadToken from None
        except TelegramError as error:
            log.warning("Telegram cannot be reached yet", extra={"error": str(error), "retry_s": wait_s})
        await wait_for_any(stop, seconds=wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)
    return False


async def _serve(application: BotApplication, config: BotConfig, stop: asyncio.Event) -> None:
    parts: Parts = application.bot_data[PARTS]
    # Replayed before polling begins, so that they come before what is new.
    replayed = await parts.intake.replay(application.bot)
    log.info("bot starts", extra={"username": application.bot.username, "replayed": replayed})
    await application.start()
    watchers = asyncio.gather(*watches(parts, stop))
    try:
        # A watcher ends early only by a mistake of ours: better to end with it, loudly, than to limp on.
        watchers.add_done_callback(lambda _: stop.set())
        if config.webhook is not None:
            await _receive(application, config.webhook, stop)
        else:
            await _poll(application, stop)
            await stop.wait()
    finally:
        stop.set()
        await _wind_down(application)
        await watchers


def watches(parts: Parts, stop: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
    """What goes on beside the updates until stop is set."""
    beside = (
        parts.status,
        parts.deliveries,
        parts.albums,
        parts.alarms,
        parts.boards,
        parts.watchman,
        parts.herald,
        parts.fitted,
    )
    return [part.run(stop) for part in beside]


async def _wind_down(application: BotApplication) -> None:
    """Fetch and begin no more, and let handlers end. Those that wait too long are cut off: their updates come again."""
    if application.updater is not None and application.updater.running:
        await application.updater.stop()
    in_turn = application.update_processor
    assert isinstance(in_turn, InTurn)  # the builder was given one
    in_turn.stop()
    pacing = application.bot.rate_limiter
    assert pacing is not None  # the builder was given one
    cut = asyncio.get_running_loop().call_later(STOP_GRACE_S, lambda: asyncio.ensure_future(pacing.shutdown()))
    await application.stop()
    cut.cancel()


async def _poll(application: BotApplication, stop: asyncio.Event) -> None:
    """Start to fetch updates; keeps trying while Telegram is away."""
    assert application.updater is not None  # the builder makes one where there is no webhook
    parts: Parts = application.bot_data[PARTS]
    while not stop.is_set():
        try:
            # This takes a webhook away that was there before: back from webhook to polling needs nothing else.
            await application.updater.start_polling(
                timeout=POLL_S,
                bootstrap_retries=BOOTSTRAP_RETRIES,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
                error_callback=parts.alarms.hear_polling_error,
            )
            return
        except InvalidToken:
            raise BadToken from None
        except TelegramError as error:
            log.warning("polling cannot begin yet", extra={"error": str(error)})
        await wait_for_any(stop, seconds=FIRST_WAIT_S)


async def _receive(application: BotApplication, webhook: WebhookConfig, stop: asyncio.Event) -> None:
    """Let Telegram bring updates until stop is set. The webhook stays: what comes meanwhile is brought again."""
    from bot.webhook import create_app, served  # a web server's libraries, which nobody else needs

    parts: Parts = application.bot_data[PARTS]
    async with served(create_app(webhook, parts.intake, application.bot), webhook, stop) as port:
        log.info("updates are brought", extra={"listen": webhook.listen, "port": port})
        await _set_webhook(application.bot, webhook, stop)
        await stop.wait()


async def _set_webhook(bot: ExtBot[Priority], webhook: WebhookConfig, stop: asyncio.Event) -> None:
    """Tell Telegram where to bring updates; keeps trying while it is away."""
    wait_s = FIRST_WAIT_S
    while not stop.is_set():
        try:
            await bot.set_webhook(
                webhook.url,
                secret_token=webhook.secret,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
            )
            return
        except InvalidToken:
            raise BadToken from None
        except BadRequest as error:
            raise BadWebhook(f"Telegram does not take it ({error.message})") from error
        except TelegramError as error:
            log.warning("the webhook cannot be set yet", extra={"error": str(error), "retry_s": wait_s})
        await wait_for_any(stop, seconds=wait_s)
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)


def _line(config: BotConfig, read_timeout_s: float, pool_size: int) -> dict[str, Any]:
    """How to speak to Telegram: options of Line."""
    # A Bot API of our own is near; a proxy from the environment would only lose the way to it.
    trust_env = config.api_url is None
    return {
        "connection_pool_size": pool_size,
        "read_timeout": read_timeout_s,
        "write_timeout": READ_TIMEOUT_S,
        "connect_timeout": CONNECT_TIMEOUT_S,
        "pool_timeout": CONNECT_TIMEOUT_S,
        "media_write_timeout": MEDIA_WRITE_TIMEOUT_S,
        "httpx_kwargs": {"trust_env": trust_env, "verify": certificates(trust_env)},
    }


@cache
def certificates(trust_env: bool) -> ssl.SSLContext:
    """Whom to believe: read once for all lines, which takes longer than all else of making one."""
    return httpx.create_ssl_context(trust_env=trust_env)


def _now() -> datetime:
    return datetime.now(UTC)
