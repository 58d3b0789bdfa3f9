"""What a change touches, whole: by hand put in and taken out; the page as tree, list and picture; baselines, testers, conflicts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reqtrack.baselines import actions as baselines
from reqtrack.changes import actions, queries, stakes
from reqtrack.documents.contexts.impact import nodes
from reqtrack.errors import Invalid, Refused
from reqtrack.items import store
from tests.api.test_rest import Caller
from tests.changes.conftest import Desk


@pytest.fixture
def net(desk: Desk, req: str) -> dict[str, str]:
    """REQ-2 depends on REQ-1, ACC-1 accepts REQ-1, REQ-3 stands alone; CR-1 edits REQ-1."""
    world = desk.world
    two, alone = world.requirement(title="Two"), world.requirement(title="Alone", owner="tester")
    accepting = world.acceptance(title="A", then=["x"], accepts=[req])
    with world.write("analyst") as scene:
        store.link(scene.actor, "depends_on", desk.item(scene, two), desk.item(scene, req))
    key = desk.log(edits=[{"item": req, "field": "statement", "new": "Two levels approve."}])
    return {"req": req, "two": two, "alone": alone, "acc": accepting, "cr": key}


def touched(desk: Desk, key: str, by: str = "auditor") -> queries.TouchedPage:
    with desk.world.read(by) as scene:
        return queries.touched_page(scene.actor, desk.item(scene, key))


def keys(desk: Desk, key: str, by: str = "auditor") -> list[str]:
    return [one.key for one in touched(desk, key, by).impact.touched]


def test_an_item_is_put_in_and_taken_out_again(desk: Desk, net: dict[str, str]) -> None:
    before = desk.page(net["cr"]).impact.graph_print
    desk.do(net["cr"], actions.touch, net["alone"].lower(), "It prints them.", by="contributor")
    assert keys(desk, net["cr"]) == [net["acc"], net["two"], net["alone"]]
    page = desk.page(net["cr"])
    assert page.impact.path(desk.read(net["alone"]).id) == (net["alone"],)
    assert page.impact.graph_print != before
    # Who owns it is told.
    assert dict(page.told.owners) == {"tester": 1} or len(page.told.owners) == 1
    with pytest.raises(Invalid):
        desk.do(net["cr"], actions.leave_out, net["alone"], " ", by="contributor")
    desk.do(net["cr"], actions.leave_out, net["alone"], "Not after all.", by="contributor")
    assert keys(desk, net["cr"]) == [net["acc"], net["two"]]
    assert desk.page(net["cr"]).impact.graph_print == before
    told = [(one["action"], one["after"], one["reason"]) for one in desk.events(net["cr"])[:2]]
    assert told == [
        ("change.untouched", {"item": net["alone"]}, "Not after all."),
        ("change.touched", {"item": net["alone"]}, "It prints them."),
    ]


def test_what_was_computed_is_taken_out_with_a_reason_and_put_back(desk: Desk, net: dict[str, str]) -> None:
    with pytest.raises(Invalid) as invalid:
        desk.do(net["cr"], actions.leave_out, net["two"], "", by="contributor")
    assert invalid.value.reasons[0].field == "reason"
    desk.do(net["cr"], actions.leave_out, net["two"], "Another word of it.", by="contributor")
    page = touched(desk, net["cr"])
    assert [one.key for one in page.impact.touched] == [net["acc"]]
    assert page.dossier.by_hand[net["two"]].reason == "Another word of it."
    assert [child.key for child in page.impact.tree()[0].children] == [net["acc"]]
    desk.do(net["cr"], actions.touch, net["two"], by="contributor")
    assert keys(desk, net["cr"]) == [net["acc"], net["two"]]


def everywhere(desk: Desk, key: str) -> list[list[str]]:
    """What is touched, as list, tree, picture, counts of the filters, paper and API tell it."""
    page = touched(desk, key)

    def below(node: Any) -> list[str]:
        return [one for child in node.children for one in (child.key, *below(child))]

    told = Caller(desk.world, "auditor")("GET", f"/changes/{key}/impact").json
    client = desk.world.client("auditor")
    at = f"/p/CRM/changes/{key}/impact"
    shown = [client.get(f"{at}?view={view}").text for view in ("list", "picture", "tree")]
    of_kind = r"\((\d+)\)"
    numbers = {
        sum(map(int, re.findall(of_kind, text.partition('name="kind"')[2].partition("</select>")[0]))) for text in shown
    }
    assert numbers == {len(page.impact.touched)}
    with desk.world.app.test_request_context(), desk.world.read("auditor") as scene:
        found = queries.touched_page(scene.actor, desk.item(scene, key))
        paper = nodes(found.impact.tree(), found.dossier)
    return [
        sorted(one.key for one in page.impact.touched),
        sorted(one for top in page.impact.tree() for one in below(top)),
        sorted(one["key"] for one in told["items"]),
        sorted(one["key"] for one in paper if one["depth"]),
    ]


def test_what_only_leads_through_what_was_taken_out_goes_too(desk: Desk, net: dict[str, str]) -> None:
    with desk.world.write("analyst") as scene:
        store.link(scene.actor, "depends_on", desk.item(scene, net["alone"]), desk.item(scene, net["two"]))
    assert everywhere(desk, net["cr"]) == [sorted([net["acc"], net["two"], net["alone"]])] * 4
    desk.submit(net["cr"])
    desk.assess(net["cr"])
    desk.do(net["cr"], actions.leave_out, net["two"], "Another word of it.", by="contributor")
    assert everywhere(desk, net["cr"]) == [[net["acc"]]] * 4
    assert desk.page(net["cr"]).outdated, "what was assessed has become less"
    with pytest.raises(Refused) as refused:
        desk.do(net["cr"], actions.leave_out, net["alone"], "Not there.", by="contributor")
    assert [one.code for one in refused.value.reasons] == ["not_touched"]
    # What another way leads to as well stays.
    with desk.world.write("analyst") as scene:
        store.link(scene.actor, "depends_on", desk.item(scene, net["alone"]), desk.item(scene, net["req"]))
    assert everywhere(desk, net["cr"]) == [sorted([net["acc"], net["alone"]])] * 4


def test_the_assessment_is_outdated_by_it(desk: Desk, net: dict[str, str]) -> None:
    desk.submit(net["cr"])
    desk.assess(net["cr"])
    assert not desk.page(net["cr"]).outdated
    desk.do(net["cr"], actions.touch, net["alone"], by="contributor")
    page = desk.page(net["cr"])
    assert page.outdated and page.moved is not None and page.moved.by_hand == [(net["alone"], True)]
    assert "was put in by hand" in desk.world.client("contributor").get(f"/p/CRM/changes/{net['cr']}").text
    assert desk.waiting("analyst") == []
    desk.do(net["cr"], actions.reassess, by="contributor")
    assert desk.waiting("analyst") == [("assess", net["cr"])]


def test_what_cannot_be(desk: Desk, net: dict[str, str]) -> None:
    for key, code in ((net["two"], "invalid"), (net["req"], "invalid"), ("REQ-99", "invalid")):
        with pytest.raises(Invalid) as invalid:
            desk.do(net["cr"], actions.touch, key, by="contributor")
        assert invalid.value.reasons[0].code == code
    with pytest.raises(Refused) as refused:
        desk.do(net["cr"], actions.leave_out, net["req"], "Why not.", by="contributor")
    assert [one.code for one in refused.value.reasons] == ["edited_here"]
    with pytest.raises(Refused) as refused:
        desk.do(net["cr"], actions.leave_out, net["alone"], "Why not.", by="contributor")
    assert [one.code for one in refused.value.reasons] == ["not_touched"] and refused.value.status == 409
    with pytest.raises(Refused) as refused:
        desk.do(net["cr"], actions.touch, net["alone"], by="tester")
    assert refused.value.status == 403
    desk.do(net["cr"], actions.withdraw, by="contributor")
    with pytest.raises(Refused) as refused:
        desk.do(net["cr"], actions.touch, net["alone"], by="contributor")
    assert refused.value.status == 409


def test_who_assesses_it_may_do_it_too(desk: Desk, net: dict[str, str]) -> None:
    key = desk.log(edits=[{"item": net["req"], "field": "tier", "new": "later"}], assessors=["implementer"])
    desk.submit(key)
    with desk.world.write("analyst") as scene:
        store.move(scene.actor, desk.item(scene, net["alone"]), "approved")
    desk.do(key, actions.touch, net["alone"], "It breaks.", by="implementer")
    assert net["alone"] in keys(desk, key)


def test_what_may_not_be_seen_is_counted(desk: Desk, net: dict[str, str]) -> None:
    key = desk.log(edits=[{"item": net["req"], "field": "tier", "new": "later"}], assessors=["implementer"])
    desk.do(key, actions.touch, net["alone"], by="contributor")
    desk.submit(key)
    impact = touched(desk, key, "implementer").impact
    assert net["alone"] not in [one.key for one in impact.touched] and impact.hidden >= 1


@pytest.mark.parametrize("few", [20, 0])
def test_baselines_testers_and_field_conflicts(
    desk: Desk, net: dict[str, str], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stakes, "FEW", few)  # many keys are looked for otherwise
    with desk.world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1")
    desk.sign("BL-1")
    desk.passed(net["acc"])
    other = desk.log(edits=[{"item": net["req"], "field": "statement", "new": "One level."}])
    page = touched(desk, net["cr"])
    assert [(one.key, one.signed) for one in page.behind] == [("BL-1", True)]
    assert [(one.subject, one.state) for one in page.impact.signatures if one.subject == "BL-1"] == [
        ("BL-1", "carried")
    ]
    assert list(page.testers.values()) == [1]
    assert [(one.key, one.item, one.field) for one in page.impact.rivals] == [(other, net["req"], "statement")]


@pytest.mark.parametrize("view", ["tree", "list", "picture"])
def test_the_page(desk: Desk, net: dict[str, str], view: str) -> None:
    client = desk.world.client("contributor")
    page = client.get(f"/p/CRM/changes/{net['cr']}/impact?view={view}")
    assert page.status_code == 200 and net["two"] in page.text and "Something is missing" in page.text
    only = client.get(f"/p/CRM/changes/{net['cr']}/impact?view={view}&kind=acceptance&depth=1").text
    assert f"/i/{net['acc']}" in only and f"/i/{net['two']}" not in only
    assert ("data-picture" in page.text) == (view == "picture")
    assert client.get(f"/p/CRM/changes/{net['cr']}/impact?view=x&kind=y&depth=z").status_code == 200


def test_by_hand_on_the_page(desk: Desk, net: dict[str, str]) -> None:
    client = desk.world.client("contributor")
    at = f"/p/CRM/changes/{net['cr']}"
    assert client.send(f"{at}/touches", {"item": net["alone"]}).status_code == 303
    assert "put in by hand" in client.get(f"{at}/impact").text
    again = client.send(f"{at}/touches", {"item": net["alone"], "reason": "It prints"})
    assert again.status_code == 422 and "is touched already" in again.text and "It prints" in again.text
    assert client.send(f"{at}/touches/{net['two']}/removal", {"reason": ""}).status_code == 422
    assert client.send(f"{at}/touches/{net['two']}/removal", {"reason": "No."}).status_code == 303
    page = client.get(f"{at}/impact").text
    assert "Taken out by hand" in page and "No." in page
    assert "put REQ-3 into what it touches" in re.sub(r"</?span[^>]*>", "", client.get(at).text)


def test_over_the_api(desk: Desk, net: dict[str, str]) -> None:
    client = Caller(desk.world, "contributor")
    at = f"/changes/{net['cr']}"

    def impact() -> Any:
        return client("GET", f"{at}/impact").json

    assert client("POST", f"{at}/touches", {"item": net["alone"]}).status_code == 201
    assert {"by_hand": True}.items() <= next(one for one in impact()["items"] if one["key"] == net["alone"]).items()
    assert client("POST", f"{at}/touches", {"item": net["two"], "added": False}).status_code == 422
    out = {"item": net["two"], "added": False, "reason": "No."}
    assert client("POST", f"{at}/touches", out).status_code == 201
    assert impact()["left_out"] == [net["two"]]
    told = [(one["item"], one["added"], one["reason"]) for one in client("GET", f"{at}/touches").json["items"]]
    assert told == [(net["alone"], True, None), (net["two"], False, "No.")]
