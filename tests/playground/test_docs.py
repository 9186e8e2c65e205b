from pathlib import Path

import pytest
from starlette.routing import Route

from playground.app import create_app
from playground.config import PlaygroundConfig
from playground.parameters import METHODS

PAGE = (Path(__file__).parents[2] / "docs" / "playground.md").read_text()


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_described(name: str) -> None:
    assert name in PAGE


def test_every_address_of_the_persons_side_is_described() -> None:
    app = create_app(PlaygroundConfig())
    paths = [route.path for route in app.routes if isinstance(route, Route)]
    app.state.world.close()

    theirs = [path for path in paths if path.startswith("/person/")]
    assert len(theirs) >= 7
    assert [path for path in [*theirs, "/calls"] if path not in PAGE] == []
