"""The pages of reviews: plain forms, refusals with a sentence, nothing typed is lost; in the browser on a phone and by keyboard."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.reviews import actions, queries
from reqtrack.reviews.models import AgendaLine
from tests.reviews.conftest import Table
from tests.support.browser import overflow, sign_in, violations
from tests.support.world import PASSWORD

PLAN = {
    "name": "Weekly",
    "planned_on": "2026-12-01",
    "begins": "10:00",
    "minutes": "60",
    "place": "Room 1",
    "weeks": "2",
}


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def test_a_review_goes_its_way_by_plain_forms(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    client = table.world.client("project_manager")
    assert "No review is planned" in client.get("/p/CRM/reviews").text
    wrong = client.send("/p/CRM/reviews/new", {**PLAN, "begins": "late", "name": "My own name"})
    assert wrong.status_code == 422 and "such as 14:30" in wrong.text and "My own name" in wrong.text
    assert client.send("/p/CRM/reviews/new", {**PLAN, "weeks": "x"}).status_code == 422
    sent = client.send("/p/CRM/reviews/new", {**PLAN, "people": "business_owner"})
    assert sent.status_code == 303 and sent.location.endswith("/p/CRM/reviews/REV-1")
    page = client.get("/p/CRM/reviews/REV-1").text
    assert one in page and "Deciding" in page and "Close the review" in page
    assert "every 2 weeks" in client.get("/p/CRM/reviews").text
    line = table.line("REV-1", one)
    at = f"/p/CRM/reviews/REV-1/lines/{line}"
    wrong = client.send(f"{at}/outcome", {"outcome": "rejected", "note": "", "seen": "1"})
    assert wrong.status_code == 422 and "Say why." in wrong.text
    wrong = client.send(f"{at}/outcome", {"outcome": "noted", "note": "What I typed", "seen": "7"})
    assert wrong.status_code == 409 and "What I typed" in wrong.text
    assert client.send(f"{at}/outcome", {"outcome": "approved", "seen": "1"}).status_code == 303
    said = client.get("/p/CRM/reviews/REV-1").text.split('class="rq-agenda-line"')[1]
    told = re.sub(r"<[^>]*>", " ", said.partition("<details")[0])
    assert "said at the review: approve (to be confirmed)" in told and "Approved" not in told
    assert client.send("/p/CRM/reviews/REV-1/lines", {"item": "nothing"}).status_code == 422
    assert client.send("/p/CRM/reviews/REV-1/lines", {"item": req}).status_code == 303
    assert client.send(f"{at}/place", {"place": "2"}).status_code == 303
    version = table.read("REV-1").version
    held = client.send(
        "/p/CRM/reviews/REV-1/holding", {"people": "project_manager", "note": "Short.", "seen": str(version)}
    )
    assert held.status_code == 303
    page = client.get("/p/CRM/reviews/REV-1").text
    assert "said at the review: approve (to be confirmed)" in page and "Approved" not in page
    assert "Confirm what was said" in page and "Short." in page
    confirm = client.get("/p/CRM/reviews/REV-1/confirmation").text
    seen = re.search(rf'name="line:{one}" value="(\w+)"', confirm)
    assert seen is not None
    assert client.send("/p/CRM/reviews/REV-1/confirmation", {f"line:{one}": seen[1]}).status_code == 303
    assert table.desk.stage(one) == "applied"
    assert "in force" in client.get("/p/CRM/reviews/REV-1").text
    again = client.send("/p/CRM/reviews/REV-1/confirmation", {f"line:{one}": seen[1]})
    assert again.status_code == 403 and "waits for your word" in again.text


def test_above_the_limit_the_password_is_asked_for(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req), likely=5)
    key = table.plan()
    table.say(key, one, "approved")
    table.do(key, actions.hold, [])
    with clock.at(datetime.now(UTC) + timedelta(hours=1)):
        client = table.world.client("business_owner")
    with clock.at(datetime.now(UTC) + timedelta(hours=2)):
        page = client.get(f"/p/CRM/reviews/{key}/confirmation").text
        seen = {f"line:{one}": table.desk.dossier(one).package_print[:16]}
        assert 'name="password"' in page
        refused = client.send(f"/p/CRM/reviews/{key}/confirmation", seen)
        assert refused.status_code == 403 and table.desk.stage(one) == "deciding"
        assert client.send(f"/p/CRM/reviews/{key}/confirmation", {**seen, "password": PASSWORD}).status_code == 303
    assert table.desk.stage(one) == "applied"


def test_the_changes_stand_first_and_the_rest_is_folded(table: Table, req: str) -> None:
    one, two = (table.desk.deciding(edits=edits(req, new)) for new in ("Two levels.", "One."))
    key, client = table.plan(), table.world.client("project_manager")
    by_hand = table.world.requirement(title="Put on by hand", statement="x")
    client.send(f"/p/CRM/reviews/{key}/lines", {"item": by_hand})
    with table.world.write("project_manager") as scene:
        review = queries.review_for(scene.actor, scene.project.id, key)
        more = {"project_id": scene.project.id, "review_id": review.id, "outcome": "", "note": "", "package_print": ""}
        with recorded(scene.actor, scene.project.id, "review.filled", key):
            for place, subject in ((1, "check:role_not_heard"), (2, req)):
                db.session.add(AgendaLine(position=place, subject=subject, why="carried", **more))
    order = [subject for subject, _why, _outcome in table.agenda(key) if not subject.startswith("check:")]
    assert order == [one, two, by_hand, req], "positions count within a group alone"
    page = client.get(f"/p/CRM/reviews/{key}").text
    seen, folded = page.split('<details class="rq-fold rq-agenda-more">', 1)
    assert by_hand in seen and f'id="line-{table.line(key, req)}"' in folded
    assert re.search(r'Items to look at again <span class="rq-count">1<', folded)
    assert "Things to keep an eye on" in folded and f'data-sort="{len(order) - 1}"' in folded
    # Down goes one place down in the whole.
    client.send(f"/p/CRM/reviews/{key}/lines/{table.line(key, one)}/place", {"place": "2"})
    assert [subject for subject, _why, _outcome in table.agenda(key)][:3] == [two, one, by_hand]
    # What was said of a folded line opens its group, and in the minutes it stands with the rest of what was said.
    table.say(key, req, "noted", "Looked at.")
    page = client.get(f"/p/CRM/reviews/{key}").text
    assert '<details class="rq-fold rq-agenda-more" open>' in page
    table.do(key, actions.hold, [])
    minutes = client.get(f"/p/CRM/reviews/{key}").text.split('<details class="rq-fold rq-agenda-more"', 1)[0]
    assert "Looked at." in minutes
    api = client.get(f"/api/v1/projects/CRM/reviews/{key}").get_json()["agenda"]
    assert [line["place"] for line in api] == list(range(1, len(api) + 1))


@pytest.mark.sqlite  # a date in a form
def test_a_review_is_proposed_on_a_working_day(table: Table) -> None:
    def proposed(day: datetime) -> str:
        with clock.at(day):
            shown = table.world.client("project_manager").get("/p/CRM/reviews/new").text
        return str(re.search(r'name="planned_on"[^>]*value="([^"]*)"', shown)[1])  # type: ignore[index]

    assert proposed(datetime(2026, 11, 25, 4, tzinfo=UTC)) == "2026-12-02"
    # In a week it is a Sunday; and that Monday nobody works.
    assert proposed(datetime(2026, 11, 29, 4, tzinfo=UTC)) == "2026-12-07"
    with (
        table.world.write("project_manager") as scene,
        recorded(scene.actor, scene.project.id, "project.changed", "CRM"),
    ):
        db.session.get_one(Project, scene.project.id).calendar = {"off": ["2026-12-07"], "on": []}
    assert proposed(datetime(2026, 11, 29, 4, tzinfo=UTC)) == "2026-12-08"


@pytest.mark.sqlite  # words for what other tests bring about on both
def test_a_confirmation_with_nothing_in_it_says_why(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    key, empty, off = table.plan(), table.plan(), table.plan()

    def told(which: str, by: str = "project_manager") -> str:
        return str(table.world.client(by).get(f"/p/CRM/reviews/{which}/confirmation").text)

    assert "was not held yet" in told(key)
    table.do(off, actions.cancel)
    assert "was cancelled" in told(off)
    table.do(empty, actions.hold, [])
    assert "Nothing was decided at this review" in told(empty)
    table.say(key, one, "rejected", "No.")
    table.do(key, actions.hold, [])
    assert "each line says why" in told(key, "tester") and "Confirm it" in told(key)
    table.desk.decide(one, "rejected", reason="No.")
    assert "Nothing waits any more" in told(key)


def test_my_work_leads_there(table: Table, req: str) -> None:
    one = table.desk.deciding(edits=edits(req))
    key = table.plan()
    table.say(key, one, "rejected", "No.")
    table.do(key, actions.hold, [])
    page = table.world.client("project_manager").get("/").text
    assert f"/p/CRM/reviews/{key}/confirmation" in page
    # The change stands still until it is confirmed: others wait for that.
    assert page.index("Others wait for it") < page.index(f"/p/CRM/reviews/{key}/confirmation")
    assert "When you come to it" not in page


def test_held_by_keyboard_on_a_desktop(table: Table, req: str, en_desktop: Any) -> None:
    one, two = table.desk.deciding(edits=edits(req)), table.desk.deciding(edits=edits(req, "One."))
    page = en_desktop
    sign_in(page, "project_manager")
    page.goto("/p/CRM/reviews/new")
    assert violations(page) == []
    page.get_by_label("Name").fill("Weekly")
    page.get_by_label("Name").press("Enter")
    page.get_by_role("heading", name="Weekly").wait_for()
    assert violations(page) == [] and overflow(page) <= 0
    line = page.locator(".rq-agenda-line").filter(has_text=one)
    line.locator("summary").press("Enter")
    line.get_by_role("textbox").fill("It pays.")
    line.get_by_role("button", name="Approved").press("Enter")
    page.locator(".rq-agenda-line").filter(has_text="It pays.").wait_for()
    # The same by dragging and by the button beside.
    page.locator(".rq-agenda-line").filter(has_text=two).drag_to(page.locator(".rq-agenda-line").first)
    page.locator(".rq-agenda-line").first.filter(has_text=two).wait_for()
    page.locator(".rq-agenda-line").first.get_by_role("button", name="Down").press("Enter")
    page.locator(".rq-agenda-line").first.filter(has_text=one).wait_for()
    page.get_by_text("Close the review").press("Enter")
    page.get_by_role("button", name="It was held").press("Enter")
    page.get_by_role("link", name="Confirm what was said").click()
    page.get_by_role("button", name="Confirm it").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Confirm it").press("Enter")
    page.get_by_text("in force").wait_for()
    assert table.desk.stage(one) == "applied"


def test_confirmed_on_a_phone(table: Table, req: str, zh_phone: Any) -> None:
    one = table.desk.deciding(edits=edits(req))
    key = table.plan()
    table.say(key, one, "rejected", "太贵。")
    table.do(key, actions.hold, [])
    page = zh_phone
    sign_in(page, "project_manager")
    page.goto(f"/p/CRM/reviews/{key}")
    assert violations(page) == [] and overflow(page) <= 0
    page.goto("/")
    page.locator(f"a.btn[href$='{key}/confirmation']").click()
    assert overflow(page) <= 0
    page.locator("form[action$=confirmation] button[type=submit]").click()
    page.wait_for_url(f"**/reviews/{key}")
    assert table.desk.stage(one) == "rejected"


def test_what_is_not_so_is_left_out_and_decided_on_its_page(table: Table, req: str) -> None:
    one, two = table.desk.deciding(edits=edits(req)), table.desk.deciding(edits=edits(req, "One."))
    key = table.plan()
    for change in (one, two):
        table.say(key, change, "rejected", "Too dear.")
    table.do(key, actions.hold, [])
    client = table.desk.world.client("project_manager")
    page = client.get(f"/p/CRM/reviews/{key}/confirmation").text
    seen = dict(re.findall(r'name="line:(CR-\d+)" value="([^"]+)" checked', page))
    assert sorted(seen) == [one, two] and page.count("Not so: decide it on its page") == 2
    assert f"/p/CRM/changes/{two}#decide" in page
    assert client.send(f"/p/CRM/reviews/{key}/confirmation", {f"line:{one}": seen[one]}).status_code == 303
    assert (table.desk.stage(one), table.desk.stage(two)) == ("rejected", "deciding")
