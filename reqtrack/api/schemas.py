"""The bodies that the API takes, as pydantic models; unknown fields are refused. Item bodies are made from the kinds' fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from reqtrack.db import LARGEST
from reqtrack.errors import Invalid, Reason
from reqtrack.items.kinds import Field as KindField
from reqtrack.items.kinds import Kind


class Body(BaseModel):
    """The root of all bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Titled(Body):
    """The root of those that make an item: told as needing a title, which is asked for with all else that does not fit."""

    model_config = ConfigDict(json_schema_extra={"required": ["title"]})


Given = TypeVar("Given", bound=Body)


def read_now(model: type[Given]) -> Given:
    """The body of this request, for what looks at it before the transaction begins.

    Raises:
        Invalid: it does not fit the model; every place is named.
    """
    try:
        return model.model_validate(request.get_json() if request.is_json else {})
    except ValidationError as error:
        raise Invalid(
            tuple(
                Reason("invalid", "%(what)s", {"what": one["msg"]}, ".".join(map(str, one["loc"])) or None)
                for one in error.errors()
            )
        ) from None


# What a row may have as its number or version, and what is counted in days or money.
Number = Annotated[int, Field(ge=0, le=LARGEST)]
Amount = Annotated[Decimal, Field(ge=0, le=10_000_000, allow_inf_nan=False)]


class Examples(Body):
    """An example table; each row has as many cells as the header."""

    header: list[str]
    rows: list[list[str]] = Field(default_factory=list)


class ProcessStep(Body):
    """A step of a process; ``id`` is its number, which it keeps. ``…_planned``: what it shall ask of the person."""

    id: int | None = None
    name: str
    actor: str | None = None
    by: Literal["system", "hand"] | None = None
    data: str | None = None
    pages: int | None = None
    required_fields: int | None = None
    approvals: int | None = None
    pages_planned: int | None = None
    required_fields_planned: int | None = None
    approvals_planned: int | None = None


# How large a value may be is said with all else that does not fit, by ``items.values``.
_TYPES: dict[str, Any] = {
    "line": str | None,
    "text": str | None,
    "markdown": str | None,
    "personal": str | None,
    "decimal": Decimal | None,
    "number": int | None,
    "date": date | None,
    "lines": list[str] | None,
    "tags": list[str] | None,
    "examples": Examples | None,
    "phase": str | int | None,
    "user": str | None,
    "links": list[str] | None,
    "stakeholders": list[int] | None,
    "numbers": list[int] | None,
    "steps": list[ProcessStep] | None,
}


def type_of(field: KindField) -> Any:
    """The JSON type of a kind's field."""
    if field.type == "choice":
        return Literal[tuple(field.choices)] | None
    return _TYPES[field.type]


def body_of(kind: Kind, suffix: str, **more: Any) -> type[Body]:
    """The model of a kind's body; every field may be left out. ``more``: (type, default) of fields beyond the kind's own."""
    fields: dict[str, Any] = {
        field.name: (type_of(field), Field(default=None, title=str(field.name))) for field in kind.fields
    }
    base = Titled if suffix == "Create" else Body
    return create_model(f"{kind.name.title()}{suffix}", __base__=base, **fields, **more)


def shape_of(kind: Kind) -> str:
    """The name in the description of what a kind's resource answers."""
    return kind.name.title()


class PhaseBody(Body):
    name: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    capacity_days: Amount | None = None


class StakeholderBody(Body):
    name: str | None = None
    department: str | None = None
    job_role: str | None = None
    level: Literal["frontline", "manager", "executive"] | None = None
    region: str | None = None
    user: str | None = None


class EntryBody(Body):
    """A field of the data dictionary. ``format``: one by its name, or a pattern; ``unit``: what numbers count; ``allowed``: the values
    of a choice, or the least and the most of a number; ``aliases``: what other systems call it."""

    name: str | None = None
    meaning: str | None = None
    type: Literal["text", "number", "date", "choice", "yes_no"] | None = None
    format: str | None = None
    unit: str | None = None
    allowed: list[str] | None = None
    required: bool | None = None
    unique: bool | None = None
    aliases: list[str] | None = None


class DataSetPatch(Body):
    name: str | None = None
    system: str | None = None
    owner: str | None = None
    note: str | None = None
    taken_on: date | None = None
    archived: bool | None = None


