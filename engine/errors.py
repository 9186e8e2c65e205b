"""What can go wrong inside the engine.

EngineError
├── InvalidRequest   the request contradicts itself or the limits
├── Stopped          should_stop() said so
├── UnknownLayer     the backbone has no such layer; the message lists those it has
├── PresetError      a table of presets cannot be used
├── WeightsError     a weights file is missing, broken or of another shape
├── OutOfMemory      the device is too small for the picture
└── Diverged         the loss is no longer a number
"""


class EngineError(Exception):
    """The engine could not paint the picture."""


class InvalidRequest(EngineError):
    """The request contradicts itself or the limits."""


class Stopped(EngineError):
    """The caller asked to stop."""


class UnknownLayer(EngineError):
    """The backbone has no such layer."""


class PresetError(EngineError):
    """A table of presets cannot be used."""


class WeightsError(EngineError):
    """A weights file is missing, broken or of another shape."""


class OutOfMemory(EngineError):
    """The device is too small for a picture of this size."""


class Diverged(EngineError):
    """The loss is no longer a number."""
