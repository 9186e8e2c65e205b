"""An admin looks at what is going on, and at any job."""

import asyncio
import re
from pathlib import Path

import pytest

import jobs
from bot.admin.pages import ACTS
from jobs.values import JobFailure
from models.states import JobState
from tests.bot.conftest import ADMIN, ANN, BEN, Stage, an_hq_job


async def two_jobs(stage: Stage) -> tuple[int, int]:
    """A running and a queued job of Ann's."""
    for _ in range(4):
        await stage.photo(ANN)
    running, queued = await stage.jobs()
    await stage.progress(running.id, await stage.begin(running.id), step=5)
    return running.id, queued.id


async def acts(stage: Stage) -> list[tuple[int, str, str]]:
    """The audit, oldest first."""
    return [(act.admin_id, act.act, act.subject) for act in await stage.parts.administration.acts(99)][::-1]


async def test_an_admin_sees_counts_and_open_jobs_with_a_button_each(stage: Stage) -> None:
    running, queued = await two_jobs(stage)

    await stage.text(ADMIN, "/admin")

    [shown] = stage.telegram.chat(ADMIN)
    assert "1 queued · 1 running · 0 done" in shown.words
    assert "instant 1 and 1" in shown.words
    assert "1 in all · 0 blocked me · 0 banned" in shown.words
    assert f"#{running}</b> User 11" in shown.words
    assert "50 %" in shown.words
    assert list(shown.buttons())[:2] == [f"#{running}", f"#{queued}"]


async def test_the_overview_keeps_itself_up_to_date(stage: Stage) -> None:
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)
    await stage.parts.boards.refresh()
    untouched = shown.edits
    await two_jobs(stage)

    await stage.parts.boards.refresh()

    assert "1 queued · 1 running" in shown.words
    assert untouched == 0


async def test_a_page_that_was_opened_is_left_alone(stage: Stage) -> None:
    running, _ = await two_jobs(stage)
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)
    await stage.press(ADMIN, shown.message_id, shown.data("admin-job"))

    await stage.parts.boards.refresh()

    assert f"Job #{running}" in shown.words


async def test_refresh_shows_the_present(stage: Stage) -> None:
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)
    await two_jobs(stage)

    await stage.press(ADMIN, shown.message_id, shown.data("admin-refresh"))
    await stage.press(ADMIN, shown.message_id, shown.data("admin-refresh"))

    assert "1 queued · 1 running" in shown.words
    assert stage.telegram.answers[-1][1] == "Up to date."


async def test_a_job_has_a_timeline(stage: Stage) -> None:
    running, _ = await two_jobs(stage)

    await stage.text(ADMIN, f"/job {running}")
    await stage.text(ADMIN, "/job 999")
    await stage.text(ADMIN, "/job nonsense")

    told = stage.telegram.words(ADMIN)
    assert f"Job #{running}</b>: being painted" in told[0]
    assert "submitted" in told[0]
    assert "claimed <i>attempt 1, worker painter at hand</i>" in told[0]
    assert told[1] == "There is no job of that number."
    assert "/job 12" in told[2]


async def test_an_admin_cancels_anybodys_job_and_it_is_on_record(stage: Stage) -> None:
    _, queued = await two_jobs(stage)
    await stage.text(ADMIN, f"/job {queued}")
    [page] = stage.telegram.chat(ADMIN)

    await stage.press(ADMIN, page.message_id, page.data("admin-cancel"))

    assert (await stage.jobs())[1].state == "cancelled"
    assert stage.telegram.last_answer() == "Cancelled."
    assert f"cancelled <i>by {ADMIN}</i>" in page.words
    assert await acts(stage) == [(ADMIN, "cancel", str(queued))]


