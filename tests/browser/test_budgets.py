"""How little each job takes, measured in the browser from where it begins: pages, required fields, clicks beside typing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect
from sqlalchemy import update

from reqtrack import clock
from reqtrack.acceptance import actions as acceptance
from reqtrack.accounts.models import SignIn
from reqtrack.baselines import actions as baselines
from reqtrack.baselines import queries as prepared
from reqtrack.db import db
from reqtrack.signoff import actions as signoffs
from reqtrack.signoff.queries import signoff_for
from tests.browser.opening import marked
from tests.browser.test_newcomer import required
from tests.browser.texts import EN
from tests.browser.walker import Walker
from tests.changes.conftest import Desk
from tests.feedback.conftest import made_link
from tests.support.browser import EN_DESKTOP, ZH_PHONE, Device, Windows
from tests.support.world import PASSWORD, World

P = "/p/CRM"
MOST_CLICKS_TO_SIGN = 3
DEVICES = pytest.mark.parametrize(
    "device", [pytest.param(ZH_PHONE, id="zh-390"), pytest.param(EN_DESKTOP, id="en-1280", marks=pytest.mark.full)]
)


@dataclass
class Job:
    """One person at one job: what is pressed is counted, and so are the pages that come up until it is done."""

    page: Page
    clicks: int = 0
    pages: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if request.is_navigation_request() and request.redirected_from is None:
            self.pages.append(f"{request.method} {request.url.split('#')[0]}")

    def click(self, target: str, leads: bool = False) -> None:
        """Press once; ``leads``: to another page."""
        self.clicks += 1
        found = self.page.locator(target).locator("visible=true").first
        if not leads:
            found.click()
            return
        with self.page.expect_navigation():
            found.click()

    def forms(self) -> int:
        """Pages worked on: what was got, each address once; what a form is sent to shows the result."""
        return len({one for one in self.pages if one.startswith("GET")})


@pytest.fixture
def at_work(windows: Windows, world: World) -> Callable[..., Walker]:
    """Somebody of the cast, signed in at a device."""

    def open_(login: str, device: Device) -> Walker:
        return Walker(windows.open(device), login, device.locale[:2], strict=False).sign_in(drawn=False)

    return open_


def assessed_change(world: World, days: str) -> str:
    """A change of a must item that waits for its decision."""
    world.requirement(
        title="Phones", statement="Any phone is taken.", tier="must", phase="第一阶段", owner="analyst", effort_days=2
    )
    return Desk(world).deciding(likely=days, affected=["REQ-1"])


def unproved(world: World, login: str) -> None:
    """More than ten minutes have passed since somebody gave the password."""
    with world.write() as _:
        db.session.execute(
            update(SignIn)
            .where(SignIn.user_id == world.people[login].id)
            .values(proved_at=clock.now() - timedelta(hours=1)),
            execution_options={"spine": True},
        )


@DEVICES
def test_a_change_is_logged(world: World, at_work: Callable[..., Walker], device: Device) -> None:
    world.cast()
    li = at_work("contributor", device)
    li.goto(f"{P}/")
    job = Job(li.page)
    job.click("[data-create] summary")
    job.click('[data-create] a[href$="/changes/new"]', leads=True)
    assert required(li) == 2
    li.fill(title="Two fields", reason="Nobody knows more at once.")
    job.click('form[action$="/changes/new"] button[type=submit]', leads=True)
    assert li.page.url.endswith("/CR-1")
    assert job.forms() == 1 and job.clicks <= 4


@DEVICES
def test_feedback_is_sent_by_a_link(windows: Windows, world: World, device: Device) -> None:
    world.cast()
    page = windows.open(device)
    job = Job(page)
    page.goto(made_link(world).path)
    assert page.locator("main [required]").count() == 1
    job.click("[name=said]")
    page.keyboard.insert_text("It is slow.")
    job.click("main button[type=submit]", leads=True)
    assert "/r/" in page.url
    assert job.forms() == 1 and job.clicks <= 2


@DEVICES
def test_words_become_a_scenario_and_a_requirement(
    world: World, at_work: Callable[..., Walker], device: Device
) -> None:
    world.cast()
    world.item("interview", "analyst", title="A day", notes=EN.notes, interviewer="analyst")
    lin = at_work("analyst", device)
    lin.goto(f"{P}/interview/INT-1")
    job = Job(lin.page)
    for name, quote in (("scenario", EN.quotes[0]), ("requirement", EN.quotes[1])):
        marked(lin, quote)
        job.clicks += 1  # the selection
        job.click(f'[data-quote-to="q-{name}"]')
        assert required(lin) <= 2  # the words themselves are filled in
        job.click(f"#q-{name} button[type=submit]", leads=True)
    for key in ("SCN-1", "REQ-1"):
        expect(lin.page.locator(f'#made a[href$="/i/{key}"]').first).to_be_visible()
    assert "/interview/INT-1" in lin.page.url
    assert job.forms() == 0 and job.clicks <= 6


@DEVICES
def test_a_change_is_decided_from_its_link(world: World, at_work: Callable[..., Walker], device: Device) -> None:
    world.cast()
    key = assessed_change(world, "2")
    chen = at_work("business_owner", device)
    job = Job(chen.page)
    chen.goto(f"{P}/changes/{key}")
    assert required(chen) == 0
    job.click('form[action$="/decisions"] button[value=approved]', leads=True)
    expect(chen.page.locator('form[action$="/decisions"]')).to_have_count(0)
    assert job.forms() == 1 and job.clicks <= 3


@DEVICES
def test_rejecting_takes_a_reason(world: World, at_work: Callable[..., Walker], device: Device) -> None:
    world.cast()
    key = assessed_change(world, "2")
    chen = at_work("business_owner", device)
    job = Job(chen.page)
    chen.goto(f"{P}/changes/{key}")
    form = 'form[action$="/decisions"]'
    job.click(f"{form} details > summary")
    chen.page.locator(f"{form} [name=reason]").locator("visible=true").fill("Not now")
    job.click(f"{form} button[value=rejected]", leads=True)
    expect(chen.page.locator(form)).to_have_count(0)
    assert "Not now" in chen.text()
    assert job.forms() == 1 and job.clicks <= 3


@DEVICES
def test_a_result_takes_one_tap_and_a_failure_four(
    world: World, at_work: Callable[..., Walker], device: Device, tmp_path: Path
) -> None:
    world.cast()
    for _ in range(2):
        world.acceptance(title="Phones", given=["A customer"], when=["I enter it again"], then=["It is found"])
    with world.write("project_manager") as scene:
        acceptance.create_round(scene.actor, scene.project, "", ["ACC-1", "ACC-2"], ("tester",))
    photo = tmp_path / "seen.png"
    Image.new("RGB", (40, 30), "red").save(photo)
    he = at_work("tester", device)
    job = Job(he.page)
    he.goto(f"{P}/rounds/1/run")
    card = he.page.locator("[data-run-card]:visible")
    expect(card).to_have_count(1)
    first = card.locator("[name=acceptance]").get_attribute("value")
    job.click("[data-run-card] button[value=passed]")
    assert (job.forms(), job.clicks) == (1, 1)
    expect(card).to_have_count(1)
    assert card.locator("[name=acceptance]").get_attribute("value") != first, "the next one is there"
    job.click("[data-run-card] button[value=failed]")
    card.locator("[name=note]").fill("Two customers came up")
    with he.page.expect_file_chooser() as chooser:
        job.click("[data-run-card] [name=photo]")
    chooser.value.set_files(photo)
    job.click("[data-run-card] button[value=failed]")
    expect(he.page.locator("[data-run-done]")).to_be_visible()
    assert job.forms() == 1 and job.clicks - 1 <= 4
    he.press("[data-run-done] a")  # leaving sends it
    for _ in range(50):
        if "Two customers came up" in he.text():
            break
        time.sleep(0.2)
        he.goto(f"{P}/rounds/1")
    assert "Two customers came up" in he.text()
    he.goto(f"{P}/i/{'ACC-2' if first == 'ACC-1' else 'ACC-1'}")
    assert "seen.jpg" in (he.page.locator("#results").text_content() or "")


@DEVICES
def test_a_scope_is_signed(world: World, at_work: Callable[..., Walker], device: Device) -> None:
    world.cast()
    world.requirement(title="Phones", statement="Any phone is taken.")
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1", prepared.prepare(scene.project.id))
    with world.write("project_manager") as scene:
        signoffs.request(scene.actor, scene.project, "BL-1", "I approve this scope", ["business_owner"])
    chen = at_work("business_owner", device)
    unproved(world, "business_owner")
    # From their work, as the mail that asks for it leads there, too: one page with one proof, and it is told as signed.
    chen.goto("/")
    job = Job(chen.page)
    job.click('[data-item] a[href$="/signoffs/1"]', leads=True)
    assert required(chen) == 0
    signing = "form:has(button[value=signed])"
    assert chen.page.locator(f"{signing} [name=password]").locator("visible=true").count() == 1
    chen.fill(signing, password=PASSWORD)
    job.click("form button[value=signed]", leads=True)
    expect(chen.page.locator("form button[value=signed]")).to_have_count(0)
    with world.read("business_owner") as scene:
        assert signoff_for(scene.actor, scene.project.id, 1).state == "signed"
    assert job.forms() == 1 and job.clicks <= MOST_CLICKS_TO_SIGN


@DEVICES
def test_a_sheet_comes_in(world: World, at_work: Callable[..., Walker], device: Device) -> None:
    world.cast()
    lin = at_work("analyst", device)
    lin.goto(f"{P}/")
    job = Job(lin.page)
    job.click('.rq-first a[href$="/import/new"]', leads=True)
    assert required(lin) == 0
    lin.fill(text=EN.sheet(10))
    job.click('form[action$="/import/new"] button[type=submit]', leads=True)
    job.click('form[action$="/import/1/items"] button', leads=True)
    expect(lin.page.locator("main a.rq-key")).to_have_count(10)
    assert len(job.pages) <= 4 and job.clicks <= 5


@pytest.mark.parametrize(("typed", "place"), [("req2", "/i/REQ-2"), ("签到", "/i/REQ-1"), ("phones", "/i/REQ-2")])
def test_anything_is_found_without_a_page(world: World, at_work: Callable[..., Walker], typed: str, place: str) -> None:
    world.cast()
    world.requirement(title="现场签到", statement="外勤到达后在手机上签到。")
    world.requirement(title="One spelling of phones")
    he = at_work("tester", EN_DESKTOP)
    he.goto(f"{P}/")
    job = Job(he.page)
    he.page.keyboard.press("Control+k")
    with he.page.expect_response(lambda answer: "q=" in answer.url and not answer.url.endswith("q=")):
        he.page.keyboard.type(typed)
    expect(he.page.locator("#rq-palette [role=option]").first).to_be_visible()
    with he.page.expect_navigation():
        he.page.keyboard.press("Enter")
    assert he.page.url.endswith(place)
    assert job.forms() == 1 and job.clicks == 0  # the only page is what was looked for