class DataSetBody(Body):
    """Business records. ``masked``: of each column that holds personal data (or looks like it) the kind of mask, "" for none;
    ``mapped``: of each column the name of its field in the data dictionary."""

    name: str = ""
    system: str = ""
    owner: str = ""
    note: str = ""
    taken_on: date | None = None
    header: list[str] = Field(min_length=1, max_length=500)
    rows: list[list[str]] = Field(min_length=1, max_length=20_000)
    masked: dict[str, Literal["", "name", "phone", "id", "email", "address", "bank_card", "text", "all"]] = Field(
        default_factory=dict
    )
    mapped: dict[str, str] = Field(default_factory=dict)


class RowsBody(Body):
    """Rows of a data set, counted from 0; ``columns``: for each example column the column of the set that fills it; ``seen``: the
    version of the scenario that was read."""

    data_set: str
    rows: list[Number] = Field(min_length=1, max_length=1_000)
    columns: dict[str, str] = Field(min_length=1)
    seen: Number | None = None


class EntryPatch(EntryBody):
    """``place``: in the list, counted from 1."""

    place: Number | None = None
    retired: bool | None = None


class ExcerptBody(Body):
    """Words that stand in an ``interview``'s notes (``occurrence``: which of several, from 0; ``stakeholder``: who said it, where the
    notes do not tell), or in a ``document``, at a ``place`` of it."""

    interview: str | None = None
    document: Number | None = None
    quote: str
    stakeholder: Number | None = None
    occurrence: Number = 0
    place: str = ""


class DataPointBody(Body):
    """A figure that an excerpt tells."""

    excerpt: Number
    name: str
    value: str
    unit: str = ""


class EvidenceBody(Body):
    """Excerpts that back the item, too."""

    excerpts: list[Number]


class DocumentBody(Body):
    """A document as evidence. ``file``: its content in base64, with its ``name``."""

    title: str | None = None
    kind: Literal["contract", "regulation", "complaint", "sheet", "other"] | None = None
    dated: date | None = None
    note: str | None = None
    file: str | None = None
    name: str = ""


class VoiceTargetBody(Body):
    """A cell of the plan; no process means any. ``seen``: the version of the target that was seen, left out where there was none."""

    job_role: str | None = None
    department: str | None = None
    process: str | None = None
    target: Number
    seen: Number | None = None


class QuestionSetPatch(Body):
    name: str | None = None
    job_role: str | None = None
    process: str | None = None
    questions: list[str] | None = None
    archived: bool | None = None


class QuestionSetBody(Body):
    """Either a set of one's own, or the code of a starter set."""

    name: str | None = None
    job_role: str | None = None
    process: str | None = None
    questions: list[str] | None = None
    starter: str | None = None


class GuideBody(Body):
    """One question (``body``), or all of a set."""

    body: str | None = None
    question_set: Number | None = None


class CoverageBody(Body):
    covered: bool = True


class CarryBody(Body):
    """``to``: a planned interview; None plans one with the same people."""

    to: str | None = None


class QuotationsBody(Body):
    """``starts``: where the quotations begin in the notes; None is all that are not marked yet."""

    starts: list[Number] | None = None


class ConfirmationBody(Body):
    """Somebody's word that a write-up is right. ``seen`` is the fingerprint of the write-up that was read, ``stakeholder`` whose
    word it is, where that does not go without saying; ``shown_as`` who may see each of their quotes, by the quotes' numbers."""

    seen: str | None = None
    stakeholder: Number | None = None
    shown_as: dict[str, Literal["name", "role", "hidden"]] = Field(default_factory=dict)


class ConfirmationLinkBody(Body):
    """Whom to ask by a link, in which language, and for how many days it can be answered."""

    stakeholder: Number
    locale: Literal["zh_Hans_CN", "en"] | None = None
    days: Number | None = None


class CorrectionBody(Body):
    """What is not right, and the words of the write-up that it is about. ``seen`` is the fingerprint of that."""

    seen: str | None = None
    body: str
    passage: str | None = None
    stakeholder: Number | None = None


class SpecialFlowBody(Body):
    """An answer to a prompt: the scenario that tells it, or who was asked (a stakeholder, or a name) and knew of none."""

    prompt: str
    scenario: str | None = None
    stakeholder: Number | None = None
    asked: str | None = None
    asked_on: date | None = None


class PromptBody(Body):
    text: str


class PromptPatch(Body):
    """``text``: "" gives a prompt that was shipped its own words back."""

    text: str | None = None
    left_out: bool | None = None


