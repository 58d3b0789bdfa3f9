"""The facts that the rules of gates look at: a project's rows in a constant number of statements, whatever a reader may see. What is
shown of them is looked through afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, case, func, select

from reqtrack.acceptance.models import (
    NO_ROW,
    Acceptance,
    Defect,
    Result,
    Round,
    RoundScenario,
    ScenarioStanding,
    Standing,
)
from reqtrack.acceptance.queries.status import counting, in_table, rows_of, status_of
from reqtrack.accounts.models import Project
from reqtrack.db import one_of, plain, plain_decimal, trimmed
from reqtrack.feedback.models import Feedback
from reqtrack.gates.facts import Accepting, Broken, Facts, Flow, Named, Required, Scene, Stage
from reqtrack.gates.models import GatePassage
from reqtrack.gates.queries.walking import walked
from reqtrack.interviews.models import Evidence, Excerpt
from reqtrack.items.models import Comment, Item, Link
from reqtrack.requirements.policy import OUT
from reqtrack.requirements.queries import loads
from reqtrack.requirements.queries.duplicates import STAKEHOLDER, answered, duplicate_pairs
from reqtrack.scenarios.models import Process, Scenario

KINDS = ("requirement", "scenario", "process", "acceptance", "defect", "feedback")
LINKS = ("gives_rise_to", "part_of", "accepts", "found_in")
# Stages in which a defect is dealt with.
DONE = ("closed", "not_a_defect")
_process, _scenario, _acceptance = Process.__table__, Scenario.__table__, Acceptance.__table__
_defect, _feedback = Defect.__table__, Feedback.__table__

Sources = Mapping[int, Collection[int]]


def load(project: Project) -> Facts:
    """All facts of a project, asked for the whole of it."""
    items = _items(project.id)
    links = _links(project.id)
    scenes = _scenes(items["scenario"], _turned(links["part_of"]))
    known = {one.id for one in scenes}
    requirements = _requirements(project.id, items["requirement"], links["gives_rise_to"], known)
    processes = [
        Flow(row.id, row.key, row.process_kind, tuple(step["id"] for step in row.steps or ()))
        for row in items["process"]
        if row.stage not in OUT
    ]
    accepts = _turned(links["accepts"])
    feedback = [row for row in items["feedback"] if row.group_id is None]
    return Facts(
        requirements=requirements,
        acceptance=_accepting(project.id, items["acceptance"], accepts),
        scenes=scenes,
        processes=processes,
        phases=_phases(project.id),
        questions=_questions(project.id),
        pairs=_pairs(project),
        defects=_defects(items["defect"], _turned(links["found_in"])),
        feedback=len(feedback),
        untriaged=[Named(row.key, row.title) for row in feedback if row.stage == "new"],
        walks=walked(project.id),
        piloted=piloted(project.id),
    )


def piloted(project_id: int) -> frozenset[int | None]:
    """The phases whose pilot was passed (None: the whole project)."""
    rows = plain(select(GatePassage.phase_id).where(GatePassage.project_id == project_id, GatePassage.gate == "pilot"))
    return frozenset(row.phase_id for row in rows)


def _items(project_id: int) -> Mapping[str, Sequence[Row[Any]]]:
    """What is not retired, by kind, in number order; acceptance scenarios with how many of their rows ``passed`` on the text as it
    is, in the round that counts."""
    rounds, sums = counting(Round.project_id == project_id), ScenarioStanding
    here = and_(sums.round_id == rounds.c.round_id, sums.acceptance_id == rounds.c.acceptance_id)
    passed = case((sums.seq >= Item.text_seq, sums.passed), else_=0).label("passed")
    rows = plain(
        select(
            Item.id, Item.kind, Item.key, Item.title, Item.stage, Item.tier, Item.phase_id, Item.owner_id, Item.text_seq,
            _process.c.process_kind, _process.c.steps, _scenario.c.scenario_kind, _scenario.c.process_steps,
            _acceptance.c.row_count, _defect.c.severity, _feedback.c.group_id, passed,
        )
        .select_from(Item)
        .outerjoin(_process, _process.c.id == Item.id)
        .outerjoin(_scenario, _scenario.c.id == Item.id)
        .outerjoin(_acceptance, _acceptance.c.id == Item.id)
        .outerjoin(_defect, _defect.c.id == Item.id)
        .outerjoin(_feedback, _feedback.c.id == Item.id)
        .outerjoin(rounds, rounds.c.acceptance_id == Item.id)
        .outerjoin(sums, here)
        .where(Item.project_id == project_id, Item.kind.in_(KINDS), Item.retired.is_(False))
        .order_by(Item.kind, Item.number)
    )  # fmt: skip
    found: dict[str, list[Row[Any]]] = {kind: [] for kind in KINDS}
    for row in rows:
        found[row.kind].append(row)
    return found


def _links(project_id: int) -> dict[str, dict[int, set[int]]]:
    """Kind of link → target → sources."""
    found: dict[str, dict[int, set[int]]] = {kind: {} for kind in LINKS}
    wanted = select(Link.kind, Link.source_id, Link.target_id).where(
        Link.project_id == project_id, Link.kind.in_(LINKS), Link.until.is_(None)
    )
    for row in plain(wanted):
        found[row.kind].setdefault(row.target_id, set()).add(row.source_id)
    return found


def _turned(sources: Sources) -> dict[int, set[int]]:
    """Source → targets."""
    found: dict[int, set[int]] = {}
    for target, mine in sources.items():
        for source in mine:
            found.setdefault(source, set()).add(target)
    return found


def _scenes(rows: Sequence[Row[Any]], part_of: Sources) -> list[Scene]:
    return [
        Scene(
            row.id, row.key, row.scenario_kind, frozenset(part_of.get(row.id, ())), frozenset(row.process_steps or ())
        )
        for row in rows
        if row.stage not in OUT
    ]


def _requirements(
    project_id: int, rows: Sequence[Row[Any]], arising: Sources, known: Collection[int]
) -> list[Required]:
    backed = set(
        plain(
            select(Evidence.item_id)
            .distinct()
            .join(Excerpt, Excerpt.id == Evidence.excerpt_id)
            # What an interviewee asked not to be shown backs nothing.
            .where(Evidence.project_id == project_id, Evidence.until.is_(None), Excerpt.shown_as != "hidden")
        ).scalars()
    )
    return [
        Required(
            row.id, row.key, row.tier, row.phase_id, row.owner_id is not None, row.id in backed,
            frozenset(one for one in arising.get(row.id, ()) if one in known),
        )
        for row in rows
        if row.stage not in OUT
    ]  # fmt: skip


# -- acceptance --------------------------------------------------------------------------------------------------------


def _accepting(project_id: int, rows: Sequence[Row[Any]], accepts: Sources) -> list[Accepting]:
    """Each scenario with its rows that are not passed; of those where all passed, none is read (two statements)."""
    if not rows:
        return []
    told: dict[int, dict[int, str]] = {row.id: {} for row in rows if row.passed < len(rows_of(row.row_count))}
    for one in plain(_standings(one_of(RoundScenario.acceptance_id, told))):
        told[one.acceptance_id][one.row] = status_of(one.text_seq, one.verdict, one.seq)
    affirmed: dict[int, set[int | None]] = {}
    for one in plain(_affirmed(project_id)):
        if status_of(one.text_seq, one.verdict, one.seq) == "passed":
            affirmed.setdefault(one.acceptance_id, set()).add(_place(one.row))
    return [
        Accepting(
            row.id, row.key, frozenset(accepts.get(row.id, ())),
            _open(row.row_count, told[row.id]) if row.id in told else {}, frozenset(affirmed.get(row.id, ())),
        )
        for row in rows
        if row.stage not in OUT
    ]  # fmt: skip


def _place(row: int) -> int | None:
    return None if row == NO_ROW else row


def _open(row_count: int, told: Mapping[int, str]) -> dict[int | None, str]:
    """The rows that are not passed: those without a result are untested."""
    statuses = ((row, told.get(row, "untested")) for row in rows_of(row_count))
    return {_place(row): status for row, status in statuses if status != "passed"}


def _standings(*conditions: Any) -> Any:
    """The results that count; ``conditions`` narrow the rounds and their scenarios."""
    rounds = counting(*conditions)
    return (
        select(Standing.acceptance_id, Standing.row, Standing.verdict, Standing.seq, Item.text_seq)
        .join(rounds, and_(rounds.c.acceptance_id == Standing.acceptance_id, rounds.c.round_id == Standing.round_id))
        .join(_acceptance, _acceptance.c.id == Standing.acceptance_id)
        .join(Item, Item.id == Standing.acceptance_id)
        .where(in_table)
    )


def _affirmed(project_id: int) -> Any:
    """Of those, the passes that somebody let stand."""
    said = and_(Result.project_id == Standing.project_id, Result.number == Standing.number)
    return (
        _standings(Round.project_id == project_id)
        .join(Result, said)
        .where(Result.project_id == project_id, Result.affirms.is_not(None))
    )


# -- the rest ----------------------------------------------------------------------------------------------------------


def _phases(project_id: int) -> list[Stage]:
    return [
        Stage(
            one.phase_id, one.number or 0, one.name, one.capacity_days is not None,
            plain_decimal(trimmed(one.total_days - (one.capacity_days or 0))) if one.over else "",
        )
        for one in loads(project_id)
        if one.phase_id is not None
    ]  # fmt: skip


def _questions(project_id: int) -> list[Named]:
    rows = plain(
        select(Item.id, Item.key, Item.title, func.count().label("number"))
        .join(Comment, Comment.item_id == Item.id)
        .where(
            Item.project_id == project_id,
            Item.retired.is_(False),
            Comment.kind == "question",
            Comment.answered_at.is_(None),
        )
        .group_by(Item.id, Item.key, Item.title)
        .order_by(Item.id)
    )
    return [Named(row.key, row.title, row.number, row.id) for row in rows]


def _pairs(project: Project) -> list[tuple[str, str]]:
    """Items that may be one, of which nobody said that they are two."""
    told = answered(project)
    return [
        (pair.first, pair.second)
        for pair in duplicate_pairs(project.id)
        if pair.kind != STAKEHOLDER and not pair.aside and pair.subject not in told
    ]


def _defects(rows: Sequence[Row[Any]], shown: Sources) -> list[Broken]:
    return [
        Broken(row.key, row.title, frozenset(shown.get(row.id, ())))
        for row in rows
        if row.severity == "blocking" and row.stage not in DONE
    ]
