"""Admins are told of a parked job, whatever becomes of its owner's answer."""

from tests.bot.conftest import ADMIN, ANN, Stage


async def park(stage: Stage) -> None:
    """A job that costs three painters."""
    await stage.photo(ANN)
    await stage.photo(ANN)
    job = await stage.job()
    for _ in range(3):
        await stage.services.desk.record_death(job.id, await stage.begin(job.id), "died")
    await stage.deliver()


async def test_admins_and_the_owner_are_told_of_a_parked_job(stage: Stage) -> None:
    await park(stage)

    [alarm] = stage.telegram.words(ADMIN)
    assert "#1" in alarm
    assert "poisonous" in alarm
    assert "put it aside" in stage.telegram.words(ANN)[-1]


async def test_admin_who_never_wrote_hinders_nobody(stage: Stage) -> None:
    stage.telegram.refuse("sendMessage", "Bad Request: chat not found", chat_id=ADMIN)

    await park(stage)

    assert "put it aside" in stage.telegram.words(ANN)[-1]
    assert await stage.services.desk.due_deliveries() == []


async def test_admins_are_told_where_the_owner_has_blocked_the_bot(stage: Stage) -> None:
    stage.telegram.refuse("editMessageText", "Forbidden: bot was blocked by the user", status=403)
    stage.telegram.refuse("editMessageCaption", "Forbidden: bot was blocked by the user", status=403)

    await park(stage)

    assert len(stage.telegram.words(ADMIN)) == 1
    assert await stage.services.desk.due_deliveries() == []


async def test_nobody_is_told_of_a_job_that_merely_failed(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(ANN)
    job_id = (await stage.job()).id

    await stage.paint(job_id)

    assert stage.telegram.words(ADMIN) == []
