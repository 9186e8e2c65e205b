import json
from pathlib import Path

import pytest

from playground.errors import ApiError
from playground.methods import METHODS as PERFORMED
from playground.parameters import METHODS, NEWER, Arguments, Upload


@pytest.fixture
def published(test_data: Path) -> dict[str, dict[str, bool]]:
    """Methods of the published Bot API with their parameters and whether each is required."""
    described = json.loads((test_data / "data" / "bot_api.json").read_text())["methods"]
    return {
        name: {field["name"]: field["required"] for field in method.get("fields", [])}
        for name, method in described.items()
    }


@pytest.mark.parametrize("name", METHODS)
def test_parameters_are_those_of_the_published_api(name: str, published: dict[str, dict[str, bool]]) -> None:
    assert METHODS[name].parameters == published[name]


def test_every_method_of_the_table_is_performed() -> None:
    assert METHODS.keys() == PERFORMED.keys()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("sendMessage", "chat_id is empty"),
        ("sendPhoto", "chat_id is empty"),
        ("setMyCommands", 'parameter "commands" is required'),
        ("getFile", "invalid file_id"),
    ],
)
def test_missing_parameters_are_refused(name: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        Arguments({}, {}).check(METHODS[name], lenient=True)

    assert refused.value.description == f"Bad Request: {reason}"


def test_unknown_parameters_are_refused_unless_lenient() -> None:
    arguments = Arguments({"chat_id": 1, "text": "x", "caht": 2}, {})

    arguments.check(METHODS["sendMessage"], lenient=True)
    with pytest.raises(ApiError, match='no parameter "caht"'):
        arguments.check(METHODS["sendMessage"], lenient=False)


def test_a_newer_parameter_is_named_as_such() -> None:
    arguments = Arguments({"chat_id": 1, "text": "x", "ephemeral_message_parameters": {}}, {})

    arguments.check(METHODS["sendMessage"], lenient=True)
    with pytest.raises(ApiError, match=r"in Bot API 10\.1: it is of 10\.3"):
        arguments.check(METHODS["sendMessage"], lenient=False)


def test_the_newer_parameters_are_not_in_the_published_api(published: dict[str, dict[str, bool]]) -> None:
    sending = [parameters for name, parameters in published.items() if name.startswith("send")]

    assert [name for name in NEWER if any(name in parameters for parameters in sending)] == []


def test_a_part_that_nobody_refers_to_is_unknown() -> None:
    stray = {"stray": Upload("x", "", b"x")}

    Arguments({"chat_id": 1, "media": '[{"media":"attach://stray"}]'}, stray).check(
        METHODS["sendMediaGroup"], lenient=False
    )
    with pytest.raises(ApiError, match='no parameter "stray"'):
        Arguments({"chat_id": 1, "media": "[]"}, stray).check(METHODS["sendMediaGroup"], lenient=False)


def test_a_parameter_beyond_the_playground_is_not_swallowed() -> None:
    with pytest.raises(ApiError, match="does not know"):
        Arguments({"chat_id": 1, "text": "x", "business_connection_id": "b"}, {}).check(
            METHODS["sendMessage"], lenient=False
        )


def test_nonsense_is_refused_by_type() -> None:
    arguments = Arguments({"limit": "many", "scope": "{", "text": {}}, {})

    for read in (
        lambda: arguments.integer("limit"),
        lambda: arguments.structure("scope"),
        lambda: arguments.text("text"),
    ):
        with pytest.raises(ApiError):
            read()