class LinkBody(Body):
    kind: str
    source: str
    target: str


class CommentBody(Body):
    item: str
    body: str


class QuestionBody(Body):
    """``asked`` is a member's login, or ``stakeholder`` the id of somebody who need have no account; ``excerpt`` raised it."""

    item: str
    body: str
    asked: str | None = None
    stakeholder: Number | None = None
    excerpt: Number | None = None


class AnswerBody(Body):
    body: str


class CalendarBody(Body):
    """The days on which nobody works, and those that are worked instead although they are a weekend."""

    off: list[date] = Field(default_factory=list)
    on: list[date] = Field(default_factory=list)


class ProjectBody(Body):
    name: str
    key: str | None = None
    zone: str | None = None
    currency: str | None = None
    day_rate: Amount | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reply_days: Number | None = None
    most_pages: Number | None = None
    most_required_fields: Number | None = None
    most_approvals: Number | None = None
    waiting_days: Number | None = None
    emergency_days: Number | None = None
    most_must: Number | None = None
    change_budget_days: Amount | None = None
    change_budget_cost: Amount | None = None
    calendar: CalendarBody | None = None


class ProjectPatch(Body):
    name: str | None = None
    zone: str | None = None
    currency: str | None = None
    day_rate: Amount | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    reply_days: Number | None = None
    most_pages: Number | None = None
    most_required_fields: Number | None = None
    most_approvals: Number | None = None
    waiting_days: Number | None = None
    emergency_days: Number | None = None
    most_must: Number | None = None
    change_budget_days: Amount | None = None
    change_budget_cost: Amount | None = None
    calendar: CalendarBody | None = None
    machine_counts: Literal["alone", "beside"] | None = None
    defect_hook: str | None = None


class MemberBody(Body):
    login: str
    role: str


class InvitationBody(Body):
    roles: list[str]
    name: str = ""


class UserBody(Body):
    """A new account, which sets its own password by a link; ``password`` is that of who makes it."""

    login: str
    name: str
    email: str = ""
    is_admin: bool = False
    password: str | None = None


class ProofBody(Body):
    """``password`` proves who asks."""

    password: str | None = None


class AdministratorBody(ProofBody):
    is_admin: bool


class PackageBody(Body):
    """``seen`` is the fingerprint of the package that was read."""

    seen: str | None = None


class StageBody(Body):
    """``seen`` is the stage that was read."""

    seen: str | None = None


class StageReasonBody(StageBody):
    reason: str = ""


class MoveBody(Body):
    to: str
    reason: str = ""
    until: str = ""
    seen: str | None = None


class ApartBody(Body):
    """Two that look alike and are two: ``subject`` as the list of duplicates names them."""

    subject: str
    reason: str


class WrittenBody(Body):
    """What is being written; ``but``: the key of the item that is edited."""

    kind: Literal["requirement", "scenario"] = "requirement"
    title: str = ""
    statement: str = ""
    but: str = ""


class MergeBody(Body):
    """``into``: the key of the item that goes on. ``fields``: by field, whose words stand: kept (of the one that goes on), gone or
    both; what is left out stays as it is there. ``versions``: by key, what was looked at. ``as_change``: propose it (with why)."""

    into: str
    fields: dict[str, Literal["kept", "gone", "both"]] = Field(default_factory=dict)
    versions: dict[str, int] = Field(default_factory=dict)
    reason: str = ""
    as_change: bool = False


class SplitBody(Body):
    """``parts``: two times the fields in which a part differs. ``links``, ``evidence``: where each goes, by the id of the link or
    excerpt; what is left out goes to both. ``versions``, ``as_change``: as in a merge."""

    parts: list[dict[str, Any]]
    links: dict[str, Literal["first", "second", "both"]] = Field(default_factory=dict)
    evidence: dict[str, Literal["first", "second", "both"]] = Field(default_factory=dict)
    versions: dict[str, int] = Field(default_factory=dict)
    reason: str = ""
    as_change: bool = False


class ReviewBody(Body):
    """``reason``: why it is dropped, or the question; ``asked``: the login of who is asked."""

    outcome: Literal["keep", "ask", "drop"]
    reason: str = ""
    asked: str = ""


class TiersBody(Body):
    requirements: list[str] | None = None


class TextBody(Body):
    """A statement to be checked; ``auto`` reads each sentence in its own language."""

    statement: Annotated[str, Field(max_length=20_000)]
    language: Literal["auto", "en", "zh"] = "auto"


