"""The pages: logging, writing, submitting, assessing, deciding in a browser's words; refusals with every reason."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reqtrack.changes import actions, queries
from reqtrack.interviews import actions as stakeholders
from reqtrack.interviews.queries import people
from tests.changes.conftest import Desk
from tests.support.world import Browser

# The queries and actions behind them are tested on both databases, and the walks open every page on both.
pytestmark = pytest.mark.sqlite

BASE = "/p/CRM/changes"


@pytest.fixture
def pages(desk: Desk) -> Pages:
    return Pages(desk)


class Pages:
    """Browsers by login."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.open = desk, {}

    def browser(self, login: str, **more: Any) -> Browser:
        if login not in self.open:
            self.open[login] = self.desk.world.client(login, **more)
        return self.open[login]

    def get(self, login: str, path: str, status: int = 200) -> str:
        answer = self.browser(login).get(path, buffered=True)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, login: str, path: str, status: int = 303, **fields: Any) -> Any:
        answer = self.browser(login).send(path, fields)
        assert answer.status_code == status, answer.text
        return answer

    def press(self, login: str, key: str, verb: str, status: int = 303, page: str = "", **fields: Any) -> Any:
        """Send a form of a change's page, as the page shows it now or as it was when ``page`` was read."""
        shown = page or self.get(login, f"{BASE}/{key}")
        form = re.split(rf'action="[^"]*/{verb}"', shown)[1].partition("</form>")[0]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        hidden.pop("csrf_token", None)
        return self.send(login, f"{BASE}/{key}/{verb}", status, **{**hidden, **fields})

    def assess(self, login: str, key: str, status: int = 303, seen: str = "", **fields: Any) -> Any:
        """Send the form of an assessment, as the page shows it now or as it was ``seen``."""
        seen = seen or basis(self.get(login, f"{BASE}/{key}"))
        return self.send(login, f"{BASE}/{key}/assessments", status, seen=seen, **fields)


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found.group(1)


def basis(page: str) -> str:
    """What the form of an assessment on a change's page says that it shows."""
    return value(re.split(r'action="[^"]*/assessments"', page)[1], "seen")


def test_a_change_from_the_first_word_to_its_effect(pages: Pages, req: str) -> None:
    page = pages.get("contributor", f"{BASE}/new?item={req}")
    assert page.count(" required") == 2 and f'value="{req}"' in page
    answer = pages.send("contributor", f"{BASE}/new", title="Two levels", reason="Quotes wait.", item=req, next="edit")
    assert answer.location == f"{BASE}/CR-1/items/{req}"
    form = pages.get("contributor", answer.location)
    assert "Three levels approve." in form
    sent = {
        "_fields": "title statement tier", "title": "Quotes are approved", "statement": "Two levels approve.", "tier": "should",
        "seen": value(form, "seen"), "base_version": value(form, "base_version"),
    }  # fmt: skip
    pages.send("contributor", f"{BASE}/CR-1/items/{req}", **sent)
    shown = pages.get("contributor", f"{BASE}/CR-1")
    assert "<del>Three</del>" in shown and "<ins>Two</ins>" in shown
    pages.press("contributor", "CR-1", "submission")
    pages.assess("analyst", "CR-1", likely="0.5", note="One form.")
    shown = pages.get("project_manager", f"{BASE}/CR-1")
    assert "Your decision" in shown and 'type="password"' not in shown
    assert re.search(r'name="tier" value="should" checked', shown)
    assert re.search(r'name="phase" value="Phase 1" checked', shown)
    pages.send(
        "project_manager",
        f"{BASE}/CR-1/decisions",
        outcome="approved",
        tier="should",
        phase="Phase 1",
        seen=value(shown, "seen"),
    )
    assert "In effect" in pages.get("contributor", f"{BASE}/CR-1")
    assert pages.desk.content(req)["statement"] == "Two levels approve."
    assert "CR-1" in pages.get("contributor", BASE)


def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(pages: Pages, req: str) -> None:
    page = pages.send("contributor", f"{BASE}/new", 422, title="", reason="Quotes wait.", item="REQ-99").text
    assert "It needs a title." in page and "Quotes wait." in page and 'value="REQ-99"' in page
    page = pages.send("contributor", f"{BASE}/new", 422, title="T", reason="R", item="REQ-99").text
    assert "There is no REQ-99 in this project." in page
    key = pages.desk.log(affected=[req])
    form = pages.get("contributor", f"{BASE}/{key}/items/{req}")
    sent = {
        "_fields": "title effort_days",
        "title": "",
        "effort_days": "many",
        "base_version": value(form, "base_version"),
    }
    page = pages.send("contributor", f"{BASE}/{key}/items/{req}", 422, **sent).text
    assert "many is not a number." in page and 'value="many"' in page


