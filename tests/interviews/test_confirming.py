"""The interviewee's own word: asked for by a link, given by one button, void when the text moves; and nothing told beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from reqtrack import clock
from reqtrack.accounts import actions as accounts
from reqtrack.accounts import limits
from reqtrack.audit.models import AccessEvent, Event
from reqtrack.audit.record import newest_seq
from reqtrack.db import db
from reqtrack.errors import Refused
from reqtrack.interviews import actions, policy, queries
from reqtrack.interviews.actions import confirming
from reqtrack.interviews.actions.confirming import Answer
from reqtrack.interviews.models import Confirmation, Correction, Excerpt
from reqtrack.items import store
from reqtrack.items.models import PersonalText
from reqtrack.items.queries import item_for
from reqtrack.permissions import SYSTEM
from reqtrack.requirements import actions as requirements
from tests.architecture.recorder import recording
from tests.support.caller import Caller
from tests.support.world import OPERATOR, Browser, Scene, World

NOTES = """# 早上

王海涛：填一个客户要翻八页，我站在人家车间门口。

李娜：报价要等三天。[旧表](/p/CRM/i/REQ-1) 见 REQ-1。

王海涛：电话全填一三八。"""
EIGHT, THREE, PHONE = "填一个客户要翻八页", "报价要等三天", "电话全填一三八"


class Talk:
    """An interview of two people by the analyst, written up, with three quotes; and what one does with it."""

    def __init__(self, world: World, heard: int = 2) -> None:
        self.world = world
        world.cast()
        with world.write("analyst") as scene:
            self.wang, self.li = (
                actions.add_stakeholder(scene.actor, scene.project, one).id
                for one in (
                    {"name": "王海涛", "department": "销售部", "job_role": "一线销售"},
                    {"name": "李娜", "department": "财务部", "job_role": "会计", "user": "contributor"},
                )
            )
        people = [self.wang, self.li][:heard]
        told = {"title": "一天", "stakeholders": people, "notes": NOTES, "held_on": "2026-03-02"}
        self.key = world.item("interview", "analyst", **told)
        with world.write("analyst") as scene:
            item = self.item(scene)
            self.quotes = {words: actions.mark(scene.actor, item, words).id for words in (EIGHT, THREE, PHONE)}
            actions.make_move(scene.actor, item, "write", {})

    def item(self, scene: Scene) -> Any:
        return item_for(scene.actor, scene.project.id, self.key, "interview")

    def ask(self, person: int = 0, **more: Any) -> str:
        """The path of a fresh link."""
        with self.world.write("analyst") as scene:
            wanted = {"locale": "en", **more}
            return "/confirm/" + confirming.ask(scene.actor, self.item(scene), person or self.wang, **wanted)[1]

    def stage(self) -> str:
        with self.world.read() as scene:
            return str(self.item(scene).stage)

    def states(self) -> list[tuple[int | None, str, str]]:
        """Who was asked, which way they answered, and where that stands."""
        with self.world.read() as scene:
            return [(one.person, one.way, one.state) for one in queries.asked_of(self.item(scene))]

    def edit(self, notes: str = NOTES + "\n\n补一句。") -> None:
        with self.world.write("analyst") as scene:
            item = self.item(scene)
            store.edit(scene.actor, item, {"notes": notes}, seen=item.version)

    def shown_as(self) -> dict[str, str]:
        with self.world.read():
            rows = db.session.execute(select(Excerpt.id, Excerpt.shown_as)).all()
        known = {row.id: row.shown_as for row in rows}
        return {words: known[number] for words, number in self.quotes.items()}


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world)


@pytest.fixture
def alone(world: World) -> Talk:
    return Talk(world, heard=1)


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', text)
    assert found is not None
    return found[1]


def yes(browser: Browser, path: str, **more: str) -> Any:
    """Open the page and press its one button."""
    return browser.send(path, {"seen": seen(browser.get(path, buffered=True).text), "do": "confirm", **more})


def same(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """An answer without what differs for each request."""
    text = re.sub(r'(csrf-token" content|name="csrf_token" value)="[^"]*"', r"\1", answer.text)
    return answer.status_code, text, sorted((name, value) for name, value in answer.headers if name != "Set-Cookie")


# -- one tap -----------------------------------------------------------------------------------------------------------


def test_one_button_confirms(alone: Talk) -> None:
    path = alone.ask()
    browser = alone.world.client()
    before = _seq(alone)
    for _ in range(3):  # chat programs open links beforehand
        assert browser.get(path).status_code == 200
    assert (_seq(alone), alone.stage()) == (before, "written")
    page = browser.get(path).text
    assert (
        page.index("Who will see your words")
        < page.index("What was written down")
        < page.index("Yes, that is what I do")
    )
    assert EIGHT in page and "林知夏" in page and "required" not in page
    done = yes(browser, path)
    assert (done.status_code, done.location) == (303, path)
    assert alone.stage() == "confirmed"
    assert alone.states() == [(alone.wang, "link", "confirmed")]
    assert "Thank you" in browser.get(path).text


def _seq(talk: Talk) -> int:
    with talk.world.read() as scene:
        return newest_seq(scene.project.id)


def test_the_page_of_the_interviewer_shows_the_link_this_once(alone: Talk) -> None:
    browser = alone.world.client("analyst")
    sent = {"stakeholder": str(alone.wang), "locale": "zh_Hans_CN", "days": "7"}
    made = browser.send(f"/p/CRM/interview/{alone.key}/confirmations", sent)
    assert made.status_code == 201 and "王海涛" in made.text
    link = re.search(r"http://localhost(/confirm/\w+)", made.text)
    assert link is not None and f'src="{link[1]}/qr.png"' in made.text
    message = made.text.split('id="message"')[1].split("</p>")[0]
    assert "您好" in message and "王海涛" not in message, "in the language of its page, naming nobody who was heard"
    page = browser.get(f"/p/CRM/interview/{alone.key}").text
    assert link[1] not in page and "Asked" in page and "link until" in page
    assert browser.get(f"{link[1]}/qr.png").mimetype == "image/png"
    shown = alone.world.client(language="en").get(link[1])
    assert "谁会看到你的话" in shown.text and 'lang="zh-Hans"' in shown.text
    assert "Who will see your words" in alone.world.client(language="zh").get(f"{link[1]}?lang=en").text
    assert alone.world.client().get(link[1].upper()).location == link[1], "as a QR code spells it"
    with alone.world.read():
        row = db.session.execute(select(Confirmation)).scalar_one()
        assert row.expires_at - row.asked_at == timedelta(days=7) and link[1].rpartition("/")[2] not in row.digest


def test_it_shows_the_write_up_and_nothing_else(talk: Talk) -> None:
    """No name but the person's own, no key, no way into the project, no frame."""
    talk.world.requirement("analyst", title="Secret plan")
    page = talk.world.client().get(talk.ask()).text
    main = page.split("<main")[1].split("</main>")[0]
    assert "王海涛" in page and THREE in page
    assert [word for word in ("李娜", "Secret plan", "/p/CRM") if word in page] == []
    assert re.findall(r'href="([^"#]*)"', main) == [] and "旧表" in main and "<nav" not in page
    theirs = talk.world.client().get(talk.ask(talk.li)).text
    assert "李娜" in theirs and "王海涛" not in theirs and "销售部：填一个客户" in theirs


