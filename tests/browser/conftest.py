"""One Chromium for all tests."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import async_playwright, expect

from tests.browser.pages import Windows

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

# Beside another test process a page takes its time.
expect.set_options(timeout=60_000)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def windows(chromium: str) -> AsyncIterator[Windows]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=[*QUIET, "--disable-sync"])
        yield Windows(launched)
        await launched.close()
