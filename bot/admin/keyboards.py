"""The buttons of admins. As all others they are display only: each press is checked."""

from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import texts
from bot.keyboards import ADMIN_CANCEL, ADMIN_REFRESH, carry
from jobs.administration import RETRIED_BY_ADMINS, Dossier
from jobs.values import JobView
from models.states import JobState
from models.tables import User

ADMIN_JOB = "admin-job"
ADMIN_BUMP = "admin-bump"
ADMIN_RETRY = "admin-retry"
ADMIN_FAULTS = "admin-faults"
ADMIN_PEOPLE = "admin-people"
ADMIN_PERSON = "admin-person"
ADMIN_BAN = "admin-ban"
ADMIN_UNBAN = "admin-unban"
ADMIN_QUOTA = "admin-quota"
ADMIN_PROMOTE = "admin-promote"
ADMIN_PAUSE = "admin-pause"
ADMIN_RESUME = "admin-resume"
ADMIN_ALERTS = "admin-alerts"
ADMIN_ACTS = "admin-acts"
ADMIN_SEND = "admin-send"
ADMIN_STOP = "admin-stop"
ADMIN_LOOK = "admin-look"

ON, OFF = "on", "off"
JOBS_A_ROW = 5
# What can be given to a person by a button; any other number by /quota.
QUOTAS = (20, 100, 1000)
USUAL = "usual"


def overview(open_jobs: Sequence[JobView], language: str | None, *, paused: bool, quiet: bool) -> InlineKeyboardMarkup:
    """Under the counters: the open jobs by number, and where else to go."""
    intake = ("button-admin-resume", ADMIN_RESUME) if paused else ("button-admin-pause", ADMIN_PAUSE)
    alerts = ("button-admin-alerts-on", ON) if quiet else ("button-admin-alerts-off", OFF)
    return InlineKeyboardMarkup(
        [
            *_numbers(open_jobs),
            [
                _button(language, "button-admin-faults", ADMIN_FAULTS),
                _button(language, "button-admin-people", ADMIN_PEOPLE),
            ],
            [_button(language, *intake), _button(language, alerts[0], ADMIN_ALERTS, alerts[1])],
            [
                _button(language, "button-admin-acts", ADMIN_ACTS),
                _button(language, "button-admin-refresh", ADMIN_REFRESH),
            ],
        ]
    )


def job(view: JobView, language: str | None) -> InlineKeyboardMarkup:
    """What can be done about a job in its state."""
    acts = []
    if view.state is JobState.QUEUED:
        acts.append(_button(language, "button-admin-bump", ADMIN_BUMP, view.id))
    if view.state in (JobState.QUEUED, JobState.RUNNING) and not view.cancel_requested:
        acts.append(_button(language, "button-cancel", ADMIN_CANCEL, view.id, red=True))
    if view.state in RETRIED_BY_ADMINS:
        acts.append(_button(language, "button-retry", ADMIN_RETRY, view.id))
    person = _button(language, "button-admin-person", ADMIN_PERSON, view.user_id)
    again = _button(language, "button-admin-refresh", ADMIN_JOB, view.id)
    return _with_way_back([acts, [person, again]], language)


def faults(views: Sequence[JobView], language: str | None) -> InlineKeyboardMarkup:
    """The jobs that went wrong, by number."""
    return _with_way_back(_numbers(views), language)


def people(found: Iterable[User], language: str | None) -> InlineKeyboardMarkup:
    """A button a person."""
    return _with_way_back([[_labelled(user.name or str(user.id), ADMIN_PERSON, user.id)] for user in found], language)


def person(dossier: Dossier, language: str | None) -> InlineKeyboardMarkup:
    """What can be decided about a person; nothing about an admin."""
    if dossier.is_admin:
        return _with_way_back([], language)
    number = dossier.user_id
    ban = _button(language, "button-admin-ban", ADMIN_BAN, number, red=True)
    unban = _button(language, "button-admin-unban", ADMIN_UNBAN, number)
    usual = _button(language, "button-admin-usual", ADMIN_QUOTA, number, USUAL)
    quotas = [
        _labelled(texts.plain(language, "button-admin-quota", daily=most), ADMIN_QUOTA, number, most) for most in QUOTAS
    ]
    limits = [usual, *quotas]
    rows = [limits[at : at + 2] for at in range(0, len(limits), 2)]  # more in a row are cut on a telephone
    return _with_way_back([*rows, [ban if dossier.banned_at is None else unban]], language)


def promote(user_id: int, language: str | None) -> InlineKeyboardMarkup:
    """Yes, and the way back."""
    return _with_way_back([[_button(language, "button-admin-promote", ADMIN_PROMOTE, user_id, red=True)]], language)


def broadcast(broadcast_id: int, state: str, language: str | None) -> InlineKeyboardMarkup:
    """Send or drop a draft; stop or follow what is on its way."""
    stop = _button(language, "button-admin-stop", ADMIN_STOP, broadcast_id, red=True)
    rows = {
        "draft": [_button(language, "button-admin-send", ADMIN_SEND, broadcast_id), stop],
        "running": [_button(language, "button-admin-refresh", ADMIN_LOOK, broadcast_id), stop],
    }
    return _with_way_back([rows.get(state, [])], language)


def back(language: str | None) -> InlineKeyboardMarkup:
    """The way back alone."""
    return _with_way_back([], language)


def _with_way_back(rows: Sequence[Sequence[InlineKeyboardButton]], language: str | None) -> InlineKeyboardMarkup:
    way_back = _button(language, "button-admin-back", ADMIN_REFRESH)
    return InlineKeyboardMarkup([*(row for row in rows if row), [way_back]])


def _numbers(views: Sequence[JobView]) -> list[list[InlineKeyboardButton]]:
    buttons = [_labelled(f"#{view.id}", ADMIN_JOB, view.id) for view in views]
    return [buttons[first : first + JOBS_A_ROW] for first in range(0, len(buttons), JOBS_A_ROW)]


def _button(
    language: str | None, key: str, verb: str, *arguments: str | int, red: bool = False
) -> InlineKeyboardButton:
    return _labelled(texts.plain(language, key), verb, *arguments, red=red)


def _labelled(label: str, verb: str, *arguments: str | int, red: bool = False) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=carry(verb, *arguments), style="danger" if red else None)
