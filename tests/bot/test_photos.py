"""Two photos go in."""

from tests.bot.conftest import ANN, Stage, a_jpeg


async def test_first_photo_becomes_the_content_under_the_styles(stage: Stage) -> None:
    await stage.photo(ANN)

    [shown] = stage.telegram.chat(ANN)
    [picture] = await stage.pictures()
    assert await stage.content(ANN) == picture.id
    assert shown.photo is not None
    assert len(shown.buttons()) == 4
    assert all(data.startswith(f"preset:{picture.id}.") for data in shown.buttons().values())


async def test_second_photo_becomes_the_style_of_a_job(stage: Stage) -> None:
    await stage.photo(ANN, a_jpeg("red"))
    await stage.photo(ANN, a_jpeg("blue"))

    job = await stage.job()
    content, style = await stage.pictures()
    assert (job.content_picture_id, job.style_picture_id, job.preset) == (content.id, style.id, None)
    assert job.status_message_id == stage.telegram.chat(ANN)[-1].message_id
    assert await stage.content(ANN) is None