def test_opening_and_answering_are_noted_and_name_nobody(alone: Talk) -> None:
    path = alone.ask()
    browser = alone.world.client()
    yes(browser, path, **{f"shown-{alone.quotes[EIGHT]}": "role", "words-0": "不是八页，是十一页。"})
    browser.get("/confirm/guessed", buffered=True)
    with alone.world.read() as scene:
        rows = db.session.execute(
            select(Event).where(Event.project_id == scene.project.id).order_by(Event.seq)
        ).scalars()
        events = [one for one in rows if one.action.startswith(("confirmation.", "excerpt.shown", "interview.moved"))]
        opened = db.session.execute(select(AccessEvent).order_by(AccessEvent.seq)).scalars().all()
        assert [(one.actor, one.action) for one in events][-4:] == [
            ("analyst", "confirmation.asked"),
            ("interviewee", "excerpt.shown"),
            ("interviewee", "confirmation.answered"),
            ("interviewee", "interview.moved"),
        ]
        told = "".join(f"{one.before}{one.after}{one.reason}{one.actor_name}{one.subject}" for one in events)
        assert [word for word in ("王", "海涛", EIGHT, "十一页") if word in told] == []
        assert [one.action for one in opened] == ["opened", "answered", "refused"]
        secret = path.rpartition("/")[2]
        assert not any(secret in f"{one.subject}{one.detail}" for one in opened)


# -- refused alike -----------------------------------------------------------------------------------------------------


def spoiled(talk: Talk) -> dict[str, str]:
    """Links that are worth nothing any more, by why."""
    with clock.at(clock.now() - timedelta(days=15)):
        expired = talk.ask(talk.li)
    revoked = talk.ask(talk.li)
    with talk.world.write("analyst") as scene:
        row = db.session.execute(select(Confirmation).order_by(Confirmation.id.desc()).limit(1)).scalar_one()
        confirming.revoke(scene.actor, talk.item(scene), row)
    replaced = talk.ask(talk.wang)
    used = talk.ask(talk.wang)
    assert yes(talk.world.client(), used).status_code == 303
    with clock.at(clock.now() - timedelta(days=400)):
        told_out = talk.ask(talk.li)
        yes(talk.world.client(), told_out)
    return {
        "expired": expired, "revoked": revoked, "replaced": replaced, "used": used, "told out": told_out,
        "guessed": "/confirm/" + "a" * 32, "short": "/confirm/a", "signs": "/confirm/%27--",
    }  # fmt: skip


def test_all_that_is_refused_is_refused_alike(talk: Talk) -> None:
    """Expired, taken back, replaced, used, guessed: one status, the same bytes, and one look-up by the digest."""
    links = spoiled(talk)
    browser = talk.world.client()
    token = browser.token()
    gone, asked = {}, {}
    with recording(talk.world.app) as recorder:
        for why, path in links.items():
            for method in ("get", "post"):
                if (why, method) == ("used", "get"):
                    continue  # it tells what became of the words
                recorder.clear()
                fields = {"csrf_token": token, "seen": "0" * 64, "do": "confirm"}
                answer = browser.get(path) if method == "get" else browser.post(path, data=fields)
                gone[why, method] = same(answer)
                asked[why, method] = [
                    re.sub(r"'[^']*'", "?", statement)
                    for part in recorder for statement in part.counted if "confirmations" in statement
                ]  # fmt: skip
    assert {one[0] for one in gone.values()} == {404}
    assert len({str(one) for one in gone.values()}) == 1
    for method in ("get", "post"):
        statements = {str(told) for (_why, how), told in asked.items() if how == method}
        assert len(statements) == 1 and "digest" in statements.pop()
    assert all(len(told) == 1 for told in asked.values())


