"""The shapes of the demo story: plain, frozen, bilingual. Nothing here knows the application.

Every text is a ``T`` pair. Everything that something else points to has a short ``ref``; refs begin with what they name
(``s-`` stakeholder, ``i-`` interview, ``e-`` excerpt, ``sc-`` scenario, ``r-`` requirement, ``a-`` acceptance scenario,
``c-`` change request). Dates are ISO calendar dates, instants ISO UTC, person-days decimals as strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["zh", "en"]
Level = Literal["frontline", "manager", "executive"]
ScenarioKind = Literal["main", "alternative", "exception"]
RequirementKind = Literal["functional", "data", "interface", "quality", "report", "permission"]
Tier = Literal["must", "should", "later"]
VerdictWord = Literal["passed", "failed", "blocked", "skipped"]
Outcome = Literal["approved", "rejected", "deferred"]
Stage = Literal["draft", "assessing", "needs_information", "deciding", "applied", "closed", "rejected", "deferred"]
LinkKind = Literal["gives_rise_to", "refines", "depends_on", "conflicts_with", "accepts"]


@dataclass(frozen=True)
class T:
    """One text in both languages."""

    zh: str
    en: str


def say(value: Any, language: Language) -> Any:
    """The value with each ``T`` in it replaced by its text. Tuples become lists, a table a dict of its two parts."""
    if isinstance(value, T):
        return value.zh if language == "zh" else value.en
    if isinstance(value, Table):
        return {"header": say(value.header, language), "rows": say(value.rows, language)}
    if isinstance(value, tuple):
        return [say(part, language) for part in value]
    if isinstance(value, Mapping):
        return {name: say(part, language) for name, part in value.items()}
    return value


@dataclass(frozen=True)
class Table:
    """Example rows of business data. A cell that reads the same in both languages is a plain string."""

    header: tuple[T, ...]
    rows: tuple[tuple[T | str, ...], ...]


@dataclass(frozen=True)
class Phase:
    ref: str
    name: T
    starts_on: str
    ends_on: str
    capacity_days: str


@dataclass(frozen=True)
class Project:
    """``keys``: the project's key in each language; the story is loaded once in Chinese and once in English."""

    keys: Mapping[Language, str]
    name: T
    company: T
    about: T
    timezone: str
    currency: str
    day_rate: str
    phases: tuple[Phase, ...]
    days_off: tuple[str, ...] = ()
    days_on: tuple[str, ...] = ()
    change_budget_days: str = ""
    change_budget_cost: str = ""


@dataclass(frozen=True)
class User:
    login: str
    name: T
    job: T
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Stakeholder:
    """``login`` when the person also has an account."""

    ref: str
    name: T
    department: T
    job_role: T
    level: Level
    region: T
    login: str = ""


@dataclass(frozen=True)
class Excerpt:
    """``quote`` stands word for word in the notes, in each language."""

    ref: str
    quote: T


@dataclass(frozen=True)
class Interview:
    ref: str
    title: T
    held_on: str
    interviewer: str
    stakeholders: tuple[str, ...]
    guide: tuple[T, ...]
    notes: T
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True)
class Scenario:
    ref: str
    title: T
    kind: ScenarioKind
    actor: T
    trigger: T
    preconditions: tuple[T, ...]
    steps: tuple[T, ...]
    outcome: T
    frequency: T
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class ProcessStep:
    """A step; each figure is ``(today, planned)``."""

    name: T
    actor: T
    by: Literal["system", "hand"]
    data: T | None = None
    pages: tuple[int, int] | None = None
    required_fields: tuple[int, int] | None = None
    approvals: tuple[int, int] | None = None


