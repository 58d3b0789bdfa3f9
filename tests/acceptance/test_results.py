"""Results: who may record them, what they need, once each, bound to the text that was read."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from reqtrack.acceptance import policy, queries
from reqtrack.acceptance.models import Result
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from tests.acceptance.conftest import Stage


def number_of_results(stage: Stage) -> int:
    with stage.world.read("auditor"):
        return db.session.execute(select(func.count()).select_from(Result)).scalar_one()


def test_the_first_result_starts_the_round_and_all_columns_are_kept(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    stage.record(
        number,
        phones,
        1,
        "failed",
        " two customers ",
        steps=["passed", "failed", ""],
        evidence=[policy.Evidence("ab" * 32, "shot.png", "image/png", 9)],
    )
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        assert found.stage == "running"
        result = db.session.execute(select(Result)).scalar_one()
        assert (result.number, result.row, result.verdict, result.note) == (1, 1, "failed", "two customers")
        assert result.steps == ["passed", "failed", ""] and result.evidence == [["ab" * 32, "shot.png"]]
        assert (result.tester, result.tester_name, result.acceptance_version) == ("tester", "何敏", 1)
        assert len(result.text_print) == 64 and len(result.seal) == 64 and result.since > result.seq


def test_who_may_not_record(stage: Stage, phones: str, plain: str) -> None:
    stage.world.member("second", "tester", name="Second")
    number = stage.round(phones)
    with pytest.raises(Refused) as stranger:
        stage.record(number, phones, 0, "passed", by="second")
    assert stranger.value.status == 403 and [one.code for one in stranger.value.reasons] == ["not_tester"]
    with pytest.raises(Refused) as manager:
        stage.record(number, phones, 0, "passed", by="project_manager")
    assert [one.code for one in manager.value.reasons] == ["no_permission", "not_tester"]
    with pytest.raises(Refused) as elsewhere:
        stage.record(number, plain, None, "passed")
    assert elsewhere.value.status == 409 and [one.code for one in elsewhere.value.reasons] == ["not_in_round"]
    stage.record(number, phones, 0, "passed")
    stage.retire(phones)
    with pytest.raises(Refused, match="retired"):
        stage.record(number, phones, 0, "passed")
    stage.close(number)
    with pytest.raises(Refused) as closed:
        stage.record(number, phones, 0, "passed")
    assert {one.code for one in closed.value.reasons} == {"closed", "retired"}
    assert number_of_results(stage) == 1


@pytest.mark.parametrize("verdict", ["failed", "blocked", "skipped"])
def test_all_but_passed_need_a_sentence(stage: Stage, plain: str, verdict: str) -> None:
    number = stage.round(plain)
    with pytest.raises(Invalid) as refused:
        stage.record(number, plain, None, verdict, " \n ")
    assert refused.value.reasons[0].field == "note"
    stage.record(number, plain, None, verdict, "seen")
    assert stage.status(plain)["status"] == verdict


def test_rows_verdicts_and_marks_that_do_not_exist(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    for key, row in ((phones, None), (phones, 2), (phones, -1), (plain, 0)):
        with pytest.raises(Invalid) as refused:
            stage.record(number, key, row, "passed")
        assert refused.value.reasons[0].field == "row"
    with pytest.raises(Invalid, match="splendid"):
        stage.record(number, plain, None, "splendid")
    with pytest.raises(Invalid):
        stage.record(number, plain, None, "passed", steps=["perhaps"])
    with pytest.raises(Invalid):
        stage.record(number, plain, None, "passed", "a\x00b")
    assert number_of_results(stage) == 0
    assert stage.ask(queries.list_rounds)[0].stage == "planned"


def test_sent_twice_is_recorded_once(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    first = stage.record(number, phones, 0, "passed", once="k1")
    assert stage.record(number, phones, 0, "passed", once="k1") == first
    assert number_of_results(stage) == 1
    with pytest.raises(Refused) as other:
        stage.record(number, phones, 1, "passed", once="k1")
    assert other.value.status == 409
    stage.close(number, "enough")
    # What arrives again after the round was closed is answered as before.
    assert stage.record(number, phones, 0, "passed", once="k1") == first
    with pytest.raises(Invalid):
        stage.record(number, phones, 0, "passed", once="k" * 121)


def test_a_text_that_moved_since_it_was_read_takes_no_result(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    with stage.world.read("tester") as scene:
        from reqtrack.items.queries import item_for

        seen = item_for(scene.actor, scene.project.id, phones).text_seq
    stage.edit("REQ-1", statement="Phones are kept as typed.")
    with pytest.raises(policy.TextMoved) as moved:
        stage.record(number, phones, 0, "passed", seen=seen)
    assert moved.value.status == 409 and (moved.value.key, moved.value.seen) == (phones, seen)
    assert number_of_results(stage) == 0
    with stage.world.read("tester") as scene:
        from reqtrack.acceptance.queries.run import moved_since

        scenario = item_for(scene.actor, scene.project.id, phones)
        (what,) = moved_since({scenario.id: seen})[scenario.id]
        assert what.key == "REQ-1" and what.field.name == "statement"
        assert "".join(part.text for part in what.segments if part.op != "ins") == "Phones are kept in one form."
        now = scenario.text_seq
    stage.record(number, phones, 0, "passed", seen=now)
    assert stage.status(phones)["rows"][0] == "passed"


def test_results_cannot_be_changed_or_deleted(stage: Stage, plain: str) -> None:
    number = stage.round(plain)
    stage.record(number, plain, None, "passed")
    for statement in ("UPDATE results SET verdict = 'failed', note = 'x'", "DELETE FROM results"):
        with pytest.raises(DatabaseError), stage.world.write():
            db.session.execute(db.text(statement), execution_options={"spine": True})
    assert stage.status(plain)["status"] == "passed"


def test_what_somebody_else_filled_in_is_not_recorded_under_this_name(stage: Stage, phones: str) -> None:
    stage.world.member("second", "tester", name="Second")
    number = stage.round(phones, testers=("tester", "second"))
    page = f"/p/CRM/rounds/{number}/results"
    sent = {"acceptance": phones, "row": "0", "verdict": "passed", "author": "tester"}
    once = {"Idempotency-Key": "k-1"}
    other = stage.world.client("second")
    refused = other.send(page, sent, headers=once)
    assert refused.status_code == 401 and "tester filled this in" in refused.get_data(as_text=True)
    assert number_of_results(stage) == 0
    author = stage.world.client("tester")
    # Sent again and again, it counts once; the other person cannot send it even then.
    assert [author.send(page, sent, headers=once).status_code for _ in range(3)] == [204, 204, 204]
    assert number_of_results(stage) == 1
    assert other.send(page, sent, headers=once).status_code == 401
    assert other.send(page, {**sent, "author": "second"}, headers=once).status_code == 409
    assert number_of_results(stage) == 1


def test_testers_of_a_round_hear_of_each_others_verdicts(stage: Stage, phones: str) -> None:
    stage.world.member("second", "tester", name="Second")
    number = stage.round(phones, testers=("tester", "second"))
    first = stage.world.client("tester")
    address = f"/p/CRM/rounds/{number}/verdicts"
    asked = first.get(f"{address}?after=0")
    assert asked.json == {"after": 0, "rows": []}
    tag = {"If-None-Match": asked.headers["ETag"]}
    assert first.get(f"{address}?after=0", headers=tag).status_code == 304
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "two", by="second")
    told = first.get(f"{address}?after=0", headers=tag)
    (row,) = told.json["rows"]
    assert (row["place"], row["verdict"], told.json["after"]) == (f"{phones}.1", "failed", 2)
    assert row["words"].startswith("Failed · Second")
    assert first.get(f"{address}?after=2").json["rows"] == []
    assert first.get("/p/CRM/rounds/9/verdicts").status_code == 404


def test_who_changes_over_comes_back_to_the_same_page(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    client = stage.world.client("tester")
    page = f"/p/CRM/rounds/{number}/run?at={phones}"
    left = client.send("/sign-out", {"next": page})
    assert (
        left.status_code == 303 and "/sign-in?next=" in left.headers["Location"] and "run" in left.headers["Location"]
    )
    assert client.send("/sign-out", {"next": "//elsewhere/x"}).headers["Location"].count("elsewhere") == 0
