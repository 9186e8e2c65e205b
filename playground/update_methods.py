"""The methods of the Bot API by which a bot gets its updates: asking for them, or having them brought."""

import re
import ssl
import time
from typing import Any
from urllib.parse import urlsplit

from playground.calls import Call
from playground.config import LOOPBACK
from playground.errors import ApiError, bad_request
from playground.records import Webhook
from playground.rendering import bot_json

MAX_SECRET = 256
SECRET = re.compile(r"[A-Za-z0-9_-]*")
# None: the address names no port, and means 443.
WEBHOOK_PORTS = frozenset({80, 88, 443, 8443, None})
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def get_me(call: Call) -> Any:
    # A bot that starts says getMe: people write to the one that started last.
    call.world.make_current(call.bot.id)
    return bot_json(call.bot.id, call.world.config) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not call.world.config.privacy_mode,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(call: Call) -> Any:
    """Wait for updates; those below the offset are confirmed and never come again."""
    world, bot_id = call.world, call.bot.id
    if call.bot.webhook is not None:
        raise ApiError(409, WEBHOOK_ACTIVE)
    limit = call.arguments.within("limit", 1, 100, 100)
    timeout_s = call.arguments.within("timeout", 0, int(world.config.longest_poll_s), 0)
    _remember_allowed(call)
    _confirm(call)
    me = object()
    world.pollers[bot_id] = me
    # The poll before us, if it still waits, learns that it is no longer alone.
    world.wake()
    world.poll_begins(bot_id)
    try:
        deadline = time.monotonic() + timeout_s
        while not world.waiting_updates(bot_id) and await world.wait_for_news(deadline - time.monotonic()):
            if call.bot.webhook is not None:
                raise ApiError(409, "Conflict: terminated by setWebhook request")
            if world.pollers[bot_id] is not me:
                raise ApiError(409, CONFLICT)
        return [{"update_id": update.id} | update.body for update in world.waiting_updates(bot_id)[:limit]]
    finally:
        world.poll_ends(bot_id)


def _remember_allowed(call: Call) -> None:
    allowed = call.arguments.structure("allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
        raise bad_request("can't parse allowed_updates: expected an Array of String")
    if allowed != call.bot.allowed_updates:
        call.bot.allowed_updates = allowed
        call.world.save_bot(call.bot)


def _confirm(call: Call) -> None:
    offset = call.arguments.integer("offset") or 0
    if offset < 0:
        # Counted from the end of the queue: everything before is forgotten.
        kept = call.world.waiting_updates(call.bot.id)[offset:]
        offset = kept[0].id if kept else 0
    call.world.confirm_updates(call.bot.id, below=offset)


async def set_webhook(call: Call) -> Any:
    """From now on updates are brought to an address; an empty one is the same as deleteWebhook."""
    url = call.arguments.text("url")
    if url is None:
        return await delete_webhook(call)
    secret = call.arguments.text("secret_token") or ""
    _check_webhook(url, secret)
    certificate = call.arguments.uploads.get("certificate")
    call.bot.webhook = Webhook(
        url,
        secret=secret,
        max_connections=call.arguments.within("max_connections", 1, 100, 40),
        ip_address=call.arguments.text("ip_address"),
        certificate=_certificate(certificate.data) if certificate else None,
    )
    _remember_allowed(call)
    _drop_pending(call)
    call.world.make_current(call.bot.id)
    call.world.save_bot(call.bot)
    return True


def _check_webhook(url: str, secret: str) -> None:
    if len(secret) > MAX_SECRET:
        raise bad_request("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    scheme, host, port = _address(url)
    if host in LOOPBACK and scheme in {"http", "https"}:
        return
    if scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in WEBHOOK_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _address(url: str) -> tuple[str, str, int | None]:
    try:
        address = urlsplit(url)
        if address.hostname and url.isascii() and url.isprintable():
            return address.scheme, address.hostname, address.port
    except ValueError:
        pass  # a port or a bracket that is none: refused below like every other odd address
    raise bad_request("bad webhook: invalid webhook URL specified")


def _certificate(pem: bytes) -> str:
    try:
        text = pem.decode("ascii")
        ssl.create_default_context(cadata=text)
    except (ValueError, ssl.SSLError):
        raise bad_request("bad webhook: failed to load the certificate") from None
    return text


async def delete_webhook(call: Call) -> Any:
    _drop_pending(call)
    call.bot.webhook = None
    call.world.save_bot(call.bot)
    return True


def _drop_pending(call: Call) -> None:
    waiting = call.world.waiting_updates(call.bot.id)
    if call.arguments.flag("drop_pending_updates") and waiting:
        call.world.confirm_updates(call.bot.id, below=waiting[-1].id + 1)


async def get_webhook_info(call: Call) -> Any:
    webhook = call.bot.webhook or Webhook("")
    info: dict[str, Any] = {
        "url": webhook.url,
        "has_custom_certificate": webhook.certificate is not None,
        "pending_update_count": len(call.world.waiting_updates(call.bot.id)),
    }
    told = {
        "ip_address": webhook.ip_address,
        "last_error_date": webhook.last_error_date,
        "last_error_message": webhook.last_error_message,
        "max_connections": webhook.max_connections if webhook.url else None,
        "allowed_updates": call.bot.allowed_updates,
    }
    return info | {name: value for name, value in told.items() if value}
