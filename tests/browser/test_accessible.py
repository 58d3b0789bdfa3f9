"""axe finds no violation on any page, and none is wider than its window: in both themes, widths and languages.

Pages are those of the app's own list of routes, on a world that has something everywhere; and on a project that has nothing.
In Chinese on a phone in light colours, and in English on a desktop in dark ones, here; all combinations, and states and empty
places in all of them, in ``make check-all``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import abort

from reqtrack.accounts.links import set_up_secret
from reqtrack.items.kinds import KINDS
from reqtrack.permissions import ANYBODY, ROLES
from reqtrack.web.area import Area
from tests.architecture.conftest import planted, planted_house, sqlite_shared  # noqa: F401 - fixtures
from tests.architecture.prepared import Prepared
from tests.architecture.samples import Stop, alike, stops
from tests.architecture.test_walks import UNREACHED
from tests.architecture.walks import Answer, walk_of
from tests.browser import states
from tests.browser.eye import Eye
from tests.support import apps
from tests.support.browser import DEVICES, EN_DESKTOP, ZH_PHONE, Device, Windows
from tests.support.databases import SqliteFiles
from tests.support.servers import Server, serve

EVERY = [
    pytest.param(device, theme, id=f"{device.name}-{theme}", marks=pytest.mark.full)
    for device in DEVICES
    for theme in ("light", "dark")
]
COMBINATIONS = [
    pytest.param(
        device,
        theme,
        id=f"{device.name}-{theme}",
        marks=() if (device, theme) == (ZH_PHONE, "light") else pytest.mark.full,
    )
    for device in DEVICES
    for theme in ("light", "dark")
]
EMPTY = "NEW"


def places_of(made: Prepared, project: str = "CRM") -> list[Stop]:
    """Every GET route of ours with every sample, whoever makes pages of them."""
    return [stop for stop in stops(made, project=project) if not stop.is_api and stop.endpoint != "static"]


def answers_of(made: Prepared, thrifty: bool = False, rules: str = "/") -> list[Answer]:
    """What they answer (those whose rule begins so). The ``thrifty`` ask no further once there is a page of a route (of pages of
    items: of a kind), but for what is open to anybody."""
    places = [stop for stop in places_of(made) if stop.rule.startswith(rules)]
    if not thrifty:
        return walk_of(made, "polymath", [(stop, stop.url) for stop in places])
    samples = defaultdict(list)
    for stop in places:
        samples[_of_one(stop)].append(stop)
    answers: list[Answer] = []
    while samples:
        found = walk_of(made, "polymath", [(stop, stop.url) for stop in (some.pop(0) for some in samples.values())])
        answers += found
        done = {_of_one(answer.stop) for answer in pages_of(found)}
        samples = {kind: some for kind, some in samples.items() if some and kind not in done}
    return answers


def _of_one(stop: Stop) -> str:
    return stop.url if stop.route.permission == ANYBODY else alike(stop)


def missed(answers: list[Answer]) -> list[str]:
    """Routes of which no sample led to a page (or a file, or elsewhere)."""
    found = defaultdict(set)
    for answer in answers:
        found[answer.stop.rule].add(answer.status)
    return [rule for rule, statuses in found.items() if not statuses & {200, 302, 303} and rule not in UNREACHED]


def pages_of(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.status == 200 and answer.mimetype == "text/html"]


@pytest.fixture(scope="session")
def served_house(sqlite_shared: Prepared) -> Iterator[tuple[Prepared, Server]]:  # noqa: F811
    """The prepared world, with a project in which nothing is yet, served."""
    world = sqlite_shared.world
    world.project(EMPTY, "Empty for now")
    world.member("polymath", *ROLES, project=EMPTY)
    world.member("starter", "analyst", project=EMPTY, name="Stella Starter")
    with serve(sqlite_shared.app) as server:
        yield sqlite_shared, server


@contextmanager
def looking(
    browser: Any,
    url: str,
    device: Device,
    theme: str,
    made: Prepared | None = None,
    login: str = "",
    proved: bool = True,
    thrifty: bool = False,
) -> Iterator[Eye]:
    """An eye of somebody, signed in by their cookie; what it and the browser complain of fails the test."""
    windows = Windows(browser, url)
    eye = Eye(windows.open(device, theme), f"{device.name}-{theme}", thrifty)
    if made is not None and login:
        cookie = made.world.client(login, proved=proved).get_cookie("reqtrack")
        assert cookie is not None
        eye.page.context.add_cookies([{"name": "reqtrack", "value": cookie.value, "url": url}])
    yield eye
    windows.close()
    assert not eye.complaints + windows.complaints, "\n".join(eye.complaints + windows.complaints)


def walk_pages(browser: Any, house: tuple[Prepared, Server], device: Device, theme: str, thrifty: bool) -> None:
    """Look at every page as somebody who may see all; at those that are open to anybody also as a stranger.

    The ``thrifty`` open one page of each route, of pages of items one of each kind, and measure colours where something is
    new: states have their own test.
    """
    made, server = house
    answers = answers_of(made, thrifty=thrifty)
    assert missed(answers) == [], "no sample of tests/architecture/samples.py leads to these"
    # The gallery has its own test in each combination (tests/frontend/test_in_browser.py).
    # A page that goes on by itself is gone before it can be looked at.
    pages = [
        answer
        for answer in pages_of(answers)
        if answer.stop.endpoint != "site.gallery" and "data-onward" not in answer.text
    ]
    seen: set[str] = set()
    with looking(browser, server.url, device, theme, made, "polymath", thrifty=thrifty) as eye:
        for answer in pages:
            kind = alike(answer.stop)
            if thrifty and kind in seen:
                continue
            eye.page.goto(answer.url)
            eye.look(answer.url)
            seen.add(kind)
    assert eye.looked > 60 and len(seen) > 40
    with looking(browser, server.url, device, theme) as eye:
        for answer in pages:
            if answer.stop.route.permission == ANYBODY:
                eye.page.goto(answer.url)
                eye.look(f"{answer.url} as a stranger")
    assert eye.looked > 3


@pytest.mark.browser
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("device", "theme"),
    [
        pytest.param(ZH_PHONE, "light", id="zh_phone-light"),
        pytest.param(EN_DESKTOP, "dark", id="en_desktop-dark", marks=pytest.mark.full),
    ],
)
def test_every_page(browser: Any, served_house: tuple[Prepared, Server], device: Device, theme: str) -> None:
    walk_pages(browser, served_house, device, theme, thrifty=True)


@pytest.mark.browser
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("device", "theme"), EVERY)
def test_every_page_in_full(browser: Any, served_house: tuple[Prepared, Server], device: Device, theme: str) -> None:
    walk_pages(browser, served_house, device, theme, thrifty=False)


def _of_the_project_alone(stop: Stop) -> bool:
    """Whether it is a page of a project, or a list in it. Forms of new items are as in the full one."""
    arguments = set(stop.arguments) - {"project"}
    within = "project" in stop.arguments and arguments <= {"plural"}
    return within and not (arguments and stop.rule.endswith("/new"))


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("device", "theme"), EVERY)
def test_every_page_of_an_empty_project(
    browser: Any, served_house: tuple[Prepared, Server], device: Device, theme: str
) -> None:
    made, server = served_house
    with looking(browser, server.url, device, theme, made, "polymath") as eye:
        wanted = [(stop, stop.url) for stop in places_of(made, EMPTY) if _of_the_project_alone(stop)]
        for answer in pages_of(walk_of(made, "polymath", wanted)):
            eye.page.goto(answer.url)
            eye.look(answer.url)
        assert eye.looked > 10 + len(KINDS)
    with looking(browser, server.url, device, theme, made, "starter") as eye:
        for path in ("/", "/projects", f"/p/{EMPTY}/"):
            eye.page.goto(path)
            eye.look(f"{path} as a starter")


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("device", "theme"), COMBINATIONS)
def test_every_state(browser: Any, served_house: tuple[Prepared, Server], device: Device, theme: str) -> None:
    made, server = served_house
    forms = states.sent_forms(made)
    here = (device, theme) == (ZH_PHONE, "light")
    with looking(browser, server.url, device, theme, made, "polymath", thrifty=here) as eye:
        for act in states.CALLED_UP:
            act(eye)
        for state in forms:
            if state.login == "polymath":
                states.send(eye, state)
    with looking(browser, server.url, device, theme) as eye:
        for state in forms:
            if not state.login:
                states.send(eye, state)
    with looking(browser, server.url, device, theme, made, "polymath", proved=False) as eye:
        for state in forms:
            if state.login == "unproved":
                states.send(eye, state)
    with looking(browser, server.url, device, theme, made, "tester") as eye:
        states.kept_out(eye.page, eye)


@pytest.mark.browser
@pytest.mark.parametrize(("device", "theme"), COMBINATIONS)
def test_an_empty_site(
    browser: Any, sqlite_files: SqliteFiles, tmp_path_factory: pytest.TempPathFactory, device: Device, theme: str
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    app = apps.make(sqlite_files.copied(folder).url, folder)
    with serve(app) as server, looking(browser, server.url, device, theme) as eye:
        for path in ("/", f"/set-up/{set_up_secret(app)}"):
            eye.page.goto(path)
            eye.look(path)
        states.send(eye, states.Sent("first account without a name", path, "main form", 422))
    apps.close(app)


# -- what would be noticed ---------------------------------------------------------------------------------------------

SOUND = "<!doctype html><html lang=en><title>x</title><body><main><h1>x</h1>{}</main></body></html>"
PLANTS = {
    "as it stands": ("<img src=/static/favicon.svg>", "image-alt"),
    "too wide": ("<pre>" + "wide " * 900 + "</pre>", "too wide"),
    "folded": ("<details><summary>more</summary><img src=/static/favicon.svg></details>", "image-alt"),
    "wide when unfolded": ("<details><summary>more</summary><pre>" + "wide " * 900 + "</pre></details>", "too wide"),
    "in a dialog": ("<dialog id=d aria-label=d><label>y<input></label><input></dialog>", "label"),
    "too pale": ("<link rel=stylesheet href=/static/css/tokens.css><font color=#cccccc>pale</font>", "color-contrast"),
    "in the frame": ("<aside class=rq-side><img src=/static/favicon.svg></aside>", "image-alt"),
}


@pytest.fixture
def plants(planted_house: Callable[[Area], Prepared]) -> Iterator[tuple[Prepared, Server]]:  # noqa: F811
    """Pages that are not sound, among the others."""
    area = Area("planted", __name__)

    @area.page("/planted/<int:number>", ANYBODY)
    def one(number: int) -> str:
        return SOUND.format(list(PLANTS.values())[number][0])

    @area.page("/planted/of/<thing>", ANYBODY)
    def of(thing: str) -> Any:
        abort(404)

    made = planted_house(area)
    with serve(made.app) as server:
        yield made, server


@pytest.mark.browser
@pytest.mark.parametrize("thrifty", [False, True])
def test_a_violation_is_noticed_wherever_it_is(browser: Any, plants: tuple[Prepared, Server], thrifty: bool) -> None:
    eye = Eye(Windows(browser, plants[1].url).open(EN_DESKTOP), thrifty=thrifty)
    for number, (name, (_, rule)) in enumerate(PLANTS.items()):
        eye.page.goto(f"/planted/{number}")
        before = len(eye.complaints)
        eye.look(name)
        found = eye.complaints[before:]
        assert found and all(rule in one for one in found), (name, found)
    eye.page.set_content(SOUND.format("sound"))
    before = len(eye.complaints)
    eye.look("sound")
    assert eye.complaints[before:] == []
    eye.page.context.close()


def test_a_page_without_a_sample_is_noticed(plants: tuple[Prepared, Server]) -> None:
    answers = answers_of(plants[0], thrifty=True, rules="/planted/")
    assert missed(answers) == ["/planted/of/<thing>"]
    assert "/planted/<int:number>" in {answer.stop.rule for answer in pages_of(answers)}
