"""The pages of acceptance: what each shows to whom, what each costs, and that run mode works with plain forms."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest

from tests.acceptance.conftest import Stage
from tests.support.meter import Queries
from tests.support.world import Browser

# The queries and actions behind them are tested on both databases, and the walks open every page on both.
pytestmark = pytest.mark.sqlite

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def get(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(f"/p/CRM{path}")
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def card_action(page: str, at: int = 0) -> str:
    """Where the nth card of a run page is sent."""
    return unescape(re.findall(r'<form class="rq-run-card" method="post" action="([^"]+)"', page)[at])


def test_the_place_teaches_when_it_is_empty(stage: Stage) -> None:
    analyst = stage.world.client("analyst")
    page = get(analyst, "/accept")
    assert "Nothing to accept yet" in page and "/p/CRM/acceptance/new" in page
    stage.world.acceptance(title="Signing in")
    page = get(analyst, "/accept")
    assert "Nothing was tested yet" in page and "/p/CRM/rounds/new" in page
    reader = get(stage.world.client("auditor"), "/accept")
    assert "/p/CRM/rounds/new" not in reader


def test_the_place_shows_rounds_with_their_progress(stage: Stage, phones: str, plain: str, queries: Queries) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "failed", "two customers")
    tester = stage.world.client("tester")
    queries.clear()
    page = get(tester, "/accept")
    assert len(queries) <= 14, len(queries)
    said = text_of(page)
    assert "1 row still to test , 1 failed" in said.replace(", 1", " , 1") or "1 row still to test, 1 failed" in said
    assert "1 failed 1 not tested" in said and "何敏" in said and f"/p/CRM/rounds/{number}/run" in page
    assert "In no round yet 1" in said and plain in said
    assert 'class="rq-c-over"' in page and 'width="50.0%"' in page
    assert f"/rounds/{number}/run" not in get(stage.world.client("auditor"), "/accept")
    # The count beside the place is the tester's own.
    assert re.search(r'href="/p/CRM/accept"[^>]*>.*?<span class="rq-count[^"]*">1</span>', page, re.DOTALL)


def test_a_round_is_planned_on_one_page(stage: Stage, phones: str, plain: str) -> None:
    stage.edit("REQ-1", tier="must", phase="第一阶段")
    manager = stage.world.client("project_manager", language="zh")
    page = get(manager, "/rounds/new?tier=must")
    assert f'value="{phones}" checked' in page and f'value="{plain}"' not in page
    assert 'name="testers" value="tester"' in page and 'value="analyst"' not in page
    fields = {"acceptance": [phones], "testers": ["tester"], "environment": "http://test", "name": ""}
    answer = manager.send("/p/CRM/rounds", fields)
    assert answer.status_code == 303 and answer.location == "/p/CRM/rounds/1"
    page = get(manager, "/rounds/1")
    assert "http://test" in page and "何敏" in page and phones in page
    assert get(stage.world.client("tester"), "/rounds/new", 403)
    assert stage.world.client("tester").send("/p/CRM/rounds", fields).status_code == 403
    refused = manager.send("/p/CRM/rounds", {**fields, "testers": ["business_owner"], "environment": "typed already"})
    assert refused.status_code == 422 and "typed already" in refused.text
    assert f'value="{phones}" checked' in refused.text and f'value="{plain}" checked' not in refused.text


def test_all_that_fits_a_filter_goes_in_although_not_listed(stage: Stage, phones: str, plain: str) -> None:
    stage.edit("REQ-1", tier="must")
    manager = stage.world.client("project_manager")
    manager.send("/p/CRM/rounds", {"all": "1", "tier": "must"})
    manager.send("/p/CRM/rounds", {"all": "1"})
    assert plain not in text_of(get(manager, "/rounds/1")) and phones in get(manager, "/rounds/1")
    assert plain in text_of(get(manager, "/rounds/2"))
    more = get(manager, "/rounds/1/scenarios")
    assert f'value="{plain}"' in more and f'value="{phones}"' not in more
    assert manager.send("/p/CRM/rounds/1/scenarios", {"acceptance": [plain]}).status_code == 303
    assert plain in text_of(get(manager, "/rounds/1"))
    assert manager.send("/p/CRM/rounds/1/scenarios", {"remove": [phones]}).status_code == 303
    assert phones not in text_of(get(manager, "/rounds/1"))


def test_a_round_is_edited_and_closed(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    manager = stage.world.client("project_manager")
    page = get(manager, f"/rounds/{number}/edit")
    assert 'name="seen" value="1"' in page and 'value="tester" checked' in page
    fields = {"name": "East", "environment": "x", "testers": ["tester"], "seen": "1"}
    assert manager.send(f"/p/CRM/rounds/{number}/edit", fields).status_code == 303
    stale = manager.send(f"/p/CRM/rounds/{number}/edit", {**fields, "name": "West"})
    assert stale.status_code == 409 and "it is now version 2" in stale.text
    assert "Nothing was tested in RND-1 yet." in get(manager, f"/rounds/{number}")
    stage.record(number, phones, 0, "failed", "two customers")
    page = get(manager, f"/rounds/{number}")
    assert "Why, although 1 row is left" in page and "two customers" in page
    closing = f"/p/CRM/rounds/{number}/closing"
    assert manager.send(closing, {"reason": ""}).status_code == 422
    assert stage.world.client("tester").send(closing, {"reason": "x"}).status_code == 403
    assert manager.send(closing, {"reason": "the pilot waits", "seen": "3"}).status_code == 303
    page = get(manager, f"/rounds/{number}")
    assert "the pilot waits" in page and "closed by 周岚" in page.lower()
    assert "/edit" not in re.sub(r'href="/p/CRM/i/[^"]*"', "", page)
    assert "is closed" in text_of(get(stage.world.client("tester"), f"/rounds/{number}/run"))


def test_a_round_page_costs_the_same_for_few_and_many(stage: Stage, phones: str, queries: Queries) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "failed", "no")
    manager = stage.world.client("project_manager")
    queries.clear()
    get(manager, f"/rounds/{number}")
    few = len(queries)
    for at in range(12):
        key = stage.world.acceptance(title=f"More {at}")
        stage.change(number, add=[key])
        stage.record(number, key, None, "blocked", "no account")
    queries.clear()
    page = get(manager, f"/rounds/{number}")
    assert len(queries) == few <= 14, few
    assert page.count("no account") == 12


def test_run_mode_shows_the_row_with_its_data_in_the_steps(stage: Stage, phones: str, queries: Queries) -> None:
    number = stage.round(phones, environment="http://test, account t1")
    tester = stage.world.client("tester")
    queries.clear()
    page = get(tester, f"/rounds/{number}/run")
    assert len(queries) <= 14, len(queries)
    said = text_of(page)
    assert "http://test, account t1" in said and "1 of 2" in said and "Recorded as 何敏" in said
    assert (
        "I enter 138 1234 5678" in said and "13812345678 is shown" in said and "And no second customer is made" in said
    )
    assert page.count('class="rq-run-card"') == 2 and "Row 2 of 2" in said
    assert get(tester, f"/rounds/{number}/run?at={phones}.1").count('class="rq-run-card"') == 2
    assert "rq-side" not in page


def test_run_mode_goes_on_by_itself_with_plain_forms(stage: Stage, phones: str, plain: str, queries: Queries) -> None:
    number = stage.round(phones, plain)
    tester = stage.world.client("tester")
    page = get(tester, f"/rounds/{number}/run")
    queries.clear()
    answer = tester.send(
        card_action(page), {"acceptance": phones, "row": "0", "verdict": "passed", "mark": ["", "", "", ""]}
    )
    assert len(queries) <= 20, len(queries)
    assert answer.status_code == 303 and f"at={phones}.1" in answer.location
    page = tester.get(answer.location).text
    assert f"{phones} · Row 1 Passed Recorded as 何敏 Correct it" in text_of(page) and "2 of 3" in text_of(page)
    # Another verdict without a note is asked again, with what was marked.
    asked = tester.send(
        card_action(page), {"acceptance": phones, "row": "1", "verdict": "failed", "mark": ["passed", "failed"]}
    )
    assert asked.status_code == 422 and "Say what you saw." in asked.text and "Record: Failed" in asked.text
    assert asked.text.count('name="mark"') == 2
    action = unescape(re.findall(r'action="([^"]+/results[^"]*)"', asked.text)[0])
    fields = {
        "acceptance": phones,
        "row": "1",
        "verdict": "failed",
        "note": "two customers",
        "mark": ["passed", "failed"],
    }
    answer = tester.send(action, {**fields, "photo": (BytesIO(PNG), "shot.png")})
    assert answer.status_code == 303 and f"at={plain}" in answer.location
    page = tester.get(answer.location).text
    answer = tester.send(
        card_action(page), {"acceptance": plain, "verdict": "blocked", "note": "an account", "whom": "IT"}
    )
    assert answer.status_code == 303
    done = text_of(tester.get(answer.location).text)
    assert "Everything in 第 1 轮验收 is tested" in done and f"{plain} Blocked" in done
    assert stage.status(phones)["rows"] == {0: "passed", 1: "failed"} and stage.status(plain)["status"] == "blocked"
    shown = text_of(get(tester, f"/i/{phones}"))
    assert "two customers" in shown and "shot.png" in shown
    # Correcting is recording again.
    page = get(tester, f"/rounds/{number}/run?at={phones}.1")
    assert "two customers" in page
    tester.send(card_action(page), {"acceptance": phones, "row": "1", "verdict": "passed"})
    assert stage.status(phones)["status"] == "passed"


def test_a_double_click_and_a_second_sending_count_once(stage: Stage, plain: str) -> None:
    number = stage.round(plain)
    tester = stage.world.client("tester")
    action = card_action(get(tester, f"/rounds/{number}/run"))
    fields = {"acceptance": plain, "verdict": "passed"}
    assert [tester.send(action, fields).status_code for _ in range(2)] == [303, 303]
    assert len(stage.panel(plain)["rounds"][0]["results"]) == 1
    # A second thought on the same card is a second result.
    assert tester.send(action, {**fields, "verdict": "failed", "note": "no"}).status_code == 303
    assert stage.status(plain)["status"] == "failed"
    # The script sends each with a key of its own and wants no page back.
    for _ in range(2):
        answer = tester.send(action, fields, headers={"Idempotency-Key": "a-b-c"})
        assert (answer.status_code, answer.text) == (204, "")
    assert len(stage.panel(plain)["rounds"][0]["results"]) == 3
    refused = tester.send(action, {"acceptance": plain, "verdict": "skipped"}, headers={"Idempotency-Key": "d"})
    assert refused.status_code == 422 and re.search(r"data-problem>.*Say what you saw", refused.text, re.DOTALL)


def test_a_stale_tab_is_told_what_changed(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    tester = stage.world.client("tester")
    action = card_action(get(tester, f"/rounds/{number}/run"))
    stage.edit("REQ-1", statement="Phones are kept as they were typed.")
    stage.edit(phones, then=["<kept as> is shown", "a second customer is made"])
    fields = {"acceptance": phones, "row": "0", "verdict": "passed", "note": "typed"}
    answer = tester.send(action, fields)
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert (
        f"{phones} was changed after you opened it" in said and "REQ-1 Statement" in said and f"{phones} Then" in said
    )
    assert "<ins>" in answer.text and "<del>" in answer.text and "typed</textarea>" in answer.text
    assert stage.status(phones)["status"] == "untested"
    action = unescape(re.findall(r'action="([^"]+/results[^"]*)"', answer.text)[0])
    assert tester.send(action, fields).status_code == 303
    assert stage.status(phones)["rows"][0] == "passed"
    stage.edit("REQ-1", statement="Phones are kept in one form again.")
    again = text_of(get(tester, f"/rounds/{number}/run?at={phones}.0"))
    assert "The text changed since it was tested" in again and "REQ-1 Statement" in again and "Stale" in again


def test_who_is_not_a_tester_of_the_round_cannot_run_it(stage: Stage, phones: str) -> None:
    stage.world.member("second", "tester", name="Second")
    number = stage.round(phones)
    page = get(stage.world.client("second"), f"/rounds/{number}/run", 403)
    assert "RND-1 names its testers, and you are not one of them." in unescape(page)
    for login in ("project_manager", "auditor", "implementer"):
        get(stage.world.client(login), f"/rounds/{number}/run", 403)
    get(stage.world.client("outsider"), f"/rounds/{number}/run", 404)
    get(stage.world.client("tester"), "/rounds/9/run", 404)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_items_show_their_results(stage: Stage, phones: str, language: str, queries: Queries) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "two customers")
    tester = stage.world.client("tester", language=language)
    page = get(tester, "/i/REQ-1")
    assert 'id="acceptance"' in page and "1 / 2" in text_of(page) and f"/rounds/{number}/run?at={phones}" in page
    page = get(tester, f"/i/{phones}")
    assert 'id="results"' in page and "two customers" in page and f"/p/CRM/rounds/{number}" in page
    assert "/p/CRM/acceptance/new?accepts=REQ-1" in get(stage.world.client("analyst"), "/i/REQ-1")
    for key in ("REQ-1", phones):
        before = len(queries)
        stage.panel(key)
        # Who asks, the item, and one for the panel.
        assert len([one for one in queries[before:] if "round_scenarios" in one]) == 1


def test_lists_show_statuses_at_constant_cost(stage: Stage, phones: str, queries: Queries) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "failed", "no")
    analyst = stage.world.client("analyst")
    costs = {}
    for path in ("/acceptance", "/requirements"):
        queries.clear()
        page = get(analyst, path)
        costs[path] = len(queries)
        assert "Failed" in page
    for at in range(6):
        stage.world.acceptance(title=f"More {at}", accepts=["REQ-1"])
    for path, cost in costs.items():
        queries.clear()
        get(analyst, path)
        assert len(queries) == cost <= 6, path


def test_the_page_of_a_result_tells_all_of_it(stage: Stage, phones: str, queries: Queries) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 0, "blocked", "no region East 2", missing_from="Wu Hao")
    tester = stage.world.client("tester")
    queries.clear()
    page = get(tester, "/results/2")
    assert len(queries) <= 16, len(queries)
    said = text_of(page)
    assert "no region East 2" in said and "Who can bring it: Wu Hao" in said and "138 1234 5678" in said
    assert "Other results of this row 1" in said
    assert "/p/CRM/results/2" in get(tester, f"/rounds/{number}") and "/p/CRM/results/2" in get(tester, f"/i/{phones}")
    assert "a later one counts" in text_of(get(tester, "/results/1"))
    get(tester, "/results/9", 404)


def test_a_result_is_revoked_from_its_page(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "failed", "the wrong window")
    tester = stage.world.client("tester")
    refused = tester.send("/p/CRM/results/1/revocation", {"reason": " "})
    assert refused.status_code == 422 and "Say why it does not count." in unescape(refused.text)
    done = tester.send("/p/CRM/results/1/revocation", {"reason": "I looked at the old system"})
    assert done.status_code == 303
    said = text_of(get(tester, "/results/1"))
    assert "Revoked by 何敏" in said and "I looked at the old system" in said
    assert "revoked" in text_of(get(tester, f"/i/{phones}"))
    assert stage.status(phones)["rows"][0] == "untested"
    owner = stage.world.client("business_owner")
    assert owner.send("/p/CRM/results/1/revocation", {"reason": "no"}).status_code == 403


def test_a_stale_pass_is_let_stand_in_run_mode(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(number, phones, 0, "passed")
    stage.edit(phones, then=["One customer is shown, with its owner"])
    tester = stage.world.client("tester")
    page = get(tester, f"/rounds/{number}/run?at={phones}.0")
    assert 'value="affirmed"' in page.partition("</form>")[0]
    sent = {"acceptance": phones, "row": "0", "verdict": "affirmed", "note": ""}
    again = tester.send(card_action(page), sent)
    assert again.status_code == 422 and "Say why it still holds." in unescape(again.text)
    done = tester.send(card_action(page), {**sent, "note": "only a word changed"})
    assert done.status_code == 303
    assert stage.status(phones)["rows"][0] == "passed"
    assert "affirmed, not re-run" in text_of(get(tester, f"/rounds/{number}"))
    said = text_of(get(tester, "/results/2"))
    assert "Nothing was run again" in said and "What was run: result 1" in said
    # A row that failed is not let stand.
    stage.record(number, phones, 1, "failed", "two customers")
    stage.edit(phones, then=["One customer is shown"])
    cards = get(tester, f"/rounds/{number}/run?at={phones}.1")
    assert 'value="affirmed"' not in cards.partition("</form>")[0]
