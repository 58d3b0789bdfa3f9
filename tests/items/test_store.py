"""The spine: what each way of writing an item leaves behind, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from reqtrack.audit.models import Event
from reqtrack.audit.record import recorded
from reqtrack.audit.verify import verify
from reqtrack.db import canonical, db, one_of, plain, together
from reqtrack.errors import Invalid, NotFound, Refused, Stale
from reqtrack.items import lists, store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Link, Version
from reqtrack.items.queries import item_for, neighbours, version_content, versions
from tests.support.meter import Queries
from tests.support.world import Scene, World


@pytest.fixture
def crm(world: World) -> World:
    """A project with an analyst and somebody who only reads."""
    world.project()
    world.member("analyst", "analyst", name="林知夏")
    world.member("sponsor", "sponsor")
    return world


def item(scene: Scene, key: str) -> Any:
    return item_for(scene.actor, scene.project.id, key)


def events(scene: Scene, key: str) -> list[Event]:
    wanted = select(Event).where(Event.project_id == scene.project.id, Event.subject == key).order_by(Event.seq)
    return list(db.session.execute(wanted).scalars())


def live(scene: Scene, kind: str) -> list[tuple[str, str]]:
    """The live links of a kind, as pairs of keys."""
    keys = dict(db.session.execute(select(Item.id, Item.key).where(Item.project_id == scene.project.id)).all())
    rows = db.session.execute(select(Link).where(Link.kind == kind, Link.until.is_(None)).order_by(Link.id)).scalars()
    return [(keys[row.source_id], keys[row.target_id]) for row in rows]


# -- create and edit ---------------------------------------------------------------------------------------------------


def test_an_item_is_made_whole(crm: World) -> None:
    """Key, columns, first version, event, search: all of it or none."""
    phase = {"phase": "1", "owner": "analyst", "effort_days": "2.50", "tags": ["表单", "first"]}
    key = crm.requirement("analyst", title="新建客户\r\n", statement="只要三项\r\n不再更多", tier="must", **phase)
    assert key == "REQ-1"
    with crm.read("analyst") as scene:
        made = item(scene, key)
        assert (made.version, made.stage, made.retired, made.created_by) == (1, "draft", False, "analyst")
        assert (made.title, made.statement) == ("新建客户", "只要三项\n不再更多")
        (first,) = versions(made)
        (event,) = events(scene, key)
        told = json.loads(first.content)
        assert first.content == canonical(told)  # the very bytes that were hashed
        assert told["effort_days"] == "2.5" and "rationale" not in told
        assert (event.action, event.actor, event.actor_name) == ("requirement.created", "analyst", "林知夏")
        assert json.loads(event.after) == told
        assert json.loads(event.seals) == [["versions", f"{made.id}:1", first.seal]]
        assert first.since == event.seq == made.text_seq
        assert (
            (first.text_print, first.scope_print)
            == (made.text_print, made.scope_print)
            == store.prints(KINDS["requirement"], told)
        )
        assert [row.key for row in lists.find(scene.actor, scene.project.id, "三项")] == [key]


def test_numbers_are_never_given_twice(crm: World) -> None:
    """Neither after a save that failed, nor after one was retired; each kind and project counts for itself."""
    crm.requirement("analyst")
    with pytest.raises(ZeroDivisionError), crm.write("analyst") as scene:
        len(store.create(scene.actor, scene.project, KINDS["requirement"], {"title": "Never"}).key) / 0
    assert crm.requirement("analyst") == "REQ-2"
    assert crm.scenario("analyst") == "SCN-1"
    with crm.write("analyst") as scene:
        store.edit(scene.actor, item(scene, "REQ-2"), {}, retired=True)
    assert crm.requirement("analyst") == "REQ-3"
    crm.project("ERP")
    assert crm.item("requirement", project="ERP") == "REQ-1"


def test_what_is_not_allowed_leaves_nothing(crm: World) -> None:
    with crm.read() as scene:
        before = db.session.execute(select(func.count()).select_from(Event)).scalar()
    for login, given, error in (("analyst", {"title": "  "}, Invalid), ("sponsor", {"title": "Mine"}, Refused)):
        with pytest.raises(error), crm.write(login) as scene:
            store.create(scene.actor, scene.project, KINDS["requirement"], given)
    with crm.read() as scene:
        assert db.session.execute(select(func.count()).select_from(Event)).scalar() == before
        assert db.session.execute(select(func.count()).select_from(Item)).scalar() == 0


def test_an_edit_makes_a_version_and_a_save_that_changes_nothing_makes_none(crm: World) -> None:
    key = crm.requirement("analyst", title="Phones", statement="Ten formats.", rationale="They differ.")
    with crm.write("analyst") as scene:
        found = item(scene, key)
        text, scope, seq = found.text_print, found.scope_print, found.text_seq
        # The same again, in another spelling of the same text, and with an old version: nothing to do.
        store.edit(scene.actor, found, {"statement": "Ten formats.", "title": "Phones"}, seen=99)
        same = values.parse(KINDS["requirement"], scene.project, {"statement": "Ten formats.\r\n"})
        store.edit(scene.actor, found, same, seen=1)
        assert (found.version, len(events(scene, key))) == (1, 1)
        # A working fact: a version, but neither text nor scope has moved.
        store.edit(scene.actor, found, {"rationale": "They differ much."}, seen=1, reason="told so")
        assert (found.version, found.text_print, found.scope_print, found.text_seq) == (2, text, scope, seq)
        # The tier is scope, the statement is text and scope.
        store.edit(scene.actor, found, {"tier": "must"}, seen=2)
        assert found.text_print == text and found.scope_print != scope and found.text_seq == seq
        scope = found.scope_print
        store.edit(scene.actor, found, {"statement": "One format."}, seen=3)
        assert found.text_print != text and found.scope_print != scope and found.text_seq > seq
        newest = events(scene, key)[-1]
        assert found.text_seq == newest.seq
        assert (json.loads(newest.before), json.loads(newest.after)) == (
            {"statement": "Ten formats."}, {"statement": "One format."}
        )  # fmt: skip
    with crm.read() as scene:
        found = item(scene, key)
        assert [(one.number, one.reason) for one in versions(found)] == [(4, ""), (3, ""), (2, "told so"), (1, "")]
        assert version_content(found.id, 1)["statement"] == "Ten formats."
        with pytest.raises(NotFound):
            version_content(found.id, 5)
    with crm.app.app_context():
        assert verify("CRM").ok


def test_a_stale_save_tells_both_texts(crm: World) -> None:
    key = crm.requirement("analyst", title="Phones", statement="Ten formats.")
    with crm.write("analyst") as scene:
        store.edit(scene.actor, item(scene, key), {"statement": "Theirs."}, seen=1)
    with pytest.raises(Stale) as stale, crm.write("analyst") as scene:
        store.edit(scene.actor, item(scene, key), {"statement": "Mine.", "title": "Phones"}, seen=1)
    problem = stale.value
    assert (problem.seen, problem.version) == (1, 2)
    assert (dict(problem.mine), dict(problem.current)) == ({"statement": "Mine."}, {"statement": "Theirs."})
    with crm.read() as scene:
        assert item(scene, key).version == 2


def test_an_item_retires_and_comes_back_by_versions(crm: World) -> None:
    key = crm.requirement("analyst", title="Fax numbers")
    with crm.write("analyst") as scene:
        found = item(scene, key)
        scope = found.scope_print
        store.edit(scene.actor, found, {}, seen=1, retired=True, reason="nobody faxes")
        assert (found.version, found.retired, version_content(found.id, 2)["retired"]) == (2, True, True)
        assert found.scope_print != scope
        assert events(scene, key)[-1].action == "requirement.retired"
        listed = lists.page(scene.actor, scene.project.id, KINDS["requirement"], lists.wanted())
        assert listed.rows == [] and lists.find(scene.actor, scene.project.id, "fax") == []
        store.edit(scene.actor, found, {}, seen=2, retired=True)
        assert found.version == 2
        store.edit(scene.actor, found, {}, seen=2, retired=False)
        assert (found.version, found.retired, found.scope_print) == (3, False, scope)
        assert "retired" not in version_content(found.id, 3)
        assert [row.key for row in lists.find(scene.actor, scene.project.id, "fax")] == [key]


def test_only_those_who_may_write(crm: World) -> None:
    """A contributor keeps the pen on an own draft, on nobody else's."""
    crm.member("contributor", "contributor")
    key, own = crm.requirement("analyst"), crm.requirement("contributor", title="Mine")
    with crm.write("contributor") as scene:
        assert store.edit(scene.actor, item(scene, own), {"statement": "It shall."}).version == 2
        with pytest.raises(Refused) as refused:
            store.edit(scene.actor, item(scene, key), {"statement": "It shall not."})
        assert [reason.code for reason in refused.value.reasons] == ["no_permission"]
    crm.move(own, "review")
    with pytest.raises(Refused), crm.write("contributor") as scene:
        store.edit(scene.actor, item(scene, own), {"statement": "Too late."})