@pytest.mark.parametrize("role", ["tester", "implementer", "auditor", "sponsor", "outsider"])
def test_who_may_not_log_one(pages: Pages, role: str) -> None:
    status = 404 if role == "outsider" else 403
    pages.get(role, f"{BASE}/new", status)
    pages.send(role, f"{BASE}/new", status, title="T", reason="R")


def test_an_edit_by_somebody_else_meanwhile_shows_both_texts(pages: Pages, req: str) -> None:
    key = pages.desk.log(affected=[req])
    form = pages.get("contributor", f"{BASE}/{key}/items/{req}")
    given = [{"item": req, "field": "statement", "new": "One level approves."}]
    pages.desk.do(key, actions.propose, given, by="analyst")
    sent = {
        "_fields": "title statement", "title": "Quotes are approved", "statement": "Two levels approve.",
        "seen": value(form, "seen"), "base_version": value(form, "base_version"),
    }  # fmt: skip
    page = pages.send("contributor", f"{BASE}/{key}/items/{req}", 409, **sent).text
    assert "One level approves." in page and "Two levels approve." in page
    pages.send(
        "contributor", f"{BASE}/{key}/items/{req}", _fields=value(page, "_fields"), statement="Two levels approve.",
        seen=value(page, "seen"), base_version=value(page, "base_version"),
    )  # fmt: skip
    assert [one.new for one in pages.desk.dossier(key).edits] == ["Two levels approve."]


def test_new_items_links_and_retiring_in_a_change(pages: Pages, req: str) -> None:
    other = pages.desk.world.requirement(title="Margin")
    key = pages.desk.log()
    where = f"{BASE}/{key}"
    assert "Statement" in pages.get("contributor", f"{where}/new/requirement")
    page = pages.send(
        "contributor", f"{where}/new/requirement", 422, _fields="title statement", title="", statement="x"
    ).text
    assert "It needs a title." in page
    pages.send(
        "contributor", f"{where}/new/requirement", _fields="title statement", title="Margin is shown", statement="x"
    )
    edit = pages.desk.dossier(key).edits[0]
    assert "Margin is shown" in pages.get("contributor", f"{where}/edits/{edit.id}")
    pages.send(
        "contributor", f"{where}/edits/{edit.id}", _fields="title tier", title="The margin is shown", tier="must"
    )
    pages.send("contributor", f"{where}/links", item=req, link="depends_on", other=other, how="add")
    pages.send("contributor", f"{where}/items/{other}/retirement")
    shown = pages.get("contributor", where)
    assert "The margin is shown" in shown and "Retired by this" in shown
    for one in pages.desk.dossier(key).edits:
        pages.send("contributor", f"{where}/edits/{one.id}/drop")
    assert pages.desk.dossier(key).edits == []
    pages.send("contributor", f"{where}/items", item=req)
    pages.send("contributor", f"{where}/items/{req}/unpick")
    pages.send("contributor", f"{where}/items", 422, item="")
    pages.get("contributor", f"{where}/new/interview", 404)


def test_small_steps_of_the_history_are_folded(pages: Pages, req: str) -> None:
    key = pages.desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}], assessors=["analyst"])
    pages.desk.submit(key)
    pages.desk.assess(key, 0.5)
    pages.desk.decide(key)
    history = pages.get("contributor", f"{BASE}/{key}").partition('id="timeline"')[2]
    folded = re.findall(r'<details class="rq-fold"><summary>(.*?)</summary>(.*?)</details>', history, re.DOTALL)
    assert [one[0] for one in folded] == ["1 small step", "2 small steps"]
    assert "edited the package" in folded[1][1] and "named who assesses it" in folded[1][1]
    outside = re.sub(r"<details.*?</details>", "", history, flags=re.DOTALL)
    assert all(word in outside for word in ("approved it", "put it into effect", "assessed it", "logged it"))
    assert f'<span class="rq-nowrap">{req}</span>' in outside, "a key does not break"


