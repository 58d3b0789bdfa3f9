"""The pack of a decision, however whoever decided had shown that it was them: it says so, is genuine, and as the data say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.audit.verify import verify
from reqtrack.documents.contexts import decision_pack
from reqtrack.documents.contexts.common import Reader
from reqtrack.signoff.proved import METHODS
from tests.accounts.device import Device
from tests.accounts.idp import Provider
from tests.accounts.test_codes import set_up
from tests.accounts.test_passkeys import PROVE, keep
from tests.accounts.test_passkeys import asked as asked_of
from tests.accounts.test_provider import back, idp, onward
from tests.changes.conftest import Desk
from tests.changes.test_agreed import written
from tests.changes.test_asking import asked, seen, send
from tests.changes.test_packs import edits, sound
from tests.support.world import Browser

__all__ = ["idp"]
OWNER = "business_owner"


@pytest.mark.sqlite
def test_the_pack_says_by_what_whoever_decided_had_proved_it(desk: Desk, idp: Provider) -> None:
    """By code, passkey, provider, one-time link and in an emergency; and who confirmed by a link what was agreed elsewhere. What a
    pack says is the same on both databases."""
    world, device = desk.world, Device()
    items = iter([world.requirement(title=f"Quotes {at}", statement="Three levels.", tier="should") for at in range(6)])

    def change(**more: Any) -> str:
        return desk.deciding(likely=3, edits=edits(next(items)), **more)

    def press(key: str, client: Browser, **proof: str) -> None:
        shown = seen(client.get(f"/p/CRM/changes/{key}"))
        sent = {"outcome": "approved", "tier": "should", "phase": "Phase 1", "seen": shown, **proof}
        assert client.send(f"/p/CRM/changes/{key}/decisions", sent).status_code == 303

    now = clock.now().replace(second=15, microsecond=0)
    with clock.at(now):
        mine = world.client(OWNER)
        phone, _recovery = set_up(mine)
        assert keep(mine, device) == 303
        assert back(mine, idp.authorize(onward(mine, "/account/provider")))[0] == 303
    said = {}
    with clock.at(now + timedelta(seconds=30)):
        press(key := change(), world.client(OWNER, proved=False), password=phone.code())
        said[key] = "totp"
        client = world.client(OWNER, proved=False)
        proof = {"credential": device.answers(asked_of(client, PROVE))}
        assert client.send("/account/proof/passkey", proof).status_code == 204
        press(key := change(), client)
        said[key] = "passkey"
        client = world.client(OWNER, proved=False)
        at_provider = idp.authorize(onward(client, "/account/proof/provider", {"next": "/"}))
        assert back(client, at_provider)[0] == 303
        press(key := change(), client)
        said[key] = "sso"
        url, code = asked(desk, key := change())
        visitor = world.client()
        assert send(visitor, url, code, outcome="approved", seen=seen(send(visitor, url, code))).status_code == 200
        said[key] = "link"
        key = desk.log(kind="emergency", edits=edits(next(items)))
        desk.submit(key)
        press(key, client)
        said[key] = "sso"
    for key, method in said.items():
        archive = sound(desk, key)
        assert [(one["login"], one["method"]) for one in archive["signoff"]["signers"]] == [(OWNER, method)], key
        with desk.world.app.test_request_context("/"), desk.world.read("auditor") as scene:
            paper = decision_pack.build(Reader(scene.actor, scene.project, "en"), desk.item(scene, key))
        assert [one["proof"] for one in paper["signatures"]] == [str(METHODS[method])]
    assert (paper["kind"], archive["change"]["kind"]) == ("Emergency", "emergency")

    met = written(desk, next(items))
    url, code = asked(desk, met)
    visitor = world.client()
    assert send(visitor, url, code, outcome="yes", seen=seen(send(visitor, url, code))).status_code == 200
    agreed = sound(desk, met)["change"]["agreed"]["said"]
    assert [(one["login"], one["answer"], one["method"]) for one in agreed] == [(OWNER, "yes", "link")]
    with desk.world.app.app_context():
        assert verify().ok
