"""The demo content holds together: enough of everything, refs resolve, both languages are whole, quotes were said."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, get_args

import pytest

from reqtrack.demo import content
from reqtrack.demo.content import model
from reqtrack.demo.content.model import FieldEdit, LinkEdit, NewItem, Retire, T, Table, say
from reqtrack.permissions import ROLES

CJK = re.compile(r"[\u3400-\u9fff]")
# A statement says how much, how many or how soon, in figures or in words.
MEASURE = re.compile(r"\d|[两三零]|直接|\b(two|three|nine|none|no|at once|alone)\b")
LANGUAGES: tuple[model.Language, ...] = ("zh", "en")
EVERYTHING = (
    content.PROJECT, content.USERS, content.STAKEHOLDERS, content.INTERVIEWS, content.SCENARIOS, content.PROCESSES,
    content.FLOW_ANSWERS, content.REQUIREMENTS,
    content.SET_ASIDE, content.ACCEPTANCE, content.CHANGES, content.BASELINES, content.SIGN_OFFS, content.ROUNDS,
    content.RUNS, content.COMMENTS, content.QUESTIONS, content.FEEDBACK_LINKS, content.FEEDBACK, content.ASKINGS,
    content.WANTED, content.TAKEN_SETS, content.ASKED_OF, content.PLANNED_TALKS,
    content.FINDINGS, content.LET_STAND, content.TOUCHES, content.TEMPLATES, content.RUSHED, content.STAGES,
    content.SHEETS, content.DOCUMENTS, content.FIGURES, content.PASSAGE_QUESTIONS, content.REVIEWS, content.ABSENCES,
    content.MEETINGS, content.WAIVERS, content.FIELDS, content.DATA_SETS, content.DEFECTS, content.BRANCHES,
)  # fmt: skip

LOGINS = {user.login for user in content.USERS}
STAKEHOLDERS = {person.ref for person in content.STAKEHOLDERS}
EXCERPTS = {excerpt.ref for interview in content.INTERVIEWS for excerpt in interview.excerpts}
SCENARIOS = {scenario.ref for scenario in content.SCENARIOS}
REQUIREMENTS = {requirement.ref for requirement in content.REQUIREMENTS}
ACCEPTANCE = {acceptance.ref for acceptance in content.ACCEPTANCE}
PHASES = {phase.ref for phase in content.PROJECT.phases}
LINK_FIELDS = ("refines", "depends_on", "conflicts_with")


def walk(thing: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every text and table below ``thing``, with the path that leads there."""
    where = getattr(thing, "ref", where) or where
    if isinstance(thing, T):
        yield where, thing
        return
    if isinstance(thing, Table):
        yield where, thing
    if is_dataclass(thing):
        for field in fields(thing):
            yield from walk(getattr(thing, field.name), f"{where}.{field.name}")
    elif isinstance(thing, tuple):
        for part in thing:
            yield from walk(part, where)
    elif isinstance(thing, dict):
        for name, part in thing.items():
            yield from walk(part, f"{where}.{name}")


TEXTS = [(where, thing) for where, thing in walk(EVERYTHING) if isinstance(thing, T)]
TABLES = [(where, thing) for where, thing in walk(EVERYTHING) if isinstance(thing, Table)]


def test_there_is_enough_of_everything() -> None:
    assert len(content.STAKEHOLDERS) >= 10
    assert len({person.department.en for person in content.STAKEHOLDERS}) >= 4
    assert {person.level for person in content.STAKEHOLDERS} == set(get_args(model.Level))
    assert len(content.INTERVIEWS) == 6
    assert len(content.SCENARIOS) == 14
    kinds = Counter(scenario.kind for scenario in content.SCENARIOS)
    assert kinds["main"] >= 6 and kinds["alternative"] >= 4 and kinds["exception"] >= 3
    assert len(content.REQUIREMENTS) == 36
    assert {requirement.tier for requirement in content.REQUIREMENTS} == set(get_args(model.Tier))
    assert {requirement.phase for requirement in content.REQUIREMENTS} == PHASES and len(PHASES) == 2
    assert {requirement.kind for requirement in content.REQUIREMENTS} == set(get_args(model.RequirementKind))
    assert len(content.ACCEPTANCE) >= 24
    assert len(content.CHANGES) == 9
    assert len(content.ROUNDS) == 2 and len(content.BASELINES) == 1


def test_members_cover_every_role() -> None:
    assert {role for user in content.USERS for role in user.roles} == set(ROLES)
    per_role = Counter(role for user in content.USERS for role in user.roles)
    assert per_role["business_owner"] == per_role["analyst"] == per_role["tester"] == 2


def _faults(text: T) -> Iterator[str]:
    if not (text.zh.strip() and text.en.strip()):
        yield "empty"
    if not CJK.search(text.zh):
        yield "no Chinese"
    if CJK.search(text.en):
        yield "Chinese in the English"
    if re.search('["!！]', text.zh + text.en):
        yield "a straight quotation mark or an exclamation mark"
    if re.search(r"[A-Za-z]'[A-Za-z ]", text.en):
        yield "a straight apostrophe"
    if re.search(r"[\u3400-\u9fff][,;:?.][\u3400-\u9fff]", text.zh):
        yield "a half-width mark between Chinese characters"


