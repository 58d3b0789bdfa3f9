"""A branch of scope from its opening to its end: what it holds, how it comes apart from the main line, and together again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from reqtrack.audit.verify import verify
from reqtrack.baselines.actions import take
from reqtrack.baselines.queries import baseline_for
from reqtrack.branches import actions, forms, queries
from reqtrack.branches.content import NEWEST, OUT
from reqtrack.branches.drift import drift
from reqtrack.changes.dossier import load
from reqtrack.errors import Invalid, Refused, Stale
from reqtrack.items import store
from reqtrack.items.queries import item_for
from reqtrack.requirements.actions import add_phase
from tests.support.world import World


class Line:
    """A project with a baseline and branches, worked on through the actions."""

    def __init__(self, world: World) -> None:
        world.cast()
        self.world = world
        self.phones = world.requirement("analyst", title="Phones", statement="Eleven digits.", tier="must")
        self.offline = world.requirement("analyst", title="Offline", statement="Drafts are kept.")
        self.test = world.acceptance(
            title="Phones are kept", when=["one is typed"], then=["it is kept"], accepts=[self.phones]
        )

    def baseline(self, name: str = "Scope 1") -> str:
        with self.world.write("analyst") as scene:
            return take(scene.actor, scene.project, name).key

    def open(self, by: str = "project_manager", start: str = "BL-1", **given: Any) -> str:
        told = {
            "name": "East first",
            "purpose": "pilot",
            "pilot": "The east",
            "owner": "business_owner",
            "reason": "Sooner.",
        }
        with self.world.write(by) as scene:
            phase = forms.phase(scene.project, given.pop("phase", ""))
            baseline = None if start == "now" else baseline_for(scene.actor, scene.project.id, start)
            return actions.open_branch(
                scene.actor, scene.project, phase=phase, baseline=baseline, **{**told, **given}
            ).key  # fmt: skip

    def edit(self, key: str, change: str = "", **fields: Any) -> None:
        with self.world.write("analyst") as scene:
            store.edit(scene.actor, item_for(scene.actor, scene.project.id, key), fields, change=change)

    def choose(self, wanted: dict[str, int], by: str = "business_owner", reason: str = "Sooner.", **more: Any) -> None:
        with self.world.write(by) as scene:
            found = queries.branch_for(scene.actor, scene.project.id, "BR-1")
            actions.choose(scene.actor, found, wanted, reason, **more)

    def bring(self, *keys: str, by: str = "analyst") -> actions.Brought:
        with self.world.write(by) as scene:
            found = queries.branch_for(scene.actor, scene.project.id, "BR-1")
            return actions.bring(scene.actor, scene.project, found, keys, "The pilot liked it.")

    def close(self, outcome: str, by: str = "business_owner") -> None:
        with self.world.write(by) as scene:
            actions.close(
                scene.actor, queries.branch_for(scene.actor, scene.project.id, "BR-1"), outcome, "It is over."
            )

    def holds(self) -> dict[str, int]:
        with self.world.read("auditor") as scene:
            found = queries.branch_for(scene.actor, scene.project.id, "BR-1")
            return {key: one.version for key, one in found.held.items()}

    def apart(self) -> dict[str, list[str]]:
        """What of the drift there is, by its part."""
        with self.world.read("auditor") as scene:
            told = drift(queries.branch_for(scene.actor, scene.project.id, "BR-1"), scene.actor)
            found = told.comparison
            parts: dict[str, Sequence[Any]] = {
                "added": found.added, "removed": found.removed, "changed": found.changed, "moved": found.moved,
                "left_out": [one.state for one in told.left_out],
            }  # fmt: skip
            return {name: [one.key for one in part] for name, part in parts.items() if part}

    def text(self, key: str) -> str:
        with self.world.read("auditor") as scene:
            return str(store.content_of(item_for(scene.actor, scene.project.id, key))["statement"])


@pytest.fixture
def line(world: World) -> Line:
    return Line(world)


@pytest.mark.both
def test_it_pins_texts_while_the_main_line_goes_on_and_comes_back(line: Line) -> None:
    line.baseline()
    line.edit(line.phones, statement="Ten or eleven digits.")
    assert line.open() == "BR-1"
    assert line.holds() == {line.phones: 1, line.offline: 1, line.test: 1}
    line.edit(line.phones, statement="Any number.")
    later = line.world.requirement("analyst", title="Badges")
    assert line.apart() == {"added": [later], "changed": [line.phones]}
    # Its own decisions: one left out, one at the version in between, what is new taken in.
    line.choose({line.offline: OUT, line.phones: 2})
    line.choose({later: NEWEST}, by="analyst")
    assert line.holds() == {line.phones: 2, line.test: 1, later: 1}
    assert line.apart() == {"changed": [line.phones], "left_out": [line.offline]}
    with pytest.raises(Refused, match="REQ-1"):
        line.close("merged")
    # Nobody has signed it: the branch's text is saved on the main line at once.
    assert line.bring(line.phones) == actions.Brought((line.phones,), "")
    assert line.text(line.phones) == "Ten or eleven digits."
    assert line.apart() == {"left_out": [line.offline]}
    line.close("merged")
    for late in (
        lambda: line.choose({line.offline: NEWEST}),
        lambda: line.bring(line.offline),
        lambda: line.close("merged"),
    ):
        with pytest.raises(Refused, match="closed") as refused:
            late()
        assert refused.value.status == 409
    with line.world.read() as scene:
        report = verify()
        assert report.ok, report
        told = queries.as_dict(scene.actor, queries.branch_for(scene.actor, scene.project.id, 1))
    assert told["closed"]["fingerprint"] == told["content_print"] != told["fingerprint"]
    assert (told["state"], told["version"], told["left_out"]) == ("merged", 5, [line.offline])


def test_agreed_scope_moves_by_a_change_request_only(line: Line) -> None:
    line.world.move(line.phones, "approved")
    line.baseline()
    line.open()
    line.edit(line.phones, change="CR-9", statement="Any number.")
    line.edit(line.offline, statement="Drafts are kept for a week.")
    line.choose({line.test: OUT})
    done = line.bring(line.phones, line.offline, line.test)
    # What is free is saved; what is agreed, and what is to go, is proposed together.
    assert done == actions.Brought((line.offline,), "CR-1")
    assert (line.text(line.phones), line.text(line.offline)) == ("Any number.", "Drafts are kept.")
    with line.world.read("analyst") as scene:
        edits = load(item_for(scene.actor, scene.project.id, "CR-1")).edits
    assert [(one.op, one.item, one.field, one.old, one.new) for one in edits] == [
        ("set", line.phones, "statement", "Any number.", "Eleven digits."),
        ("retire", line.test, "", None, None),
    ]
    # A business owner may write neither: all of it is proposed, which needs no right to write.
    line.edit(line.offline, statement="Drafts are kept for a month.")
    assert line.bring(line.offline, by="business_owner") == actions.Brought((), "CR-2")
    with line.world.write("analyst") as scene:
        store.edit(scene.actor, item_for(scene.actor, scene.project.id, line.offline), {}, retired=True)
    assert line.apart()["removed"] == [line.offline]
    assert line.bring(line.offline).change == "CR-3"
    with line.world.read("analyst") as scene:
        edits = load(item_for(scene.actor, scene.project.id, "CR-3")).edits
    assert [(one.op, one.field) for one in edits] == [("retire", ""), ("set", "statement")]


def test_a_branch_of_a_phase_follows_that_phase(line: Line) -> None:
    line.edit(line.phones, phase=_phase(line.world, "1"))
    with line.world.write("project_manager") as scene:
        add_phase(scene.actor, scene.project, {"name": "2"})
    line.open(start="now", purpose="phase", pilot="", phase="1")
    assert line.holds() == {line.phones: 2, line.test: 1}
    assert line.apart() == {}
    line.edit(line.offline, phase=_phase(line.world, "1"))
    assert line.apart() == {"added": [line.offline]}
    line.edit(line.phones, phase=_phase(line.world, "2"))
    assert line.apart() == {"added": [line.offline], "moved": [line.phones]}
    line.baseline()
    line.open(purpose="phase", pilot="", phase="2")
    with line.world.read("tester") as scene:
        assert set(queries.branch_for(scene.actor, scene.project.id, 2).held) == {line.phones, line.test}


def _phase(world: World, given: str) -> int:
    with world.read() as scene:
        found = forms.phase(scene.project, given)
        assert found is not None
        return found.id


def test_who_may(line: Line) -> None:
    line.baseline()
    for login in ("business_owner", "tester", "auditor", "implementer", "contributor", "sponsor"):
        with pytest.raises(Refused) as refused:
            line.open(login)
        assert refused.value.status == 403
    line.open()
    for login in ("tester", "contributor", "sponsor", "auditor"):
        acts = (
            lambda who=login: line.choose({line.phones: OUT}, by=who),
            lambda who=login: line.bring(line.phones, by=who),
            lambda who=login: line.close("given_up", by=who),
        )
        for act in acts:
            with pytest.raises(Refused, match="陈立群") as refused:
                act()
            assert refused.value.status == 403
    assert line.world.client("implementer").get("/p/CRM/branches/1").status_code == 403
    line.close("given_up")


@pytest.mark.sqlite
def test_what_does_not_fit_is_said_at_its_field(line: Line) -> None:
    for given, where in (
        ({"name": " "}, "name"), ({"name": "x" * 201}, "name"), ({"reason": ""}, "reason"), ({"reason": "x" * 5_001}, "reason"),
        ({"purpose": "fun"}, "purpose"), ({"pilot": ""}, "pilot"), ({"pilot": "x" * 201}, "pilot"), ({"owner": "auditor"}, "owner"),
        ({"owner": "nobody"}, "owner"), ({"purpose": "phase"}, "phase"), ({"phase": "1"}, "phase"), ({"phase": "9"}, "phase"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            line.open(start="now", **given)
        assert [one.field for one in refused.value.reasons] == [where]


@pytest.mark.sqlite
def test_decisions_that_make_no_sense(line: Line) -> None:
    line.open(start="now")
    line.choose({line.offline: OUT})
    for wanted, where in (
        ({}, "items"), ({"REQ-99": OUT}, "items"), ({line.offline: OUT}, "items"), ({line.phones: 1}, "items"),
        ({line.phones: 7}, "item_version"), ({line.phones: NEWEST, line.offline: 9}, "items item_version"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            line.choose(wanted)
        assert [one.field for one in refused.value.reasons] == where.split()
    with pytest.raises(Invalid, match="why"):
        line.choose({line.phones: OUT}, reason=" ")
    with pytest.raises(Stale):
        line.choose({line.phones: OUT}, seen=1)
    with pytest.raises(Invalid, match="says of REQ-1 what"):
        line.bring(line.phones)
    line.choose({line.phones: OUT}, seen=2)
    line.world.move(line.phones, "rejected")
    assert line.apart() == {"left_out": [line.offline]}
