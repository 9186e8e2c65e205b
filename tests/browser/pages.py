"""The playground's page as a test opens it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, expect


@asynccontextmanager
async def opened_page(browser: Browser, url: str, **settings: Any) -> AsyncIterator[Page]:
    """The page in a window of its own; a complaint in its console is a failure."""
    context = await browser.new_context(**settings)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    await page.goto(url)
    await expect(page.locator("#bot-name")).to_have_text("Pastiche")
    yield page
    await context.close()
    assert complaints == []