def test_both_languages_are_filled() -> None:
    assert len(TEXTS) > 700
    assert [(where, fault, text) for where, text in TEXTS for fault in _faults(text)] == []


def test_refs_are_unique_and_speak_their_kind() -> None:
    kinds: dict[str, tuple[Any, ...]] = {
        "s-": content.STAKEHOLDERS, "i-": content.INTERVIEWS, "sc-": content.SCENARIOS, "r-": content.REQUIREMENTS,
        "a-": content.ACCEPTANCE, "c-": content.CHANGES,
    }  # fmt: skip
    for prefix, things in kinds.items():
        assert all(thing.ref.startswith(prefix) for thing in things)
    excerpts = [excerpt.ref for interview in content.INTERVIEWS for excerpt in interview.excerpts]
    new_items = [edit.ref for change in content.CHANGES for edit in change.edits if isinstance(edit, NewItem)]
    groups = EVERYTHING[2:]
    refs = [thing.ref for group in groups for thing in group] + excerpts + new_items + sorted(PHASES)
    assert [ref for ref, count in Counter(refs).items() if count > 1] == []
    assert len(content.BY_REF) == sum(len(group) for group in groups) + 1
    assert len(LOGINS) == len(content.USERS)


def test_interviews_keep_what_was_said() -> None:
    for interview in content.INTERVIEWS:
        assert set(interview.stakeholders) <= STAKEHOLDERS and interview.interviewer in LOGINS
        assert 300 <= len(interview.notes.zh) <= 900, interview.ref
        assert 600 <= len(interview.notes.en) <= 2700, interview.ref
        assert 3 <= len(interview.excerpts) <= 5, interview.ref
        speakers = [person for person in content.STAKEHOLDERS if person.ref in interview.stakeholders]
        for language in LANGUAGES:
            notes = say(interview.notes, language)
            for excerpt in interview.excerpts:
                assert say(excerpt.quote, language) in notes, (excerpt.ref, language)
            for person in speakers:
                mark = "**{}：**" if language == "zh" else "**{}:**"
                assert mark.format(say(person.name, language)) in notes, (interview.ref, language)


def test_both_languages_of_the_notes_have_the_same_turns() -> None:
    for interview in content.INTERVIEWS:
        zh, en = interview.notes.zh, interview.notes.en
        assert len(re.findall(r"^## ", zh, re.M)) == len(re.findall(r"^## ", en, re.M)) >= 3, interview.ref
        assert len(re.findall(r"^\*\*", zh, re.M)) == len(re.findall(r"^\*\*", en, re.M)), interview.ref


def test_service_is_heard_last() -> None:
    departments = {person.ref: person.department.en for person in content.STAKEHOLDERS}
    by_date = sorted(content.INTERVIEWS, key=lambda interview: interview.held_on)
    heard = [{departments[ref] for ref in interview.stakeholders} for interview in by_date]
    assert heard[-1] == {"After-sales service"}
    assert all("After-sales service" not in names for names in heard[:-1])


def test_scenarios_refer_to_what_exists() -> None:
    for scenario in content.SCENARIOS:
        assert set(scenario.evidence) <= EXCERPTS and scenario.evidence, scenario.ref
        assert len(scenario.steps) >= 2 and scenario.preconditions


def test_requirements_refer_to_what_exists() -> None:
    for requirement in content.REQUIREMENTS:
        assert set(requirement.scenarios) <= SCENARIOS and set(requirement.evidence) <= EXCERPTS, requirement.ref
        assert requirement.phase in PHASES and requirement.owner in LOGINS and requirement.tags
        assert Decimal(requirement.effort_days) > 0
        assert all(MEASURE.search(words) for words in (requirement.statement.zh, requirement.statement.en)), (
            requirement.ref
        )
        for name in LINK_FIELDS:
            assert set(getattr(requirement, name)) <= REQUIREMENTS - {requirement.ref}, requirement.ref
    for name in LINK_FIELDS:
        assert any(getattr(requirement, name) for requirement in content.REQUIREMENTS)
    # Every marked passage has become something.
    used = {ref for thing in (*content.SCENARIOS, *content.REQUIREMENTS) for ref in thing.evidence}
    assert used == EXCERPTS


def test_refinement_has_no_cycle() -> None:
    refines = {requirement.ref: requirement.refines for requirement in content.REQUIREMENTS}
    for start in refines:
        seen, todo = set(), list(refines[start])
        while todo:
            ref = todo.pop()
            assert ref != start
            if ref not in seen:
                seen.add(ref)
                todo.extend(refines[ref])


def test_what_is_set_aside() -> None:
    for aside in content.SET_ASIDE:
        assert aside.requirement in REQUIREMENTS
        assert bool(aside.until) == (aside.outcome == "deferred")


