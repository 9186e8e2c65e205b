"""Fits presets to the network as it is now. What is fitted already is left alone, so an interrupted run goes on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from engine.devices import choose_device
from engine.encoder import Encoder
from engine.errors import InvalidRequest, WeightsError
from engine.instant import InstantNet
from engine.instant_weights import SHIPPED_INSTANT
from engine.presets import FITTED, FOLDER, STYLE, Preset, every_preset
from engine.presets.fitted import Fitted, load_fitted, moments_of, save_fitted
from engine.train.pictures import SUFFIXES, Pictures, read_folders
from engine.train.style import Fit, Fitting
from engine.weights import SHIPPED_SLIM

# A few that may be shown; not under presets/, where a training would take them for styles.
PHOTOGRAPHS = Path(__file__).parent.parent / "photographs"
# Four presets with three brushes fill a batch: more would cost memory and gain nothing.
AT_ONCE = 4

# Steps done, steps in all, and the presets being fitted.
OnProgress = Callable[[int, int, Sequence[str]], None]


def read_photos(folders: Sequence[Path] = ()) -> Pictures:
    """Photographs to fit on; without a folder the few that ship. Raises InvalidRequest."""
    return read_folders(folders or [PHOTOGRAPHS], shortest_side_px=256)


def shipped_net(device: str, weights: Path = SHIPPED_INSTANT) -> InstantNet:
    """The network that ships, or another one, on this device."""
    slim = Encoder.load(SHIPPED_SLIM, name="slim", device=choose_device(device))
    return InstantNet.load(slim, weights)


def read_picture(path: Path) -> Image.Image:
    """A style. Raises InvalidRequest where it is no picture."""
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    except (OSError, Image.DecompressionBombError) as error:
        raise InvalidRequest(f"{path} is no readable picture") from error


def sources(names: Sequence[str], folders: Sequence[Path]) -> dict[str, Path]:
    """The pictures of these shipped presets, or of all: what ships, or paintings from the folders, by their names.

    Raises InvalidRequest where one is missing.
    """
    shipped = {preset.name: preset for preset in every_preset() if preset.ships}
    if unknown := sorted(set(names) - shipped.keys()):
        raise InvalidRequest(f"no preset that ships is called {unknown[0]}")
    files = {file.stem: file for folder in folders for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES}
    return {name: _source(shipped[name], files) for name in names or shipped}


def _source(preset: Preset, files: Mapping[str, Path]) -> Path:
    if preset.kind == "drawn":
        return FOLDER / preset.name / STYLE
    found = files.get(preset.name) or files.get(preset.painting)
    if found is None:
        raise InvalidRequest(f"no folder of --styles holds {preset.name}, or {preset.painting}")
    return found


def fit_presets(
    net: InstantNet,
    pictures: Mapping[str, Path],
    photos: Pictures,
    fitting: Fitting,
    *,
    out: Path = FOLDER,
    on_progress: OnProgress = lambda done, steps, names: None,
) -> list[str]:
    """Write out/NAME/fitted.safetensors for each of these presets that lacks it; returns whose were written."""
    wanted = [name for name in pictures if not _is_fitted(out / name / FITTED, net, fitting)]
    steps = len(range(0, len(wanted), AT_ONCE)) * fitting.steps
    for first in range(0, len(wanted), AT_ONCE):
        names, done = wanted[first : first + AT_ONCE], first // AT_ONCE * fitting.steps
        on_progress(done, steps, names)
        styles = [read_picture(pictures[name]) for name in names]
        fit = Fit(net, styles, fitting)
        fit.run(photos, _following(on_progress, done, steps, names))
        for name, picture, fitted in zip(names, styles, fit.fitted(), strict=True):
            keep(out, name, fitted, picture, net.encoder)
    return wanted


def keep(out: Path, name: str, fitted: Fitted, picture: Image.Image, slim: Encoder) -> None:
    """Write out/NAME/fitted.safetensors, with the picture's moments where it does not lie beside it."""
    (out / name).mkdir(parents=True, exist_ok=True)
    if not (out / name / STYLE).is_file():
        fitted = replace(fitted, moments=moments_of(picture, slim))
    save_fitted(out / name / FITTED, fitted)


def _following(on_progress: OnProgress, done: int, steps: int, names: Sequence[str]) -> Callable[[int, float], None]:
    return lambda step, loss: on_progress(done + step, steps, names)


def _is_fitted(path: Path, net: InstantNet, fitting: Fitting) -> bool:
    """A fit in more steps is as good as this one."""
    try:
        found = load_fitted(path)
    except WeightsError:  # none yet, or half of one: it is fitted anew
        return False
    return found.network == net.network and found.steps >= fitting.steps
