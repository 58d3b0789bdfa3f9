"""The codes of one-time links wait to be passed on as long as, and only where, who is asked has to speak still."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.signoff import actions as signoff
from tests.changes.conftest import Desk
from tests.changes.test_agreed import word, written
from tests.changes.test_asking import asked, edits, seen, send, to_tell, visitor
from tests.support.world import OPERATOR

OWNER = "business_owner"


@pytest.fixture
def key(desk: Desk, req: str) -> str:
    """A change that owner and sponsor decide together."""
    return desk.deciding(likely=20, edits=edits(req))


def away(desk: Desk, who: str = OWNER, deputy: str = "deputy") -> None:
    """Somebody stands in for ``who`` from now on."""
    desk.world.member(deputy, "contributor", name="代理")
    today = clock.today(desk.read_project().zone)
    with desk.world.write(who) as scene:
        people = user_by_login(who), user_by_login(deputy)
        actor = replace(scene.actor, reauthenticated=True)
        signoff.set_away(actor, *people, today, today + timedelta(days=7), project=scene.project)


def set_role(desk: Desk, who: str, role: str, gone: str = "") -> None:
    with desk.world.write("project_manager") as scene:
        accounts.set_role(OPERATOR, scene.project, user_by_login(who), role)
        if gone:
            accounts.end_role(OPERATOR, scene.project, user_by_login(who), gone)


def test_who_voted_before_it_grew_is_asked_again_and_their_code_is_found(desk: Desk, key: str) -> None:
    assert desk.decide(key, by=OWNER).stage == "deciding"
    asked(desk, key)
    assert to_tell(desk, "analyst") == [], "they have spoken"
    desk.assess(key, 40)
    assert ("decide", key) in desk.waiting(OWNER)
    url, _code = asked(desk, key)
    (place,) = to_tell(desk, "analyst")
    assert to_tell(desk, "project_manager") == to_tell(desk, "sponsor") == [place]
    # It is what is answered by.
    shown = re.search(r"(\d{3}) (\d{3})<", desk.world.client("analyst").send(place, {}).text)
    assert shown is not None
    code = "".join(shown.groups())
    done = send(visitor(desk), url, code, outcome="approved", seen=seen(send(visitor(desk), url, code)))
    assert done.status_code == 200 and [one.method for one in desk.dossier(key).votes][-1] == "link"
    assert ("decide", key) not in desk.waiting(OWNER)


def test_who_approved_it_for_another_priority_is_asked_again_and_their_code_is_found(desk: Desk, key: str) -> None:
    desk.decide(key, by=OWNER, tier="should")
    asked(desk, key)
    assert to_tell(desk, "analyst") == []
    desk.decide(key, by="sponsor", tier="must")
    assert ("decide", key) in desk.waiting(OWNER) and desk.stage(key) == "deciding"
    assert len(to_tell(desk, "analyst")) == 1
    asked(desk, key, "sponsor", by="project_manager")
    assert len(to_tell(desk, "analyst")) == 1, "the sponsor's is the last word"


def test_who_was_voted_for_needs_no_code(desk: Desk, key: str) -> None:
    asked(desk, key)
    away(desk)
    assert len(to_tell(desk, "analyst")) == 1, "they may answer from wherever they are"
    assert desk.decide(key, by="deputy").stage == "deciding"
    assert not any(to_tell(desk, by) for by in ("analyst", "project_manager", "sponsor"))


def test_a_deputy_needs_no_code_once_whom_they_stand_in_for_has_voted(desk: Desk, key: str) -> None:
    away(desk)
    asked(desk, key, "deputy")
    assert len(to_tell(desk, "analyst")) == 1
    desk.decide(key, by=OWNER)
    assert to_tell(desk, "analyst") == [] and ("decide", key) not in desk.waiting("deputy")


def test_who_lost_the_role_that_decides_needs_no_code(desk: Desk, key: str) -> None:
    asked(desk, key)
    desk.world.member("second", OWNER, name="第二位")
    assert len(to_tell(desk, "analyst")) == 1
    set_role(desk, OWNER, "tester", gone=OWNER)
    assert not any(to_tell(desk, by) for by in ("analyst", "project_manager", "sponsor"))
    set_role(desk, OWNER, OWNER)
    assert len(to_tell(desk, "analyst")) == 1


def test_who_is_named_as_having_decided_is_asked_until_they_said_whether_it_is_so(desk: Desk, req: str) -> None:
    key = written(desk, req, OWNER, "tester")
    asked(desk, key, OWNER)
    asked(desk, key, "tester")
    assert desk.waiting("tester") == [("confirm", key)]
    assert len(to_tell(desk, "analyst")) == 2, "whether a seat is theirs or not"
    word(desk, key, "tester")
    assert len(to_tell(desk, "analyst")) == 1 and ("confirm", key) in desk.waiting(OWNER)


def test_of_what_was_put_off_the_code_waits_once_it_came_back(desk: Desk, key: str) -> None:
    asked(desk, key)
    today = clock.today(desk.read_project().zone)
    desk.decide(key, "deferred", by="sponsor", until=(today + timedelta(days=5)).isoformat(), reason="Later.")
    assert desk.stage(key) == "deferred" and to_tell(desk, "analyst") == []
    with clock.at(clock.now() + timedelta(days=4)):
        assert to_tell(desk, "analyst") == []
    with clock.at(clock.now() + timedelta(days=6)):
        assert desk.stage(key) == "deferred" and ("decide", key) in desk.waiting(OWNER)
        assert len(to_tell(desk, "analyst")) == len(to_tell(desk, "sponsor")) == 1
        desk.decide(key, by=OWNER)
        assert to_tell(desk, "analyst") == []
