"""Fixtures of the playground's tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.playground.helpers import Running, connected, served


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """One playground for all tests: each has a bot of its own, and chats belong to bots."""
    with served() as url:
        yield url


@pytest.fixture
async def playground(address: str) -> AsyncIterator[Running]:
    """A playground in which ada has said /start to a bot that nobody else knows."""
    async with connected(address) as started:
        await started.result("getMe")
        await started.says("/start")
        await started.result("deleteWebhook", drop_pending_updates=True)
        yield started
