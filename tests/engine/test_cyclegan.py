"""CycleGAN generators: published checkpoints load, hostile ones do not, tiles join, and a training paints."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from engine.cyclegan import Generator, load_generator
from engine.errors import WeightsError
from engine.pictures import to_picture, to_tensor
from engine.poster import GeneratorTiler, paint_poster, tiles
from engine.request import Style, StyleRequest
from engine.scales import fit
from engine.train.cyclegan import Settings, Training
from engine.train.pictures import Pictures
from tests.conftest import photo_of


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(3)
    return Generator(width=4, blocks=2).requires_grad_(False).eval()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_checkpoint_paints_what_its_generator_painted(generator: Generator, tmp_path: Path, suffix: str) -> None:
    # As published: wrapped for several devices, with statistics that plain instance norms never use.
    kept = {f"module.{name}": tensor for name, tensor in generator.state_dict().items()}
    kept["module.model.2.running_mean"] = torch.zeros(4)
    path = tmp_path / f"latest_net_G_A{suffix}"
    torch.save(kept, path) if suffix == ".pth" else save_file(kept, path)
    content = torch.rand(1, 3, 31, 50)

    painted = load_generator(path)(content)

    torch.testing.assert_close(painted, generator(content))
    assert painted.shape == content.shape
    assert painted.aminmax().min >= 0
    assert painted.aminmax().max <= 1


class Hostile:
    """Runs code where it is unpickled carelessly."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, ("broken-in",)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.pth"
    torch.save({"model.1.weight": Hostile()}, path)

    with pytest.raises(WeightsError, match="is no intact weights file"):
        load_generator(path)

    assert not Path("broken-in").exists()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("model.1.weight", None, "is no CycleGAN generator"),
        ("model.4.bias", None, "model.4.bias is missing"),
        ("model.4.bias", torch.zeros(7), "has another shape"),
        ("model.4.bias", torch.full((8,), torch.nan), "not finite"),
        ("model.1.weight", torch.zeros(5000, 3, 7, 7), "is no CycleGAN generator"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_sentence(
    generator: Generator, tmp_path: Path, name: str, value: torch.Tensor | None, complaint: str
) -> None:
    tensors = generator.state_dict() | ({} if value is None else {name: value})
    if value is None:
        del tensors[name]
    path = tmp_path / "net.safetensors"
    save_file(tensors, path)

    with pytest.raises(WeightsError, match=complaint):
        load_generator(path)


def test_a_file_that_is_no_plain_table_of_tensors_is_refused_in_one_sentence(
    generator: Generator, tmp_path: Path
) -> None:
    path, tensors = tmp_path / "net.pth", generator.state_dict()
    odd = [tensors["model.4.bias"].to_sparse(), torch.zeros(8, dtype=torch.cfloat), torch.empty(8, device="meta")]

    for each in odd:
        torch.save(tensors | {"model.4.bias": each}, path)
        with pytest.raises(WeightsError, match=r"model\.4\.bias is missing|is no intact"):
            load_generator(path)
    for data in (b"", b"\x80\x02.", b"\x80\x02}q\x00b.", b"PK\x03\x04", b"no pickle"):
        path.write_bytes(data)
        with pytest.raises(WeightsError, match="is no intact weights file"):
            load_generator(path)


@pytest.mark.parametrize("size", [(1, 1), (3, 9), (65, 2)])
def test_even_a_strip_of_a_picture_is_painted(generator: Generator, size: tuple[int, int]) -> None:
    content = torch.rand(1, 3, *size)

    assert generator(content).shape == content.shape


def test_tiles_join_without_a_seam(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    request = a_poster(photo_of("coffee", 300), 299)
    monkeypatch.setattr("engine.poster.tiles", lambda size, halo: tiles(size, halo, tile_px=96))

    poster = paint_poster(GeneratorTiler(generator), request, lambda progress: None, lambda: False)

    content = to_tensor(request.content, fit(request.content.size, 299), torch.device("cpu"))
    untiled = to_picture(generator(content))
    difference = np.asarray(poster, dtype=int) - np.asarray(untiled, dtype=int)
    assert np.abs(difference).max() <= 2


def test_a_training_learns_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    reds, blues = (
        Pictures((name,), (to_levels(Image.new("RGB", (48, 48), name)),)) for name in ("firebrick", "royalblue")
    )
    settings = Settings(out=tmp_path, minutes=60, side_px=32, width=4, blocks=1, rate=5e-3, device="cpu")
    training = Training(settings, reds, blues)

    losses = [training.step()["painters"] for _ in range(25)]
    training.learner.seconds = 60 * settings.minutes
    training.run()

    assert losses[-1] < 0.6 * losses[0]
    assert Training(settings, reds, blues).learner.step == 25
    assert load_generator(tmp_path / "a-to-b.safetensors")(torch.rand(1, 3, 32, 32)).shape == (1, 3, 32, 32)


def to_levels(picture: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous()


def a_poster(content: Image.Image, longest_side_px: int) -> StyleRequest:
    style = Style(picture=Image.new("RGB", (64, 64)))
    return StyleRequest(content=content, styles=(style,), method="poster", longest_side_px=longest_side_px)
