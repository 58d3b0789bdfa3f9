"""Random small projects, written into the database: what the radar looks at, in all its states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from reqtrack import clock
from reqtrack.accounts.models import Project
from reqtrack.audit.record import Entry, recorded
from reqtrack.db import db
from reqtrack.interviews.models import Confirmation, Document, Evidence, Excerpt, Interview, Stakeholder, VoiceTarget
from reqtrack.items import store, values
from reqtrack.items.kinds import KINDS
from reqtrack.radar.checks import CHECKS
from reqtrack.radar.models import Acceptance
from tests.support.world import OPERATOR

DEPARTMENTS, ROLES, REGIONS = ("", "Sales", "Store"), ("", "Rep", "Clerk", "Head"), ("", "East")
few = st.integers(0, 3)
seldom = st.sampled_from((False, False, False, True))


def some(most: int, **parts: Any) -> Any:
    return st.lists(st.fixed_dictionaries(parts), max_size=most)


def places(most: int = 4) -> Any:
    return st.lists(st.integers(0, 7), max_size=most)


STEP = st.fixed_dictionaries(
    {}, optional={"pages": few, "pages_planned": few, "required_fields": st.integers(6, 10),
                  "required_fields_planned": st.integers(6, 10), "approvals": few, "approvals_planned": few,
                  "actor": st.sampled_from(ROLES[1:] + DEPARTMENTS[1:])},
)  # fmt: skip
PLANS = st.fixed_dictionaries(
    {
        "people": some(6, department=st.sampled_from(DEPARTMENTS), job_role=st.sampled_from(ROLES),
                       region=st.sampled_from(REGIONS), level=st.sampled_from(("frontline", "manager", "executive")),
                       removed=seldom),
        "interviews": some(4, stage=st.sampled_from(("planned", "held", "written", "written", "confirmed", "cancelled")),
                           days=st.none() | st.integers(0, 12), stakeholders=places(3), retired=seldom, asked=seldom),
        "processes": some(3, steps=st.lists(STEP, max_size=4), retired=seldom, imported=seldom),
        "scenarios": some(6, kind=st.sampled_from((None, "main", "main", "alternative", "exception")), process=places(1),
                          process_steps=st.lists(st.integers(1, 4), max_size=3), retired=seldom, imported=seldom),
        "requirements": some(6, stage=st.sampled_from(("draft", "approved", "implemented", "rejected", "deferred", "obsolete")),
                             tier=st.sampled_from((None, "must", "later")), scenarios=places(2), retired=seldom, imported=seldom),
        "accepting": some(4, accepts=places(2), retired=seldom, imported=seldom),
        "excerpts": some(6, interview=st.none() | st.integers(0, 7), speaker=st.none() | st.integers(0, 7),
                         shown_as=st.sampled_from(("name", "role", "hidden")), backs=places(3), ended=seldom),
        "targets": some(2, department=st.sampled_from((*DEPARTMENTS, "Works")), job_role=st.sampled_from((*ROLES, "Nurse")),
                        target=st.integers(0, 2)),
        "acceptances": some(4, check=st.sampled_from(sorted(CHECKS)), subject=st.none() | st.integers(0, 20),
                            days=st.integers(-2, 2), ended=seldom),
    }
)  # fmt: skip


class Writing:
    """Writes a plan into a project, on top of what is there."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.keys: dict[str, list[Any]] = {}

    def write(self, plan: Mapping[str, Any]) -> None:
        self._people(plan)
        for kind, name in (
            ("process", "processes"), ("interview", "interviews"), ("scenario", "scenarios"), ("requirement", "requirements"),
            ("acceptance", "accepting"),
        ):  # fmt: skip
            self.keys[kind] = [self._item(kind, one) for one in plan[name]]
        with recorded(OPERATOR, self.project.id, "planned", "plan") as entry:
            self._evidence(entry, plan)
            self._targets(plan)
        with recorded(OPERATOR, self.project.id, "planned", "plan") as entry:
            self._acceptances(entry, plan)
            for row, person in zip(self.people, plan["people"], strict=True):
                row.removed_at = entry.at if person["removed"] else None

    def _at(self, found: Sequence[Any], place: int | None) -> Any:
        """One of those, by a number that need not fit."""
        return found[place % len(found)] if found and place is not None else None

    def _chosen(self, found: Sequence[Any], wanted: Sequence[int]) -> list[Any]:
        return list(dict.fromkeys(self._at(found, place) for place in wanted)) if found else []

    def _people(self, plan: Mapping[str, Any]) -> None:
        self.people = []
        with recorded(OPERATOR, self.project.id, "planned", "people") as entry:
            for one in plan["people"]:
                row = Stakeholder(
                    project_id=self.project.id, department=one["department"], job_role=one["job_role"], level=one["level"],
                    region=one["region"], created_at=entry.at, updated_at=entry.at,
                )  # fmt: skip
                db.session.add(row)
                self.people.append(row)

    def _item(self, kind: str, one: Mapping[str, Any]) -> Any:
        names = [field.name for field in KINDS[kind].fields]
        given = {name: value for name, value in one.items() if name in names and value not in (None, [])}
        if kind == "process":
            given["steps"] = [{"name": "Step", **step} for step in one["steps"]]
        if kind == "scenario":
            parts = self._chosen(self.keys["process"], one["process"])
            known = {step["id"] for item in parts for step in item.steps or ()}
            given["process"] = [item.key for item in parts]
            given["process_steps"] = sorted(known.intersection(one["process_steps"]))
        if kind == "requirement":
            given["scenarios"] = [item.key for item in self._chosen(self.keys["scenario"], one["scenarios"])]
        if kind == "acceptance":
            given["accepts"] = [item.key for item in self._chosen(self.keys["requirement"], one["accepts"])]
        if kind == "interview":
            given["stakeholders"] = [row.id for row in self._chosen(self.people, one["stakeholders"])]
            if one["days"] is not None:
                given["held_on"] = (clock.today(self.project.zone) - timedelta(days=one["days"])).isoformat()
        parsed = values.parse(KINDS[kind], self.project, {"title": f"Some {kind}", **given})
        item: Any = store.create(
            OPERATOR,
            self.project,
            KINDS[kind],
            parsed,
            stage=one.get("stage", ""),
            imported=one.get("imported", False),
            change="CR-1" if kind == "acceptance" else "",  # what is agreed gets a new one by a change alone
        )
        if one["retired"]:
            with recorded(OPERATOR, self.project.id, "planned", item.key):
                item.retired = True
        return item

    def _evidence(self, entry: Entry, plan: Mapping[str, Any]) -> None:
        interviews: list[Interview] = self.keys["interview"]
        document = Document(
            project_id=self.project.id, title="Contract", author="x", created_at=entry.at, updated_at=entry.at
        )
        db.session.add(document)
        db.session.flush()
        for interview, one in zip(interviews, plan["interviews"], strict=True):
            if one["asked"]:
                db.session.add(
                    Confirmation(project_id=self.project.id, interview_id=interview.id, digest=f"{interview.id:064}",
                                 asked_by="x", asked_at=entry.at, expires_at=entry.at)
                )  # fmt: skip
        backed: set[tuple[int, int]] = set()
        for number, one in enumerate(plan["excerpts"]):
            interview = self._at(interviews, one["interview"])
            speaker = self._at(self.people, one["speaker"]) if interview is not None else None
            excerpt = Excerpt(
                project_id=self.project.id, interview_id=interview.id if interview is not None else None,
                document_id=None if interview is not None else document.id, shown_as=one["shown_as"],
                stakeholder_id=speaker.id if speaker is not None else None, quote=f"{number:064}", start=0, notes_version=1,
                author="x", at=entry.at,
            )  # fmt: skip
            db.session.add(excerpt)
            db.session.flush()
            for item in self._chosen(self.keys["requirement"], one["backs"]):
                if (excerpt.id, item.id) not in backed:
                    until = entry.seq if one["ended"] else None
                    db.session.add(
                        Evidence(
                            project_id=self.project.id, excerpt_id=excerpt.id, item_id=item.id, since=1, until=until
                        )
                    )
                    backed.add((excerpt.id, item.id))

    def _targets(self, plan: Mapping[str, Any]) -> None:
        wanted = {(one["job_role"], one["department"]): one["target"] for one in plan["targets"]}
        known = {
            (row.job_role, row.department)
            for row in db.session.query(VoiceTarget).filter_by(project_id=self.project.id)
        }
        for (role, department), target in wanted.items():
            if (role, department) not in known:
                db.session.add(
                    VoiceTarget(project_id=self.project.id, job_role=role, department=department, target=target)
                )

    def _acceptances(self, entry: Entry, plan: Mapping[str, Any]) -> None:
        subjects = [
            *(item.key for items in self.keys.values() for item in items),
            *(f"department:{name}" for name in DEPARTMENTS[1:]), *(f"role:{name}" for name in ROLES[1:]),
        ]  # fmt: skip
        live = {
            (row.name, row.subject)
            for row in db.session.query(Acceptance).filter_by(project_id=self.project.id, until=None)
        }
        for one in plan["acceptances"]:
            subject = self._at(subjects, one["subject"]) or ""
            if (one["check"], subject) in live and not one["ended"]:
                continue
            if not one["ended"]:
                live.add((one["check"], subject))
            db.session.add(
                Acceptance(
                    project_id=self.project.id, name=one["check"], subject=subject, reason="so", author="x", at=entry.at,
                    expires_on=clock.today(self.project.zone) + timedelta(days=one["days"]), since=entry.seq,
                    until=entry.seq if one["ended"] else None,
                )
            )  # fmt: skip
