"""Problems: sentences with places, in any language, there and back through a child."""

from reqtrack.files.problems import FileProblem, Place, Problem, refuse, warning

CHINESE = {
    "%(place)s: %(sentence)s": "%(place)s：%(sentence)s",
    ", ": "，",
    "row %(row)s": "第 %(row)s 行",
    "column “%(column)s”": "“%(column)s”列",
    "Tier “%(text)s” is unknown.": "优先级“%(text)s”不认识。",
}


def test_a_problem_is_a_sentence_with_its_place():
    problem = Problem("Tier “%(text)s” is unknown.", {"text": "很急"}, Place("a.csv", row=3, column="优先级"))
    assert str(problem) == "a.csv, row 3, column “优先级”: Tier “很急” is unknown."
    assert (
        problem.sentence(lambda msgid: CHINESE.get(msgid, msgid)) == "a.csv，第 3 行，“优先级”列：优先级“很急”不认识。"
    )


def test_the_line_of_a_row_is_for_machines_only():
    assert Place("a.csv", row=3, line=9).words() == "a.csv, row 3"
    assert Place("a.csv", line=9).words() == "a.csv, line 9"


def test_percent_signs_in_a_file_do_no_harm():
    assert str(warning("x", "“%(text)s” is odd.", text="100%s %(a)d")) == "“100%s %(a)d” is odd."


def test_problems_survive_the_way_through_a_child():
    problem = warning("x", "Row %(row)s.", Place("a", "b", "c", 1, 2, "d"), "Mend %(row)s.", row=1)
    assert Problem.from_plain(problem.to_plain()) == problem


def test_more_of_a_place_can_be_added_but_not_changed():
    problem = refuse("x", "Wrong.", Place(row=3)).at(file="a.csv", row=4).problems[0]
    assert problem.place == Place("a.csv", row=3)


def test_a_file_problem_says_everything():
    refusal = FileProblem([Problem("One."), Problem("Two.", place=Place(line=2))])
    assert str(refusal) == "One. line 2: Two."
    assert [reason.message for reason in refusal.reasons] == ["One.", "Two."]