def test_a_secret_of_another_kind_opens_nothing(talk: Talk) -> None:
    world = talk.world
    with world.write("project_manager") as scene:
        secret = accounts.invite(scene.actor, scene.project, ["tester"])
    refused = same(world.client().get(f"/confirm/{secret}"))
    assert refused == same(world.client().get("/confirm/nothing"))
    assert world.client().get(talk.ask().replace("/confirm/", "/join/")).status_code == 404


def test_nothing_of_another_project_or_interview_is_reached(talk: Talk) -> None:
    """The numbers of one interview lead nowhere in another, whoever asks."""
    talk.ask()
    world = talk.world
    world.project("OPS", "Operations")
    world.member("analyst", "analyst", project="OPS")
    world.item("interview", "analyst", "OPS", title="Elsewhere")
    other = world.item("interview", "analyst", title="Another")
    browser = world.client("analyst")
    with world.read():
        number = db.session.execute(select(Confirmation.id)).scalar_one()
    for project, key in (("OPS", "INT-1"), ("CRM", other)):
        assert browser.send(f"/p/{project}/interview/{key}/confirmations/{number}/revoke").status_code == 404
        assert browser.send(f"/p/{project}/interview/{key}/corrections/1/settle").status_code == 404
        assert browser.get(f"/p/{project}/interview/{key}/confirming/{talk.wang}").status_code == 404
        asked = browser.send(
            f"/p/{project}/interview/{key}/confirmations", {"stakeholder": str(talk.wang), "locale": "en"}
        )
        assert asked.status_code in (409, 422)
    assert talk.states() == [(talk.wang, "link", "waits")]


def test_a_used_link_confirms_nothing_again(alone: Talk) -> None:
    path = alone.ask()
    browser = alone.world.client()
    yes(browser, path)
    alone.edit()
    again = browser.send(path, {"seen": "0" * 64, "do": "confirm"})
    assert again.status_code == 404 and alone.stage() == "written"
    assert "changed after you said yes" in browser.get(path).text


def test_links_cannot_be_guessed_quickly(alone: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.LIMITS, "link", (limits.parse("3 per minute"),))
    path = alone.ask()
    browser = alone.world.client()
    assert [browser.get(f"/confirm/{guess}").status_code for guess in "abcd"] == [404, 404, 404, 429]
    assert browser.get(path).status_code == browser.send(path).status_code == 429


def test_in_an_archived_project_nothing_is_answered(alone: Talk) -> None:
    path = alone.ask()
    browser = alone.world.client()
    told = seen(browser.get(path).text)
    with alone.world.write("project_manager") as scene:
        accounts.archive_project(scene.actor, scene.project)
    refused = browser.send(path, {"seen": told, "do": "confirm"})
    assert refused.status_code == 409 and "archived" in refused.text and alone.stage() == "written"


# -- who sees whose words they are -------------------------------------------------------------------------------------


def test_who_sees_each_quote_is_chosen_with_the_word(talk: Talk) -> None:
    path = talk.ask()
    browser = talk.world.client()
    page = browser.get(path).text
    assert all(f'name="shown-{talk.quotes[words]}"' in page for words in (EIGHT, PHONE))
    assert f'name="shown-{talk.quotes[THREE]}"' not in page, "not their words"
    chosen = {f"shown-{talk.quotes[EIGHT]}": "role", f"shown-{talk.quotes[PHONE]}": "hidden"}
    assert yes(browser, path, **chosen).status_code == 303
    assert talk.shown_as() == {EIGHT: "role", THREE: "name", PHONE: "hidden"}
    assert talk.states() == [(talk.wang, "link", "confirmed")], "the choice is part of what was confirmed"
    told = browser.get(path).text
    assert "You asked that nobody sees this sentence" in told and PHONE in told


@pytest.mark.sqlite
@pytest.mark.parametrize(("quote", "choice"), [(THREE, "hidden"), (EIGHT, "everybody")])
def test_nobody_chooses_for_others_or_what_there_is_not(talk: Talk, quote: str, choice: str) -> None:
    path = talk.ask()
    refused = yes(talk.world.client(), path, **{f"shown-{talk.quotes[quote]}": choice, "words": "那不是我说的"})
    assert refused.status_code == 422 and "那不是我说的" in refused.text
    assert set(talk.shown_as().values()) == {"name"} and talk.stage() == "written"


def test_a_hidden_sentence_is_read_by_nobody_else(talk: Talk) -> None:
    """Not by the other who was heard either; the requirement that it backed loses it."""
    with talk.world.write("analyst") as scene:
        made = actions.make_from(
            scene.actor, scene.project, talk.item(scene), "requirement", PHONE, {"title": "Phones"}
        )
        key = made.key
    yes(talk.world.client(), talk.ask(), **{f"shown-{talk.quotes[PHONE]}": "hidden"})
    assert PHONE not in talk.world.client().get(talk.ask(talk.li)).text
    assert PHONE not in talk.world.client("auditor").get(f"/p/CRM/interview/{talk.key}").text
    assert PHONE in talk.world.client("analyst").get(f"/p/CRM/interview/{talk.key}").text
    reader = Caller(talk.world, "tester")
    assert reader("GET", f"/requirements/{key}").json["evidence"] == []


