"""An interviewee is told from nobody else's words: where few people hold a job role, no page, list, answer of the API, export or
document tells their name, job role, region or level to who may not know them; nor whose account it is.

One such person asks for a change, is quoted, and confirms what was written down. Each role reads all that it can reach.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from flask_babel import force_locale

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import db, reading
from reqtrack.documents import actions as documents
from reqtrack.documents.catalogue import DOCUMENTS
from reqtrack.documents.contexts.common import Reader
from reqtrack.errors import ReqtrackError
from reqtrack.exchange import exporting
from reqtrack.interviews.policy import Person
from reqtrack.items.kinds import KINDS
from tests.architecture.harbour import (
    ACCOUNT,
    LATE_TELLING,
    PERSON,
    SAID,
    SECRET,
    TELLING,
    everything,
)
from tests.architecture.prepared import Prepared
from tests.architecture.test_visibility import told
from tests.architecture.walks import Answer
from tests.rendering.samples import pages_of

UNKNOWING = ("reader", *(pytest.param(one, marks=pytest.mark.full) for one in ("implementer", "project_manager")))


def reader(made: Prepared, login: str) -> Reader:
    actor = actor_of(user_by_login(login))[0]
    return Reader(actor, project_for(actor, "CRM"), "en", "http://localhost")


def contexts(made: Prepared, login: str, keys: dict[str, str]) -> Iterator[str]:
    """What each document would print for a reader."""
    with made.app.test_request_context("/"), force_locale("en"), reading():
        who = reader(made, login)
        for document in DOCUMENTS.values():
            for subject in ("", "BL-1", "BL-2", "RND-1", "SGN-1", keys["change"]):
                try:
                    about = document.subject(who.actor, who.project, subject)
                    yield json.dumps(document.build(who, about), ensure_ascii=False, default=str)
                except ReqtrackError:
                    continue


def exports(made: Prepared, login: str) -> Iterator[str]:
    """What each kind is exported as."""
    with made.app.test_request_context("/"), reading():
        who = reader(made, login)
        for kind in KINDS.values():
            for form in ("csv", "gherkin") if kind.name == "acceptance" else ("csv",):
                yield exporting.export(who.actor, who.project, kind, form).decode()


def naming(texts: Iterable[str]) -> list[str]:
    return [word for text in texts for word in (*TELLING, *LATE_TELLING) if word.lower() in text.lower()]


def naming_pages(answers: Iterable[Answer], words: Iterable[str]) -> list[str]:
    """As ``told``, however the word is written."""
    plain = (replace(one, text=one.text.lower()) for one in answers)
    return told(plain, [one.lower() for one in words])


@pytest.mark.parametrize("login", UNKNOWING)
def test_nobody_learns_who_said_it_or_asked_for_it(harbour: tuple[Prepared, dict[str, str]], login: str) -> None:
    made, keys = harbour
    answers = everything(made, login, keys)
    assert naming_pages(answers, (*TELLING, *LATE_TELLING)) == []
    assert naming(contexts(made, login, keys)) == []
    assert naming(exports(made, login)) == []
    if login != "implementer":
        shown = {one.url: one for one in answers if one.status == 200}
        assert PERSON["department"] in shown[f"/p/CRM/changes/{keys['change']}"].text
        assert PERSON["department"] in shown[f"/p/CRM/interview/{keys['interview']}"].text


@pytest.mark.parametrize("login", [*UNKNOWING, "polymath"])
def test_nobody_reads_what_nobody_shall_see(harbour: tuple[Prepared, dict[str, str]], login: str) -> None:
    """The sentence is the interviewer's alone, and backs nothing: not for other analysts, nor for who holds every role."""
    made, keys = harbour
    assert told(everything(made, login, keys), [SECRET]) == []
    assert [text for text in (*contexts(made, login, keys), *exports(made, login)) if SECRET in text] == []
    backs = made.world.client(login).get("/api/v1/projects/CRM/requirements/REQ-2").json
    assert int(keys["hidden"]) not in backs.get("evidence", [])


