"""Somebody keeps a style of their own, and shares it."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.own_styles import MOST_STYLES
from jobs.clock import now
from jobs.sweeps import Sweeps
from jobs.worker import PicturesGone, Worker
from models.tables import StyleGuest, UpdateSeen, UserStyle
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_instant, judge_at_once
from tests.bot.telegram import RecordingRequest, Shown

NASTY = "\u202e<b>Blue</b>\n\x00 wall\u2066"


async def a_saved_style(stage: Stage, user_id: int = ANN, name: str = "Blue wall") -> Shown:
    """A style photo saved under a name; its card."""
    await an_instant(stage, user_id)
    await stage.text(user_id, f"/mystyles {name}")
    return stage.telegram.chat(user_id)[-1]


async def a_link(stage: Stage, card: Shown) -> str:
    """What the link of a style carries behind ?start=."""
    await stage.press(ANN, card.message_id, card.data("own-share"))
    [link] = re.findall(r"https://t\.me/pastiche_bot\?start=(\S+)", stage.telegram.chat(ANN)[-1].words)
    return str(link)


async def opened(stage: Stage, link: str, user_id: int = BEN) -> Shown:
    """What somebody sees who opens a link."""
    before = len(stage.telegram.chat(user_id))
    await stage.text(user_id, f"/start {link}")
    return stage.telegram.chat(user_id)[before]


async def styles(stage: Stage) -> list[UserStyle]:
    """All saved styles."""
    async with stage.services.database.read() as session:
        return list(await session.scalars(select(UserStyle).order_by(UserStyle.id)))


async def test_without_any_style_the_list_says_how_to_get_one(stage: Stage) -> None:
    await stage.text(ANN, "/mystyles")
    await stage.text(ANN, "/mystyles Blue")

    assert "not saved any style yet" in stage.telegram.words(ANN)[0]
    assert "no style photo of yours to save" in stage.telegram.words(ANN)[1]


async def test_the_last_style_photo_is_saved_by_a_button_once_and_has_a_copy_of_its_own(stage: Stage) -> None:
    await an_instant(stage, data=a_jpeg("navy"))
    await stage.text(ANN, "/mystyles")
    shown = stage.telegram.chat(ANN)[-1]

    for _ in range(2):
        await stage.press(ANN, shown.message_id, shown.data("own-save"))

    [style] = await styles(stage)
    _, photo = await stage.pictures()
    assert (style.name, stage.telegram.last_answer()) == ("My style 1", "Saved.")
    assert style.blob_key != photo.blob_key
    assert await stage.services.blobs.get(style.blob_key or "") == await stage.services.blobs.get(photo.blob_key or "")


async def test_a_photo_that_is_saved_is_not_offered_to_be_saved(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, "/mystyles")
    before = stage.telegram.chat(ANN)[-1].buttons()
    await stage.text(ANN, "/mystyles Blue wall")

    await stage.text(ANN, "/mystyles")

    assert list(before) == ["💾 Save my last style photo"]
    assert list(stage.telegram.chat(ANN)[-1].buttons()) == ["Blue wall"]


async def test_under_a_result_its_style_photo_can_be_saved_too(stage: Stage) -> None:
    _, shown = await an_instant(stage)

    await stage.press(ANN, shown.message_id, shown.buttons()["💾 Save the style"])

    assert len(await styles(stage)) == 1


async def test_a_saved_style_outlives_the_photo_it_came_from(stage: Stage, tmp_path: Path) -> None:
    await a_saved_style(stage)
    parts = stage.services

    for hours in (25, 50):
        clock = now() + timedelta(hours=hours)
        await Sweeps(parts.desk, parts.database, parts.blobs, lambda moment=clock: moment).sweep()  # type: ignore[misc]

    [style] = await styles(stage)
    assert [path.name for path in (tmp_path / "blobs").iterdir()] == [style.blob_key]


async def test_it_paints_the_photo_that_waits(stage: Stage) -> None:
    card = await a_saved_style(stage)
    await stage.photo(ANN)

    await stage.press(ANN, card.message_id, card.data("own-use"))
    await stage.paint(2)

    job = (await stage.jobs())[-1]
    assert (job.mix, job.preset, job.style_picture_id) == ([{"weight": 1, "style": 1}], None, None)
    result = stage.telegram.chat(ANN)[-1]
    assert "Blue wall</b>: here is your picture" in result.words
    assert "🔀 Swap the two" not in result.buttons()
    assert await stage.content(ANN) is None


async def test_without_a_photo_the_next_one_is_painted_even_after_a_restart(
    stage: Stage, telegram: RecordingRequest
) -> None:
    card = await a_saved_style(stage)
    await stage.press(ANN, card.message_id, card.data("own-use"))
    asked = stage.telegram.words(ANN)[-1]
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.photo(ANN)
        await next_stage.photo(ANN)

    assert "Send me the photo, and I paint it in <b>Blue wall</b>" in asked
    assert [job.mix for job in await stage.jobs()] == [None, [{"weight": 1, "style": 1}]]
    assert await stage.content(ANN) is not None


async def test_a_saved_style_is_named_in_a_command_like_any_other(stage: Stage) -> None:
    await a_saved_style(stage)
    await stage.photo(ANN)

    await stage.text(ANN, "/style  BLUE wall")
    await stage.photo(BEN)
    await stage.text(BEN, "/style Blue wall")

    assert [job.mix for job in await stage.jobs()] == [None, [{"weight": 1, "style": 1}]]
    assert "no style called “Blue wall”" in stage.telegram.words(BEN)[-1]


async def test_the_worker_gets_its_picture_and_where_it_is_gone_says_so(stage: Stage) -> None:
    card = await a_saved_style(stage)
    for _ in range(2):
        await stage.photo(ANN)
        await stage.press(ANN, card.message_id, card.data("own-use"))
    claimed = [await stage.services.desk.claim(job_id, "w") for job_id in (2, 3)]
    worker = Worker(stage.services.desk, None, None, stage.services.blobs)  # type: ignore[arg-type]  # only reads
    assert claimed[0] is not None
    assert claimed[1] is not None

    order = await worker._read_order(claimed[0])
    [style] = await styles(stage)
    await stage.parts.own_styles.delete(ANN, style.id)
    with pytest.raises(PicturesGone):
        await worker._read_order(claimed[1])

    assert (order.style, [part.weight for part in order.mix]) == (None, [1])
    assert (order.mix[0].picture or b"")[:4] == b"\x89PNG"


async def test_a_name_is_asked_for_and_taken_even_after_a_restart(stage: Stage, telegram: RecordingRequest) -> None:
    card = await a_saved_style(stage)
    await stage.press(ANN, card.message_id, card.data("own-rename"))
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await next_stage.text(ANN, "Harbour")
        await next_stage.text(ANN, "just words")

    assert [style.name for style in await styles(stage)] == ["Harbour"]
    assert "Harbour</b>: your style" in stage.telegram.words(ANN)[-2]
    assert "I paint photos" in stage.telegram.words(ANN)[-1]


async def test_words_after_a_picture_are_no_name(stage: Stage) -> None:
    card = await a_saved_style(stage)
    await stage.press(ANN, card.message_id, card.data("own-rename"))

    await stage.photo(ANN)
    await stage.text(ANN, "thank you!")

    assert [style.name for style in await styles(stage)] == ["Blue wall"]
    assert "Your photo is still here" in stage.telegram.words(ANN)[-1]


async def test_words_after_a_command_that_begins_something_are_no_name(stage: Stage) -> None:
    card = await a_saved_style(stage)
    await stage.press(ANN, card.message_id, card.data("own-rename"))

    await stage.text(ANN, "/mix")
    await stage.text(ANN, "thank you!")

    assert [style.name for style in await styles(stage)] == ["Blue wall"]
    assert "I paint photos" in stage.telegram.words(ANN)[-1]


async def test_names_lose_what_would_harm_a_sentence(stage: Stage) -> None:
    card = await a_saved_style(stage, name=NASTY)

    assert [style.name for style in await styles(stage)] == ["<b>Blue</b> wall"]
    assert "&lt;b&gt;Blue&lt;/b&gt; wall</b>: your style" in card.words


async def test_a_name_that_is_taken_or_empty_is_asked_for_again(stage: Stage) -> None:
    await a_saved_style(stage, name="One")
    card = await a_saved_style(stage, name="Two")
    await stage.press(ANN, card.message_id, card.data("own-rename"))

    told = []
    for name in ("One", "\u202e\u2066", "Three"):
        await stage.text(ANN, name)
        told.append(stage.telegram.words(ANN)[-1])

    assert "already" in told[0]
    assert "with letters" in told[1]
    assert [style.name for style in await styles(stage)] == ["One", "Three"]


@pytest.mark.parametrize("signs", [48, 49])
async def test_a_name_is_kept_whole_or_refused_with_the_limit(stage: Stage, signs: int) -> None:
    card = await a_saved_style(stage)
    await stage.press(ANN, card.message_id, card.data("own-rename"))

    await stage.text(ANN, "n" * signs)
    told = stage.telegram.words(ANN)[-1]
    await stage.text(ANN, f"/mystyles {'m' * signs}")

    fits = signs <= 48
    assert [style.name for style in await styles(stage)] == ["m" * signs if fits else "Blue wall"]
    assert ["at most 48 signs" in words for words in (told, stage.telegram.words(ANN)[-1])] == [not fits] * 2


async def test_a_link_opened_while_a_photo_waits_says_what_to_tap(stage: Stage) -> None:
    link = await a_link(stage, await a_saved_style(stage))
    await stage.photo(BEN)

    shown = await opened(stage, link)
    told = shown.words
    await stage.press(BEN, shown.message_id, shown.buttons()["🎨 Paint with it"])

    assert "Your photo is still here: tap “🎨 Paint with it”" in told
    assert (await stage.jobs())[-1].user_id == BEN


async def test_a_deleted_style_is_gone_with_its_file_after_one_question(stage: Stage, tmp_path: Path) -> None:
    card = await a_saved_style(stage)
    [style] = await styles(stage)

    await stage.press(ANN, card.message_id, card.data("own-delete"))
    asked = (card.words, len(await styles(stage)))
    await stage.press(ANN, card.message_id, card.data("own-delete-yes"))

    assert ("Shall I delete <b>Blue wall</b>" in asked[0], asked[1]) == (True, 1)
    assert await styles(stage) == []
    assert style.blob_key not in {path.name for path in (tmp_path / "blobs").iterdir()}
    assert "not saved any style" in card.words


async def test_who_opens_a_link_may_paint_with_the_style_and_sees_nothing_else(stage: Stage) -> None:
    card = await a_saved_style(stage)
    link = await a_link(stage, card)

    shown = await opened(stage, link)
    await stage.photo(BEN)
    await stage.press(BEN, shown.message_id, shown.data("own-use"))
    await stage.paint(2)

    result = stage.telegram.chat(BEN)[-1]
    assert re.fullmatch(r"s_[A-Za-z0-9_-]{22}", link)
    assert list(shown.buttons()) == ["🎨 Paint with it", "Take it off my list", "◀ All my styles"]
    assert "Blue wall</b>: here is your picture" in result.words
    assert not {"🔀 Swap the two", "💾 Save the style"} & set(result.buttons())
    [style] = await styles(stage)
    uploaded = [told.photo for told in stage.telegram.chat(BEN)]
    assert await stage.services.blobs.get(style.blob_key or "") not in uploaded


async def test_only_a_hash_of_the_token_is_kept_also_of_the_update_that_brought_it(stage: Stage) -> None:
    link = await a_link(stage, await a_saved_style(stage))
    await opened(stage, link)

    async with stage.services.database.read() as session:
        raws = [raw for raw in await session.scalars(select(UpdateSeen.raw))]
    [style] = await styles(stage)
    assert len(style.share_hash or "") == 64
    assert link[2:] not in json.dumps([style.share_hash, *raws])


async def test_a_link_that_leads_nowhere_gets_one_friendly_sentence(stage: Stage) -> None:
    card = await a_saved_style(stage)
    replaced, revoked = [await a_link(stage, card) for _ in range(2)]
    await stage.press(ANN, card.message_id, card.data("own-unshare"))
    of_a_deleted_one = await a_link(stage, card)
    await stage.press(ANN, card.message_id, "own-delete-yes:1")

    for link in (replaced, revoked, of_a_deleted_one, "s_" + "A" * 22, revoked * 3, "s_"):
        await opened(stage, link)

    told = stage.telegram.chat(BEN)
    assert len(told) == 6
    assert all("leads nowhere" in shown.words and not shown.buttons() for shown in told)


async def test_who_came_by_a_link_loses_the_style_when_it_is_shared_no_more(stage: Stage) -> None:
    card = await a_saved_style(stage)
    shown = await opened(stage, await a_link(stage, card))
    await stage.photo(BEN)
    await stage.press(BEN, shown.message_id, shown.data("own-use"))
    await stage.paint(2)
    result = stage.telegram.chat(BEN)[-1]

    await stage.press(ANN, card.message_id, card.data("own-unshare"))
    answers = []
    for message_id, data in ((shown.message_id, shown.data("own-use")), (result.message_id, result.data("vary"))):
        await stage.press(BEN, message_id, data)
        answers.append(str(stage.telegram.last_answer()))

    assert all("no longer have that style" in answer for answer in answers)
    assert len(await stage.jobs()) == 2


@pytest.mark.parametrize("album", [None, "A"])
async def test_a_style_chosen_before_it_was_revoked_does_not_swallow_photos(stage: Stage, album: str | None) -> None:
    card = await a_saved_style(stage)
    shown = await opened(stage, await a_link(stage, card))
    await stage.press(BEN, shown.message_id, shown.data("own-use"))
    await stage.press(ANN, card.message_id, card.data("own-unshare"))

    await stage.photo(BEN, media_group_id=album)
    await judge_at_once(stage, BEN)

    *_, told, sheet = stage.telegram.chat(BEN)
    assert "no longer have that style" in (sheet if album else told).words
    assert sheet.data("preset")
    assert await stage.content(BEN) is not None


async def test_a_guest_takes_the_style_off_the_list(stage: Stage) -> None:
    shown = await opened(stage, await a_link(stage, await a_saved_style(stage)))

    await stage.press(BEN, shown.message_id, shown.data("own-leave"))

    assert "not saved any style yet" in shown.words
    async with stage.services.database.read() as session:
        assert (await session.scalars(select(StyleGuest))).all() == []


async def test_deleting_oneself_takes_styles_links_and_leave_along(stage: Stage, tmp_path: Path) -> None:
    card = await a_saved_style(stage)
    link = await a_link(stage, card)
    await opened(stage, link)

    await stage.press(ANN, card.message_id, f"delete-me:{ANN}")

    async with stage.services.database.read() as session:
        assert (await session.scalars(select(StyleGuest))).all() == []
    assert await styles(stage) == []
    assert list((tmp_path / "blobs").iterdir()) == []
    assert "leads nowhere" in (await opened(stage, link)).words


async def test_others_touch_nobody_elses_style(stage: Stage) -> None:
    await a_saved_style(stage)
    [before] = await styles(stage)

    for verb in ("own", "own-use", "own-rename", "own-share", "own-unshare", "own-delete-yes"):
        for style_id in (1, 2):  # whether there is one of that number is not to be learnt
            await stage.press(BEN, 77, f"{verb}:{style_id}")

    [after] = await styles(stage)
    assert {answer for _, answer in stage.telegram.answers} == {"I no longer have that style. Please pick another one."}
    assert (after.name, after.share_hash) == (before.name, None)


async def test_a_guest_may_only_use_it(stage: Stage) -> None:
    card = await a_saved_style(stage)
    shown = await opened(stage, await a_link(stage, card))
    [before] = await styles(stage)

    for verb in ("own-rename", "own-share", "own-unshare", "own-delete", "own-delete-yes"):
        await stage.press(BEN, shown.message_id, f"{verb}:1")

    [after] = await styles(stage)
    assert all("somebody else" in str(answer) for _, answer in stage.telegram.answers[-5:])
    assert (after.name, after.share_hash) == (before.name, before.share_hash)


async def test_forged_buttons_are_answered_and_change_nothing(stage: Stage) -> None:
    await a_saved_style(stage)

    for data in ("own:", "own:9", "own-use:x", "own-save:9", "own-save:-1", "own-share:9", "own-rename:"):
        await stage.press(ANN, 77, data)

    assert all(re.search("out of date|no longer have", str(answer)) for _, answer in stage.telegram.answers)
    assert (len(await styles(stage)), len(await stage.jobs())) == (1, 1)


async def test_somebody_elses_style_photo_is_not_saved(stage: Stage) -> None:
    await an_instant(stage, ANN, GROUP, **A_MENTION)

    await stage.press(BEN, 77, "own-save:1", chat_id=GROUP)

    assert "somebody else" in str(stage.telegram.last_answer())
    assert await styles(stage) == []


async def test_in_a_group_styles_are_not_shown_but_can_be_saved(stage: Stage) -> None:
    _, shown = await an_instant(stage, ANN, GROUP, **A_MENTION)

    await stage.press(ANN, shown.message_id, shown.data("own-save"), chat_id=GROUP)
    await stage.text(ANN, "/mystyles", chat_id=GROUP)

    assert len(await styles(stage)) == 1
    assert "private chat" in stage.telegram.words(GROUP)[-1]
    assert len(stage.telegram.chat(GROUP)) == 3


async def test_there_is_room_for_thirty(stage: Stage) -> None:
    await an_instant(stage)
    async with stage.services.database.write() as session:
        for number in range(MOST_STYLES):
            facts = {"name": f"n{number}", "file_unique_id": f"u{number}", "created_at": now()}
            session.add(UserStyle(user_id=ANN, blob_key=f"{number}", **facts))

    await stage.text(ANN, "/mystyles One more")

    assert "thirty styles already" in stage.telegram.words(ANN)[-1]
