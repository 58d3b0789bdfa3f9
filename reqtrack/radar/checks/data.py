"""Whether the same is said twice, and whether values are what the data dictionary says."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.interviews.policy import sees_all_names
from reqtrack.permissions import Actor
from reqtrack.radar.checks.check import Check, Details, Way, of_kind, register
from reqtrack.radar.checks.facts import Facts
from reqtrack.requirements.queries import duplicates
from reqtrack.web.problems import sentence


@register
class DuplicateItems(Check):
    name, area = duplicates.CHECK, "data"
    title = _l("What says nearly the same")
    meaning = _l("Two of the same are built twice, changed once and tested against each other.")
    mending = _l("Merge them into one, or say that they are two.")
    text = _l("that say nearly the same.")
    verb = _l("Compare them")
    permission, needed = "interview.read", "requirement.write"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        found: dict[str, Details] = {}
        for pair in duplicates.duplicate_pairs(facts.project.id):
            people = pair.kind == duplicates.STAKEHOLDER
            if people:
                found[pair.subject] = {"people": True, "word": pair.word, "items": ()}
            elif not pair.aside:
                found[pair.subject] = {
                    "label": f"{pair.first} = {pair.second}",
                    "word": pair.word,
                    "items": pair.subject.split(),
                }
        return found

    def finds(self, facts: Facts, subject: str) -> bool:
        # Whoever writes does not compare all with all while everybody else waits.
        return not subject or duplicates.pair_for(facts.actor, facts.project.id, subject) is not None

    def lead(self, count: int) -> str:
        return str(ngettext("%(num)s pair", "%(num)s pairs", count))

    def way(self, names: list[str]) -> Way:
        return "requirements.duplicates", {"counted": "yes"}

    def veiled(self, actor: Actor, project_id: int, name: str, details: Details) -> bool:
        return details.get("people", False) and not sees_all_names(actor, project_id)

    def subject(self, name: str, details: Details) -> str:
        return str(_("two stakeholders") if details.get("people") else details.get("label", name))

    def detail(self, project: Project, details: Details) -> str:
        return str(duplicates.WORDS[details["word"]])


@register
class ValueOffDictionary(Check):
    name, area = "value_off_dictionary", "data"
    title = _l("Example values off the data dictionary")
    meaning = _l("A test with a value that the business does not have proves nothing, or the dictionary is not right.")
    mending = _l("Correct the value in the examples, or the field in the data dictionary.")
    text = _l("with a value that the data dictionary does not allow.")
    verb = _l("Look at it")
    needed = "acceptance.write"
    lead = staticmethod(of_kind("acceptance"))  # type: ignore[assignment]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {key: {"title": title, "why": why} for key, (title, why) in facts.off_dictionary.items()}

    def detail(self, project: Project, details: Details) -> str:
        return sentence(details["why"])
