"""Merging and splitting: what goes where, what is refused and why, what is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.audit.models import Event
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.interviews import actions as interviews
from reqtrack.interviews.models import Excerpt
from reqtrack.items import actions as talk
from reqtrack.items import lists, personal, store, successions
from reqtrack.items.models import Attachment, Comment, Item, Link, Succession
from reqtrack.items.queries import item_for, neighbours
from reqtrack.requirements import actions, queries
from reqtrack.requirements.actions import joining
from reqtrack.requirements.queries.joining import excerpts_of, ties
from reqtrack.scenarios import actions as flows
from reqtrack.scenarios.models import FlowReply
from reqtrack.scenarios.queries import live_replies
from tests.support.world import Scene, World

NOTES = "**Wang:** We type each order twice. Nobody reads the remarks."


@pytest.fixture
def twins(world: World) -> World:
    """REQ-1 and REQ-2 say the same: each has a scenario, a quote, an acceptance scenario; REQ-2 is also refined by REQ-3, depends
    on REQ-4, and has a comment, an open question and a file."""
    world.cast()
    world.scenario(title="Entering an order")
    world.scenario(title="Reading an order")
    world.requirement(
        title="Enter orders once",
        statement="An order is typed once.",
        effort_days=2,
        tags=["order"],
        scenarios=["SCN-1"],
    )
    world.requirement(
        title="Type orders once", rationale="It costs hours.", effort_days=3, tier="must", scenarios=["SCN-2"]
    )
    world.requirement(title="On the phone, too")
    world.requirement(title="A list of orders")
    world.acceptance(title="Typed once", accepts=["REQ-1"])
    world.acceptance(title="Not typed twice", accepts=["REQ-2", "REQ-4"])
    with world.write("analyst") as scene:
        made = store.create(scene.actor, scene.project, store.KINDS["interview"], {"title": "Wang", "notes": NOTES})
        quotes = [
            interviews.mark(scene.actor, made, one) for one in ("We type each order twice", "Nobody reads the remarks")
        ]
        items = found(scene)
        interviews.back(scene.actor, items["REQ-1"], quotes[:1])
        interviews.back(scene.actor, items["REQ-2"], quotes)
        store.link(scene.actor, "refines", items["REQ-3"], items["REQ-2"])
        store.link(scene.actor, "depends_on", items["REQ-2"], items["REQ-4"])
        store.link(scene.actor, "depends_on", items["REQ-2"], items["REQ-1"])
        talk.comment(scene.actor, items["REQ-2"], "I hear this often.")
        talk.ask(scene.actor, items["REQ-2"], "How often?", world.user_row("tester"))
        talk.attach(scene.actor, items["REQ-2"], "0" * 64, "form.png", "image/png", 10)
    return world


def found(scene: Scene) -> dict[str, Any]:
    rows = db.session.execute(select(Item).where(Item.project_id == scene.project.id)).scalars()
    return {item.key: item_for(scene.actor, scene.project.id, item.key) for item in list(rows)}


def merge(world: World, gone: str = "REQ-2", kept: str = "REQ-1", by: str = "analyst", **more: Any) -> None:
    choices, seen = more.pop("choices", {}), more.pop("seen", {})
    with world.write(by) as scene:
        items = found(scene)
        actions.merge(scene.actor, scene.project, items[gone], items[kept], choices, seen=seen, **more)


def split(world: World, old: str = "REQ-2", by: str = "analyst", **more: Any) -> list[str]:
    parts = more.pop("parts", [{"title": "Type once"}, {"title": "Show it once", "effort_days": 1}])
    places, seen = more.pop("places", {}), more.pop("seen", {})
    with world.write(by) as scene:
        items = found(scene)
        made = actions.split(scene.actor, scene.project, items[old], parts, places, seen=seen, **more)
        return [one.key for one in made]


def undo(world: World, old: str = "REQ-2", by: str = "analyst") -> None:
    with world.write(by) as scene:
        actions.undo(scene.actor, scene.project, found(scene)[old])


def picture(world: World) -> dict[str, Any]:
    """All that is to be the same after something was taken back."""
    with world.read("analyst") as scene:
        items = found(scene)
        return {
            key: {
                "content": store.content_of(item), "stage": item.stage, "retired": item.retired,
                "links": sorted((one.link, one.outgoing, one.key) for one in neighbours(scene.actor, item)),
                "quotes": sorted(excerpts_of(item)), **hanging(item),
            }
            for key, item in items.items()
        }  # fmt: skip


def hanging(item: Any) -> dict[str, int]:
    models: dict[str, Any] = {"comments": Comment, "files": Attachment}
    return {
        name: len(db.session.execute(select(model.id).where(model.item_id == item.id)).all())
        for name, model in models.items()
    }


def refused(call: Callable[[], Any], status: int, *codes: str) -> Refused:
    with pytest.raises(Refused) as told:
        call()
    assert (told.value.status, tuple(one.code for one in told.value.reasons)) == (status, codes)
    return told.value


def test_merge_keeps_all_that_hangs_on_both(twins: World) -> None:
    merge(twins, choices={"title": "gone", "effort_days": "both"}, reason="They are one.")
    now = picture(twins)
    kept, gone = now["REQ-1"], now["REQ-2"]
    assert kept["content"] == {
        "title": "Type orders once", "statement": "An order is typed once.", "rationale": "It costs hours.", "effort_days": "5",
        "tags": ["order"], "tier": "must", "scenarios": ["SCN-1", "SCN-2"],
    }  # fmt: skip
    assert kept["quotes"] == [1, 2] and kept["comments"] == 2 and kept["files"] == 1
    assert kept["links"] == [
        ("accepts", False, "ACC-1"), ("accepts", False, "ACC-2"), ("depends_on", True, "REQ-4"),
        ("gives_rise_to", False, "SCN-1"), ("gives_rise_to", False, "SCN-2"), ("refines", False, "REQ-3"),
    ]  # fmt: skip
    assert now["ACC-2"]["content"]["accepts"] == ["REQ-1", "REQ-4"]
    assert (gone["retired"], gone["stage"], gone["links"], gone["quotes"], gone["comments"]) == (
        True,
        "obsolete",
        [],
        [],
        0,
    )
    with twins.read("analyst") as scene:
        items = found(scene)
        assert successions.at_last(scene.actor, items["REQ-2"]) == "REQ-1"
        (event,) = db.session.execute(select(Event).where(Event.action == "requirement.merged")).scalars()
        assert (event.subject, event.reason) == ("REQ-2", "They are one.")
        # It is in no list and no search; the history of both stays.
        assert "REQ-2" not in [row.key for row in lists.find(scene.actor, scene.project.id, "orders once")]
        assert queries.duplicates_for(scene.actor, scene.project.id) == []


def test_merge_is_taken_back(twins: World) -> None:
    before = picture(twins)
    merge(twins, choices={"title": "gone", "effort_days": "both"})
    undo(twins)
    assert picture(twins) == before
    with twins.read("analyst") as scene:
        assert db.session.execute(select(Succession)).all() == []
        assert successions.at_last(scene.actor, found(scene)["REQ-2"]) is None
    # And done again.
    merge(twins)
    assert picture(twins)["REQ-2"]["retired"]


def test_what_was_worked_on_since_is_not_put_back(twins: World) -> None:
    merge(twins)
    with twins.write("analyst") as scene:
        store.edit(scene.actor, found(scene)["REQ-1"], {"title": "Worked on"})
    told = refused(lambda: undo(twins), 409, "worked_on")
    assert "REQ-1" in str(told)
    refused(lambda: undo(twins, "REQ-1"), 409, "not_joined")


def test_links_that_somebody_changed_since_do_not_stop_it(twins: World) -> None:
    """What was carried over and ended since, or made again, is what was wanted."""
    before = picture(twins)
    merge(twins)
    with twins.write("analyst") as scene:
        items = found(scene)
        for tie in ties(items["REQ-1"]):
            if (tie.kind, tie.other.key) == ("depends_on", "REQ-4"):
                store.unlink(scene.actor, db.session.get_one(Link, tie.id), items["REQ-1"], items["REQ-4"])
        store.link(scene.actor, "refines", items["REQ-3"], items["REQ-2"])
    undo(twins)
    assert picture(twins) == before


def test_a_merged_key_leads_on_through_another_merge(twins: World) -> None:
    merge(twins, "REQ-3", "REQ-4")
    merge(twins, "REQ-4", "REQ-1")
    with twins.read("analyst") as scene:
        assert successions.at_last(scene.actor, found(scene)["REQ-3"]) == "REQ-1"


def test_merge_of_scenarios(twins: World) -> None:
    """What they give rise to goes to the one that stays, and what is known of their special flows."""
    with twins.write("analyst") as scene:
        items = found(scene)
        for number, (scenario, code, told_by) in enumerate(
            [("SCN-1", "returns", "SCN-2"), ("SCN-2", "offline", "SCN-1")]
        ):
            with joining.recorded(scene.actor, scene.project.id, "flow.told", scenario) as entry:
                row = FlowReply(project_id=scene.project.id, scenario_id=items[scenario].id, code=code, author="analyst",
                                told_by_id=items[told_by].id, at=entry.at, since=entry.seq)  # fmt: skip
                db.session.add(row)
                assert number < 2
    before = picture(twins)
    merge(twins, "SCN-2", "SCN-1", choices={"title": "kept"})
    now = picture(twins)
    assert now["REQ-2"]["content"]["scenarios"] == ["SCN-1"] == now["REQ-1"]["content"]["scenarios"]
    with twins.read() as scene:
        # A scenario that tells its own special flow is none.
        assert [row.until is None for row in db.session.execute(select(FlowReply)).scalars()] == [False, False]
    undo(twins, "SCN-2")
    assert picture(twins) == before
    with twins.read() as scene:
        assert [row.until for row in db.session.execute(select(FlowReply)).scalars()] == [None, None]


def test_split_of_scenarios_keeps_what_is_known_of_special_flows(twins: World) -> None:
    """Said of the old one, it is said of both; told by the old one, told by both."""
    world = twins
    world.scenario(title="An order comes back", kind="exception")
    with world.write() as scene:
        store.edit(scene.actor, found(scene)["SCN-1"], {"kind": "main"})
    with world.write("analyst") as scene:
        items = found(scene)
        flows.tell_flow(scene.actor, items["SCN-1"], "return", items["SCN-3"])
        flows.say_none(scene.actor, items["SCN-1"], "offline", asked="Wang Fang")
    before, known = picture(world), answers(world)
    assert len(known) == 2
    parts = [{"title": "One"}, {"title": "Other"}]
    assert split(world, "SCN-1", parts=parts) == ["SCN-4", "SCN-5"]
    assert answers(world) == {(key, code, by) for key in ("SCN-4", "SCN-5") for _main, code, by in known}
    assert split(world, "SCN-3", parts=parts) == ["SCN-6", "SCN-7"]
    told = {(main, "return", by) for main in ("SCN-4", "SCN-5") for by in ("SCN-6", "SCN-7")}
    assert answers(world) == told | {("SCN-4", "offline", "Wang Fang"), ("SCN-5", "offline", "Wang Fang")}
    undo(world, "SCN-3")
    # What somebody took back since stays so.
    with world.write("analyst") as scene:
        main = found(scene)["SCN-4"]
        (none,) = live_replies(main, "offline")
        flows.end_reply(scene.actor, main, none.id)
    undo(world, "SCN-1")
    assert answers(world) == {one for one in known if one[1] == "return"}
    after = picture(world)
    assert {key: after[key] for key in before} == before


def answers(world: World) -> set[tuple[str, str, str]]:
    """What is known of special flows: of which scenario, which flow, told by which or by whom."""
    with world.read() as scene:
        items = {item.id: item.key for item in found(scene).values()}
        rows = db.session.execute(select(FlowReply).where(FlowReply.until.is_(None))).scalars().all()
        return {
            (items[row.scenario_id], row.code, items[row.told_by_id] if row.told_by_id else personal.get(row.project_id, row.asked))
            for row in rows
        }  # fmt: skip


def test_what_may_stand_goes_along(twins: World) -> None:
    """The words come along, so what somebody let stand of them does, and is not pointed out again."""
    world = twins
    with world.write("analyst") as scene:
        for key in ("REQ-1", "REQ-2"):
            store.edit(scene.actor, found(scene)[key], {"statement": "The system shall be fast and user-friendly."})
        items = found(scene)
        for key, rule, words in (
            ("REQ-1", "unmeasured", "fast"), ("REQ-2", "unmeasured", "fast"), ("REQ-2", "vague_terms", "user-friendly"),
        ):  # fmt: skip
            actions.silence(scene.actor, scene.project, rule, "Agreed.", items[key], words)
    before, stands = picture(world), standing(world)
    merge(world)
    assert standing(world) == {("REQ-1", "fast"), ("REQ-1", "user-friendly")}
    undo(world)
    assert standing(world) == stands and picture(world) == before
    assert split(world) == ["REQ-5", "REQ-6"]
    parts = {(key, words) for key in ("REQ-5", "REQ-6") for words in ("fast", "user-friendly")}
    assert standing(world) == {("REQ-1", "fast")} | parts
    undo(world)
    assert standing(world) == stands


def standing(world: World) -> set[tuple[str, str]]:
    with world.read() as scene:
        items = {item.id: item.key for item in found(scene).values()}
        return {(items[one.item_id], one.words) for one in queries.standing(scene.project.id) if one.item_id}


def test_every_reason_at_once(twins: World) -> None:
    with twins.write("analyst") as scene:
        store.edit(scene.actor, found(scene)["REQ-3"], {}, retired=True)
    refused(lambda: merge(twins, "REQ-3", "SCN-1"), 409, "other_kind", "retired")
    refused(lambda: merge(twins, "REQ-1", "REQ-1"), 409, "itself")
    refused(lambda: merge(twins, "ACC-1", "ACC-2"), 409, "wrong_kind")
    refused(lambda: merge(twins, "REQ-2", "REQ-3"), 409, "retired")
    told = refused(lambda: merge(twins, by="tester"), 403, *["no_permission"] * 3)
    assert {one.params["key"] for one in told.reasons} == {"REQ-1", "REQ-2", "ACC-2"}
    twins.move("REQ-1", "rejected")
    refused(lambda: merge(twins), 409, "out")
    with pytest.raises(Invalid):
        merge(twins, kept="REQ-4", choices={"title": "both"})
    with pytest.raises(Invalid):
        merge(twins, kept="REQ-4", choices={"nothing": "kept"})


def test_what_moved_meanwhile(twins: World) -> None:
    before = picture(twins)
    for seen in ({"REQ-1": 7}, {"REQ-2": 7}):
        with pytest.raises(Stale):
            merge(twins, seen=seen)
    with pytest.raises(Stale):
        split(twins, seen={"REQ-2": 7})
    assert picture(twins) == before


def test_agreed_scope_takes_a_change(twins: World) -> None:
    """Locked is the one, the other, or what accepts them."""
    before = picture(twins)
    for key, locks in (("REQ-1", 2), ("REQ-2", 3)):
        twins.move(key, "approved")
        told = refused(lambda: merge(twins), 409, *["locked"] * locks)
        assert "change request" in str(told)
        refused(lambda key=key: split(twins, key), 409, *["locked"] * 3)  # type: ignore[misc]
        twins.move(key, "draft")
    twins.move("REQ-4", "approved")
    refused(lambda: merge(twins), 409, "locked")
    twins.move("REQ-4", "draft")
    assert picture(twins) == before


def test_split_puts_each_thing_where_it_was_put(twins: World) -> None:
    with twins.read("analyst") as scene:
        held = {(tie.kind, tie.other.key): tie.id for tie in ties(found(scene)["REQ-2"])}
    links = {
        held["gives_rise_to", "SCN-2"]: "first", held["accepts", "ACC-2"]: "second", held["refines", "REQ-3"]: "first",
        held["depends_on", "REQ-4"]: "both",
    }  # fmt: skip
    before = picture(twins)
    assert split(twins, places={"links": links, "evidence": {1: "first", 2: "second"}}, reason="Two things.") == [
        "REQ-5",
        "REQ-6",
    ]
    now = picture(twins)
    one, other, old = now["REQ-5"], now["REQ-6"], now["REQ-2"]
    assert one["content"] == {
        "title": "Type once", "rationale": "It costs hours.", "effort_days": "3", "tier": "must", "scenarios": ["SCN-2"],
    }  # fmt: skip
    assert other["content"] == {
        "title": "Show it once",
        "rationale": "It costs hours.",
        "effort_days": "1",
        "tier": "must",
    }
    assert (one["quotes"], other["quotes"], old["quotes"]) == ([1], [2], [])
    assert one["links"] == [
        ("depends_on", True, "REQ-1"), ("depends_on", True, "REQ-4"), ("gives_rise_to", False, "SCN-2"), ("refines", False, "REQ-3"),
    ]  # fmt: skip
    assert other["links"] == [("accepts", False, "ACC-2"), ("depends_on", True, "REQ-1"), ("depends_on", True, "REQ-4")]
    assert (old["retired"], old["stage"], old["links"], old["comments"]) == (True, "obsolete", [], 2)
    with twins.read("analyst") as scene:
        items = found(scene)
        led = successions.heirs(scene.actor, scene.project.id, [items["REQ-2"].id])[items["REQ-2"].id]
        assert [(one.way, one.key, one.title) for one in led] == [
            ("split", "REQ-5", "Type once"),
            ("split", "REQ-6", "Show it once"),
        ]
        assert [one.key for one in successions.origins(scene.actor, items["REQ-5"])] == ["REQ-2"]
        assert successions.at_last(scene.actor, items["REQ-2"]) is None
    undo(twins)
    after = picture(twins)
    assert after.pop("REQ-5")["retired"] and after.pop("REQ-6")["retired"]
    assert after == before


def test_parts_that_do_not_fit(twins: World) -> None:
    before = picture(twins)
    for parts, places, fields in [
        ([{"title": "One"}], {}, ["parts"]),
        ([{"title": " "}, {"title": "b", "effort_days": "many"}], {}, ["parts.0.title", "parts.1.effort_days"]),
        ([{"title": "Same "}, {"title": "same"}], {}, ["parts.1.title"]),
        ([{"title": "a", "scenarios": []}, {"title": "b"}], {}, ["parts.0.scenarios"]),
        ([{"title": "a"}, {"title": "b"}], {"links": {999: "first"}, "evidence": {1: "third"}}, ["links", "evidence.1"]),
    ]:  # fmt: skip
        with pytest.raises(Invalid) as told:
            split(twins, parts=parts, places=places)
        assert [one.field for one in told.value.reasons] == fields
    refused(lambda: split(twins, "ACC-1"), 409, "wrong_kind")
    merge(twins)
    refused(lambda: split(twins), 409, "retired")
    assert picture(twins)["REQ-4"] == {**before["REQ-4"], "links": picture(twins)["REQ-4"]["links"]}


def test_split_is_not_taken_back_once_worked_on(twins: World) -> None:
    split(twins)
    with twins.write("analyst") as scene:
        talk.comment(scene.actor, found(scene)["REQ-5"], "Good.")
    refused(lambda: undo(twins), 409, "worked_on")


def test_links_and_evidence_stay_in_the_history(twins: World) -> None:
    merge(twins)
    with twins.read() as scene:
        old = found(scene)["REQ-2"]
        ended = (
            db.session.execute(select(Link.kind).where(Link.until.is_not(None), Link.source_id == old.id))
            .scalars()
            .all()
        )
        assert sorted(ended) == ["depends_on", "depends_on"]
        assert db.session.execute(select(Excerpt.id)).scalars().all() == [1, 2]


def test_nobody_is_named_in_a_reason(twins: World) -> None:
    """It would stay in the chain, and in the history that everybody reads."""
    with twins.write("analyst") as scene:
        interviews.add_stakeholder(scene.actor, scene.project, {"name": "Quillon", "job_role": "Rep"})
    for act in (merge, split):
        with pytest.raises(Invalid) as refused:
            act(twins, reason="Quillon wants it")
        assert [(one.code, one.field) for one in refused.value.reasons] == [("names", "reason")]
    with twins.write("analyst") as scene, pytest.raises(Invalid):
        actions.review(scene.actor, [found(scene)["REQ-1"]], "drop", reason="Quillon does not want it")


def test_a_split_scenario_keeps_its_answers_and_goes_on_telling(twins: World) -> None:
    """Both heirs have what was said of the old one, and both tell what it told; taken back, all is as it was."""
    with twins.write("analyst") as scene:
        kind = store.KINDS["scenario"]
        for title, which in (("Returning", "main"), ("Twice", "alternative")):
            store.create(scene.actor, scene.project, kind, {"title": title, "kind": which})
    with twins.write("analyst") as scene:
        main, other = found(scene)["SCN-3"], found(scene)["SCN-4"]
        flows.tell_flow(scene.actor, main, "duplicate", other)
        flows.say_none(scene.actor, main, "offline", asked="Sales", asked_on=clock.today("UTC"))

    def told() -> set[tuple[int, str, int | None]]:
        with twins.read() as scene:
            keys = {item.id: int(key[4:]) for key, item in found(scene).items() if item.kind == "scenario"}
            rows = db.session.execute(select(FlowReply).where(FlowReply.until.is_(None))).scalars()
            return {(keys[row.scenario_id], row.code, row.told_by_id and keys[row.told_by_id]) for row in rows}

    parts = [{"title": "First"}, {"title": "Second"}]
    before = told()
    assert before == {(3, "duplicate", 4), (3, "offline", None)}
    assert split(twins, "SCN-4", parts=parts) == ["SCN-5", "SCN-6"]
    assert told() == {(3, "duplicate", 5), (3, "duplicate", 6), (3, "offline", None)}
    undo(twins, "SCN-4")
    assert told() == before
    assert split(twins, "SCN-3", parts=parts) == ["SCN-7", "SCN-8"]
    assert told() == {(at, code, by) for at in (7, 8) for _main, code, by in before}
    undo(twins, "SCN-3")
    assert told() == before


def test_what_lets_the_words_stand_goes_to_the_heirs(twins: World) -> None:
    with twins.write("analyst") as scene:
        item = found(scene)["REQ-2"]
        store.edit(scene.actor, item, {"statement": "The system shall be fast."})
        actions.silence(scene.actor, scene.project, "unmeasured", "A name", item, "fast")

    def stands() -> list[str]:
        with twins.read("analyst") as scene:
            return sorted(one.key for one in queries.standing(scene.project.id))

    split(twins)
    assert stands() == ["REQ-5", "REQ-6"]
    undo(twins)
    assert stands() == ["REQ-2"]
    merge(twins, choices={"statement": "gone"})
    assert stands() == ["REQ-1"]
    undo(twins)
    assert stands() == ["REQ-2"]