def test_a_hidden_word_is_taken_out_where_it_was_said(talk: Talk) -> None:
    """Its sentence is; the same word in what others said stays, and so do words that do not stand in the notes any more."""
    with talk.world.write("analyst") as scene:
        word, day = (actions.mark(scene.actor, talk.item(scene), one).id for one in ("三", "天"))
    yes(talk.world.client(), talk.ask(talk.li), **{f"shown-{word}": "hidden", f"shown-{day}": "hidden"})
    page = talk.world.client().get(talk.ask(talk.wang)).text
    assert PHONE in page and "[not shown" in page and "报价要等" not in page
    talk.edit(NOTES.replace(THREE, "报价很快"))
    page = talk.world.client().get(talk.ask(talk.wang)).text
    assert PHONE in page and "报价很快" in page and "[not shown" not in page


def test_what_still_says_a_hidden_sentence_is_to_be_reworded(talk: Talk) -> None:
    """Whoever held the interview is told where it stands, until it does not any more."""
    made = []
    with talk.world.write("analyst") as scene:
        item = talk.item(scene)
        for kind, values in (("requirement", {}), ("scenario", {"title": "Phones"}), ("requirement", {"title": PHONE})):
            made.append(actions.make_from(scene.actor, scene.project, item, kind, PHONE, values).key)
    page = f"/p/CRM/interview/{talk.key}"
    path = talk.ask()
    browser, analyst = talk.world.client(), talk.world.client("analyst")
    assert "nothing more is made of it. What already says it, 林知夏 is told to reword" in browser.get(path).text
    assert "To be reworded" not in analyst.get(page).text
    yes(browser, path, **{f"shown-{talk.quotes[PHONE]}": "hidden"})
    assert waiting(talk, "analyst") == [made[0], made[2]], "the scenario is called otherwise"
    shown = analyst.get(page).text.split('id="reword"')[1].split("</section>")[0]
    assert made[0] in shown and made[2] in shown and made[1] not in shown
    assert "wants nobody to see: reword it" in analyst.get("/").text
    assert "To be reworded" not in talk.world.client("project_manager").get(page).text
    assert waiting(talk, "project_manager") == []
    with talk.world.write("analyst") as scene:
        first, second = (item_for(scene.actor, scene.project.id, made[at]) for at in (0, 2))
        store.edit(scene.actor, first, {"title": "Phone", "statement": "A phone number has 11 digits."}, seen=1)
        actions.unback(scene.actor, second, talk.quotes[PHONE])
    assert waiting(talk, "analyst") == [made[2]], "taken off, it still says it"
    assert "To be reworded" in analyst.get(page).text


def waiting(talk: Talk, login: str) -> list[str]:
    with talk.world.read(login) as scene:
        return [one.key for one in queries.waiting_for(scene.actor)]


# -- several people, and the text that moves ---------------------------------------------------------------------------


def test_it_is_confirmed_when_all_who_were_asked_have(talk: Talk) -> None:
    first, second = talk.ask(talk.wang), talk.ask(talk.li)
    yes(talk.world.client(), first)
    assert (talk.stage(), [state for *_rest, state in talk.states()]) == ("written", ["confirmed", "waits"])
    yes(talk.world.client(), second)
    assert talk.stage() == "confirmed"


def test_who_is_not_asked_any_more_holds_nobody_up(talk: Talk) -> None:
    first, _second = talk.ask(talk.wang), talk.ask(talk.li)
    yes(talk.world.client(), first)
    with talk.world.read():
        number = db.session.execute(select(Confirmation.id).where(Confirmation.stakeholder_id == talk.li)).scalar_one()
    browser = talk.world.client("analyst")
    assert browser.send(f"/p/CRM/interview/{talk.key}/confirmations/{number}/revoke").status_code == 303
    assert talk.stage() == "confirmed"
    before = _seq(talk)
    assert browser.send(f"/p/CRM/interview/{talk.key}/confirmations/{number}/revoke").status_code == 303
    assert _seq(talk) == before, "worth nothing already"


def test_a_late_question_or_correction_opens_it_again(talk: Talk) -> None:
    """Confirmed is what all who were asked have confirmed, also who is asked last."""
    yes(talk.world.client(), talk.ask(talk.wang))
    assert talk.stage() == "confirmed"
    second = talk.ask(talk.li)
    assert talk.stage() == "written"
    browser = talk.world.client()
    told = seen(browser.get(second).text)
    assert browser.send(second, {"seen": told, "do": "correct", "words": "全错了"}).status_code == 303
    assert talk.stage() == "written" and [one[2] for one in talk.states()] == ["confirmed", "waits"]
    assert yes(browser, second).status_code == 303 and talk.stage() == "confirmed"


def test_who_was_not_asked_corrects_and_it_stands_open(talk: Talk) -> None:
    yes(talk.world.client(), talk.ask(talk.wang))
    heard = Caller(talk.world, "contributor")
    assert heard("POST", f"/interviews/{talk.key}/corrections", {"body": "全错了"}).status_code == 201
    assert talk.stage() == "written"
    assert "said that they are not right" in talk.world.client("auditor").get(f"/p/CRM/interview/{talk.key}").text


def heard(talk: Talk, *people: int) -> None:
    with talk.world.write("analyst") as scene:
        item = talk.item(scene)
        store.edit(scene.actor, item, {"stakeholders": list(people)}, seen=item.version)