def test_nothing_of_another_project_is_found(crm: World) -> None:
    key = crm.requirement("analyst")
    crm.project("ERP")
    crm.member("other", "analyst", project="ERP")
    with crm.read("other", "CRM") as scene:
        with pytest.raises(NotFound):
            item_for(scene.actor, crm.sites["CRM"].id, key)
        assert lists.find(scene.actor, crm.sites["CRM"].id, key) == []
    with crm.read("analyst") as scene, pytest.raises(NotFound):
        item_for(scene.actor, scene.project.id, key, "scenario")


# -- links -------------------------------------------------------------------------------------------------------------


def test_links_are_made_once_between_fitting_ends_and_end_in_history(crm: World) -> None:
    for number in range(3):
        crm.requirement("analyst", title=f"Requirement {number}")
    crm.scenario("analyst")
    with crm.write("analyst") as scene:
        one, two, scenario = (item(scene, key) for key in ("REQ-1", "REQ-2", "SCN-1"))
        made = store.link(scene.actor, "depends_on", one, two)
        for kind, source, target, code in (
            ("depends_on", one, two, "twice"), ("depends_on", one, one, "wrong_ends"),
            ("depends_on", scenario, two, "wrong_ends"), ("imagines", one, two, "unknown_link"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as wrong:
                store.link(scene.actor, kind, source, target)
            assert [reason.code for reason in wrong.value.reasons] == [code]
        assert live(scene, "depends_on") == [("REQ-1", "REQ-2")]
        assert [(one.word, one.key, one.outgoing) for one in neighbours(scene.actor, two)] == [
            ("is needed by", "REQ-1", False)
        ]
        store.unlink(scene.actor, made, one, two)
        assert live(scene, "depends_on") == [] and made.until == events(scene, "REQ-1")[-1].seq
        assert neighbours(scene.actor, two) == []
        store.link(scene.actor, "depends_on", one, two)  # and again, as another one
        assert one.version == 1  # a link that is no field makes no version
    crm.project("ERP")
    crm.item("requirement", project="ERP")
    with crm.write() as scene:
        here, there = item(scene, "REQ-1"), item_for(scene.actor, crm.sites["ERP"].id, "REQ-1")
        with pytest.raises(Refused):
            store.link(scene.actor, "depends_on", here, there)


def test_refinement_makes_no_circle(crm: World) -> None:
    for number in range(4):
        crm.requirement("analyst", title=f"Requirement {number}")
    with crm.write("analyst") as scene:
        found = [item(scene, f"REQ-{number}") for number in range(1, 5)]
        for child, parent in zip(found[1:], found, strict=False):
            store.link(scene.actor, "refines", child, parent)
        with pytest.raises(Invalid) as wrong:
            store.link(scene.actor, "refines", found[0], found[3])
        assert [reason.code for reason in wrong.value.reasons] == ["circle"]
        # What is said in both directions may go round: only refinement is a tree.
        store.link(scene.actor, "depends_on", found[0], found[3])
        store.link(scene.actor, "depends_on", found[3], found[0])


def test_a_link_that_is_a_field_is_part_of_the_version(crm: World) -> None:
    crm.scenario("analyst", title="Morning")
    crm.requirement("analyst")
    key = crm.requirement("analyst", scenarios=["SCN-1"])
    with crm.write("analyst") as scene:
        found = item(scene, key)
        assert version_content(found.id, 1)["scenarios"] == ["SCN-1"]
        scope = found.scope_print
        first, scenario = item(scene, "REQ-1"), item(scene, "SCN-1")
        store.link(scene.actor, "gives_rise_to", scenario, first)
        assert first.version == 2
        (row,) = db.session.execute(
            select(Link).where(Link.target_id == found.id, Link.kind == "gives_rise_to")
        ).scalars()
        store.unlink(scene.actor, row, scenario, found)
        assert found.version == 2 and found.scope_print != scope
        assert live(scene, "gives_rise_to") == [("SCN-1", "REQ-1")]


def test_only_who_may_change_an_end_of_a_link_looks_at_it_for_all(crm: World) -> None:
    crm.requirement("analyst", title="Driver")
    crm.acceptance("analyst", title="Driven", then=["it is so"], accepts=["REQ-1"])
    with crm.read("analyst") as scene:
        link = neighbours(scene.actor, item(scene, "ACC-1"))[0].link_id
    crm.member("contributor", "contributor")
    refused = crm.client("contributor").send(f"/p/CRM/i/ACC-1/links/{link}/look")
    assert refused.status_code == 403
    assert crm.client("analyst").send(f"/p/CRM/i/ACC-1/links/{link}/look").status_code == 303


def test_a_change_at_the_driving_end_makes_a_link_suspect_until_somebody_looks(crm: World) -> None:
    crm.requirement("analyst", title="Driver")
    crm.acceptance("analyst", title="Driven", then=["it is so"], accepts=["REQ-1"])

    def suspect(scene: Scene) -> bool:
        (there,) = neighbours(scene.actor, item(scene, "ACC-1"))
        (back,) = neighbours(scene.actor, item(scene, "REQ-1"))
        assert there.suspect == back.suspect
        return there.suspect

    with crm.write("analyst") as scene:
        acceptance, driver = item(scene, "ACC-1"), item(scene, "REQ-1")
        assert not suspect(scene)
        store.edit(scene.actor, driver, {"rationale": "Only a working fact."})
        store.edit(scene.actor, acceptance, {"then": ["it is otherwise"]})  # the driven end
        assert not suspect(scene)
        before = acceptance.text_seq
        store.edit(scene.actor, driver, {"statement": "Moved."})
        assert suspect(scene)
        # What accepts it is tested against its text: that has moved, too.
        assert acceptance.text_seq == driver.text_seq > before
        (row,) = db.session.execute(select(Link).where(Link.kind == "accepts")).scalars()
        store.look(scene.actor, row, acceptance)
        assert not suspect(scene)
    with crm.read() as scene:
        assert not suspect(scene)


def test_every_version_of_all_that_is_sealed(crm: World) -> None:
    """A version's row is as the event said it; ``verify`` recomputes it."""
    key = crm.requirement("analyst", title="版本")
    with crm.write("analyst") as scene:
        for number in range(3):
            store.edit(scene.actor, item(scene, key), {"statement": f"第{number}版"}, seen=number + 1)
        seals = {json.loads(event.seals)[0][2] for event in events(scene, key)}
        assert seals == set(db.session.execute(select(Version.seal)).scalars()) and len(seals) == 4
    with crm.app.app_context():
        report = verify()
    assert report.ok and report.counts["versions"] == 4


def test_many_writes_together_leave_what_each_by_itself_does(crm: World, queries: Queries) -> None:
    """In fewer statements; what is asked meanwhile sees all of it."""

    def edit_all(scene: Scene, keys: list[str], text: str) -> None:
        known = {key: item(scene, key) for key in keys}
        queries.clear()
        with recorded(scene.actor, scene.project.id, "test.done", "all"):
            for number, key in enumerate(keys):
                store.edit(scene.actor, known[key], {"statement": f"{text} {number}."})

    reqs = [crm.requirement(statement="x") for _ in range(12)]
    accs = [crm.acceptance(accepts=[req], then=["y"]) for req in reqs]
    with crm.write("analyst") as scene:
        edit_all(scene, reqs, "alone")
        alone = len(queries)
    with crm.write("analyst") as scene, together():
        edit_all(scene, reqs, "together")
        seen = plain(select(Version.number).where(Version.item_id == item(scene, reqs[-1]).id)).scalars().all()
        assert len(seen) == 3, "what is asked in between sees it"
        with together():  # one in another is one
            store.edit(scene.actor, item(scene, reqs[0]), {"statement": "Twice."})
    assert len(queries) <= alone / 2
    with crm.read() as scene:
        for req, acc in zip(reqs, accs, strict=True):
            assert item(scene, acc).text_seq == item(scene, req).text_seq
        for words, keys in (("together", reqs[1:]), ("twice", reqs[:1]), ("alone", [])):
            assert sorted(one.key for one in lists.find(scene.actor, scene.project.id, words)) == sorted(keys), words
        assert verify("CRM").ok


def test_writes_together_that_fail_leave_nothing(crm: World) -> None:
    req = crm.requirement(statement="x")

    def fail() -> None:
        with crm.write("analyst") as scene, together():
            store.edit(scene.actor, item(scene, req), {"statement": "y"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with crm.write("analyst") as scene:
        store.edit(scene.actor, item(scene, req), {"rationale": "z"})
    with crm.read() as scene:
        found = item(scene, req)
        assert (store.content_of(found)["statement"], found.version) == ("x", 2) and verify("CRM").ok


def test_many_ids_are_one_value_that_an_index_is_asked_for(crm: World, queries: Queries) -> None:
    keys = [crm.requirement(statement="x") for _ in range(3)]
    with crm.read() as scene:
        ids = [item(scene, key).id for key in keys]
        queries.clear()
        for wanted in (ids[:2], set(ids[1:]), []):
            for statement, values in (
                (select(Item.id).where(one_of(Item.id, "wanted")), {"wanted": wanted}),
                (select(Item.id).where(one_of(Item.id, wanted)), {}),
            ):
                found = db.session.execute(statement, values).scalars()
                assert sorted(found) == sorted(wanted)
        others = select(Item.id).where(~one_of(Item.id, ids[:1]), Item.kind == "requirement")
        assert sorted(db.session.execute(others).scalars()) == ids[1:]
    assert len(queries) == 7 and all(" IN (SELECT " in one for one in queries)
    assert not [one for one in queries if "= 1" in one or "IS true" in one]
