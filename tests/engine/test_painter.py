"""Whole paintings, seen from outside: sizes, ranges, seeds, stops, progress, reports."""

import gc
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from torch.utils._python_dispatch import TorchDispatchMode

from engine import (
    Diverged,
    InvalidRequest,
    Optimisation,
    Painter,
    Painting,
    Progress,
    Stopped,
    Style,
    StyleRequest,
    open_painter,
)
from engine.pictures import PREVIEW_SIDE_PX
from engine.recipes import Init, StyleLoss
from tests.engine.builders import a_flat_picture, a_photo, a_request, a_style, a_weights_file, small_tensors

THREE_SCALES_PX = 256


class Witness:
    """Takes down all progress, and stops the painting after a number of steps if told to."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.seen: list[Progress] = []
        self._stop_after = stop_after

    def on_step(self, progress: Progress) -> None:
        self.seen.append(progress)

    def should_stop(self) -> bool:
        return len(self.seen) == self._stop_after

    @property
    def losses(self) -> list[float]:
        return [progress.loss for progress in self.seen if progress.loss is not None]


def paint(painter: Painter, request: StyleRequest, witness: Witness | None = None) -> Painting:
    watching = witness or Witness()
    return painter.paint(request, watching.on_step, watching.should_stop)


def pixels(picture: Image.Image) -> npt.NDArray[np.float64]:
    return np.asarray(picture, dtype=np.float64)


def redness(picture: Image.Image) -> float:
    red, _, blue = pixels(picture).mean(axis=(0, 1))
    return float(red - blue)


def two_toned(bright: tuple[int, int, int], dark: tuple[int, int, int]) -> Image.Image:
    stripes = np.indices((32, 32)).sum(axis=0) // 4 % 2
    return Image.fromarray(np.where(stripes[..., None], bright, dark).astype(np.uint8))


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(pixels(one) - pixels(other)).mean())


@pytest.mark.parametrize(("style_loss", "init"), [("w2", "content"), ("gram", "noise"), ("covariance", "noise")])
def test_loss_falls(painter: Painter, style_loss: StyleLoss, init: Init) -> None:
    witness = Witness()

    paint(painter, a_request(steps=60, optimisation=Optimisation(style_loss=style_loss), init=init), witness)

    assert len(witness.losses) == 3
    assert witness.losses[0] > witness.losses[1] > witness.losses[2] > 0


def test_result_takes_on_the_style_s_colours(slim_painter: Painter) -> None:
    reds = Style(picture=two_toned((220, 30, 30), (120, 10, 10)))

    picture = paint(slim_painter, a_request(styles=(reds,), strength=3, steps=30)).picture

    assert redness(picture) > redness(a_photo()) + 8


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((101, 67), 85, (85, 56)),
        ((67, 101), 85, (56, 85)),
        ((33, 33), 64, (64, 64)),
        ((300, 3), 64, (64, 1)),
        ((1, 1), 64, (64, 64)),
        ((97, 71), 183, (183, 134)),
    ],
    ids=["odd", "portrait", "enlarged", "strip", "pixel", "two scales"],
)
def test_result_has_the_size_asked_for_and_the_content_s_shape(
    painter: Painter, size: tuple[int, int], longest: int, expected: tuple[int, int]
) -> None:
    painting = paint(painter, a_request(content=a_photo(*size), longest_side_px=longest, steps=3))

    assert painting.picture.size == expected
    assert painting.picture.mode == "RGB"


def test_styles_of_any_shape_will_do(painter: Painter) -> None:
    styles = tuple(Style(picture=a_style(*size)) for size in [(200, 3), (1, 1), (31, 77)])

    painting = paint(painter, a_request(styles=styles))

    assert painting.picture.size == (64, 64)


def test_same_seed_repeats_bit_for_bit_and_another_does_not(painter: Painter) -> None:
    pictures = [paint(painter, a_request(seed=seed, steps=12)).picture for seed in (1, 1, 2)]

    assert pictures[0].tobytes() == pictures[1].tobytes()
    assert pictures[0].tobytes() != pictures[2].tobytes()


def test_another_painter_on_the_same_machine_paints_the_same(painter: Painter, small_file: Path) -> None:
    second = open_painter(backbone="slim", weights=small_file, device="cpu", threads=1)
    request = a_request(init="noise", seed=5, steps=12)

    assert paint(painter, request).picture.tobytes() == paint(second, request).picture.tobytes()


def test_a_painter_keeps_its_threads_whatever_others_do(painter: Painter) -> None:
    used: list[int] = []
    torch.set_num_threads(2)

    painting = painter.paint(a_request(steps=2), lambda _: used.append(torch.get_num_threads()), lambda: False)

    assert used == [1, 1]
    assert painting.report["threads"] == 1


def test_a_painter_paints_the_same_in_another_thread(painter: Painter) -> None:
    found: list[Painting] = []
    request = a_request(steps=6)

    thread = threading.Thread(target=lambda: found.append(paint(painter, request)))
    thread.start()
    thread.join()

    assert found[0].picture.tobytes() == paint(painter, request).picture.tobytes()


def test_progress_counts_every_step_over_all_scales(painter: Painter) -> None:
    witness = Witness()

    painting = paint(painter, a_request(longest_side_px=THREE_SCALES_PX, steps=7), witness)

    assert [progress.step for progress in witness.seen] == list(range(1, 8))
    assert witness.seen[-1].steps == 7
    assert list(dict.fromkeys(progress.stage for progress in witness.seen)) == ["128 px", "181 px", "256 px"]
    assert painting.report["steps"] == 7


def test_a_scale_that_stands_still_ends_early_and_progress_still_ends_at_steps(painter: Painter) -> None:
    still = Style(picture=a_flat_picture(128))
    witness = Witness()

    painting = paint(painter, a_request(content=a_flat_picture(128), styles=(still,), strength=0, steps=90), witness)

    assert painting.report["steps"] < 90
    assert witness.seen[-1].step == witness.seen[-1].steps == painting.report["steps"]


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_stop_is_obeyed_within_a_step(painter: Painter, after: int) -> None:
    witness = Witness(stop_after=after)

    with pytest.raises(Stopped, match=f"before step {after + 1} of 9"):
        paint(painter, a_request(longest_side_px=THREE_SCALES_PX, steps=9), witness)

    assert len(witness.seen) == after


def test_an_error_of_the_listener_comes_through_and_the_painter_paints_on(painter: Painter) -> None:
    request = a_request(steps=6)
    before = paint(painter, request).picture.tobytes()

    def lose_interest(progress: Progress) -> None:
        if progress.step == 3:
            raise ConnectionError("nobody listens any more")

    with pytest.raises(ConnectionError):
        painter.paint(request, lose_interest, lambda: False)

    assert paint(painter, request).picture.tobytes() == before


def test_previews_come_only_when_asked_for_and_are_small(painter: Painter) -> None:
    silent, shown = Witness(), Witness()
    wide = a_photo(60, 20)

    paint(painter, a_request(steps=6), silent)
    paint(painter, a_request(content=wide, longest_side_px=600, steps=6, preview_every=3), shown)

    assert all(progress.preview is None for progress in silent.seen)
    previews = {progress.step: progress.preview for progress in shown.seen if progress.preview}
    assert list(previews) == [3, 6]
    assert previews[6].size == (PREVIEW_SIDE_PX, 171)
    assert previews[6].mode == "RGB"


def test_the_last_preview_is_the_result(painter: Painter) -> None:
    witness = Witness()

    painting = paint(painter, a_request(steps=4, preview_every=4, keep_colours="luminance"), witness)

    preview = witness.seen[-1].preview
    assert preview is not None
    assert preview.tobytes() == painting.picture.tobytes()


def test_strength_zero_gives_the_content_back(painter: Painter) -> None:
    painting = paint(painter, a_request(strength=0, steps=40))

    assert difference(painting.picture, a_photo()) < 4


def test_more_strength_leads_further_from_the_content(painter: Painter) -> None:
    far, near = (paint(painter, a_request(strength=strength, steps=12)).picture for strength in (2.0, 0.1))

    assert difference(far, a_photo()) > difference(near, a_photo()) + 1


def test_kept_colours_are_the_content_s(painter: Painter) -> None:
    def chroma(picture: Image.Image) -> npt.NDArray[np.float64]:
        return pixels(picture.convert("YCbCr"))[..., 1:]

    kept, free = (paint(painter, a_request(keep_colours=keep, steps=25)).picture for keep in ("luminance", "none"))

    # Clipping and rounding move a few pixels.
    assert np.abs(chroma(kept) - chroma(a_photo())).mean() < 2
    assert np.abs(chroma(free) - chroma(a_photo())).mean() > 5


def test_a_flat_picture_gets_no_frame(painter: Painter) -> None:
    flat = a_flat_picture(200)

    found = pixels(paint(painter, a_request(content=flat, styles=(Style(picture=flat),), steps=40)).picture)

    border = np.concatenate([found[0], found[-1], found[:, 0], found[:, -1]])
    assert border.mean() == pytest.approx(found[8:-8, 8:-8].mean(), abs=4)


def test_weights_of_styles_tell_which_one_prevails(slim_painter: Painter) -> None:
    reds, blues = two_toned((220, 30, 30), (120, 10, 10)), two_toned((30, 30, 220), (10, 10, 120))

    def painted(red_share: float, blue_share: float) -> Image.Image:
        styles = (Style(picture=reds, weight=red_share), Style(picture=blues, weight=blue_share))
        return paint(slim_painter, a_request(styles=styles, strength=3, steps=25)).picture

    assert redness(painted(9, 1)) > redness(painted(1, 9)) + 8


def test_weights_of_styles_count_in_proportion_only(painter: Painter) -> None:
    def painted(weight: float) -> bytes:
        styles = tuple(Style(picture=a_style(hue=hue), weight=weight) for hue in (0.0, 2.0))
        return paint(painter, a_request(styles=styles)).picture.tobytes()

    assert painted(1.0) == painted(1024.0)


def test_the_report_is_json_and_tells_how_the_picture_came_about(painter: Painter) -> None:
    content = a_photo(64, 40)

    settings = {
        "recipe": "quick",
        "init": "content",
        "optimisation": Optimisation(tiles=2),
        "mask": content.point(bool),
    }
    size = {"content": content, "longest_side_px": 182}

    painting = paint(painter, a_request(steps=5, seed=3, strength=0.7, **size, **settings))

    report: dict[str, Any] = json.loads(json.dumps(painting.report, allow_nan=False))
    assert report["settings"] == {
        "method": "gatys",
        "longest_side_px": 182,
        "strength": 0.7,
        "keep_colours": "none",
        "brush": 1.0,
        "seed": 3,
        "preview_every": 0,
        "recipe": "quick",
        "optimisation": {"tiles": 2},
        "init": "content",
        "steps": 5,
        "deep": False,
        "mask_px": [64, 40],
        "content_px": [64, 40],
        "styles": [{"px": [48, 48], "preset": None, "weight": 1.0}],
    }
    assert [scale["width_px"] for scale in report["scales"]] == [129, 182]
    assert sum(scale["steps"] for scale in report["scales"]) == report["steps"] == 5
    for scale in report["scales"]:
        assert {"content", "style", "tv", "total"} == set(scale["losses"])
        parts = [scale["losses"][name] for name in ("content", "style", "tv")]
        assert scale["losses"]["total"] == pytest.approx(sum(parts))
    assert report["seconds"] >= sum(scale["seconds"] for scale in report["scales"]) - 0.01
    assert all(0 <= scale["told_s"] <= scale["seconds"] for scale in report["scales"])
    assert (report["backbone"], report["device"], report["path"], report["threads"]) == ("slim", "cpu", "eager", 1)
    assert report["dtype"] in ("float32", "bfloat16")
    assert {"python", "torch", "pillow"} == set(report["versions"])
    assert {"style", "content", "replaced"} == set(report["layers"])
    recipe = {"name": "quick", "init": "content", "optimiser": "lbfgs", "tiles": 2, "content_weight": 0.08}
    assert recipe.items() <= report["recipe"].items()
    assert report["recipe"]["source"]


def test_a_loss_beyond_all_numbers_is_said_to_diverge(tmp_path: Path) -> None:
    overflowing = open_painter(
        weights=a_weights_file(tmp_path, small_tensors(gain=1e12)), backbone="slim", device="cpu", threads=1
    )

    with pytest.raises(Diverged):
        paint(overflowing, a_request(steps=2))


class Readings(TorchDispatchMode):
    """Counts how often a number is read out of a tensor: each time a GPU would be waited for."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func is torch.ops.aten._local_scalar_dense.default
        return func(*args, **(kwargs or {}))