def test_who_looks_alike_is_offered_once(pages: Pages) -> None:
    with pages.desk.world.write("analyst") as scene:
        for _each in range(3):
            stakeholders.add_stakeholder(
                scene.actor, scene.project, {"department": "Service", "job_role": "Engineer"}, look=False
            )
        numbers = [one.id for one in people(scene.actor, scene.project.id)]
    offered = [value for value, label in asked_for(pages) if value.startswith("stakeholder:")]
    assert offered == [f"stakeholder:{numbers[0]}"]
    # The one that is set already is the one that stays.
    assert f"stakeholder:{numbers[2]}" in dict(asked_for(pages, f"stakeholder:{numbers[2]}"))


def asked_for(pages: Pages, chosen: str = "") -> list[tuple[str, str]]:
    with pages.desk.world.read("analyst") as scene:
        return queries.stakeholders_for_form(scene.actor, scene.project.id, chosen)


def test_items_are_named_by_title_too(pages: Pages, req: str) -> None:
    title = pages.desk.read(req).title
    two = [pages.desk.world.requirement(title="Print it", statement="It prints.") for _each in range(2)]
    given = {"title": "Other words", "reason": "Nobody reads it."}
    refused = pages.send("contributor", f"{BASE}/new", 422, item="Print it", **given).text
    assert "Several are called" in refused and all(one in refused for one in two)
    assert 'value="Print it"' in refused and "Nobody reads it." in refused
    made = pages.send("contributor", f"{BASE}/new", item=title.upper(), next="edit", **given)
    assert made.headers["Location"].endswith(f"/items/{req}")
    where = made.headers["Location"].partition("/items/")[0]
    key = where.rpartition("/")[2]
    assert "Several are called" in pages.send("contributor", f"{where}/items", 422, item="Print it").text
    unknown = pages.send("contributor", f"{where}/items", 422, item="REQ-99", next="edit").text
    assert "There is no REQ-99" in unknown and 'value="REQ-99"' in unknown
    pages.send("contributor", f"{where}/items", item=f"{two[0]}, {title}")
    assert set(pages.desk.dossier(key).items) == {req, two[0]}
    wrong = pages.send(
        "contributor", f"{where}/links", 422, item=title, link="depends_on", other="Print it", how="add"
    ).text
    assert "Several are called" in wrong and f'value="{title}"' in wrong
    wrong = pages.send("contributor", f"{where}/links", 422, item="", link="depends_on", other=two[0], how="add").text
    assert re.search(r'id="f-link-item"[^>]*aria-describedby', wrong)
    pages.send("contributor", f"{where}/links", item=title, link="depends_on", other=two[0], how="add")
    assert [one.op for one in pages.desk.dossier(key).edits] == ["link"]
    alone = pages.desk.world.requirement(title="Stands alone", statement="x")
    assert "No item is called" in pages.send("contributor", f"{where}/touches", 422, item="Stands al one").text
    pages.send("contributor", f"{where}/touches", item="Stands alone")
    assert alone in pages.desk.dossier(key).by_hand


def test_the_password_is_asked_for_above_the_limit_alone(pages: Pages, req: str) -> None:
    key = pages.desk.deciding(likely=3, edits=[{"item": req, "field": "statement", "new": "Two."}])
    pages.browser("business_owner", proved=False)
    shown = pages.get("business_owner", f"{BASE}/{key}")
    assert 'type="password"' in shown and "Approve and sign" in shown
    sent = {"outcome": "approved", "tier": "should", "phase": "Phase 1", "seen": value(shown, "seen")}
    page = pages.send("business_owner", f"{BASE}/{key}/decisions", 403, **sent).text
    assert "give your password" in page
    pages.send("business_owner", f"{BASE}/{key}/decisions", 403, **sent, password="wrong")
    page = pages.send(
        "business_owner", f"{BASE}/{key}/decisions", 403, **{**sent, "outcome": "rejected"}, reason="Too dear for us."
    ).text
    assert "give your password" in page and "Too dear for us." in page
    from tests.support.world import PASSWORD

    pages.send("business_owner", f"{BASE}/{key}/decisions", **sent, password=PASSWORD)
    assert pages.desk.stage(key) == "applied"


def test_a_decision_box_for_who_may_not(pages: Pages, req: str) -> None:
    key = pages.desk.deciding(by="project_manager", edits=[{"item": req, "field": "statement", "new": "Two."}])
    shown = pages.get("project_manager", f"{BASE}/{key}")
    assert "You asked for CR-1, so somebody else decides it." in shown and 'value="approved"' not in shown
    page = pages.send(
        "project_manager", f"{BASE}/{key}/decisions", 403, outcome="approved", tier="should", phase="Phase 1"
    ).text
    assert "You asked for CR-1, so somebody else decides it." in page