def test_who_was_not_heard_after_all_opens_nothing(talk: Talk) -> None:
    """Neither the link that waits nor the one that tells; nobody waits for them, and named again they are asked as before."""
    first, second = talk.ask(talk.wang), talk.ask(talk.li)
    yes(talk.world.client(), first)
    browser = talk.world.client()
    told = seen(browser.get(second).text)
    heard(talk, talk.wang)
    assert same(browser.get(second)) == same(browser.get("/confirm/guessed"))
    assert browser.send(second, {"seen": told, "do": "confirm"}).status_code == 404
    assert talk.states() == [(talk.wang, "link", "confirmed"), (talk.li, "link", "revoked")]
    assert (
        talk.stage() == "confirmed"
        and "link until"
        not in talk.world.client("analyst")
        .get(f"/p/CRM/interview/{talk.key}")
        .text.split("Taken back")[1]
        .split("</li>")[0]
    )
    heard(talk, talk.wang, talk.li)
    assert talk.stage() == "written" and browser.get(second).status_code == 200
    heard(talk, talk.li)
    assert browser.get(first).status_code == 404, "what became of their words"


@pytest.mark.parametrize("how", ["notes", "passage"])
def test_what_is_edited_afterwards_stands_unconfirmed(alone: Talk, how: str) -> None:
    """Visibly: derived from what was seen, so that nothing has to be reset."""
    yes(alone.world.client(), alone.ask())
    if how == "notes":
        alone.edit()
    else:
        with alone.world.write("analyst") as scene:
            actions.mark(scene.actor, alone.item(scene), "我站在人家车间门口")
    assert alone.stage() == "written"
    assert alone.states() == [(alone.wang, "link", "earlier")]
    page = alone.world.client("auditor").get(f"/p/CRM/interview/{alone.key}").text
    assert "Confirmed an earlier text" in page and "after they had been confirmed." in page
    again = alone.ask()
    yes(alone.world.client(), again)
    assert alone.stage() == "confirmed"
    assert [state for *_rest, state in alone.states()] == ["earlier", "confirmed"]


def test_another_who_hides_a_sentence_takes_no_word_back(talk: Talk) -> None:
    first, second = talk.ask(talk.wang), talk.ask(talk.li)
    yes(talk.world.client(), first)
    yes(talk.world.client(), second, **{f"shown-{talk.quotes[THREE]}": "hidden"})
    assert talk.stage() == "confirmed" and {state for *_rest, state in talk.states()} == {"confirmed"}


def test_what_moved_since_it_was_opened_is_not_confirmed(alone: Talk) -> None:
    path = alone.ask()
    browser = alone.world.client()
    fields = {
        "seen": seen(browser.get(path).text),
        "do": "confirm",
        "words-1": "多写了一页",
        f"shown-{alone.quotes[EIGHT]}": "role",
    }
    alone.edit()
    refused = browser.send(path, fields)
    assert refused.status_code == 409 and "read them again" in refused.text and "补一句" in refused.text
    assert "多写了一页" in refused.text and 'value="role" checked' in refused.text
    assert alone.states() == [(alone.wang, "link", "waits")] and set(alone.shown_as().values()) == {"name"}
    assert browser.send(path, {"do": "confirm"}).status_code == 422, "a form that does not say what it shows"


# -- no reply ----------------------------------------------------------------------------------------------------------


def test_after_the_days_of_the_project_it_is_no_reply(alone: Talk) -> None:
    """Calendar days in the project's zone: asked on the 1st in Shanghai, the 8th is the last of seven days."""
    asked = datetime(2027, 3, 1, 15, 30, tzinfo=UTC)  # half past eleven at night there
    with clock.at(asked):
        path = alone.ask()
    for at, state in (
        (datetime(2027, 3, 8, 15, 59, tzinfo=UTC), "waits"),
        (datetime(2027, 3, 8, 16, 1, tzinfo=UTC), "no_reply"),
    ):
        with clock.at(at):
            assert alone.states() == [(alone.wang, "link", state)]
    with clock.at(asked + timedelta(days=10)):
        assert "No reply" in alone.world.client("auditor").get(f"/p/CRM/interview/{alone.key}").text
        assert alone.stage() == "written"
        yes(alone.world.client(), path)
        assert alone.stage() == "confirmed", "the link is good for longer"


def test_a_project_sets_its_days(alone: Talk) -> None:
    manager = alone.world.client("project_manager")
    fields = {"seen": "1", "reply_days": "2"}
    assert 'name="reply_days"' in manager.get("/p/CRM/settings").text
    assert manager.send("/p/CRM/settings", fields).status_code == 303
    for wrong in ("0", "366", "soon", ""):
        assert manager.send("/p/CRM/settings", {**fields, "seen": "2", "reply_days": wrong}).status_code == 422, wrong
    caller = Caller(alone.world, "project_manager", "admin")
    assert caller("GET", "").json["reply_days"] == 2
    alone.ask()
    with clock.at(clock.now() + timedelta(days=4)):
        assert alone.states() == [(alone.wang, "link", "no_reply")]
    changed = caller("PATCH", "", {"reply_days": 30}, If_Match="*")
    assert changed.status_code == 200 and changed.json["reply_days"] == 30
    with clock.at(clock.now() + timedelta(days=4)):
        assert alone.states() == [(alone.wang, "link", "waits")]


@pytest.mark.parametrize(("day", "late"), [(1, False), (8, False), (9, True)])
def test_the_days_to_reply(day: int, late: bool) -> None:
    assert policy.is_no_reply(date(2027, 3, 1), date(2027, 3, day), 7) is late


# -- corrections -------------------------------------------------------------------------------------------------------


