"""Stakeholders on page and API: what is kept of them, and the account that they are joined to."""

from __future__ import annotations

import pytest

from reqtrack.changes import actions as changes
from reqtrack.changes import dossier, queries
from reqtrack.changes.people import asker_of
from reqtrack.errors import Invalid, Refused
from reqtrack.interviews import actions
from reqtrack.interviews.queries import for_everybodys_eyes, people, stakeholder_for
from reqtrack.items import store
from reqtrack.items.queries import item_for
from tests.support.world import World

PERSON = {"name": "王海涛", "department": "Sales", "job_role": "Sales rep", "level": "frontline", "region": "East"}


def person(world: World, **more: str) -> int:
    """The id of a stakeholder, written down by the analyst."""
    with world.write("analyst") as scene:
        return actions.add_stakeholder(scene.actor, scene.project, {**PERSON, **more}).id


def joined(world: World, number: int, by: str = "analyst") -> str:
    """The login that somebody sees a stakeholder joined to."""
    with world.read(by) as scene:
        return next(one.user for one in people(scene.actor, scene.project.id) if one.id == number)


def test_the_page_joins_a_stakeholder_to_an_account_and_parts_them(world: World) -> None:
    world.cast()
    browser = world.client("analyst")
    shown = browser.get("/p/CRM/stakeholders").text
    assert '<option value="business_owner">陈立群</option>' in shown and '<option value="outsider">' not in shown
    assert browser.send("/p/CRM/stakeholders", {**PERSON, "user": "business_owner"}).status_code == 303
    assert joined(world, 1) == "business_owner"
    assert '<option value="business_owner" selected>' in browser.get("/p/CRM/stakeholders/1").text
    assert browser.send("/p/CRM/stakeholders/1", {"user": "sponsor", "seen": "1"}).status_code == 303
    assert joined(world, 1) == "sponsor"
    assert browser.send("/p/CRM/stakeholders/1", {"user": "", "seen": "2"}).status_code == 303
    assert joined(world, 1) == ""


def test_a_refused_account_leaves_what_was_typed(world: World) -> None:
    world.cast()
    number = person(world)
    refused = world.client("analyst").send(
        f"/p/CRM/stakeholders/{number}", {"region": "West", "user": "outsider", "seen": "1"}
    )
    assert refused.status_code == 422
    assert "outsider is not a member of this project." in refused.text and 'value="West"' in refused.text
    assert joined(world, number) == ""


def test_a_late_save_leaves_what_was_typed(world: World) -> None:
    world.cast()
    number = person(world)
    browser = world.client("analyst")
    url = f"/p/CRM/stakeholders/{number}"
    assert browser.send(url, {"region": "North", "seen": "1"}).status_code == 303
    late = browser.send(url, {"region": "West", "seen": "1"})
    assert late.status_code == 409 and "Somebody else changed this stakeholder" in late.text
    assert 'value="West"' in late.text and 'name="seen" value="2"' in late.text


def test_the_api_joins_and_parts(world: World) -> None:
    world.cast()
    client = world.client("analyst")
    headers = {"X-CSRFToken": client.token()}
    here = "/api/v1/projects/CRM/stakeholders"
    made = client.post(here, json={**PERSON, "user": "business_owner"}, headers=headers)
    assert (made.status_code, made.json["user"]) == (201, "business_owner")
    one = f"{here}/{made.json['id']}"
    refused = client.patch(one, json={"user": "outsider"}, headers={**headers, "If-Match": '"1"'})
    assert refused.status_code == 422 and refused.json["reasons"][0]["field"] == "user"
    for number, given in enumerate((None, "sponsor", ""), 1):
        answer = client.patch(one, json={"user": given}, headers={**headers, "If-Match": f'"{number}"'})
        assert (answer.status_code, answer.json["user"]) == (200, given or None)


def test_whose_account_it_is_only_those_see_who_see_the_name(world: World) -> None:
    world.cast()
    number = person(world, user="business_owner")
    assert [joined(world, number, by) for by in ("analyst", "business_owner", "auditor", "project_manager")] == [
        "business_owner", "business_owner", "", "",
    ]  # fmt: skip
    assert world.client("auditor").get(f"/api/v1/projects/CRM/stakeholders/{number}").json["user"] is None


