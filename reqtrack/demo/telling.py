"""Telling the demo story: each step of ``content.STORY`` as the action it names, at the time it names, by who did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from reqtrack import clock
from reqtrack.acceptance import actions as rounds
from reqtrack.acceptance import queries as round_queries
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.models import Project
from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.baselines import actions as baselines
from reqtrack.db import writing
from reqtrack.demo import changes, evidence, feedback, plan, records, reviews, sheets, waivers
from reqtrack.demo.content import BY_REF, PROJECT, STAKEHOLDERS, STORY, USERS, say
from reqtrack.demo.content import model as told
from reqtrack.interviews import actions as interviews
from reqtrack.interviews import queries as interview_queries
from reqtrack.interviews.actions import confirming
from reqtrack.items import actions as talk
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.queries import item_for
from reqtrack.permissions import Actor
from reqtrack.radar import actions as radar
from reqtrack.radar.queries.findings import numbers
from reqtrack.requirements import actions as requirements
from reqtrack.requirements.queries import phases
from reqtrack.scenarios import actions as flows
from reqtrack.signoff import actions as signoff
from reqtrack.signoff import queries as signoff_queries

PARTS = (changes, evidence, feedback, plan, records, reviews, sheets, waivers)
VERBS: dict[str, Callable[[Any, Actor, Any], None]] = {
    name: deed for part in PARTS for name, deed in part.VERBS.items()
}
OPERATOR = Actor(id=0, login="operator", name="reqtrack", kind="operator")
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def login_of(login: str, language: told.Language) -> str:
    """The account of a person of the story: each language has its own, since names are told in it."""
    return login if language == "zh" else f"{login}-en"


class Telling:
    """The story in one language, loaded into one project."""

    def __init__(self, language: told.Language, password_hash: str) -> None:
        self.language, self.password_hash = language, password_hash
        self.key = PROJECT.keys[language]
        # ref → key of the item or record, id of the stakeholder or excerpt
        self.keys: dict[str, str] = {}
        self.ids: dict[str, int] = {}
        self.secrets: dict[str, str] = {}
        self.project: Project | None = None

    def tell(self, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Do every deed in its order, each in a transaction of its own at its own time."""
        deeds = [(step, ref, number) for step in STORY for number, ref in enumerate(step.refs)]
        for done, (step, ref, number) in enumerate(deeds):
            at = clock.parse(step.at) + timedelta(minutes=number)
            with clock.at(at):
                self._do(step, ref)
                if done + 1 == len(deeds) or deeds[done + 1][0].at[:10] != step.at[:10]:
                    self._end_of_day()
            progress(done + 1, len(deeds))

    def _do(self, step: told.Step, ref: str) -> None:
        if step.verb == "open_project":
            self._open(step)
            return
        with writing(self.key):
            actor = self.actor(step.actor)
            self.project = project_for(actor, self.key)
            self.verb(step.verb)(actor, BY_REF[ref])

    def _end_of_day(self) -> None:
        """What a worker would have kept: how many findings there were."""
        with writing(self.key):
            project = project_for(OPERATOR, self.key)
            radar.keep_tally(project, clock.today(project.zone), numbers(project, OPERATOR))

    def verb(self, name: str) -> Callable[[Actor, Any], None]:
        """The method that does a verb."""
        if name in VERBS:
            return lambda actor, thing: VERBS[name](self, actor, thing)
        method: Callable[[Actor, Any], None] = getattr(self, name)
        return method

    # -- who, and what was made before ---------------------------------------------------------------------------------

    def actor(self, login: str) -> Actor:
        """Who does it, with the roles held at that time, proved by password."""
        actor, _projects = actor_of(user_by_login(login_of(login, self.language)))
        return replace(actor, reauthenticated=True)

    def login(self, login: str) -> str:
        return login_of(login, self.language)

    def here(self) -> Project:
        assert self.project is not None
        return self.project

    def item(self, actor: Actor, ref: str) -> Any:
        """The item that a ref became."""
        return item_for(OPERATOR, self.here().id, self.keys[ref])

    def text(self, value: Any) -> Any:
        return say(value, self.language)

    def make(self, actor: Actor, kind: str, raw: Mapping[str, Any]) -> Any:
        """An item from raw values."""
        given = {name: value for name, value in raw.items() if value not in (None, "", [], ())}
        return store.create(actor, self.here(), KINDS[kind], values.parse(KINDS[kind], self.here(), given))

    def named(self, ref: str) -> str:
        """A phase by its name, an item by its key."""
        for phase in PROJECT.phases:
            if phase.ref == ref:
                return str(self.text(phase.name))
        return self.keys[ref]

    # -- the beginning -------------------------------------------------------------------------------------------------

    def _open(self, step: told.Step) -> None:
        with writing():
            for user in USERS:
                login = login_of(user.login, self.language)
                name = self.text(user.name)
                accounts.create_user(OPERATOR, login, name, self.password_hash, locale=LOCALES[self.language])
        with writing(self.key):
            actor = self.actor(step.actor)
            settings = {
                "zone": PROJECT.timezone,
                "currency": PROJECT.currency,
                "day_rate": Decimal(PROJECT.day_rate),
                "starts_on": date.fromisoformat(PROJECT.phases[0].starts_on),
                "ends_on": date.fromisoformat(PROJECT.phases[-1].ends_on),
                "calendar": {"off": PROJECT.days_off, "on": PROJECT.days_on},
                "change_budget_days": Decimal(PROJECT.change_budget_days),
                "change_budget_cost": Decimal(PROJECT.change_budget_cost),
            }
            accounts.create_project(actor, self.text(PROJECT.name), self.key, settings)
        with writing(self.key):
            actor = self.actor(step.actor)
            self.project = project_for(actor, self.key)
            for user in USERS:
                for role in user.roles:
                    accounts.set_role(actor, self.project, user_by_login(login_of(user.login, self.language)), role)
            # A new project has one phase; it becomes the first of the story's.
            first = phases(self.project.id)[0]
            for number, phase in enumerate(PROJECT.phases):
                plan = {
                    "name": self.text(phase.name),
                    "starts_on": date.fromisoformat(phase.starts_on),
                    "ends_on": date.fromisoformat(phase.ends_on),
                    "capacity_days": Decimal(phase.capacity_days),
                }
                if number == 0:
                    requirements.change_phase(actor, self.project, first, plan)
                else:
                    requirements.add_phase(actor, self.project, plan)

    # -- the verbs of the story ----------------------------------------------------------------------------------------

    def add_stakeholder(self, actor: Actor, one: told.Stakeholder) -> None:
        given = {name: self.text(getattr(one, name)) for name in ("name", "department", "job_role", "region")}
        user = login_of(one.login, self.language) if one.login else ""
        row = interviews.add_stakeholder(actor, self.here(), {**given, "level": one.level, "user": user})
        self.ids[one.ref] = row.id

    def record_interview(self, actor: Actor, one: told.Interview) -> None:
        item = self.make(
            actor,
            "interview",
            {
                "title": self.text(one.title),
                "held_on": one.held_on,
                "interviewer": login_of(one.interviewer, self.language),
                "stakeholders": [self.ids[ref] for ref in one.stakeholders],
                "guide": "\n".join(f"- {self.text(question)}" for question in one.guide),
                "notes": self.text(one.notes),
            },
        )
        self.keys[one.ref] = item.key
        interviews.make_move(actor, item, "write", {})
        for excerpt in one.excerpts:
            self.ids[excerpt.ref] = interviews.mark(actor, item, self.text(excerpt.quote)).id

    def confirm_interview(self, actor: Actor, one: told.Interview) -> None:
        interviews.make_move(actor, self.item(actor, one.ref), "confirm", {})

    def ask_to_confirm(self, actor: Actor, one: told.Asking) -> None:
        person, locale = self.ids[one.stakeholder], LOCALES[self.language]
        _row, secret = confirming.ask(actor, self.item(actor, one.interview), person, locale=locale)
        self.secrets[one.ref] = secret

    def answer_by_link(self, actor: Actor, one: told.Asking) -> None:
        words = [(self.text(passage), self.text(body)) for passage, body in one.words]
        shown_as = {self.ids[ref]: shown for ref, shown in one.shown_as}
        found = confirming.open_to_answer(self.secrets[one.ref])
        confirming.answer_by_link(found, confirming.Answer(shown_as=shown_as, words=words, confirms=one.confirms))

    def _back(self, actor: Actor, item: Item, refs: tuple[str, ...]) -> None:
        found = interview_queries.excerpts_for(self.here().id, [self.ids[ref] for ref in refs])
        interviews.back(actor, item, found)

    def write_scenario(self, actor: Actor, one: told.Scenario) -> None:
        names = ("title", "kind", "actor", "trigger", "preconditions", "steps", "outcome", "frequency")
        item = self.make(actor, "scenario", {name: self.text(getattr(one, name)) for name in names})
        self.keys[one.ref] = item.key
        self._back(actor, item, one.evidence)

    def write_process(self, actor: Actor, one: told.Process) -> None:
        raw = {"title": self.text(one.title), "kind": "main", "purpose": self.text(one.purpose)}
        item = self.make(actor, "process", {**raw, "steps": [self._step(step) for step in one.steps]})
        self.keys[one.ref] = item.key
        for ref, steps in one.told_by:
            store.edit(actor, self.item(actor, ref), {"process": [item], "process_steps": list(steps)})

    def _step(self, step: told.ProcessStep) -> dict[str, Any]:
        shown: dict[str, Any] = {"by": step.by}
        for name in ("name", "actor", "data"):
            shown[name] = self.text(getattr(step, name)) or ""
        for name in ("pages", "required_fields", "approvals"):
            shown[name], shown[f"{name}_planned"] = getattr(step, name) or ("", "")
        return shown

    def answer_flows(self, actor: Actor, one: told.FlowAnswers) -> None:
        main = self.item(actor, one.scenario)
        for code, ref in one.told:
            flows.tell_flow(actor, main, code, self.item(actor, ref))
        for code, ref, day in one.none_known:
            flows.say_none(actor, main, code, stakeholder=self.ids[ref], asked_on=date.fromisoformat(day))

    def write_requirement(self, actor: Actor, one: told.Requirement) -> None:
        names = ("title", "statement", "rationale", "kind", "tier", "effort_days")
        raw = {name: self.text(getattr(one, name)) for name in names}
        raw |= {
            "phase": self.named(one.phase),
            "owner": login_of(one.owner, self.language),
            "scenarios": [self.keys[ref] for ref in one.scenarios],
            "tags": self.text(one.tags),
        }
        item = self.make(actor, "requirement", raw)
        self.keys[one.ref] = item.key
        self._back(actor, item, one.evidence)
        for kind in ("refines", "depends_on", "conflicts_with"):
            for ref in getattr(one, kind):
                store.link(actor, kind, item, self.item(actor, ref))

    def write_acceptance(self, actor: Actor, one: told.Acceptance) -> None:
        names = ("title", "given", "when", "then", "examples")
        raw = {name: self.text(getattr(one, name)) for name in names}
        item = self.make(actor, "acceptance", {**raw, "accepts": [self.keys[ref] for ref in one.accepts]})
        self.keys[one.ref] = item.key

    def review_requirement(self, actor: Actor, one: told.Requirement) -> None:
        requirements.move(actor, self.item(actor, one.ref), "review")

    def set_aside(self, actor: Actor, one: told.SetAside) -> None:
        move = "reject" if one.outcome == "rejected" else "defer"
        reason = self.text(one.reason)
        requirements.move(actor, self.item(actor, one.requirement), move, reason=reason, until=one.until)

    def implement(self, actor: Actor, one: told.Requirement) -> None:
        requirements.move(actor, self.item(actor, one.ref), "implement")

    def take_baseline(self, actor: Actor, one: told.Baseline) -> None:
        self.keys[one.ref] = baselines.take(actor, self.here(), self.text(one.name)).key

    def request_signoff(self, actor: Actor, one: told.SignOff) -> None:
        made = signoff.request(
            actor,
            self.here(),
            self.keys[one.subject],
            self.text(one.meaning),
            [login_of(login, self.language) for login in one.signers],
            due_on=date.fromisoformat(one.due_on),
        )
        self.keys[one.ref] = made.key

    def sign(self, actor: Actor, one: told.SignOff) -> None:
        found = signoff_queries.signoff_for(actor, self.here().id, self.keys[one.ref])
        signoff.sign(actor, self.here(), found, address="10.20.4.17", device="Chrome, Windows")

    def open_round(self, actor: Actor, one: told.Round) -> None:
        testers = [login_of(login, self.language) for login in one.testers]
        keys = [self.keys[ref] for ref in one.acceptance]
        made = rounds.create_round(actor, self.here(), self.text(one.name), keys, testers, self.text(one.environment))
        self.keys[one.ref] = made.key

    def record_run(self, actor: Actor, one: told.Run) -> None:
        found = round_queries.round_for(actor, self.here().id, self.keys[one.round])
        scenario = item_for(actor, self.here().id, self.keys[one.acceptance], "acceptance")
        for mark in one.marks:
            note = self.text(mark.note) if mark.note else ""
            rounds.record_result(actor, found, scenario, mark.row, mark.verdict, note)

    def close_round(self, actor: Actor, one: told.Round) -> None:
        found = round_queries.round_for(actor, self.here().id, self.keys[one.ref])
        reason = {"zh": "剩下的放到下一轮补测。", "en": "What is left is run in the next round."}[self.language]
        rounds.close_round(actor, found, reason)

    def accept_finding(self, actor: Actor, one: told.AcceptedFinding) -> None:
        until = date.fromisoformat(one.until)
        radar.accept(actor, self.here(), one.check, self.keys[one.item], self.text(one.reason), until)

    def let_stand(self, actor: Actor, one: told.LetStand) -> None:
        item, rule, words = one.zh if self.language == "zh" else one.en
        requirements.silence(actor, self.here(), rule, self.text(one.reason), self.item(actor, item), words)

    def comment(self, actor: Actor, one: told.Comment) -> None:
        talk.comment(actor, self.item(actor, one.item), self.text(one.text))

    def ask_question(self, actor: Actor, one: told.OpenQuestion) -> None:
        who = next(person for person in STAKEHOLDERS if person.ref == one.ask)
        user = user_by_login(login_of(who.login, self.language)) if who.login else None
        talk.ask(actor, self.item(actor, one.item), self.text(one.text), user)
