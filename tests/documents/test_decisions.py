"""The pack of a decision: made of what was decided, checked by itself and against the data, for whoever may see all of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reqtrack.audit.verify import verify, verify_certificate
from reqtrack.db import db
from reqtrack.documents import actions as documents
from reqtrack.proof import check_pack
from reqtrack.proof.seal import FOLDER, Ring
from reqtrack.signoff.certificates import of_pack
from tests.changes.conftest import Desk
from tests.support.world import World


def pack_of(world: World, key: str, login: str = "business_owner", locale: str = "zh_Hans_CN") -> bytes:
    with world.read(login) as scene:
        actor, project = scene.actor, scene.project
        db.session.expunge_all()
    with world.app.app_context():
        return documents.produce(actor, project, "decision-pack", key, locale)[1]


def test_try(world: World) -> None:
    world.cast()
    world.requirement(title="登录后记住", statement="系统应当记住登录", tier="must")
    desk = Desk(world)
    edits = [
        {"item": "REQ-1", "field": "statement", "new": "系统应当记住登录 30 天"},
        {"new_item": {"kind": "requirement", "fields": {"title": "New", "tier": "should"}}},
    ]
    key = desk.deciding(likely=3, edits=edits)
    desk.decide(key, by="business_owner", tier="should", phase="1", reason="好")
    made = pack_of(world, key)
    Path("/tmp/decided.pdf").write_bytes(made)
    trusted = Ring.open(world.app.config["SETTINGS"].data / FOLDER).trusted
    report = check_pack.check(made, trusted)
    for lang in ("en", "zh"):
        print("\n".join(check_pack.lines_of(report, "x", lang)))
    assert report.genuine
    with world.app.app_context():
        told = verify_certificate(of_pack(report.document))
        print(told.problems, told.counts)
        assert told.ok
        assert verify().ok