def test_what_is_not_right_is_said_at_its_place(talk: Talk) -> None:
    path = talk.ask()
    browser = talk.world.client()
    told = seen(browser.get(path).text)
    fields = {"seen": told, "do": "correct", "words-0": "不是八页，是十一页。", "words": "还有打印。", "quote": "电话"}
    fields[f"shown-{talk.quotes[PHONE]}"] = "hidden"
    assert browser.send(path, fields).status_code == 303
    assert "What you said is not right" in browser.get(path).text and "不是八页，是十一页。" in browser.get(path).text
    assert talk.stage() == "written" and talk.states() == [(talk.wang, "link", "waits")]
    assert talk.shown_as()[PHONE] == "hidden", "who sees their words is done at once"
    page = talk.world.client("analyst").get(f"/p/CRM/interview/{talk.key}").text
    assert "不是八页，是十一页。" in page and f"“王海涛：{EIGHT}" in page and "还有打印。" in page
    for reader in ("auditor", "tester", "project_manager", "contributor"):
        assert "十一页" not in talk.world.client(reader).get(f"/p/CRM/interview/{talk.key}").text, reader
    work = talk.world.client("analyst").get("/").text
    assert "2 things are not right" in work and f"/p/CRM/interview/{talk.key}#corrections" in work
    with talk.world.read() as scene:
        numbers = [one.id for one in queries.corrections(talk.item(scene), str)]
        assert [one.settled_at for one in queries.corrections(talk.item(scene), str)] == [None, None]
    analyst = talk.world.client("analyst")
    for number in numbers:
        assert analyst.send(f"/p/CRM/interview/{talk.key}/corrections/{number}/settle").status_code == 303
        assert analyst.send(f"/p/CRM/interview/{talk.key}/corrections/{number}/settle").status_code == 303
    assert "not right" not in analyst.get("/").text
    assert "Seen to" in browser.get(path).text
    assert yes(browser, path).status_code == 303, "a correction does not use the link up"


def test_a_correction_is_a_personal_text(alone: Talk) -> None:
    path = alone.ask()
    browser = alone.world.client()
    browser.send(path, {"seen": seen(browser.get(path).text), "do": "correct", "words-0": "不是八页"})
    with alone.world.read():
        row = db.session.execute(select(Correction)).scalar_one()
        bodies = set(
            db.session.execute(
                select(PersonalText.body).where(PersonalText.digest.in_((row.body, row.passage)))
            ).scalars()
        )
        assert "不是八页" in bodies and len(row.body) == len(row.passage) == 64


@pytest.mark.sqlite
def test_nothing_said_is_no_correction_and_nothing_typed_is_lost(alone: Talk) -> None:
    path = alone.ask()
    browser = alone.world.client()
    told = seen(browser.get(path).text)
    empty = browser.send(path, {"seen": told, "do": "correct", "words-0": "  ", f"shown-{alone.quotes[EIGHT]}": "name"})
    assert empty.status_code == 422 and "Write what is not right" in empty.text
    long = browser.send(path, {"seen": told, "do": "correct", "words-1": "长" * 4001, "quote": "八页"})
    assert long.status_code == 422 and "at most 4000" in long.text and "长" * 4001 in long.text and "八页" in long.text
    assert alone.states() == [(alone.wang, "link", "waits")]


@pytest.mark.sqlite
def test_a_long_write_up_is_confirmed_and_corrected(alone: Talk) -> None:
    """There is a field beside each paragraph; those that say something count."""
    alone.edit("\n\n".join(f"第{number}句话。" for number in range(205)))
    path = alone.ask()
    browser = alone.world.client()
    sent = {f"words-{at}": "" for at in range(205)}
    told = {"seen": seen(browser.get(path).text)}
    many = browser.send(path, {**told, **dict.fromkeys(sent, "不对"), "do": "correct"})
    assert many.status_code == 422 and "At most 200 corrections" in many.text
    assert browser.send(path, {**told, **sent, "words-204": "不对", "do": "correct"}).status_code == 303
    assert yes(browser, path, **sent).status_code == 303 and alone.stage() == "confirmed"


# -- face to face, and signed in ---------------------------------------------------------------------------------------


def test_face_to_face_on_the_interviewers_device(talk: Talk) -> None:
    browser = talk.world.client("analyst")
    assert f"/confirming/{talk.wang}" in browser.get(f"/p/CRM/interview/{talk.key}").text
    path = f"/p/CRM/interview/{talk.key}/confirming/{talk.wang}"
    page = browser.get(path).text
    assert "Yes, that is what I do" in page and "<nav" not in page and "李娜" not in page and "rq-side" not in page
    talk.ask(talk.wang)
    assert yes(browser, path, **{f"shown-{talk.quotes[EIGHT]}": "role"}).location.startswith(path)
    assert talk.states() == [(talk.wang, "face_to_face", "confirmed")], "what was asked by a link is answered"
    assert talk.shown_as()[EIGHT] == "role" and talk.stage() == "confirmed"
    assert "Please give the device back." in browser.get(path).text
    assert yes_again(browser, path) == 409


def yes_again(browser: Browser, path: str) -> int:
    return int(browser.send(path, {"seen": "0" * 64, "do": "confirm"}).status_code)


def test_who_was_heard_answers_signed_in(talk: Talk) -> None:
    browser = talk.world.client("contributor")
    work = browser.get("/").text
    path = f"/p/CRM/interview/{talk.key}/confirming/{talk.li}"
    assert path in work and "is it right?" in work
    assert browser.get(f"/p/CRM/interview/{talk.key}/confirming/{talk.wang}").status_code == 403
    assert yes(browser, path).status_code == 303
    assert talk.states() == [(talk.li, "signed_in", "confirmed")] and talk.stage() == "confirmed"
    assert path not in browser.get("/").text
    talk.edit()
    assert path in browser.get("/").text, "another text waits for their word"
    assert "李娜" not in talk.world.client("auditor").get(f"/p/CRM/interview/{talk.key}").text


