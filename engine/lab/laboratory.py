"""From a request to a study: which kind is whose, and how many steps each takes by itself."""

from collections.abc import Callable
from typing import Any

from engine.encoder import Encoder
from engine.lab import differences, layer_view, morph, palette, reconstruct
from engine.lab.feature_maps import feature_maps
from engine.lab.requests import (
    FeatureMapsRequest,
    LabRequest,
    LayerViewRequest,
    MorphRequest,
    PaletteRequest,
    ReconstructRequest,
    SpotDifferenceRequest,
    Study,
)
from engine.lab.watch import Watch
from engine.pictures import to_picture
from engine.request import Progress

STEPS: dict[type[LabRequest], int] = {
    PaletteRequest: palette.STEPS,
    ReconstructRequest: reconstruct.STEPS,
    LayerViewRequest: layer_view.STEPS,
    FeatureMapsRequest: 1,  # a single look
    MorphRequest: morph.STEPS,
    SpotDifferenceRequest: differences.STEPS,
}


def study(
    request: LabRequest, encoder: Encoder, on_step: Callable[[Progress], None], should_stop: Callable[[], bool]
) -> Study:
    """See Laboratory.study."""
    watch = Watch(on_step, should_stop, request.steps or STEPS[type(request)], request.preview_every)
    made = _made(request, encoder, watch)
    told: dict[str, Any] = {"kind": request.kind, "size_px": list(made.picture.size), "steps": watch.done}
    return Study(picture=made.picture, frames=made.frames, report=told | dict(made.report))


def _made(request: LabRequest, encoder: Encoder, watch: Watch) -> Study:
    match request:
        case PaletteRequest():
            return Study(picture=to_picture(palette.palette(request, encoder, watch)))
        case ReconstructRequest():
            return Study(picture=to_picture(reconstruct.reconstruct(request, encoder, watch)))
        case FeatureMapsRequest():
            return Study(picture=feature_maps(request, encoder, watch))
        case LayerViewRequest():
            canvas, awake = layer_view.view_layer(request, encoder, watch)
            return Study(picture=to_picture(canvas), report={"awake": awake})
        case SpotDifferenceRequest():
            return _differences(differences.spot_difference(request, encoder, watch))
        case MorphRequest():
            frames = morph.morph(request, encoder, watch)
            return Study(picture=frames[-1], frames=frames)
    raise AssertionError(f"no such kind: {request.kind}")


def _differences(found: differences.Differences) -> Study:
    right, down = (round(move, 2) for move in found.shift)
    places = [vars(place) for place in found.places]
    return Study(
        picture=found.frames[-1],
        frames=found.frames,
        report={"shift_px": [right, down], "alike": found.alike, "places": places},
    )
