"""Deciding by a one-time link with a code: what opens it, what uses it up, what ends it, and that it is judged as any other vote."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.accounts.roles import ROLE_NAMES
from reqtrack.changes import actions
from reqtrack.changes import queries as waits
from reqtrack.changes.models import AskLink
from reqtrack.changes.queries.asking import ask_for
from reqtrack.db import db
from reqtrack.errors import Invalid, Refused
from tests.changes.conftest import Desk
from tests.support.meter import Queries
from tests.support.world import OPERATOR, Browser


def edits(req: str, new: str = "Two levels.") -> list[dict[str, Any]]:
    return [{"item": req, "field": "statement", "new": new}]


def asked(desk: Desk, key: str, who: str = "business_owner", by: str = "contributor", **more: Any) -> tuple[str, str]:
    """The address, and the code that the analyst passes on."""
    with desk.world.write(by) as scene:
        row, secret = actions.ask_by_link(scene.actor, desk.item(scene, key), who, **more)
        number = row.id
    return f"/ask/{secret}", told(desk, key, number)


def told(desk: Desk, key: str, number: int, by: str = "analyst") -> str:
    """The code as somebody passes it on."""
    with desk.world.write(by) as scene:
        change = desk.item(scene, key)
        return actions.tell_code(scene.actor, change, ask_for(change, number))


def wrong(code: str) -> str:
    return str((int(code) + 1) % 1_000_000).zfill(6)


def visitor(desk: Desk) -> Browser:
    return desk.world.client()


def send(client: Browser, url: str, code: str, **fields: str) -> Any:
    return client.send(url, {"code": code, **fields})


def seen(page: Any) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page.text)
    assert found is not None
    return found.group(1)


@pytest.fixture
def key(desk: Desk, req: str) -> str:
    return desk.deciding(likely=3, edits=edits(req))


def test_one_button_decides_and_uses_it_up(desk: Desk, key: str) -> None:
    url, code = asked(desk, key)
    client = visitor(desk)
    for _again in range(3):
        door = client.get(url)
        assert door.status_code == 200 and "Two levels of approval" not in door.text and key not in door.text
        # Who sends it, from where and for what; not whose it is.
        assert "李晓梅 asks you, in the project “CRM 推广”, to decide on a change." in door.text
        assert "陈立群" not in door.text
    shown = send(client, url, code)
    assert shown.status_code == 200 and "Two levels of approval" in shown.text and "陈立群 answers here" in shown.text
    assert "3 person-days" in shown.text and "/p/CRM" not in shown.text, "nothing leads on"
    assert desk.stage(key) == "deciding", "looking is not answering"
    done = send(client, url, code, outcome="approved", seen=seen(shown))
    assert done.status_code == 200 and "Your yes is recorded" in done.text
    assert desk.stage(key) == "applied"
    (vote,) = desk.dossier(key).votes
    assert (vote.decider, vote.method, vote.seat, vote.outcome) == (
        "business_owner",
        "link",
        "business_owner",
        "approved",
    )
    answered = next(one for one in desk.events(key) if one["action"] == "ask.answered")
    assert answered["actor"] == "business_owner" and answered["after"]["asked_by"] == "contributor"
    assert "by link and code" in desk.world.client("auditor").get(f"/p/CRM/changes/{key}").text
    assert client.get(url).status_code == 404 and send(client, url, code, outcome="approved").status_code == 404
    assert len(desk.dossier(key).votes) == 1


@pytest.mark.parametrize(("outcome", "stage"), [("rejected", "rejected"), ("question", "needs_information")])
def test_no_and_a_question_take_words(desk: Desk, key: str, outcome: str, stage: str) -> None:
    url, code = asked(desk, key)
    client = visitor(desk)
    mark = seen(send(client, url, code))
    again = send(client, url, code, outcome=outcome, seen=mark)
    assert again.status_code == 422 and desk.stage(key) == "deciding"
    assert client.get(url).status_code == 200, "what did not fit uses nothing up"
    assert send(client, url, code, outcome=outcome, seen=mark, reason="Why two?").status_code == 200
    assert desk.stage(key) == stage and client.get(url).status_code == 404


def refusals(desk: Desk, key: str) -> dict[str, tuple[str, str]]:
    """Addresses that are worth nothing, each for another reason, with their codes."""
    found = {"guessed": ("/ask/" + "a" * 32, "123456")}
    found["revoked"] = asked(desk, key)
    found["replaced"] = asked(desk, key)  # takes the first one back
    found["shut"] = asked(desk, key)
    for _once in range(5):
        send(visitor(desk), found["shut"][0], wrong(found["shut"][1]))
    with clock.at(clock.now() - timedelta(days=8)):
        found["expired"] = asked(desk, key)
    return found


def test_whatever_is_the_matter_the_answer_is_the_same(desk: Desk, key: str) -> None:
    told = refusals(desk, key)
    url, code = asked(desk, key)
    mark = seen(send(visitor(desk), url, code))
    send(visitor(desk), url, code, outcome="approved", seen=mark)
    told["used"] = url, code
    with desk.world.write(project="") as scene:
        accounts.disable_user(OPERATOR, user_by_login("business_owner"))
        del scene
    answers = set()
    for at, code in told.values():
        for one in (
            visitor(desk).get(at),
            send(visitor(desk), at, code),
            send(visitor(desk), at, code, outcome="approved"),
        ):
            heads = tuple(sorted((name, text) for name, text in one.headers if name != "Set-Cookie"))
            # The form token is another for each browser, and a page knows its own address.
            answers.add(
                (one.status_code, heads, re.sub(r'name="csrf-token" content="[^"]+"', "", one.text.replace(at, "")))
            )
    assert {one[0] for one in answers} == {404}
    assert len({one[1] for one in answers}) == 1 and len({one[2] for one in answers}) == 1


def test_five_wrong_codes_shut_it(desk: Desk, key: str) -> None:
    url, code = asked(desk, key)
    client = visitor(desk)
    for left in (4, 3, 2, 1):
        turned = send(client, url, wrong(code))
        assert turned.status_code == 303
        page = client.get(url)
        assert page.status_code == 200 and ("One try is left" if left == 1 else f"{left} tries are left") in page.text
    assert send(client, url, wrong(code), outcome="approved").status_code == 303
    assert client.get(url).status_code == 404 and send(client, url, code).status_code == 404
    assert desk.stage(key) == "deciding"
    assert [one["action"] for one in desk.events(key)].count("ask.wrong_code") == 5


def test_the_code_is_typed_as_people_do(desk: Desk, key: str) -> None:
    url, code = asked(desk, key)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    for typed in (f" {code[:3]} {code[3:]} ", f"{code[:3]}-{code[3:]}", wide):
        assert send(visitor(desk), url.upper().replace("/ASK/", "/ask/"), typed).status_code == 200


def test_neither_the_secret_nor_the_code_is_kept(desk: Desk, key: str) -> None:
    url, code = asked(desk, key)
    with desk.world.read("auditor"):
        row = db.session.get(AskLink, 1)
        assert row is not None
        kept = " ".join(str(getattr(row, name.key)) for name in AskLink.__table__.columns)
    assert url.rpartition("/")[2] not in kept and code not in kept
    assert code not in str(desk.events(key))


@pytest.mark.parametrize("what", ["edited", "role lost", "asked for it"])
def test_it_is_judged_as_any_other_vote(desk: Desk, key: str, req: str, what: str) -> None:
    url, code = asked(desk, key)
    client = visitor(desk)
    mark = seen(send(client, url, code))
    if what == "edited":
        desk.do(key, actions.propose, edits(req, "One level."), by="contributor")
    elif what == "role lost":
        desk.world.member("second", "business_owner", name="第二位")
        with desk.world.write("project_manager") as scene:
            accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
            accounts.set_role(OPERATOR, scene.project, user_by_login("business_owner"), "tester")
    else:
        desk.do(key, actions.propose, edits(desk.world.requirement(), "x"), by="analyst")
        with desk.world.write("project_manager") as scene:
            accounts.set_role(OPERATOR, scene.project, user_by_login("business_owner"), "analyst")
        desk.do(key, actions.propose, edits(req, "Mine."), by="business_owner")
    answer = send(client, url, code, outcome="approved", seen=mark)
    assert answer.status_code in (403, 409) and desk.stage(key) != "applied"
    assert client.get(url).status_code == 200, "the link is not used up by what is refused"


def test_a_foreign_sign_in_changes_nothing(desk: Desk, key: str) -> None:
    url, code = asked(desk, key)
    client = desk.world.client("tester")
    mark = seen(send(client, url, code))
    send(client, url, code, outcome="approved", seen=mark)
    (vote,) = desk.dossier(key).votes
    assert vote.decider == "business_owner"


def test_who_asks_whom(desk: Desk, key: str) -> None:
    for by in ("analyst", "sponsor"):
        with pytest.raises(Refused) as refused:
            asked(desk, key, by=by)
        assert [one.code for one in refused.value.reasons] == ["not_yours"] and refused.value.status == 403
    for whom in ("tester", "nobody", "contributor"):
        with pytest.raises(Invalid):
            asked(desk, key, whom)
    with pytest.raises(Invalid):
        asked(desk, key, days=31)
    asked(desk, key, by="project_manager")
    draft = desk.log(edits=[])
    with pytest.raises(Refused) as refused:
        asked(desk, draft)
    assert refused.value.status == 409


def test_the_code_is_passed_on_by_somebody_else(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=3, edits=edits(req))
    desk.do(key, actions.propose, edits(desk.world.requirement(), "x"), by="analyst")
    desk.do(key, actions.reassess, by="contributor")
    desk.assess(key, 3)
    with desk.world.write("project_manager") as scene:
        number = actions.ask_by_link(scene.actor, desk.item(scene, key), "business_owner")[0].id
    # Who made the link, who wrote a part of the change, who asked for it, who decides; and those who answer for nothing.
    for by in ("project_manager", "analyst", "contributor", "business_owner", "tester", "auditor"):
        with pytest.raises(Refused) as refused:
            told(desk, key, number, by)
        assert refused.value.status == 403 and "方文" in str(refused.value.reasons[0].params["who"])
        assert [one.code for one in refused.value.reasons] == ["own_link" if by == "project_manager" else "not_yours"]
    code = told(desk, key, number, "sponsor")
    assert told(desk, key, number, "sponsor") == code and re.fullmatch(r"\d{6}", code)
    assert [one["actor"] for one in desk.events(key) if one["action"] == "ask.code_told"] == ["sponsor", "sponsor"]
    desk.do(key, lambda actor, change: actions.revoke_ask(actor, change, ask_for(change, number)), by="project_manager")
    with pytest.raises(Refused) as refused:
        told(desk, key, number, "sponsor")
    assert refused.value.status == 409


def test_without_anybody_else_there_is_no_link(desk: Desk, key: str) -> None:
    with desk.world.write("project_manager") as scene:
        for role in ("analyst", "sponsor"):
            accounts.end_role(OPERATOR, scene.project, user_by_login(role), role)
    with pytest.raises(Invalid) as refused:
        asked(desk, key, by="project_manager")
    assert [one.code for one in refused.value.reasons] == ["no_teller"]


def test_the_page_shows_the_link_once_and_the_code_to_somebody_else(desk: Desk, key: str) -> None:
    author = desk.world.client("contributor")
    assert "Ask by a link" in author.get(f"/p/CRM/changes/{key}").text
    made = author.send(f"/p/CRM/changes/{key}/asks", {"decider": "business_owner", "days": "7"})
    assert made.status_code == 201
    link = re.search(r"/ask/[a-z0-9]{32}", made.text)
    assert link and "林知夏" in made.text and "ask-code" not in made.text
    assert "The code is passed on by" in author.get(f"/p/CRM/changes/{key}").text
    assert author.send(f"/p/CRM/changes/{key}/asks/1/code").status_code == 403
    second = desk.world.client("analyst")
    assert "Show the code" in second.get(f"/p/CRM/changes/{key}").text
    shown = second.send(f"/p/CRM/changes/{key}/asks/1/code")
    code = re.search(r'id="ask-code">(\d{3}) (\d{3})<', shown.text)
    assert code and link.group(0) not in shown.text
    assert send(visitor(desk), link.group(0), "".join(code.groups())).status_code == 200
    assert author.send(f"/p/CRM/changes/{key}/asks/1/revoke").status_code == 303
    assert visitor(desk).get(link.group(0)).status_code == 404
    assert author.send(f"/p/CRM/changes/{key}/asks", {"decider": "tester"}).status_code == 422


def test_small_ones_too_are_marked_as_by_link(desk: Desk, req: str) -> None:
    small = desk.deciding(edits=edits(req))
    url, code = asked(desk, small, "project_manager")
    client = visitor(desk)
    send(client, url, code, outcome="approved", seen=seen(send(client, url, code)))
    (vote,) = desk.dossier(small).votes
    assert vote.method == "link" and desk.stage(small) == "applied"


def test_tier_and_phase_are_part_of_what_was_seen(desk: Desk, req: str) -> None:
    """A link offers no choice of them: what it shows is what is decided."""
    key = desk.deciding(likely=3, edits=edits(req), tier="should", phase="Phase 1")
    url, code = asked(desk, key)
    page = send(visitor(desk), url, code)
    assert "Should" in page.text and "Phase 1" in page.text
    desk.do(key, actions.edit_content, {"tier": "later"}, by="contributor")
    done = send(visitor(desk), url, code, outcome="approved", seen=seen(page))
    assert done.status_code == 409 and desk.stage(key) == "deciding"
    again = send(visitor(desk), url, code)
    assert "Later" in again.text
    assert send(visitor(desk), url, code, outcome="approved", seen=seen(again)).status_code == 200
    assert desk.read(key).tier == "later"


def test_a_void_vote_chooses_nothing(desk: Desk, req: str) -> None:
    key = desk.deciding(likely=12, edits=edits(req), tier="should", phase="Phase 1")
    desk.decide(key, by="sponsor", tier="later")
    desk.do(key, actions.propose, edits(req, "One."), by="contributor")
    desk.do(key, actions.edit_content, {"tier": "must"}, by="contributor")
    desk.assess(key, 3)
    url, code = asked(desk, key)
    send(visitor(desk), url, code, outcome="approved", seen=seen(send(visitor(desk), url, code)))
    assert desk.stage(key) == "applied" and desk.read(key).tier == "must"


@pytest.mark.parametrize("what", ["member no more", "decided"])
def test_a_link_shows_nothing_once_it_cannot_be_answered(desk: Desk, key: str, what: str) -> None:
    url, code = asked(desk, key)
    if what == "decided":
        desk.decide(key, "rejected", by="business_owner", reason="No.")
    else:
        with desk.world.write("project_manager") as scene:
            accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
    assert visitor(desk).get(url).status_code == 404 and send(visitor(desk), url, code).status_code == 404


# -- the code waits for those who may pass it on -----------------------------------------------------------------------


def to_tell(desk: Desk, by: str) -> list[str]:
    """The addresses at which somebody is to show a code."""
    with desk.world.read(by) as scene:
        rows = [one for one in waits.waiting_for(scene.actor) if one.kind == "pass_on"]
    return [f"/p/CRM/changes/{one.key}/asks/{one.href_args['number']}/code" for one in rows]


def test_who_holds_a_code_finds_it_in_their_work_until_the_link_is_answered(desk: Desk, key: str) -> None:
    assert not any(to_tell(desk, by) for by in ("analyst", "project_manager", "sponsor"))
    url, code = asked(desk, key)
    held = {by for by in ROLE_NAMES if by != "administrator" and to_tell(desk, by)}
    # Neither who decides, nor who made the link and wants the change, nor whoever passes nothing on.
    assert held == {"analyst", "project_manager", "sponsor"}
    (place,) = to_tell(desk, "analyst")
    analyst = desk.world.client("analyst")
    shown = analyst.get("/").text
    assert f"Show the code for {key} to 陈立群 when they ask for it." in shown and place in shown
    assert code not in shown.replace(" ", "") and "Codes to tell" in shown
    before = analyst.get(place)
    assert before.status_code == 200 and code not in before.text and f"{code[:3]} {code[3:]}" not in before.text
    events = [one["action"] for one in desk.events(key)].count("ask.code_told")
    assert f"{code[:3]} {code[3:]}" in analyst.send(place, {}).text
    assert [one["action"] for one in desk.events(key)].count("ask.code_told") == events + 1
    assert to_tell(desk, "analyst") == [place], "they may ask for it once more"
    for by in ("business_owner", "contributor", "tester"):
        assert desk.world.client(by).get(place).status_code == 403
    assert desk.world.client("outsider").get(place).status_code == 404
    send(visitor(desk), url, code, outcome="question", reason="How many?", seen=seen(send(visitor(desk), url, code)))
    assert to_tell(desk, "analyst") == [] and analyst.get(place).status_code == 409


@pytest.mark.parametrize("how", ["taken back", "over", "shut", "decided", "voted", "left", "renewed"])
def test_a_code_that_nobody_needs_waits_for_nobody(desk: Desk, key: str, how: str) -> None:
    if how == "voted":
        desk.do(key, actions.edit_content, {"tier": "must"}, by="contributor")
        desk.assess(key, 20)
    url, code = asked(desk, key)
    (place,) = to_tell(desk, "analyst")
    if how == "taken back":
        with desk.world.write("contributor") as scene:
            change = desk.item(scene, key)
            actions.revoke_ask(scene.actor, change, ask_for(change, int(place.split("/")[-2])))
    elif how == "shut":
        for _ in range(5):
            send(visitor(desk), url, wrong(code))
    elif how == "decided":
        desk.decide(key, "rejected", by="business_owner", reason="No.")
    elif how == "voted":
        assert desk.decide(key, by="business_owner", tier="must").stage == "deciding"
    elif how == "left":
        with desk.world.write("project_manager") as scene:
            accounts.end_role(OPERATOR, scene.project, user_by_login("business_owner"), "business_owner")
    elif how == "renewed":
        asked(desk, key)
        (other,) = to_tell(desk, "analyst")
        assert other != place
        return
    with clock.at(clock.now() + timedelta(days=8 if how == "over" else 0)):
        assert to_tell(desk, "analyst") == []


def test_many_codes_cost_no_statement_more(desk: Desk, key: str, queries: Queries) -> None:
    counts = []
    for _ in range(3):
        with desk.world.read("analyst") as scene:
            queries.clear()
            waits.waiting_for(scene.actor)
            counts.append(len(queries))
        req = desk.world.requirement(title="Another", statement="Three.", tier="should")
        asked(desk, desk.deciding(likely=3, edits=edits(req)))
    assert counts[1] == counts[2], counts
