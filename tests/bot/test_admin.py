"""An admin looks at what is going on."""

from tests.bot.conftest import ADMIN, ANN, GROUP, Stage


async def two_jobs(stage: Stage) -> tuple[int, int]:
    """A running and a queued job of Ann's."""
    for _ in range(4):
        await stage.photo(ANN)
    running, queued = await stage.jobs()
    await stage.progress(running.id, await stage.begin(running.id), step=5)
    return running.id, queued.id


async def test_an_admin_sees_counts_and_open_jobs_with_a_cancel_button_each(stage: Stage) -> None:
    running, queued = await two_jobs(stage)

    await stage.text(ADMIN, "/admin")

    [shown] = stage.telegram.chat(ADMIN)
    assert "1 queued · 1 running · 0 done" in shown.words
    assert f"#{running}</b> User 11" in shown.words
    assert "50 %" in shown.words
    assert list(shown.buttons()) == [f"Cancel #{running}", f"Cancel #{queued}", "Refresh"]


async def test_to_anybody_else_it_is_an_unknown_command(stage: Stage) -> None:
    await stage.text(ANN, "/admin")
    await stage.text(ANN, "/nonsense")

    [first, second] = stage.telegram.words(ANN)
    assert first == second


async def test_in_a_group_an_admins_command_shows_nothing(stage: Stage) -> None:
    await stage.text(ADMIN, "/admin@pastiche_bot", chat_id=GROUP)

    assert "don't know that command" in stage.telegram.words(GROUP)[0]


async def test_an_admin_cancels_anybodys_job_and_sees_it_gone(stage: Stage) -> None:
    _, queued = await two_jobs(stage)
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)

    await stage.press(ADMIN, shown.message_id, shown.buttons()[f"Cancel #{queued}"])

    assert (await stage.jobs())[1].state == "cancelled"
    assert stage.telegram.last_answer() == "Cancelled."
    assert f"Cancel #{queued}" not in shown.buttons()


async def test_refresh_shows_the_present(stage: Stage) -> None:
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)
    await two_jobs(stage)

    await stage.press(ADMIN, shown.message_id, shown.data("admin-refresh"))
    await stage.press(ADMIN, shown.message_id, shown.data("admin-refresh"))

    assert "1 queued · 1 running" in shown.words
    assert stage.telegram.answers[-1][1] == "Up to date."


async def test_admin_buttons_do_nothing_for_anybody_else(stage: Stage) -> None:
    _, queued = await two_jobs(stage)
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)

    await stage.press(ANN, shown.message_id, shown.buttons()[f"Cancel #{queued}"])

    assert (await stage.jobs())[1].state == "queued"
    assert "out of date" in str(stage.telegram.last_answer())
