"""Weights files: what is read from a good one, and the one sentence said about each kind of bad one."""

import json
import pickle
import re
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine import open_painter
from engine.errors import WeightsError
from engine.layers import VGG16, VGG19, Layout
from engine.painter import choose_backbone
from engine.weights import SHIPPED_SLIM, keep_features, load_weights
from tests.engine.builders import LAST_OF_PREFIX, WIDTH, a_request, a_weights_file, small_tensors


def a_file_by_hand(folder: Path, header: bytes | dict[str, Any], body: bytes = b"", length: int | None = None) -> Path:
    """A safetensors file as somebody with bad intentions would write it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path = folder / "weights.safetensors"
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + body)
    return path


def an_entry(dtype: str = "F32", shape: tuple[int, ...] = (1,), size: int = 4) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [0, size]}


def complaint_about(path: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        load_weights(path)
    return str(caught.value)


def test_slim_that_ships_holds_all_convolutions_to_conv5_1_and_heads_for_their_relus() -> None:
    weights = load_weights(SHIPPED_SLIM)

    widths = [len(weights.convs[index].bias) for index in sorted(weights.convs)]
    assert widths == [32, 32, 64, 64, *[96] * 4, *[128] * 5]
    assert sorted(weights.heads) == sorted(weights.scales) == [0, 2, 5, 7, 10, 12, 16, 19, 21, 28]
    assert all(conv.weight.dtype == torch.float32 for conv in weights.convs.values())


def test_a_prefix_is_read_up_to_its_last_convolution(tmp_path: Path) -> None:
    weights = load_weights(a_weights_file(tmp_path, small_tensors(LAST_OF_PREFIX)))

    assert max(weights.convs) == LAST_OF_PREFIX
    assert not weights.heads


def test_half_precision_is_read_and_other_tensors_are_left_alone(tmp_path: Path) -> None:
    tensors = {name: tensor.half() for name, tensor in small_tensors().items()}

    weights = load_weights(a_weights_file(tmp_path, tensors | {"classifier.0.weight": torch.zeros(2, dtype=torch.int)}))

    torch.testing.assert_close(weights.convs[0].weight, tensors["features.0.weight"].float())


def test_a_missing_file_and_a_folder_are_no_weights_files(tmp_path: Path) -> None:
    assert complaint_about(tmp_path / "none.safetensors") == f"there is no weights file {tmp_path}/none.safetensors"
    assert complaint_about(tmp_path) == f"there is no weights file {tmp_path}"


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_a_pickled_file_is_refused_and_nothing_in_it_runs(tmp_path: Path) -> None:
    published, bare, trace = tmp_path / "vgg19.pth", tmp_path / "bare.pth", tmp_path / "it-ran"
    torch.save({"features.0.weight": torch.zeros(1), "bomb": Bomb(trace)}, published)
    bare.write_bytes(pickle.dumps(Bomb(trace)))

    assert "no intact safetensors file" in complaint_about(published)
    assert "no intact safetensors file" in complaint_about(bare)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("header", "length"),
    [
        (b"", None),
        (b"{}", 2**63),
        (b"{}", 1_000_000),
        (b"no JSON", None),
        (b"\xff\xfe", None),
        (b"[" * 50_000, None),
        ({"features.0.weight": an_entry(dtype="Q7")}, None),
        ({"features.0.weight": an_entry(shape=(1_000_000,), size=4_000_000)}, None),
        ({"features.0.weight": an_entry(shape=(2**62, 2**62))}, None),
    ],
    ids=["empty", "endless", "cut off", "words", "bytes", "nested", "unknown kind", "beyond the end", "overflow"],
)
def test_a_hostile_header_is_refused(tmp_path: Path, header: bytes | dict[str, Any], length: int | None) -> None:
    path = a_file_by_hand(tmp_path, header, b"\0" * 4, length)

    assert complaint_about(path) == f"{path} is no intact safetensors file"


@pytest.mark.parametrize("name", ["features.\n0.weight", f"features.{'9' * 5000}.weight", "features.0.weight\n"])
def test_a_name_made_for_mischief_is_not_repeated(tmp_path: Path, name: str) -> None:
    path = a_file_by_hand(tmp_path, {name: an_entry(dtype="I32")}, b"\0" * 4)

    assert complaint_about(path) == f"{path} holds no VGG19 features (features.0.weight and so on)"


@pytest.mark.parametrize(
    ("dtype", "shape"), [("F4", (8,)), ("F8_E4M3", (4,)), ("C64", ()), ("I32", (1,)), ("BOOL", (4,))]
)
def test_other_kinds_of_numbers_are_refused(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    size = 8 if dtype == "C64" else 4
    path = a_file_by_hand(tmp_path, {"features.0.weight": an_entry(dtype, shape, size)}, b"\0" * size)

    assert re.search(r"features\.0\.weight holds torch\.\w+, not floating-point numbers", complaint_about(path))


A_HEAD = torch.zeros(4, WIDTH, 1, 1)
WRONG_TENSORS: dict[str, tuple[dict[str, Tensor], str]] = {
    "NaN": (
        {"features.5.weight": torch.full((WIDTH, WIDTH, 3, 3), torch.nan)},
        "features.5.weight holds values that are not finite",
    ),
    "beyond fp32": (
        {"features.5.bias": torch.full((WIDTH,), 1e300, dtype=torch.float64)},
        "features.5.bias holds values that are not finite",
    ),
    "channels": ({"features.5.weight": torch.zeros(WIDTH, 9, 3, 3)}, "does not take 8 channels with a 3×3 kernel"),
    "kernel": ({"features.0.weight": torch.zeros(WIDTH, 3, 5, 5)}, "does not take 3 channels with a 3×3 kernel"),
    "scalar": ({"features.0.weight": torch.zeros(())}, "features.0 has shape ()"),
    "no channels": (
        {"features.28.weight": torch.zeros(0, WIDTH, 3, 3), "features.28.bias": torch.zeros(0)},
        "features.28 has shape (0, 8, 3, 3)",
    ),
    "bias": ({"features.0.bias": torch.zeros(9)}, "and bias (9,)"),
    "a ReLU with weights": ({"features.1.weight": torch.zeros(1)}, "features.1 is no convolution of VGG19"),
    "deeper than VGG19": ({"features.99.weight": torch.zeros(1)}, "features.99 is no convolution of VGG19"),
    "head of nothing": ({"heads.34.weight": A_HEAD}, "heads.34 belongs to a convolution that is not there"),
    "half a head": ({"heads.28.weight": A_HEAD}, "heads.28 lacks its weight or its bias"),
    "head without scale": (
        {"heads.28.weight": A_HEAD, "heads.28.bias": torch.zeros(4)},
        "scale.28 does not fit heads.28",
    ),
}


@pytest.mark.parametrize(("changes", "complaint"), WRONG_TENSORS.values(), ids=WRONG_TENSORS)
def test_a_wrong_tensor_is_named(tmp_path: Path, changes: dict[str, Tensor], complaint: str) -> None:
    path = a_weights_file(tmp_path, small_tensors() | changes)

    said = complaint_about(path)
    assert complaint in said
    assert said.startswith(str(path))
    assert "\n" not in said


@pytest.mark.parametrize("part", ["weight", "bias"])
def test_half_a_convolution_is_named(tmp_path: Path, part: str) -> None:
    tensors = small_tensors()
    del tensors[f"features.10.{part}"]

    assert "features.10 lacks its weight or its bias" in complaint_about(a_weights_file(tmp_path, tensors))


def test_a_hole_is_named(tmp_path: Path) -> None:
    tensors = {name: tensor for name, tensor in small_tensors().items() if ".10." not in name}

    assert "holds conv5_1 but lacks conv3_1 below it" in complaint_about(a_weights_file(tmp_path, tensors))


def a_published_file(folder: Path, layout: Layout, *, zipped: bool = True, last: int | None = None) -> Path:
    """A .pth file with a classifier, in either of torch's two formats."""
    tensors = small_tensors(last or layout.conv_indices[-1], layout=layout)
    path = folder / "published.pth"
    torch.save(tensors | {"classifier.0.weight": torch.zeros(64, 64)}, path, _use_new_zipfile_serialization=zipped)
    return path


