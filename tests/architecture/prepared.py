"""One world for all walks: a project in which every area has something, a second one nobody of the first may know, and words
planted where only some may read them.

Every kind of thing has its first one in CRM, so that ``REQ-1``, ``BL-1`` or the number 1 lead somewhere on every route.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from reqtrack import clock
from reqtrack.acceptance import actions as rounds
from reqtrack.acceptance.data.taking import take
from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from reqtrack.audit.record import access
from reqtrack.baselines import actions as baselines
from reqtrack.branches import actions as branches
from reqtrack.branches.content import OUT
from reqtrack.branches.queries import standing
from reqtrack.changes import actions as changes
from reqtrack.changes.queries.templates import template_for
from reqtrack.db import canonical
from reqtrack.documents import actions as documents
from reqtrack.exchange import actions as imports
from reqtrack.exchange import drafting
from reqtrack.exchange.machines.reports import read_upload, report_of
from reqtrack.feedback import actions as feedback
from reqtrack.feedback.policy import Picture
from reqtrack.feedback.queries import open_link
from reqtrack.files.door import open_upload
from reqtrack.files.storage import Storage
from reqtrack.gates import actions as gates
from reqtrack.gates.queries import waiver_for
from reqtrack.interviews import actions as interviews
from reqtrack.interviews.actions import confirming
from reqtrack.interviews.actions import guide as guides
from reqtrack.interviews.actions import plan as planning
from reqtrack.items import actions as talk
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.items.queries import item_for
from reqtrack.permissions import ROLES
from reqtrack.requirements import actions as requirements
from reqtrack.reviews import actions as reviews
from reqtrack.reviews.queries import lines_of
from reqtrack.scenarios import actions as flows
from reqtrack.signoff import actions as signoff
from reqtrack.signoff.queries import signoff_for
from reqtrack.signoff.scans import Scan
from reqtrack.signoff.seats import Wanted
from tests.support.world import OPERATOR, Scene, World

# Who was heard: by the analyst, and by the project manager.
HEARD = ("Quillon Zarathustra", "司马青衫")
HEARD_BY_MANAGER = "Thorvald Vexley"
QUOTES = ("marmalade turbine", "月下拾贝")
DAY_RATE = Decimal("7431295.00")
# How 7431295 may be written.
COSTS = ("7431295", "7,431,295", "743129500")
# Titles and texts of what is not agreed yet.
DRAFTS = ("Clandestine walrus", "Subterranean kettle", "Porcelain avalanche", "Velvet barometer")
INTERVIEWS = ("Lantern conversation", "Harbour conversation")
DEPARTMENT = "Department of Obelisks"
# What was said without an account, and how to reach who said it.
FEEDBACK = "Nocturnal scanner"
CONTACT = "lantern@harbour.example"
# What one who was heard says is not right: for the interviewer and analysts.
CORRECTION = "bassoon gearbox"
# What stands in business data, for all but those who build.
DATA = "Buckwheat 88"
# What is in the other project.
ELSEWHERE = "Unheard nightingale"


@dataclass
class Prepared:
    """An app on a filled database: who may sign in, and the secrets that some addresses hold."""

    app: Flask
    world: World = field(repr=False)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    # What walks have seen of it, by login.
    walked: dict[str, list[Any]] = field(default_factory=dict, repr=False)

    @property
    def dialect(self) -> str:
        from reqtrack.db import db

        with self.app.app_context():
            return db.engine.dialect.name


def fill(app: Flask) -> Prepared:
    """Fill an empty database; all through the actions."""
    made = Prepared(app, World(app))
    world = made.world
    world.cast()
    world.user("polymath", "Pia Polymath", admin=True)
    world.member("polymath", *ROLES)
    _project(made)
    _interviews(world)
    _items(world)
    _asked(made)
    _business_data(world)
    _scope(made)
    _drafts(made)
    _outside(made)
    _changes(world)
    _asked_to_decide(made)
    _rounds(world)
    _machine_runs(made)
    _imports(made)
    _document(made)
    _feedback(made)
    _defects(made)
    _reviews(made)
    _gates(made)
    _branches(made)
    _walks(world)
    _elsewhere(world)
    _away(world)
    with app.app_context():
        access("analyst", "exported", "CRM", project_id=world.sites["CRM"].id, address="10.0.0.7")
    return made


def proved(scene: Scene) -> Scene:
    """The scene, its actor having just given the password."""
    return replace(scene, actor=replace(scene.actor, reauthenticated=True))


def _project(made: Prepared) -> None:
    world = made.world
    with world.write("project_manager") as scene:
        accounts.change_project(scene.actor, scene.project, {"day_rate": DAY_RATE})
        requirements.add_phase(scene.actor, scene.project, {"name": "Second", "capacity_days": Decimal(30)})
        made.secrets["join"] = accounts.invite(scene.actor, scene.project, ["tester"], "Newcomer")
    world.user("newcomer", "Nico Newcomer")
    with world.write(project="") as scene:
        made.secrets["password"] = accounts.make_password_link(OPERATOR, user_by_login("newcomer"))
        for login in (*ROLES, "polymath"):
            actor = world.actor(login)
            made.tokens[login] = accounts.create_token(actor, user_by_login(login), "admin", "walks")
            made.tokens[f"{login} writes"] = accounts.create_token(actor, user_by_login(login), "write", "walks")
            made.tokens[f"{login} reads"] = accounts.create_token(actor, user_by_login(login), "read", "walks")


def _away(world: World) -> None:
    """Somebody stands in for another, here and everywhere, later."""
    day = clock.now().date()
    for at, here in enumerate((True, False), 1):
        with world.write("polymath") as scene:
            found = proved(scene)
            people = user_by_login("polymath"), user_by_login("tester")
            span = day + timedelta(days=30 * at), day + timedelta(days=30 * at + 3)
            signoff.set_away(found.actor, *people, *span, project=found.project if here else None)


def _interviews(world: World) -> None:
    ids = []
    with world.write("analyst") as scene:
        for name in (*HEARD, HEARD_BY_MANAGER):
            facts = {
                "name": name,
                "department": DEPARTMENT,
                "job_role": "Keeper",
                "region": "East",
                "level": "frontline",
            }
            ids.append(interviews.add_stakeholder(scene.actor, scene.project, facts).id)
    notes = f"{HEARD[0].split()[0]}: The {QUOTES[0]} stalls every morning.\n{HEARD[1]}:每天{QUOTES[1]},很慢。"
    world.item("interview", "analyst", title=INTERVIEWS[0], stakeholders=ids[:2], notes=notes, held_on="2026-03-02")
    world.item(
        "interview",
        "project_manager",
        title=INTERVIEWS[1],
        stakeholders=ids[2:],
        notes=f"{HEARD_BY_MANAGER}: nothing new",
    )
    _guides(world)
    with world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, "INT-1", "interview")
        interviews.make_move(scene.actor, interview, "write", {})
        interviews.mark(scene.actor, interview, f"The {QUOTES[0]} stalls")
        interviews.mark(scene.actor, interview, QUOTES[1])


def _guides(world: World) -> None:
    """Whom to hear, what to ask, and what one interview asks."""
    with world.write("analyst") as scene:
        for job_role, number in (("Keeper", 3), ("Clerk", 1)):
            planning.set_target(scene.actor, scene.project, job_role=job_role, department=DEPARTMENT, target=number)
        rows = [guides.adopt(scene.actor, scene.project, code) for code in ("day.zh", "last-time.en")]
        interview = item_for(scene.actor, scene.project.id, "INT-1", "interview")
        for question in ("What stalls?", "And then?"):
            guides.add_question(scene.actor, interview, question)
        talked = item_for(scene.actor, scene.project.id, "INT-2", "interview")
        guides.add_sets(scene.actor, talked, rows[1:])


def _asked(made: Prepared) -> None:
    """The first who was heard is asked to confirm it, and says that something is not right."""
    with made.world.write("analyst") as scene:
        interview = item_for(scene.actor, scene.project.id, "INT-1", "interview")
        _row, secret = confirming.ask(scene.actor, interview, interview.stakeholders[0], days=60, locale="en")
        made.secrets["confirm"] = secret
    with made.world.write() as scene:
        words = confirming.Answer(words=[(QUOTES[0], f"It is the {CORRECTION}.")])
        confirming.answer_by_link(confirming.open_to_answer(secret), words)


ITEMS = (
    ("process", {
        "title": "Milling", "kind": "main", "purpose": "Grain becomes flour.", "steps": [
            {"name": "Start", "actor": "Keeper", "by": "hand", "pages": 4, "approvals": 1, "data": "the log"},
            {"name": "Grind", "actor": "Miller", "by": "system", "required_fields": 9, "required_fields_planned": 2},
        ],
    }),
    ("scenario", {
        "title": "Morning start", "steps": ["open", "wait"], "outcome": "it runs", "kind": "main", "process": ["PRC-1"],
        "process_steps": [1],
    }),
    ("requirement", {
        "title": "Start without a stall", "statement": "The system **shall** start.", "tier": "must", "kind": "functional",
        "phase": "1", "effort_days": 3, "owner": "polymath", "scenarios": ["SCN-1"], "tags": ["start"],
    }),
    ("requirement", {
        "title": "Keep the log", "statement": "It shall log. See REQ-1.", "tier": "should", "effort_days": 2,
    }),
    ("acceptance", {
        "title": "It starts", "given": ["a cold morning"], "when": ["it is started"], "then": ["it runs within <seconds>"],
        "examples": {"header": ["seconds"], "rows": [["5"], ["9"]]}, "accepts": ["REQ-1"],
    }),
)  # fmt: skip


def _items(world: World) -> None:
    with world.write("analyst") as scene:
        for kind, fields in ITEMS:
            store.create(scene.actor, scene.project, KINDS[kind], values.parse(KINDS[kind], scene.project, fields))
    with world.write("analyst") as scene:
        # Whom one asked: a stakeholder, and a name as written.
        scenario = item_for(scene.actor, scene.project.id, "SCN-1", "scenario")
        flows.say_none(scene.actor, scenario, "return", stakeholder=1)
        flows.say_none(scene.actor, scenario, "offline", asked=HEARD[0])
        flows.add_prompt(scene.actor, scene.project, "The grain is wet")
        first = item_for(scene.actor, scene.project.id, "REQ-1", "requirement")
        second = item_for(scene.actor, scene.project.id, "REQ-2", "requirement")
        store.edit(scene.actor, first, {"rationale": "They wait each day."}, reason="asked for")
        store.link(scene.actor, "depends_on", second, first)
        interviews.back(scene.actor, first, [interviews.mark(scene.actor, _interview(scene), QUOTES[1])])
        # The first is a comment, the second a question.
        talk.comment(scene.actor, first, f"Ask {HEARD[0]} about it, and {HEARD[1]} too.")
        talk.ask(scene.actor, first, f"How often does {HEARD[1]} see it?", user_by_login("polymath"))
        bytes_ = b"a few words"
        digest = _storage(world.app).put(bytes_)
        talk.attach(scene.actor, first, digest, "note.txt", "text/plain", len(bytes_))
        talk.attach(scene.actor, first, digest, "photo.png", "png", len(bytes_))
        file = interviews.StoredFile(digest, "contract.txt", "text", len(bytes_))
        document = interviews.add_document(scene.actor, scene.project, {"title": "The mill's contract"}, file)
        interviews.back(scene.actor, first, [interviews.take(scene.actor, document, "It grinds by day.", "page 4")])
        quote = interviews.mark(scene.actor, _interview(scene), QUOTES[1])
        interviews.add_figure(scene.actor, quote, {"name": "Stalls", "value": "3", "unit": "a week"})


def _business_data(world: World) -> None:
    """Two fields of the dictionary, two data sets, and a row of the first in the examples of ACC-1."""
    with world.write("analyst") as scene:
        told = [{"name": "seconds", "type": "number", "aliases": ["duration"]}, {"name": "grain"}]
        rounds.add_entries(scene.actor, scene.project, told)
        for number in (1, 2):
            taken = take(
                ["seconds", "grain", "keeper"], [["7", DATA, HEARD[0]], ["8", "rye", HEARD[1]]], {2: "name"}, {}
            )
            found = rounds.take_in(scene.actor, scene.project, taken, {"name": f"Records {number}", "system": "Ledger"})
            if number == 1:
                item = item_for(scene.actor, scene.project.id, "ACC-1", "acceptance")
                rounds.take_rows(scene.actor, scene.project, item, found, {"seconds": "seconds"}, [0])


def _interview(scene: Scene) -> object:
    return item_for(scene.actor, scene.project.id, "INT-1", "interview")


def _storage(app: Flask) -> Storage:
    return Storage(app.config["SETTINGS"].data / "files")


def _scope(made: Prepared) -> None:
    """REQ-1 and REQ-2 become agreed by a signature."""
    world = made.world
    with world.write("analyst") as scene:
        for key in ("REQ-1", "REQ-2"):
            requirements.move(scene.actor, item_for(scene.actor, scene.project.id, key), "review")
        baselines.take(scene.actor, scene.project, "First scope")
        signoff.request(scene.actor, scene.project, "BL-1", "I approve this scope.", ["business_owner"])
    with world.write("business_owner") as scene:
        asked = signoff_for(scene.actor, scene.project.id, 1)
        signoff.sign(proved(scene).actor, scene.project, asked)
        made.secrets["code"] = asked.fingerprint.removeprefix("sha256:")[:12]


def _drafts(made: Prepared) -> None:
    """What is written after the signature: not agreed, so not for everybody."""
    world = made.world
    world.requirement("analyst", title=DRAFTS[0], statement=f"{DRAFTS[0]} shall swim fast.")
    world.scenario("analyst", title=DRAFTS[1], outcome=f"{DRAFTS[1]} boils")
    world.move(world.acceptance("analyst", title=DRAFTS[3], then=["it falls"], accepts=["REQ-3"]), "in_review")
    with world.write("analyst") as scene:
        draft = item_for(scene.actor, scene.project.id, "REQ-3")
        store.link(scene.actor, "conflicts_with", draft, item_for(scene.actor, scene.project.id, "REQ-1"))
        store.link(scene.actor, "duplicates", item_for(scene.actor, scene.project.id, "SCN-2"), draft)
        talk.comment(scene.actor, draft, f"{DRAFTS[0]} again")
        requirements.silence(scene.actor, scene.project, "superlatives", "Ours is the best.")
        requirements.silence(scene.actor, scene.project, "unmeasured", f"{DRAFTS[0]} is a duck.", draft, "fast")
        # Open for a signature, so that its pages can be walked.
        baselines.take(scene.actor, scene.project, "Second scope")
        signoff.request(
            scene.actor, scene.project, "BL-2", "I approve this, too.",
            ["business_owner", "polymath", Wanted(name="Fern Outside"), Wanted(name="Moss Outside")], rule="any", ways="either",
        )  # fmt: skip


def _outside(made: Prepared) -> None:
    """Two people outside are sent a link to sign SGN-2, and two sheets of it came back."""
    with made.world.write("project_manager") as scene:
        asked = signoff_for(scene.actor, scene.project.id, 2)
        for seat in (3, 4):
            _row, made.secrets["sign"] = signoff.make_link(scene.actor, scene.project, asked, seat, days=30)
            scan = Scan(_storage(made.app).put(b"%PDF-1.7 a sheet"), "sheet.pdf", "pdf", ())
            code = made.secrets["check"] = asked.fingerprint.removeprefix("sha256:")[:12]
            today = clock.today(scene.project.zone)
            signoff.bring_in(scene.actor, scene.project, asked, scan, seat, today, code=code)


def _changes(world: World) -> None:
    """CR-1 is being written, CR-2 waits to be decided, CR-3 was rejected; of two templates of standard changes one is approved."""
    with world.write("project_manager") as scene:
        for name in ("A word on a screen", "A note in the log"):
            given = {"name": name, "reason": "Put right at once.", "most_days": "0.5", "most_items": "2"}
            template = changes.write_template(scene.actor, scene.project, given)
        number = template.id
    with world.write("business_owner") as scene:
        changes.approve_template(proved(scene).actor, template_for(scene.project.id, number))
    with world.write("analyst") as scene:
        change = changes.log(
            scene.actor, scene.project, title=DRAFTS[2], reason=f"{DRAFTS[2]} is louder", assessors=["polymath"], tier="must",
            phase="1", edits=[
                {"item": "REQ-1", "field": "statement", "new": f"It shall start without a {DRAFTS[2]}."},
                {"new_item": {"kind": "requirement", "fields": {"title": f"{DRAFTS[2]} again", "effort_days": 1}}},
            ],
        )  # fmt: skip
        change = changes.log(
            scene.actor, scene.project, title="Log less", reason="It is too much.", assessors=["polymath"], tier="should",
            phase="1", edits=[{"item": "REQ-2", "field": "title", "new": "Keep a short log"}],
        )  # fmt: skip
        changes.submit(scene.actor, change)
        change = changes.log(
            scene.actor, scene.project, title="Log nothing", reason="Nobody reads it.", assessors=["polymath"], tier="later",
            phase="1", edits=[{"retire": "REQ-2"}],
        )  # fmt: skip
        changes.submit(scene.actor, change)
    with world.write("polymath") as scene:
        for key in ("CR-2", "CR-3"):
            changes.assess(scene.actor, item_for(scene.actor, scene.project.id, key, "change"), likely=Decimal(2))
    with world.write("business_owner") as scene:
        change = item_for(scene.actor, scene.project.id, "CR-3", "change")
        changes.decide(proved(scene).actor, change, "rejected", reason="We do read it.")


def _asked_to_decide(made: Prepared) -> None:
    """Two are asked by a link to decide CR-2."""
    with made.world.write("project_manager") as scene:
        change = item_for(scene.actor, scene.project.id, "CR-2", "change")
        for login in ("polymath", "business_owner"):
            _row, made.secrets["ask"] = changes.ask_by_link(scene.actor, change, login, days=30)


def _rounds(world: World) -> None:
    with world.write("project_manager") as scene:
        testers = ["tester", "polymath"]
        rounds.create_round(scene.actor, scene.project, "First round", ["ACC-1", "ACC-2"], testers, "the test system")
        rounds.create_round(scene.actor, scene.project, "Second round", ["ACC-1"], testers)
    with world.write("tester") as scene:
        found = _round(scene, 1)
        scenario = item_for(scene.actor, scene.project.id, "ACC-1", "acceptance")
        rounds.record_result(scene.actor, found, scenario, 0, "passed")
        rounds.record_result(scene.actor, found, scenario, 1, "failed", "it took 12 seconds")
        wrong = rounds.record_result(scene.actor, found, scenario, 1, "blocked", "no account", missing_from="IT")
        rounds.revoke(scene.actor, found, wrong, "it was another account")


# The business record that a walk is planned with: an example row that says this.
WALKED = f"#{hashlib.sha256(canonical([['stones', '2']]).encode()).hexdigest()[:16]}"


def _walks(world: World) -> None:
    """A process of one step, with what accepts it, and a round that is to walk it."""
    told = (
        ("process", {"title": "Sifting", "steps": [{"name": "Sift", "actor": "Miller", "by": "system"}]}),
        ("scenario", {"title": "Flour is sifted", "kind": "main", "process": ["PRC-2"], "process_steps": [1]}),
        ("requirement", {"title": "Sift", "statement": "It shall sift.", "tier": "later"}),
        ("acceptance", {"title": "It sifts", "when": ["<stones>"], "then": ["no stone is left"],
                        "examples": {"header": ["stones"], "rows": [["2"]]}}),
    )  # fmt: skip
    with world.write("analyst") as scene:
        made = {
            kind: store.create(
                scene.actor, scene.project, KINDS[kind], values.parse(KINDS[kind], scene.project, fields)
            )
            for kind, fields in told
        }
        store.link(scene.actor, "gives_rise_to", made["scenario"], made["requirement"])
        store.link(scene.actor, "accepts", made["acceptance"], made["requirement"])
    with world.write("project_manager") as scene:
        rounds.plan_walk(scene.actor, scene.project, "PRC-2", WALKED, None, ["tester", "polymath"])


# A report of a machine: one case is about ACC-1, one about a scenario that the second round does not hold, one about none.
MACHINE_FILE = b"""<testsuite name="Night run"><testcase name="@ACC-1 starts #1"/><testcase name="@ACC-2 falls"/>
<testcase name="Nobody asked"><failure message="it did not"/></testcase><system-err>late</system-err></testsuite>"""
MACHINE_DIGEST = hashlib.sha256(MACHINE_FILE).hexdigest()


def _machine_runs(made: Prepared) -> None:
    """What a machine saw, in the first round; and the same file, kept to be looked at for the second."""
    assert _storage(made.app).put(MACHINE_FILE) == MACHINE_DIGEST
    read = read_upload(open_upload(MACHINE_FILE, "night.xml"))
    with made.world.write("tester") as scene:
        found = _round(scene, 1)
        rounds.bring(scene.actor, found, report_of(scene.actor, scene.project, read))  # type: ignore[arg-type]


def _round(scene: Scene, number: int) -> object:
    from reqtrack.acceptance.queries import round_for

    return round_for(scene.actor, scene.project.id, number)


def _imports(made: Prepared) -> None:
    rows = "Title\tTier\nImported one\tmust\nImported two\tshould\n"
    with made.world.write("analyst") as scene:
        for _ in range(2):
            draft = drafting.draft_paste(rows, "requirements")
            run = imports.keep(scene.actor, scene.project, draft, _storage(made.app).put(draft.data))
        imports.run_import(scene.actor, scene.project, run, ready_only=True)


def _document(made: Prepared) -> None:
    """A document that was made (its bytes are none of a PDF), and one that waits."""
    with made.world.write("polymath") as scene:
        job = documents.ask(scene.actor, scene.project, "specification", "BL-1", "en")
        documents.ask(scene.actor, scene.project, "specification", "", "en")
        digest = _storage(made.app).put(b"%PDF-")
        job.state, job.ended_at = "done", job.made_at
        job.outcome = {"digest": digest, "name": "a.pdf", "media_type": "application/pdf", "size": 5}


# One grey pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63680000008200"
    "8177cd72b60000000049454e44ae426082"
)


def _feedback(made: Prepared) -> None:
    """FB-1 was written by a member, with a picture; FB-2 came by a link, and FB-3 says the same."""
    with made.world.write("polymath") as scene:
        first = item_for(scene.actor, scene.project.id, "REQ-1")
        picture = Picture(_storage(made.app).put(PIXEL), "png", len(PIXEL))
        feedback.say(scene.actor, scene.project, f"{FEEDBACK} is dim.", [first], picture, title="Dim")
        _link, secret = feedback.make_link(scene.actor, scene.project, "Leaflet in the hall")
        feedback.make_link(scene.actor, scene.project, "Poster at the gate")
        made.secrets["feedback"] = secret
        made.secrets["receipt"] = feedback.send(*open_link(secret), f"{FEEDBACK} asleep.", CONTACT)
        feedback.send(*open_link(secret), f"{FEEDBACK} asleep again.")
        feedback.group(scene.actor, item_for(scene.actor, scene.project.id, "FB-3", "feedback"), "FB-2")


def _defects(made: Prepared) -> None:
    """BUG-1 was found in no row."""
    with made.world.write("polymath") as scene:
        parsed = values.parse(
            KINDS["defect"], scene.project, {"title": "The lamp flickers", "observed": "It flickers."}
        )
        store.create(scene.actor, scene.project, KINDS["defect"], parsed)


def _reviews(made: Prepared) -> None:
    """REV-1 was held, with something said that nobody has confirmed; REV-2 comes next, with a line that was put on by hand."""
    with made.world.write("project_manager") as scene:
        given = {"name": "Weekly", "planned_on": "2026-11-02", "begins": "10:00", "minutes": 60, "people": ["tester"]}
        _series, review = reviews.plan_series(scene.actor, scene.project, given, 2)
        for line in lines_of(review):
            if line.subject.startswith("CR-"):
                reviews.say(scene.actor, review, line, "asked_back", "Is it too much?")
        reviews.add_line(scene.actor, review, "REQ-1")
        following = reviews.hold(scene.actor, scene.project, review, ["project_manager"], "Short.")
        assert following is not None
        made.secrets["line"] = next(str(line.id) for line in lines_of(following) if line.subject == "REQ-1")


def _gates(made: Prepared) -> None:
    """WVR-1 waits for a signature, WVR-2 was withdrawn; the gate of the pilot was passed once."""
    with made.world.write("project_manager") as scene:
        asked = {"owner": "tester", "expires_on": date(2099, 1, 1), "signers": ["sponsor"]}
        for reason in ("The lamp is dim until spring.", "Nobody needs the lamp."):
            made_, _request = gates.ask(scene.actor, scene.project, reason, covers=[("", "BUG-1", None)], **asked)
        gates.withdraw(scene.actor, scene.project, waiver_for(scene.actor, scene.project, made_.number), "Mended.")
    with made.world.write("business_owner") as scene:
        gates.pass_gate(proved(scene).actor, scene.project, "pilot", pilot="The first floor")


def _branches(made: Prepared) -> None:
    """BR-1 is open, one item is left out of it; BR-2 was given up."""
    told = {"purpose": "pilot", "pilot": "The first floor", "owner": "business_owner", "reason": "One floor first."}
    with made.world.write("project_manager") as scene:
        for name in ("First floor", "Second floor"):
            branch = branches.open_branch(scene.actor, scene.project, name=name, **told)
            found = branches.choose(scene.actor, standing(branch), {"REQ-2": OUT}, "Not there.")
        branches.close(scene.actor, found, "given_up", "Nobody works there.")


def _elsewhere(world: World) -> None:
    """The other project: ``outsider`` may do everything there, and nothing in CRM."""
    world.project("OPS", "Operations")
    world.member("outsider", *ROLES, project="OPS")
    for kind in ("interview", "process", "scenario", "requirement", "acceptance", "change", "feedback", "defect"):
        world.item(kind, project="OPS", title=f"{ELSEWHERE} {kind}")
