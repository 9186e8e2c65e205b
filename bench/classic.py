"""How soon an optimisation is as good as the classic one: L-BFGS in fp32, 300 steps at 512 px from the photo.

`make bench-baseline` records once per machine and version how long that takes and with which loss it ends, some ten
minutes: torch's optimiser and plain autograd, as tutorials have it, so that our own steps may become quicker without
moving the mark. `make bench` then measures how soon they reach that loss. Both look through the beginning of VGG19, so
both need the weights of PASTICHE_TEST_DATA.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from PIL import Image
from rich.progress import Progress as Bar
from torch import Tensor

from bench.engine import Held
from engine import Optimisation, Progress, Stopped, Style, StyleRequest, find_preset
from engine.encoder import Encoder
from engine.gatys import Run
from engine.lbfgs import HISTORY, Look, look_at_free
from engine.objective import Objective, choose_layers
from engine.painter import recipe_for
from engine.pictures import to_picture, to_tensor
from engine.processor import processor_name
from engine.scales import fit
from engine.weights import SHIPPED_SLIM
from tests.conftest import photo_of

BASELINES = Path(__file__).parent / "results" / "baselines.json"
SIDE_PX, STEPS = 512, 300
STYLE = "brush-strokes"
# The loss of both, through layers that the beginning of VGG19 has.
SAME = Optimisation(
    style_loss="gram",
    style_layers=(("relu1_1", 1.0), ("relu2_1", 1.0), ("relu3_1", 1.0)),
    content_layers=(("relu3_2", 1.0),),
    tv_weight=0.0,
)
RECIPE = "best"
CPU = torch.device("cpu")
LOOK_EVERY = 4


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Of one machine: seconds and final loss of the classic mode."""

    machine: str
    seconds: float
    loss: float


def main() -> None:
    """`make bench-baseline`."""
    weights = _weights()
    if weights is None:
        sys.exit("PASTICHE_TEST_DATA does not name a folder with the beginning of VGG19")
    with Bar() as bar:
        task = bar.add_task("classic", total=STEPS)
        baseline = _record(_encoder(weights), lambda step: bar.update(task, completed=step))
    known = [each for each in _known() if each.machine != baseline.machine]
    BASELINES.write_text(json.dumps([vars(each) for each in (*known, baseline)], indent=1) + "\n", encoding="utf-8")
    print(f"{baseline.machine}: {baseline.seconds:.0f} s to a loss of {baseline.loss:.4f}")


def measure_time_to_loss() -> list[Held]:
    """How soon an optimisation at 512 px is as good as the classic one."""
    weights, baseline = _weights(), next((each for each in _known() if each.machine == _machine()), None)
    if weights is None or baseline is None:
        return []  # the table then lacks these rows; `make bench-baseline` and PASTICHE_TEST_DATA bring them
    exact = _encoder(weights)
    whole = _ClockedRun(exact, baseline.loss).at_once(exact.with_dtype(torch.bfloat16))
    polished = _ClockedRun(exact, 1.1 * baseline.loss).polish(exact.with_dtype(torch.bfloat16))
    return [
        Held(work="512 px to the classic loss", value=whole, unit="s", limit=baseline.seconds / 10),
        Held(work="slim, then VGG19, to 1.1 of it (goal)", value=polished, unit="s", limit=baseline.seconds / 30),
    ]


def _record(exact: Encoder, on_step: Callable[[int], None]) -> Baseline:
    look, free = _plain_look(exact), _content().requires_grad_(True)
    optimiser = torch.optim.LBFGS([free], lr=1, max_iter=1, history_size=HISTORY, tolerance_grad=0, tolerance_change=0)

    @torch.no_grad()
    def closure() -> float:
        _, total, free.grad = look_at_free(look, free)
        return float(total)

    started = time.perf_counter()
    for step in range(1, STEPS + 1):
        optimiser.step(closure)
        on_step(step)
    seconds = time.perf_counter() - started
    return Baseline(machine=_machine(), seconds=seconds, loss=_classic_loss(exact)(free.detach().clamp(0, 1)))