@pytest.mark.parametrize("zipped", [True, False], ids=["zipped", "legacy"])
@pytest.mark.parametrize("layout", [VGG19, VGG16], ids=["VGG19", "VGG16"])
def test_of_a_published_file_the_convolutions_are_kept(tmp_path: Path, layout: Layout, zipped: bool) -> None:
    out = tmp_path / "kept.safetensors"

    keep_features(a_published_file(tmp_path, layout, zipped=zipped), out, layout)

    kept = load_weights(out, layout)
    assert tuple(sorted(kept.convs)) == layout.conv_indices
    torch.testing.assert_close(kept.convs[0].weight, small_tensors()["features.0.weight"])
    assert b"classifier" not in out.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"kept.safetensors", "published.pth"}


def test_a_published_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path, trace = tmp_path / "published.pth", tmp_path / "it-ran"
    torch.save(small_tensors(VGG19.conv_indices[-1]) | {"bomb": Bomb(trace)}, path)

    with pytest.raises(WeightsError, match="not a file of weights"):
        keep_features(path, tmp_path / "kept.safetensors", VGG19)

    assert [each.name for each in tmp_path.iterdir()] == ["published.pth"]


def test_a_published_file_must_be_whole_and_of_the_right_shape(tmp_path: Path) -> None:
    out = tmp_path / "kept.safetensors"

    with pytest.raises(WeightsError, match="ends at conv5_1"):
        keep_features(a_published_file(tmp_path, VGG19, last=28), out, VGG19)
    with pytest.raises(WeightsError, match=r"features\.17 is no convolution of VGG19"):
        keep_features(a_published_file(tmp_path, VGG16), out, VGG19)

    assert not out.exists()


@pytest.mark.parametrize(("backbone", "layout"), [("vgg19", VGG19), ("vgg16", VGG16)])
def test_an_installed_backbone_paints(tmp_path: Path, backbone: str, layout: Layout) -> None:
    keep_features(a_published_file(tmp_path, layout), tmp_path / f"{backbone}.safetensors", layout)
    painter = open_painter(backbone=backbone, weights_dir=tmp_path, device="cpu", threads=1)

    painting = painter.paint(a_request(), lambda progress: None, lambda: False)

    assert painting.report["backbone"] == backbone
    assert not painting.report["layers"]["replaced"]


@pytest.mark.parametrize(("device", "backbone"), [("cpu", "slim"), ("cuda", "vgg19")])
def test_auto_takes_an_installed_vgg19_where_a_gpu_carries_it(tmp_path: Path, device: str, backbone: str) -> None:
    bare, installed = tmp_path / "bare", tmp_path / "installed"
    installed.mkdir()
    (installed / "vgg19.safetensors").touch()

    without = choose_backbone("auto", None, bare, torch.device(device))
    with_it = choose_backbone("auto", None, installed, torch.device(device))

    assert without == ("slim", SHIPPED_SLIM)
    assert with_it[0] == backbone
