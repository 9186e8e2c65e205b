"""Somebody mixes styles."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from bot.errors import Refused
from bot.history import cut_short
from bot.mixing import Mixture, ident_of
from bot.people import Person
from jobs.errors import InvalidSpec
from jobs.frames import Frame
from jobs.painter_main import Order
from jobs.painter_process import OrderedPart, PaintOrder, spoken
from jobs.presets import list_presets
from jobs.values import JobSpec, MixPart, NewJob
from models.states import Lane
from tests.bot.conftest import A_MENTION, ANN, BEN, GROUP, Stage, a_jpeg, a_stage, an_instant
from tests.bot.telegram import RecordingRequest, Shown

FIRST, SECOND, *_ = list_presets()
COMMAND = [{"type": "bot_command", "offset": 0, "length": 4}]
ONE, TWO = f"1. {FIRST.title}", f"2. {SECOND.title}"
THE_PERSON = Person(user_id=ANN, chat_id=ANN, chat_kind="private", name="", language=None)


async def a_sheet(stage: Stage, user_id: int = ANN, chat_id: int | None = None) -> Shown:
    """The sheet on which styles are mixed."""
    await stage.text(user_id, "/mix", chat_id=chat_id)
    return stage.telegram.chat(chat_id or user_id)[-1]


async def tap(stage: Stage, shown: Shown, *labels: str) -> None:
    """Ann taps these, one after another."""
    for label in labels:
        await stage.press(ANN, shown.message_id, shown.buttons()[label])


def pixel_of(colour: str) -> object:
    """What a flat JPEG of that colour holds."""
    return Image.open(BytesIO(a_jpeg(colour))).getpixel((5, 5))


def labels(shown: Shown) -> list[list[str]]:
    """The labels, row by row."""
    return [[button["text"] for button in row] for row in shown.markup]


def shares(shown: Shown) -> list[str]:
    """How much of each is in the mix, as the message says it."""
    return re.findall(r"\d+ % · .+", re.sub("<.*?>", "", shown.words))


async def test_two_styles_with_weights_become_an_instant_picture_in_the_same_message(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await a_sheet(stage)

    await tap(stage, shown, ONE, TWO, f"+ {SECOND.title}")
    rows, words = labels(shown)[:3], shown.words
    await tap(stage, shown, "🎨 Paint the mix")
    await stage.paint(1, a_jpeg("gold"))

    job = await stage.job()
    assert rows == [
        [f"− {FIRST.title}", f"+ {FIRST.title}"],
        [f"− {SECOND.title}", f"+ {SECOND.title}"],
        ["🎨 Paint the mix"],
    ]
    assert words.endswith(f"\n\n33 % · <b>{FIRST.title}</b>\n67 % · <b>{SECOND.title}</b>")
    assert job.mix == [{"weight": 1, "preset": FIRST.name}, {"weight": 2, "preset": SECOND.name}]
    assert (job.lane, job.status_message_id, shown.photo) == ("instant", shown.message_id, a_jpeg("gold"))
    assert f"{FIRST.title} + {SECOND.title}</b>: here is your picture" in shown.words


async def test_a_photo_with_the_command_under_it_is_the_one_that_is_mixed_for(stage: Stage) -> None:
    await stage.photo(ANN)
    await stage.photo(ANN, a_jpeg("navy"), caption="/mix", caption_entities=COMMAND)
    shown = stage.telegram.chat(ANN)[-1]

    await tap(stage, shown, ONE, TWO, "🎨 Paint the mix")

    job = await stage.job()
    _, second = await stage.pictures()
    assert (job.content_picture_id, job.style_picture_id) == (second.id, None)
    assert job.mix == [{"weight": 1, "preset": FIRST.name}, {"weight": 1, "preset": SECOND.name}]


async def test_the_file_of_a_mix_is_called_a_mix(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await a_sheet(stage)
    await tap(stage, shown, ONE, TWO, "🎨 Paint the mix")
    await stage.paint(1)

    await tap(stage, shown, "📄 File")

    assert stage.telegram.chat(ANN)[-1].filename == "pastiche-mix-1.jpg"


async def test_a_mix_can_be_varied_refined_and_mixed_further(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await a_sheet(stage)
    await tap(stage, shown, ONE, TWO, "🎨 Paint the mix")
    await stage.paint(1)

    await tap(stage, shown, "✨ Paint in high quality", "Stronger")
    await stage.paint(3)
    await tap(stage, shown, "🎛 Mix")

    jobs = await stage.jobs()
    assert [job.mix for job in jobs] == [jobs[0].mix] * 3
    assert [job.spec["method"] for job in jobs] == ["instant", "gatys", "instant"]
    assert shares(stage.telegram.chat(ANN)[-1]) == [f"50 % · {FIRST.title}", f"50 % · {SECOND.title}"]
    assert await stage.content(ANN) == jobs[0].content_picture_id


async def test_the_style_photo_of_a_result_is_mixed_with_a_preset(stage: Stage) -> None:
    _, result = await an_instant(stage)
    await tap(stage, result, "🎛 Mix")
    shown = stage.telegram.chat(ANN)[-1]

    await tap(stage, shown, ONE, "🎨 Paint the mix")

    before, job = await stage.jobs()
    assert job.mix == [{"weight": 1}, {"weight": 1, "preset": FIRST.name}]
    assert (job.content_picture_id, job.style_picture_id) == (before.content_picture_id, before.style_picture_id)


async def test_saved_styles_are_mixed_too_and_a_deleted_one_drops_out(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, "/mystyles Blue wall")
    shown = await a_sheet(stage)
    await tap(stage, shown, "⭐ Blue wall", ONE)
    with_it = shares(shown)

    await stage.press(ANN, shown.message_id, "own-delete-yes:1")
    shown = await a_sheet(stage)

    assert with_it == ["50 % · Blue wall", f"50 % · {FIRST.title}"]
    assert shares(shown) == [f"100 % · {FIRST.title}"]


async def test_without_a_photo_the_next_one_is_painted_even_after_a_restart(
    stage: Stage, telegram: RecordingRequest
) -> None:
    shown = await a_sheet(stage)
    await tap(stage, shown, ONE)
    await stage.close()

    async with a_stage(stage.services, telegram, numbers=stage.numbers) as next_stage:
        await tap(next_stage, shown, TWO, "🎨 Paint the mix")
        asked = telegram.words(ANN)[-1]
        await next_stage.photo(ANN)

    assert f"I paint it in <b>{FIRST.title} + {SECOND.title}</b>" in asked
    assert [len(job.mix or ()) for job in await stage.jobs()] == [2]


async def test_a_style_is_taken_out_by_another_tap_and_pages_keep_the_mix(stage: Stage) -> None:
    shown = await a_sheet(stage)

    await tap(stage, shown, ONE, TWO, f"✓ {ONE}", "▶")

    assert shares(shown) == [f"100 % · {SECOND.title}"]
    assert ONE not in shown.buttons()


async def test_the_least_of_a_style_is_none_of_it_and_the_most_has_an_end(stage: Stage) -> None:
    _, result = await an_instant(stage)
    await tap(stage, result, "🎛 Mix")
    shown = stage.telegram.chat(ANN)[-1]
    await tap(stage, shown, ONE, *["+ Your style"] * 8)
    most = list(shown.buttons())[:3]

    await tap(stage, shown, *["− Your style"] * 9)

    assert most == ["− Your style", f"− {FIRST.title}", f"+ {FIRST.title}"]
    assert shares(shown) == [f"100 % · {FIRST.title}"]


async def test_a_mix_of_long_names_is_cut_short_in_the_list_of_jobs(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, f"/mystyles {'a' * 48}")
    shown = await a_sheet(stage)
    await tap(stage, shown, f"⭐ {'a' * 48}", TWO)
    await stage.photo(ANN)
    await tap(stage, shown, "🎨 Paint the mix")

    await stage.text(ANN, "/jobs")

    # Six lines of such names fit the 1024 signs of a caption.
    listed = stage.telegram.chat(ANN)[-1].words
    assert cut_short(f"{'a' * 48} + {SECOND.title}") in listed
    assert cut_short("a" * 200) == "a" * 59 + "…"


async def test_a_fifth_style_and_a_mix_of_one_are_refused_in_a_sentence(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await a_sheet(stage)
    await tap(stage, shown, ONE)

    await stage.press(ANN, shown.message_id, f"mix:{ANN}.0.g")
    too_few = stage.telegram.last_answer()
    await tap(
        stage, shown, *(f"{number}. {preset.title}" for number, preset in enumerate(list_presets()[1:5], start=2))
    )

    assert too_few == "A mix needs two styles at least."
    assert stage.telegram.last_answer() == "Four styles are the most I can mix."
    assert await stage.jobs() == []


async def test_two_quick_taps_are_one_picture_and_afterwards_the_sheet_is_closed(stage: Stage) -> None:
    await stage.photo(ANN)
    shown = await a_sheet(stage)
    await tap(stage, shown, ONE, TWO)
    paint, turn = shown.buttons()["🎨 Paint the mix"], shown.buttons()["▶"]

    await stage.handle(stage.a_press(ANN, shown.message_id, paint), stage.a_press(ANN, shown.message_id, paint))
    await stage.press(ANN, shown.message_id, turn)

    assert len(await stage.jobs()) == 1
    assert stage.telegram.last_answer() == "I am already on it."


async def test_a_repeated_press_changes_nothing_more(stage: Stage) -> None:
    shown = await a_sheet(stage)
    await tap(stage, shown, ONE, TWO)
    press = stage.a_press(ANN, shown.message_id, shown.buttons()[f"+ {FIRST.title}"])

    await stage.handle(press)
    once = labels(shown)
    await stage.handle(press | {"update_id": 10_000})

    assert labels(shown) == once


async def test_asked_for_again_a_mix_that_waits_for_its_photo_goes_on(stage: Stage) -> None:
    await an_instant(stage)
    await stage.text(ANN, "/mystyles Blue wall")
    shown = await a_sheet(stage)
    await tap(stage, shown, "⭐ Blue wall", ONE, "🎨 Paint the mix")
    before = stage.telegram.chat(ANN)[-1]
    words = before.words

    await stage.text(ANN, "/mix")
    asking = stage.telegram.chat(ANN)[-1]
    asked = (before.buttons(), before.words, asking.words, list(asking.buttons()))
    await stage.photo(ANN)

    assert asked == ({}, words, words, ["Never mind"])
    assert (await stage.jobs())[-1].mix == [{"weight": 1, "style": 1}, {"weight": 1, "preset": FIRST.name}]


async def test_in_a_group_who_is_asked_for_the_photo_hears_how_to_be_heard(stage: Stage) -> None:
    shown = await a_sheet(stage, ANN, GROUP)

    for label in (ONE, TWO, "🎨 Paint the mix"):
        await stage.press(ANN, shown.message_id, shown.buttons()[label], chat_id=GROUP)

    assert "write @pastiche_bot under a picture" in stage.telegram.words(GROUP)[-1]


async def test_in_a_group_others_do_not_touch_the_mix_and_see_no_saved_styles(stage: Stage) -> None:
    await an_instant(stage, ANN, GROUP, **A_MENTION)
    await stage.press(ANN, 77, "own-save:1", chat_id=GROUP)
    shown = await a_sheet(stage, ANN, GROUP)

    await stage.press(BEN, shown.message_id, shown.buttons()[ONE], chat_id=GROUP)
    await stage.press(BEN, shown.message_id, "mix-with:1", chat_id=GROUP)

    assert "somebody else" in str(stage.telegram.last_answer())
    assert not any(label.startswith(("⭐", "✓")) for label in shown.buttons())


async def test_forged_buttons_are_answered_and_change_nothing(stage: Stage) -> None:
    shown = await a_sheet(stage)
    before = labels(shown)

    for rest in ("", "0.x", "x.a.p.mosaic", "0.a.", "0.a.o.", "0.a.s.\u0661", "0.w.0.p.mosaic", "0.w.5.p.mosaic"):
        await stage.press(ANN, shown.message_id, f"mix:{ANN}.{rest}")
    for data in ("mix:", "mix-with:9", "mix-with:x"):
        await stage.press(ANN, shown.message_id, data)

    assert all("out of date" in str(answer) for _, answer in stage.telegram.answers)
    assert labels(shown) == before


async def test_styles_that_do_not_exist_are_not_taken_in(stage: Stage) -> None:
    shown = await a_sheet(stage)

    for ident in ("p.no-such-style", "s.77", "s.99999999999999999999"):
        await stage.press(ANN, shown.message_id, f"mix:{ANN}.0.a.{ident}")

    assert not (await stage.parts.drafts.mixing(THE_PERSON)).parts


def test_a_mixture_survives_storage() -> None:
    mixture = Mixture(
        parts=(MixPart(weight=3, preset="mosaic"), MixPart(style_id=7), MixPart()), style_picture_id=5
    ).weighed("o.", 2)

    assert Mixture.from_json(mixture.to_json()) == mixture
    assert [ident_of(part) for part in mixture.parts] == ["p.mosaic", "s.7", "o."]
    assert [mixture.percent(part) for part in mixture.parts] == [50, 17, 33]


def test_a_style_that_is_not_in_cannot_be_weighed() -> None:
    with pytest.raises(Refused):
        Mixture().weighed("p.mosaic", 2)


@pytest.mark.parametrize(
    "styles",
    [
        {"mix": (MixPart(preset="a"),), "preset": "b"},
        {"mix": (MixPart(),)},
        {"mix": (MixPart(preset="a"),), "style_picture_id": 3},
        {"mix": tuple(MixPart(preset=name) for name in "abcde")},
    ],
    ids=["a preset beside it", "a photo that is not there", "a photo that is in no part", "five"],
)
def test_a_job_with_an_unsound_mix_is_refused(styles: dict[str, object]) -> None:
    plain = {"idem_key": "k", "user_id": 1, "chat_id": 1, "lane": Lane.INSTANT, "content_picture_id": 1}

    with pytest.raises(InvalidSpec):
        NewJob(**plain, spec=JobSpec(), **styles)  # type: ignore[arg-type]


def test_the_painter_gets_all_styles_with_their_weights_and_pictures() -> None:
    parts = (
        OrderedPart(weight=3, picture=a_jpeg("red"), preset=None),
        OrderedPart(weight=1, picture=None, preset=FIRST.name),
        OrderedPart(weight=2, picture=a_jpeg("blue"), preset=None),
    )
    order = PaintOrder(job_id=1, attempt=1, spec=JobSpec(), photos=(a_jpeg("teal"),), mix=parts)

    body, *attachments = spoken(order)
    request = Order.read(Frame(body=body, attachments=tuple(attachments))).request()

    assert [(style.weight, style.preset) for style in request.styles] == [(3, None), (1, FIRST.name), (2, None)]
    shown = [style.picture.getpixel((5, 5)) if style.picture else None for style in request.styles]
    assert shown == [pixel_of("red"), None, pixel_of("blue")]
    assert request.content.getpixel((5, 5)) == pixel_of("teal")


def test_one_style_is_spoken_as_before() -> None:
    order = PaintOrder(job_id=1, attempt=1, spec=JobSpec(), photos=(b"c",), style=b"s", preset="mosaic")

    assert replace(order, mix=order.parts).parts == order.parts
    assert spoken(order)[1:] == (b"c", b"s")
