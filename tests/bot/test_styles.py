"""A style is named: under a photo, or in reply to one."""

from typing import Any

import pytest

from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_user, an_instant, in_topic
from tests.bot.telegram import BOT, a_photo_size


def a_style_caption(words: str) -> dict[str, Any]:
    """The fields of a caption that begins with a command."""
    return {
        "caption": words,
        "caption_entities": [{"type": "bot_command", "offset": 0, "length": len(words.split()[0])}],
    }


def a_photo_of(stage: Stage, user_id: int, chat_id: int, data: bytes, message_id: int = 4000) -> dict[str, Any]:
    """The fields of a message that answers somebody's photo."""
    stage.telegram.files["theirs"] = data
    kind = "private" if chat_id > 0 else "supergroup"
    sender = BOT if user_id == BOT["id"] else a_user(user_id)
    replied = {"message_id": message_id, "date": 1, "chat": {"id": chat_id, "type": kind}, "from": sender}
    return {"reply_to_message": replied | {"photo": [a_photo_size("theirs")]}}


async def test_a_caption_paints_the_photo_in_one_step(stage: Stage) -> None:
    await stage.photo(ANN, **a_style_caption("/style mosaic"))
    await stage.paint(1, a_jpeg("gold"))

    job = await stage.job()
    assert (job.preset, job.lane) == ("mosaic", "instant")
    [shown] = stage.telegram.chat(ANN)
    assert shown.photo == a_jpeg("gold")
    assert await stage.content(ANN) is None


async def test_a_caption_works_in_a_group_without_a_mention(stage: Stage) -> None:
    asked = await stage.photo(ANN, chat_id=GROUP, **in_topic(7), **a_style_caption("/style@Pastiche_Bot stained glas"))
    await stage.paint(1)

    [shown] = stage.telegram.chat(GROUP)
    assert ((await stage.job()).preset, shown.reply_to, shown.thread_id) == ("stained-glass", asked, 7)


async def test_another_bots_command_is_left_to_it(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP, **a_style_caption("/style@another_bot mosaic"))

    assert (await stage.jobs(), stage.telegram.chat(GROUP)) == ([], [])


async def test_an_image_file_with_the_caption_works_too(stage: Stage) -> None:
    await stage.document(ANN, a_jpeg(), "cat.jpg", "image/jpeg", **a_style_caption("/style mosaic"))

    assert (await stage.job()).preset == "mosaic"


async def test_a_reply_paints_anybodys_photo_for_who_asks(stage: Stage) -> None:
    for user_id in (ANN, BEN):
        await stage.text(user_id, "/style mosaic", chat_id=GROUP, **a_photo_of(stage, 33, GROUP, a_jpeg("red")))
    for job_id in (1, 2):
        await stage.paint(job_id)

    assert [job.user_id for job in await stage.jobs()] == [ANN, BEN]
    assert [picture.user_id for picture in await stage.pictures()] == [ANN, BEN]
    of_ben = stage.telegram.chat(GROUP)[-1]
    await stage.press(BEN, of_ben.message_id, "vary:2.softer", chat_id=GROUP)
    assert len(await stage.jobs()) == 3


async def test_a_reply_to_ones_own_result_paints_its_photo_once_more(stage: Stage) -> None:
    _, shown = await an_instant(stage)

    await stage.text(ANN, "/style mosaic", **a_photo_of(stage, 1000, ANN, a_jpeg(), shown.message_id))

    first, second = await stage.jobs()
    assert (second.content_picture_id, second.preset) == (first.content_picture_id, "mosaic")


async def test_a_reply_to_somebody_elses_result_paints_what_is_seen_there(stage: Stage) -> None:
    _, shown = await an_instant(stage, chat_id=GROUP, **A_MENTION)

    answered = a_photo_of(stage, 1000, GROUP, a_jpeg("gold"), shown.message_id)
    await stage.text(BEN, "/style mosaic", chat_id=GROUP, **answered)

    job, picture = (await stage.jobs())[-1], (await stage.pictures())[-1]
    assert (job.content_picture_id, picture.user_id) == (picture.id, BEN)


async def test_without_a_reply_the_photo_that_waits_is_painted(stage: Stage) -> None:
    await stage.photo(ANN)

    await stage.text(ANN, "/style mosaic")

    assert (await stage.job()).preset == "mosaic"
    assert await stage.content(ANN) is None


async def test_without_any_photo_it_says_how_it_works(stage: Stage) -> None:
    await stage.text(ANN, "/style mosaic")

    assert "under a photo, or as a reply" in stage.telegram.words(ANN)[-1]


@pytest.mark.parametrize(
    ("said", "near"),
    [("monsaique", "one of these? Mosaic"), ("qqq", "“qqq”.\n\nI see no photo")],
    ids=["near", "unlike"],
)
async def test_without_any_photo_an_unknown_style_is_told_as_well(stage: Stage, said: str, near: str) -> None:
    await stage.text(ANN, f"/style {said}")

    [shown] = stage.telegram.chat(ANN)
    assert f"no style called “{said}”" in shown.words
    assert (near in shown.words, "under a photo, or as a reply" in shown.words) == (True, True)
    assert shown.data("page")


@pytest.mark.parametrize("said", ["rembrandt", "<b>gogh</b>", "\u202elaer", "x" * 900])
async def test_an_unknown_style_gets_one_sentence_with_near_ones_to_tap(stage: Stage, said: str) -> None:
    await stage.photo(ANN, **a_style_caption(f"/style {said}"))
    [shown] = stage.telegram.chat(ANN)
    await stage.press(ANN, shown.message_id, shown.data("preset"))
    await stage.paint(1, a_jpeg("gold"))

    assert shown.photo == a_jpeg("gold")
    assert len(stage.telegram.chat(ANN)) == 1


async def test_an_unknown_style_is_quoted_harmlessly(stage: Stage) -> None:
    await stage.photo(ANN, **a_style_caption("/style <b>gogh\u202e"))

    assert "“&lt;b&gt;gogh”, nor one like it" in stage.telegram.words(ANN)[-1]


@pytest.mark.parametrize("said", ["mosaic\nlike the last time", "\nmosaic\n\nplease", "mosaic\u2028or so"])
async def test_only_the_first_line_is_the_name(stage: Stage, said: str) -> None:
    await stage.photo(ANN, **a_style_caption(f"/style {said}"))

    assert (await stage.job()).preset == "mosaic"


async def test_without_a_name_some_styles_are_offered(stage: Stage) -> None:
    await stage.photo(ANN, **a_style_caption("/style"))

    assert "Which style?" in stage.telegram.words(ANN)[-1]
    assert stage.telegram.chat(ANN)[-1].data("page")


async def test_a_repeated_update_paints_nothing_twice(stage: Stage) -> None:
    update = stage.a_message(ANN, **a_style_caption("/style mosaic"), photo=[a_photo_size("theirs")])
    stage.telegram.files["theirs"] = a_jpeg()
    await stage.handle(update)

    await stage.handle(update | {"update_id": 10_000})

    assert (len(await stage.jobs()), len(await stage.pictures())) == (1, 1)


async def test_a_bad_picture_gets_its_own_sentence(stage: Stage) -> None:
    await stage.photo(ANN, b"no picture", **a_style_caption("/style mosaic"))

    assert "not a picture I can read" in stage.telegram.words(ANN)[-1]
    assert await stage.jobs() == []


async def test_an_album_with_the_caption_is_still_a_pair(stage: Stage) -> None:
    await stage.photo(ANN, media_group_id="A", **a_style_caption("/style mosaic"))

    assert await stage.parts.drafts.albums_waiting() != []
