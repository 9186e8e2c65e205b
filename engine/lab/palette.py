"""A style without content: a picture from noise that has the style's statistics at every size.

Texture synthesis by Gatys, Ecker, Bethge (2015); fast.ai's lesson on style transfer calls it the palette. It is the
same loop as a painting's, with the content's loss left out.
"""

from PIL import Image
from torch import Tensor

from engine.encoder import Encoder
from engine.gatys import Run
from engine.lab.requests import PaletteRequest
from engine.lab.watch import Watch
from engine.objective import choose_layers
from engine.recipes import STANDARD, recipe_of
from engine.request import Style, StyleRequest

STEPS = 300


def palette(request: PaletteRequest, encoder: Encoder, watch: Watch) -> Tensor:
    """(1, 3, height, width) in the style's shape."""
    painting = StyleRequest(
        content=Image.new("RGB", request.style.size, "grey"),  # whose shape alone counts
        styles=(Style(picture=request.style),),
        longest_side_px=request.longest_side_px,
        steps=watch.steps,
        seed=request.seed,
        preview_every=request.preview_every,
    )
    recipe = recipe_of(STANDARD, {"content_weight": 0.0, "init": "noise"})
    run = Run(painting, recipe, choose_layers(recipe, encoder), encoder, watch.on_step, watch.should_stop)
    made = run.paint()
    watch.done = run.done
    return made
