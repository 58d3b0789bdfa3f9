"""The pages of defects, and the API: what a failed result offers whom, the board, the round for what is mended."""

from __future__ import annotations

from html import unescape
from io import BytesIO

import pytest

from reqtrack.feedback import actions as feedback
from tests.acceptance.conftest import Stage
from tests.acceptance.test_defects import at, moved, raised, read
from tests.acceptance.test_pages import PNG, card_action, get, text_of
from tests.support.world import Browser

pytestmark = pytest.mark.sqlite


def token(browser: Browser) -> dict[str, str]:
    return {"X-CSRFToken": browser.token()}


def test_a_failed_result_offers_what_becomes_of_it(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    failed = stage.record(number, phones, 0, "failed", "the blank stayed")
    passed = stage.record(number, phones, 1, "passed")
    tester = stage.world.client("tester")
    said = text_of(get(tester, f"/results/{failed}"))
    assert f"{phones} failed. What becomes of it?" in said and "Raise a defect" in said
    assert (
        "Environment or data: blocked" in said and "The requirement should change" not in said and "waiver" not in said
    )
    assert "What becomes of it" not in get(tester, f"/results/{passed}")
    analyst = get(stage.world.client("analyst"), f"/results/{failed}")
    assert "/p/CRM/changes/new?item=REQ-1&amp;title=Two+ways" in analyst and "reason=the+blank+stayed" in analyst
    assert "Environment or data" not in analyst
    auditor = get(stage.world.client("auditor"), f"/results/{failed}")
    assert "Raise a defect" not in auditor and "What becomes of it" in auditor


def test_one_press_raises_it_with_the_photo(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    tester = stage.world.client("tester")
    page = get(tester, f"/rounds/{number}/run?at={phones}.0")
    fields = {"acceptance": phones, "row": "0", "verdict": "failed", "note": "the blank stayed", "csrf_token": tester.token(),
              "mark": ["", "passed", "failed", ""], "photo": (BytesIO(PNG), "screen.png")}  # fmt: skip
    answer = tester.post(card_action(page), data=fields, content_type="multipart/form-data")
    assert answer.status_code == 303
    shown = tester.get(answer.location).text
    assert "What becomes of it?" in shown and f"at={phones}.1" in answer.location
    made = tester.send("/p/CRM/results/1/defect", {"back": "run"})
    assert made.status_code == 303 and made.location.endswith(f"/rounds/{number}/run?at={phones}.1")
    assert "BUG-1 is raised." in tester.get(made.location).text
    defect = get(tester, "/i/BUG-1")
    assert "13812345678 is shown" in defect and "the blank stayed" in defect and "screen.png" in defect
    assert "Result 1" in defect and "Who mends it" in defect
    # The scenario says so, too; and the result leads to it.
    assert "BUG-1" in get(tester, f"/i/{phones}") and "Told in:" in get(tester, "/results/1")
    assert "BUG-1" in get(stage.world.client("implementer"), "/i/BUG-1")


def test_the_script_of_run_mode_is_told_what_to_do(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    tester = stage.world.client("tester")
    for row, verdict, status in (("0", "failed", 200), ("1", "passed", 204)):
        fields = {"acceptance": phones, "row": row, "verdict": verdict, "note": "no"}
        answer = tester.send(f"/p/CRM/rounds/{number}/results", fields, headers={"Idempotency-Key": f"k{row}"})
        assert answer.status_code == status
        assert ("/p/CRM/results/1/defect" in answer.text) is (verdict == "failed")
        # It stands over the next row, so it says which one it is about.
        assert (f"{phones}, row 1 failed" in answer.text) is (verdict == "failed")


def test_looked_at_first_it_is_raised_as_it_was_typed(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    failed = stage.record(number, phones, 0, "failed", "no")
    tester = stage.world.client("tester")
    typed = {"title": "Blank kept", "observed": "x", "expected": "y", "severity": "blocking", "assignee": "implementer",
             "due_on": "2026-13-40"}  # fmt: skip
    bad = tester.send(f"/p/CRM/results/{failed}/defect", typed)
    assert bad.status_code == 422 and "Look at it first" in bad.text
    made = tester.send(f"/p/CRM/results/{failed}/defect", {**typed, "due_on": "2026-12-01"})
    assert made.location.endswith("/i/BUG-1")
    kept = read(stage, "BUG-1")
    assert (kept.title, kept.severity, str(kept.due_on)) == ("Blank kept", "blocking", "2026-12-01")
    assert "Blank kept" in stage.world.client("implementer").get("/").text


def test_the_second_failure_offers_the_first_defect(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    key = raised(stage, stage.record(number, phones, 0, "failed", "no"))
    second = stage.record(number, phones, 0, "failed", "no again")
    tester = stage.world.client("tester")
    page = get(tester, f"/results/{second}")
    assert f"It is {key} again" in page and "Another defect" in page
    answer = tester.send(f"/p/CRM/results/{second}/defect", {"existing": key})
    assert answer.location.endswith(f"/i/{key}") and f"Added to {key}." in tester.get(answer.location).text
    assert tester.send(f"/p/CRM/results/{second}/defect", {"existing": "BUG-7"}).status_code == 404


def test_blocked_in_place_of_failed(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    failed = stage.record(number, phones, 0, "failed", "no data")
    tester = stage.world.client("tester")
    page = unescape(get(tester, f"/results/{failed}"))
    action = page.split('name="verdict" value="blocked"')[0].rsplit('action="', 1)[1].split('"')[0]
    sent = tester.send(action, {"acceptance": phones, "verdict": "blocked", "note": "no data", "row": "0"})
    assert sent.status_code == 303 and stage.status(phones)["rows"][0] == "blocked"


def test_the_board_by_stage_and_as_a_list(stage: Stage) -> None:
    world = stage.world
    for title, severity, due in (("Grey", "cosmetic", "2026-01-01"), ("Stop", "blocking", None)):
        world.item("defect", by="tester", title=title, severity=severity, due_on=due, assignee="implementer")
    analyst = world.client("analyst")
    page = get(analyst, "/defects")
    assert all(word in text_of(page) for word in ("Grey", "Stop", "Blocking", "Overdue", "Not a defect"))
    assert "data-board" in page and "/p/CRM/defects/BUG-1/move" in page
    for query, titles in (
        ("severity=blocking", ["Stop"]), ("overdue=1", ["Grey"]), ("assignee=implementer", ["Grey", "Stop"]),
        ("assignee=none", []), ("view=list", ["Grey", "Stop"]), ("view=list&overdue=1", ["Grey"]),
        ("view=list&severity=blocking", ["Stop"]), ("view=list&assignee=none", []), ("q=severity:cosmetic", ["Grey"]),
    ):  # fmt: skip
        said = text_of(get(analyst, f"/defects?{query}"))
        assert [one for one in ("Grey", "Stop") if f" {one} " in said] == titles, query


def test_filters_of_the_list_stay_in_the_list(stage: Stage) -> None:
    stage.world.item("defect", by="tester", title="Grey")
    auditor = stage.world.client("auditor")
    assert '<input type="hidden" name="view" value="list">' in get(auditor, "/defects?view=list&severity=normal")
    assert 'name="view"' not in get(auditor, "/defects?severity=normal")


def test_an_empty_board_teaches(stage: Stage) -> None:
    assert "No defects yet" in get(stage.world.client("auditor"), "/defects")
    assert "No figures yet" in get(stage.world.client("auditor"), "/defects/figures")


def test_a_card_moved_says_what_that_means(stage: Stage) -> None:
    key = stage.world.item("defect", by="tester", title="Grey")
    analyst = stage.world.client("analyst")
    assert "Nobody moves it there by hand" in get(analyst, f"/defects/{key}/move?to=retest")
    assert "It is there already." in get(analyst, f"/defects/{key}/move?to=open")
    assert "neither yours" in get(analyst, f"/defects/{key}/move?to=fixed")
    page = get(analyst, f"/defects/{key}/move?to=not_a_defect")
    assert 'name="reason"' in page and f"/p/CRM/i/{key}/moves/not_a_defect" in page
    analyst.send(f"/p/CRM/i/{key}/moves/not_a_defect", {"reason": "as agreed", "seen_stage": "open"})
    assert at(stage, key) == "not_a_defect"
    # No defect: the requirement may be what has to change.
    assert "Log a change about it" in get(analyst, f"/i/{key}")
    assert "It does not go there" in get(analyst, f"/defects/{key}/move?to=fixed")


def test_figures_tell_medians_with_a_table(stage: Stage) -> None:
    key = stage.world.item("defect", by="tester", title="Grey")
    moved(stage, key, "fix")
    page = get(stage.world.client("auditor"), "/defects/figures")
    assert "From raised to fixed" in page and key in page


def test_only_web_addresses_become_links(stage: Stage) -> None:
    tester = stage.world.client("tester")
    good = stage.world.item("defect", by="tester", title="Grey", outside="https://tracker.example/7")
    bad = stage.world.item("defect", by="tester", title="Green", outside="javascript:alert(1)")
    assert 'href="https://tracker.example/7"' in get(tester, f"/i/{good}")
    assert 'href="javascript' not in get(tester, f"/i/{bad}")


def test_who_mends_sees_nobody_who_was_heard(stage: Stage) -> None:
    key = stage.world.item("defect", by="tester", title="Grey")
    implementer = stage.world.client("implementer")
    assert "Grey" in get(implementer, f"/i/{key}") and "Grey" in get(implementer, "/defects")
    assert implementer.get("/p/CRM/interviews").status_code in (403, 404)


# -- the API -------------------------------------------------------------------------------------------------------------


def test_the_api_does_the_same(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    failed = stage.record(number, phones, 0, "failed", "no")
    tester = stage.world.client("tester")
    base = "/api/v1/projects/CRM"
    made = tester.post(f"{base}/results/{failed}/defect", json={"severity": "blocking"}, headers=token(tester))
    assert made.status_code == 201, made.text
    assert (made.json["key"], made.json["severity"], made.json["stage"]) == ("BUG-1", "blocking", "open")
    rows = [{"acceptance": phones, "row": 0, "round": f"RND-{number}", "result": failed}]
    assert made.json["rows"] == rows and made.json["found_in"] == [phones]
    again = stage.record(number, phones, 1, "failed", "no")
    added = tester.post(f"{base}/results/{again}/defect", json={"existing": "BUG-1"}, headers=token(tester))
    assert len(added.json["rows"]) == 2
    implementer = stage.world.client("implementer")
    fixed = implementer.post(f"{base}/items/BUG-1/moves", json={"to": "fixed"}, headers=token(implementer))
    assert (fixed.status_code, fixed.json["stage"]) == (201, "fixed")
    listed = tester.get(f"{base}/defects?severity=blocking").json["items"]
    assert [one["key"] for one in listed] == ["BUG-1"]
    assert tester.get(f"{base}/defects?due_before=soon").status_code == 422
    stage.close(number, "enough")
    manager = stage.world.client("project_manager")
    planned = manager.post(f"{base}/defects/round", json={}, headers=token(manager))
    assert planned.status_code == 201 and planned.json["acceptance"] == [phones]
    assert manager.get(f"{base}/defect-figures").json["mend"]["number"] == 1


def test_feedback_names_the_defect_that_stands_for_it(stage: Stage) -> None:
    with stage.world.write("tester") as scene:
        feedback.say(scene.actor, scene.project, "The scanner sleeps.")
    analyst = stage.world.client("analyst")
    page = get(analyst, "/feedback/FB-1")
    assert "Make a defect of it" in page
    sent = {"outcome": "defect", "seen": "1", "title": "Scanner sleeps", "text": "It sleeps."}
    assert analyst.send("/p/CRM/feedback/FB-1/outcomes", sent).status_code == 303
    assert read(stage, "BUG-1").seen == "It sleeps." and "BUG-1" in get(analyst, "/feedback/FB-1")
