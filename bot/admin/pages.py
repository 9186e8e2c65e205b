"""What admins see: each page is one message with its buttons, drawn from the rows as they stand."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from bot import texts
from bot.admin import keyboards
from bot.errors import Refused
from bot.history import cut_short
from bot.messages import Look
from bot.naming import style_name
from bot.status import bar, percent
from jobs.administration import Administration, Counters, Dossier
from jobs.desk import Desk
from jobs.values import JobView, Overview
from models.states import JobState, Lane
from models.tables import AdminAct, JobEvent

# Ten jobs with their buttons fit a message and a screen.
MOST_JOBS = 10
MOST_PEOPLE = 8
MOST_ACTS = 20
# The end of a long timeline tells most.
MOST_EVENTS = 25

# What admins did, as it is on record.
ACTS: dict[str, str] = {
    "appoint": "act-appoint",
    "dismiss": "act-dismiss",
    "alerts on": "act-alerts-on",
    "alerts off": "act-alerts-off",
    "ban": "act-ban",
    "unban": "act-unban",
    "pause": "act-pause",
    "resume": "act-resume",
    "retry": "act-retry",
    "cancel": "act-cancel",
    "bump": "act-bump",
    "broadcast": "act-broadcast",
    "stop broadcast": "act-broadcast-stopped",
    "drop broadcast": "act-broadcast-dropped",
    "add style": "act-style-added",
    "rename style": "act-style-renamed",
    "hide style": "act-style-hidden",
    "show style": "act-style-shown",
    "style first": "act-style-first",
    "style fitted": "act-style-fitted",
    "style not fitted": "act-style-not-fitted",
}
STATES: dict[JobState, str] = {
    JobState.QUEUED: "state-queued",
    JobState.RUNNING: "state-running",
    JobState.DONE: "state-done",
    JobState.FAILED: "state-failed",
    JobState.CANCELLED: "state-cancelled",
    JobState.DEAD: "state-dead",
}
LANES: dict[Lane, str] = {Lane.INSTANT: "lane-instant", Lane.HQ: "lane-hq", Lane.POSTER: "lane-poster"}


class Pages:
    """One method a page."""

    def __init__(self, administration: Administration, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._administration = administration
        self._desk = desk
        self._clock = clock

    async def overview(self, admin_id: int, language: str | None) -> Look:
        """Counters and open jobs."""
        overview = await self._desk.overview(limit=MOST_JOBS)
        counters = await self._administration.counters()
        quiet = admin_id not in await self._administration.listeners()
        words = "\n\n".join(
            [*counter_words(overview, counters, language), self._job_lines(overview.open_jobs, language)]
        )
        paused = counters.pause is not None
        return Look(words=words, markup=keyboards.overview(overview.open_jobs, language, paused=paused, quiet=quiet))

    async def job(self, job_id: int, language: str | None) -> Look:
        """A job with its timeline. Raises Refused where there is none of that number."""
        view = await self._desk.view(job_id)
        if view is None:
            raise Refused("admin-no-job")
        timeline = await self._desk.timeline(job_id)
        words = f"{self._job_head(view, language)}\n\n{timeline_words(timeline, language)}"
        return Look(words=words, markup=keyboards.job(view, language))

    async def faults(self, language: str | None) -> Look:
        """The latest jobs that went wrong."""
        views = await self._desk.troubled(MOST_JOBS)
        lines = [self._fault_line(view, language) for view in views]
        words = "\n".join(lines) or texts.render(language, "admin-no-faults")
        return Look(words=words, markup=keyboards.faults(views, language))

    async def people(self, said: str, language: str | None) -> Look:
        """People to choose from."""
        found = await self._administration.find_people(said, MOST_PEOPLE)
        key = "admin-people" if found else "admin-nobody"
        return Look(words=texts.render(language, key), markup=keyboards.people(found, language))

    async def person(self, user_id: int, language: str | None) -> Look:
        """What is known of a person, and what was decided."""
        dossier = await self._administration.person(user_id)
        return Look(words=self._person_words(dossier, language), markup=keyboards.person(dossier, language))

    async def acts(self, language: str | None) -> Look:
        """What admins did lately."""
        lines = [self._act_line(act, language) for act in await self._administration.acts(MOST_ACTS)]
        words = "\n".join(lines) or texts.render(language, "admin-no-acts")
        return Look(words=words, markup=keyboards.back(language))

    def _job_lines(self, views: Sequence[JobView], language: str | None) -> str:
        lines = [self._job_line(view, language) for view in views]
        return "\n".join(lines) or texts.render(language, "admin-nothing-open")

    def _job_line(self, view: JobView, language: str | None) -> str:
        facts = self._job_facts(view, language)
        if view.state == JobState.QUEUED:
            return texts.render(language, "admin-job-queued", ahead=view.ahead, **facts)
        facts |= {"bar": bar(view.step, view.steps), "percent": percent(view.step, view.steps)}
        return texts.render(language, "admin-job-running", **facts)

    def _fault_line(self, view: JobView, language: str | None) -> str:
        return texts.render(language, "admin-fault", error=view.error or "", **self._job_facts(view, language))

    def _job_facts(self, view: JobView, language: str | None) -> dict[str, texts.Fact]:
        # The number as a string, so that no language puts separators into it.
        return {"id": str(view.id), "user": view.user_name, "age": self._age(view.created_at, language)}

    def _job_head(self, view: JobView, language: str | None) -> str:
        head = texts.render(
            language,
            "admin-job",
            state=texts.plain(language, STATES[view.state]),
            lane=texts.plain(language, LANES[view.lane]),
            px=view.spec.longest_side_px,
            style=style_name(view, language),
            attempt=view.attempt,
            number=str(view.user_id),
            **self._job_facts(view, language),
        )
        return head if view.error is None else f"{head}\n{texts.render(language, 'admin-job-error', error=view.error)}"

    def _person_words(self, dossier: Dossier, language: str | None) -> str:
        usual = dossier.daily_limit is None
        words = [
            texts.render(
                language,
                "admin-person",
                name=dossier.name or "–",
                id=str(dossier.user_id),
                speaks=dossier.language or "–",
                came=self._age(dossier.came_at, language) if dossier.came_at is not None else "–",
                jobs=dossier.jobs,
                today=dossier.jobs_today,
                open=dossier.jobs_open,
            ),
            texts.render(language, "admin-person-usual")
            if usual
            else texts.render(language, "admin-person-daily", daily=dossier.daily_limit or 0),
        ]
        marks = {
            "admin-person-admin": dossier.is_admin,
            "admin-person-banned": dossier.banned_at is not None,
            "admin-person-blocked": dossier.blocked_at is not None,
        }
        return "\n".join([*words, *(texts.render(language, key) for key, holds in marks.items() if holds)])

    def _act_line(self, act: AdminAct, language: str | None) -> str:
        who = texts.render(language, "admin-act", age=self._age(act.at, language), admin=str(act.admin_id))
        return f"{who} {act_words(act, language)}"

    def _age(self, moment: datetime, language: str | None) -> str:
        return texts.age(language, (self._clock() - moment).total_seconds())


def act_words(act: AdminAct, language: str | None) -> str:
    """What an admin did."""
    detail, subject = act.detail or {}, act.subject
    if act.act == "quota" and detail.get("daily") is None:
        return texts.render(language, "act-quota-usual", subject=subject)
    if act.act == "quota":
        return texts.render(language, "act-quota", subject=subject, daily=detail["daily"])
    if act.act == "pause" and detail.get("sentence"):
        return texts.render(language, "act-pause-because", sentence=cut_short(str(detail["sentence"])))
    return texts.render(language, ACTS[act.act], subject=subject) if act.act in ACTS else texts.escaped(act.act)


def counter_words(overview: Overview, counters: Counters, language: str | None) -> list[str]:
    """The paragraphs of the overview that count."""
    counts = {state.value: overview.counts.get(state, 0) for state in JobState}
    lanes = {
        f"{lane.value}_{what}": counters.lanes[lane][at] for lane in Lane for at, what in enumerate(("run", "wait"))
    }
    lately = texts.render(
        language,
        "admin-lately",
        hour=counters.hour.done,
        hour_failed=counters.hour.failed,
        day=counters.day.done,
        day_failed=counters.day.failed,
        day_people=counters.day.people,
    )
    crowd = texts.render(
        language,
        "admin-crowd",
        people=counters.crowd.all,
        blocked=counters.crowd.blocked,
        banned=counters.crowd.banned,
    )
    words = [texts.render(language, "admin-overview", **counts), texts.render(language, "admin-lanes", **lanes)]
    words += ["\n".join([lately, *_waiting_words(counters, language)]), crowd]
    if counters.pause is not None:
        said = counters.pause or texts.plain(language, "intake-paused")
        words.append(texts.render(language, "admin-paused", sentence=said))
    return words


def _waiting_words(counters: Counters, language: str | None) -> Iterator[str]:
    """How long people waited, and wait."""
    if counters.hour.wait_s is not None:
        yield texts.render(language, "admin-waited", wait=texts.age(language, counters.hour.wait_s))
    if counters.oldest_s is None:
        yield texts.render(language, "admin-nobody-waits")
    else:
        yield texts.render(language, "admin-oldest", oldest=texts.age(language, counters.oldest_s))


def timeline_words(timeline: Sequence[JobEvent], language: str | None) -> str:
    """What happened to a job, a line each, with the seconds since it was asked for."""
    if not timeline:
        return texts.render(language, "admin-no-timeline")
    first = timeline[0].at
    return "\n".join(
        texts.render(
            language,
            "admin-event",
            after=f"{(event.at - first).total_seconds():.1f}",
            kind=event.kind,
            detail=_details(event.detail),
        )
        for event in timeline[-MOST_EVENTS:]
    )


def _details(detail: dict[str, Any] | None) -> str:
    return ", ".join(f"{name} {'–' if value is None else value}" for name, value in (detail or {}).items())
