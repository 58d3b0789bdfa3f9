"""A closed round is signed; the signature falls when what it accepted turns stale or fails. Nobody signs alone what they tested."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack.acceptance.actions import close_round, create_round, record_result
from reqtrack.acceptance.models import Acceptance, Result, Round
from reqtrack.acceptance.queries import round_for
from reqtrack.audit.queries import events_about
from reqtrack.db import canonical, db
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from reqtrack.items.queries import item_for
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


def sign(world: World, by: str, number: int = 1, **more: Any) -> None:
    with world.write(by) as scene:
        actor = replace(scene.actor, reauthenticated=True)
        actions.sign(actor, scene.project, queries.signoff_for(actor, scene.project.id, number), **more)


def refusal(world: World, by: str, number: int = 1, **more: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        sign(world, by, number, **more)
    assert refused.value.status == 409
    return [str(reason) for reason in refused.value.reasons]


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


def test_what_turned_stale_since_the_close_is_signed_with_remarks_only(tested: World) -> None:
    ask(tested, subject="RND-1")
    edit(tested, "REQ-1", statement="before")
    (why,) = refusal(tested, "business_owner")
    assert "ACC-1 changed after RND-1 was closed" in why and "new round" in why and "remarks" in why
    assert told(tested)["signatures"] == []
    assert told(tested)["stale_results"] == [{"key": "ACC-1", "row": 0}, {"key": "ACC-1", "row": 1}]
    sign(tested, "business_owner", remarks=" The new wording says the same. ")
    page = told(tested)
    assert page["state"] == "signed" and page["signatures"][0]["remarks"] == "The new wording says the same."
    with tested.read() as scene:
        (event,) = [one for one in events_about(scene.project.id, "SGN-1") if one.action == "signoff.signed"]
        assert event.reason == "The new wording says the same." and '"stale":[["ACC-1",0],["ACC-1",1]]' in event.after
    # The remarks were about what had moved then.
    edit(tested, "REQ-1", statement="after")
    assert told(tested)["state"] == "superseded"


def test_remarks_are_of_who_gave_them(tested: World) -> None:
    """Who signed before the text moved signed another one than who remarked on it: together it does not stand."""
    ask(tested, "business_owner", "sponsor", subject="RND-1")
    sign(tested, "business_owner")
    edit(tested, "REQ-1", statement="before")
    refusal(tested, "sponsor")
    sign(tested, "sponsor", remarks="Only the wording.")
    page = told(tested)
    assert page["state"] == "superseded"
    assert page["superseded_by"] == [
        {"key": "ACC-1", "why": "stale", "row": 0}, {"key": "ACC-1", "why": "stale", "row": 1},
    ]  # fmt: skip


def test_what_was_stale_when_the_round_was_closed_was_closed_so(tested: World) -> None:
    """It was closed with a reason; the page says stale, and nothing has moved since."""
    with tested.write("project_manager") as scene:
        number = create_round(scene.actor, scene.project, "", ["ACC-1"], ["tester"]).number
    with tested.write("tester") as scene:
        item = item_for(scene.actor, scene.project.id, "ACC-1")
        record_result(scene.actor, round_for(scene.actor, scene.project.id, number), item, None, "passed", "")
    edit(tested, "REQ-1", statement="before")
    with tested.write("project_manager") as scene:
        close_round(scene.actor, round_for(scene.actor, scene.project.id, number), "Good enough.")
    ask(tested, subject="RND-2")
    page = tested.client("business_owner").get("/p/CRM/signoffs/1").text
    assert "its text changed since it was tested" in page and 'name="remarks"' not in page
    sign(tested, "business_owner")
    assert told(tested)["state"] == "signed"


def test_the_page_shows_what_is_stale_and_takes_remarks(tested: World) -> None:
    ask(tested, subject="RND-1")
    client, where = tested.client("business_owner"), "/p/CRM/signoffs/1"
    old = sent(client.get(where).text)
    assert 'name="remarks"' not in client.get(where).text
    edit(tested, "REQ-1", statement="before")
    # Nothing of what moved was seen on the page that was open, so nothing was said about it.
    answer = client.send(where, {**old, "remarks": "All the same."})
    assert answer.status_code == 409 and "is not what you saw" in answer.text
    page = client.get(where).text
    assert page.count("its text changed since it was tested") == 3 and 'name="remarks"' in page
    answer = client.send(where, sent(page))
    assert answer.status_code == 409 and "sign with remarks" in answer.text
    answer = client.send(where, {**sent(page), "remarks": "All the same."})
    assert answer.status_code == 303
    assert "Remarks: All the same." in client.get(where).text


def sent(page: str) -> dict[str, str]:
    """What the box to sign in sends."""
    return {"outcome": "signed", **{name: value(page, name) for name in ("seen", "stale")}}


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found.group(1)


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