async def test_a_bumped_job_goes_next(stage: Stage) -> None:
    for user_id in (ANN, BEN):
        await an_hq_job(stage, user_id)
    anns, bens = [job for job in await stage.jobs() if job.state == JobState.QUEUED]
    await stage.text(ADMIN, f"/job {bens.id}")
    [page] = stage.telegram.chat(ADMIN)

    await stage.press(ADMIN, page.message_id, page.data("admin-bump"))

    views = [await stage.services.desk.view(job.id) for job in (anns, bens)]
    assert [view.ahead for view in views if view is not None] == [1, 0]
    assert stage.telegram.last_answer() == "It goes next."
    assert await acts(stage) == [(ADMIN, "bump", str(bens.id))]


async def test_a_failed_job_is_found_and_made_once_more(stage: Stage) -> None:
    for _ in range(2):
        await stage.photo(ANN)
    job_id = (await stage.job()).id
    await stage.finish(job_id, await stage.begin(job_id), state=JobState.FAILED, error=JobFailure.ENGINE_FAILED)
    await stage.text(ADMIN, "/admin")
    [shown] = stage.telegram.chat(ADMIN)
    await stage.press(ADMIN, shown.message_id, shown.data("admin-faults"))
    await stage.press(ADMIN, shown.message_id, shown.data("admin-job"))

    await stage.press(ADMIN, shown.message_id, shown.data("admin-retry"))
    first, second = await stage.jobs()
    told = [await stage.answer_to(ADMIN, shown.message_id, f"admin-retry:{job_id}")]
    await stage.services.desk.cancel(second.id, user_id=ANN)
    told.append(await stage.answer_to(ADMIN, shown.message_id, f"admin-retry:{job_id}"))

    assert told == ["I am already on it.", "That one was stopped."]
    assert (second.user_id, second.spec, second.state) == (ANN, first.spec, JobState.QUEUED)
    assert f"Job #{second.id}" in shown.words
    assert await acts(stage) == [(ADMIN, "retry", str(second.id))]


async def test_a_job_whose_pictures_are_gone_is_not_made_once_more(stage: Stage) -> None:
    await two_jobs(stage)
    await stage.services.desk.cancel(2, user_id=ANN)
    async with stage.services.database.write() as session:
        for picture in await stage.pictures():
            (await session.get_one(type(picture), picture.id)).blob_key = None

    await stage.press(ADMIN, 1, "admin-retry:2")

    assert len(await stage.jobs()) == 2
    assert stage.telegram.last_answer() == "That no longer works here."


async def test_in_a_pause_the_first_photo_is_told_so_at_once_and_kept(stage: Stage) -> None:
    await stage.text(ADMIN, "/pause Back at <eight>.")
    await stage.text(ANN, "/start p_mosaic")
    for user_id in (ANN, BEN):
        await stage.photo(user_id)
    sheet = stage.telegram.chat(ANN)[-1]
    told = [sheet.words, stage.telegram.words(BEN)[-1]]
    await stage.text(ADMIN, "/resume")

    await stage.press(ANN, sheet.message_id, sheet.data("preset"))

    assert told == ["Back at &lt;eight&gt;.\n\nI keep your photo: tap a style here then."] * 2
    assert (await stage.job()).user_id == ANN


async def test_intake_is_paused_in_the_admins_words_and_resumed(stage: Stage) -> None:
    await stage.text(ADMIN, "/pause Back at <eight>.")
    for _ in range(2):
        await stage.photo(ANN)
    await stage.text(ADMIN, "/admin")
    shown = stage.telegram.chat(ADMIN)[-1]
    paused = shown.words

    await stage.press(ADMIN, shown.message_id, shown.data("admin-resume"))
    await stage.photo(ANN)

    assert stage.telegram.words(ANN)[1] == "Back at &lt;eight&gt;."
    assert "Back at &lt;eight&gt;." in paused
    assert "I take no new" not in shown.words
    assert len(await stage.jobs()) == 1
    assert [act for _, act, _ in await acts(stage)] == ["pause", "resume"]


async def test_without_a_sentence_admins_read_what_people_are_told(stage: Stage) -> None:
    await stage.text(ADMIN, "/pause")
    await stage.text(ADMIN, "/admin")
    for _ in range(2):
        await stage.photo(ANN)

    told = stage.telegram.words(ANN)[-1]
    assert told.startswith("I take no new pictures just now")
    assert all(told in words for words in stage.telegram.words(ADMIN)[-2:])


