"""Every study from outside: sizes, seeds, progress, stops, refusals, and that it goes the right way."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from engine import InvalidRequest, Laboratory, Progress, Stopped, UnknownLayer
from engine.lab import (
    FeatureMapsRequest,
    LabRequest,
    LayerViewRequest,
    MorphRequest,
    PaletteRequest,
    ReconstructRequest,
    SpotDifferenceRequest,
    Study,
)
from tests.engine.builders import a_photo, a_style

Make = Callable[[int], LabRequest]

KINDS: dict[str, Make] = {
    "palette": lambda steps: PaletteRequest(style=a_style(64, 48), longest_side_px=64, steps=steps, preview_every=2),
    "reconstruct": lambda steps: ReconstructRequest(
        content=a_photo(80, 60), layer="relu2_2", longest_side_px=64, steps=steps, preview_every=2
    ),
    "layer view": lambda steps: LayerViewRequest(layer="relu2_2", longest_side_px=64, steps=steps, preview_every=2),
    "channel view": lambda steps: LayerViewRequest(
        layer="conv2_1", channel=3, longest_side_px=64, steps=steps, preview_every=2
    ),
    "morph": lambda steps: MorphRequest(
        first=a_photo(80, 60), second=a_style(), frames=9, longest_side_px=64, steps=steps, preview_every=2
    ),
    "spot the difference": lambda steps: SpotDifferenceRequest(
        first=a_photo(80, 60), second=a_photo(80, 60), longest_side_px=64, steps=steps, preview_every=2
    ),
}
SHAPES = {"layer view": (64, 64), "channel view": (64, 64)}
every_kind = pytest.mark.parametrize("kind", KINDS)


def made(painter: Laboratory, request: LabRequest) -> Study:
    return painter.study(request, lambda progress: None, lambda: False)


def apart(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other.resize(one.size), dtype=float)).mean())


@every_kind
def test_a_study_has_its_size_and_tells_of_every_step(painter: Laboratory, kind: str) -> None:
    seen: list[Progress] = []

    study = painter.study(KINDS[kind](5), seen.append, lambda: False)

    assert study.picture.size == SHAPES.get(kind, (64, 48))
    assert study.report["steps"] == 5
    assert [(progress.step, progress.steps) for progress in seen] == [(step, 5) for step in range(1, 6)]
    assert [progress.preview is not None for progress in seen] == [False, True, False, True, False]
    assert seen[-1].loss is not None


@every_kind
def test_a_study_stops_before_the_next_step(painter: Laboratory, kind: str) -> None:
    seen: list[Progress] = []

    with pytest.raises(Stopped, match="before step 3 of 5"):
        painter.study(KINDS[kind](5), seen.append, lambda: len(seen) == 2)


@pytest.mark.parametrize("kind", ["palette", "reconstruct", "layer view", "morph"])
def test_the_same_seed_makes_the_same_picture(painter: Laboratory, kind: str) -> None:
    one, other = (made(painter, KINDS[kind](4)) for _ in range(2))

    assert one.picture.tobytes() == other.picture.tobytes()
    assert [frame.tobytes() for frame in one.frames] == [frame.tobytes() for frame in other.frames]


def test_a_shallow_layer_remembers_nearly_everything(slim_painter: Laboratory) -> None:
    photo = a_photo(64, 48)

    study = made(slim_painter, ReconstructRequest(content=photo, layer="relu1_1", longest_side_px=64, steps=60))

    assert apart(photo, study.picture) < 10 < apart(photo, Image.new("RGB", photo.size, (128, 128, 128)))


def test_a_palette_has_the_style_s_colours(slim_painter: Laboratory) -> None:
    reds = Image.new("RGB", (64, 64), (200, 30, 30))

    study = made(slim_painter, PaletteRequest(style=reds, longest_side_px=64, steps=40))

    red, _, blue = np.asarray(study.picture, dtype=float).mean(axis=(0, 1))
    assert red - blue > 15


def test_a_layer_view_excites_its_layer(painter: Laboratory) -> None:
    losses: list[float] = []

    painter.study(
        LayerViewRequest(layer="relu3_2", longest_side_px=64, steps=40),
        lambda progress: losses.append(progress.loss) if progress.loss is not None else None,
        lambda: False,
    )

    assert losses[-1] < losses[0] < 0


def test_a_morph_leads_evenly_from_the_first_to_the_second(slim_painter: Laboratory) -> None:
    first, second = a_photo(64, 48), a_style(64, 48)

    study = made(slim_painter, MorphRequest(first=first, second=second, frames=10, longest_side_px=64, steps=40))

    assert len(study.frames) == 10
    assert apart(first, study.frames[0]) == 0
    assert apart(second, study.frames[-1]) == 0
    to_go = [apart(frame, second) for frame in study.frames]
    assert to_go[0] > to_go[5] > to_go[8] > 0


def test_feature_maps_fill_a_sheet_or_light_the_photo(painter: Laboratory) -> None:
    photo = a_photo(200, 120)

    sheet = made(painter, FeatureMapsRequest(content=photo, layer="relu3_1", longest_side_px=200)).picture
    lit = made(painter, FeatureMapsRequest(content=photo, layer="relu3_1", channel=2, longest_side_px=200)).picture

    assert max(sheet.size) <= 200
    assert lit.size == (200, 120)
    assert apart(photo, lit) > 5


@pytest.mark.parametrize(
    ("request_", "kind", "said"),
    [
        (LayerViewRequest(layer="relu9_9"), UnknownLayer, "it has conv1_1"),
        (LayerViewRequest(layer="relu2_1", channel=8), InvalidRequest, "channels 0 to 7, not 8"),
        (ReconstructRequest(content=a_photo(), layer="relu5_2"), UnknownLayer, "it has conv1_1, .*relu5_1$"),
        (FeatureMapsRequest(content=a_photo(), layer="pool3", channel=9), InvalidRequest, "channels 0 to 7"),
    ],
    ids=["unknown layer", "no such channel", "deeper than the backbone", "no such map"],
)
def test_what_an_encoder_lacks_is_refused(
    painter: Laboratory, request_: LabRequest, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        made(painter, request_)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"longest_side_px": 0}, "size must be between 64 and 1024 px, not 0 px"),
        ({"steps": 0}, "number of steps"),
        ({"channel": -1}, "channel"),
        ({"seed": 1.5}, "seed"),
    ],
    ids=str,
)
def test_an_impossible_request_is_refused(values: dict[str, int], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        LayerViewRequest(layer="relu1_1", **values)


def test_a_picture_without_pixels_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="the style picture has no pixels"):
        PaletteRequest(style=Image.new("RGB", (0, 5)))