@dataclass(frozen=True)
class Process:
    """``told_by``: scenarios with the numbers of the steps that they tell."""

    ref: str
    title: T
    purpose: T
    steps: tuple[ProcessStep, ...]
    told_by: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class FlowAnswers:
    """Of a main scenario: which scenario tells a special flow (by its code), and who was asked on what day and knew of none."""

    ref: str
    scenario: str
    told: tuple[tuple[str, str], ...]
    none_known: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Requirement:
    """``phase`` and ``owner`` are a phase's ref and a login; the last three fields are the requirements it links to."""

    ref: str
    title: T
    statement: T
    rationale: T
    kind: RequirementKind
    tier: Tier
    phase: str
    owner: str
    effort_days: str
    scenarios: tuple[str, ...]
    evidence: tuple[str, ...]
    tags: tuple[T, ...]
    refines: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetAside:
    """A requirement refused or put off before the scope was signed. ``until`` is a date, for a deferred one."""

    ref: str
    requirement: str
    outcome: Literal["rejected", "deferred"]
    reason: T
    until: str = ""


@dataclass(frozen=True)
class Acceptance:
    """``<words>`` in a step stand for the column of that name."""

    ref: str
    title: T
    given: tuple[T, ...]
    when: tuple[T, ...]
    then: tuple[T, ...]
    accepts: tuple[str, ...]
    examples: Table


@dataclass(frozen=True)
class FieldEdit:
    item: str
    field: str
    new: T | Table


@dataclass(frozen=True)
class NewItem:
    """``fields`` as the REST body of that kind takes them; refs (phase, scenarios, accepts, evidence) stand as refs.

    A new requirement carries no ``effort_days``: the expected effort of the change counts, and would count twice.
    """

    ref: str
    kind: Literal["requirement", "acceptance"]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Retire:
    item: str


@dataclass(frozen=True)
class LinkEdit:
    """Links of one kind that start at ``item``."""

    item: str
    link: LinkKind
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


Edit = FieldEdit | NewItem | Retire | LinkEdit


@dataclass(frozen=True)
class Option:
    """Another way to do it: *do_nothing*, *smaller* or a name."""

    name: str
    note: T
    days: str = ""


@dataclass(frozen=True)
class Assessment:
    """Person-days, and money beside them. Without ``best`` and ``worst`` the one number counts."""

    assessor: str
    likely: str
    note: T
    best: str = ""
    worst: str = ""
    cost: str = ""
    risk: T | None = None
    probability: int | None = None
    effect: int | None = None
    schedule: T | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """A question to the author of a change; ``answer`` is None while it waits."""

    asker: str
    question: T
    answer: T | None = None


@dataclass(frozen=True)
class Decision:
    """``by``: every login that votes. ``until`` is a date, for a deferral."""

    outcome: Outcome
    by: tuple[str, ...]
    tier: Tier
    phase: str
    reason: T
    until: str = ""


@dataclass(frozen=True)
class Change:
    """``asked_by``: login or stakeholder's ref. ``logged_by``: who wrote it. ``stage``: where the story leaves it."""

    ref: str
    title: T
    reason: T
    asked_by: str
    logged_by: str
    tier: Tier
    phase: str
    stage: Stage
    edits: tuple[Edit, ...]
    assessors: tuple[str, ...] = ()
    exchange: Exchange | None = None
    assessment: Assessment | None = None
    decision: Decision | None = None
    close_reason: T | None = None


@dataclass(frozen=True)
class Baseline:
    """A point of the story: it holds every live scenario, requirement and acceptance scenario that is there by then."""

    ref: str
    name: T


@dataclass(frozen=True)
class SignOff:
    """``subject`` is the ref of a baseline or a round; ``signers`` are logins, all of whom sign."""

    ref: str
    subject: str
    meaning: T
    signers: tuple[str, ...]
    due_on: str


@dataclass(frozen=True)
class Round:
    ref: str
    name: T
    environment: T
    acceptance: tuple[str, ...]
    testers: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """One row's verdict. Whatever is not passed says what was seen."""

    row: int
    verdict: VerdictWord
    note: T | None = None


@dataclass(frozen=True)
class Run:
    """One sitting over one acceptance scenario in a round; the step that names it says whose."""

    ref: str
    round: str
    acceptance: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Comment:
    ref: str
    item: str
    text: T