class SilenceBody(Body):
    """A rule of the text checker, and why what it finds may stand: at an ``item`` (``words``: those alone), else everywhere."""

    rule: str
    reason: str
    item: str | None = None
    words: str = ""


class AttachmentBody(Body):
    """A file at an item: its content in base64, and its name."""

    item: str
    file: str
    name: str


class BaselineBody(Body):
    """``drafts`` false leaves out the requirements that nobody has reviewed, and what accepts nothing but them."""

    name: str
    drafts: bool = True


class SeatBody(Body):
    """One who is to sign and is not named by a login: any holder of a ``role``, or somebody outside by ``name``."""

    role: str = ""
    name: str = ""
    organisation: str = ""


class SignoffBody(Body):
    """``signers``: logins, roles and people outside, in the order in which they sign where it is ``ordered``; ``needed``: of the rule
    *number*."""

    subject: str
    meaning: str
    signers: list[str | SeatBody]
    rule: Literal["all", "any", "number", "per_role"] = "all"
    needed: int | None = None
    ordered: bool = False
    ways: Literal["electronic", "paper", "both", "either"] = "electronic"
    due_on: date | None = None


class SheetBody(Body):
    """A signed sheet: its scan in base64 and its name, at which ``seat`` it was signed, by whom (``signer``, at the seat of a role),
    when; ``code``: the check code, where the QR code cannot be read."""

    file: str
    name: str
    seat: Number
    signed_on: date
    signer: str = ""
    code: str = ""
    remarks: str = ""


class ComparisonBody(Body):
    """What a second person says of a sheet: ``confirmed``, or refused with a ``reason``."""

    confirmed: bool
    reason: str = ""
    fingerprint: str = ""


class SignLinkBody(Body):
    """At which ``seat`` somebody outside signs by a one-time link, and for how many days it is good."""

    seat: Number
    days: Number = 7


class SignatureBody(Body):
    """``password`` proves who signs; ``remarks`` are needed where results turned stale since the round was closed; with ``reserved``
    they are a reservation: what still has to be mended; ``decline`` with a ``reason`` refuses."""

    password: str | None = None
    remarks: str = ""
    reserved: bool = False
    decline: bool = False
    reason: str = ""
    fingerprint: str = ""


class ReasonBody(Body):
    reason: str = ""


class ChoiceBody(Body):
    """Which acceptance scenarios: of requirements of a ``tier`` and ``phase`` (its name), along a ``process``, what a ``change``
    concerns, those of another ``round`` (keys), of these words (``q``), in no round yet or to be tested again (``only``). What is
    named must hold together."""

    tier: Literal["must", "should", "later"] | None = None
    phase: str | None = None
    process: str | None = None
    change: str | None = None
    round: str | None = None
    q: str | None = None
    only: Literal["new", "retest"] | None = None


class RoundBody(Body):
    """``acceptance``: the scenarios by their keys, and beside them all that ``choose`` finds; ``tester_roles``: roles whose holders test
    beside the ``testers``; ``copied_from``: the number of the round that it repeats."""

    name: str = ""
    acceptance: list[str] = Field(default_factory=list)
    choose: ChoiceBody | None = None
    testers: list[str] = Field(default_factory=list)
    environment: str = ""
    address: str = ""
    account: str = ""
    group_name: str = ""
    tester_roles: list[str] = Field(default_factory=list)
    due_on: date | None = None
    copied_from: Number | None = None


class RoundPatch(Body):
    name: str | None = None
    environment: str | None = None
    address: str | None = None
    account: str | None = None
    group_name: str | None = None
    tester_roles: list[str] | None = None
    due_on: date | None = None
    add: list[str] = Field(default_factory=list)
    choose: ChoiceBody | None = None
    remove: list[str] = Field(default_factory=list)
    testers: list[str] | None = None
    stage: Literal["closed"] | None = None
    reason: str = ""


class WalkBody(Body):
    """``record``: the name of a business record, as ``walked`` tells it; ``round``: an open one that takes the walk, else a new one
    with these ``testers``."""

    process: str
    record: str
    round: str | None = None
    testers: list[str] = Field(default_factory=list)


class FileBody(Body):
    """A file in base64, and its name."""

    file: str
    name: str


