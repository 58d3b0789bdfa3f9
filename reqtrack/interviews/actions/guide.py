"""Verbs on question sets, and on the guide of an interview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.audit.record import recorded
from reqtrack.db import db
from reqtrack.errors import Invalid, Reason, invalid, no
from reqtrack.interviews import queries
from reqtrack.interviews.models import GuideQuestion, Interview, QuestionSet
from reqtrack.interviews.queries import guide as guides
from reqtrack.interviews.starters import starter
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.items.values import Unfit, text_of
from reqtrack.permissions import SYSTEM, Actor

FIELDS = ("name", "job_role", "process", "questions")
LONGEST_NAME, LONGEST_QUESTION = 200, 1_000
MOST_QUESTIONS = 100


def make_set(actor: Actor, project: Project, values: Mapping[str, Any], code: str = "") -> QuestionSet:
    """Make a question set. ``values``: name, job_role ("" for any), process (an item or None), questions (texts).

    Args:
        code: the starter set that it is made of.

    Raises:
        Invalid: per field.
    """
    _may(actor, project.id)
    given = _fit(project.id, {"name": "", "questions": [], **values})
    with recorded(actor, project.id, "question_set.made", "question-set") as entry:
        row = QuestionSet(project_id=project.id, starter=code, created_at=entry.at, updated_at=entry.at, **given)
        db.session.add(row)
        db.session.flush()
        entry.subject = f"question-set:{row.id}"
        entry.after = given
    return row


def adopt(actor: Actor, project: Project, code: str) -> QuestionSet:
    """Take a starter set into the project.

    Raises:
        Invalid: there is none of that code.
    """
    found = starter(code)
    if found is None:
        raise invalid("starter", "There is no starter set %(name)s.", name=code[:60])
    return make_set(actor, project, {"name": found.name, "questions": list(found.questions)}, found.code)


def change_set(
    actor: Actor, row: QuestionSet, values: Mapping[str, Any], seen: int | None = None, *, archived: bool | None = None
) -> QuestionSet:
    """Change a question set, put it away, or take it out again; fields left out stay. Guides made of it stay as they are.

    Raises:
        Invalid: per field. Refused: 409, somebody else was first.
    """
    _may(actor, row.project_id)
    if seen is not None and seen != row.version:
        no("stale", "Somebody else changed this question set meanwhile.").require(409)
    if "job_role" in values and not guides.shown_set(actor, row).told:
        message = "This is shown to interviewers and analysts only, so only they change it."
        no("hidden_names", message, field="job_role").require()
    given = {name: value for name, value in _fit(row.project_id, values).items() if getattr(row, name) != value}
    flips = archived is not None and archived != (row.archived_at is not None)
    if not given and not flips:
        return row
    before = {name: getattr(row, name) for name in given}
    subject = f"question-set:{row.id}"
    with recorded(actor, row.project_id, "question_set.changed", subject, before=before) as entry:
        for name, value in given.items():
            setattr(row, name, value)
        row.updated_at = entry.at
        if flips:
            row.archived_at = entry.at if archived else None
        entry.after = {**given, **({"archived": archived} if flips else {})}
    return row


def _fit(project_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, fit to be kept: everybody reads it, so the names of those who were heard are taken out."""
    given: dict[str, Any] = {}
    reasons = []
    for name, value in values.items():
        if name not in FIELDS:
            message = "%(kind)s has no field %(name)s."
            reasons.append(Reason("unknown_field", message, {"kind": "question set", "name": name}, name))
            continue
        try:
            if name == "process":
                given["process_id"] = value.id if value is not None else None
            elif name == "questions":
                given[name] = [one for line in _lines(value) if (one := _question(project_id, line))]
            else:
                text = " ".join(text_of(value or "", LONGEST_NAME).split())
                given[name] = queries.for_everybodys_eyes(project_id, text, LONGEST_NAME) if name == "name" else text
        except Unfit as unfit:
            reasons.append(Reason("invalid", unfit.message, unfit.params, name))
    if "name" in given and not given["name"]:
        reasons.append(Reason("required", "Give the question set a name.", {}, "name"))
    if "questions" in given and not given["questions"]:
        reasons.append(Reason("required", "A question set needs a question.", {}, "questions"))
    if reasons:
        raise Invalid(reasons)
    return given


def _lines(value: Any) -> Sequence[Any]:
    lines = value.split("\n") if isinstance(value, str) else value
    if not isinstance(lines, list | tuple) or len(lines) > MOST_QUESTIONS:
        raise Unfit("This must be a list of at most %(most)s lines.", most=MOST_QUESTIONS)
    return lines