@dataclass(frozen=True)
class OpenQuestion:
    """``ask`` is the ref of the stakeholder who may know."""

    ref: str
    item: str
    text: T
    ask: str


@dataclass(frozen=True)
class Asking:
    """Somebody who was heard is asked by a link, and answers by it: ``words`` (passage, what is not right), ``shown_as``
    (ref of their quote, who may see whose it is), and whether the rest is so."""

    ref: str
    interview: str
    stakeholder: str
    confirms: bool = False
    words: tuple[tuple[T, T], ...] = ()
    shown_as: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FeedbackLink:
    """A link by which anybody may say something; ``name`` is where it hangs."""

    ref: str
    name: T


@dataclass(frozen=True)
class Feedback:
    """What somebody said: by a link, or (``by`` is a login) from inside, ``about`` items. ``outcome`` and ``reply``: what became
    of it, if anything has."""

    ref: str
    link: str
    said: T
    contact: str = ""
    by: str = ""
    about: tuple[str, ...] = ()
    outcome: str = ""
    reply: T | None = None


@dataclass(frozen=True)
class Wanted:
    """So many people of a job role in a department shall be heard, about a process or (none) about any."""

    ref: str
    job_role: T
    department: T
    number: int
    process: str = ""


@dataclass(frozen=True)
class TakenSet:
    """A starter set that the project took over; ``code`` is without its language."""

    ref: str
    code: str


@dataclass(frozen=True)
class AskedOf:
    """What an interview was about, and what was to be asked in it; the first ``covered`` of the questions were."""

    ref: str
    interview: str
    processes: tuple[str, ...]
    questions: tuple[T, ...] = ()
    covered: int = 0


