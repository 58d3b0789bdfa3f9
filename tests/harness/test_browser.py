"""Windows notice what goes wrong in them. A small app of its own, so that it can go wrong on purpose."""

import pytest
from flask import Flask, Response

from tests.support.browser import DEVICES, EN_DESKTOP, ZH_PHONE, Windows, overflow, violations
from tests.support.servers import listening

PAGE = '<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>T</title></head>'


@pytest.fixture(scope="module")
def url():
    app = Flask(__name__)
    bodies = {
        "good": "<body><main><h1>你好</h1></main></body>",
        "inline": "<body><h1>x</h1><script>document.title = 'ran'</script></body>",
        "throws": "<body><h1>x</h1><script src=/throws.js></script></body>",
        "elsewhere": "<body><h1>x</h1><img alt=x src=http://elsewhere.invalid/x.png></body>",
        "lost": "<body><h1>x</h1><link rel=stylesheet href=/static/lost.css></body>",
        "grey": '<body><main><h1>x</h1><p><a href="/good"></a></p></main></body>',
        "wide": "<body><h1>x</h1><pre>" + "wide" * 500 + "</pre></body>",
    }

    @app.get("/<name>")
    def page(name: str) -> Response:
        answer = Response(PAGE + bodies[name] + "</html>", mimetype="text/html")
        answer.headers["Content-Security-Policy"] = "default-src 'self'; img-src *"
        return answer

    app.add_url_rule(
        "/throws.js",
        view_func=lambda: Response("throw new Error('on purpose')", mimetype="text/javascript"),
        endpoint="js",
    )
    app.add_url_rule("/favicon.ico", view_func=lambda: ("", 204), endpoint="icon")
    app.add_url_rule("/broken", view_func=lambda: ("<h1>broken</h1>", 500), endpoint="broken")
    app.add_url_rule("/refused", view_func=lambda: (PAGE + "<body><h1>no</h1></body></html>", 409), endpoint="refused")
    with listening(app, threads=2) as address:
        yield address


@pytest.fixture
def own_windows(browser, url):
    opened = Windows(browser, url)
    yield opened
    opened.close()


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
def test_a_window_has_the_size_and_the_language_of_its_device(own_windows, device):
    page = own_windows.open(device)
    page.goto("/good")
    assert page.evaluate("[innerWidth, innerHeight, navigator.language, matchMedia('(pointer: coarse)').matches]") == [
        device.width, device.height, device.locale, device.phone,
    ]  # fmt: skip
    assert own_windows.complaints == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("inline", "Content Security Policy"),
        ("throws", "on purpose"),
        ("elsewhere", "asked elsewhere: http://elsewhere.invalid/x.png"),
        ("lost", "/static/lost.css → 404"),
        ("broken", "/broken → 500"),
    ],
)
def test_what_goes_wrong_is_noticed(own_windows, path, said):
    page = own_windows.open(EN_DESKTOP)
    page.goto(f"/{path}")
    page.wait_for_load_state("networkidle")
    assert said in "\n".join(own_windows.complaints)


def test_a_refusal_is_an_answer_not_a_complaint(own_windows):
    page = own_windows.open(EN_DESKTOP)
    assert page.goto("/refused").status == 409
    page.wait_for_load_state("networkidle")
    assert own_windows.complaints == []


def test_axe_and_the_overflow_are_measured(own_windows):
    page = own_windows.open(ZH_PHONE)
    page.goto("/good")
    assert (violations(page), overflow(page)) == ([], 0)
    page.goto("/grey")
    assert any(line.startswith("link-name:") for line in violations(page))
    page.goto("/wide")
    assert overflow(page) > 1000


def test_windows_keep_their_cookies_apart_and_can_be_pictured(own_windows, tmp_path):
    first, second = own_windows.open(), own_windows.open(theme="dark")
    for page in (first, second):
        page.goto("/good")
    first.context.add_cookies([{"name": "who", "value": "anna", "url": first.url}])
    assert second.context.cookies() == []
    assert second.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is True
    taken = own_windows.pictures(tmp_path / "pictures", "x")
    assert [path.read_bytes()[:4] for path in taken] == [b"\x89PNG"] * 2
