from pathlib import Path

import pytest
from starlette.routing import Route

from playground.app import create_app
from playground.config import PlaygroundConfig
from playground.faults import FIELDS
from playground.flood import FloodLimits
from playground.parameters import METHODS, NEWER

PAGE = (Path(__file__).parents[2] / "docs" / "playground.md").read_text()


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_described(name: str) -> None:
    assert name in PAGE


def test_every_address_of_the_peoples_and_testers_side_is_described() -> None:
    app = create_app(PlaygroundConfig())
    paths = [route.path for route in app.routes if isinstance(route, Route)]
    app.state.world.close()

    theirs = [path for path in paths if path != "/" and not path.startswith(("/bot", "/file"))]
    assert len(theirs) >= 13
    assert [path for path in theirs if f"{path}" not in PAGE] == []


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_field_of_a_fault_is_described(field: str) -> None:
    assert f"`{field}`" in PAGE


@pytest.mark.parametrize("name", NEWER)
def test_every_newer_parameter_is_listed(name: str) -> None:
    assert name in PAGE


def test_the_flood_limits_are_those_of_the_code() -> None:
    limits = FloodLimits()

    for allowance in (limits.private, limits.group, limits.overall):
        assert f"{allowance.calls} in {allowance.seconds:.0f} s" in PAGE
