"""The lab: pictures that explain how the painting works. This front is free of torch; requests.py says which."""

from engine.lab.requests import (
    FeatureMapsRequest,
    Laboratory,
    LabRequest,
    LayerViewRequest,
    MorphRequest,
    PaletteRequest,
    ReconstructRequest,
    SpotDifferenceRequest,
    Study,
)

__all__ = [
    "FeatureMapsRequest",
    "LabRequest",
    "Laboratory",
    "LayerViewRequest",
    "MorphRequest",
    "PaletteRequest",
    "ReconstructRequest",
    "SpotDifferenceRequest",
    "Study",
]
