"""What is fitted to presets: it comes back from its file, stands in for pictures, and is never trusted blindly."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from engine import InvalidRequest, Painter, Preset, Style, StyleRequest, WeightsError, load_presets
from engine.encoder import Encoder
from engine.instant_weights import SHIPPED_INSTANT, network_id
from engine.losses import W2Loss
from engine.presets import FITTED, OWN_FOLDER_VARIABLE, PREVIEW, STYLE, own
from engine.presets.fitted import (
    LAYERS,
    SIDES_PX,
    Fitted,
    load_fitted,
    load_moments,
    load_vector,
    moments_of,
    save_fitted,
)
from engine.request import BRUSHES
from engine.train.presets import fit_presets, shipped_net, sources
from engine.train.style import Fitting
from tests.engine.builders import a_photo, a_request, a_style
from tests.engine.training import pictures

LENGTH = 7
NAMES = [preset.name for preset in load_presets()]
PAINTED = [preset for preset in load_presets() if preset.kind == "painted"]
LARGEST_BYTES_IN_ALL = 8_000_000


def a_fitted(**changes: Any) -> Fitted:
    vectors = {brush: torch.full((LENGTH,), brush) for brush in BRUSHES}
    plain: dict[str, Any] = {"network": "this", "steps": 3, "vectors": vectors}
    return Fitted(**(plain | changes))


def an_own_preset(folder: Path, name: str = "mine", fitted: Fitted | None = None) -> None:
    with own.changed(folder) as entries:
        (folder / name).mkdir()
        a_style().save(folder / name / STYLE)
        a_photo().save(folder / name / PREVIEW)
        if fitted is not None:
            save_fitted(folder / name / FITTED, fitted)
        entries[name] = {"title": "Mine"}


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(OWN_FOLDER_VARIABLE, str(tmp_path / "presets"))
    return tmp_path / "presets"


def painted(painter: Painter, name: str, **changes: Any) -> Image.Image:
    styles = (Style(preset=name),)
    return painter.paint(a_request(styles=styles, **changes), lambda progress: None, lambda: False).picture


def test_vectors_and_moments_come_back_from_their_file(slim: Encoder, tmp_path: Path) -> None:
    seen = moments_of(a_style(), slim)

    save_fitted(tmp_path / FITTED, a_fitted(moments=seen))

    loaded = load_fitted(tmp_path / FITTED)
    assert (loaded.network, loaded.steps) == ("this", 3)
    assert {brush: float(vector[0]) for brush, vector in loaded.vectors.items()} == {0.5: 0.5, 1.0: 1.0, 2.0: 2.0}
    for side in SIDES_PX:
        for layer in LAYERS:
            assert float(W2Loss(seen[side][layer])(loaded.moments[side][layer])) < 0.05


def test_moments_of_few_positions_are_sound(slim: Encoder, tmp_path: Path) -> None:
    save_fitted(tmp_path / FITTED, a_fitted(moments=moments_of(a_style(96, 64), slim)))

    assert load_fitted(tmp_path / FITTED).moments.keys() == set(SIDES_PX)


def test_moments_between_two_sizes_are_between_them(slim: Encoder) -> None:
    fitted = a_fitted(moments=moments_of(a_style(), slim))
    small, large = (fitted.moments[side]["relu3_1"].mean for side in SIDES_PX)

    at_256 = fitted.moments_at(256)["relu3_1"].mean

    assert torch.allclose(at_256, (small + large) / 2, atol=1e-5)
    assert torch.equal(fitted.moments_at(64)["relu3_1"].mean, small)
    assert torch.allclose(fitted.moments_at(4096)["relu3_1"].mean, large)


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        pytest.param({}, "no sound vector", id="empty"),
        pytest.param({"vector.1": torch.zeros(7).half()}, "no sound vector", id="one brush"),
        pytest.param({f"vector.{b:g}": torch.zeros(7) for b in BRUSHES}, "no sound vector", id="fp32"),
        pytest.param({f"vector.{b:g}": torch.full((7,), np.nan).half() for b in BRUSHES}, "no sound", id="nan"),
        pytest.param(
            {f"vector.{b:g}": torch.zeros(7 + int(b)).half() for b in BRUSHES}, "no sound vector", id="unequal"
        ),
        pytest.param(
            {f"vector.{b:g}": torch.zeros(7).half() for b in BRUSHES} | {"128.relu1_1.factor": torch.zeros(2, 2)},
            "lacks sound moments",
            id="moments of another kind",
        ),
    ],
)
def test_a_file_of_something_else_is_one_clear_error(
    tmp_path: Path, tensors: Mapping[str, torch.Tensor], said: str
) -> None:
    save_file(dict(tensors), tmp_path / FITTED)

    with pytest.raises(WeightsError, match=said) as caught:
        load_fitted(tmp_path / FITTED)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"\x80\x04.", "no intact safetensors", id="a pickle"),
        pytest.param(b"\xff" * 8 + b"{}", "no intact safetensors", id="an impossible header"),
        pytest.param(bytes(1_000_001), "larger than", id="too large"),
    ],
)
def test_a_hostile_file_is_one_clear_error(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / FITTED).write_bytes(data)

    with pytest.raises(WeightsError, match=said):
        load_fitted(tmp_path / FITTED)


def test_a_vector_of_another_length_is_one_clear_error(own_folder: Path) -> None:
    an_own_preset(own_folder, fitted=a_fitted())

    with pytest.raises(WeightsError, match="of another shape: fit mine anew"):
        load_vector("mine", 1.0, "this", LENGTH + 1)


def test_a_vector_fitted_to_older_weights_gives_way_to_the_picture(own_folder: Path) -> None:
    an_own_preset(own_folder, fitted=a_fitted())

    vector, outdated = (load_vector("mine", 2.0, network, LENGTH) for network in ("this", "newer"))

    assert vector is not None
    assert (float(vector[0]), outdated) == (2.0, None)


def test_an_own_preset_paints_whether_fitted_or_not(own_folder: Path, slim_painter: Painter) -> None:
    an_own_preset(own_folder, "unfitted")

    by_name = painted(slim_painter, "unfitted", method="instant", steps=None)

    with Image.open(own_folder / "unfitted" / STYLE) as style:
        request = StyleRequest(
            content=a_photo(), styles=(Style(picture=style.convert("RGB")),), method="instant", longest_side_px=64
        )
    by_picture = slim_painter.paint(request, lambda progress: None, lambda: False).picture
    assert by_name.tobytes() == by_picture.tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_is_fitted_and_paints_at_once(slim_painter: Painter, name: str) -> None:
    small, large = (painted(slim_painter, name, method="instant", steps=None, brush=brush) for brush in (0.5, 2.0))

    assert small.size == (64, 64)
    assert np.abs(np.asarray(small, dtype=float) - np.asarray(a_photo())).mean() > 5
    assert small.tobytes() != large.tobytes()


def test_all_presets_are_fitted_to_the_network_that_ships() -> None:
    network = network_id(SHIPPED_INSTANT)

    outdated = [preset.name for preset in load_presets() if load_fitted(preset.fitted_path).network != network]

    assert outdated == [], "fit them anew: python -m engine.train presets"


def test_all_that_ships_is_light() -> None:
    weights = SHIPPED_INSTANT.parent.glob("*.safetensors")

    sizes = [path.stat().st_size for path in (*weights, *(preset.fitted_path for preset in load_presets()))]

    assert sum(sizes) < LARGEST_BYTES_IN_ALL


@pytest.mark.parametrize("preset", PAINTED, ids=lambda preset: preset.name)
def test_a_painting_ships_as_vectors_and_moments_but_not_as_a_picture(preset: Preset) -> None:
    fitted = load_moments(preset.name)

    assert preset.style_path is None
    assert preset.artist
    assert preset.year
    assert all(float(fitted.moments_at(256)[layer].covariance.diagonal().min()) >= 0 for layer in LAYERS)


def test_an_optimisation_of_a_preset_without_a_picture_runs_on_slim_and_says_so(painter: Painter) -> None:
    request = a_request(styles=(Style(preset="starry-night"),), steps=30)

    painting = painter.paint(request, lambda progress: None, lambda: False)

    assert painting.report["without_picture"] == ["starry-night"]
    assert painting.report["backbone"] == "slim"
    assert list(painting.report["layers"]["style"]) == list(LAYERS)


def test_an_unknown_preset_is_one_clear_error(slim_painter: Painter) -> None:
    with pytest.raises(InvalidRequest, match="there is no preset 'no-such'"):
        painted(slim_painter, "no-such", method="instant", steps=None)


def test_fitting_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    net, found = shipped_net("cpu"), sources(["frost", "mosaic"], ())
    fitting = Fitting(steps=0)
    fit_presets(net, {"frost": found["frost"]}, pictures(1), fitting, out=tmp_path)

    written = fit_presets(net, found, pictures(1), fitting, out=tmp_path)
    again = fit_presets(net, found, pictures(1), fitting, out=tmp_path)

    assert (written, again) == (["mosaic"], [])
    assert load_fitted(tmp_path / "mosaic" / FITTED).network == network_id(SHIPPED_INSTANT)


def test_a_painting_that_no_folder_holds_is_named(tmp_path: Path) -> None:
    a_style().save(tmp_path / "starry-night.png")

    found = sources(["starry-night"], [tmp_path])

    assert found == {"starry-night": tmp_path / "starry-night.png"}
    with pytest.raises(InvalidRequest, match="holds udnie, or 019_udnie"):
        sources(["starry-night", "udnie"], [tmp_path])