def test_acceptance_refers_to_what_exists() -> None:
    for acceptance in content.ACCEPTANCE:
        assert acceptance.accepts and set(acceptance.accepts) <= REQUIREMENTS, acceptance.ref
        assert 2 <= len(acceptance.examples.rows) <= 6, acceptance.ref


def test_example_rows_are_as_wide_as_their_header() -> None:
    assert len(TABLES) > len(content.ACCEPTANCE)
    for where, table in TABLES:
        for language in LANGUAGES:
            header = say(table.header, language)
            assert len(set(header)) == len(header), where
        assert {len(row) for row in table.rows} == {len(table.header)}, where


def steps_of(thing: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The acceptance scenarios of the content and those that changes add, as one shape."""
    for acceptance in content.ACCEPTANCE:
        yield acceptance.ref, {name: getattr(acceptance, name) for name in ("given", "when", "then", "examples")}
    for change in content.CHANGES:
        for edit in change.edits:
            if isinstance(edit, NewItem) and edit.kind == "acceptance":
                yield edit.ref, {name: edit.fields[name] for name in ("given", "when", "then", "examples")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_used_and_every_placeholder_has_one(language: model.Language) -> None:
    for ref, parts in steps_of(content):
        lines = [line for name in ("given", "when", "then") for line in say(parts[name], language)]
        used = {name for line in lines for name in re.findall(r"<([^<>]+)>", line)}
        assert used == set(say(parts["examples"], language)["header"]), (ref, language)


def test_phones_stand_in_ten_formats_and_sources_in_twenty_spellings() -> None:
    by_ref = {acceptance.ref: acceptance.examples for acceptance in content.ACCEPTANCE}
    for language in LANGUAGES:
        typed = [row[0] for ref in ("a-phone-usual", "a-phone-odd") for row in say(by_ref[ref], language)["rows"]]
        # The shape of a number, not its digits: any digit is 9, full-width apart.
        shapes = {re.sub(f"[{string.digits}]", "9", number) for number in typed}
        assert len(shapes) == len(typed) == 10
        mark = "；" if language == "zh" else "; "
        spellings = [word for row in say(by_ref["a-sources"], language)["rows"] for word in row[0].split(mark)]
        assert len(set(spellings)) == len(spellings) == 20


def test_edits_name_what_exists() -> None:
    items: dict[str, Any] = {
        thing.ref: thing for group in (content.REQUIREMENTS, content.ACCEPTANCE) for thing in group
    }
    kinds = set()
    for change in content.CHANGES:
        assert change.edits and change.phase in PHASES
        for edit in change.edits:
            kinds.add(type(edit))
            if isinstance(edit, FieldEdit):
                assert getattr(items[edit.item], edit.field) != edit.new, change.ref
                assert type(getattr(items[edit.item], edit.field)) is type(edit.new), change.ref
            elif isinstance(edit, NewItem):
                assert (
                    set(edit.fields.get("scenarios", ())) <= SCENARIOS
                    and set(edit.fields.get("accepts", ())) <= REQUIREMENTS
                )
                assert set(edit.fields.get("evidence", ())) <= EXCERPTS and "effort_days" not in edit.fields
                assert edit.fields.get("phase", "p1") in PHASES and edit.fields.get("owner", "wuhao") in LOGINS
            elif isinstance(edit, Retire):
                assert edit.item in items
            else:
                assert {edit.item, *edit.add, *edit.remove} <= set(items) and (edit.add or edit.remove)
    assert kinds == {FieldEdit, NewItem, Retire, LinkEdit}


def test_two_open_changes_want_the_same_field() -> None:
    wanted = Counter(
        (edit.item, edit.field)
        for change in content.CHANGES
        if change.stage == "deciding"
        for edit in change.edits
        if isinstance(edit, FieldEdit)
    )
    assert [place for place, count in wanted.items() if count == 2] == [("r-approval", "statement")]


def test_rounds_talk_and_signatures_name_what_exists() -> None:
    rounds = {round_.ref: round_ for round_ in content.ROUNDS}
    subjects = set(rounds) | {baseline.ref for baseline in content.BASELINES}
    for round_ in content.ROUNDS:
        assert set(round_.acceptance) <= ACCEPTANCE and set(round_.testers) <= LOGINS
    for run in content.RUNS:
        assert run.acceptance in rounds[run.round].acceptance, run.ref
        assert all(bool(mark.note) == (mark.verdict != "passed") for mark in run.marks), run.ref
    for signoff in content.SIGN_OFFS:
        assert signoff.subject in subjects and set(signoff.signers) <= LOGINS
    for remark in (*content.COMMENTS, *content.QUESTIONS):
        assert remark.item in content.BY_REF
    assert all(question.ask in STAKEHOLDERS for question in content.QUESTIONS)
    assert {person.login for person in content.STAKEHOLDERS} - {""} <= LOGINS


def test_say_gives_one_language() -> None:
    table = say(Table((T("甲", "one"),), (("1",), (T("乙", "two"),))), "en")
    assert table == {"header": ["one"], "rows": [["1"], ["two"]]}
    assert say({"a": T("甲", "one"), "b": ("x", T("乙", "two"))}, "zh") == {"a": "甲", "b": ["x", "乙"]}
