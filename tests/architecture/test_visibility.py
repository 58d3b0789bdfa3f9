"""Rule 1, the second half: what may not be seen is not seen, on any page, list, search, document or answer of the API.

Words are planted where only some may read them (prepared.py); each reader walks every GET route, and no answer may hold one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote

import pytest
from flask import Response
from flask_babel import force_locale

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import reading
from reqtrack.documents.catalogue import DOCUMENTS
from reqtrack.documents.contexts.common import Reader
from reqtrack.errors import ReqtrackError
from reqtrack.items.queries import item_for, versions
from reqtrack.web.area import Area
from tests.architecture.conftest import ALL
from tests.architecture.harbour import READS, everything
from tests.architecture.prepared import (
    CONTACT,
    CORRECTION,
    COSTS,
    DATA,
    DEPARTMENT,
    DRAFTS,
    ELSEWHERE,
    FEEDBACK,
    HEARD,
    HEARD_BY_MANAGER,
    INTERVIEWS,
    QUOTES,
    Prepared,
)
from tests.architecture.samples import stops
from tests.architecture.walks import Answer, walk, walk_of

Harbour = tuple[Prepared, dict[str, str]]
Asking = Callable[[Prepared, str, Sequence[str]], list[Answer]]
NAMES = (*HEARD, HEARD[0].split()[0], HEARD[0].split()[1])
# What an implementer must not see, each with the part of it that is searched for.
HIDDEN = (
    *NAMES, CORRECTION, HEARD_BY_MANAGER, *COSTS, *DRAFTS, *QUOTES, *INTERVIEWS, DEPARTMENT, ELSEWHERE, FEEDBACK, CONTACT, DATA,
)  # fmt: skip


# What its holder sees, whoever they are; tests/interviews/test_confirming.py looks at it.
HELD = "/confirm/<secret>"


def told(answers: Iterable[Answer], words: Sequence[str]) -> list[str]:
    """Where one of the words is told: ``/address: word``."""
    found = []
    for answer in answers:
        if answer.stop.rule == HELD:
            continue
        said = f"{answer.text}\n{answer.headers}"
        found += [f"{answer.url}: {word}" for word in words if word in said]
    return found


def searching(made: Prepared, login: str, word: str) -> list[Answer]:
    """Every list of the project, asked for a word."""
    lists = [
        stop for stop in stops(made) if "project" in stop.arguments and set(stop.arguments) <= {"project", "plural"}
    ]
    return walk_of(made, login, [(stop, f"{stop.url}?q={quote(word)}") for stop in lists])


@pytest.mark.parametrize("house", ALL, indirect=True)
def test_an_implementer_sees_agreed_things_without_people_and_costs(house: Prepared) -> None:
    assert told(walk(house, "implementer"), HIDDEN) == []


def test_an_implementer_sees_no_more_where_more_was_said_and_agreed(harbour: Harbour) -> None:
    assert told(everything(harbour[0], "implementer", harbour[1]), HIDDEN) == []


def telling(made: Prepared, login: str, words: Sequence[str]) -> list[Answer]:
    """What somebody is answered where one who may see all is told one of the words, or is not answered."""
    asked = [one for one in walk(made, "polymath") if one.status != 200 or told([one], words)]
    assert any(one.status == 200 for one in asked)
    return walk_of(made, login, [(one.stop, one.url) for one in asked])


def everywhere(made: Prepared, login: str, words: Sequence[str]) -> list[Answer]:
    """What somebody is answered wherever they ask."""
    return walk(made, login)


# On each page, in ``make check-all``.
ASKED = pytest.mark.parametrize("asked", [telling, pytest.param(everywhere, marks=pytest.mark.full)])


def test_an_implementer_asks_each_list_for_what_is_hidden(sqlite_house: Prepared) -> None:
    asked = searching(sqlite_house, "implementer", "walrus")
    assert len(asked) > 40
    assert told(asked, HIDDEN) == []


def test_an_implementer_finds_nothing_by_words_of_what_is_hidden(sqlite_house: Prepared) -> None:
    client = sqlite_house.world.client("implementer")
    for words in ("walrus", "kettle", "avalanche", "barometer", "marmalade", "conversation", "月下", "REQ-3", "INT-1"):
        found = client.get(f"/api/v1/projects/CRM/search?q={quote(words)}").json["items"]
        assert found == [], words
    assert [one["key"] for one in client.get("/api/v1/projects/CRM/search?q=stall").json["items"]] == ["REQ-1"]


def test_an_implementer_learns_nothing_of_the_changes_behind_what_they_see(harbour: Harbour) -> None:
    """A change that took effect on agreed scope: its key, title and reason are nobody's who was not asked to assess it."""
    made, keys = harbour
    words = (keys["agreed"], "goes first", "Nutmeg")
    with made.world.read("analyst") as scene:
        requirement = item_for(scene.actor, scene.project.id, "REQ-1")
        (number,) = [one.number for one in versions(requirement) if one.change == keys["agreed"]]
    more = [stop for stop in stops(made) if stop.rule == "/p/<project>/i/<key>/history/<int:number>"]
    newest = [(more[0], f"/p/CRM/i/REQ-1/history/{number}")]
    assert told([*everything(made, "implementer", keys), *walk_of(made, "implementer", newest)], words) == []
    assert told(searching(made, "implementer", "Mulberry"), words) == []
    assert told(walk_of(made, "auditor", newest), words[:2]) != []


