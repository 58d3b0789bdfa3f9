"""Working feedback off: what becomes of it, and that its sender's link says so by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.changes.models import Change
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.feedback import actions, policy, queries
from reqtrack.feedback.models import Feedback
from reqtrack.items import store
from reqtrack.items.models import Item, Link, Succession
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES
from reqtrack.radar.queries import my_work
from reqtrack.requirements.models import Phase
from tests.feedback.conftest import Door, receipt
from tests.support.world import World

SAID = "Scanning takes ten seconds each time, people queue."


def settle(world: World, outcome: str, by: str = "analyst", key: str = "FB-1", **more: object) -> str:
    with world.write(by) as scene:
        item = item_for(scene.actor, scene.project.id, key, "feedback")
        made = actions.settle(scene.actor, scene.project, item, outcome, **more)  # type: ignore[arg-type]
        return made.key if made is not None else ""


def one(world: World, key: str = "FB-1") -> Feedback:
    """The row of a piece of feedback, inside a transaction."""
    return db.session.execute(select(Feedback).where(Feedback.key == key)).scalar_one()


def told(door: Door, path: str) -> str:
    return unescape(door.sender().get(path).text)


# -- policy ------------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite("pure")
@pytest.mark.parametrize(
    ("stage", "outcome", "made", "standing"),
    [
        ("new", None, None, "received"), ("taken_up", None, None, "looked_at"), ("closed", None, None, "closed"),
        ("closed", "answer", None, "answered"), ("closed", "none", None, "not_taken_up"), ("taken_up", "defect", None, "defect"),
        ("taken_up", "change", ("change", "assessing"), "asked"), ("taken_up", "change", ("change", "applied"), "yes"),
        ("taken_up", "change", ("change", "deferred"), "later"), ("taken_up", "change", ("change", "rejected"), "no"),
        ("taken_up", "requirement", ("requirement", "approved"), "yes"), ("taken_up", "change", None, "asked"),
        ("taken_up", "requirement", ("requirement", "implemented"), "built"),
        ("closed", "change", ("change", "assessing"), "closed"), ("closed", "change", ("change", "applied"), "yes"),
        ("closed", "defect", None, "closed"), ("new", "change", ("change", "applied"), "received"),
    ],
)  # fmt: skip
def test_how_it_stands(stage: str, outcome: str | None, made: tuple[str, str] | None, standing: str) -> None:
    assert policy.standing(stage, outcome, made) == standing
    assert policy.standing(stage, outcome, made, retired=True) == "closed"
    assert standing in policy.STANDINGS


@pytest.mark.sqlite("pure")
def test_every_stage_of_what_is_made_says_something() -> None:
    from reqtrack.workflow.tables import MACHINES

    for kind, table in policy.BY_MADE.items():
        assert set(table) <= set(MACHINES[kind].stages)
        assert set(table.values()) <= set(policy.STANDINGS)
    assert set(policy.STAGE_OF) == set(policy.OUTCOMES)


def test_who_may_answer(world: World) -> None:
    world.cast()
    with world.read() as scene:
        may = {role for role in ROLES if policy.may_triage(world.actor(role), scene.project.id)}
        says = {role for role in ROLES if policy.may_say(world.actor(role), scene.project.id)}
    assert may == {"project_manager", "business_owner", "analyst"}
    assert says == set(ROLES) - {"auditor"}


# -- what becomes of it ------------------------------------------------------------------------------------------------


def test_an_answer_closes_it_and_is_read_by_its_sender(door: Door) -> None:
    own = receipt(door.send(SAID))
    assert "It has arrived." in told(door, own)
    with pytest.raises(Invalid, match="Write what they shall read"):
        settle(door.world, "answer")
    settle(door.world, "answer", reply="Hold the scanner closer, until it is mended.")
    page = told(door, own)
    assert "Answered." in page and "Hold the scanner closer" in page
    with door.world.read():
        assert (one(door.world).stage, one(door.world).outcome) == ("closed", "answer")


def test_who_does_not_take_it_up_says_why(door: Door) -> None:
    own = receipt(door.send(SAID))
    with pytest.raises(Invalid, match="Write why not"):
        settle(door.world, "none", reply="  ")
    settle(door.world, "none", reply="There is no money for scanners.")
    assert "Not taken up." in told(door, own) and "no money for scanners" in told(door, own)


def test_a_defect_is_made_and_followed(door: Door) -> None:
    own = receipt(door.send(SAID))
    settle(door.world, "defect")
    assert "Taken up as a defect." in told(door, own)
    listed = door.world.client("analyst").get("/p/CRM/feedback?view=taken_up").text
    assert "Taken up as a defect" in listed and "BUG-1" in listed
    with door.world.read("analyst") as scene:
        assert item_for(scene.actor, scene.project.id, "BUG-1").seen == SAID
    door.world.move("BUG-1", "fixed")
    assert "Taken up as a defect." in told(door, own)
    door.world.move("BUG-1", "closed")
    assert "Done: it is in the system." in told(door, own)
    door.world.move("BUG-1", "not_a_defect")
    assert "Decided: no." in told(door, own)


def test_a_defect_that_is_there_already_stands_for_it(door: Door) -> None:
    door.send(SAID)
    key = door.world.item("defect", title="The scanner is slow")
    settle(door.world, "defect", existing=key)
    with door.world.read("analyst") as scene:
        assert one(door.world).outcome == "defect"
        assert [found.key for found in store.linked(item_for(scene.actor, scene.project.id, "FB-1"), "about")] == [key]


@pytest.mark.sqlite("words of a page")
def test_each_reader_is_told_in_their_language(door: Door) -> None:
    door.send(SAID)
    told_ = [
        door.world.client("analyst", language=one).get("/p/CRM/feedback/FB-1").text for one in ("en", "zh-CN", "en")
    ]
    marks = [re.findall(r'<span class="rq-flag">.*?</svg>(.*?)</span>', text) for text in told_]
    assert marks[0] == marks[2] == ["New"] and marks[1] != ["New"]


@pytest.mark.sqlite("pure")
def test_a_title_ends_with_a_whole_word() -> None:
    from reqtrack.feedback.pages import _shortened

    assert _shortened("Short enough.") == "Short enough."
    cut = _shortened("When I search a customer by mobile number, nothing is found with +86 in front at all.")
    assert cut == "When I search a customer by mobile number, nothing is found with +86 in front…"
    assert _shortened("慢" * 200) == "慢" * 79 + "…"


def test_a_change_is_made_of_it_and_its_decision_is_told(door: Door) -> None:
    world = door.world
    about = world.requirement("analyst", title="Scan goods")
    own = receipt(door.send(SAID))
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "FB-1", "feedback")
        store.edit(scene.actor, item, {"about": [item_for(scene.actor, scene.project.id, about)]})
    key = settle(world, "change", title="Scan faster", text=SAID)
    assert key == "CR-1" and "It is not decided yet" in told(door, own)
    with world.read("analyst") as scene:
        change = item_for(scene.actor, scene.project.id, key, "change")
        assert isinstance(change, Change)
        joined = select(Item.key).join(Link, Link.target_id == Item.id).where(Link.until.is_(None))
        assert set(db.session.execute(joined.where(Link.source_id == one(world).id)).scalars()) == {about, key}
        assert db.session.execute(joined.where(Link.source_id == change.id)).scalars().all() == [about]
        phase = db.session.execute(select(Phase)).scalars().first()
        assert phase is not None
        number, name = phase.id, phase.name
    for stage, word in (("rejected", "Decided: no."), ("deferred", "Decided: later."), ("applied", "Decided: yes.")):
        with world.write() as scene:
            store.move(scene.actor, item_for(scene.actor, scene.project.id, key), stage, columns={"phase_id": number})
        page = told(door, own)
        assert word in page and (name in page) == (stage != "rejected")
        # Nothing else of the project.
        assert not [word for word in ("Scan faster", "CR-1", about, "CRM 推广", "Scan goods") if word in page]


def test_a_requirement_is_made_of_it(door: Door) -> None:
    own = receipt(door.send(SAID))
    key = settle(door.world, "requirement", title="Scan in a second", text="The system shall scan in a second.")
    with door.world.read("analyst") as scene:
        made = item_for(scene.actor, scene.project.id, key, "requirement")
        assert made.statement == "The system shall scan in a second." and one(door.world).made_id == made.id
    door.world.move(key, "implemented")
    assert "it is in the system" in told(door, own)
    client = door.world.client("analyst")
    # What was made of it is done, so it counts as closed, by itself.
    assert "FB-1" in client.get("/p/CRM/feedback?view=closed").text
    assert "FB-1" not in client.get("/p/CRM/feedback?view=taken_up").text


def test_one_that_is_there_already_may_stand_for_it(door: Door) -> None:
    world = door.world
    there = world.requirement("analyst", title="Scan in a second")
    own = receipt(door.send(SAID))
    with pytest.raises(Invalid, match="There is no"):
        settle(world, "change", existing=there)
    assert settle(world, "requirement", existing=there.lower()) == there
    # Merged into another meanwhile: that one tells.
    other = world.requirement("analyst", title="Scan at once", stage="approved")
    with world.write("analyst") as scene:
        old, new = (item_for(scene.actor, scene.project.id, key) for key in (there, other))
        store.edit(scene.actor, old, {}, retired=True)
        from reqtrack.audit.record import recorded

        with recorded(scene.actor, scene.project.id, "requirement.merged", there) as entry:
            db.session.add(
                Succession(project_id=scene.project.id, old_id=old.id, new_id=new.id, way="merged", since=entry.seq)
            )
    assert "Decided: yes." in told(door, own)


def standing(door: Door, key: str = "FB-1") -> tuple[str, str, str]:
    """How it stands and what was made of it by the API, and the view of the list that it is in."""
    client = door.world.client("analyst")
    shown = client.get(f"/api/v1/projects/CRM/feedback/{key}").json
    views = [one for one in queries.VIEWS if f">{key}</span>" in client.get(f"/p/CRM/feedback?view={one}").text]
    assert len(views) == 1
    with door.world.read("analyst") as scene:
        around = queries.around(scene.actor, one(door.world, key))
        rows = queries.listing(scene.actor, scene.project.id, views[0]).rows
    assert {around.standing, *(row.standing for row in rows if row.key == key)} == {shown["standing"]}
    assert around.made is not None and around.made[0] == shown["made"]
    return shown["standing"], shown["made"], views[0]


def test_what_was_split_or_merged_since_tells_on(door: Door) -> None:
    from reqtrack.requirements import actions as requirements

    world = door.world
    own = receipt(door.send(SAID))
    key = settle(world, "requirement", title="Scan in a second", text="The system shall scan in a second.")
    world.move(key, "approved")
    world.move(key, "draft")
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, key)
        parts = [{"title": "Scan goods"}, {"title": "Scan shelves"}]
        requirements.split(scene.actor, scene.project, item, parts, {}, seen={})
    assert "It is not decided yet" in told(door, own) and standing(door) == ("asked", "REQ-2", "taken_up")
    # As long as one of the two is to come, it is not done.
    world.move("REQ-2", "implemented")
    assert standing(door) == ("asked", "REQ-3", "taken_up")
    world.requirement("analyst", title="Scan at once")
    with world.write("analyst") as scene:
        gone, kept = (item_for(scene.actor, scene.project.id, one) for one in ("REQ-3", "REQ-4"))
        requirements.merge(scene.actor, scene.project, gone, kept, {}, seen={})
    world.move("REQ-4", "approved")
    assert "Decided: yes." in told(door, own) and standing(door) == ("yes", "REQ-4", "taken_up")
    world.move("REQ-4", "rejected")
    assert "it is in the system" in told(door, own) and standing(door) == ("built", "REQ-2", "closed")


def test_what_moved_meanwhile_is_refused_before_anything_is_made(door: Door) -> None:
    door.send(SAID)
    with pytest.raises(Stale):
        settle(door.world, "change", title="Scan faster", text=SAID, seen=7)
    client = door.world.client("analyst")
    typed = {"seen": "7", "outcome": "change", "title": "Scan faster", "text": "Because of the queue"}
    refused = client.send("/p/CRM/feedback/FB-1/outcomes", typed)
    assert refused.status_code == 409 and "Because of the queue" in refused.text and "Scan faster" in refused.text
    with door.world.read():
        assert db.session.execute(select(Change)).scalars().all() == []


def test_a_business_owner_makes_no_requirement(door: Door) -> None:
    door.send(SAID)
    with pytest.raises(Refused):
        settle(door.world, "requirement", by="business_owner", title="Scan faster", text=SAID)
    page = door.world.client("business_owner").get("/p/CRM/feedback/FB-1").text
    assert "Your roles in this project do not let you create this." in page
    assert settle(door.world, "change", by="business_owner", title="Scan faster", text=SAID) == "CR-1"


def test_taken_up_again_it_has_no_outcome(door: Door) -> None:
    own = receipt(door.send(SAID))
    settle(door.world, "change", title="Scan faster", text=SAID)
    with door.world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "FB-1", "feedback")
        actions.make_move(scene.actor, item, "close", {"seen_stage": "taken_up"})
        assert item.stage == "closed"
        actions.make_move(scene.actor, item, "reopen", {})
        assert (item.stage, item.outcome, item.made_id) == ("new", None, None)
        with pytest.raises(Refused, match="moved to another stage"):
            actions.make_move(scene.actor, item, "take_up", {"seen_stage": "closed"})
        actions.make_move(scene.actor, item, "take_up", {"seen_stage": "new"})
    assert "Somebody is looking into it." in told(door, own)


def test_an_outcome_by_the_api_moves_it_along(door: Door) -> None:
    door.send(SAID)
    client = door.world.client("analyst")
    headers = {"X-CSRFToken": client.token()}
    base = "/api/v1/projects/CRM/feedback/FB-1"
    shown = client.get(base).json
    assert (shown["said"], shown["standing"], shown["feedback_link"]) == (SAID, "received", door.number)
    patched = client.patch(base, json={"outcome": "defect"}, headers={**headers, "If-Match": '"1"'})
    assert (patched.status_code, patched.json["outcome"]) == (200, "defect")
    assert client.get(base).json["stage"] == "taken_up"
    made = client.post(f"{base}/outcomes", json={"outcome": "change", "title": "T", "text": "W"}, headers=headers)
    assert made.status_code == 201 and (made.json["made"], made.json["standing"], made.json["about"]) == (
        "CR-1",
        "asked",
        ["CR-1"],
    )
    stale = client.post(f"{base}/outcomes", json={"outcome": "defect", "seen": 1}, headers=headers)
    assert stale.status_code == 409
    replied = client.post(f"{base}/replies", json={"reply": "We are on it."}, headers=headers)
    assert (replied.json["reply"], replied.json["stage"]) == ("We are on it.", "taken_up")


def test_an_outcome_needs_its_sentence_whichever_way_it_comes(door: Door) -> None:
    own = receipt(door.send(SAID))
    path = "/api/v1/projects/CRM/feedback"
    for by in ("tester", "analyst"):
        client = door.world.client(by)
        headers = {"X-CSRFToken": client.token()}
        for more in ({"outcome": "none", "reply": "Go away."}, {"reply": "Go away."}):
            refused = client.post(path, json={"title": "T", "said": "S", **more}, headers=headers)
            assert refused.status_code == 422 and "once it is there" in refused.text
    match = {**headers, "If-Match": '"1"'}
    refused = client.patch(f"{path}/FB-1", json={"outcome": "none"}, headers=match)
    assert refused.status_code == 422 and "Write why not" in refused.text
    form = {"seen": "1", "title": "T", "said": SAID, "outcome": "none", "reply": " "}
    typed = client.send("/p/CRM/i/FB-1/edit", form)
    assert typed.status_code == 422 and "Write why not" in typed.text
    assert "It has arrived." in told(door, own)
    done = client.patch(f"{path}/FB-1", json={"outcome": "none", "reply": "No money."}, headers=match)
    assert done.status_code == 200 and "No money." in told(door, own)
    # Nor is the sentence taken away afterwards.
    match["If-Match"] = f'"{done.json["version"]}"'
    assert client.patch(f"{path}/FB-1", json={"reply": None}, headers=match).status_code == 422
    assert client.send("/p/CRM/feedback/FB-1/reply", {"reply": ""}).status_code == 422
    assert client.patch(f"{path}/FB-1", json={"title": "In short"}, headers=match).status_code == 200


# -- links over the API ------------------------------------------------------------------------------------------------


def test_links_over_the_api(door: Door) -> None:
    client = door.world.client("analyst")
    headers = {"X-CSRFToken": client.token()}
    base = "/api/v1/projects/CRM/feedback-links"
    made = client.post(base, json={"name": "Leaflet", "until": f"{clock.now().year + 2}-01-01"}, headers=headers)
    assert made.status_code == 201 and made.json["state"] == "open" and made.json["expires_at"] is not None
    secret = made.json["link"].rpartition("/")[2]
    assert Door(door.world, made.json["id"], secret).send(SAID).status_code == 303
    listed = client.get(base).json["items"]
    assert [(one["name"], one["number"]) for one in listed] == [("Leaflet", 1), ("Poster in the warehouse", 0)]
    assert "link" not in listed[0] and secret not in client.get(base).text
    assert client.post(f"{base}/{made.json['id']}/revocation", headers=headers).json["state"] == "revoked"
    assert client.post(f"{base}/{made.json['id']}/revocation", headers=headers).status_code == 409
    for body in (
        {"name": " "},
        {"name": "x", "until": "2001-01-01"},
        {"name": "x", "until": "9999-12-31"},
        {"name": "x" * 201},
    ):
        assert client.post(base, json=body, headers=headers).status_code == 422
    tester = door.world.client("tester")
    assert tester.get(base).status_code == 403


# -- what says the same ------------------------------------------------------------------------------------------------


def group(world: World, key: str, head: str) -> None:
    with world.write("analyst") as scene:
        actions.group(scene.actor, item_for(scene.actor, scene.project.id, key, "feedback"), head)


def test_what_says_nearly_the_same_is_proposed_and_grouped_in_one_click(door: Door) -> None:
    said = (
        SAID,
        "Scanning takes ten seconds every time and people queue",
        "The price list is wrong.",
        "扫码很慢,要等十秒钟",
    )
    owns = [receipt(door.send(one)) for one in said]
    client = door.world.client("analyst")
    page = client.get("/p/CRM/feedback").text
    assert page.count("Belongs to FB-1") == 1 and "Belongs to FB-2" not in page
    assert (
        client.send("/p/CRM/feedback/FB-2/group", {"with": "FB-1", "next": "/p/CRM/feedback"}).location
        == "/p/CRM/feedback"
    )
    page = client.get("/p/CRM/feedback").text
    assert "1 more says so" in page and "Belongs to FB-1" not in page
    settle(door.world, "answer", reply="Hold it closer.")
    assert all("Hold it closer." in told(door, own) for own in owns[:2])
    assert "Hold it closer." not in told(door, owns[2])


def test_groups_stay_flat(door: Door) -> None:
    world = door.world
    for number in range(4):
        door.send(f"{SAID} {number}")
    group(world, "FB-2", "FB-1")
    group(world, "FB-1", "fb-3")
    with world.read():
        heads = {key: one(world, key).group_id for key in ("FB-1", "FB-2")}
        assert set(heads.values()) == {one(world, "FB-3").id}
    group(world, "FB-4", "FB-2")
    with world.read():
        assert one(world, "FB-4").group_id == one(world, "FB-3").id
    for key, head in (("FB-3", "FB-3"), ("FB-3", "FB-1"), ("FB-3", "REQ-1")):
        with pytest.raises((Refused, Invalid)):
            group(world, key, head)
    client = world.client("analyst")
    headers = {"X-CSRFToken": client.token()}
    shown = client.post("/api/v1/projects/CRM/feedback/FB-1/group", json={"group": None}, headers=headers)
    assert shown.status_code == 201 and shown.json["group"] is None
    again = client.post("/api/v1/projects/CRM/feedback/FB-1/group", json={"group": "FB-3"}, headers=headers)
    assert again.json["group"] == "FB-3"


def test_nothing_vanishes_with_the_head_of_its_group(door: Door) -> None:
    world = door.world
    owns = [receipt(door.send(f"{SAID} {number}")) for number in range(4)]
    for key in ("FB-2", "FB-3", "FB-4"):
        group(world, key, "FB-1")
    for key in ("FB-2", "FB-1"):
        with world.write("analyst") as scene:
            store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), {}, retired=True)
    with world.read("analyst") as scene:
        (row,) = queries.listing(scene.actor, scene.project.id, "new").rows
        assert (row.key, [one.key for one in row.belonging]) == ("FB-3", ["FB-4"])
        assert [key for key, _since in queries.unanswered(scene.project.id, 0)] == ["FB-3"]
        assert one(world, "FB-2").group_id is None
    assert ["Closed." in told(door, own) for own in owns] == [True, True, False, False]
    with pytest.raises(Invalid, match="FB-1 is retired"):
        group(world, "FB-3", "FB-1")


# -- what waits --------------------------------------------------------------------------------------------------------


def test_one_line_for_each_project_waits_for_who_answers(door: Door) -> None:
    world = door.world
    for number in range(3):
        door.send(f"{SAID} {number}")
    group(world, "FB-2", "FB-1")
    with world.app.test_request_context(), world.read("analyst") as scene:
        waiting = queries.waiting_for(scene.actor)
        assert [(str(one.title), one.kind, one.project_key) for one in waiting] == [
            ("2 pieces of feedback to answer", "answer", "CRM")
        ]
        assert queries.waiting_for(world.actor("tester")) == []
        assert waiting[0].since is not None and queries.unanswered(scene.project.id, 14) == []
        assert [key for key, _since in queries.unanswered(scene.project.id, 0)] == ["FB-1", "FB-3"]
        assert [entry.waiting.key for entry in my_work.queue(scene.actor, [scene.project])] == ["FB"]
    assert "2 pieces of feedback to answer" in world.client("analyst").get("/").text
    settle(world, "defect")
    settle(world, "answer", key="FB-3", reply="Yes.")
    assert "to answer" not in world.client("analyst").get("/").text


def test_what_waits_long_is_told_oldest_first(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.send(SAID)
    monkeypatch.setattr(clock, "now", lambda: clock.parse("2999-01-01T00:00:00.000000Z"))
    with door.world.read() as scene:
        assert [key for key, _since in queries.unanswered(scene.project.id, 14)] == ["FB-1"]
        assert (clock.now() - queries.unanswered(scene.project.id, 14)[0][1]) > timedelta(days=14)
