"""Posters: tiles that join without a seam, of the size that was asked for, and a stop between them."""

import numpy as np
import pytest
import torch
from PIL import Image

from engine.errors import Stopped
from engine.frozen import freeze
from engine.nets import Shape, Transformer
from engine.pictures import to_picture, to_tensor
from engine.poster import paint_poster, reach_px, tiles
from engine.request import Progress
from tests.conftest import photo_of

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
    content, size = photo_of("coffee", 480), (475, 310)
    monkeypatch.setattr("engine.poster.tiles", lambda size, halo: tiles(size, halo, tile_px=128))

    poster = paint_poster(net, content, vector, size)

    untiled = _untiled(net, content, vector, size)
    assert np.abs(_levels(poster) - _levels(untiled)).max() <= 2


def test_a_halo_that_is_too_small_shows(
    net: Transformer, vector: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, size = photo_of("coffee", 480), (475, 310)
    monkeypatch.setattr("engine.poster.tiles", lambda size, halo: tiles(size, 16, tile_px=128))

    poster = paint_poster(net, content, vector, size)

    untiled = _untiled(net, content, vector, size)
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
    content = photo_of("rocket", 320)

    with pytest.raises(Stopped):
        paint_poster(
            net, content, vector, (2100, 1400), on_step=told.append, should_stop=lambda: len(told) == 2, preview_every=2
        )

    assert [(each.step, each.steps) for each in told] == [(1, 6), (2, 6)]
    assert told[0].preview is None
    assert told[1].preview is not None
    assert max(told[1].preview.size) == 512


def _untiled(net: Transformer, content: Image.Image, vector: torch.Tensor, size: tuple[int, int]) -> Image.Image:
    from engine.poster import THUMBNAIL_SIDE_PX
    from engine.scales import fit

    small = to_tensor(content, fit(size, min(THUMBNAIL_SIDE_PX, max(size))), torch.device("cpu"))
    frozen = freeze(net, small, vector)
    with torch.no_grad():
        return to_picture(frozen(to_tensor(content, size, torch.device("cpu")), vector).clamp(0, 1))


def _levels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=int)
