"""The front of the engine is free of torch, and opening a painter says plainly what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine import EngineError, InvalidRequest, WeightsError, open_painter


def test_importing_the_front_imports_no_torch() -> None:
    heavy = "{'torch', 'torchvision', 'safetensors', 'numpy'}"
    code = f"import sys, engine; engine.load_presets(); print(sorted({heavy} & set(sys.modules)))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_an_unknown_backbone_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidRequest, match=r"one of auto, slim, vgg19, vgg16, not 'resnet'"):
        open_painter(backbone="resnet")


@pytest.mark.parametrize("backbone", ["vgg19", "vgg16"])
def test_a_backbone_that_is_not_installed_is_refused(backbone: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=f"^{backbone} is not installed: .*pastiche weights pull {backbone}`"):
        open_painter(backbone=backbone, weights_dir=tmp_path, device="cpu")


def test_a_weights_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="there is no weights file"):
        open_painter(weights=tmp_path / "none", device="cpu")


@pytest.mark.parametrize("options", [{"device": "tpu"}, {"threads": 0}], ids=str)
def test_an_impossible_machine_is_refused(options: dict[str, str | int]) -> None:
    with pytest.raises(InvalidRequest):
        open_painter(**options)  # type: ignore[arg-type]


def test_every_error_is_an_engine_error() -> None:
    import engine.errors

    family = [kind for kind in vars(engine.errors).values() if isinstance(kind, type)]
    assert all(issubclass(kind, EngineError) for kind in family)
    assert len(family) == 8