class ResultBody(Body):
    """What a tester saw; ``evidence``: files that show it."""

    acceptance: str
    row: Number | None = None
    verdict: Literal["passed", "failed", "blocked", "skipped"]
    note: str = ""
    steps: list[str] = Field(default_factory=list)
    missing_from: str = ""
    seen: Number | None = None
    evidence: list[FileBody] = Field(default_factory=list, max_length=5)


class MachineRunBody(Body):
    """A file of results that a machine made, in base64 with its name: JUnit XML, Cucumber JSON or Cucumber messages."""

    file: str
    name: str = "results"


class AffirmationBody(Body):
    """Why a stale pass of a scenario and row still holds; ``seen``: the ``text_seq`` that was read."""

    acceptance: str
    row: Number | None = None
    reason: str
    seen: Number | None = None


class RevocationBody(Body):
    """Why a result does not count."""

    reason: str


class DefectOfBody(Body):
    """A defect of a failed result; what is not said is told from the result. ``existing``: the key of one that it shows again."""

    title: str | None = None
    observed: str | None = None
    expected: str | None = None
    severity: str | None = None
    assignee: str | None = None
    due_on: date | None = None
    existing: str | None = None


class ExportBody(Body):
    """A ``document`` as PDF, about its ``subject``; or in another ``format`` the items of a ``kind``."""

    format: Literal["pdf", "csv", "xlsx", "gherkin"] = "pdf"
    document: str = ""
    subject: str = ""
    locale: str = "en"
    kind: str = "requirements"


class ImportBody(Body):
    """Rows as text (cells parted by tabs, headers first), or the content of a file in base64 with its name. ``again``: also
    when the same was imported before."""

    text: str | None = None
    file: str | None = None
    name: str = ""
    kind: Literal["requirements", "acceptance", "interviews", "stakeholders", "auto"] = Field("auto", alias="as")
    mapping: dict[str, str] | None = None
    ready_only: bool = False
    again: bool = False


class ChangeBody(Body):
    title: str
    reason: str
    asked_by: str | Number | None = None
    assessors: list[str] = Field(default_factory=list)
    assessor_roles: list[str] = Field(default_factory=list)
    kind: str = "normal"
    template: Number | None = None
    tier: Literal["must", "should", "later"] | None = None
    phase: str | Number | None = None
    affected: list[str] = Field(default_factory=list)
    edits: list[dict[str, Any]] = Field(default_factory=list)


class ChangePatch(Body):
    title: str | None = None
    reason: str | None = None
    asked_by: str | Number | None = None
    kind: Literal["normal", "standard", "emergency"] | None = None
    template: Number | None = None
    tier: Literal["must", "should", "later"] | None = None
    phase: str | Number | None = None
    edits: list[dict[str, Any]] | None = None
    assessors: list[str] | None = None
    assessor_roles: list[str] | None = None


class OptionBody(Body):
    """Another way to do it: ``do_nothing``, ``smaller``, or a name of its own."""

    name: str
    days: Amount | None = None
    note: str = ""


class AssessmentBody(Body):
    """``cost`` is beside effort; a risk is ``probability`` × ``effect``, 1 to 5 each."""

    likely: Amount
    best: Amount | None = None
    worst: Amount | None = None
    note: str = ""
    schedule_note: str = ""
    risk: str = ""
    cost: Amount | None = None
    probability: int | None = Field(default=None, ge=1, le=5)
    effect: int | None = Field(default=None, ge=1, le=5)
    options: list[OptionBody] = Field(default_factory=list)
    seen: str | None = None


class SwapBody(Body):
    """``phase``: the one that carries too much; ``items``: the keys that were offered; ``seen``: the package that was read."""

    phase: str = ""
    items: list[str] = Field(default_factory=list)
    seen: str | None = None


class DecisionBody(Body):
    outcome: str
    tier: Literal["must", "should", "later"] | None = None
    phase: str | Number | None = None
    reason: str = ""
    until: str = ""
    option: str = ""
    seen: str | None = None
    password: str | None = None


class TemplateBody(Body):
    """What an owner approves beforehand; no ``fields``: any edit, no ``tiers``: any."""

    name: str
    reason: str
    most_days: Amount
    most_items: Number
    fields: list[str] = Field(default_factory=list)
    tiers: list[Literal["must", "should", "later"]] = Field(default_factory=list)


class TemplatePatch(Body):
    name: str | None = None
    reason: str | None = None
    most_days: Amount | None = None
    most_items: Number | None = None
    fields: list[str] | None = None
    tiers: list[Literal["must", "should", "later"]] | None = None


