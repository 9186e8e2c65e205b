"""A request that exists is one that can be painted: every limit is checked on creation."""

import math
import re
from typing import Any

import pytest
from PIL import Image

from engine.errors import InvalidRequest
from engine.request import (
    MAX_POSTER_SIDE_PX,
    MAX_SEED,
    MAX_SIDE_PX,
    MAX_STEPS,
    MAX_STRENGTH,
    MAX_STYLES,
    MIN_SIDE_PX,
    Optimisation,
    Style,
)
from tests.engine.builders import a_flat_picture, a_request, a_style

NOTHING = Image.new("RGB", (0, 5))
TWO_COLOURS = Image.new("L", (64, 64))
TWO_COLOURS.paste(200, (0, 0, 64, 20))


def _name_of(value: object) -> str:
    """A case's name, the same in every process: pictures would show their address."""
    return re.sub(r" at 0x[0-9A-F]+", "", str(value))[:80]


@pytest.mark.parametrize(
    "changes",
    [
        {"longest_side_px": MIN_SIDE_PX},
        {"longest_side_px": MAX_POSTER_SIDE_PX},
        {"strength": 0.0},
        {"strength": 0},
        {"strength": MAX_STRENGTH},
        {"steps": None},
        {"steps": 1},
        {"steps": MAX_STEPS},
        {"seed": 0},
        {"seed": MAX_SEED},
        {"preview_every": 0},
        {"styles": (Style(picture=a_style()),) * MAX_STYLES},
        {"keep_colours": "luminance", "init": "noise", "recipe": "peluche"},
        {"mask": TWO_COLOURS, "styles": (Style(picture=a_style()),) * 2},
        {"method": "instant", "init": "content", "brush": 2.0},
    ],
    ids=_name_of,
)
def test_what_is_within_the_limits_is_accepted(changes: dict[str, Any]) -> None:
    request = a_request(**changes)

    assert {name: getattr(request, name) for name in changes} == changes


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"longest_side_px": MIN_SIDE_PX - 1}, "size must be between 64 and 8192 px, not 63 px"),
        ({"longest_side_px": MAX_POSTER_SIDE_PX + 1}, "size must be between"),
        ({"method": "instant", "longest_side_px": MAX_SIDE_PX + 1}, "size must be between 64 and 4096 px"),
        ({"longest_side_px": 100.5}, "size must be a whole number, not 100.5"),
        ({"longest_side_px": math.nan}, "size must be a whole number, not nan"),
        ({"strength": -0.1}, "strength must be between 0.0 and 3.0, not -0.1"),
        ({"strength": MAX_STRENGTH + 0.1}, "strength must be between"),
        ({"strength": math.nan}, "strength must be between 0.0 and 3.0, not nan"),
        ({"strength": math.inf}, "strength must be between"),
        ({"steps": 0}, "number of steps must be between 1 and 5000, not 0"),
        ({"steps": MAX_STEPS + 1}, "number of steps must be between"),
        ({"steps": 2.5}, "number of steps must be a whole number"),
        ({"seed": -1}, "seed must be between"),
        ({"seed": MAX_SEED + 1}, "seed must be between"),
        ({"seed": 10**400}, "seed must be between"),
        ({"preview_every": -1}, "steps between previews must be between"),
        ({"styles": ()}, "number of styles must be between 1 and 64, not 0"),
        ({"styles": (Style(picture=a_style()),) * (MAX_STYLES + 1)}, "number of styles must be between"),
        ({"method": "instant", "strength": 1.6}, "strength must be between 0.0 and 1.5"),
        ({"method": "poster", "longest_side_px": 8193}, "size must be between 64 and 8192 px"),
        ({"method": "magic"}, "method must be one of gatys, instant, poster, not 'magic'"),
        ({"keep_colours": "all"}, "keep_colours must be one of none, luminance, match, not 'all'"),
        ({"init": "style"}, "init must be one of content, noise, stats, instant, not 'style'"),
        ({"recipe": "soup"}, "recipe must be one of standard, best, quick, white_walker, "),
        ({"start": NOTHING}, "the first picture has no pixels"),
        ({"start": a_style(), "init": "noise"}, "the canvas begins with a picture or with an init, not with both"),
        ({"mask": a_style(10, 12)}, "the mask has 10 × 12 pixels, and the content 64 × 64: they must be alike"),
        ({"mask": TWO_COLOURS}, "the mask has 2 flat colours, and there are 1 styles: it needs one for each style"),
        ({"method": "instant", "mask": a_flat_picture(1)}, "a mask is for the method gatys only, not for instant"),
        ({"method": "poster", "recipe": "keras"}, "a recipe is for the method gatys only, not for poster"),
        ({"method": "instant", "keep_colours": "match"}, "keep_colours match is for the method gatys only"),
        ({"method": "instant", "optimisation": Optimisation(tv_weight=0)}, "tv weight is for the method gatys only"),
        ({"brush": 3}, "brush must be one of 0.5, 1.0, 2.0, not 3"),
        ({"content": NOTHING}, "the content picture has no pixels"),
    ],
    ids=_name_of,
)
def test_what_is_beyond_a_limit_is_refused_in_one_sentence(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        a_request(**changes)

    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize("weight", [0.0, -1.0, math.nan, math.inf, 1e300])
def test_a_style_s_weight_is_a_reasonable_number_above_zero(weight: float) -> None:
    with pytest.raises(InvalidRequest, match="weight must be above 0"):
        Style(picture=a_style(), weight=weight)


def test_a_style_without_pixels_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="the style picture has no pixels"):
        Style(picture=NOTHING)


def test_a_style_is_a_picture_or_a_preset() -> None:
    with pytest.raises(InvalidRequest, match="a style needs a picture or the name of a preset"):
        Style()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"optimiser": "sgd"}, "optimizer must be one of adam, lbfgs, not 'sgd'"),
        ({"style_loss": "l2"}, "style loss must be one of w2, gram, covariance, normalised-gram, not 'l2'"),
        ({"pooling": "min"}, "pooling must be one of max, average, l2, not 'min'"),
        ({"learning_rate": 0.0}, "learning rate must be between"),
        ({"learning_rate": math.nan}, "learning rate must be between"),
        ({"content_weight": -1.0}, "content weight must be between 0.0 and"),
        ({"style_weight": math.inf}, "style weight must be between 0.0 and"),
        ({"tv_weight": -0.1}, "weight of the total variation must be between 0.0 and"),
        ({"ema_decay": 1.0}, "decay of the average must be between 0.0 and 0.9999"),
        ({"style_scale": 0.0}, "style scale must be between 0.1 and 4.0"),
        ({"scales": 0}, "number of scales must be between 1 and 12"),
        ({"scales": 1.5}, "number of scales must be a whole number"),
        ({"tiles": 3}, "a brush tiles the style 1, 2, 4, 8 times each way"),
        ({"content_layers": ()}, "name at least one content layer, or give it the weight 0"),
        ({"style_layers": (("relu1_1", 0.0),)}, "the weight of relu1_1 must be above 0"),
    ],
    ids=_name_of,
)
def test_a_setting_beyond_its_limit_is_refused_in_one_sentence(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Optimisation(**changes)

    assert str(caught.value).startswith(complaint)
