"""Two photos go in: the content, then the style."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from jobs.decoder import Decoder
from tests.bot.conftest import ANN, BEN, GROUP, Stage, a_jpeg, a_stage, until_judged
from tests.bot.telegram import BOT, RecordingRequest
from tests.jobs.pictures import encoded, jpeg_header


async def test_first_photo_becomes_the_content_under_the_styles(stage: Stage) -> None:
    await stage.photo(ANN)

    [shown] = stage.telegram.chat(ANN)
    [picture] = await stage.pictures()
    assert await stage.content(ANN) == picture.id
    assert shown.photo is not None
    *styles, turns, _ = shown.markup
    assert [len(row) for row in styles] == [2, 2, 2]
    assert all(data["callback_data"].startswith(f"preset:{picture.id}.") for row in styles for data in row)
    assert [turn["callback_data"] for turn in turns] == [f"page:{picture.id}.4.a", f"page:{picture.id}.1.a"]


async def test_second_photo_becomes_the_style_of_a_job(stage: Stage) -> None:
    await stage.photo(ANN, a_jpeg("red"))
    await stage.photo(ANN, a_jpeg("blue"))

    job = await stage.job()
    content, style = await stage.pictures()
    assert (job.content_picture_id, job.style_picture_id, job.preset) == (content.id, style.id, None)
    assert (job.lane, job.spec["method"]) == ("instant", "instant")
    assert await stage.content(ANN) is None


async def test_photo_during_a_job_begins_a_new_draft(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(ANN)

    await stage.photo(ANN)

    assert len(await stage.jobs()) == 1
    assert await stage.content(ANN) == (await stage.pictures())[-1].id


async def test_the_largest_form_of_a_photo_is_taken(stage: Stage) -> None:
    await stage.photo(ANN)

    [picture] = await stage.pictures()
    assert picture.file_id == "in1"


async def test_what_is_stored_is_what_the_decoder_wrote(stage: Stage) -> None:
    await stage.photo(ANN, a_jpeg(size=(200, 100)))

    [picture] = await stage.pictures()
    assert picture.blob_key is not None
    assert (picture.width_px, picture.height_px) == (200, 100)
    assert (await stage.services.blobs.get(picture.blob_key)).startswith(b"\x89PNG")


async def test_a_picture_is_kept_for_as_long_as_configured(stage: Stage, telegram: RecordingRequest) -> None:
    async with a_stage(stage.services, telegram, kept=timedelta(hours=3)) as short:
        await short.photo(ANN)

    [picture] = await stage.pictures()
    assert picture.expires_at == picture.created_at + timedelta(hours=3)


async def test_people_have_drafts_of_their_own(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(BEN)

    assert await stage.jobs() == []
    assert await stage.content(ANN) != await stage.content(BEN)


async def test_the_sheet_is_uploaded_once_and_then_sent_by_its_id(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(BEN)

    first, second = (call for call in stage.telegram.calls if call.method == "sendPhoto")
    assert "photo" not in first.parameters  # it came as an upload
    assert second.parameters["photo"] in stage.telegram.files


async def test_a_forgotten_file_id_is_uploaded_again(stage: Stage) -> None:
    await stage.photo(ANN)
    stage.telegram.files.clear()

    await stage.photo(BEN)

    assert stage.telegram.chat(BEN)[-1].photo is not None


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("cat.jpg", "image/jpeg"),
        ("cat.JPEG", None),
        ("cat", "image/png"),
        ("cat.webp", "text/plain"),
        ("IMG_1.HEIC", None),
        ("cat", "image/heif"),
    ],
    ids=["both", "only the name", "only the type", "name against type", "a telephone's name", "a telephone's type"],
)
async def test_image_files_are_taken_like_photos(stage: Stage, name: str, mime_type: str | None) -> None:
    await stage.document(ANN, a_jpeg(), name, mime_type)

    assert await stage.content(ANN) is not None


@pytest.mark.parametrize(
    "name",
    [
        "../../escape.jpg",
        "/escape.png",
        "..\\escape.webp",
        "escape\x00.jpg",
        "\u202egpj.epacse.jpg",
        "e" * 5000 + ".jpg",
    ],
    ids=["upwards", "absolute", "the other slash", "a zero", "right to left", "long"],
)
async def test_no_name_of_a_file_leads_anywhere(stage: Stage, tmp_path: Path, name: str) -> None:
    await stage.document(ANN, a_jpeg(), name, "image/jpeg")

    [picture] = await stage.pictures()
    [blob] = (tmp_path / "blobs").iterdir()
    assert picture.blob_key == blob.name
    assert "escape" not in blob.name
    assert not list(tmp_path.parent.rglob("*escape*"))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
async def test_of_a_picture_that_moves_the_first_frame_is_taken_and_its_sender_told(stage: Stage, kind: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]

    await stage.document(ANN, encoded(frames[0], kind, save_all=True, append_images=frames[1:]), "a.webp", None)

    said, _ = stage.telegram.words(ANN)
    assert "first frame" in said
    [picture] = await stage.pictures()
    assert picture.blob_key is not None
    kept = Image.open(BytesIO(await stage.services.blobs.get(picture.blob_key)))
    assert kept.getpixel((5, 5))[0] > 200  # type: ignore[index]
    assert await stage.content(ANN) == picture.id


async def test_of_a_moving_part_of_an_album_the_first_frame_is_taken_and_its_sender_told(stage: Stage) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    moving = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])
    stage.watch()

    await stage.document(ANN, moving, "a.png", None, media_group_id="1")
    await stage.document(ANN, a_jpeg(), "b.jpg", None, media_group_id="1")
    await until_judged(stage)

    assert ["first frame" in words for words in stage.telegram.words(ANN)].count(True) == 1
    assert len(await stage.jobs()) == 1


async def test_a_file_beyond_telegrams_limit_is_turned_down_without_a_download(stage: Stage) -> None:
    await stage.document(ANN, b"", "cat.jpg", "image/jpeg", file_size=20_000_001)

    assert "20 MB" in stage.telegram.words(ANN)[-1]
    assert "getFile" not in stage.telegram.methods()


async def test_a_file_telegram_finds_too_big_is_turned_down(stage: Stage) -> None:
    stage.telegram.refuse("getFile", "Bad Request: file is too big")

    await stage.photo(ANN)

    assert "20 MB" in stage.telegram.words(ANN)[-1]


async def test_a_failed_download_gets_its_sentence(stage: Stage) -> None:
    stage.telegram.refuse("getFile", "Internal Server Error", status=500)

    await stage.photo(ANN)

    assert "could not fetch" in stage.telegram.words(ANN)[-1]
    assert await stage.content(ANN) is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"hello, I am a text", "not a picture I can read"),
        (a_jpeg()[:300], "damaged"),
        (a_jpeg(size=(8, 8)), "too small"),
        (a_jpeg(size=(3000, 70)), "too long and thin"),
        (jpeg_header(10_000, 10_000), "at most 50 megapixels"),
    ],
    ids=["text", "cut off", "tiny", "a line", "a bomb"],
)
async def test_a_bad_picture_gets_one_sentence_and_changes_nothing(stage: Stage, data: bytes, sentence: str) -> None:
    await stage.photo(ANN)
    before = await stage.content(ANN)

    await stage.photo(ANN, data)

    assert sentence in stage.telegram.words(ANN)[-1]
    assert len(stage.telegram.chat(ANN)) == 2
    assert (await stage.content(ANN), await stage.jobs()) == (before, [])


async def test_after_a_bad_picture_the_next_good_one_works(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(ANN, b"no picture")

    await stage.photo(ANN)

    assert len(await stage.jobs()) == 1


async def test_the_decoder_child_looks_at_what_is_sent(stage: Stage, telegram: RecordingRequest) -> None:
    services = stage.services
    decoder = Decoder()
    try:
        async with a_stage(
            type(services)(
                database=services.database,
                desk=services.desk,
                events=services.events,
                decoder=decoder,
                blobs=services.blobs,
            ),
            telegram,
        ) as real:
            await real.document(ANN, b"hello, I am a text", "cat.jpg", "image/jpeg")
            await real.document(ANN, a_jpeg(), "cat.jpg", "image/jpeg")
    finally:
        await decoder.close()

    assert "not a picture" in telegram.words(ANN)[0]
    assert await stage.content(ANN) is not None


async def test_in_a_group_a_photo_is_left_alone(stage: Stage) -> None:
    await stage.photo(ANN, chat_id=GROUP)

    assert stage.telegram.chat(GROUP) == []
    assert await stage.pictures() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"caption": "@Pastiche_bot please", "caption_entities": [{"type": "mention", "offset": 0, "length": 13}]},
        {"reply_to_message": {"message_id": 1, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "from": BOT}},
    ],
    ids=["mention", "reply"],
)
async def test_in_a_group_the_bot_answers_who_speaks_to_it(stage: Stage, fields: dict[str, Any]) -> None:
    asked = await stage.photo(ANN, chat_id=GROUP, message_thread_id=7, is_topic_message=True, **fields)

    [shown] = stage.telegram.chat(GROUP)
    assert (shown.reply_to, shown.thread_id) == (asked, 7)


async def test_a_repeated_update_makes_nothing_twice(stage: Stage) -> None:
    await stage.photo(ANN)
    update = stage.a_message(ANN, photo=[{"file_id": "in1", "file_unique_id": "u", "width": 64, "height": 64}])
    await stage.handle(update)

    await stage.handle(update | {"update_id": 10_000})

    assert len(await stage.jobs()) == 1
    assert len(await stage.pictures()) == 2
    assert await stage.content(ANN) is None