def _question(project_id: int, given: Any) -> str:
    # A list that was pasted has its signs before each line.
    text = " ".join(text_of(given, LONGEST_QUESTION).split()).removeprefix("- ").removeprefix("* ").strip()
    return queries.for_everybodys_eyes(project_id, text, LONGEST_QUESTION) if text else ""


# -- the guide of an interview -------------------------------------------------------------------------------------------


def add_question(actor: Actor, interview: Interview, body: str) -> list[GuideQuestion]:
    """Ask one thing more in an interview; asked already, it stays one question.

    Raises:
        Invalid: it is empty, or too long.
    """
    _may(actor, interview.project_id)
    try:
        text = _question(interview.project_id, body)
    except Unfit as unfit:
        raise invalid("body", unfit.message, **unfit.params) from None
    if not text:
        raise invalid("body", "Write the question.", "required")
    return _add(actor, interview, [(text, None)])


def add_sets(actor: Actor, interview: Interview, rows: Sequence[QuestionSet]) -> list[GuideQuestion]:
    """Ask the questions of some sets in an interview: those that are not asked there already."""
    _may(actor, interview.project_id)
    wanted = [(text, row) for row in rows for text in row.questions or ()]
    return _add(actor, interview, wanted)


def _add(actor: Actor, interview: Interview, wanted: Sequence[tuple[str, QuestionSet | None]]) -> list[GuideQuestion]:
    made = [
        GuideQuestion(body=text, set_id=row.id if row is not None else None)
        for text, row in _not_yet(interview, wanted)
    ]
    return _keep(actor, interview, made, "guide.added")


def _not_yet(interview: Interview, wanted: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    there = {one.body for one in guides.every_question(interview) if one.removed_at is None}
    return [(text, more) for text, more in dict(wanted).items() if text not in there]


def _keep(
    actor: Actor, interview: Interview, made: list[GuideQuestion], action: str, **told: str
) -> list[GuideQuestion]:
    if not made:
        return []
    with recorded(actor, interview.project_id, action, interview.key) as entry:
        first = max((one.position for one in guides.every_question(interview)), default=0) + 1
        for position, row in enumerate(made, first):
            row.project_id, row.interview_id, row.position = interview.project_id, interview.id, position
        db.session.add_all(made)
        db.session.flush()
        entry.after = {"questions": [row.body for row in made], **told}
    return made


def cover(actor: Actor, interview: Interview, question: GuideQuestion, covered: bool) -> GuideQuestion:
    """Tick a question, or take the tick away."""
    _may(actor, interview.project_id)
    if covered == (question.covered_at is not None):
        return question
    action = "guide.covered" if covered else "guide.uncovered"
    with recorded(actor, interview.project_id, action, interview.key) as entry:
        question.covered_at = entry.at if covered else None
        question.covered_by = actor.login if covered else ""
        entry.after = {"question": question.id}
    return question


def remove_question(actor: Actor, interview: Interview, question: GuideQuestion) -> None:
    """Take a question out of a guide; it stays in the history."""
    _may(actor, interview.project_id)
    with recorded(actor, interview.project_id, "guide.removed", interview.key) as entry:
        question.removed_at = entry.at
        entry.after = {"question": question.id, "questions": [question.body]}


def carry_over(actor: Actor, project: Project, interview: Interview, to: Interview | None) -> Interview:
    """Ask in another interview what was not covered in this one. Each question keeps where it came from.

    Args:
        to: the interview to ask it in; None plans one with the same people, about the same processes.

    Raises:
        Refused: 409, there is nothing to carry over, or the other one is not planned any more.
    """
    _may(actor, project.id)
    open_ = [one for one in guides.guide_of(SYSTEM, interview) if not one.covered and not one.onward]
    if not open_:
        no(
            "nothing_left", "Every question of %(key)s was covered, or carried over already.", key=interview.key
        ).require(409)
    if to is not None and (to.id == interview.id or to.stage != "planned"):
        no("not_planned", "%(key)s is not an interview that is still planned.", key=to.key).require(409)
    target = to if to is not None else _follow_up(actor, project, interview)
    made = [
        GuideQuestion(body=text, carried_from=one.id)
        for text, one in _not_yet(target, [(one.text, one) for one in open_])
    ]
    _keep(actor, target, made, "guide.carried", target=interview.key)
    return target


def _follow_up(actor: Actor, project: Project, interview: Interview) -> Any:
    processes: list[Item] = store.linked(interview, "covers")
    values = {
        "title": _("Once more: %(title)s", title=interview.title)[:400],
        "stakeholders": list(interview.stakeholders or ()),
        "processes": processes,
    }
    return store.create(actor, project, KINDS["interview"], {name: one for name, one in values.items() if one})


def _may(actor: Actor, project_id: int) -> None:
    if not actor.may("interview.write", project_id):
        no("no_permission", "Your roles in this project do not let you do this.").require()
