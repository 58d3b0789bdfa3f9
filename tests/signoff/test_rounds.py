"""A closed round is signed; the signature falls when what it accepted turns stale or fails. Nobody signs alone what they tested."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import select

from reqtrack.acceptance.models import Acceptance, Result, Round
from reqtrack.db import canonical, db
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from reqtrack.signoff import actions, queries
from tests.audit import rich
from tests.signoff.test_signing import ask, edit, told
from tests.support.world import World


@pytest.fixture
def tested(world: World) -> World:
    """ACC-1 over three rows in a closed round: passed, passed, failed, by *tester*."""
    world.cast()
    world.requirement("analyst")
    world.acceptance("analyst", given=["a"], accepts=["REQ-1"])
    round_of(world, ("passed", "passed", "failed"))
    return world


def round_of(world: World, verdicts: tuple[str, ...], tester: str = "tester", stage: str = "closed") -> None:
    with world.write("project_manager") as scene:
        accepted = db.session.execute(select(Acceptance).where(Acceptance.key == "ACC-1")).scalar_one()
        rich._round(scene, ())
        made = db.session.execute(select(Round).order_by(Round.id.desc()).limit(1)).scalar_one()
        for row, verdict in enumerate(verdicts):
            rich.record(scene, made, accepted, row, verdict, tester)
    if stage != "closed":
        with world.write("project_manager") as scene:
            from reqtrack.audit.record import recorded

            with recorded(scene.actor, scene.project.id, "round.opened", "RND"):
                made = db.session.execute(select(Round).order_by(Round.id.desc()).limit(1)).scalar_one()
                made.stage, made.closed_at = stage, None


def sign(world: World, by: str, number: int = 1) -> None:
    with world.write(by) as scene:
        actor = replace(scene.actor, reauthenticated=True)
        actions.sign(actor, scene.project, queries.signoff_for(actor, scene.project.id, number))


def test_the_fingerprint_is_over_the_standings(tested: World) -> None:
    ask(tested, subject="RND-1")
    with tested.read() as scene:
        results = db.session.execute(select(Result).where(Result.project_id == scene.project.id).order_by(Result.row))
        rows = [["ACC-1", one.row, one.text_print, one.verdict, one.seal] for one in results.scalars()]
    assert told(tested)["fingerprint"] == "sha256:" + hashlib.sha256(canonical({"results": rows}).encode()).hexdigest()


def test_a_signed_round_stands_until_what_it_accepted_changes(tested: World) -> None:
    ask(tested, subject="RND-1")
    sign(tested, "business_owner")
    assert told(tested)["state"] == "signed"
    edit(tested, "ACC-1", description="not tested")
    edit(tested, "REQ-1", rationale="not tested")
    assert told(tested)["state"] == "signed"
    edit(tested, "REQ-1", statement="tested")
    page = told(tested)
    assert page["state"] == "superseded"
    assert page["superseded_by"] == [
        {"key": "ACC-1", "why": "stale", "row": 0}, {"key": "ACC-1", "why": "stale", "row": 1},
    ]  # fmt: skip


def test_a_later_failure_supersedes_and_a_later_pass_does_not(tested: World) -> None:
    ask(tested, subject="RND-1")
    sign(tested, "business_owner")
    round_of(tested, ("passed", "passed", "failed"))
    assert told(tested)["state"] == "signed"  # row 2 was not accepted: it had failed when it was signed
    round_of(tested, ("passed", "failed"), stage="running")
    assert told(tested)["superseded_by"] == [{"key": "ACC-1", "why": "failed", "row": 1}]


def test_what_was_stale_when_it_was_signed_has_not_turned(tested: World) -> None:
    edit(tested, "REQ-1", statement="before")
    ask(tested, subject="RND-1")
    sign(tested, "business_owner")
    assert told(tested)["state"] == "signed"


def test_an_open_or_empty_round_cannot_be_put_to_signature(tested: World) -> None:
    round_of(tested, ("passed",), stage="running")
    round_of(tested, ())
    for subject in ("RND-2", "RND-3"):
        with pytest.raises(Refused) as refused:
            ask(tested, subject=subject)
        assert refused.value.status == 409
    with pytest.raises(Invalid):
        ask(tested, subject="RND-9")


def test_nobody_signs_alone_what_they_alone_tested(tested: World) -> None:
    round_of(tested, ("passed",), tester="business_owner")
    with pytest.raises(Invalid) as refused:
        ask(tested, subject="RND-2")
    assert refused.value.reasons[0].field == "signers"
    ask(tested, "business_owner", "sponsor", rule="any", subject="RND-2")
    with pytest.raises(Refused) as alone:
        sign(tested, "business_owner")
    assert [reason.code for reason in alone.value.reasons] == ["separation"]
    sign(tested, "sponsor")
    ask(tested, "business_owner", "sponsor", rule="all", subject="RND-2")
    sign(tested, "business_owner", 2)
    sign(tested, "sponsor", 2)
    assert told(tested, 2)["state"] == "signed"


def test_the_page_of_a_round_shows_what_did_not_pass(tested: World) -> None:
    ask(tested, subject="RND-1")
    page = tested.client("business_owner").get("/p/CRM/signoffs/1").get_data(as_text=True)
    assert page.index("What did not pass") < page.index("白屏")
    assert "3 results" in page
    with tested.write("analyst") as scene:
        assert store.next_number(scene.project.id, "RND") == 2


def test_the_code_of_a_round_and_of_a_change_tell_what_they_are(tested: World) -> None:
    ask(tested, subject="RND-1")
    code = told(tested)["fingerprint"].removeprefix("sha256:")[:12]
    page = tested.client().get(f"/V/{code}").get_data(as_text=True)
    assert "Acceptance round" in page and "Genuine and current" in page and "Sign-off" not in page
    sign(tested, "business_owner")
    edit(tested, "REQ-1", statement="tested")
    page = tested.client().get(f"/V/{code}").get_data(as_text=True)
    assert page.count("something newer has taken its place") == 2
    with tested.write("project_manager") as scene:
        rich._change(scene)
    page = tested.client().get(f"/V/{'A' * 12}").get_data(as_text=True)
    assert "Change record" in page and "CR-1" not in page
