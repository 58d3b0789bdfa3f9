"""Results over REST: let stand, revoked, blocked by whom."""

from __future__ import annotations

import base64
import hashlib

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


def test_a_program_sends_files_along_as_run_mode_does(crm: World) -> None:
    analyst, tester = Caller(crm, "analyst"), Caller(crm, "tester")
    analyst("POST", "/acceptance", {"title": "It works", "when": ["sign in"], "then": ["so"]})
    analyst("POST", "/rounds", {"name": "R", "acceptance": ["ACC-1"], "testers": ["tester"]})
    seen = {"file": base64.b64encode(b"a white screen").decode(), "name": "seen.txt"}
    said = {"acceptance": "ACC-1", "verdict": "failed", "note": "white"}
    broken = tester("POST", "/rounds/1/results", {**said, "evidence": [{**seen, "file": "?"}]})
    assert broken.status_code == 422 and broken.json["reasons"][0]["field"] == "evidence.0.file"
    made = tester("POST", "/rounds/1/results", {**said, "evidence": [seen]})
    digest = hashlib.sha256(b"a white screen").hexdigest()
    assert made.status_code == 201 and made.json["evidence"] == [{"name": "seen.txt", "digest": digest}]
    assert tester("GET", "/results/1").json["evidence"] == made.json["evidence"]
    (kept,) = tester("GET", "/attachments").json["items"]
    assert (kept["item"], kept["name"]) == ("ACC-1", "seen.txt")
    assert tester("POST", "/rounds/1/results", {**said, "evidence": [seen] * 6}).status_code == 422


def test_a_round_takes_what_a_choice_finds(crm: World) -> None:
    analyst = Caller(crm, "analyst")
    for number, tier in ((1, "must"), (2, "later")):
        analyst("POST", "/requirements", {"title": f"R{number}", "statement": "It is so.", "tier": tier})
        body = {"title": f"A{number}", "when": ["go"], "then": ["so"], "accepts": [f"REQ-{number}"]}
        analyst("POST", "/acceptance", body)
    analyst("POST", "/acceptance", {"title": "A3", "when": ["go"], "then": ["so"]})
    made = analyst("POST", "/rounds", {"name": "Must", "choose": {"tier": "must"}})
    assert made.json["acceptance"] == ["ACC-1"]
    both = analyst("POST", "/rounds", {"name": "More", "acceptance": ["ACC-2"], "choose": {"round": "RND-1"}})
    assert both.json["acceptance"] == ["ACC-2", "ACC-1"]
    more = analyst("PATCH", "/rounds/1", {"choose": {"only": "new"}}, If_Match='"1"')
    assert more.json["acceptance"] == ["ACC-1", "ACC-3"]
    none = analyst("POST", "/rounds", {"name": "None", "choose": {"phase": "No such"}})
    assert none.status_code == 422 and none.json["reasons"][0]["field"] == "choose"
