"""What the lab is asked for, in the engine's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from engine.lab.requests import (
    FeatureMapsRequest,
    LabRequest,
    LayerViewRequest,
    MorphRequest,
    PaletteRequest,
    ReconstructRequest,
    SpotDifferenceRequest,
)
from jobs.values import Study


def lab_request(spec: Mapping[str, Any], photos: Sequence[Image.Image], preview_every: int) -> LabRequest:
    """The request of a JobSpec's JSON. Raises InvalidRequest."""
    how: dict[str, Any] = {name: spec[name] for name in ("longest_side_px", "steps", "seed")}
    how["preview_every"] = preview_every
    match Study(spec["method"]):
        case Study.PALETTE:
            return PaletteRequest(style=photos[0], **how)
        case Study.RECONSTRUCTION:
            return ReconstructRequest(content=photos[0], layer=spec["layer"], **how)
        case Study.LAYER_VIEW:
            return LayerViewRequest(layer=spec["layer"], channel=spec["channel"], **how)
        case Study.FEATURE_MAPS:
            return FeatureMapsRequest(content=photos[0], layer=spec["layer"], channel=spec["channel"], **how)
        case Study.MORPH:
            return MorphRequest(first=photos[0], second=photos[1], **how)
        case Study.DIFFERENCES:
            return SpotDifferenceRequest(first=photos[0], second=photos[1], **how)
