import json
from typing import Any

import pytest

from tests.playground.helpers import Running, a_picture, running

ADA = 1001


@pytest.mark.parametrize("token", ["4242", "4242:short", "x4242:AAtestAAtestAAtestAAtestAAtestAAtes"])
async def test_a_token_of_another_shape_is_unauthorised(playground: Running, token: str) -> None:
    answer = await playground.call("getMe", token=token)

    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


async def test_an_unknown_method_is_not_found(playground: Running) -> None:
    assert await playground.refusal("sendHologram") == "Not Found"


async def test_upper_and_lower_case_of_methods_do_not_matter(playground: Running) -> None:
    assert (await playground.result("GETME"))["id"] == playground.bot_id


async def test_the_same_call_in_every_encoding(playground: Running) -> None:
    path, values = f"/bot{playground.token}/sendMessage", {"chat_id": str(ADA), "text": "hello"}

    answers = [
        await playground.http.get(path, params=values),
        await playground.http.post(path, params=values),
        await playground.http.post(path, json=values),
        await playground.http.post(path, data=values),
        await playground.http.post(path, files={name: (None, value) for name, value in values.items()}),
    ]

    assert [answer.json()["result"]["text"] for answer in answers] == ["hello"] * len(answers)


async def test_a_broken_body_is_refused(playground: Running) -> None:
    path, kind = f"/bot{playground.token}/sendMessage", {"Content-Type": "application/json"}

    answers = [await playground.http.post(path, content=body, headers=kind) for body in ("{", "[]")]

    assert [answer.status_code for answer in answers] == [400, 400]


HALF = r"a\ud800b"
KEYBOARD = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("sendMessage", {"text": HALF}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": HALF, "callback_data": "x"}]]}}),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": HALF}]]}}),
        ("sendMessage", {"text": "x", "parse_mode": HALF}),
        ("sendPhoto", {"photo": "x", "caption": HALF}),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x", "caption": HALF}] * 2}),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": HALF}),
        ("setMyCommands", {"commands": [{"command": "x", "description": HALF}]}),
        ("setMyCommands", {"commands": [], "language_code": HALF}),
        ("setWebhook", {"url": HALF}),
        (HALF, {}),
    ],
)
async def test_half_a_surrogate_pair_is_refused_everywhere(
    playground: Running, method: str, parameters: dict[str, Any]
) -> None:
    body = json.dumps({"chat_id": ADA, **parameters}).replace("\\\\", "\\")
    headers = {"Content-Type": "application/json"}

    answer = await playground.http.post(f"/bot{playground.token}/{method}", content=body, headers=headers)

    assert answer.status_code in {400, 404}


async def test_half_a_surrogate_pair_in_a_form_is_refused(playground: Running) -> None:
    reason = await playground.refusal(
        "sendPhoto",
        chat_id=ADA,
        reply_markup=json.dumps(KEYBOARD).replace("x", HALF),
        files={"photo": a_picture()},
    )

    assert reason == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize("body", ['{"chat_id": NaN, "text": "x"}', "[" * 100_000], ids=["nan", "deep"])
async def test_what_json_does_not_know_is_refused(playground: Running, body: str) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await playground.http.post(f"/bot{playground.token}/sendMessage", content=body, headers=headers)

    assert answer.status_code == 400


async def test_structures_in_forms_are_json_text(playground: Running) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}

    sent = await playground.result(
        "sendPhoto", chat_id=ADA, reply_markup=json.dumps(keyboard), files={"photo": a_picture()}
    )

    assert sent["reply_markup"] == keyboard


async def test_more_than_50_mb_are_too_large(playground: Running) -> None:
    answer = await playground.call("sendDocument", chat_id=ADA, files={"document": b"x" * (50 * 1024 * 1024 + 1)})

    assert (answer.status_code, answer.json()["description"]) == (413, "Request Entity Too Large")


async def test_every_call_is_logged_without_its_token(playground: Running) -> None:
    await playground.result("sendMessage", chat_id=ADA, text="hello")
    await playground.refusal("sendMessage", chat_id=5, text="hello")

    answer = await playground.http.get("/calls")
    *_, sent, refused = answer.json()["calls"]
    assert (sent["method"], sent["chat"], sent["outcome"]) == ("sendMessage", "1001", "ok")
    assert (refused["bot"], refused["outcome"]) == (playground.bot_id, "400 Bad Request: chat not found")
    assert playground.token.partition(":")[2] not in answer.text


async def test_lenient_playgrounds_ignore_unknown_parameters() -> None:
    async with running(lenient=True) as lenient:
        await lenient.says("/start")

        sent = await lenient.result("sendMessage", chat_id=ADA, text="hello", caht=1)

    assert sent["text"] == "hello"
