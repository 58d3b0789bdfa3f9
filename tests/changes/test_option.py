"""An option approved instead of the whole: it goes back to its author, who narrows it; what they make of it is decided anew."""

from __future__ import annotations

from typing import Any

import pytest

from reqtrack.changes import actions
from reqtrack.errors import Invalid, Refused
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk

OPTIONS = [
    {"name": "smaller", "days": 1, "note": "Only quotes above the limit."},
    {"name": "do_nothing"},
    {"name": "By hand"},
]


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def deciding(desk: Desk, req: str, likely: Any = 3) -> str:
    key = desk.log(edits=edits(req))
    desk.submit(key)
    desk.assess(key, likely, options=OPTIONS)
    return key


def test_it_goes_back_to_be_narrowed_and_is_decided_as_it_stands_then(desk: Desk, req: str) -> None:
    key = deciding(desk, req)
    done = desk.decide(key, by="business_owner", option="smaller", reason="That is enough.")
    assert (done.stage, done.decision.option, done.decision.tier) == ("needs_information", "smaller", None)
    assert desk.content(req)["statement"] == "Three levels approve.", "nothing of it is in effect"
    assert desk.waiting("contributor") == [("answer", key)]
    page = desk.world.client("contributor").get(f"/p/CRM/changes/{key}").text
    assert "Accepted instead of the whole, by 陈立群:" in page and "That is enough." in page
    # What was accepted is less than what it proposes still.
    with pytest.raises(Refused) as refused:
        desk.do(key, actions.answer, "Done.", by="contributor")
    assert [one.code for one in refused.value.reasons] == ["not_narrowed"] and refused.value.status == 409
    desk.do(key, actions.propose, edits(req, "Two levels above the limit."), by="contributor")
    desk.do(key, actions.answer, "Narrowed to that.", by="contributor")
    assert desk.stage(key) == "assessing" and desk.waiting("analyst") == [("assess", key)]
    desk.assess(key, 2)
    # The vote for the option decides nothing of the content.
    assert desk.waiting("business_owner") == [("decide", key)]
    desk.decide(key, by="business_owner")
    assert desk.content(req)["statement"] == "Two levels above the limit."
    assert [one.package_print == desk.dossier(key).package_print for one in desk.dossier(key).votes] == [False, True]


def test_two_deciders_agree_on_the_same_option(desk: Desk, req: str) -> None:
    key = deciding(desk, req, 20)
    done = desk.decide(key, by="business_owner", option="smaller")
    assert done.stage == "deciding" and [one.login for one in done.waiting_for] == ["sponsor"]
    done = desk.decide(key, by="sponsor", option="By hand")
    assert done.stage == "deciding", "two different things were accepted"
    done = desk.decide(key, by="sponsor")
    assert done.stage == "deciding", "the whole takes two votes of its own"
    done = desk.decide(key, by="sponsor", option="smaller")
    assert done.stage == "needs_information"


def test_what_nobody_offers_is_no_option(desk: Desk, req: str) -> None:
    key = deciding(desk, req)
    for option in ("do_nothing", "larger"):
        with pytest.raises(Invalid) as invalid:
            desk.decide(key, by="business_owner", option=option)
        assert [one.field for one in invalid.value.reasons] == ["option"]
    with pytest.raises(Refused):
        desk.decide(key, by="project_manager", option="smaller")


def test_withdrawn_instead_and_asked_back_as_ever(desk: Desk, req: str) -> None:
    key = deciding(desk, req)
    desk.decide(key, by="business_owner", option="smaller")
    desk.do(key, actions.withdraw, by="contributor")
    assert desk.stage(key) == "withdrawn"


def test_a_vote_for_an_option_confirms_no_scope(desk: Desk, req: str) -> None:
    """A scope signature lists what nobody in a signer's role decided as it was applied."""
    with desk.world.write("analyst") as scene:
        from reqtrack.baselines.actions import take

        baseline = take(scene.actor, scene.project, "Scope").key
    number = desk.sign(baseline)
    key = deciding(desk, req)
    desk.decide(key, by="business_owner", option="smaller")
    desk.do(key, actions.propose, edits(req, "One level, small."), by="contributor")
    desk.do(key, actions.answer, "Narrowed.", by="contributor")
    desk.assess(key, 0.5)
    desk.decide(key, by="project_manager")
    outcome = desk.outcome(number)
    assert (outcome.carried_by, outcome.to_confirm) == ((key,), (key,))


def test_on_the_page_and_over_the_api(desk: Desk, req: str) -> None:
    key = deciding(desk, req)
    client = desk.world.client("business_owner")
    page = client.get(f"/p/CRM/changes/{key}").text
    assert (
        "Accept this option" in page
        and '<option value="By hand">By hand</option>' in page
        and 'value="do_nothing"' not in page
    )
    bad = client.send(f"/p/CRM/changes/{key}/decisions", {"outcome": "option", "option": ""})
    assert bad.status_code == 422
    assert client.send(f"/p/CRM/changes/{key}/decisions", {"outcome": "option", "option": "By hand"}).status_code == 303
    assert "accepted an option instead: By hand" in client.get(f"/p/CRM/changes/{key}").text
    author = desk.world.client("contributor")
    answer = author.send(f"/p/CRM/changes/{key}/answers", {"body": "Here.", "question": "0"})
    assert (
        answer.status_code == 409 and "narrow what it proposes to that first" in answer.text and "Here." in answer.text
    )
    other = deciding(desk, desk.world.requirement(statement="x", tier="should"))
    told = Caller(desk.world, "business_owner")("POST", f"/changes/{other}/decisions", {
        "outcome": "approved", "option": "smaller", "password": "correct horse 电池",
    })  # fmt: skip
    assert (told.status_code, told.json["stage"], told.json["decisions"][0]["option"]) == (
        201,
        "needs_information",
        "smaller",
    )