@pytest.mark.parametrize("login", ["tester", "auditor", "project_manager", "business_owner"])
def test_nobody_else_says_it_for_them(talk: Talk, login: str) -> None:
    browser = talk.world.client(login)
    path = f"/p/CRM/interview/{talk.key}/confirming/{talk.wang}"
    assert browser.get(path).status_code == 403
    assert browser.send(path, {"seen": "0" * 64, "do": "confirm"}).status_code == 403
    assert talk.states() == []


def test_an_analyst_who_did_not_lead_it_asks_and_does_not_answer(talk: Talk) -> None:
    talk.world.member("other", "analyst")
    path = f"/p/CRM/interview/{talk.key}/confirming/{talk.wang}"
    browser = talk.world.client("other")
    page = browser.get(path).text
    assert "Only who was heard can confirm it" in page and "Yes, that is what I do" not in page
    assert browser.send(path, {"seen": seen(page), "do": "confirm"}).status_code == 403
    sent = {"stakeholder": str(talk.wang), "locale": "en"}
    assert browser.send(f"/p/CRM/interview/{talk.key}/confirmations", sent).status_code == 201


@pytest.mark.parametrize("actor", [OPERATOR, SYSTEM])
def test_no_program_of_the_house_confirms(talk: Talk, actor: Any) -> None:
    with pytest.raises(Refused), talk.world.write() as scene:
        confirming.answer_as(actor, talk.item(scene), talk.wang, Answer(confirms=True))
    with talk.world.write() as scene:
        assert confirming.ask(actor, talk.item(scene), talk.wang, locale="en")[1]


def test_of_several_the_interviewer_says_who_it_is(talk: Talk) -> None:
    refused = talk.world.client("analyst").send(f"/p/CRM/i/{talk.key}/moves/confirm", {"seen_stage": "written"})
    assert refused.status_code == 409 and "each says it for themselves" in refused.text


# -- asking ------------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_who_asks_and_when(world: World) -> None:
    talk = Talk(world)
    sent = {"stakeholder": str(talk.wang), "locale": "en"}
    url = f"/p/CRM/interview/{talk.key}/confirmations"
    assert world.client("tester").send(url, sent).status_code == 403
    manager = world.client("project_manager").send(url, sent)
    assert manager.status_code == 403 and "Only the interviewer and analysts" in manager.text
    analyst = world.client("analyst")
    for wrong in ({"stakeholder": "99"}, {"days": "0"}, {"days": "91"}, {"locale": "fr"}, {"stakeholder": ""}):
        assert analyst.send(url, {**sent, **wrong}).status_code == 422, wrong
    planned = world.item("interview", "analyst", title="Later", stakeholders=[talk.wang])
    refused = analyst.send(f"/p/CRM/interview/{planned}/confirmations", sent)
    assert refused.status_code == 409 and "not written up yet" in refused.text and "no notes yet" in refused.text
    page = analyst.get(f"/p/CRM/interview/{planned}").text
    assert "not written up yet" in page and "no notes yet" in page
    yes(world.client(), talk.ask())
    assert analyst.send(url, sent).status_code == 409, "they have confirmed this very text"


def test_the_language_of_the_page_is_that_of_whom_it_is_for(talk: Talk) -> None:
    """It is set beforehand where all read the same, else it follows who is chosen."""
    world, url = talk.world, f"/p/CRM/interview/{talk.key}"
    analyst = world.client("analyst")
    assert 'name="locale" value="zh_Hans_CN" checked' in analyst.get(url).text
    assert "By their name" not in analyst.get(url).text
    with world.write("analyst") as scene:
        facts = {"name": "Ann Lee", "department": "Board"}
        ann = actions.add_stakeholder(scene.actor, scene.project, facts).id
    heard(talk, talk.wang, ann)
    assert 'name="locale" value="" checked' in analyst.get(url).text
    for person, told in ((talk.wang, "谁会看到你的话"), (ann, "Who will see your words")):
        made = analyst.send(f"{url}/confirmations", {"stakeholder": str(person), "locale": ""})
        link = re.search(r"http://localhost(/confirm/\w+)", made.text)
        assert link is not None and told in world.client().get(link[1]).text


def test_the_policy_tells_every_reason() -> None:
    verdict = policy.may_ask(policy.NOBODY, 1, "INT-1", None, "held", written=False)
    assert [one.code for one in verdict.reasons] == ["not_interviewer", "not_written", "no_notes"]
    assert policy.may_ask(SYSTEM, 1, "INT-1", None, "written", written=True)


# -- what became of their words ----------------------------------------------------------------------------------------


def rejected(scene: Scene, item: Any) -> None:
    requirements.move(scene.actor, item, "reject", reason="李娜 has a better way.")


def deferred(scene: Scene, item: Any) -> None:
    requirements.move(scene.actor, item, "defer", until="after the fair")


def approved(scene: Scene, item: Any) -> None:
    store.move(scene.actor, item, "approved")


