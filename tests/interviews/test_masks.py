"""What a text tells of people: their names are replaced however they are written, and quickly where there are thousands."""

from __future__ import annotations

import time

import pytest

from reqtrack.interviews import policy
from reqtrack.interviews.queries import NOT_SHOWN, Mask, Names, for_everybodys_eyes, for_others
from reqtrack.interviews.queries.masks import masker_for_person
from tests.interviews.test_stakeholders import person
from tests.support.world import World

CALLED = [("Anna Schmidt", "Sales"), ("王芳", "Finance"), ("Li Na", "Stock"), ("Jörg Strauß", "Lab")]


def test_a_name_in_two_scripts_is_known_by_each() -> None:
    mask = Mask(Names([("Grace 王芳", "Finance")]))
    assert (
        mask("grace和王芳：三天。\n\n芳姐：好。\n\nGr: no.") == "Finance和Finance：三天。\n\nFinance：好。\n\nGr: no."
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("我和Anna Schmidt谈过，Anna说要八页。", "我和Sales谈过，Sales说要八页。"),
        ("ANNA: it takes an hour. anna schmidt: yes", "Sales: it takes an hour. Sales: yes"),
        ("Anna_Schmidt.pdf", "Sales_Sales.pdf"),
        ("Annabel and Joanna stay, so does Schmidtke.", "Annabel and Joanna stay, so does Schmidtke."),
        ("STRAUß war da, Jörgs nicht.", "Lab war da, Jörgs nicht."),
        ("芳姐：八页。\n小芳说过。", "Finance：八页。\n小芳说过。"),
        ("王工：三天。\n\n问王工。", "Finance：三天。\n\n问Finance。"),
        ("王：三天。\n\n国王不在。", "Finance：三天。\n\n国王不在。"),
        ("Li: an hour.\n\nLi knows, Lima does not.", "Stock: an hour.\n\nStock knows, Lima does not."),
        ("10:05 na: yes", "10:05 Stock: yes"),
        ("Na, you see.", "Na, you see."),
    ],
)
def test_a_name_is_replaced_however_it_is_written(text: str, read: str) -> None:
    assert Mask(Names(CALLED))(text) == read


def test_a_name_without_capitals_is_parted_as_others_are() -> None:
    assert list(policy.names_in("anna von schmidt")) == ["anna von schmidt", "anna", "von", "schmidt"]
    assert list(policy.names_in("Anna von Schmidt")) == ["Anna von Schmidt", "Anna", "Schmidt"]


def test_a_name_does_not_open_a_hidden_sentence() -> None:
    """Where a name and a sentence that nobody is to see overlap, neither is read, nor what is left of them."""
    mask = Mask(Names([("Ignatius Oleander", "Harbour")]), ("Oleander waters the oil.", "the oil. All of it."))
    assert mask("So Ignatius Oleander waters the oil. All of it. Yes.") == f"So {NOT_SHOWN} Yes."


def test_ones_own_name_stays(world: World) -> None:
    world.cast()
    own, other = person(world), person(world, name="王海")
    text = "王海涛：三天。王海也在。王工：八页。"
    with world.read() as scene:
        assert masker_for_person(scene.project.id, own)(text) == "王海涛：三天。Sales也在。王工：八页。"
        assert masker_for_person(scene.project.id, other)("王海涛：三天") == "Sales：三天"


def test_what_others_read_is_told_as_it_stands(world: World) -> None:
    world.cast()
    person(world, name="Anna Schmidt")
    with world.read("analyst") as scene:
        found = for_others(scene.actor, scene.project.id, "ANNA schmidt，Anna说。")
        assert found == [("ANNA schmidt", "Sales"), ("schmidt", "Sales"), ("ANNA", "Sales"), ("Anna", "Sales")]
    with world.read("auditor") as scene:
        assert for_others(scene.actor, scene.project.id, "ANNA schmidt") == []


def test_a_text_is_cut_to_what_fits_after_names_were_replaced(world: World) -> None:
    world.cast()
    person(world, name="Bo Li", department="A department with a long name")
    with world.read() as scene:
        assert for_everybodys_eyes(scene.project.id, "Ask Bo Li", 8) == "Ask A de"


def test_thousands_of_names_cost_little() -> None:
    names = Names([(f"Given{at:04d} Family{at:04d}", f"Role {at % 7}") for at in range(2_000)])
    text = "\n\n".join(f"Given{at:04d}: 一天八页, so said Family{at:04d} at {at}." for at in range(450))
    mask = Mask(names)
    started = time.perf_counter()
    assert "Given" not in mask(text) and "Family" not in mask(text)
    first = time.perf_counter() - started
    started = time.perf_counter()
    for _ in range(200):
        mask("A title of ten words that names Given0007 and nobody else.")
    assert first < 1 and time.perf_counter() - started < 0.5