def test_readers_of_interviews_never_learn_who_was_heard(harbour: Harbour) -> None:
    """All roles that read interviews but hold no right to names, in one person; searching for the name tells nothing."""
    made, keys = harbour
    assert {"tester", "contributor", "auditor", "sponsor", "business_owner"} == set(READS)
    words = (*NAMES, CORRECTION, HEARD_BY_MANAGER, *HEARD_BY_MANAGER.split(), ELSEWHERE)
    assert told(everything(made, "reader", keys), words) == []
    first, last = HEARD[0].split()
    assert told(searching(made, "reader", first), (last, *HEARD)) == []


@ASKED
def test_a_project_manager_knows_whom_they_heard_and_nobody_else(sqlite_house: Prepared, asked: Asking) -> None:
    assert told(asked(sqlite_house, "project_manager", NAMES), NAMES) == []
    shown = sqlite_house.world.client("project_manager").get("/p/CRM/interview/INT-2").text
    assert HEARD_BY_MANAGER in shown


@ASKED
def test_costs_are_for_those_who_may_read_them(sqlite_house: Prepared, asked: Asking) -> None:
    made = sqlite_house
    for role in ("tester", "contributor"):
        made.world.member("uncosted", role)
    assert told(asked(made, "uncosted", COSTS), COSTS) == []


@ASKED
def test_how_to_reach_who_gave_feedback_is_for_who_answers_it(sqlite_house: Prepared, asked: Asking) -> None:
    made = sqlite_house
    for role in ("tester", "contributor", "auditor", "sponsor"):
        made.world.member("unanswering", role)
    answers = asked(made, "unanswering", [CONTACT, FEEDBACK])
    assert told(answers, [CONTACT]) == [] and told(answers, [FEEDBACK]) != []
    assert told(searching(made, "unanswering", "lantern"), [CONTACT]) == []
    assert told(asked(made, "project_manager", [CONTACT]), [CONTACT]) != []


def test_a_search_does_not_tell_that_a_name_stands_somewhere(sqlite_house: Prepared) -> None:
    """A2: hits by an interviewee's name would tell who said what, to whoever may not know."""
    for login in ("auditor", "tester"):
        client = sqlite_house.world.client(login)
        for name in NAMES:
            assert client.get(f"/api/v1/projects/CRM/search?q={quote(name)}").json["items"] == [], name
            for plural in ("interviews", "requirements"):
                url = f"/api/v1/projects/CRM/{plural}?q={quote(name)}"
                assert client.get(url).json["items"] == [], url


@pytest.mark.parametrize(
    ("login", "words"), [("tester", (*NAMES, *COSTS)), ("auditor", NAMES), ("project_manager", NAMES)]
)
def test_documents_tell_no_more_than_pages(sqlite_house: Prepared, login: str, words: Sequence[str]) -> None:
    """A3: what each document would print for a reader."""
    made = sqlite_house
    built = 0
    with made.app.test_request_context("/"), force_locale("en"), reading():
        actor = actor_of(user_by_login(login))[0]
        project = project_for(actor, "CRM")
        for document in DOCUMENTS.values():
            for subject in ("", "BL-1", "BL-2", "RND-1", "SGN-1", "CR-1", "CR-3"):
                reader = Reader(actor, project, "en", "http://localhost")
                try:
                    about = document.subject(actor, project, subject)
                    context = document.build(reader, about)
                    attached = document.carried(reader, about) if document.carried else None
                except ReqtrackError:
                    continue
                built += 1
                said = json.dumps([context, getattr(attached, "data", attached)], ensure_ascii=False, default=str)
                assert [word for word in words if word in said] == [], (document.name, subject)
    assert built >= len(DOCUMENTS)


# -- the walks are not blind -------------------------------------------------------------------------------------------


def test_who_may_see_the_planted_words_does(sqlite_house: Prepared) -> None:
    """Each planted word stands on some page: were it not there for an analyst, its absence would prove nothing."""
    found = told(walk(sqlite_house, "polymath"), HIDDEN)
    missing = [word for word in HIDDEN if word != ELSEWHERE and not any(line.endswith(f": {word}") for line in found)]
    assert set(missing) <= set(COSTS), missing
    assert not set(COSTS) <= set(missing)
    assert not [line for line in found if ELSEWHERE in line]


def test_the_walk_notices_a_list_without_the_visibility_query(planted_house: object) -> None:
    """The rule broken on purpose: a list that shows every requirement of the project to everybody."""
    from flask import g, jsonify
    from sqlalchemy import select

    from reqtrack.db import db
    from reqtrack.items.models import Item

    area = Area("planted", __name__, url_prefix="/p/<project>")

    @area.page("/planted", "project.read")
    def titles(project: str) -> Response:
        return jsonify(list(db.session.execute(select(Item.title).where(Item.project_id == g.project_id)).scalars()))

    made: Prepared = planted_house(area)  # type: ignore[operator]
    some = [(stop, stop.url) for stop in stops(made) if stop.endpoint.startswith(("planted", "requirements"))]
    found = told(walk_of(made, "implementer", some), HIDDEN)
    assert {line.partition(":")[0] for line in found} == {"/p/CRM/planted"}
    assert set(DRAFTS) <= {line.partition(": ")[2] for line in found}
