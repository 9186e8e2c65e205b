"""Somebody wants everything stopped."""

from tests.bot.conftest import ANN, BEN, GROUP, Stage


async def test_cancel_without_anything_says_so(stage: Stage) -> None:
    await stage.text(ANN, "/cancel")

    assert "nothing to cancel" in stage.telegram.words(ANN)[-1]


async def test_cancel_forgets_the_draft(stage: Stage) -> None:
    await stage.photo(ANN)

    await stage.text(ANN, "/cancel")

    assert "forgotten your photo" in stage.telegram.words(ANN)[-1]
    assert await stage.content(ANN) is None


async def test_cancel_stops_queued_and_running_jobs_and_says_how_many(stage: Stage) -> None:
    for _ in range(4):
        await stage.photo(ANN)
    running, queued = await stage.jobs()
    await stage.begin(running.id)

    await stage.text(ANN, "/cancel")

    running, queued = await stage.jobs()
    assert running.cancel_requested_at is not None
    assert queued.state == "cancelled"
    assert "both of your pictures" in stage.telegram.words(ANN)[-1]


async def test_cancel_does_both_at_once(stage: Stage) -> None:
    for _ in range(3):
        await stage.photo(ANN)

    await stage.text(ANN, "/cancel")

    assert "stop the picture I was on and forget" in stage.telegram.words(ANN)[-1]


async def test_cancel_leaves_others_and_other_chats_alone(stage: Stage) -> None:
    for user_id in (ANN, ANN, BEN, BEN):
        await stage.photo(user_id)

    await stage.text(ANN, "/cancel@pastiche_bot", chat_id=GROUP)
    await stage.text(BEN, "/cancel")

    of_ann, of_ben = await stage.jobs()
    assert (of_ann.state, of_ben.state) == ("queued", "cancelled")
