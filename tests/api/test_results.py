"""Results over REST: let stand, revoked, blocked by whom."""

from __future__ import annotations

from tests.support.caller import Caller
from tests.support.world import World


def test_results_are_let_stand_and_revoked(crm: World) -> None:
    analyst, tester = Caller(crm, "analyst"), Caller(crm, "tester")
    analyst("POST", "/acceptance", {"title": "It works", "when": ["sign in"], "then": ["so"]})
    analyst("POST", "/rounds", {"name": "R", "acceptance": ["ACC-1"], "testers": ["tester"]})
    said = {"acceptance": "ACC-1", "verdict": "blocked", "note": "no account", "missing_from": "IT"}
    blocked = tester("POST", "/rounds/1/results", said).json
    assert (blocked["missing_from"], blocked["affirms"], blocked["revoked"]) == ("IT", None, None)
    tester("POST", "/rounds/1/results", {"acceptance": "ACC-1", "verdict": "passed"})
    refused = tester("POST", "/rounds/1/affirmations", {"acceptance": "ACC-1", "reason": "only a word"})
    assert refused.status_code == 409 and "nothing to let stand" in refused.json["detail"] + str(refused.json)
    analyst("PATCH", "/acceptance/ACC-1", {"then": ["so it is"]}, If_Match="*")
    assert analyst("GET", "/acceptance/ACC-1").json["status"] == "stale"
    stands = tester("POST", "/rounds/1/affirmations", {"acceptance": "ACC-1", "reason": "only a word"})
    assert stands.status_code == 201
    assert (stands.json["verdict"], stands.json["affirms"], stands.json["note"]) == ("passed", 2, "only a word")
    assert analyst("GET", "/acceptance/ACC-1").json["status"] == "passed"
    assert analyst("POST", "/rounds/1/affirmations", {"acceptance": "ACC-1", "reason": "x"}).status_code == 403
    gone = tester("POST", "/results/3/revocation", {"reason": "it did not"})
    assert gone.status_code == 201 and gone.json["revoked"] == "it did not"
    assert analyst("GET", "/acceptance/ACC-1").json["status"] == "stale"
    assert tester("POST", "/results/3/revocation", {"reason": "again"}).status_code == 409
    assert [one["revoked"] for one in tester("GET", "/results").json["items"]] == [None, None, "it did not"]
