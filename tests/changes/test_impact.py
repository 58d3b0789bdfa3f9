"""What a change touches: the set with its paths, results and signatures, other changes; the graph's fingerprint."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from reqtrack.acceptance.actions import close_round
from reqtrack.acceptance.queries import round_for
from reqtrack.audit.seals import digest
from reqtrack.changes import impact, queries, reach
from reqtrack.db import canonical
from reqtrack.errors import NotFound
from reqtrack.items import store
from tests.changes.conftest import Desk


@pytest.fixture
def net(desk: Desk) -> dict[str, str]:
    """SCN-1 gives rise to REQ-1; REQ-2 depends on REQ-1 and REQ-3 on REQ-2; ACC-1 and ACC-2 accept REQ-1, ACC-3 REQ-2."""
    world = desk.world
    scenario = world.scenario(title="Approving")
    one = world.requirement(title="One", statement="a", tier="should", scenarios=[scenario])
    two = world.requirement(title="Two", tier="should")
    three = world.requirement(title="Three", tier="later")
    accepting = [
        world.acceptance(title=f"A{n}", then=["x"], accepts=[key]) for n, key in ((1, one), (2, one), (3, two))
    ]
    link(desk, "depends_on", two, one)
    link(desk, "depends_on", three, two)
    return dict(zip(("s", "1", "2", "3", "a1", "a2", "a3"), [scenario, one, two, three, *accepting], strict=True))


def link(desk: Desk, kind: str, source: str, target: str) -> None:
    with desk.world.write("analyst") as scene:
        store.link(scene.actor, kind, desk.item(scene, source), desk.item(scene, target))


def touched(desk: Desk, key: str, by: str = "auditor", depth: int = 6) -> dict[str, Any]:
    with desk.world.read(by) as scene:
        return queries.impact_of_item(scene.actor, scene.project.id, key, depth)


def paths(desk: Desk, key: str, by: str = "auditor", depth: int = 6) -> dict[str, str]:
    return {one["key"]: " ".join(one["path"]) for one in touched(desk, key, by, depth)["items"]}


def test_the_affected_set_with_the_paths_that_led_there(desk: Desk, net: dict[str, str]) -> None:
    assert paths(desk, net["1"]) == {
        "ACC-1": "REQ-1 ACC-1", "ACC-2": "REQ-1 ACC-2", "REQ-2": "REQ-1 REQ-2", "ACC-3": "REQ-1 REQ-2 ACC-3",
        "REQ-3": "REQ-1 REQ-2 REQ-3",
    }  # fmt: skip
    assert "REQ-1" in paths(desk, net["s"]) and paths(desk, net["a1"]) == {}
    assert set(paths(desk, net["1"], depth=1)) == {"ACC-1", "ACC-2", "REQ-2"}


def test_it_never_turns_round(desk: Desk, net: dict[str, str]) -> None:
    link(desk, "conflicts_with", net["3"], net["1"])
    assert set(paths(desk, net["2"])) == {"ACC-3", "REQ-3", "REQ-1", "ACC-1", "ACC-2"}
    assert paths(desk, net["3"])["REQ-2"] == "REQ-3 REQ-1 REQ-2"


def test_retired_items_and_ended_links_end_a_way(desk: Desk, net: dict[str, str]) -> None:
    with desk.world.write("analyst") as scene:
        store.edit(scene.actor, desk.item(scene, net["2"]), {}, retired=True)
    assert set(paths(desk, net["1"])) == {"ACC-1", "ACC-2"}


def test_ties_go_to_the_smaller_key(desk: Desk, net: dict[str, str]) -> None:
    # REQ-12 is reached through REQ-2 and through REQ-10 at the same distance.
    for n in range(4, 13):
        desk.world.requirement(title=f"R{n}")
    link(desk, "depends_on", "REQ-10", net["1"])
    link(desk, "depends_on", "REQ-12", "REQ-10")
    link(desk, "depends_on", "REQ-12", net["2"])
    assert paths(desk, net["1"])["REQ-12"] == "REQ-1 REQ-2 REQ-12"


def test_it_goes_from_what_drives_to_what_is_driven_by_shortest_paths(desk: Desk) -> None:
    crm = desk.world
    crm.scenario("analyst", title="Why")
    crm.requirement("analyst", scenarios=["SCN-1"])
    for number in range(3):
        crm.requirement("analyst", title=f"Further {number}")
    crm.acceptance("analyst", then=["so"], accepts=["REQ-3"])
    with crm.write("analyst") as scene:
        one, two, three, four = (desk.item(scene, f"REQ-{number}") for number in range(1, 5))
        store.link(scene.actor, "depends_on", two, one)
        store.link(scene.actor, "refines", three, two)
        store.link(scene.actor, "depends_on", three, one)
        ended = store.link(scene.actor, "depends_on", four, one)
        store.unlink(scene.actor, ended, four, one)
        store.link(scene.actor, "conflicts_with", four, three)
        scenario, acceptance = desk.item(scene, "SCN-1"), desk.item(scene, "ACC-1")
        reached = reach.downstream(scene.actor, scene.project.id, [scenario.id])
        keys = {one.id: one.key for one in reached.values()} | {scenario.id: scenario.key}
        found = {keys[item_id]: [keys[one] for one in reach.path(reached, item_id)] for item_id in reached}
        assert found == {
            "REQ-1": ["SCN-1", "REQ-1"],
            "REQ-2": ["SCN-1", "REQ-1", "REQ-2"],
            "REQ-3": ["SCN-1", "REQ-1", "REQ-3"],
            "ACC-1": ["SCN-1", "REQ-1", "REQ-3", "ACC-1"],
            "REQ-4": ["SCN-1", "REQ-1", "REQ-3", "REQ-4"],
        }
        assert set(reach.downstream(scene.actor, scene.project.id, [scenario.id], 1)) == {one.id}
        assert {keys[item_id] for item_id in reach.upstream(scene.actor, scene.project.id, [acceptance.id])} == {
            "REQ-3", "REQ-1", "REQ-2", "SCN-1", "REQ-4",
        }  # fmt: skip
        assert reach.links_among([one.id, two.id, four.id]) == [("depends_on", two.id, one.id)]


def test_what_may_not_be_seen_is_counted_not_named(desk: Desk, net: dict[str, str]) -> None:
    for key in (net["1"], net["3"]):
        with desk.world.write("analyst") as scene:
            store.move(scene.actor, desk.item(scene, key), "approved")
    found = touched(desk, net["1"], by="implementer")
    # REQ-2 is a draft, so it and what accepts it stay hidden; the way to REQ-3 goes through.
    assert {one["key"]: one["path"] for one in found["items"]} == {
        "ACC-1": ["REQ-1", "ACC-1"], "ACC-2": ["REQ-1", "ACC-2"], "REQ-3": ["REQ-1", "…", "REQ-3"],
    }  # fmt: skip
    assert found["hidden"] == 2
    with pytest.raises(NotFound):
        touched(desk, net["2"], by="implementer")


def test_results_that_would_turn_stale(desk: Desk, net: dict[str, str]) -> None:
    number = desk.round(net["a1"], net["a2"], net["a3"])
    for key in (net["a1"], net["a2"], net["a3"]):
        desk.passed(key, number)
    # Only what tests the text itself: ACC-3 accepts a requirement that merely depends on it.
    assert touched(desk, net["1"])["stale_results"] == 2
    assert touched(desk, net["2"])["stale_results"] == 1
    assert touched(desk, net["a1"])["stale_results"] == 1
    assert touched(desk, net["3"])["stale_results"] == 0
    desk.world_edit(net["1"], statement="b")
    assert touched(desk, net["1"])["stale_results"] == 0


def test_of_a_change_only_texts_count(desk: Desk, net: dict[str, str]) -> None:
    number = desk.round(net["a1"], net["a2"])
    for key in (net["a1"], net["a2"]):
        desk.passed(key, number)

    def stale(edit: dict[str, Any]) -> int:
        return desk.page(desk.log(edits=[edit])).impact.stale_results

    assert stale({"item": net["1"], "field": "statement", "new": "b"}) == 2
    assert stale({"item": net["1"], "field": "tier", "new": "must"}) == 0
    assert stale({"item": net["a1"], "field": "then", "new": ["y"]}) == 1
    assert stale({"item": net["a1"], "field": "title", "new": "Another"}) == 0
    assert stale({"retire": net["1"]}) == 2


def test_a_signed_result_falls(desk: Desk, net: dict[str, str]) -> None:
    number = desk.passed(net["a1"])
    with desk.world.write("project_manager") as scene:
        close_round(scene.actor, round_for(scene.actor, scene.project.id, number), "")
    desk.sign(f"RND-{number}")
    found = touched(desk, net["1"])
    assert (found["superseded_signoffs"], found["carried_signoffs"]) == (1, 0)
    page = desk.page(desk.log(edits=[{"item": net["1"], "field": "statement", "new": "b"}]))
    assert [(one.subject, one.state, one.signers) for one in page.impact.signatures] == [
        (f"RND-{number}", "superseded", ("陈立群",))
    ]
    page = desk.page(desk.log(edits=[{"item": net["2"], "field": "statement", "new": "b"}]))
    assert page.impact.signatures == []


def test_other_open_changes(desk: Desk, net: dict[str, str]) -> None:
    first = desk.log(edits=[{"item": net["1"], "field": "statement", "new": "b"}])
    second = desk.log(edits=[{"item": net["1"], "field": "statement", "new": "c"}])
    third = desk.log(edits=[{"item": net["1"], "field": "tier", "new": "must"}])
    fourth = desk.log(affected=[net["1"]])
    assert touched(desk, net["1"])["conflicts"] == [first, second, third, fourth]
    rivals = {(one.key, one.field) for one in desk.page(first).impact.rivals}
    assert rivals == {(second, "statement"), (third, "")}
    from reqtrack.changes import actions

    desk.do(second, actions.withdraw, by="contributor")
    assert desk.page(first).impact.conflicts == [third]
    with desk.world.read("auditor") as scene:
        panel = queries.open_on_item(scene.actor, desk.item(scene, net["1"]))
        assert panel is not None and [one.key for one in panel["changes"]] == [first, third, fourth]
        assert queries.open_on_item(scene.actor, desk.item(scene, net["3"])) is None


def test_the_graphs_fingerprint(desk: Desk, net: dict[str, str]) -> None:
    key = desk.log(edits=[{"item": net["1"], "field": "statement", "new": "b"}])

    def graph(by: str = "auditor") -> str:
        return desk.page(key, by=by).impact.graph_print

    first = graph()
    # Stages, results, comments, working facts and other changes are not in it, nor is who looks.
    desk.passed(net["a1"])
    desk.world_edit(net["2"], rationale="because")
    desk.log(edits=[{"item": net["1"], "field": "statement", "new": "c"}])
    with desk.world.write("analyst") as scene:
        store.move(scene.actor, desk.item(scene, net["3"]), "in_review")
    assert graph() == first == graph(by="contributor")
    # Scope of what is affected, and the links, are.
    desk.world_edit(net["2"], tier="must")
    second = graph()
    assert second != first
    link(desk, "refines", net["3"], net["1"])
    assert graph() not in (first, second)


def test_why_it_exists_is_told_apart(desk: Desk, net: dict[str, str]) -> None:
    page = desk.page(desk.log(edits=[{"item": net["2"], "field": "statement", "new": "b"}]))
    assert {one.key for one in page.impact.why.values()} == {net["1"], net["s"]}
    assert {one.key for one in page.impact.touched} == {net["3"], net["a3"]}


def test_the_tree(desk: Desk, net: dict[str, str]) -> None:
    page = desk.page(desk.log(edits=[{"item": net["1"], "field": "statement", "new": "b"}]))
    (top,) = page.impact.tree()
    assert (top.key, top.edited) == ("REQ-1", True)
    assert [child.key for child in top.children] == ["ACC-1", "ACC-2", "REQ-2"]
    assert str(top.children[0].word) == "is accepted by" and str(top.children[2].word) == "is needed by"
    assert [child.key for child in top.children[2].children] == ["ACC-3", "REQ-3"]


def test_the_page_shows_the_nearest_and_all_when_asked(
    desk: Desk, net: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("reqtrack.changes.pages.show"), "NEAREST", 4)
    key = desk.log(edits=[{"item": net["1"], "field": "statement", "new": "b"}])
    client = desk.world.client("project_manager")
    nearest = client.get(f"/p/CRM/changes/{key}").text.partition('id="impact"')[2]
    assert "REQ-2" in nearest and "ACC-3" in nearest and "REQ-3" not in nearest
    assert "1 further item, more steps away" in nearest
    whole = client.get(f"/p/CRM/changes/{key}?touched=all").text.partition('id="impact"')[2]
    assert "REQ-3" in whole and "further" not in whole


def test_the_fingerprint_of_the_graph_is_canonical_json(desk: Desk, net: dict[str, str]) -> None:
    """It is written as plain JSON, which must say what the canonical form says."""
    page = desk.page(desk.log(edits=[{"item": net["1"], "field": "statement", "new": "b"}]))
    items = {
        one.id: (one.key, one.scope_print) for one in (*page.impact.starts.values(), *page.impact.reached.values())
    }
    with desk.world.read("auditor"):
        links = [[kind, items[source][0], items[target][0]] for kind, source, target in reach.links_among(items)]
    told = {"items": sorted(list(one) for one in items.values()), "links": sorted(links)}
    assert page.impact.graph_print == digest(canonical(told))


def test_budgets(desk: Desk, net: dict[str, str], queries: Any) -> None:
    from reqtrack.changes import queries as asked

    number = desk.round(net["a1"], net["a2"])
    desk.passed(net["a1"], number)
    key = desk.deciding(
        likely=2,
        edits=[
            {"item": net["1"], "field": "statement", "new": "b"},
            {"item": net["1"], "field": "phase", "new": "Phase 1"},
            {"item": net["2"], "field": "owner", "new": "analyst"},
        ],
    )
    with desk.world.read("business_owner") as scene:
        change = asked.change_for(scene.actor, scene.project.id, key)
        queries.clear()
        page = asked.change_page(scene.actor, change)
        # One of them for the chain's head, which a request knows already from who asks.
        assert len(queries) <= 16, "\n".join(queries)
        assert page.rule.seats and page.impact.stale_results == 1
        queries.clear()
        assert [row.key for row in asked.board(scene.actor, scene.project)[0]] == [key]
        assert len(queries) <= 7
        queries.clear()
        assert impact.of_dossier(scene.actor, page.dossier).graph_print == page.impact.graph_print
        assert len(queries) <= 7
