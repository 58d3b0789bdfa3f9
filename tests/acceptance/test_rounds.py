"""Rounds: made, changed, closed, counted; who waits for them; what their signature stands for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.acceptance import actions, queries
from reqtrack.acceptance.models import Result, Round
from reqtrack.audit.models import Event
from reqtrack.audit.seals import digest
from reqtrack.db import canonical, db
from reqtrack.errors import Invalid, NotFound, Refused
from tests.acceptance.conftest import Stage


def events(stage: Stage, subject: str) -> list[dict[str, Any]]:
    with stage.world.read("auditor") as scene:
        wanted = select(Event).where(Event.project_id == scene.project.id, Event.subject == subject).order_by(Event.seq)
        return [
            {"action": row.action, "after": json.loads(row.after or "null"), "reason": row.reason}
            for row in db.session.execute(wanted).scalars()
        ]


def test_a_round_holds_its_scenarios_in_order_and_names_its_testers(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(plain, phones, plain, environment="http://test, account t1")
    assert number == 1
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, "rnd-1")
        assert (found.name, found.stage, found.environment) == ("第 1 轮验收", "planned", "http://test, account t1")
        assert queries.keys_in(found) == [plain, phones]
        assert [one.login for one in queries.testers([found.id])[found.id]] == ["tester"]
        (row,) = queries.list_rounds(scene.actor, scene.project.id)
        assert (row.scenarios, row.rows, row.counts["untested"], row.left) == (2, 3, 3, 3)
    assert events(stage, "RND-1") == [
        {
            "action": "round.created",
            "after": {
                "name": "第 1 轮验收", "environment": "http://test, account t1", "acceptance": [plain, phones],
                "testers": ["tester"],
            },
            "reason": "",
        }
    ]  # fmt: skip


def test_a_round_may_be_empty_at_first(stage: Stage) -> None:
    assert stage.round(testers=()) == 1
    (row,) = stage.ask(queries.list_rounds)
    assert (row.scenarios, row.rows, row.left) == (0, 0, 0)


def test_who_may_not_and_what_does_not_fit(stage: Stage, phones: str, plain: str) -> None:
    for login in ("tester", "business_owner", "contributor", "auditor", "implementer"):
        with pytest.raises(Refused) as refused:
            stage.round(phones, by=login)
        assert refused.value.status == 403
    with pytest.raises(Invalid) as nowhere:
        stage.round(phones, "ACC-77")
    assert nowhere.value.reasons[0].field == "acceptance" and "ACC-77" in str(nowhere.value)
    with pytest.raises(Invalid):
        stage.round("REQ-1")
    with pytest.raises(Invalid) as nobody:
        stage.round(phones, testers=("tester", "business_owner", "outsider"))
    assert [one.params["login"] for one in nobody.value.reasons] == ["business_owner", "outsider"]
    stage.retire(plain)
    with pytest.raises(Invalid, match="retired"):
        stage.round(plain)
    with pytest.raises(NotFound):
        stage.ask(queries.round_for, 1)
    for odd in ("x", "RND-", "99999999999999999999"):
        with pytest.raises(NotFound):
            stage.ask(queries.round_for, odd)


def test_a_round_changes_until_it_is_closed(stage: Stage, phones: str, plain: str) -> None:
    stage.world.member("second", "tester", name="Second")
    number = stage.round(phones)
    stage.change(number, name="  UAT   east ", environment="x", add=[plain, phones], testers=["second"], seen=1)
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        assert (found.name, found.environment, found.version) == ("UAT east", "x", 2)
        assert queries.keys_in(found) == [phones, plain]
        assert [one.login for one in queries.testers([found.id])[found.id]] == ["second"]
    changed = events(stage, "RND-1")[-1]
    assert changed["after"] == {"name": "UAT east", "environment": "x", "added": [plain], "testers": ["second"]}
    stage.change(number, name="UAT east", add=[phones], testers=["second"])
    assert len(events(stage, "RND-1")) == 2
    with pytest.raises(Refused) as stale:
        stage.change(number, name="Other", seen=1)
    assert stale.value.status == 409
    stage.record(number, phones, 0, "passed", by="second")
    with pytest.raises(Refused, match="ACC-1 has results") as kept:
        stage.change(number, remove=[phones, plain])
    assert kept.value.status == 409
    stage.change(number, remove=[plain])
    assert stage.ask(queries.list_rounds)[0].rows == 2
    stage.close(number, "the pilot waits")
    for refused in (lambda: stage.change(number, name="x"), lambda: stage.close(number, "again")):
        with pytest.raises(Refused) as closed:
            refused()
        assert closed.value.status == 409


def test_closing_asks_why_where_rows_are_left(stage: Stage, phones: str) -> None:
    number = stage.round(phones)
    with pytest.raises(Refused, match="Nothing was tested"):
        stage.close(number, "x")
    stage.record(number, phones, 0, "passed")
    with pytest.raises(Invalid) as asked:
        stage.close(number, " ")
    assert asked.value.reasons[0].field == "reason" and asked.value.reasons[0].params == {"rows": 1}
    with pytest.raises(Refused) as not_me:
        stage.close(number, "x", by="tester")
    assert not_me.value.status == 403
    stage.record(number, phones, 1, "blocked", "no account")
    stage.close(number)
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        assert found.stage == "closed" and found.closed_at is not None and found.closed_by == "周岚"
        fingerprint = queries.round_fingerprint(found)
    said = events(stage, "RND-1")[-1]
    assert said["action"] == "round.closed" and said["after"]["fingerprint"] == fingerprint
    assert said["after"]["counts"]["passed"] == 1 and said["after"]["counts"]["blocked"] == 1


def test_the_fingerprint_covers_the_newest_results_and_stays_once_closed(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    stage.record(number, phones, 1, "failed", "no")
    stage.record(number, phones, 1, "passed")
    stage.record(number, plain, None, "passed")
    stage.close(number, "row 1 later")
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        content, before = queries.round_content(found), queries.round_fingerprint(found)
        seals = {one.number: one for one in db.session.execute(select(Result)).scalars()}
        assert content == {
            "results": [
                [phones, 1, seals[2].text_print, "passed", seals[2].seal],
                [plain, None, seals[3].text_print, "passed", seals[3].seal],
            ]
        }
        assert before == "sha256:" + digest(canonical(content))
    stage.edit(phones, then=["otherwise"])
    stage.retire(plain)
    with stage.world.read("auditor") as scene:
        assert queries.round_fingerprint(queries.round_for(scene.actor, scene.project.id, number)) == before


def test_progress_counts_every_status_and_skips_the_retired(stage: Stage, phones: str, plain: str) -> None:
    third = stage.world.acceptance(title="Third")
    number = stage.round(phones, plain, third)
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "no")
    stage.record(number, plain, None, "skipped", "not built")
    (row,) = stage.ask(queries.list_rounds)
    assert dict(row.counts) == {"failed": 1, "blocked": 0, "stale": 0, "untested": 1, "skipped": 1, "passed": 1}
    stage.edit(phones, title="Another name")
    assert stage.ask(queries.list_rounds)[0].counts["stale"] == 0
    stage.edit("REQ-1", statement="Otherwise.")
    stage.retire(third)
    (row,) = stage.ask(queries.list_rounds)
    assert (row.rows, row.counts["stale"], row.counts["untested"], row.left) == (3, 2, 0, 2)
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        lines = queries.matrix(scene.actor, found)
        assert [(line.key, line.status, line.retired) for line in lines] == [
            (phones, "stale", False), (plain, "skipped", False), (third, "untested", True),
        ]  # fmt: skip
        assert [line.key for line in queries.matrix(scene.actor, found, after=lines[0].position, limit=1)] == [plain]
        assert queries.not_passed(scene.actor, found) == []


def test_failed_and_blocked_rows_are_listed_with_what_was_seen(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(plain, phones)
    stage.record(number, plain, None, "blocked", "no account")
    stage.record(number, phones, 1, "failed", "two customers")
    with stage.world.read("auditor") as scene:
        found = queries.round_for(scene.actor, scene.project.id, number)
        listed = [(one["key"], one["result"].row, one["result"].note) for one in queries.not_passed(scene.actor, found)]
    assert listed == [(phones, 1, "two customers"), (plain, None, "no account")]


def test_what_waits_on_a_tester(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    stage.round(plain, testers=())

    def waiting(login: str) -> list[tuple[str, str]]:
        with stage.world.read(login) as scene:
            return [(one.key, str(one.title)) for one in queries.waiting_for(scene.actor)]

    with stage.world.app.test_request_context():
        assert waiting("tester") == [("RND-1", "第 1 轮验收: 3 rows to test")]
    assert waiting("project_manager") == [] and waiting("auditor") == []
    assert stage.ask(queries.left_for, by="tester") == 3
    assert stage.ask(queries.left_for, by="analyst") == 0
    stage.record(number, phones, 0, "passed")
    stage.record(number, phones, 1, "failed", "no")
    assert stage.ask(queries.left_for, by="tester") == 1
    stage.record(number, plain, None, "blocked", "no account")
    assert waiting("tester") == []
    stage.edit("REQ-1", statement="Otherwise.")
    assert stage.ask(queries.left_for, by="tester") == 2
    stage.close(number, "enough")
    assert stage.ask(queries.left_for, by="tester") == 0


def test_candidates_by_tier_phase_words_and_not_in_a_round(stage: Stage, phones: str, plain: str) -> None:
    stage.edit("REQ-1", tier="must", phase="第一阶段")
    stage.round(plain)

    def found(**wanted: str) -> list[str]:
        rows, number = stage.ask(queries.candidates, wanted)
        assert number == len(rows)
        return [row.key for row in rows]

    assert found() == [phones, plain]
    assert found(tier="must", phase="第一阶段") == [phones]
    assert found(tier="should") == []
    assert found(q="writing a phone") == [phones]
    assert found(only="new") == [phones]
    with stage.world.read() as scene:
        first = db.session.execute(select(Round.id).where(Round.project_id == scene.project.id)).scalar()
    assert found(not_in=str(first)) == [phones]
    rows, number = stage.ask(queries.in_no_round)
    assert ([row.key for row in rows], number) == ([phones], 1)
    with stage.world.read("auditor") as scene:
        rows, number = queries.candidates(scene.actor, scene.project.id, {}, limit=1)
    assert (len(rows), number) == (1, 2)


def test_standings_are_rebuilt_from_results(stage: Stage, phones: str, plain: str) -> None:
    number = stage.round(phones, plain)
    stage.record(number, phones, 0, "failed", "no")
    stage.record(number, phones, 0, "passed")
    stage.record(number, plain, None, "passed")
    assert stage.ask(lambda actor, project: queries.standing_faults(project)) == []
    with stage.world.write():
        from sqlalchemy import text

        spine = {"spine": True}
        db.session.execute(
            text("UPDATE standings SET number = 1, verdict = 'failed' WHERE row = 0"), execution_options=spine
        )
        db.session.execute(text("DELETE FROM standings WHERE row = -1"), execution_options=spine)
        db.session.execute(
            text(
                "INSERT INTO standings SELECT round_id, acceptance_id, 9, project_id, number, verdict, seq FROM standings"
            ),
            execution_options=spine,
        )
    faults = stage.ask(lambda actor, project: queries.standing_faults(project))
    assert {fault.partition(" row ")[2] for fault in faults if " row " in fault} == {
        "0 is not the result that counts", "-1 is missing", "9 points to no result",
    }  # fmt: skip
    assert sum("not added up right" in fault for fault in faults) == 2 and len(faults) == 5
    with stage.world.write() as scene:
        assert actions.rebuild_standings(scene.project.id) == 5
    assert stage.ask(lambda actor, project: queries.standing_faults(project)) == []
    assert stage.status(phones)["rows"] == {0: "passed", 1: "untested"}