def test_in_conflict_the_approve_button_says_why(pages: Pages, req: str) -> None:
    key = pages.desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two."}])
    pages.desk.world_edit(req, statement="Four levels approve.")
    shown = pages.get("project_manager", f"{BASE}/{key}")
    assert "its Statement was changed since CR-1 was written" in shown and "Four" in shown
    assert 'name="outcome" value="approved"' not in shown and 'name="outcome" value="rejected"' in shown
    page = pages.send(
        "project_manager", f"{BASE}/{key}/decisions", 409, outcome="approved", tier="should", phase="Phase 1"
    ).text
    assert "its Statement was changed since CR-1 was written" in page
    page = pages.send("project_manager", f"{BASE}/{key}/decisions", 422, outcome="rejected", tier="should").text
    assert "Say why." in page
    pages.send("project_manager", f"{BASE}/{key}/decisions", outcome="rejected", reason="Settled otherwise.")
    assert "Rejected" in pages.get("contributor", f"{BASE}/{key}")


def test_asking_back_and_answering_on_the_page(pages: Pages, req: str) -> None:
    key = pages.desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two."}])
    pages.send("project_manager", f"{BASE}/{key}/decisions", 422, outcome="question", reason="")
    pages.send(
        "project_manager", f"{BASE}/{key}/decisions", outcome="question", reason="Where does the margin come from?"
    )
    assert "Where does the margin come from?" in pages.get("contributor", f"{BASE}/{key}")
    pages.press("contributor", key, "answers", 422, body="")
    pages.press("contributor", key, "answers", body="From the ERP.")
    pages.send("project_manager", f"{BASE}/{key}/questions", body="Every night?")
    pages.press("contributor", key, "answers", body="Yes.")
    pages.send("project_manager", f"{BASE}/{key}/decisions", outcome="deferred", until="2027-01-11")
    shown = pages.get("contributor", f"{BASE}/{key}")
    assert "2027-01-11" in shown and "From the ERP." in shown
    pages.press("project_manager", key, "resumption")
    pages.press("contributor", key, "withdrawal")
    assert pages.desk.stage(key) == "withdrawn"


def test_confirming_naming_assessors_closing(pages: Pages, req: str) -> None:
    key = pages.desk.log(
        by="project_manager", asked_by="contributor", edits=[{"item": req, "field": "tier", "new": "later"}]
    )
    assert "Is it what you asked for?" in pages.get("contributor", f"{BASE}/{key}")
    pages.press("contributor", key, "confirmation")
    assert "Is it what you asked for?" not in pages.get("contributor", f"{BASE}/{key}")
    pages.send("project_manager", f"{BASE}/{key}/assessors", assessors="implementer")
    pages.press("project_manager", key, "submission")
    page = pages.assess("implementer", key, 422, likely="", note="Two forms.").text
    assert "Say how many person-days it will likely take." in page and "Two forms." in page
    pages.assess("implementer", key, likely="0.5")
    pages.send("project_manager", f"{BASE}/{key}/decisions", outcome="approved", tier="later", phase="Phase 1")
    page = pages.press("project_manager", key, "closing", 422).text
    assert "Say why it is closed all the same." in page
    pages.press("project_manager", key, "closing", reason="Live.")
    assert pages.desk.stage(key) == "closed"


def test_an_outdated_assessment_is_sent_back(pages: Pages, req: str) -> None:
    key = pages.desk.deciding(edits=[{"item": req, "field": "statement", "new": "Two."}])
    pages.desk.world_edit(req, tier="later")
    assert "Ask for a new assessment" in pages.get("project_manager", f"{BASE}/{key}")
    pages.press("project_manager", key, "reassessment")
    assert pages.desk.stage(key) == "assessing"


def test_an_assessment_is_of_what_the_assessor_saw(pages: Pages, req: str) -> None:
    """409 once package or impact moved under the open form; what was typed stands in it, and is taken when sent again."""
    key = pages.desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}])
    pages.desk.submit(key)
    typed = {"likely": "7.5", "worst": "9", "note": "Three forms.", "risk": "The ERP is slow."}
    for move in (
        lambda: pages.desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "must"}], by="contributor"),
        lambda: pages.desk.world_edit(req, phase="Phase 1"),
    ):
        seen = basis(pages.get("analyst", f"{BASE}/{key}"))
        move()
        page = pages.assess("analyst", key, 409, seen, **typed).text
        assert "has moved since you opened it" in page
        for words in ('value="7.5"', 'value="9"', "Three forms.", "The ERP is slow."):
            assert words in page
        assert pages.desk.dossier(key).said == [] and basis(page) != seen
    pages.send("analyst", f"{BASE}/{key}/assessments", 409, **typed)
    pages.assess("analyst", key, seen=basis(page), **typed)
    assert pages.desk.stage(key) == "deciding"


