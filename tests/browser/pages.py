"""The playground's page as a test opens it, in one of two windows that are always there.

Opening a window costs Chromium more than all that a test does in it: four processes, and a profile of its own.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urljoin

from playwright.async_api import Browser, ConsoleMessage, Page, ViewportSize, expect

LAPTOP_PX = ViewportSize(width=1280, height=720)
PHONE: Mapping[str, Any] = {"has_touch": True, "is_mobile": True}


class Windows:
    """A laptop's window and a phone's, each opened when it is first needed; nothing in them is remembered."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[bool, Page] = {}

    async def take(self, *, phone: bool) -> Page:
        """An empty page; whoever has it gives it back."""
        if phone not in self._pages:
            context = await self._browser.new_context(**(PHONE if phone else {}))
            return await context.new_page()
        return self._pages.pop(phone)

    async def give_back(self, page: Page, *, phone: bool) -> None:
        """It shows and knows nothing from here on."""
        for other in page.context.pages:
            if other is not page:
                await other.close()
        await page.evaluate("sessionStorage.clear()")
        # A page of the same server, and no empty one: for that Chromium would take another process, and one back again.
        await page.goto(urljoin(page.url, "/static/icon.svg"))
        self._pages[phone] = page


def is_complaint(line: ConsoleMessage) -> bool:
    """An error or a warning, but for that of Chromium itself, late, at the picture where the test before left it."""
    return line.type in {"error", "warning"} and not line.location["url"].endswith("/favicon.ico")


@asynccontextmanager
async def opened_page(
    windows: Windows, url: str, size: ViewportSize = LAPTOP_PX, *, phone: bool = False
) -> AsyncIterator[Page]:
    """The page in a window of that size; a complaint in its console is a failure."""
    page = await windows.take(phone=phone)
    await page.set_viewport_size(size)
    complaints: list[str] = []
    listeners = {
        "pageerror": lambda error: complaints.append(str(error)),
        "console": lambda line: complaints.append(line.text) if is_complaint(line) else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)  # type: ignore[call-overload]
    try:
        await page.goto(url)
        await expect(page.locator("#bot-name")).to_have_text("Pastiche")
        yield page
    except BaseException:
        await page.context.close()  # whatever it shows now, the next test gets another
        raise
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    await windows.give_back(page, phone=phone)
    assert complaints == [], complaints
