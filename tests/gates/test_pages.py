"""The pages of gates, waivers and rules."""

from __future__ import annotations

from tests.gates.conftest import Door


def test_gates_read(door: Door) -> None:
    door.world.requirement(title="Phones in one form", tier="must")
    client = door.world.client("business_owner")
    for path in ("", "/scope", "/pilot", "/everybody", "/rules", "/pilot?phase=all"):
        answer = client.get(f"/p/CRM/gates{path}")
        assert answer.status_code == 200, (path, answer.text)
    said = client.get("/p/CRM/gates/scope").text
    assert "Nothing that anybody said backs it." in said and "REQ-1" in said
    assert client.get("/p/CRM/gates/nowhere").status_code == 404
    assert door.world.client("implementer").get("/p/CRM/gates").status_code == 403