class TemplateApproval(Body):
    """``seen``: the version of the template that was read."""

    seen: Number | None = None
    password: str | None = None


class TouchBody(Body):
    """``added`` false takes the item out of what is touched, with a ``reason``."""

    item: str
    added: bool = True
    reason: str = ""


class VerifyBody(Body):
    """``into``: the key of a round that is planned or runs, to which what no round tests yet is added; left out: a round of its own."""

    into: str | None = None


class DelegationLine(Body):
    """A line takes what keeps to all that it names; a limit left out is none, no kind means any."""

    most_days: Amount | None = None
    most_cost: Amount | None = None
    must: bool = True
    over: bool = True
    kind: Literal["normal", "emergency"] | None = None
    seats: list[Literal["project_manager", "business_owner", "sponsor"]]


class DelegationBody(Body):
    """A delegation table: the first line that takes a change decides it, the last one takes whatever is left."""

    lines: list[DelegationLine]
    most_deciders: Number | None = None


class DelegationPatch(DelegationBody):
    password: str | None = None


class StageNames(Body):
    """What a stage is called; one language is enough."""

    en: str | None = None
    zh: str | None = None


class AddedStage(Body):
    """A stage added to one of the machine's (``category``): who passes on what stands in it, and what that asks. ``code`` stays as
    it is once it was given; one is made for a new stage without."""

    code: str = ""
    category: str
    names: StageNames
    roles: list[str]
    asks: list[str] = []


class FlowBody(Body):
    """How one kind of change goes: ``names`` by stage; ``added`` in their order; what a move ``asks``, and by which ``roles`` it is
    made, by the name of the move. What is not said is as it is hard."""

    names: dict[str, StageNames] = {}
    added: list[AddedStage] = []
    asks: dict[str, list[str]] = {}
    roles: dict[str, list[str]] = {}


class WorkflowsBody(Body):
    """The flows of a project. A kind that is not named stays as it is; null goes by the preset again."""

    preset: Literal["lean", "standard", "regulated"] | None = None
    kinds: dict[Literal["normal", "standard", "emergency"], FlowBody | None] = {}


class WorkflowsPatch(WorkflowsBody):
    password: str | None = None


class PassageBody(Body):
    """``seen``: the added stage in which it was seen ("" for none); ``package``: the fingerprint of what it proposed then."""

    reason: str = ""
    seen: str | None = None
    package: str | None = None


class SubmissionBody(PackageBody):
    """``days``: of a standard change, the person-days that its author estimates."""

    days: Amount | None = None


class OfferBody(PackageBody):
    """``until``: the last day on which one may object."""

    until: date


class ObjectionBody(PackageBody):
    reason: str


class ReviewOfChange(Body):
    """``note``: what the review of an emergency found."""

    note: str


class QuestionOfChange(Body):
    body: str


class FeedbackLinkBody(Body):
    """``name``: where it hangs; ``until``: the last day on which it takes feedback."""

    name: str
    until: date | None = None


class OutcomeBody(Body):
    """What becomes of feedback. ``reply``: what its sender reads; ``title`` and ``text``: of the change (why) or requirement
    (statement) that is made of it, or ``existing``: the key of one that is there already. ``seen``: the version that was read."""

    outcome: Literal["answer", "defect", "change", "requirement", "none"]
    reply: str = ""
    title: str = ""
    text: str = ""
    existing: str = ""
    seen: Number | None = None


class ReplyBody(Body):
    """``reply``: what its sender reads; ``seen``: the version that was read."""

    reply: str
    seen: Number | None = None


class GroupBody(Body):
    """``group``: the key of the feedback that says the same; null takes it out of its group."""

    group: str | None


class FindingAcceptanceBody(Body):
    """``subject``: the key of an item, or what else the check names; none for all that it finds."""

    check: str
    subject: str | None = None
    reason: str
    expires_on: date


class AwayBody(Body):
    """Who stands in for one, from a day to a day; ``project``: only there, ``scope``: only to decide or to sign."""

    delegate: str
    starts_on: date
    ends_on: date
    scope: Literal["", "decide", "sign"] = ""
    most_days: Amount | None = None
    project: str | None = None
    reason: str = ""
    password: str | None = None