@dataclass(frozen=True)
class PlannedTalk:
    """An interview that is planned: it asks what another one left open, and the questions of some sets."""

    ref: str
    title: T
    stakeholders: tuple[str, ...]
    processes: tuple[str, ...]
    carries_from: str
    sets: tuple[str, ...]


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding of the radar that is let stand until a day: of a check, the one about an item."""

    ref: str
    check: str
    item: str
    reason: T
    until: str


@dataclass(frozen=True)
class LetStand:
    """A finding of the text checker that is let stand: in each language another requirement (ref, rule, words) and why."""

    ref: str
    zh: tuple[str, str, str]
    en: tuple[str, str, str]
    reason: T


@dataclass(frozen=True)
class Touch:
    """An item put by hand into what a change touches, or taken out of it (not ``added``), and why."""

    ref: str
    change: str
    item: str
    reason: T
    added: bool = True


@dataclass(frozen=True)
class Template:
    """A standard change with its limits, which an owner approves beforehand."""

    ref: str
    name: T
    reason: T
    most_days: str
    most_items: int
    fields: tuple[str, ...]
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class AddedStage:
    """A stage that the project adds for a kind of change, who passes on what stands in it, and what that asks."""

    ref: str
    kind: Literal["normal", "standard", "emergency"]
    category: Literal["assessing", "deciding", "applied"]
    name: T
    roles: tuple[str, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rush:
    """A change told in few words: a standard one, in effect at once by its ``template`` and the ``days`` that its author says; an
    emergency; or any other that is only handed in."""

    ref: str
    title: T
    reason: T
    days: str
    edits: tuple[FieldEdit | NewItem, ...]
    template: str = ""


@dataclass(frozen=True)
class Absence:
    """Who stands in for the actor, from when to when."""

    ref: str
    delegate: str
    starts_on: str
    ends_on: str
    scope: str
    reason: T


@dataclass(frozen=True)
class Meeting:
    """A change that was agreed in a meeting: when, where, by whom, at which estimate."""

    ref: str
    title: T
    reason: T
    days: str
    agreed_on: str
    where: T
    deciders: tuple[str, ...]
    edits: tuple[FieldEdit | NewItem, ...]


@dataclass(frozen=True)
class Sheet:
    """A list that somebody pastes: rows of title and statement."""

    ref: str
    name: T
    rows: tuple[tuple[T, T], ...]


@dataclass(frozen=True)
class Passage:
    """Words of a document with where they stand, and what they back."""

    ref: str
    quote: T
    place: T
    backs: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceDocument:
    ref: str
    title: T
    kind: Literal["contract", "regulation", "complaint", "sheet", "other"]
    dated: str
    note: T
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Figure:
    """A figure that an excerpt tells."""

    ref: str
    excerpt: str
    name: T
    value: str
    unit: T


@dataclass(frozen=True)
class PassageQuestion:
    """What a marked passage leaves open; ``ask`` is the ref of the stakeholder who may know."""

    ref: str
    interview: str
    excerpt: str
    text: T
    ask: str


Verb = Literal[
    "open_project", "add_stakeholder", "record_interview", "confirm_interview", "write_scenario", "write_requirement",
    "write_acceptance", "review_requirement", "set_aside", "take_baseline", "request_signoff", "sign", "implement",
    "open_change", "submit_change", "ask_back", "answer_back", "assess_change", "decide_change", "close_change",
    "open_round", "record_run", "close_round", "comment", "ask_question", "hang_link",
    "give_feedback", "settle_feedback", "write_process", "answer_flows", "ask_to_confirm", "answer_by_link",
    "want_heard", "take_set", "ask_of", "plan_talk",
    "accept_finding", "import_sheet", "let_stand",
    "add_document", "keep_figure", "ask_from_passage", "touch_by_hand",
    "write_template", "approve_template", "pass_by_template", "cry_for_help", "hand_in", "let_through", "hold_review", "ask_waiver", "add_stage",
    "go_away", "agree_elsewhere", "define_field", "take_records", "raise_defect", "fix_defect", "open_branch",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """``actor`` does ``verb`` to each of ``refs`` in turn, beginning at ``at`` (UTC) and one minute apart."""

    at: str
    actor: str
    verb: Verb
    refs: tuple[str, ...]


@dataclass(frozen=True)
class SaidLine:
    """What was said of one change at a review."""

    change: str
    outcome: str
    note: T


@dataclass(frozen=True)
class HeldReview:
    """The first review of a series, held; what was not reached goes to the next."""

    ref: str
    name: T
    on: str
    begins: str
    minutes: int
    weeks: int
    place: T
    people: tuple[str, ...]
    said: tuple[SaidLine, ...]
    note: T


@dataclass(frozen=True)
class AskedWaiver:
    """A waiver that waits for its signatures: an example row of an acceptance scenario may fail until a day."""

    ref: str
    acceptance: str
    row: int
    reason: T
    workaround: T
    owner: str
    until: str
    gates: tuple[str, ...]
    signers: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """A field of the data dictionary."""

    ref: str
    name: T
    meaning: T
    type: str = "text"
    format: str = ""
    allowed: tuple[T, ...] = ()
    required: bool = False
    unique: bool = False


@dataclass(frozen=True)
class DataSet:
    """Business records. ``fields``: for each column the ref of its field, ``masks``: how it is masked, or ""."""

    ref: str
    name: T
    system: T
    taken_on: str
    owner: T
    note: T
    header: tuple[T, ...]
    fields: tuple[str, ...]
    masks: tuple[str, ...]
    rows: tuple[tuple[T | str, ...], ...]


@dataclass(frozen=True)
class Defect:
    """What the newest result of an example row showed."""

    ref: str
    round: str
    acceptance: str
    row: int
    title: T
    severity: str
    assignee: str
    due_on: str


@dataclass(frozen=True)
class Branch:
    """A branch of the scope for a pilot, ``without`` some requirements."""

    ref: str
    name: T
    pilot: T
    baseline: str
    owner: str
    reason: T
    without: tuple[str, ...]
    because: T
