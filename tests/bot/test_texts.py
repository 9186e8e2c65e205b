"""Every sentence stands in the catalogue, and the catalogue holds nothing else."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import bot
from bot import errors, texts
from bot.errors import CANCEL_ANSWERS, JOB_SENTENCES, PICTURE_SENTENCES
from jobs import decoding
from jobs.errors import BadPictureReason
from jobs.presets import list_presets
from jobs.values import CancelOutcome, JobFailure

FOLDER = Path(bot.__file__).parent
SOURCES = sorted(FOLDER.rglob("*.py"))
# Which argument of a call is the key of a sentence.
KEY_PLACES = {"render": 1, "plain": 1, "reply": 2, "answer_press": 1, "Refused": 0}
SAYING = ("reply", "edit", "answer", "send", "render", "plain", "_button", "Look", "Refused")


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            yield (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")), node


def _strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _choices(argument: ast.expr) -> Iterator[str]:
    """The strings an argument can be."""
    if isinstance(argument, ast.IfExp):
        yield from _choices(argument.body)
        yield from _choices(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def _keys_in_code() -> set[str]:
    """Every string in the code that looks like a key: docstrings and log lines have spaces."""
    return {string for _, tree in _trees() for string in _strings(tree) if " " not in string}


def _keys_asked_for() -> set[str]:
    """The keys given where a sentence is said, and those of the tables that answer errors."""
    asked = {
        key
        for _, tree in _trees()
        for name, call in _calls(tree)
        if name in KEY_PLACES and len(call.args) > KEY_PLACES[name]
        for key in _choices(call.args[KEY_PLACES[name]])
    }
    tables = (errors.PICTURE_SENTENCES, errors.JOB_SENTENCES, errors.CANCEL_ANSWERS, errors.REPLIES)
    return asked | {key for table in tables for key in table.values()}


def test_no_handler_holds_a_sentence() -> None:
    said = [
        (path.name, string)
        for path, tree in _trees()
        for name, call in _calls(tree)
        if name.startswith(SAYING)
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]
        for string in _strings(argument)
        if " " in string.strip()
    ]

    assert said == []


def test_every_key_asked_for_is_in_the_catalogue() -> None:
    assert _keys_asked_for() - texts.keys("en") == set()


def test_every_key_of_the_catalogue_is_used() -> None:
    shipped = {f"preset-{preset.name}" for preset in list_presets()}

    assert texts.keys("en") - _keys_in_code() - shipped == set()


def test_shipped_presets_are_named_by_the_catalogue() -> None:
    assert {f"preset-{preset.name}" for preset in list_presets()} <= texts.keys("en")


def test_a_preset_of_the_catalogue_has_its_word_and_one_added_later_its_own_title() -> None:
    shipped = replace(list_presets()[0], title="In the file")
    added = replace(shipped, name="added-later")

    assert texts.preset_title("en", shipped) == "Brush strokes"
    assert texts.preset_title("en", added) == "In the file"


@pytest.mark.parametrize(("jobs", "words"), [(1, "the picture I was on"), (2, "both of"), (3, "all 3 of")])
@pytest.mark.parametrize("key", ["cancel-jobs", "cancel-both"])
def test_stopped_pictures_are_counted_as_people_count(key: str, jobs: int, words: str) -> None:
    assert f"I stop {words}" in texts.render("en", key, jobs=jobs)


@pytest.mark.parametrize("language", sorted(texts.languages()))
def test_all_catalogues_have_the_same_keys(language: str) -> None:
    assert texts.keys(language) == texts.keys("en")


def test_every_reason_and_failure_has_its_sentence() -> None:
    assert set(PICTURE_SENTENCES) == set(get_args(BadPictureReason))
    assert set(JOB_SENTENCES) == {failure.value for failure in JobFailure}
    assert set(CANCEL_ANSWERS) == set(CancelOutcome)


def test_limits_in_sentences_are_the_decoders() -> None:
    assert str(decoding.MIN_SIDE_PX) in texts.plain("en", "picture-too-small")
    assert str(decoding.MAX_RATIO) in texts.plain("en", "picture-too-long")
    assert str(decoding.MAX_PIXELS // 1_000_000) in texts.plain("en", "picture-too-large")


def test_answers_to_presses_fit_telegrams_limit() -> None:
    answers = [texts.plain("en", key) for key in texts.keys("en") if key.startswith("press-")]

    assert max(map(len, answers)) <= 200


def test_names_cannot_bring_markup_along() -> None:
    assert "&lt;b&gt;Ann" in texts.render("en", "start", name="<b>Ann")


def test_names_lose_what_turns_a_sentence_round() -> None:
    assert texts.tidy_name("A\u202enn\n\x00 B") == "Ann B"


@pytest.mark.parametrize("language", [None, "en", "EN-gb", "xx"], ids=["none", "plain", "region", "unknown"])
def test_unknown_languages_get_english(language: str | None) -> None:
    assert texts.render(language, "press-on-it") == "I am on it!"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (7.4, "about 7 s"), (43, "about 40 s"), (91, "about 2 min"), (600, "about 10 min")],
)
def test_durations_are_told_as_people_tell_them(seconds: float, words: str) -> None:
    assert texts.about("en", seconds) == words


def test_a_forgotten_fact_is_an_error() -> None:
    with pytest.raises(ValueError, match="queued-next"):
        texts.render("en", "queued-next")
