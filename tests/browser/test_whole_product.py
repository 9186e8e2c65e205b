"""The whole product as a newcomer meets it: the page, the real bot behind it, and the real engine."""

from pathlib import Path

import pytest
from playwright.async_api import ViewportSize, expect

from tests.browser.pages import Windows, opened_page
from tests.conftest import photo_of
from tests.end_to_end.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]

# Ignored by git; the one in docs/ shows the same in a group, painted at 448 px.
SCREENSHOT = Path("out/playground.png")
# On two free cores it takes 6 s; the limit is for machines that do something else as well.
PAINTED_S = 120
STYLE = Path(__file__).parents[2] / "engine" / "presets" / "brush-strokes" / "style.jpg"


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """A photo, and a style that the bot did not choose for them."""
    content, style = tmp_path / "content.png", tmp_path / "style.jpg"
    photo_of("chelsea").save(content)
    style.write_bytes(STYLE.read_bytes())
    return [content, style]


async def test_two_pictures_sent_by_the_page_come_back_at_once_and_then_as_wished(
    windows: Windows, running: Stage, photos: list[Path]
) -> None:
    async with opened_page(windows, running.url, ViewportSize(width=1100, height=900)) as page:
        await expect(page.locator("#banner")).to_be_hidden(timeout=60_000)  # the bot is connected
        await page.set_input_files("#files", photos)
        await page.click("#sheet-send")
        results = page.locator("#messages").get_by_text("here is your picture")
        await expect(results).to_be_visible(timeout=PAINTED_S * 1000)
        await page.get_by_role("button", name="Stronger").click()
        await expect(page.locator("#messages").get_by_text("strength 125 %")).to_be_visible(timeout=PAINTED_S * 1000)
        SCREENSHOT.parent.mkdir(exist_ok=True)
        await page.screenshot(path=SCREENSHOT)

        await page.get_by_role("button", name="Paint in high quality").click()
        await expect(results).to_have_count(2, timeout=PAINTED_S * 1000)
