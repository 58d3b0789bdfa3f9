"""What people do around signatures, a step at a time, in a project of its own; each step as the area's verbs do it, and one that is
refused changes nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from reqtrack import clock
from reqtrack.acceptance import actions as acceptance
from reqtrack.acceptance import queries as rounds
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.baselines.actions import take
from reqtrack.db import writing
from reqtrack.errors import ReqtrackError
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.signoff import actions, queries, scans
from reqtrack.signoff.paper import code_of
from reqtrack.signoff.queries.outside import link_for
from reqtrack.signoff.seats import Wanted
from tests.acceptance.conftest import Stage
from tests.audit.rich import applied
from tests.changes.story import Elsewhere
from tests.signoff.raw import Raw
from tests.support.world import OPERATOR, World

numbers = count(1)
# Signers; the last of them writes and tests as well, and who stands in for them.
SIGNERS = ("owner", "sponsor", "second")
STANDS_IN = "contributor"
KEYS = ("REQ-1", "REQ-2", "ACC-1", "ACC-2")
EDITS: dict[str, tuple[dict[str, Any], ...]] = {
    "REQ-1": ({"statement": "One."}, {"statement": "Two."}, {"tier": "should"}, {"rationale": "Because."}),
    "REQ-2": ({"statement": "One."}, {"title": "Other"}, {"tier": "later"}, {"retired": True}),
    "ACC-1": ({"given": ["one"]}, {"given": ["two"]}, {"accepts": ["REQ-1"]}, {"accepts": ["REQ-1", "REQ-2"]}),
    "ACC-2": ({"then": ["one"]}, {"accepts": []}, {"accepts": ["REQ-2"]}, {"accepts": ["REQ-1"]}),
}
ASKED: tuple[tuple[Any, ...], ...] = (
    ("owner",), ("owner", "sponsor"), ("second", "sponsor"), ("owner", "second", "sponsor"), ("owner", "outside"),
    ("role:business_owner", "role:sponsor"), ("role:business_owner",),
)  # fmt: skip
RULES: tuple[dict[str, Any], ...] = (
    {}, {"rule": "any"}, {"rule": "number", "needed": 2}, {"rule": "per_role"}, {"ordered": True}, {"ways": "both"},
    {"ways": "paper"}, {"ways": "either", "ordered": True},
)  # fmt: skip
REMARKS = ("", "", "With remarks.")
VERDICTS = ("passed", "passed", "failed", "skipped")


def steps(seed: int, length: int = 20) -> list[tuple[Any, ...]]:
    """A sequence of steps: the same for the same seed."""
    dice = random.Random(seed)
    one, few = dice.choice, lambda: dice.randrange(4)
    told: list[tuple[Callable[[], tuple[Any, ...]], int]] = [
        (lambda: ("ask", one(("BL", "RND")), one(ASKED), one(RULES)), 4),
        (lambda: ("all", few(), one(REMARKS)), 4),
        (lambda: ("sign", few(), one((*SIGNERS, STANDS_IN)), one(REMARKS)), 3),
        (lambda: ("paper", few(), dice.randrange(1, 4), one(REMARKS)), 1),
        (lambda: ("link", few(), one(("signed", "declined", "reserved"))), 1),
        (lambda: ("decline", few(), one((*SIGNERS, STANDS_IN))), 1),
        (lambda: ("withdraw", few(), one((*SIGNERS, "project_manager"))), 1),
        (lambda: ("change", one(KEYS), few()), 3),
        (lambda: ("edit", one(KEYS), few(), one((True, False))), 3),
        (lambda: ("result", few(), one(VERDICTS), one((True, False))), 3),
        (lambda: ("revoke", few()), 1),
        (lambda: ("close",), 2),
        (lambda: ("round",), 1),
        (lambda: ("take",), 1),
        (lambda: ("away", one(SIGNERS)), 1),
        (lambda: ("leave", one(SIGNERS)), 0.3),
    ]  # fmt: skip
    kinds, weights = zip(*told, strict=True)
    return [kind() for kind in dice.choices(kinds, weights, k=length)]


class Course:
    """One project: two requirements that *second* alone wrote, two acceptance scenarios, a baseline, and a round that *second* alone
    tested."""

    def __init__(self, world: World) -> None:
        self.project = f"S{next(numbers)}"
        world.project(self.project)
        for role in ("project_manager", "business_owner", "analyst", "tester", "contributor", "auditor"):
            world.member(role, role, project=self.project)
        self.whole, self.world = world, Elsewhere(world, self.project)
        # People who leave are of this project alone.
        for login, roles in (("owner", ("business_owner",)), ("sponsor", ("sponsor",)),
                             ("second", ("business_owner", "analyst", "tester"))):  # fmt: skip
            world.member(self._login(login), *roles, project=self.project)
        self.stage = Stage(self.world)
        second = self._login("second")
        for title in ("First", "Second"):
            world.requirement(second, project=self.project, title=title, statement="x", tier="must", stage="in_review")
        for accepted in ("REQ-1", "REQ-2"):
            world.acceptance(second, project=self.project, given=["a"], then=["b"], accepts=[accepted])
        self.take()
        self.round()
        self.result(0, "passed", True)
        self.close()

    def _login(self, name: str) -> str:
        return f"{name}-{self.project.lower()}" if name in SIGNERS else name

    def do(self, step: tuple[Any, ...]) -> bool:
        """One step; whether it was let through."""
        return self._tried(getattr(self, step[0]), *step[1:])

    @staticmethod
    def _tried(what: Callable[..., None], *given: Any) -> bool:
        try:
            what(*given)
        except ReqtrackError:
            return False
        return True

    def compare(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """How all requests stand, by what the product says and by the raw rows, which must agree."""
        with self.world.read("auditor") as scene:
            rows = queries.listing(scene.project.id)
            told = queries.outcomes(rows, queries.answers([row.id for row in rows]))
            shown = {row.key: (told[row.id].state, told[row.id].carried_by) for row in rows}
            raw = Raw(scene.project.id)
            standing = raw.standing()
            assert shown == standing, f"{shown} is shown, the rows say {standing}"
            assert raw.wrong_prints() == []
        return shown

    # -- steps ---------------------------------------------------------------------------------------------------------

    def take(self) -> None:
        with self.world.write("analyst") as scene:
            take(scene.actor, scene.project, "Scope")

    def ask(self, kind: str, asked: tuple[str, ...], rule: dict[str, Any]) -> None:
        with self.world.write("project_manager") as scene:
            table = "baselines" if kind == "BL" else "rounds"
            number = len(getattr(Raw(scene.project.id), table))
            wanted = [self._wanted(one) for one in asked]
            actions.request(scene.actor, scene.project, f"{kind}-{number}", "I agree", wanted, **rule)

    def _wanted(self, name: str) -> Wanted:
        if name == "outside":
            return Wanted(name="Ada Byron", organisation="Acme")
        role = name.removeprefix("role:")
        return Wanted(role=role) if role != name else Wanted(login=self._login(name))

    def _one(self, at: int, *ways: str) -> int:
        """The number of a request, counted from the newest; of those that wait (in one of these ways), where there are any."""
        with self.world.read("auditor") as scene:
            rows = queries.listing(scene.project.id)
            fitting = [one for one in rows if one.ways in (ways or (one.ways,))]
            among = [one for one in fitting if one.state == "requested"] or fitting or rows
            return among[at % len(among)].number if among else 0

    def _request(self, scene: Any, number: int) -> Any:
        return queries.signoff_for(scene.actor, scene.project.id, number)

    def all(self, at: int, remarks: str) -> None:
        """Everybody who is asked signs, in every way, as far as they may."""
        number = self._one(at)
        with self.world.read("auditor") as scene:
            ways = self._request(scene, number).ways
        for seat in (1, 2, 3) if ways != "electronic" else (1,):
            for who in SIGNERS if ways != "paper" else ():
                self._tried(self._sign, number, who, remarks)
            if ways != "electronic":
                self._tried(self._paper, number, seat, remarks)
        self._tried(self._link, number, "reserved" if remarks else "signed")

    def sign(self, at: int, who: str, remarks: str) -> None:
        self._sign(self._one(at), who, remarks)

    def _sign(self, number: int, who: str, remarks: str) -> None:
        with self.world.write(self._login(who)) as scene:
            actor = replace(scene.actor, reauthenticated=True)
            actions.sign(actor, scene.project, self._request(scene, number), remarks=remarks)

    def decline(self, at: int, who: str) -> None:
        number = self._one(at)
        with self.world.write(self._login(who)) as scene:
            actions.decline(scene.actor, scene.project, self._request(scene, number), "Not yet.")

    def withdraw(self, at: int, who: str) -> None:
        with self.world.write(self._login(who)) as scene:
            rows = queries.listing(scene.project.id)
            number = rows[at % len(rows)].number if rows else 0
            actions.withdraw(scene.actor, scene.project, self._request(scene, number), "A slip.")

    def paper(self, at: int, seat: int, remarks: str) -> None:
        self._paper(self._one(at, "paper", "both", "either"), seat, remarks)

    def _paper(self, number: int, seat: int, remarks: str) -> None:
        """A sheet comes back, and is compared at once by somebody else."""
        with self.world.write("project_manager") as scene:
            signoff = self._request(scene, number)
            more = {"signer": self._login("owner"), "code": code_of(signoff), "remarks": remarks}
            day = clock.today(scene.project.zone)
            made = actions.bring_in(scene.actor, scene.project, signoff, self._scan(), seat, day, **more).id
        with self.world.write("analyst") as scene:
            signoff = self._request(scene, number)
            actions.confirm(scene.actor, scene.project, signoff, queries.sheet_for(signoff, made))

    @staticmethod
    def _scan() -> scans.Scan:
        """A file that tells nothing by itself: its code is typed."""
        return scans.Scan(scans.store().put(b"%PDF a sheet"), "sheet.pdf", "pdf", ())

    def link(self, at: int, outcome: str) -> None:
        self._link(self._one(at, "electronic", "both", "either"), outcome)

    def _link(self, number: int, outcome: str) -> None:
        """Somebody outside (they have the second seat) answers by a link."""
        with self.world.write("project_manager") as scene:
            row, secret = actions.make_link(scene.actor, scene.project, self._request(scene, number), 2)
            made = row.id
        with self.world.write("analyst") as scene:
            signoff = self._request(scene, number)
            code = actions.tell_code(scene.actor, signoff, link_for(signoff, made))
        with self.whole.app.app_context(), writing(self.project):
            found = actions.open_to_sign(secret)
            assert actions.code_fits(found, code)
            actions.sign_by_link(found, outcome, words="" if outcome == "signed" else "Not wholly.")

    def change(self, key: str, at: int) -> None:
        """A change is applied, as its area does it."""
        with self.world.write("business_owner") as scene:
            made = store.create(scene.actor, scene.project, KINDS["change"], {"title": "Change", "reason": "so"}).key
        with self.world.write("project_manager") as scene:
            found = item_for(scene.actor, scene.project.id, made)
            applied(scene, found, self._values(scene, key, at), key)

    def _values(self, scene: Any, key: str, at: int) -> dict[str, Any]:
        told = EDITS[key][at]
        if told.get("retired"):
            return {"statement": "Retired soon."}
        kind = KINDS["requirement" if key.startswith("REQ") else "acceptance"]
        return dict(values.parse(kind, scene.project, told))

    def edit(self, key: str, at: int, past: bool) -> None:
        """An edit as people make it; or past the lock, by a change that never took effect."""
        with self.world.write("analyst") as scene:
            item = item_for(scene.actor, scene.project.id, key)
            told = self._values(scene, key, at)
            if EDITS[key][at].get("retired"):
                store.edit(scene.actor, item, {}, retired=not item.retired, change="CR-99" if past else "")
            else:
                store.edit(scene.actor, item, told, change="CR-99" if past else "")

    def round(self) -> None:
        self.stage.round("ACC-1", "ACC-2", testers=(self._login("second"), "tester"))

    def _newest(self, *, running: bool = False) -> int:
        with self.world.read("auditor") as scene:
            found = Raw(scene.project.id).rounds
        if not running or found[max(found)]["stage"] != "closed":
            return max(found)
        self.round()
        return max(found) + 1

    def result(self, at: int, verdict: str, alone: bool) -> None:
        """A result in the newest round; a new one, where that is closed."""
        key, by = KEYS[2 + at % 2], self._login("second") if alone else "tester"
        note = "" if verdict == "passed" else "seen"
        self.stage.record(self._newest(running=True), key, None, verdict, note, by=by)

    def revoke(self, at: int) -> None:
        with self.world.write("project_manager") as scene:
            results = Raw(scene.project.id).results
            found = rounds.result_for(scene.actor, scene.project.id, results[at % len(results)]["number"])
            acceptance.revoke(scene.actor, found.round, found.result, "A slip.")

    def close(self) -> None:
        self.stage.close(self._newest(), "Good enough.")

    def away(self, who: str) -> None:
        with self.world.write(self._login(who)) as scene:
            actor, day = replace(scene.actor, reauthenticated=True), clock.today(scene.project.zone)
            absent, stands_in = user_by_login(actor.login), user_by_login(STANDS_IN)
            actions.set_away(actor, absent, stands_in, day, day + timedelta(days=4), project=scene.project)

    def leave(self, who: str) -> None:
        """Somebody leaves for good; their account stays, disabled."""
        with self.world.write() as scene:
            user = user_by_login(self._login(who))
            for role in sorted(self.whole_roles(who)):
                accounts.end_role(scene.actor, scene.project, user, role)
        with self.whole.app.app_context(), writing():
            accounts.disable_user(OPERATOR, user_by_login(self._login(who)))

    def whole_roles(self, who: str) -> frozenset[str]:
        with self.world.read(self._login(who)) as scene:
            return frozenset(scene.actor.roles_in(scene.project.id))