def test_who_left_the_project_stays_joined(world: World) -> None:
    from reqtrack.accounts import actions as accounts
    from reqtrack.accounts.queries import user_by_login

    world.cast()
    number = person(world, user="contributor")
    with world.write() as scene:
        accounts.end_role(scene.actor, scene.project, user_by_login("contributor"), "contributor")
    assert '<option value="contributor" selected>' in world.client("analyst").get(f"/p/CRM/stakeholders/{number}").text
    with world.write("analyst") as scene:
        row = stakeholder_for(scene.actor, scene.project.id, number)
        actions.change_stakeholder(scene.actor, row, {"region": "West", "user": "contributor"})
    assert joined(world, number) == "contributor"
    with pytest.raises(Invalid, match="not a member"):
        person(world, user="contributor")


def asked_by(world: World, number: int) -> str:
    """A change that the analyst logged for a stakeholder."""
    item = world.requirement(title="Quotes are approved", statement="Three levels approve.", tier="should")
    with world.write("analyst") as scene:
        change = changes.log(
            scene.actor, scene.project, title="Two levels", reason="Quotes wait three days.", asked_by=number,
            edits=[{"item": item, "field": "statement", "new": "Two levels."}],
        )  # fmt: skip
        return str(change.key)


def test_who_asked_is_the_joined_account(world: World) -> None:
    """They answer, and may edit; they do not decide; parted, they are a stranger to it again."""
    world.cast()
    number = person(world, user="business_owner")
    key = asked_by(world, number)
    with world.write("analyst") as scene:
        change = item_for(scene.actor, scene.project.id, key, "change")
        changes.submit(scene.actor, change)
        changes.ask(scene.actor, change, "How many?")
    with world.read("business_owner") as scene:
        change = item_for(scene.actor, scene.project.id, key, "change")
        assert dossier.load(change).origin.asked_by == asker_of(change) == "business_owner"
        assert [(one.kind, one.key) for one in queries.waiting_for(scene.actor)] == [("answer", key)]
        assert not queries.change_page(scene.actor, change).verdicts["decide"]
    with world.write("business_owner") as scene:
        change = item_for(scene.actor, scene.project.id, key, "change")
        changes.edit_content(scene.actor, change, {"reason": "Quotes wait four days."})
        changes.answer(scene.actor, change, "Four.")
    with world.write("analyst") as scene:
        row = stakeholder_for(scene.actor, scene.project.id, number)
        actions.change_stakeholder(scene.actor, row, {"user": ""})
    with world.write("business_owner") as scene:
        change = item_for(scene.actor, scene.project.id, key, "change")
        with pytest.raises(Refused, match="written by"):
            changes.edit_content(scene.actor, change, {"reason": "Never mind."})


def test_who_was_heard_confirms_signed_in(world: World) -> None:
    world.cast()
    number = person(world, user="contributor")
    key = world.item("interview", "analyst", title="Their day", stakeholders=[number], notes="It is slow.")
    with world.write("analyst") as scene:
        actions.make_move(scene.actor, item_for(scene.actor, scene.project.id, key), "write", {})
    with pytest.raises(Refused), world.write("tester") as scene:
        actions.make_move(scene.actor, item_for(scene.actor, scene.project.id, key), "confirm", {})
    with world.write("contributor") as scene:
        actions.make_move(scene.actor, item_for(scene.actor, scene.project.id, key), "confirm", {})
    with world.read("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, key)
        assert (item.stage, store.content_of(item)["stakeholders"]) == ("confirmed", [number])


def test_one_transaction_knows_at_once_who_was_added_and_renamed(world: World) -> None:
    """What is kept of the people while something is written goes with each of them that changes."""
    world.cast()
    with world.write("analyst") as scene:
        row = actions.add_stakeholder(scene.actor, scene.project, PERSON)
        assert for_everybodys_eyes(scene.project.id, "王海涛和李娜") == "Sales和李娜"
        actions.add_stakeholder(scene.actor, scene.project, {**PERSON, "name": "李娜", "department": "Service"})
        assert for_everybodys_eyes(scene.project.id, "王海涛和李娜") == "Sales和Service"
        actions.change_stakeholder(scene.actor, row, {"name": "王大海"})
        assert for_everybodys_eyes(scene.project.id, "王海涛、王大海") == "王海涛、Sales"
        actions.remove_stakeholder(scene.actor, row)
        assert for_everybodys_eyes(scene.project.id, "王大海") == "王大海"