async def test_a_sentence_keeps_its_lines(stage: Stage) -> None:
    await stage.text(ADMIN, "/pause Back at eight.\n\n  <b>Promised</b> & meant.\n")
    for _ in range(2):
        await stage.photo(ANN)

    assert stage.telegram.words(ANN)[-1] == "Back at eight.\n\n  &lt;b&gt;Promised&lt;/b&gt; &amp; meant."


async def test_buttons_of_before_change_nothing_and_say_how_things_are(stage: Stage) -> None:
    await stage.text(ADMIN, "/pause Back at eight.")
    await stage.text(ADMIN, "/ban 22")
    await stage.text(ADMIN, "/quota 11 5")
    before = await acts(stage)

    for data in ("admin-pause:", "admin-alerts:on", "admin-ban:22", "admin-unban:11", "admin-quota:11.5"):
        await stage.press(ADMIN, 1, data)
    paused = (await stage.parts.administration.counters()).pause
    await stage.press(ADMIN, 1, "admin-job:x")

    assert [answer for _, answer in stage.telegram.answers[:-1]] == ["It is so already."] * 5
    assert "/admin shows how things are" in str(stage.telegram.last_answer())
    assert (paused, await acts(stage)) == ("Back at eight.", before)


async def test_a_sentence_that_fits_no_answer_is_refused(stage: Stage) -> None:
    await stage.text(ADMIN, "/pause " + "so " * 100)

    assert "in 180 at most" in stage.telegram.words(ADMIN)[-1]
    assert await acts(stage) == []


async def test_an_audit_of_long_sentences_fits_a_message(stage: Stage) -> None:
    for number in range(20):
        await stage.parts.administration.pause_intake(ADMIN, f"{number} {'b' * 178}")

    await stage.text(ADMIN, "/audit")

    [words] = stage.telegram.words(ADMIN)
    assert (words.count("paused intake"), len(words) <= 4096) == (20, True)


async def test_the_audit_names_admin_act_and_subject(stage: Stage) -> None:
    await asyncio.gather(stage.text(ADMIN, "/pause"), stage.text(ADMIN, "/quota 11 5"))
    await stage.text(ADMIN, "/quota 11 usual")

    await stage.text(ADMIN, "/audit")

    assert f"<code>{ADMIN}</code> allowed <code>11</code> 5 pictures in 24 hours" in stage.telegram.words(ADMIN)[-1]
    assert "gave <code>11</code> the usual limit" in stage.telegram.words(ADMIN)[-1]
    assert f"<code>{ADMIN}</code> paused intake" in stage.telegram.words(ADMIN)[-1]


def test_whatever_an_admin_can_do_is_put_into_words() -> None:
    sources = [path.read_text() for path in Path(str(jobs.__file__)).parent.glob("*.py")]
    recorded = {
        act
        for source in sources
        for act in re.findall(r'(?:_decide|_switch|_move|_change)\(\s*\w+, "([a-z ]+)"', source)
        + re.findall(r'_put_on_record\(session, by, "([a-z ]+)"', source)
    }

    assert len(recorded) > 12
    assert recorded - {*ACTS, "quota"} == set()


async def test_where_nobody_waits_the_overview_says_so(stage: Stage) -> None:
    await stage.text(ADMIN, "/admin")

    assert "nobody is waiting" in stage.telegram.words(ADMIN)[-1]
    assert "–" not in stage.telegram.words(ADMIN)[-1]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/ban 22", "I take nothing more"),
        ("/unban 22", "they may ask again"),
        ("/quota 22 5", "their limit now"),
        ("/promote 11", "an admin now"),
        ("/demote 22", "no admin any more"),
    ],
)
async def test_a_decision_is_confirmed_above_the_person(stage: Stage, command: str, said: str) -> None:
    await stage.text(ANN, "/start")

    await stage.text(ADMIN, command)

    assert said in stage.telegram.words(ADMIN)[-1].partition("\n\n")[0]