class DelegateBody(Body):
    """The same for somebody else (``absent``, their login), as a sponsor of the project, with a reason; for oneself without."""

    delegate: str
    absent: str | None = None
    starts_on: date
    ends_on: date
    scope: Literal["", "decide", "sign"] = ""
    most_days: Amount | None = None
    reason: str = ""
    password: str | None = None


class AskBody(Body):
    """Who is asked to decide by a one-time link (their login), and for how many days it is good."""

    decider: str
    days: Number = 7


class ReviewPlanBody(Body):
    """A review; with ``weeks`` the first of a series that recurs every so many weeks."""

    name: str
    planned_on: date
    begins: str = "10:00"
    minutes: Number = 60
    place: str = ""
    people: list[str] = Field(default_factory=list)
    weeks: Number | None = None


class ReviewPatch(Body):
    name: str | None = None
    planned_on: date | None = None
    begins: str | None = None
    minutes: Number | None = None
    place: str | None = None
    people: list[str] | None = None


class AgendaLineBody(Body):
    item: str


class AgendaLinePatch(Body):
    """What was said of a line, or its place (from 1)."""

    outcome: Literal["", "approved", "rejected", "deferred", "asked_back", "noted"] | None = None
    note: str = ""
    place: Number | None = None


class HoldingBody(Body):
    """``people``: who was there; nobody told means those who were asked to come."""

    people: list[str] | None = None
    note: str = ""


class ReviewConfirmationBody(Body):
    """``seen``: subject → fingerprint of what was looked at; without it all that waits for your word."""

    seen: dict[str, str] | None = None
    password: str | None = None


class AgreementBody(Body):
    """What was agreed elsewhere: when, where, by whom (logins); ``days``: the estimate, in person-days."""

    agreed_on: date
    where: str
    deciders: list[str]
    days: Amount | None = None
    seen: str | None = None


class ReplacementBody(Body):
    """Who confirms what was agreed elsewhere in the place of ``decider``, who has left or decides it no more (logins)."""

    decider: str
    replacement: str
    reason: str


class WordBody(Body):
    """What one of those named says to it: yes, or no with a ``reason``."""

    answer: Literal["yes", "no"]
    reason: str = ""
    seen: str | None = None
    password: str | None = None


class GateRule(Body):
    """How a gate has one of its rules: ``least`` in a hundred are enough, ``named`` requirements are exceptions, ``affirmed`` passes
    count. What is left out stays as it is."""

    mode: Literal["off", "warn", "stop"] | None = None
    least: Number | None = None
    named: list[str] | None = None
    affirmed: bool | None = None


class GatePatch(Body):
    """The rules of a gate that are set anew, by name."""

    rules: dict[str, GateRule]


class GatePassageBody(Body):
    """That a gate is passed: for a phase (its name or number; without one the whole project), as it was looked at (``seen``, the
    fingerprint of its answer)."""

    phase: str = ""
    pilot: str = ""
    note: str = ""
    seen: str = ""
    password: str | None = None


class CoverBody(Body):
    """A part of what a waiver excuses: a rule ("" any), a key ("" the rule as a whole), an example row (from 0; null all)."""

    rule: str = ""
    item: str = ""
    row: Number | None = None


class BranchBody(Body):
    """A branch of scope: for a phase (its name or number) or a pilot group, made from a baseline or (null) from now."""

    name: str
    purpose: Literal["phase", "pilot"]
    owner: str
    reason: str
    phase: str | Number | None = None
    pilot: str = ""
    baseline: str | None = None


class BranchDecisionBody(Body):
    """Items left out of a branch, or taken at a version (null: as the main line has it now)."""

    items: list[str]
    decision: Literal["left_out", "taken"]
    reason: str
    item_version: Number | None = None
    seen: Number | None = None


class BranchTakeoverBody(Body):
    """Items of which the main line is to say what the branch says."""

    items: list[str]
    reason: str
    seen: Number | None = None


class BranchClosingBody(Body):
    """How a branch ends, and why."""

    outcome: Literal["merged", "given_up"]
    reason: str
    seen: Number | None = None


class WaiverBody(Body):
    """A waiver, and who is asked to sign it (logins)."""

    reason: str
    owner: str
    expires_on: date
    covers: list[CoverBody]
    signers: list[str]
    workaround: str = ""
    gates: list[str] = Field(default_factory=lambda: ["pilot", "everybody"])
    results: list[Number] = Field(default_factory=list)
    meaning: str = ""
    rule: Literal["all", "any"] = "all"
