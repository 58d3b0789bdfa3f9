"""A model of what people do to change requests, which knows nothing of the code: who wrote what, who voted for which text, what
each requirement should say, by whom it moved since it was signed. It does each step in a project of its own, and is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.baselines.actions import take
from reqtrack.changes import actions
from reqtrack.changes.models import Decision
from reqtrack.changes.queries.templates import template_for
from reqtrack.changes.unobjected import pass_unobjected
from reqtrack.db import db
from reqtrack.errors import ReqtrackError
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item, Version
from reqtrack.items.queries import item_for
from reqtrack.requirements.actions import change_phase
from reqtrack.requirements.queries import phases
from reqtrack.signoff import actions as signoffs
from reqtrack.signoff import queries as signed
from tests.changes.conftest import Desk
from tests.support.world import OPERATOR, World

numbers = count(1)
VOTERS = ("project_manager", "business_owner", "sponsor", "second", "tester")
# Who is away now and then, and who stands in.
ABSENT, DELEGATES = ("business_owner", "sponsor"), ("tester", "analyst")
# Who may fill whose seat.
LINE = ("project_manager", "business_owner", "sponsor")
FIELDS = ("statement", "tier")
VALUES = {
    "statement": ("The system shall ask one person.", "The system shall ask two.", "系统应当问一个人。"),
    "tier": ("must", "should", "later"),
}
TEMPLATE = {
    "name": "Words",
    "most_days": "0.5",
    "most_items": "2",
    "fields": ["statement"],
    "tiers": ["should", "later"],
}
# What a version past the lock says it came by: no such change was applied.
NOBODYS = "CR-99"
# Two requirements: people shall meet.
KEYS = 2
# The number of a change that stands for any of them, decided ones too; others for an open one.
SELDOM = 5


@dataclass
class Known:
    """A change as the model knows it. ``edits``: (key, field) → (what it said when that was written, what it shall say)."""

    key: str
    author: str
    effort: float
    edits: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    # Whose words each edit holds.
    words: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    # How often what it says has changed; of each vote, for which text, tier and by whom it was given.
    text: int = 0
    votes: list[tuple[str, int, str]] = field(default_factory=list)
    # Of each vote, whose it may be: the voter's own, or that of somebody they stood in for.
    voices: list[frozenset[str]] = field(default_factory=list)
    # For which text it was said that it takes effect unless somebody objects.
    silent: int | None = None
    stage: str = "deciding"

    @property
    def writers(self) -> set[str]:
        """Who may not decide it."""
        return {self.author}.union(*self.words.values())


class Elsewhere:
    """The world with another project in the place of the usual one."""

    def __init__(self, world: World, project: str) -> None:
        self.world, self.project = world, project

    def write(self, by: str = "") -> Any:
        return self.world.write(by, self.project)

    def read(self, by: str = "") -> Any:
        return self.world.read(by, self.project)


class Story:
    """One project, and the model beside it."""

    def __init__(self, world: World) -> None:
        self.project = f"P{next(numbers)}"
        world.cast(self.project)
        if "second" not in world.people:
            world.user("second")
        self.world: Any = Elsewhere(world, self.project)
        self.desk = Desk(self.world)
        self.changes: list[Known] = []
        self.roles = {
            login: {login}
            for login in ("project_manager", "business_owner", "sponsor", "analyst", "contributor", "tester")
        }
        # Of each who is away, who stands in, and the number of that.
        self.stand_ins: dict[str, tuple[str, int]] = {}
        # The template of standard changes, whose words stand in it, and who has approved it.
        self.template, self.approver = 0, ""
        self.template_writers: set[str] = set()
        self.roles["second"] = set()
        self.said: dict[str, dict[str, str]] = {}
        # What was signed, and of each requirement who moved it since: the key of a change, or "" for nobody's.
        self.signed: dict[str, dict[str, str]] | None = None
        self.signature = 0
        self.signer: set[str] = set()
        self.moved: dict[str, list[str]] = {}
        with self.world.write() as scene:
            change_phase(scene.actor, scene.project, phases(scene.project.id)[0], {"name": "Phase 1"})
        for value in VALUES["statement"][:KEYS]:
            told = {"statement": value, "tier": "should"}
            self.said[world.requirement("analyst", project=self.project, **told)] = told

    # -- doing ---------------------------------------------------------------------------------------------------------

    def do(self, step: tuple[Any, ...]) -> None:
        """One step; what is refused changes nothing, which the comparison afterwards shows."""
        getattr(self, f"_{step[0]}")(*step[1:])

    def _change(self, at: int) -> Known | None:
        """One of the open ones; seldom one that may be decided already."""
        among = [one for one in self.changes if one.stage == "deciding" or at == SELDOM] or self.changes
        return among[at % len(among)] if among else None

    def place(self, edit: tuple[int, str, int]) -> tuple[str, str]:
        """The key and the field that an edit is about."""
        key, name, _new = self._edit(edit)
        return key, name

    def _edit(self, edit: tuple[int, str, int]) -> tuple[str, str, str]:
        keys = sorted(self.said)
        at, name, value = edit
        return keys[at % len(keys)], name, VALUES[name][value]

    def _put(self, author: str, edits: list[tuple[int, str, int]], effort: float) -> None:
        wanted = {(key, name): new for key, name, new in map(self._edit, edits) if self.said[key].get(name) != new}
        if not wanted or author not in self.roles[author]:
            return
        given = [{"item": key, "field": name, "new": new} for (key, name), new in wanted.items()]
        made = self.desk.log(author, edits=given)
        known = Known(made, author, effort)
        known.edits = {(key, name): (self.said[key].get(name, ""), new) for (key, name), new in wanted.items()}
        known.words = {at: {author} for at in wanted}
        self.desk.submit(made, author)
        self.desk.assess(made, effort, by="analyst")
        self.changes.append(known)

    def _amend(self, at: int, author: str, edit: tuple[int, str, int]) -> None:
        known = self._change(at)
        if known is None:
            return
        key, name, new = self._edit(edit)
        try:
            self.desk.do(known.key, actions.propose, [{"item": key, "field": name, "new": new}], by=author)
        except ReqtrackError:
            return
        assert known.stage == "deciding", "what was decided stays as it was"
        before = known.edits.get((key, name))
        base = self.said[key].get(name, "")
        if base == new:
            known.edits.pop((key, name), None)
            known.words.pop((key, name), None)
        else:
            known.edits[key, name] = (base, new)
        if (before and before[1]) != (None if base == new else new):
            known.text += 1
            if base != new:
                known.words.setdefault((key, name), set()).add(author)

    def _renew(self, at: int) -> None:
        if known := self._change(at):
            self.renew(known)

    def renew(self, known: Known) -> None:
        """Have it assessed anew, where that is called for."""
        try:
            self.desk.do(known.key, actions.reassess, by="project_manager")
            self.desk.assess(known.key, known.effort, by="analyst")
        except ReqtrackError:
            return

    def _vote(self, at: int, voter: str, tier: int) -> None:
        if known := self._change(at):
            self.vote(known, voter, VALUES["tier"][tier])

    def vote(self, known: Known, voter: str, tier: str) -> None:
        """Somebody approves it, with a tier."""
        try:
            told = self.desk.decide(known.key, by=voter, tier=tier, phase="Phase 1")
        except ReqtrackError:
            return
        assert known.stage == "deciding" and voter not in known.writers, "nobody decides what they wrote"
        self._counts(known, voter, tier)
        if told.stage == "applied":
            self._applies(known, tier)

    def _push(self, at: int, tier: int) -> None:
        if known := self._change(at):
            self.push(known, VALUES["tier"][tier])

    def push(self, known: Known, tier: str) -> None:
        """All that can be done for it to be decided."""
        self.renew(known)
        for voter in VOTERS:
            self.vote(known, voter, tier)

    def _silence(self, at: int, author: str) -> None:
        """Somebody lets it take effect in two weeks unless it is objected to."""
        known = self._change(at)
        if known is None:
            return
        day = (clock.now() + timedelta(days=14)).date().isoformat()
        try:
            self.desk.do(known.key, actions.offer_silence, day, by=author)
        except ReqtrackError:
            return
        assert known.stage == "deciding" and self._seats(known.effort, self._must(known)) == ("project_manager",)
        known.silent = known.text

    def _object(self, at: int, who: str) -> None:
        known = self._change(at)
        if known is None:
            return
        try:
            self.desk.do(known.key, actions.object_to, "No.", by=who)
        except ReqtrackError:
            return
        assert known.silent is not None
        known.silent = None

    def _weeks(self) -> None:
        """Weeks go by, and the worker does what is due."""
        with self.world.world.app.app_context(), clock.at(clock.now() + timedelta(days=21)):
            pass_unobjected()
        for known in self.changes:
            if known.stage == "deciding" and self.desk.stage(known.key) == "applied":
                assert known.silent == known.text, "only what was offered for silence, as it was then"
                self._in_nobodys_name(known)

    def _template(self, author: str, approver: str) -> None:
        """Somebody writes the template of standard changes, or writes it anew, and somebody may approve it."""
        told = {**TEMPLATE, "reason": f"Words, {next(numbers)}."}
        try:
            with self.world.write(author) as scene:
                if self.template:
                    actions.change_template(scene.actor, template_for(scene.project.id, self.template), told)
                else:
                    self.template = actions.write_template(scene.actor, scene.project, told).id
                self.approver = ""
                self.template_writers.add(author)
            with self.world.write(approver) as scene:
                mine = template_for(scene.project.id, self.template)
                actions.approve_template(replace(scene.actor, reauthenticated=True), mine)
        except ReqtrackError:
            return
        assert approver not in self.template_writers and "business_owner" in self.roles[approver]
        self.approver = approver

    def _standard(self, author: str, edit: tuple[int, str, int]) -> None:
        """Somebody hands in a change by the template: it is in effect, or nothing happened."""
        key, name, new = self._edit(edit)
        if not self.template or self.said[key].get(name) == new or author not in self.roles[author]:
            return
        given = [{"item": key, "field": name, "new": new}]
        made = self.desk.log(author, kind="standard", template=self.template, edits=given)
        try:
            self.desk.do(made, actions.submit, by=author, days="0.5")
        except ReqtrackError:
            self.desk.do(made, actions.withdraw, by=author)
            return
        assert self.approver not in {"", author} and "business_owner" in self.roles[self.approver]
        known = Known(made, author, 0.5, {(key, name): (self.said[key].get(name, ""), new)})
        assert name == "statement" and not self._must(known), "what the template is for"
        self.changes.append(known)
        self._in_nobodys_name(known)

    def _agreed(self, at: int, author: str, deciders: list[str], confirmed: bool) -> None:
        """Somebody writes that these decided it elsewhere; they confirm that, or not yet."""
        known = self._change(at)
        if known is None:
            return
        today = clock.today(self.desk.read_project().zone)
        try:
            self.desk.do(known.key, actions.agree_elsewhere, today, "In a meeting.", deciders, by=author)
        except ReqtrackError:
            return
        assert known.stage == "deciding"
        known.silent = None
        for who in VOTERS if confirmed else ():
            self._word(at, who)

    def _word(self, at: int, who: str) -> None:
        """Somebody says: yes, so we decided."""
        known = self._change(at)
        if known is None:
            return
        before = len(self.desk.dossier(known.key).votes)
        try:
            told = self.desk.do(known.key, actions.answer_agreement, True, by=who, proved=True)
        except ReqtrackError:
            return
        assert known.stage == "deciding"
        votes = self.desk.dossier(known.key).votes
        if len(votes) > before:
            assert who not in known.writers, "never on the word of who typed it"
            self._counts(known, who, votes[-1].tier)
        if told is not None and told.stage == "applied":
            self._applies(known, known.votes[-1][2])

    def _counts(self, known: Known, voter: str, tier: str) -> None:
        known.silent = None
        known.votes.append((voter, known.text, tier))
        known.voices.append(frozenset({voter, *(who for who, (by, _at) in self.stand_ins.items() if by == voter)}))

    def _between(self, at: int, author: str, edit: tuple[int, str, int], tier: int) -> None:
        """One votes, then somebody edits it, then the others vote."""
        self._renew(at)
        self._vote(at, "business_owner", tier)
        self._amend(at, author, edit)
        self._renew(at)
        for voter in ("sponsor", "second"):
            self._vote(at, voter, tier)

    def _roles(self, login: str, role: str) -> None:
        has = role in self.roles[login]
        with self.world.write() as scene:
            act = accounts.end_role if has else accounts.set_role
            act(OPERATOR, scene.project, user_by_login(login), role)
        self.roles[login] ^= {role}

    def _away(self, absent: str, delegate: str) -> None:
        """Somebody is away and says who stands in; said again, they are back."""
        known = self.stand_ins.pop(absent, None)
        with self.world.write(absent) as scene:
            if known is not None:
                signoffs.end_away(scene.actor, signed.absence_for(scene.actor, known[1]))
                return
            actor, people = replace(scene.actor, reauthenticated=True), map(user_by_login, (absent, delegate))
            today = clock.today(scene.project.zone)
            made = signoffs.set_away(actor, *people, today, today, project=scene.project)
            self.stand_ins[absent] = delegate, made.id

    def _past(self, edit: tuple[int, str, int]) -> None:
        """Somebody edits the item itself, as before it was agreed, or past the lock."""
        key, name, new = self._edit(edit)
        with self.world.write("analyst") as scene:
            item = item_for(scene.actor, scene.project.id, key)
            told = values.parse(KINDS["requirement"], scene.project, {name: new})
            store.edit(replace(scene.actor, kind="system"), item, told, change=NOBODYS)
        if self.said[key].get(name) != new:
            self._say(key, {name: new}, "")

    def _withdraw(self, at: int) -> None:
        known = self._change(at)
        if known is None:
            return
        try:
            self.desk.do(known.key, actions.withdraw, by=known.author)
        except ReqtrackError:
            assert known.stage != "deciding" or known.author not in self.roles[known.author]
            return
        known.stage = "withdrawn"

    def _sign(self) -> None:
        """The scope is signed, once, by whoever owns the business."""
        if self.signature or "business_owner" not in self.roles["business_owner"]:
            return
        with self.world.write("analyst") as scene:
            made = take(scene.actor, scene.project, "Scope")
            key = f"BL-{made.number}"
        self.signature = self.desk.sign(key)
        self.signer = set(self.roles["business_owner"])
        self.signed = {key: {name: said.get(name, "") for name in FIELDS} for key, said in self.said.items()}
        self.moved = {key: [] for key in self.said}

    # -- what follows --------------------------------------------------------------------------------------------------

    def _say(self, key: str, told: dict[str, str], by: str) -> None:
        self.said[key] = {**self.said[key], **told}
        if self.signed is not None:
            self.moved[key].append(by)

    def _applies(self, known: Known, tier: str) -> None:
        """It took effect: by enough people who may, each for the text as it stands; and each word of it holds."""
        newest = {vote[0]: (vote[1:], voices) for vote, voices in zip(known.votes, known.voices, strict=True)}
        given = [
            (voter, voices - known.writers)
            for voter, (what, voices) in newest.items()
            if what == (known.text, tier) and voter not in known.writers
        ]
        wanted = self._seats(known.effort, self._must(known))
        assert self._seated(wanted, given), (given, wanted)
        self._holds(known)

    def _in_nobodys_name(self, known: Known) -> None:
        """It took effect without a vote: by a template, or because nobody objected."""
        assert self._seats(known.effort, self._must(known)) == ("project_manager",)
        known.votes.append(("", known.text, ""))
        known.voices.append(frozenset())
        self._holds(known)

    def _must(self, known: Known) -> bool:
        now = any(self.said[key].get("tier") == "must" for key, _name in known.edits)
        return now or any(name == "tier" and new == "must" for (_key, name), (_old, new) in known.edits.items())

    def _holds(self, known: Known) -> None:
        """Each word of it holds from now on."""
        told: dict[str, dict[str, str]] = {}
        for (key, name), (old, new) in known.edits.items():
            assert self.said[key].get(name, "") in (old, new), "the same field moved since: in conflict"
            told.setdefault(key, {})[name] = new
        for key, fields in told.items():
            if any(self.said[key].get(name, "") != value for name, value in fields.items()):
                self._say(key, fields, known.key)
        known.stage = "applied"

    @staticmethod
    def _seats(effort: float, must: bool) -> tuple[str, ...]:
        if effort <= 1 and not must:
            return ("project_manager",)
        return ("business_owner",) if effort <= 10 else ("business_owner", "sponsor")

    def _seated(self, seats: tuple[str, ...], given: list[tuple[str, frozenset[str]]]) -> bool:
        """Whether the seats can be taken, each by another voter with another's voice, in that one's role or one further up."""
        if not seats:
            return True
        able = set(LINE[LINE.index(seats[0]) :])
        return any(
            self._seated(seats[1:], [(other, voices - {voice}) for other, voices in given if other != voter])
            for voter, mine in given
            for voice in mine
            if self.roles[voice] & able
        )

    # -- comparing -----------------------------------------------------------------------------------------------------

    def compare(self) -> None:
        """What is there is what the model knows."""
        with self.world.read("auditor") as scene:
            items = {
                one.key: one
                for one in db.session.execute(select(Item).where(Item.project_id == scene.project.id)).scalars()
            }
            for known in self.changes:
                assert items[known.key].stage == known.stage, known
            for key, said in self.said.items():
                content = store.content_of(items[key])
                assert {name: content.get(name, "") for name in FIELDS} == said, key
            # Each version that a change made is an applied change's.
            ids = [items[key].id for key in self.said]
            named = set(db.session.execute(select(Version.change).where(Version.item_id.in_(ids))).scalars())
        assert named - {None, "", NOBODYS} <= {one.key for one in self.changes if one.stage == "applied"}
        if self.signed is not None:
            self._signature()

    def _signature(self) -> None:
        assert self.signed is not None
        differing = [
            key for key, was in self.signed.items() if was != {name: self.said[key].get(name, "") for name in FIELDS}
        ]
        outcome = self.desk.outcome(self.signature)
        fallen = {key for key in differing if "" in self.moved[key]}
        carrying = {by for key in differing if key not in fallen for by in self.moved[key]}
        assert outcome.state == ("superseded" if fallen else "signed"), (differing, self.moved)
        assert {one.key for one in outcome.fallen} == fallen
        assert set(outcome.carried_by) == carrying
        # Decided by nobody in the signer's role: the next baseline has them confirmed.
        assert set(outcome.to_confirm) == {key for key in carrying if not self._seats_of(key) & self.signer}

    def _seats_of(self, key: str) -> set[str]:
        """The roles in which a change was approved as it was applied, by those whose vote was for that."""
        known = next(one for one in self.changes if one.key == key)
        with self.world.read("auditor") as scene:
            mine = select(Item.id).where(Item.project_id == scene.project.id, Item.key == key)
            votes = db.session.execute(
                select(Decision)
                .where(Decision.outcome == "approved", Decision.change_id.in_(mine))
                .order_by(Decision.number)
            ).scalars()
            given = zip(known.votes, [vote.seat for vote in votes], strict=True)
            return {seat for (_voter, text, tier), seat in given if (text, tier) == (known.text, known.votes[-1][2])}
