import httpx
import pytest

from playground.config import PlaygroundConfig
from playground.errors import WrongConfig
from tests.playground.helpers import Running, running

TEXT = {"text": "hello"}


async def test_posts_need_the_header(playground: Running) -> None:
    async with httpx.AsyncClient(base_url=playground.url) as stranger:
        answer = await stranger.post("/person/ada/text", json=TEXT)

    assert answer.status_code == 403


async def test_foreign_origins_are_refused_on_both_sides(playground: Running) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", playground.url.replace("http", "https")):
        foreign = {"Origin": origin}
        answers = [
            await playground.http.post("/person/ada/text", json=TEXT, headers=foreign),
            await playground.http.post(f"/bot{playground.token}/getMe", headers=foreign),
        ]

        assert [answer.status_code for answer in answers] == [403, 403]


async def test_the_pages_own_origin_is_welcome(playground: Running) -> None:
    answer = await playground.http.post("/person/ada/text", json=TEXT, headers={"Origin": playground.url})

    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "evil.example:{port}", "[::1]:{port}"])
async def test_other_host_names_are_refused(playground: Running, host: str) -> None:
    port = playground.url.rpartition(":")[2]

    answer = await playground.http.get("/", headers={"Host": host.format(port=port)})

    assert answer.status_code == 403


async def test_localhost_with_the_port_is_welcome(playground: Running) -> None:
    port = playground.url.rpartition(":")[2]

    answer = await playground.http.get("/", headers={"Host": f"localhost:{port}"})

    assert answer.status_code == 200


async def test_a_foreign_page_cannot_call_by_an_image(playground: Running) -> None:
    answer = await playground.http.get(f"/bot{playground.token}/getMe", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


async def test_the_page_may_run_only_its_own_scripts(playground: Running) -> None:
    policy = (await playground.http.get("/")).headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_other_addresses_need_a_key() -> None:
    with pytest.raises(WrongConfig):
        PlaygroundConfig(host="0.0.0.0")


async def test_with_a_key_every_request_must_show_it() -> None:
    async with running(key="secret") as playground:
        http = playground.http
        refused = [
            await http.get("/"),
            await http.get("/", params={"key": "wrong"}),
            await http.get("/static/page.js"),
            await http.get("/person/ada/chat"),
            await http.post(f"/bot{playground.token}/getMe"),
            await http.post(f"/k/wrong/bot{playground.token}/getMe"),
            await http.get("/k/secret/person/ada/chat"),
        ]
        welcome = [
            await http.get("/person/ada/chat", headers={"X-Playground-Key": "secret"}),
            await http.post(f"/k/secret/bot{playground.token}/getMe"),
        ]
        opened = await http.get("/", params={"key": "secret"})
        page = await http.get("/")

    assert {answer.status_code for answer in refused} == {401}
    assert {answer.status_code for answer in welcome} == {200}
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    assert "httponly" in opened.headers["set-cookie"].lower()
    assert page.status_code == 200
