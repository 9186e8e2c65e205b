"""Who may talk to a playground: this machine, the page itself, and elsewhere only those who hold the key.

A page of another site must not reach it, be it through a form, an image or a name that resolves to 127.0.0.1.
"""

import re
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.config import PlaygroundConfig

KEY_COOKIE = "playground_key"
KEY_HEADER = "x-playground-key"
KEY_IN_PATH = re.compile(r"/k/([^/]+)(/.*)")
BOT_PATHS = ("/bot", "/file/bot")
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    # Else a browser keeps an old script beside a new page after an upgrade.
    "cache-control": "no-cache",
}


class Guard:
    """Middleware that turns away strangers and adds the headers that keep a browser careful."""

    def __init__(self, app: ASGIApp, config: PlaygroundConfig) -> None:
        self._app = app
        self._config = config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = self._with_key_out_of_path(scope)
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, _with_headers(send))

    def _with_key_out_of_path(self, scope: Scope) -> Scope:
        """Bots cannot add headers easily; they give the key as /k/<key>/bot…, seen from here on as /bot…."""
        found = KEY_IN_PATH.fullmatch(scope["path"]) if self._config.key else None
        if found is None or not found[2].startswith(BOT_PATHS):
            return scope
        return {**scope, "path": found[2], "raw_path": found[2].encode(), "playground_key": found[1]}

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._config.key:
            admission = self._check_key(scope, headers)
            if admission is not None:
                return admission
        elif not self._is_own_host(scope, headers):
            return _refuse(403, "this playground answers on localhost and 127.0.0.1 only")
        return _check_origin(scope, headers)

    def _is_own_host(self, scope: Scope, headers: Headers) -> bool:
        """Without this check a foreign name that resolves to 127.0.0.1 would be let in."""
        port = scope["server"][1] if scope.get("server") else self._config.port
        # [::1] is a name of this playground only where it listens there.
        listens_on = self._config.base_url(port).removeprefix("http://")
        return headers.get("host", "").lower() in {f"localhost:{port}", f"127.0.0.1:{port}", listens_on}

    def _check_key(self, scope: Scope, headers: Headers) -> Response | None:
        in_query = parse_qs(scope["query_string"].decode("latin-1")).get("key", [""])[0]
        if in_query and self._is_key(in_query) and scope["path"] == "/":
            # The key moves into a cookie and out of the address, which people copy and show around.
            response = RedirectResponse("/", 303)
            response.set_cookie(KEY_COOKIE, in_query, httponly=True, samesite="lax", path="/")
            return response
        offered = (scope.get("playground_key"), headers.get(KEY_HEADER), in_query, _cookie(headers))
        if any(self._is_key(key) for key in offered if key):
            return None
        return _refuse(401, "this playground needs its key: open the address that it printed when it started")

    def _is_key(self, offered: str) -> bool:
        return secrets.compare_digest(offered.encode(), (self._config.key or "").encode())


def _check_origin(scope: Scope, headers: Headers) -> Response | None:
    if scope["method"] not in {"GET", "HEAD"}:
        origin = headers.get("origin")
        # With the scheme: an encrypted page on the same name and port is somebody else's.
        if origin is not None and origin != f"{scope['scheme']}://{headers.get('host')}":
            return _refuse(403, "a foreign page may not write here")
        if not scope["path"].startswith(BOT_PATHS) and headers.get("x-playground") != "1":
            return _refuse(403, "the header X-Playground: 1 is missing")
    elif scope["path"] != "/" and headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        # The Bot API takes GET, too, and a foreign page could call it through an image.
        return _refuse(403, "a foreign page may not read here")
    return None


def _cookie(headers: Headers) -> str | None:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(KEY_COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie else None


def _refuse(status: int, reason: str) -> JSONResponse:
    # In the shape of the Bot API as well, so that a bot's library shows the reason.
    return JSONResponse({"ok": False, "error_code": status, "description": reason, "error": reason}, status)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: object) -> None:
        assert isinstance(message, dict)
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [(n.encode(), v.encode()) for n, v in SAFE_HEADERS.items() if n.encode() not in present]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return send_with_headers
