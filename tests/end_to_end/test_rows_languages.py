"""The main flow in every language of the bot: no sentence of another one in between."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent

from bot import texts
from jobs.presets import list_presets
from tests.conftest import jpeg_of, photo_of
from tests.end_to_end.stage import Message, Person, Stage, data_of, labels_of, words_of

pytestmark = pytest.mark.timeout(300)  # nets are loaded, and other work may share the machine

CONTENT = jpeg_of(photo_of("astronaut", 96))
STYLE = jpeg_of(photo_of("coffee", 96))
CHOSEN = "✓ "
# What a whole sentence is, and not a fact in another.
TAG = re.compile(r"</?\w+>")
ANYTHING = ".+"

_numbers = count(5601)


@pytest.fixture(scope="module")
def heard(running: Stage) -> dict[str, set[str]]:
    """What the bot said to somebody of each language on the way from /start to a stopped picture."""
    people = {language: running.person(next(_numbers)) for language in texts.languages()}
    with ThreadPoolExecutor(len(people)) as at_once:
        return dict(zip(people, at_once.map(go_through, people.values(), people), strict=True))


@pytest.mark.parametrize("language", texts.languages())
def test_the_main_flow_is_spoken_in_one_language(heard: dict[str, set[str]], language: str) -> None:
    known = sentences(language)

    foreign = {said for said in heard[language] if not known.fullmatch(said)}

    assert foreign == set()
    assert len(heard[language]) > 40


def test_what_another_language_says_would_be_noticed(heard: dict[str, set[str]]) -> None:
    unlike = {language: sum(not sentences("en").fullmatch(said) for said in heard[language]) for language in heard}

    assert all(unlike[language] > 20 for language in heard if language != "en")


def go_through(person: Person, language: str) -> set[str]:
    """Start, a photo, a photo as its style, the settings, high quality, stopped: all that is said on the way."""
    person.speaks(language)
    heard: set[str] = set()

    def hear(verb: str) -> Message:
        found = person.waits_for(lambda message: bool(data_of(message, verb)))
        for message in person.answers():
            heard.update([words_of(message), *labels_of(message)])
        return found

    person.says("/start")
    hear("start-how")
    person.sends_photo(CONTENT)
    hear("preset")
    person.sends_photo(STYLE)
    result = hear("hq")
    person.says("/settings")
    settings = hear("set")
    heard.add(str(person.forges(settings, "set:size_px.1")["text"]))  # large enough to be still there when stopped
    heard.add(str(person.taps(result, "hq")["text"]))
    heard.add(str(person.taps(hear("cancel"), "cancel")["text"]))
    hear("retry")
    return heard


@cache
def sentences(language: str) -> re.Pattern[str]:
    """Whatever the catalogue of a language can say."""
    resource = FluentParser().parse((texts.LOCALES / language / "bot.ftl").read_text(encoding="utf-8"))
    messages = {entry.id.name: entry.value for entry in resource.body if isinstance(entry, fluent.Message)}
    titles = [re.escape(texts.preset_title(language, preset)) for preset in list_presets()]
    names = one_of([*titles, re.escape(texts.plain(language, "own-style"))])
    spans = one_of(shape(pattern, {}) for key, pattern in messages.items() if key.startswith("about-") and pattern)
    facts = {"style": names, "title": names, "eta": spans, "label": "(?!)"}
    shapes = [shape(pattern, facts) for pattern in messages.values() if pattern is not None]
    return re.compile(f"(?:{CHOSEN})?{one_of(each for each in shapes if each != ANYTHING)}", re.DOTALL)


def shape(pattern: fluent.Pattern, facts: dict[str, str]) -> str:
    """A sentence as a regular expression; facts: what may stand for each of them."""
    return "".join(part for element in pattern.elements for part in _shapes(element, facts))


def _shapes(element: fluent.TextElement | fluent.Placeable, facts: dict[str, str]) -> Iterator[str]:
    if isinstance(element, fluent.TextElement):
        yield re.escape(TAG.sub("", element.value))
    elif isinstance(element.expression, fluent.SelectExpression):
        yield one_of(shape(variant.value, facts) for variant in element.expression.variants)
    elif isinstance(element.expression, fluent.VariableReference):
        yield facts.get(element.expression.id.name, ANYTHING)
    else:
        yield ANYTHING


def one_of(shapes: Iterator[str] | list[str]) -> str:
    return f"(?:{'|'.join(shapes)})"
