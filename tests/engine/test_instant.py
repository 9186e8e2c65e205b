import json
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from engine.encoder import Encoder
from engine.errors import InvalidRequest, WeightsError
from engine.instant import InstantNet
from engine.instant_weights import load_nets, new_nets, save_nets
from engine.judge import ssim
from engine.pictures import to_tensor
from engine.weights import SHIPPED_SLIM
from tests.engine.builders import a_photo, a_style
from tests.engine.training import TINY

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def slim() -> Encoder:
    return Encoder.load(SHIPPED_SLIM, name="slim", device=CPU)


@pytest.fixture(scope="module")
def weights(slim: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("instant") / "tiny.safetensors"
    save_nets(path, *new_nets(TINY, slim))
    return path


@pytest.fixture(scope="module")
def tiny(slim: Encoder, weights: Path) -> InstantNet:
    return InstantNet.load(slim, weights)


@pytest.fixture(scope="module")
def shipped(slim: Encoder) -> InstantNet:
    return InstantNet.load(slim)


def difference(first: Image.Image, second: Image.Image) -> float:
    """Mean difference in levels, 0 to 255."""
    ours, theirs = (to_tensor(picture, picture.size, CPU) for picture in (first, second))
    return float((ours - theirs).abs().mean()) * 255


def test_strength_zero_is_the_content(shipped: InstantNet) -> None:
    content = a_photo(90, 61)
    style = shipped.mix([(1.0, shipped.read([a_style()])[0])], strength=0)

    [painted] = shipped.paint([content], style[None])

    assert difference(painted, content) < 1
    assert ssim(*(to_tensor(each, each.size, CPU) for each in (painted, content))) > 0.98


def test_more_strength_leads_further_from_the_content(shipped: InstantNet) -> None:
    content, vector = a_photo(96, 96), shipped.read([a_style()])[0]
    styles = torch.stack([shipped.mix([(1.0, vector)], strength) for strength in (0.3, 0.7, 1.0)])

    painted = shipped.paint([content] * 3, styles)

    distances = [difference(each, content) for each in painted]
    assert distances == sorted(distances)
    assert distances[0] > 1


def test_a_mix_of_one_style_is_that_style(tiny: InstantNet) -> None:
    [vector] = tiny.read([a_style()])

    torch.testing.assert_close(tiny.mix([(3.0, vector)]), vector)
    torch.testing.assert_close(tiny.mix([(2.0, vector), (5.0, vector)]), vector)


def test_pictures_of_several_sizes_come_back_in_their_order(tiny: InstantNet) -> None:
    contents = [a_photo(64, 48), a_photo(33, 70), a_photo(64, 48)]
    vectors = tiny.read([a_style(hue=0), a_style(hue=1), a_style(hue=2)])

    painted = tiny.paint(contents, vectors)

    assert [each.size for each in painted] == [each.size for each in contents]
    [alone] = tiny.paint(contents[2:], vectors[2:])
    assert difference(alone, painted[2]) < 0.5


def test_bfloat16_paints_nearly_the_same(slim: Encoder, weights: Path, tiny: InstantNet) -> None:
    vectors = tiny.read([a_style()])

    [rounded] = InstantNet.load(slim, weights, torch.bfloat16).paint([a_photo()], vectors)

    [exact] = tiny.paint([a_photo()], vectors)
    assert difference(rounded, exact) < 4


def test_moments_say_as_much_as_the_picture(tiny: InstantNet) -> None:
    seen = tiny.look(a_style())

    torch.testing.assert_close(tiny.read_moments([seen]), tiny.read([a_style()]))


@pytest.mark.parametrize("strength", [-0.1, 1.6, float("nan")])
def test_strength_beyond_its_range_is_turned_down(tiny: InstantNet, strength: float) -> None:
    with pytest.raises(InvalidRequest, match="strength"):
        tiny.mix([(1.0, torch.zeros(tiny.style_length))], strength)


def test_nets_come_back_from_their_file_as_they_were(slim: Encoder, weights: Path, tmp_path: Path) -> None:
    painter, reader = load_nets(weights, slim)

    save_nets(tmp_path / "again.safetensors", painter, reader)

    assert (tmp_path / "again.safetensors").read_bytes() == weights.read_bytes()


@pytest.mark.parametrize(
    "shape",
    [
        "",
        "[]",
        "{}",
        '{"width": 1e9}',
        '{"width": 999999}',
        '{"deep": 99}',
        '{"width": true}',
        '{"what": 1}',
        "[" * 9999,
    ],
)
def test_a_hostile_description_is_one_clear_error(slim: Encoder, tmp_path: Path, shape: str) -> None:
    path = tmp_path / "hostile.safetensors"
    save_file({"painter.x": torch.zeros(1)}, path, metadata={"shape": shape})

    with pytest.raises(WeightsError) as raised:
        load_nets(path, slim)

    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 300


def broken(kind: str, weights: Path, path: Path) -> None:
    tensors = load_file(weights)
    if kind == "missing":
        return
    if kind == "pickle":
        torch.save(tensors, path)
    elif kind == "half a file":
        path.write_bytes(weights.read_bytes()[:-1000])
    else:
        name = "painter.stem.conv.weight"
        tensors |= {"not finite": {name: tensors[name] * float("nan")}, "integers": {name: tensors[name].int()}}.get(
            kind, {}
        )
        if kind == "lacks one":
            del tensors[name]
        if kind == "wrong shape":
            tensors[name] = tensors[name][:1]
        save_file({key: each.contiguous() for key, each in tensors.items()}, path, {"shape": json.dumps(vars(TINY))})


@pytest.mark.parametrize(
    "kind", ["missing", "pickle", "half a file", "not finite", "integers", "lacks one", "wrong shape"]
)
def test_a_broken_file_is_one_clear_error(slim: Encoder, weights: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "broken.safetensors"
    broken(kind, weights, path)

    with pytest.raises(WeightsError) as raised:
        load_nets(path, slim)

    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
