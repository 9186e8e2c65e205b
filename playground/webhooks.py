"""Updates brought to the bots that asked for it by setWebhook, as Telegram brings them.

Those of one chat come one after another, each until it is accepted; those of several chats side by side.
"""

import asyncio
import ssl
import time
from typing import Any

import httpx

from playground.records import Bot, Update, Webhook
from playground.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LONGEST_PAUSE_S = 60.0
LONGEST_RETRY_AFTER_S = 3600.0
IDLE_S = 3600.0

Lane = tuple[int, int]


class Webhooks:
    """Brings every waiting update of every bot with a webhook to it, for as long as run() runs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._connections: dict[int, tuple[Webhook, asyncio.Semaphore]] = {}

    async def run(self) -> None:
        """Deliver until the world closes or the task is cancelled."""
        try:
            while not self._world.closed.is_set():
                self._start_lanes()
                await self._world.wait_for_news(IDLE_S)
        finally:
            for task in self._lanes.values():
                task.cancel()
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)
            for client in self._clients.values():
                await client.aclose()

    def _start_lanes(self) -> None:
        for bot in self._world.bots.values():
            for update in self._world.waiting_updates(bot.id) if bot.webhook else []:
                lane = (bot.id, _chat_of(update))
                if lane not in self._lanes:
                    self._lanes[lane] = asyncio.create_task(self._drain(bot, lane))

    async def _drain(self, bot: Bot, lane: Lane) -> None:
        """Bring the updates of one chat in their order, until none is left or the webhook is another one."""
        webhook, failures = bot.webhook, 0
        while webhook is not None and bot.webhook is webhook and (update := self._first(lane)) is not None:
            reason, retry_after_s = await self._bring(bot, webhook, update)
            if reason is None:
                self._world.forget_update(update)
                self._remember(bot, webhook, None)
                failures = 0
                continue
            failures += 1
            self._remember(bot, webhook, reason)
            pause_s = min(self._world.config.webhook_pause_s * 2 ** (failures - 1), LONGEST_PAUSE_S)
            await self._pause(bot, webhook, retry_after_s or pause_s)
        # No await from here on: whatever comes later finds the lane free.
        del self._lanes[lane]
        if bot.webhook is not webhook:
            self._start_lanes()

    def _first(self, lane: Lane) -> Update | None:
        waiting = self._world.waiting_updates(lane[0])
        return next((update for update in waiting if _chat_of(update) == lane[1]), None)

    async def _pause(self, bot: Bot, webhook: Webhook, seconds: float) -> None:
        until = time.monotonic() + seconds
        while bot.webhook is webhook and await self._world.wait_for_news(until - time.monotonic()):
            pass

    def _remember(self, bot: Bot, webhook: Webhook, reason: str | None) -> None:
        if reason is None and not webhook.failing:
            return
        webhook.failing = reason is not None
        if reason is not None:
            webhook.last_error_message, webhook.last_error_date = reason, int(self._world.clock())
        self._world.save_bot(bot)

    async def _bring(self, bot: Bot, webhook: Webhook, update: Update) -> tuple[str | None, float]:
        """What went wrong, None for nothing; and for how many seconds the bot asks to be left alone."""
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        body = {"update_id": update.id} | update.body
        async with self._connection(bot, webhook):
            try:
                answer = await self._client(webhook).post(webhook.url, json=body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return _reason(error), 0.0
        if answer.is_success:
            return None, 0.0
        asked = answer.headers.get("retry-after", "")
        retry_after_s = min(float(asked), LONGEST_RETRY_AFTER_S) if asked.isdigit() else 0.0
        return f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}", retry_after_s

    def _connection(self, bot: Bot, webhook: Webhook) -> asyncio.Semaphore:
        known = self._connections.get(bot.id)
        if known is None or known[0] is not webhook:
            known = self._connections[bot.id] = (webhook, asyncio.Semaphore(webhook.max_connections))
        return known[1]

    def _client(self, webhook: Webhook) -> httpx.AsyncClient:
        """One client for all plain addresses, one for all public ones, and one for each certificate."""
        trust = webhook.certificate or webhook.url.partition(":")[0]
        if trust not in self._clients:
            timeout_s = self._world.config.webhook_timeout_s
            verify = _trusting(webhook) if webhook.url.startswith("https") else False
            self._clients[trust] = httpx.AsyncClient(verify=verify, timeout=timeout_s, trust_env=False)
        return self._clients[trust]


def _trusting(webhook: Webhook) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=webhook.certificate or None)


def _reason(error: Exception) -> str:
    match error:
        case httpx.ConnectTimeout():
            return "Connection timed out"
        case httpx.TimeoutException():
            return "Read timeout expired"
        case httpx.ConnectError() if "CERTIFICATE" in str(error) or "SSL" in str(error):
            return f"SSL error {{{error}}}"
        case httpx.ConnectError():
            return "Connection refused"
    return "Webhook connection closed"


def _chat_of(update: Update) -> int:
    """The chat that an update is about; all others share one lane."""
    about: dict[str, Any] = update.body.get(update.kind, {})
    chat: dict[str, Any] = (about.get("message") or about).get("chat", {})
    return int(chat.get("id", 0))