def test_a_stale_page_moves_nothing(pages: Pages, req: str) -> None:
    """Each move is of what its page showed: the package that is handed in or confirmed, the stage it was in, the question."""
    desk = pages.desk
    key = desk.log(
        "project_manager", asked_by="contributor", edits=[{"item": req, "field": "statement", "new": "Two."}]
    )
    draft, mine = (pages.get(login, f"{BASE}/{key}") for login in ("project_manager", "contributor"))
    desk.do(key, actions.propose, [{"item": req, "field": "tier", "new": "must"}], by="analyst")
    page = pages.press("project_manager", key, "submission", 409, draft).text
    assert "was edited since you opened it" in page and desk.stage(key) == "draft"
    pages.press("contributor", key, "confirmation", 409, mine)
    assert not desk.dossier(key).origin.confirmed
    pages.press("contributor", key, "confirmation")
    pages.press("project_manager", key, "submission")
    assessing = pages.get("contributor", f"{BASE}/{key}")
    desk.assess(key, 0.5)
    page = pages.press("contributor", key, "withdrawal", 409, assessing).text
    assert "has moved to another stage meanwhile" in page and desk.stage(key) == "deciding"
    desk.do(key, actions.ask, "Why?", by="business_owner")
    asked = pages.get("contributor", f"{BASE}/{key}")
    desk.do(key, actions.answer, "Because.", by="project_manager")
    desk.do(key, actions.ask, "Since when?", by="business_owner")
    page = pages.press("contributor", key, "answers", 409, asked, body="It is slow.").text
    assert "Since when?" in page and "It is slow." in page and "was asked something else" in page
    pages.press("contributor", key, "answers", body="Since May.")
    # A form that hides what it shows is no better than an old one.
    pages.send("project_manager", f"{BASE}/{key}/withdrawal", 409)
    desk.decide(key, "deferred", by="business_owner", until="the next review")
    pages.send("project_manager", f"{BASE}/{key}/resumption", 409)
    assert desk.stage(key) == "deferred"
    pages.press("project_manager", key, "resumption")
    assert desk.stage(key) == "deciding"


def test_cost_is_for_those_who_may_read_it(pages: Pages, req: str) -> None:
    from decimal import Decimal

    from reqtrack.accounts.actions import change_project

    with pages.desk.world.write("project_manager") as scene:
        change_project(scene.actor, scene.project, {"day_rate": Decimal(1800)})
    key = pages.desk.deciding(
        likely="6.5", edits=[{"item": req, "field": "statement", "new": "Two."}], assessors=["implementer"]
    )
    assert "11,700" in pages.get("business_owner", f"{BASE}/{key}")
    for role in ("implementer", "contributor", "tester"):
        page = pages.get(role, f"{BASE}/{key}")
        assert "6.5" in page and "11,700" not in page and "1,800" not in page


def test_item_pages_lead_to_changes_and_back(pages: Pages, req: str) -> None:
    key = pages.desk.log(edits=[{"item": req, "field": "statement", "new": "Two."}])
    page = pages.get("analyst", f"/p/CRM/i/{req}")
    assert "Open changes" in page and f"{BASE}/{key}" in page
    assert pages.browser("analyst").get(f"/p/CRM/i/{key}").location == f"{BASE}/{key}"
    pages.get("analyst", f"{BASE}/CR-99", 404)
    pages.get("implementer", f"{BASE}/{key}", 404)


def test_board_and_list(pages: Pages, req: str) -> None:
    assert "Nothing is being changed" in pages.get("contributor", BASE)
    edits = [{"item": req, "field": "statement", "new": "Two."}]
    draft = pages.desk.log(title="A draft of mine", edits=edits)
    deciding = pages.desk.deciding(title="To be decided", edits=edits)
    late = pages.desk.deciding(title="Put off", edits=edits)
    pages.desk.decide(late, "deferred", until="the next review")
    page = pages.get("auditor", BASE)
    for words in ("A draft of mine", "To be decided", "Put off", "Deferred until the next review", "contested"):
        assert words in page
    for query, keys in (
        ("view=list", {draft, deciding, late}), ("stage=deciding", {deciding, late}), ("stage=draft", {draft}),
        ("q=decided", {deciding}), ("stage=closed", set()), ("tier=must", set()), ("q=stage:draft", {draft}),
    ):  # fmt: skip
        found = pages.get("auditor", f"{BASE}?{query}")
        assert {key for key in (draft, deciding, late) if f"{BASE}/{key}" in found} == keys