@pytest.mark.parametrize("word", [*TELLING[:2], *LATE_TELLING])
def test_nobody_finds_what_somebody_said_by_their_name(harbour: tuple[Prepared, dict[str, str]], word: str) -> None:
    made, keys = harbour
    for login in ("reader", "analyst"):
        client = made.world.client(login)
        for url in ("/api/v1/projects/CRM/search", "/api/v1/projects/CRM/interviews", "/p/CRM/interviews"):
            found = client.get(f"{url}?q={word}")
            assert found.status_code == 200
            assert not [
                key for key in (keys["interview"], keys["late"]) if f'"{key}"' in found.text or f"/{key}" in found.text
            ]


def test_the_interviewer_reads_it(harbour: tuple[Prepared, dict[str, str]]) -> None:
    made, keys = harbour
    assert f"/p/CRM/interview/{keys['interview']}: {SECRET}" in told(everything(made, "analyst", keys), [SECRET])


def test_what_is_noted_of_people_is_read_by_who_may(harbour: tuple[Prepared, dict[str, str]]) -> None:
    """Each note stands on some page of an analyst's, whole: that others do not find the name in it proves something."""
    made, keys = harbour
    # What is to be asked is kept as everybody may read it.
    asked = SAID["guide"].replace("Oleander", PERSON["department"])
    noted = {*SAID.values(), asked} - {SAID["guide"]}
    found = told(everything(made, "analyst", keys), tuple(noted))
    assert {line.rpartition(": ")[2] for line in found} == noted


@pytest.mark.parametrize("login", ["reader", pytest.param("project_manager", marks=pytest.mark.full)])
def test_a_correction_is_between_the_two(harbour: tuple[Prepared, dict[str, str]], login: str) -> None:
    made, keys = harbour
    assert told(everything(made, login, keys), ["every second night"]) == []


def test_not_even_a_mark_of_the_person_is_an_implementers(harbour: tuple[Prepared, dict[str, str]]) -> None:
    made, keys = harbour
    answers = everything(made, "implementer", keys)
    assert told(answers, (PERSON["department"], "stakeholder:")) == []
    change = next(one for one in answers if one.url == f"/api/v1/projects/CRM/changes/{keys['change']}")
    assert change.status == 200 and json.loads(change.text)["asked_by"] is None


@pytest.mark.parametrize("login", ["auditor", "project_manager"])
def test_whose_account_was_heard_stands_at_no_interview(harbour: tuple[Prepared, dict[str, str]], login: str) -> None:
    made, keys = harbour
    client = made.world.client(login)
    pages = [
        f"/p/CRM/interview/{keys['interview']}",
        "/p/CRM/stakeholders",
        "/p/CRM/discover",
        f"/p/CRM/changes/{keys['change']}",
    ]
    api = [f"interviews/{keys['interview']}", "stakeholders", "excerpts", "changes", f"changes/{keys['change']}"]
    texts = [client.get(url).text for url in (*pages, *(f"/api/v1/projects/CRM/{one}" for one in api))]
    # Any member can be chosen in a form.
    said = [re.sub(r"<option.*?</option>|<label class=.rq-choice.>.*?</label>", "", text) for text in texts]
    assert [text for text in said if ACCOUNT in text or '"heard"' in text] == []
    events = client.get("/api/v1/projects/CRM/events?limit=200").json
    while events["next"]:
        more = client.get(f"/api/v1/projects/CRM/events?limit=200&after={events['next']}").json
        events = {"items": events["items"] + more["items"], "next": more["next"]}
    moved = [
        one for one in events["items"] if one["subject"] == keys["interview"] and one["action"] == "interview.moved"
    ]
    assert [(one["actor"], one["actor_name"]) for one in moved][-1] == (None, PERSON["department"])


