"""Posters: tiles that join without a seam, of the size that was asked for, and a stop between them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.encoder import Encoder
from engine.errors import Stopped
from engine.frozen import freeze
from engine.instant import InstantNet
from engine.instant_painter import DRAFT_SIDE_PX, InstantPainter
from engine.nets import Shape, Transformer
from engine.pictures import to_picture, to_tensor
from engine.poster import THUMBNAIL_SIDE_PX, StyledTiler, paint_poster, reach_px, tiles
from engine.request import Progress, Style, StyleRequest
from engine.scales import fit
from tests.conftest import photo_of

CPU = torch.device("cpu")
SMALL = Shape(width=16, deep_width=16, half_width=16, early=1, deep=1, late=1)


@pytest.fixture(scope="module")
def net() -> Transformer:
    torch.manual_seed(5)
    made = Transformer(SMALL).eval()
    with torch.no_grad():
        made.end.weight.mul_(6)  # strokes strong enough for a seam to be seen
    return made


@pytest.fixture(scope="module")
def vector(net: Transformer) -> torch.Tensor:
    return 0.3 * torch.randn(1, net.style_length, generator=torch.Generator().manual_seed(1))


def test_tiles_join_without_a_seam(net: Transformer, vector: torch.Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask(photo_of("coffee", 480), 475)
    monkeypatch.setattr("engine.poster.tiles", lambda size, halo: tiles(size, halo, tile_px=128))

    poster = paint_poster(StyledTiler(net, vector), request, lambda progress: None, lambda: False)

    untiled = _untiled(net, request, vector)
    assert np.abs(_levels(poster) - _levels(untiled)).max() <= 2


def test_tiles_of_the_shipped_network_join_at_2048_px(slim: Encoder) -> None:
    shipped = InstantNet.load(slim)
    vector = shipped.read([photo_of("coffee", 256)])
    request = ask(photo_of("astronaut", 2048).crop((0, 600, 2048, 728)), 2048)

    poster = paint_poster(StyledTiler(shipped.painter, vector), request, lambda progress: None, lambda: False)

    untiled = _untiled(shipped.painter, request, vector)
    assert poster.size == (2048, 128)
    assert np.abs(_levels(poster) - _levels(untiled)).max() <= 2


def test_a_halo_that_is_too_small_shows(
    net: Transformer, vector: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask(photo_of("coffee", 480), 475)
    monkeypatch.setattr("engine.poster.tiles", lambda size, halo: tiles(size, 16, tile_px=128))

    poster = paint_poster(StyledTiler(net, vector), request, lambda progress: None, lambda: False)

    untiled = _untiled(net, request, vector)
    assert np.abs(_levels(poster) - _levels(untiled)).max() > 2


def test_tiles_cover_every_pixel_once_and_begin_on_the_grid() -> None:
    plan = tiles((1000, 2111), halo_px=64, tile_px=300)

    covered = np.zeros((2111, 1000), dtype=int)
    for tile in plan:
        left, upper, right, lower = tile.painted
        covered[upper:lower, left:right] += 1
    assert (covered == 1).all()
    assert all(edge % 16 == 0 for tile in plan for edge in (*tile.painted[:2], *tile.seen[:2]))
    assert all(max(t.painted[2] - t.painted[0], t.painted[3] - t.painted[1]) <= 300 + 16 for t in plan)


def test_the_reach_of_the_net_is_not_underestimated(net: Transformer, vector: torch.Tensor) -> None:
    content = torch.rand(1, 3, 256, 256, generator=torch.Generator().manual_seed(2))
    frozen = freeze(net, content, vector)
    other = content.clone()
    other[..., 128, 128] = 1 - other[..., 128, 128]

    with torch.no_grad():
        changed = (frozen(content, vector) - frozen(other, vector)).abs().amax(dim=(0, 1)) > 1e-6

    rows, columns = torch.nonzero(changed, as_tuple=True)
    farthest = int(max((rows - 128).abs().max(), (columns - 128).abs().max()))
    assert 16 < farthest <= reach_px(SMALL)


def test_it_reports_every_tile_and_stops_between_two(net: Transformer, vector: torch.Tensor) -> None:
    told: list[Progress] = []
    request = ask(photo_of("rocket", 320), 2100, preview_every=2)

    with pytest.raises(Stopped):
        paint_poster(StyledTiler(net, vector), request, told.append, lambda: len(told) == 2)

    assert [(each.step, each.steps) for each in told] == [(1, 6), (2, 6)]
    assert told[0].preview is None
    assert told[1].preview is not None
    assert max(told[1].preview.size) == 512


def test_colours_are_kept_in_every_tile(
    net: Transformer, vector: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask(photo_of("coffee", 480), 300, keep_colours="luminance")
    monkeypatch.setattr("engine.poster.tiles", lambda size, halo: tiles(size, halo, tile_px=128))

    poster = paint_poster(StyledTiler(net, vector), request, lambda progress: None, lambda: False)

    chroma = [
        np.asarray(each.convert("YCbCr"), dtype=int)[..., 1:] for each in (poster, request.content.resize(poster.size))
    ]
    assert np.abs(chroma[0] - chroma[1]).mean() < 6


def ask(content: Image.Image, longest_side_px: int, **options: Any) -> StyleRequest:
    style = Style(picture=Image.new("RGB", (64, 64)))
    return StyleRequest(content=content, styles=(style,), method="poster", longest_side_px=longest_side_px, **options)


def _untiled(net: Transformer, request: StyleRequest, vector: torch.Tensor) -> Image.Image:
    """In one piece, with the same frozen statistics."""
    size = fit(request.content.size, request.longest_side_px)
    content = to_tensor(request.content, size, CPU)
    frozen = freeze(net, to_tensor(request.content, fit(size, min(THUMBNAIL_SIDE_PX, max(size))), CPU), vector)
    with torch.inference_mode():
        return to_picture(frozen(content, vector))


def _levels(picture: Image.Image) -> "np.ndarray[Any, np.dtype[np.int_]]":
    return np.asarray(picture, dtype=int)


def test_a_poster_has_the_broad_strokes_of_a_picture_on_a_screen(slim: Encoder) -> None:
    painter = InstantPainter(InstantNet.load(slim, dtype=torch.bfloat16))
    request = replace(
        ask(photo_of("coffee", 480).crop((0, 60, 480, 180)), 1536), styles=(Style(preset="stained-glass"),)
    )
    [on_screen] = painter.paint([replace(request, longest_side_px=DRAFT_SIDE_PX, method="instant")])

    poster = painter.poster(request, lambda progress: None, lambda: False)

    once = paint_poster(_tiler(painter, request), request, lambda progress: None, lambda: False)
    assert _coarse_difference(poster, on_screen) < 0.5 * _coarse_difference(once, on_screen)


def _tiler(painter: InstantPainter, request: StyleRequest) -> StyledTiler:
    return StyledTiler(painter._net.painter, painter.vector(request)[None])


def _coarse_difference(first: Image.Image, second: Image.Image) -> float:
    """Mean of what is left where strokes a few pixels wide are averaged away."""
    small = [np.asarray(each.resize((48, 12), Image.Resampling.BOX), dtype=float) for each in (first, second)]
    return float(np.abs(small[0] - small[1]).mean())
