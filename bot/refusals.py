"""What is said to somebody who has asked for enough, or comes while nothing is taken in."""

from bot import texts
from jobs.errors import Banned, IntakePaused, LimitReached, NotAdmitted

Words = tuple[str, dict[str, texts.Fact]]


def refusal(error: NotAdmitted, language: str | None) -> Words:
    """The key of the sentence and its facts: it says when things will work again, where anybody knows."""
    if isinstance(error, LimitReached):
        return _limit(error, language)
    if isinstance(error, IntakePaused):
        return ("intake-paused-because", {"sentence": error.sentence}) if error.sentence else ("intake-paused", {})
    assert isinstance(error, Banned)
    return "banned", {}


def _limit(error: LimitReached, language: str | None) -> Words:
    facts: dict[str, texts.Fact] = {"most": error.most}
    if error.free_in_s is None:
        return ("limit-daily-none" if error.limit == "daily" else "limit-queued"), facts
    facts["again"] = texts.about(language, error.free_in_s)
    return ("limit-daily" if error.limit == "daily" else "limit-queued-eta"), facts