def test_nothing_is_read_from_the_device_between_readings(painter: Painter) -> None:
    def readings(steps: int) -> int:
        with Readings() as mode:
            paint(painter, a_request(steps=steps))
        return int(mode.count)

    few, many = readings(2), readings(19)

    assert 0 < few == many


def test_tensors_of_a_painting_are_released_with_it(painter: Painter) -> None:
    def tensors() -> int:
        return sum(issubclass(type(thing), torch.Tensor) for thing in gc.get_objects())

    paint(painter, a_request())
    gc.collect()
    before = tensors()
    gc.disable()

    try:
        paint(painter, a_request(longest_side_px=182, preview_every=1))
        with pytest.raises(Stopped):
            paint(painter, a_request(), Witness(stop_after=2))
        after = tensors()
    finally:
        gc.enable()

    assert after == before


def test_instant_pictures_painted_together_are_those_painted_alone(painter: Painter) -> None:
    wide = a_request(method="instant", content=a_photo(96, 64), longest_side_px=96, brush=2.0)
    pale = a_request(method="instant", styles=(Style(picture=a_style(hue=2.0)),), strength=0.5)
    grey = a_request(method="instant", content=a_flat_picture(80), keep_colours="luminance")

    together = painter.paint_instant([wide, pale, grey])

    for request, painting in zip((wide, pale, grey), together, strict=True):
        alone = paint(painter, request)
        assert difference(painting.picture, alone.picture) < 0.5
        assert painting.report["settings"] == alone.report["settings"]
    assert [painting.picture.size for painting in together] == [(96, 64), (64, 64), (64, 64)]


def test_instant_pictures_in_between_leave_an_optimisation_as_it_is(painter: Painter) -> None:
    def paint_another() -> bool:
        painter.paint_instant([a_request(method="instant")])
        return False

    beside = painter.paint(a_request(steps=3), lambda progress: None, paint_another)

    assert beside.picture.tobytes() == paint(painter, a_request(steps=3)).picture.tobytes()


def test_an_optimisation_may_begin_with_the_instant_picture(painter: Painter) -> None:
    style = (Style(picture=a_style(hue=1.0)),)
    [instant] = painter.paint_instant([a_request(method="instant", styles=style)])

    [begun, cold] = [paint(painter, a_request(styles=style, init=init, steps=1)) for init in ("instant", "content")]

    assert difference(begun.picture, instant.picture) < 0.6 * difference(cold.picture, instant.picture)


def test_a_style_that_nobody_knows_is_refused(painter: Painter) -> None:
    with pytest.raises(InvalidRequest, match="'nameless'"):
        painter.paint_instant([a_request(method="instant", styles=(Style(preset="nameless"),))])
