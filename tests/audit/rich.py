"""A project with at least one row in every table that ``verify`` covers, made through the actions wherever there are any."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from reqtrack.acceptance.models import Acceptance, Result, ResultRevocation, Round, RoundScenario, Standing
from reqtrack.audit.record import access, recorded
from reqtrack.baselines import actions as baselines
from reqtrack.branches import actions as branches
from reqtrack.branches.content import OUT
from reqtrack.branches.queries import standing
from reqtrack.changes.models import Decision
from reqtrack.db import db
from reqtrack.gates import actions as gates
from reqtrack.gates.queries import waiver_for
from reqtrack.interviews.models import Stakeholder
from reqtrack.items import actions as items
from reqtrack.items import personal, store
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.signoff import actions as signoff
from reqtrack.signoff.models import Signoff
from tests.support.world import Scene, World


def fill(world: World) -> None:
    """Fill the project CRM: interview notes, a comment, a scope signed, a change applied, a round with results signed."""
    world.cast()
    world.item("interview", "analyst", title="访谈 一", notes="**王:** 每天录二十张单\n第二行")
    world.scenario("analyst", steps=["打开", "填写"], outcome="存上了")
    world.requirement("analyst", title="新建客户", statement="系统应当\n只要三项", tier="must", scenarios=["SCN-1"])
    world.requirement("analyst", title="Phones", tier="should")
    world.acceptance("analyst", given=["a form"], then=["it is saved"], accepts=["REQ-1"])
    with world.write("analyst") as scene:
        item = item_for(scene.actor, scene.project.id, "REQ-2", "requirement")
        store.edit(scene.actor, item, {"statement": "One format.\nAlways."}, reason="said so\nin the review")
        items.comment(scene.actor, item, "这条要问王海涛")
        _stakeholder(scene)
        baselines.take(scene.actor, scene.project, "Scope 1")
        signoff.request(scene.actor, scene.project, "BL-1", "I approve\nthis scope", ["business_owner"])
    sign(world, 1, "business_owner")
    with world.write("project_manager") as scene:
        _change(scene)
        _round(scene, mistaken=True)
        signoff.request(scene.actor, scene.project, "RND-1", "I accept this result", ["business_owner", "sponsor"])
    with world.write("business_owner") as scene:
        given = db.session.execute(select(Signoff).where(Signoff.number == 2)).scalar_one()
        signoff.decline(scene.actor, scene.project, given, "two rows failed")
    with world.write("project_manager") as scene:
        asked = {"owner": "tester", "expires_on": date(2099, 1, 1), "signers": ["business_owner"]}
        made, _request = gates.ask(
            scene.actor, scene.project, "两个人\n换手机", covers=[("must_passed", "ACC-1", 0)], **asked
        )
        gates.withdraw(scene.actor, scene.project, waiver_for(scene.actor, scene.project, made.number), "修好了\n提前")
        told = {"purpose": "pilot", "pilot": "华东", "owner": "business_owner", "reason": "先试\n两周"}
        branch = branches.open_branch(scene.actor, scene.project, name="华东试点", **told)
        found = branches.choose(scene.actor, standing(branch), {"REQ-2": OUT}, "用不上\n先不做")
        branches.close(scene.actor, found, "given_up", "改了主意\n不试了")
    with world.write("business_owner") as scene:
        actor = replace(scene.actor, reauthenticated=True)
        gates.pass_gate(actor, scene.project, "pilot", pilot="华东", note="先试\n两周")
    with world.app.app_context():
        access(
            "analyst", "export.made", "CRM", project_id=world.sites["CRM"].id, address="10.0.0.7", detail={"rows": 3}
        )
        access("outsider", "sign_in.failed", "outsider", address="10.0.0.8")
        access("analyst", "sign_in.done", "analyst", address="10.0.0.7")


def sign(world: World, number: int, login: str) -> None:
    """Sign as somebody who has just proved who they are."""
    with world.write(login) as scene:
        actor = replace(scene.actor, reauthenticated=True)
        given = db.session.execute(select(Signoff).where(Signoff.number == number)).scalar_one()
        signoff.sign(actor, scene.project, given, address="10.0.0.9", device="a phone")


def _stakeholder(scene: Scene) -> None:
    with recorded(scene.actor, scene.project.id, "stakeholder.added", "CRM") as entry:
        name = personal.put(scene.project.id, "王海涛")
        db.session.add(Stakeholder(project_id=scene.project.id, name=name, created_at=entry.at, updated_at=entry.at))
        entry.after = {"name": name}


def _change(scene: Scene) -> None:
    change = store.create(scene.actor, scene.project, KINDS["change"], {"title": "Fewer fields", "reason": "too many"})
    applied(scene, change, {"title": "新建客户只要三项"})


def applied(
    scene: Scene, change: object, values: dict[str, object], key: str = "REQ-1", seat: str = "business_owner"
) -> None:
    """Apply a change to a requirement as the area of changes does: decision, edit and mark in one event."""
    with recorded(scene.actor, scene.project.id, "change.applied", change.key) as entry:  # type: ignore[attr-defined]
        item = item_for(scene.actor, scene.project.id, key)
        store.edit(scene.actor, item, values, change=change.key)  # type: ignore[attr-defined]
        change.applied_seq, change.stage = entry.seq, "applied"  # type: ignore[attr-defined]
        entry.seal(
            Decision(
                project_id=scene.project.id, number=store.next_number(scene.project.id, "DEC"), change_id=change.id,  # type: ignore[attr-defined]
                decider=scene.actor.login, decider_name=scene.actor.name, seat=seat, outcome="approved", tier="must",
                phase_id=None, reason="sensible\nand small", until="", package_print="a" * 64, expected_effort_days=2,
                at=entry.at, method="password", address="10.0.0.9",
            )
        )  # fmt: skip
        entry.after = {"outcome": "approved"}


def _round(scene: Scene, verdicts: tuple[str, ...] = ("passed", "failed"), mistaken: bool = False) -> None:
    """A closed round over ACC-1 with a result for each verdict, each row its own; before them one that was a mistake, if told so."""
    project = scene.project
    accepted = db.session.execute(select(Acceptance).where(Acceptance.key == "ACC-1")).scalar_one()
    number = store.next_number(project.id, "RND")
    with recorded(scene.actor, project.id, "round.closed", f"RND-{number}") as entry:
        made = Round(
            project_id=project.id, number=number, name=f"Round {number}", stage="closed", created_at=entry.at,
            created_by=scene.actor.login, closed_at=entry.at,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        db.session.add(RoundScenario(round_id=made.id, acceptance_id=accepted.id, position=1))
        if mistaken:
            revoke(scene, record(scene, made, accepted, 0, "blocked"))
        for row, verdict in enumerate(verdicts):
            record(scene, made, accepted, row, verdict)


def record(scene: Scene, round_: Round, accepted: Acceptance, row: int, verdict: str, tester: str = "tester") -> int:
    """A result and its standing; its number."""
    number = store.next_number(scene.project.id, "RES")
    with recorded(scene.actor, scene.project.id, "result.recorded", accepted.key) as entry:
        entry.seal(
            Result(
                project_id=scene.project.id, number=number, round_id=round_.id, acceptance_id=accepted.id,
                acceptance_version=accepted.version, row=row, verdict=verdict, note="" if verdict == "passed" else "白屏\n了",
                steps=[1, 0], text_print=accepted.text_print, seq=accepted.text_seq, tester=tester, tester_name="何敏",
                at=entry.at, since=entry.seq,
            )
        )  # fmt: skip
        entry.after = {"row": row, "verdict": verdict}
        db.session.merge(
            Standing(
                round_id=round_.id, acceptance_id=accepted.id, row=row, project_id=scene.project.id, number=number,
                verdict=verdict, seq=accepted.text_seq,
            )
        )  # fmt: skip
    return number


def revoke(scene: Scene, number: int) -> None:
    """That a result was a mistake; another one of its row comes after it."""
    with recorded(scene.actor, scene.project.id, "result.revoked", "RND-1") as entry:
        entry.seal(
            ResultRevocation(
                project_id=scene.project.id, number=number, reason="看错了\n窗口", author="tester", author_name="何敏",
                at=entry.at, since=entry.seq,
            )
        )  # fmt: skip
