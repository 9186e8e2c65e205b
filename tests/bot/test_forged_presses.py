"""In a group somebody presses, with a client of their own making, what no button under a message carries."""

from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, an_instant
from tests.bot.telegram import Shown

# Buttons of Ben's own, or of everybody, that change the message they stand under.
FORGED = (
    f"jobs:{BEN}.0",
    "job:2.0",
    f"lab:{BEN}.palette",
    f"lab-leave:{BEN}",
    f"mix:{BEN}.0.n",
    "page:0.1",
    "own-all:",
    f"keep-me:{BEN}",
    f"delete-me:{BEN}",
    f"delete-me:{BEN}",
)


async def forge(stage: Stage, shown: Shown) -> None:
    """Ben says that he pressed all of these under somebody's message."""
    for data in FORGED:
        await stage.press(BEN, shown.message_id, data, chat_id=GROUP)


async def test_nobodys_picture_becomes_a_page_of_somebody_else(stage: Stage) -> None:
    _, shown = await an_instant(stage, ANN, GROUP, **A_MENTION)
    await an_instant(stage, BEN, GROUP, **A_MENTION)
    before = shown.words, shown.photo, shown.markup

    await forge(stage, shown)

    assert (shown.words, shown.photo, shown.markup) == before
    assert [job.user_id for job in await stage.jobs()] == [ANN]


async def test_nobodys_question_is_answered_by_somebody_else(stage: Stage) -> None:
    await stage.text(ANN, "/lab", chat_id=GROUP)
    shown = stage.telegram.chat(GROUP)[-1]
    await stage.press(ANN, shown.message_id, shown.buttons()["🎨 Palette"], chat_id=GROUP)
    before = shown.words, shown.markup

    await forge(stage, shown)

    assert (shown.words, shown.markup) == before
