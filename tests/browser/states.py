"""States of pages that no address leads to: refused, in conflict, called up, empty, before sign-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.architecture.prepared import Prepared
from tests.browser.eye import Eye

# Sent by the form itself, which asks neither the browser nor a script whether it is complete.
SEND = """([form, values]) => {
    const sent = document.querySelector(form);
    for (const [name, value] of Object.entries(values)) {
        const fields = [...sent.querySelectorAll(`[name="${name}"]`)];
        for (const one of fields) if (["checkbox", "radio"].includes(one.type)) one.checked = one.value === value; else one.value = value;
    }
    HTMLFormElement.prototype.submit.call(sent);
}"""


@dataclass(frozen=True)
class Sent:
    """A form of a page, sent with other values than a person could, and the status that must come back."""

    name: str
    page: str
    form: str
    status: int
    values: tuple[tuple[str, str], ...] = ()
    login: str = "polymath"


def sent_forms(made: Prepared) -> list[Sent]:
    """Refusals and conflicts of each sort, and answers that are shown once."""
    join = f"/join/{made.secrets['join']}"
    return [
        Sent("requirement without a title", "/p/CRM/requirements/new", "main form", 422, (("title", ""),)),
        Sent("requirement of fewer days than none", "/p/CRM/requirements/new", "main form", 422, (("title", "x"), ("effort_days", "-3"))),
        Sent("interview without a title", "/p/CRM/interviews/new", "main form", 422, (("title", ""),)),
        Sent("change without a reason", "/p/CRM/changes/new", "main form", 422),
        Sent("project without a name", "/projects/new", "main form", 422),
        Sent("round without scenarios", "/p/CRM/rounds/new", "main form[action$='/rounds']", 200, (("acceptance", "none"),)),
        Sent("sheet without rows", "/p/CRM/import/new", "main form", 422),
        Sent("stakeholder without a name", "/p/CRM/stakeholders", "main form[action$='/stakeholders']", 422),
        Sent("settings that do not fit", "/p/CRM/settings", "main form[action$='/settings']", 422, (("day_rate", "-5"),)),
        Sent("requirement that moved", "/p/CRM/i/REQ-3/edit", "main form", 409, (("seen", "0"), ("title", "Mine"))),
        Sent("change that moved", "/p/CRM/changes/CR-1/edit", "main form", 409, (("seen", "0"), ("title", "Mine"))),
        Sent("settings that moved", "/p/CRM/settings", "main form[action$='/settings']", 409, (("seen", "0"), ("name", "Mine"))),
        Sent("wrong password", "/sign-in", "main form", 403, (("login", "nobody"), ("password", "wrong")), ""),
        Sent("joining with a short password", join, "main form", 422, (("login", "new"), ("password", "1")), ""),
        Sent("password asked again", "/account", "main form[action$='/tokens']", 403, (("name", "script"),), "unproved"),
        Sent("token", "/account", "main form[action$='/tokens']", 201, (("name", "script"),)),
        Sent("invitation", "/p/CRM/settings", "main form[action$='/invitations']", 201, (("roles", "tester"), ("name", "Nina"))),
        Sent("account", "/users", "main form[method=post][action$='/users']", 201, (("login", "nina.{called}"), ("name", "Nina"))),
    ]  # fmt: skip


def send(eye: Eye, state: Sent) -> None:
    """Bring a page into such a state, and look."""
    page = eye.page
    page.goto(state.page)
    with page.expect_navigation() as waited:
        values = {name: value.replace("{called}", eye.called) for name, value in state.values}
        page.evaluate(SEND, [state.form, values])
    answer = waited.value
    if answer is None or answer.status != state.status:
        eye.complaints.append(f"{state.name}: answered {answer and answer.status}, not {state.status}")
    eye.look(f"{state.status} {state.name}")


def palette(eye: Eye) -> None:
    """The palette, with hits, and with none."""
    page = eye.page
    page.goto("/p/CRM/scope")
    page.keyboard.press("Control+k")
    eye.floating("palette", "#rq-palette")
    page.keyboard.type("log")
    page.locator("#rq-palette [aria-selected=true]").wait_for()
    eye.floating("palette with hits", "#rq-palette")
    page.locator("#rq-palette input").fill("quixotic")
    page.locator("#rq-palette [aria-selected=true]").wait_for(state="detached")
    eye.floating("palette without hits", "#rq-palette")


def menus(eye: Eye) -> None:
    """Every menu of the frame, and of a page with moves."""
    page = eye.page
    for path in ("/p/CRM/i/REQ-3", "/p/CRM/changes"):
        page.goto(path)
        for at in range(page.locator("details[data-menu] > summary:visible").count()):
            page.locator("details[data-menu] > summary:visible").nth(at).click()
            eye.floating(f"menu {at} of {path}", "details[data-menu][open]")
            page.keyboard.press("Escape")


def running(eye: Eye) -> None:
    """Run mode: at work, a failure without a note, undone, blocked."""
    page = eye.page
    page.goto("/p/CRM/rounds/2/run")
    eye.look("run")
    page.goto("/p/CRM/rounds/2/run")
    page.locator("[data-run-tick]:visible").first.click()
    page.locator("button[value=failed]:visible").click()
    page.locator("[data-run-error]:visible").wait_for()
    eye.look("run, a failure without a note")
    page.goto("/p/CRM/rounds/2/run")
    page.locator("button[value=blocked]:visible").click()
    eye.look("run, blocked")
    page.goto("/p/CRM/rounds/2/run")
    page.locator("button[value=passed]:visible").click()
    page.locator(".rq-toast").wait_for()
    eye.look("run, passed and can be undone")
    page.locator(".rq-toast button").first.click()  # nothing is recorded: others look at this round, too


def refused(eye: Eye) -> None:
    """What is not there."""
    eye.page.goto("/p/CRM/i/REQ-999")
    eye.look("404")
    eye.page.goto("/join/abcdefghijklmnop")
    eye.look("404 of a link")
    eye.page.goto("/v/000000000000")
    eye.look("a code that nobody signed")


CALLED_UP: tuple[Callable[[Eye], None], ...] = (palette, menus, running, refused)


def kept_out(page: Page, eye: Eye) -> None:
    """Pages that are not for a tester."""
    for path in ("/users", "/p/OPS/", "/p/CRM/import/new"):
        page.goto(path)
        eye.look(f"403 or 404 {path}")