def test_the_level_goes_with_the_job_role(harbour: tuple[Prepared, dict[str, str]]) -> None:
    made, keys = harbour
    client = made.world.client("auditor")
    person = client.get(f"/api/v1/projects/CRM/stakeholders/{keys['person']}").json
    assert {name: person[name] for name in ("name", "label", "job_role", "level", "region", "user")} == {
        "name": None, "label": PERSON["department"], "job_role": None, "level": None, "region": None, "user": None,
    }  # fmt: skip
    quotes = [
        one for one in client.get("/api/v1/projects/CRM/excerpts?limit=200").json["items"] if "wick" in one["quote"]
    ]
    assert [(one["role"], one["level"]) for one in quotes] == [(PERSON["department"], None)]


def test_paper_tells_no_name_even_to_who_may_know_it(harbour: tuple[Prepared, dict[str, str]]) -> None:
    made, keys = harbour
    with made.app.app_context():
        with reading():
            who = reader(made, "analyst")
            db.session.expunge_all()
        with made.app.test_request_context():
            made_of = [
                documents.produce(who.actor, who.project, name, keys["change"], "en")[1]
                for name in ("change-record", "impact")
            ]
    text = "".join(part for data in made_of for part in pages_of(data))
    assert PERSON["department"].replace(" ", "") in text
    assert [word for word in TELLING if word.replace(" ", "") in text] == []


def test_who_may_know_reads_it(harbour: tuple[Prepared, dict[str, str]]) -> None:
    """Each word stands on some page of an analyst's: were it not there, its absence would prove nothing."""
    made, keys = harbour
    words = {*TELLING, *(one for one in LATE_TELLING if one != "多多姐")}
    found = naming_pages(everything(made, "analyst", keys), words)
    assert {line.rpartition(": ")[2] for line in found} >= {one.lower() for one in words}
    for page in (
        f"interview/{keys['late']}",
        f"evidence-documents/{keys['document']}",
        f"import/{keys['run']}",
        "questions-to-ask",
    ):
        assert f"/p/CRM/{page}: barnabas" in found


def test_nobody_changes_what_they_may_not_read(harbour: tuple[Prepared, dict[str, str]]) -> None:
    made, _keys = harbour
    client = made.world.client("project_manager")
    listed = client.get("/api/v1/projects/CRM/stakeholders?limit=200").json["items"]
    one = f"/api/v1/projects/CRM/stakeholders/{listed[-1]['id']}"
    headers = {"X-CSRFToken": client.token(), "If-Match": f'"{listed[-1]["version"]}"'}
    for field, value in (
        ("name", "Nemo"),
        ("job_role", "Clerk"),
        ("region", "Hill"),
        ("level", "manager"),
        ("user", ""),
    ):
        refused = client.patch(one, json={field: value}, headers=headers)
        assert refused.status_code == 403 and refused.json["reasons"][0]["field"] == field
    assert 'name="job_role"' not in client.get(f"/p/CRM/stakeholders/{listed[-1]['id']}").text
    assert client.patch(one, json={"department": PERSON["department"]}, headers=headers).status_code == 200


def test_where_enough_people_do_it_the_job_role_is_told() -> None:
    from reqtrack.interviews import policy

    holders = {("Sales", "Rep", "East"): 3, ("Sales", "Rep", "West"): 2, ("Stock", "Rep", "East"): 1}
    known = Person(1, "Ann", "", "Sales", "Rep", "frontline", "East", 1, "ann", known=True)
    told_ = policy.as_told(known, holders)
    assert (told_.name, told_.user, told_.job_role, told_.region, told_.level) == ("", "", "Rep", "East", "frontline")
    assert policy.label("Sales", "Rep", "West", holders) == "Sales" and policy.label("", "Rep", "West", holders) == ""
    # Beside the department that is told, it is how many do it there that counts.
    alone = policy.as_told(replace(known, department="Stock"), holders)
    assert (alone.job_role, alone.region, alone.level) == ("", "", "")
    assert policy.label("Stock", "Rep", "East", holders) == "Stock"