@pytest.mark.parametrize(
    ("then", "told"),
    [
        (None, ["Wanted, not decided yet", "Must"]),
        (approved, ["Decided", "Must", "第一阶段"]),
        (deferred, ["Put off", "until after the fair"]),
        (rejected, ["Not taken up", "Why: 财务部 has a better way."]),
    ],
)
def test_the_same_link_tells_what_became_of_their_words(
    alone: Talk, then: Callable[..., None] | None, told: list[str]
) -> None:
    path = alone.ask()
    with alone.world.write("analyst") as scene:
        values = {"title": "One page", "tier": "must"}
        key = actions.make_from(scene.actor, scene.project, alone.item(scene), "requirement", EIGHT, values).key
    alone.world.requirement("analyst", title="Nothing of theirs")
    if then is approved:
        with alone.world.write("analyst") as scene:
            item = item_for(scene.actor, scene.project.id, key)
            store.edit(scene.actor, item, {"phase": queries_phase(scene)}, seen=item.version)
    if then is not None:
        with alone.world.write("project_manager") as scene:
            then(scene, item_for(scene.actor, scene.project.id, key))
    browser = alone.world.client()
    assert "One page" not in browser.get(path).text
    yes(browser, path)
    page = browser.get(path).text
    assert [word for word in ("One page", *told) if word not in page] == []
    assert [word for word in ("Nothing of theirs", key, "/p/CRM", "李娜") if word in page] == []
    with clock.at(clock.now() + timedelta(days=360)):
        assert browser.get(path).status_code == 200
    with clock.at(clock.now() + timedelta(days=366)):
        assert browser.get(path).status_code == 404


def queries_phase(scene: Scene) -> int:
    from reqtrack.requirements.models import Phase

    return int(db.session.execute(select(Phase.id).where(Phase.project_id == scene.project.id).limit(1)).scalar_one())


# -- over the API ------------------------------------------------------------------------------------------------------


def test_programs_read_what_they_confirm(talk: Talk) -> None:
    """As the page shows it: what was marked meanwhile, or chosen of it, is not confirmed unread."""
    analyst, heard, auditor = (Caller(talk.world, login) for login in ("analyst", "contributor", "auditor"))
    base = f"/interviews/{talk.key}"
    read = heard("GET", f"{base}/write-up").json
    assert read["stakeholder"] == talk.li and "王海涛" not in str(read)
    assert read["quotes"] == [{"id": talk.quotes[THREE], "quote": THREE, "shown_as": "name"}]
    assert any(THREE in one for one in read["paragraphs"])
    assert analyst("GET", f"{base}/write-up?stakeholder={talk.wang}").json["stakeholder"] == talk.wang
    assert analyst("GET", f"{base}/write-up?stakeholder=999").status_code == 404
    assert heard("GET", f"{base}/write-up?stakeholder={talk.wang}").status_code == 403
    assert auditor("GET", f"{base}/write-up").status_code == 403
    with talk.world.write("analyst") as scene:
        actions.mark(scene.actor, talk.item(scene), "报价")
    for path, said in (("confirmation", {}), ("corrections", {"body": "两天"})):
        late = heard("POST", f"{base}/{path}", {**said, "seen": read["seen"]})
        assert (late.status_code, late.json["reasons"][0]["code"]) == (409, "moved"), path
    again = heard("GET", f"{base}/write-up").json["seen"]
    assert heard("POST", f"{base}/confirmation", {"seen": again}).json["stage"] == "confirmed"


def test_programs_ask_confirm_and_correct(talk: Talk) -> None:
    analyst, heard, auditor = (Caller(talk.world, login) for login in ("analyst", "contributor", "auditor"))
    base = f"/interviews/{talk.key}"
    asked = analyst("POST", f"{base}/confirmations", {"stakeholder": talk.wang})
    assert asked.status_code == 201 and "/confirm/" in asked.json["link"] and asked.json["state"] == "waits"
    assert "link" not in analyst("GET", f"{base}/confirmations/{asked.json['id']}").json
    said = heard("POST", f"{base}/corrections", {"passage": THREE, "body": "两天。王海涛 知道。"})
    assert said.status_code == 201 and "王海涛" not in said.json["body"]
    assert heard("POST", f"{base}/corrections", {"body": " "}).status_code == 422
    assert auditor("POST", f"{base}/corrections", {"body": "Mine"}).status_code == 403
    assert auditor("GET", f"{base}/corrections").json["items"] == []
    assert [one["body"] for one in analyst("GET", f"{base}/corrections").json["items"]] == ["两天。王海涛 知道。"]
    settled = analyst("POST", f"{base}/corrections/{said.json['id']}/settlement", {})
    assert settled.status_code == 201 and settled.json["settled_by"] == "analyst"
    confirmed = heard("POST", f"{base}/confirmation", {"shown_as": {str(talk.quotes[THREE]): "role"}})
    assert (confirmed.status_code, confirmed.json["stage"]) == (201, "written"), "the other was asked, too"
    together = analyst("POST", f"{base}/confirmation", {})
    assert together.status_code == 409 and together.json["reasons"][0]["code"] == "several"
    assert analyst("POST", f"{base}/confirmation", {"stakeholder": talk.wang}).json["stage"] == "confirmed"
    rows = auditor("GET", f"{base}/confirmations").json["items"]
    assert [(one["state"], one["way"]) for one in rows] == [("confirmed", "face_to_face"), ("confirmed", "signed_in")]
    assert "contributor" not in str(rows), "whose account was heard stands nowhere"
    assert analyst("DELETE", f"{base}/confirmations/{asked.json['id']}").status_code == 204
    assert analyst("GET", f"{base}").json["stage"] == "confirmed"
