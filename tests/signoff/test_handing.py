"""My work: codes to pass on to somebody outside, sheets on paper to compare: in the hands of those who may, until it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reqtrack import clock
from reqtrack.signoff import actions, queries
from reqtrack.signoff.queries.outside import link_for
from tests.signoff.test_outside import ADA
from tests.signoff.test_paper import bring, code_of, compare
from tests.signoff.test_seats import ask
from tests.signoff.test_signing import scope
from tests.support.world import World

__all__ = ["scope"]
# Rows of two kinds come in one statement: that both databases take it is shown.
pytestmark = pytest.mark.both
ALL = ("project_manager", "analyst", "business_owner", "sponsor", "tester", "contributor", "implementer", "auditor")


def mine(world: World, kind: str, *logins: str) -> dict[str, list[str]]:
    """Who has lines of a kind from here, and what they are about."""
    found = {}
    for login in logins or ALL:
        with world.read(login) as scene:
            rows = [one for one in queries.waiting_for(scene.actor) if one.kind == kind]
        if rows:
            found[login] = [f"{one.key} {one.title} {sorted(one.href_args.items())}" for one in rows]
    return found


def made(world: World) -> int:
    with world.write("project_manager") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, 1)
        return actions.make_link(scene.actor, scene.project, signoff, 1)[0].id


def test_a_code_waits_for_who_may_pass_it_on_while_its_link_is_good(scope: World) -> None:
    ask(scope, ADA, "sponsor")
    assert mine(scope, "pass_on") == {}
    link = made(scope)
    line = [f"SGN-1 BL-1 Scope 1 [('link', {link}), ('number', 1), ('project', 'CRM')]"]
    assert mine(scope, "pass_on") == {"analyst": line, "business_owner": line, "sponsor": line}
    page = scope.client("analyst").get("/").text
    assert "Ada Byron" in page and f"/p/CRM/signoffs/1/links/{link}/code" in page
    assert scope.client("analyst").get(f"/p/CRM/signoffs/1/links/{link}/code").status_code == 200
    with clock.at(clock.now() + timedelta(days=8)):
        assert mine(scope, "pass_on", "analyst") == {}
    again = made(scope)
    assert again != link and len(mine(scope, "pass_on", "analyst")["analyst"]) == 1, "the first is taken back"
    with scope.write("project_manager") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, 1)
        actions.revoke_link(scene.actor, signoff, link_for(signoff, again))
    assert mine(scope, "pass_on", "analyst") == {}


def test_a_sheet_waits_for_a_second_person_to_compare_it(scope: World) -> None:
    ask(scope, "business_owner", ADA, ways="paper")
    sheet = bring(scope, b"%PDF-1.4 a sheet", code=code_of(scope))
    line = [f"SGN-1 BL-1 Scope 1 [('number', 1), ('project', 'CRM'), ('sheet', {sheet})]"]
    # Neither who brought it in nor who signed it.
    assert mine(scope, "confirm") == {"analyst": line, "sponsor": line}
    page = scope.client("sponsor").get("/").text
    assert f"/p/CRM/signoffs/1/paper/{sheet}" in page and "compare it with what was asked" in page
    compare(scope, sheet)
    assert mine(scope, "confirm") == {}
    other = bring(scope, b"%PDF-1.4 another", seat=2, code=code_of(scope))
    assert list(mine(scope, "confirm")) == ["analyst", "business_owner", "sponsor"]
    with scope.write("project_manager") as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, 1)
        actions.withdraw(scene.actor, scene.project, signoff, "Wrong people.")
    assert other and mine(scope, "confirm") == {}