def _plain_look(exact: Encoder) -> Look:
    """The same loss as ours, by plain matrix products and autograd."""
    request = _request()
    style = to_tensor(_style_picture(), fit(_style_picture().size, SIDE_PX), CPU)
    layers = choose_layers(recipe_for(request), exact, SAME)
    weight = recipe_for(request).content_weight
    (content_layer,) = layers.content
    with torch.no_grad():
        grams = {layer: _gram(seen) for layer, seen in exact.features(style, layers.style).items()}
        content = exact.features(_content(), [content_layer])[content_layer]

    def look(pixels: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        with torch.enable_grad():
            canvas = pixels.detach().requires_grad_(True)
            seen = exact.features(canvas, [*layers.style, content_layer])
            apart = [
                share * (_gram(seen[layer]) - grams[layer]).square().sum() / grams[layer].square().sum()
                for layer, share in layers.style.items()
            ]
            kept = (seen[content_layer] - content).square().mean() / content.square().mean()
            parts = {"style": torch.stack(apart).sum(), "content": weight * kept}
            (gradient,) = torch.autograd.grad(torch.stack(list(parts.values())).sum(), canvas)
        return {name: part.detach() for name, part in parts.items()}, gradient

    return look


def _gram(features: Tensor) -> Tensor:
    rows = features[0].flatten(1)
    return rows @ rows.T / rows.shape[1]


@dataclass
class _ClockedRun:
    """Paints until the loss is reached; looking at it is not counted."""

    exact: Encoder
    wanted: float
    looking_s: float = 0.0
    is_there: bool = False
    last: float = field(default=float("inf"))

    def at_once(self, encoder: Encoder) -> float:
        """At the last size alone, as the classic mode; seconds, or infinity where the loss was never reached.

        Coarse sizes are for the look: this loss they reach later, and with the usual steps not at all.
        """
        return self._clocked(lambda: self._until(_at_one_size(_request()), encoder))

    def polish(self, encoder: Encoder) -> float:
        """The coarse scales with `slim`, the last one with this encoder."""

        def both() -> None:
            slim = Encoder.load(SHIPPED_SLIM, name="slim", device=CPU).with_dtype(torch.bfloat16)
            coarse = replace(_request(), longest_side_px=round(SIDE_PX / 2**0.5))
            picture = to_picture(_run(coarse, slim, lambda step: None).paint())
            self._until(_at_one_size(replace(_request(), start=picture)), encoder, picture)

        return self._clocked(both)

    def _clocked(self, work: Callable[[], None]) -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started - self.looking_s if self.is_there else float("inf")

    def _until(self, request: StyleRequest, encoder: Encoder, start: Image.Image | None = None) -> None:
        loss_of = _classic_loss(self.exact)
        request = replace(request, preview_every=LOOK_EVERY)

        def look(step: Progress) -> None:
            if step.preview is None or max(step.preview.size) < SIDE_PX:
                return
            began = time.perf_counter()
            self.last = loss_of(to_tensor(step.preview, step.preview.size, CPU))
            self.is_there = self.last <= self.wanted
            self.looking_s += time.perf_counter() - began

        began = time.perf_counter()
        run = _run(request, encoder, look, lambda: self.is_there, start)
        self.looking_s += time.perf_counter() - began
        with contextlib.suppress(Stopped):  # as soon as the loss is reached
            run.paint()


def _run(
    request: StyleRequest,
    encoder: Encoder,
    on_step: Callable[[Progress], None],
    should_stop: Callable[[], bool] = lambda: False,
    start: Image.Image | None = None,
) -> Run:
    recipe = recipe_for(request)
    layers = choose_layers(recipe, encoder, request.optimisation)
    return Run(request, recipe, layers, encoder, on_step, should_stop, start)


def _classic_loss(exact: Encoder) -> Callable[[torch.Tensor], float]:
    request = _request()
    recipe = recipe_for(request)
    objective = Objective(request, recipe, choose_layers(recipe, exact, SAME), exact, _content())

    def loss(pixels: torch.Tensor) -> float:
        with torch.no_grad():
            return float(torch.stack(list(objective(pixels).values())).sum())

    return loss


def _style_picture() -> Image.Image:
    preset = find_preset(STYLE)
    assert preset is not None
    assert preset.style_path is not None
    return Image.open(preset.style_path).convert("RGB")


def _content() -> Tensor:
    picture = photo_of("astronaut", SIDE_PX)
    return to_tensor(picture, fit(picture.size, SIDE_PX), CPU)


def _request() -> StyleRequest:
    return StyleRequest(
        content=photo_of("astronaut", SIDE_PX),
        styles=(Style(picture=_style_picture()),),
        recipe=RECIPE,
        longest_side_px=SIDE_PX,
        optimisation=SAME,
    )


def _at_one_size(request: StyleRequest) -> StyleRequest:
    return replace(request, optimisation=replace(SAME, scales=1), steps=STEPS)


def _encoder(weights: Path) -> Encoder:
    torch.set_flush_denormal(True)
    return Encoder.load(weights, name="vgg19", device=CPU)


def _weights() -> Path | None:
    path = Path(os.environ.get("PASTICHE_TEST_DATA", "")) / "weights" / "vgg19_conv1_to_conv3.safetensors"
    return path if path.is_file() else None


def _known() -> list[Baseline]:
    return [Baseline(**each) for each in json.loads(BASELINES.read_text())] if BASELINES.is_file() else []


def _machine() -> str:
    return f"{processor_name()}, {torch.get_num_threads()} threads, torch {torch.__version__}"


if __name__ == "__main__":
    main()