def test_the_list_goes_on_from_page_to_page(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [pages.desk.log(title=f"Change {n}") for n in range(5)]
    monkeypatch.setattr("reqtrack.items.lists.PAGE", 2)
    seen, where = [], f"{BASE}?view=list"
    while where:
        page = pages.get("auditor", where)
        seen += re.findall(r'class="rq-key" href="[^"]*/(CR-\d+)"', page)
        found = re.search(r'href="([^"]*)" rel="next"', page)
        where = found.group(1).replace("&amp;", "&") if found else ""
    assert seen == keys[::-1]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_stage_reads_well_in_both_languages(pages: Pages, req: str, language: str) -> None:
    desk = pages.desk
    table = {"header": ["a"], "rows": [["1"]]}
    edits = [
        {"item": req, "field": "statement", "new": "Two."},
        {"item": req, "field": "phase", "new": "Phase 1"},
        {"new_item": {"kind": "acceptance", "fields": {"title": "A", "then": ["x"], "accepts": [req], "examples": table}}},
    ]  # fmt: skip
    stages = [desk.log(edits=edits), desk.log(), desk.deciding(likely=12, edits=edits)]
    asked = desk.deciding(edits=edits)
    desk.do(asked, actions.ask, "Why?", by="project_manager")
    desk.decide(stages[2], by="sponsor", reason="Yes.")
    browser = desk.world.client("business_owner", language=language)
    for key in (*stages, asked):
        page = browser.get(f"{BASE}/{key}")
        assert page.status_code == 200
        assert f'lang="{"zh-Hans" if language == "zh-CN" else "en"}"' in page.text


def test_what_the_request_says_is_edited_with_both_texts_on_a_conflict(pages: Pages) -> None:
    key = pages.desk.log()
    form = pages.get("contributor", f"{BASE}/{key}/edit")
    assert "Two levels of approval" in form and form.count('name="reason"') == 1
    sent = {"title": "One level", "reason": "Quotes wait.", "asked_by": "", "tier": "must", "phase": "Phase 1"}
    pages.send("contributor", f"{BASE}/{key}/edit", **sent, seen=value(form, "seen"))
    assert pages.desk.content(key)["title"] == "One level" and pages.desk.read(key).tier == "must"
    page = pages.send(
        "contributor", f"{BASE}/{key}/edit", 409, **{**sent, "title": "No level"}, seen=value(form, "seen")
    ).text
    assert "One level" in page and "No level" in page
    pages.send("contributor", f"{BASE}/{key}/edit", title="No level", seen=value(page, "seen"))
    assert pages.desk.content(key)["title"] == "No level"
    page = pages.send("contributor", f"{BASE}/{key}/edit", 422, title="", reason="", seen=3).text
    assert "What is wrong today, and for whom?" in page
    pages.send("contributor", f"{BASE}/{key}/edit", 422, title="x")
    pages.get("tester", f"{BASE}/{key}/edit", 403)


def test_an_implementer_does_not_learn_of_changes_that_are_not_theirs(pages: Pages, req: str) -> None:
    edits = [{"item": req, "field": "statement", "new": "Two."}]
    mine = pages.desk.log(edits=edits, assessors=["implementer"])
    pages.get("implementer", f"{BASE}/{mine}", 404)
    assert f"{BASE}/{mine}" not in pages.get("implementer", BASE)
    pages.desk.submit(mine)
    pages.desk.log(title="A secret of the owner", edits=edits)
    assert "A secret of the owner" in pages.get("contributor", f"{BASE}/{mine}")
    assert "A secret of the owner" not in pages.get("implementer", f"{BASE}/{mine}")
    page = pages.get("implementer", f"/p/CRM/i/{req}")
    assert mine in page and "A secret of the owner" not in page
    # What a phase carries adds up what they may not see.
    assert 'class="rq-cap"' in pages.get("contributor", f"{BASE}/{mine}")
    assert 'class="rq-cap"' not in pages.get("implementer", f"{BASE}/{mine}")
