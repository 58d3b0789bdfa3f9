"""The prepared world once more, with somebody in it whom few know: where few people hold a job role, it tells who they are.

They were heard, ask for a change, are quoted, and confirm what was written down; what was agreed changes, too. Each role reads all
that it can reach, once for all tests.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal

from reqtrack.accounts.queries import user_by_login
from reqtrack.changes import actions as changes
from reqtrack.feedback import actions as feedback
from reqtrack.interviews import actions, queries
from reqtrack.interviews.actions import confirming, guide, plan
from reqtrack.interviews.actions import guide as guides
from reqtrack.interviews.actions import plan as planning
from reqtrack.items import actions as talk
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES
from reqtrack.scenarios import actions as flows
from reqtrack.scenarios.queries import prompts as flow_prompts
from tests.architecture.prepared import Prepared, proved
from tests.architecture.samples import Stop, alike, stops
from tests.architecture.walks import Answer, walk_of

PERSON = {
    "name": "Ignatius Oleander", "department": "Harbour office", "job_role": "Lamplighter-in-chief", "region": "Saltmarsh",
    "level": "executive", "user": "heard",
}  # fmt: skip
# What gives them away, each with the part of it that is searched for.
TELLING = ("Ignatius", "Oleander", PERSON["job_role"], PERSON["region"])
# The account is a member's, so it stands in lists of members; who was heard by it stands nowhere.
ACCOUNT = "Iggy Account"
# What they want nobody to see but who interviewed them, with the part of it that is searched for.
HIDDEN = "The oil is watered by the quartermaster."
SECRET = "quartermaster"
NOTES = f"Ignatius: The wick drowns each night.\n\nIt takes Oleander an hour, and nobody asks.\n\nIgnatius: {HIDDEN}"
# Notes name people in more ways than one.
NOTES += "\n\n我和Ignatius Oleander谈过，Oleander说要油。\n\nOLEANDER: nobody. \n\n10:05 ignatius: more oil."
# Whom everybody writes of before they are known: by all that is written of them.
LATE = {"name": "Barnabas 钱多多", "department": "Sail loft", "job_role": "Sailmaker-in-chief"}
LATE_TELLING = ("Barnabas", "钱多多", "多多姐")
# What each part of the project that takes notes of people is told of them; each names them.
SAID = {
    "correction": "It is every second night, says Ignatius.",
    "guide": "How much oil does Oleander burn?",
    "question": "Does Oleander know the answer?",
    "comment": "Ignatius would know.",
    "feedback": "Oleander dropped the new lamp.",
}
# The title and the reason of a change in force.
AGREED = ("Mulberry goes first", "Nutmeg waits.")
# All roles but the analyst's: those that read interviews, in one person, who reaches what each of them does; and those with
# rights of their own.
READS = tuple(role for role in ROLES if role not in ("analyst", "implementer", "project_manager"))


def plant(made: Prepared) -> dict[str, str]:
    """The person, what they said, what was made of it and what they asked for; the keys by kind."""
    world = made.world
    world.user("heard", ACCOUNT)
    world.member("heard", "contributor")
    world.member("reader", *READS)
    with world.write("analyst") as scene:
        number = actions.add_stakeholder(scene.actor, scene.project, PERSON).id
        # The plan and the questions speak of the job role that nobody else holds.
        where = {"job_role": PERSON["job_role"], "department": PERSON["department"]}
        planning.set_target(scene.actor, scene.project, target=1, **where)
        asked = {"name": "For Oleander", "questions": ["How does Ignatius light it?"], "job_role": PERSON["job_role"]}
        guides.make_set(scene.actor, scene.project, asked)
    fields = {"title": "Oleander by night", "stakeholders": [number], "notes": NOTES, "held_on": "2026-03-03"}
    keys = {"interview": world.item("interview", "analyst", **fields)}
    browser = world.client("analyst")
    for kind, quote in (("scenario", "The wick drowns each night."), ("requirement", "It takes Oleander an hour")):
        assert browser.send(f"/p/CRM/interview/{keys['interview']}/{kind}s", {"quote": quote}).status_code == 303
    with world.write("analyst") as scene:
        quotes = queries.quotes_of_interview(scene.actor, item_for(scene.actor, scene.project.id, keys["interview"]))
        keys |= {kind: key for quote in quotes for key, kind, _title in quote.items}
        actions.back(scene.actor, item_for(scene.actor, scene.project.id, "REQ-2"), queries.excerpts_for(
            scene.project.id, [one.id for one in quotes]))  # fmt: skip
        actions.make_move(scene.actor, item_for(scene.actor, scene.project.id, keys["interview"]), "write", {})
    keys["person"] = str(number)
    _note_everywhere(made, keys, number)
    _write_of_who_is_not_known_yet(made, keys)
    with world.write("heard") as scene:
        interview = item_for(scene.actor, scene.project.id, keys["interview"])
        hidden = next(one.id for one in queries.said(interview) if one.id == int(keys["hidden"]))
        said = [("The wick drowns each night.", SAID["correction"])]
        answer = confirming.Answer(shown_as={hidden: "hidden"}, words=said, confirms=True)
        confirming.answer_as(scene.actor, interview, None, answer)
    with world.write("analyst") as scene:
        edits = [{"item": "REQ-2", "field": "title", "new": "Keep the log by night"}]
        change = changes.log(
            scene.actor, scene.project, title="Two wicks", reason="One drowns.", edits=edits, asked_by=number,
            assessors=["implementer", "analyst"],
        )  # fmt: skip
        changes.submit(scene.actor, change)
        keys["change"] = change.key
    _agree(made, keys)
    return keys


def _agree(made: Prepared, keys: dict[str, str]) -> None:
    """A change of agreed scope takes effect; who builds it was not asked to assess it."""
    world = made.world
    with world.write("analyst") as scene:
        edits = [{"item": "REQ-1", "field": "statement", "new": "It shall start within a minute."}]
        given = {"title": AGREED[0], "reason": AGREED[1], "assessors": ["polymath"], "edits": edits}
        change = changes.log(scene.actor, scene.project, **given, tier="must", phase="1")
        changes.submit(scene.actor, change)
        keys["agreed"] = str(change.key)
    with world.write("polymath") as scene:
        found = item_for(scene.actor, scene.project.id, keys["agreed"], "change")
        changes.assess(scene.actor, found, likely=Decimal("0.5"))
    with world.write("business_owner") as scene:
        found = item_for(scene.actor, scene.project.id, keys["agreed"], "change")
        changes.decide(proved(scene).actor, found, "approved", tier="must", phase="1")


def _note_everywhere(made: Prepared, keys: dict[str, str], number: int) -> None:
    """The person stands in whatever takes notes of people: they are asked by a link, planned to be heard, named in a guide, asked
    about special flows, named in a question, a comment and a piece of feedback; one of their sentences backs a requirement."""
    with made.world.write("analyst") as scene:
        actor, project = scene.actor, scene.project
        interview = item_for(actor, project.id, keys["interview"])
        hidden = actions.mark(actor, interview, HIDDEN)
        keys["hidden"] = str(hidden.id)
        actions.back(actor, item_for(actor, project.id, "REQ-2"), [hidden])
        confirming.ask(actor, interview, number, locale="en")
        guide.add_question(actor, interview, SAID["guide"])
        where = {"job_role": PERSON["job_role"], "department": PERSON["department"]}
        plan.set_target(actor, project, **where, target=2, seen=1)
        told = item_for(actor, project.id, keys["scenario"])
        flows.say_none(actor, told, flow_prompts(project.id)[0].code, stakeholder=number)
        requirement = item_for(actor, project.id, keys["requirement"])
        talk.ask(actor, requirement, SAID["question"], user_by_login("polymath"))
        talk.comment(actor, requirement, SAID["comment"])
        keys["feedback"] = feedback.say(actor, project, SAID["feedback"], [requirement]).key


def _write_of_who_is_not_known_yet(made: Prepared, keys: dict[str, str]) -> None:
    """All that is written of somebody before they become one of the stakeholders."""
    world, browser = made.world, made.world.client("analyst")
    told = {
        "title": "访谈:钱多多",
        "guide": "First barnabas, then the sails",
        "notes": "钱多多：我和Barnabas谈过。\n\n多多姐：缝了三天。",
    }
    keys["late"] = world.item("interview", "analyst", held_on="2026-03-04", **told)
    with world.write("analyst") as scene:
        actor, project = scene.actor, scene.project
        interview = item_for(actor, project.id, keys["late"])
        actions.mark(actor, interview, "缝了三天")
        guides.add_question(actor, interview, "How does Barnabas sew?")
        guides.make_set(actor, project, {"name": "For Barnabas", "questions": ["How does BARNABAS cut?"]})
        talk.attach(actor, interview, "a" * 64, "photo of Barnabas.txt", "txt", 1)
        file = actions.StoredFile("b" * 64, "complaint of Barnabas.pdf", "pdf", 1)
        document = actions.add_document(actor, project, {"title": "钱多多的投诉", "note": "From Barnabas."}, file)
        taken = actions.take(actor, document, "It tears.", "page 1, signed Barnabas")
        actions.add_figure(actor, taken, {"name": "tears of Barnabas", "value": "3"})
        keys["document"] = str(document.id)
    file = (io.BytesIO("# Talk\n\n钱多多：三天。\n".encode()), "Barnabas.md")
    sent = {"csrf_token": browser.token(), "as": "interviews", "file": file}
    run = browser.post("/p/CRM/import/new", data=sent, content_type="multipart/form-data").headers["Location"]
    assert browser.send(f"{run}/items").status_code == 303
    keys["run"] = run.rpartition("/")[2]
    with world.write("analyst") as scene:
        actions.add_stakeholder(scene.actor, scene.project, LATE)


def everything(made: Prepared, login: str, keys: dict[str, str]) -> list[Answer]:
    """GET routes with all samples and with what was planted; walked once for each reader. Who may know what others may not, or holds
    every role, asks each kind of page once, and for all that was planted: what is told of it is told there, or nowhere."""
    known = made.walked.get(f"harbour {login}")
    if known is None:
        known = made.walked[f"harbour {login}"] = _everything(made, login, keys)
    return known


def _everything(made: Prepared, login: str, keys: dict[str, str]) -> list[Answer]:
    found = _addresses(made, keys)
    kinds = _of_each_kind(found)
    if login in ("analyst", "polymath"):
        return walk_of(made, login, [(stop, url) for url, stop in found.items() if url in kinds])
    whole = walk_of(made, login, [(stop, url) for url, stop in found.items()])
    if login != "reader":
        return whole  # fragments are parts of these, and who reads most asks for them
    pages = [one for one in whole if one.status == 200 and one.mimetype == "text/html" and one.url in kinds]
    return [*whole, *walk_of(made, login, [(one.stop, one.url) for one in pages], {"HX-Request": "true"})]


def _addresses(made: Prepared, keys: dict[str, str]) -> dict[str, Stop]:
    found: dict[str, Stop] = {}
    for stop in stops(made):
        found.setdefault(stop.url, stop)
        for first, planted in (
            ("INT-1", "interview"),
            ("INT-1", "late"),
            ("SCN-1", "scenario"),
            ("REQ-1", "requirement"),
            ("CR-1", "change"),
            ("FB-1", "feedback"),
        ):
            if f"/{first}" in stop.url:
                url = stop.url.replace(f"/{first}", f"/{keys[planted]}")
                found.setdefault(re.sub(r"/confirming/\d+", f"/confirming/{keys['person']}", url), stop)
        for first, planted in (
            ("/documents/1", "document"),
            ("/evidence-documents/1", "document"),
            ("/import/1", "run"),
        ):
            if stop.url.endswith(first):
                found.setdefault(stop.url.removesuffix("1") + keys[planted], stop)
    return found


def _of_each_kind(found: dict[str, Stop]) -> set[str]:
    """Of addresses: all that hold something planted, and of the others one of each kind of page."""
    planted = {url for url, stop in found.items() if url != stop.url}
    first: dict[str, str] = {}
    for url, stop in found.items():
        first.setdefault(alike(stop), url)
    return planted | set(first.values())
