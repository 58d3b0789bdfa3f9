"""The demo story as bilingual plain data: a manufacturer's second try at a CRM, told in the order of ``STORY``.

The loader walks ``STORY`` and looks each ref up in ``BY_REF``; ``say(thing, "zh")`` gives the texts of one language.
"""

from __future__ import annotations

from typing import Any

from .acceptance import ACCEPTANCE
from .changes import CHANGES
from .confirmations import ASKINGS
from .elsewhere import ABSENCES, MEETINGS
from .evidence import DOCUMENTS, FIGURES, PASSAGE_QUESTIONS
from .feedback import FEEDBACK
from .feedback import LINKS as FEEDBACK_LINKS
from .findings import FINDINGS
from .interviews import INTERVIEWS
from .kinds import RUSHED, TEMPLATES
from .model import Language, T, Table, say
from .people import PROJECT, STAKEHOLDERS, USERS
from .plan import ASKED_OF, PLANNED_TALKS, TAKEN_SETS, WANTED
from .processes import FLOW_ANSWERS, PROCESSES
from .records import BRANCHES, DATA_SETS, DEFECTS, FIELDS
from .requirements import REQUIREMENTS, SET_ASIDE
from .reviews import REVIEWS
from .rounds import BASELINES, ROUNDS, RUNS, SIGN_OFFS
from .scenarios import SCENARIOS
from .sheets import SHEETS
from .stages import STAGES
from .story import STORY
from .talk import COMMENTS, QUESTIONS
from .texts import LET_STAND
from .touches import TOUCHES
from .waivers import WAIVERS

# Everything that a step of the story names. Phases, excerpts and the new items of changes hang below these.
BY_REF: dict[str, Any] = {"CRM": PROJECT} | {
    thing.ref: thing
    for things in (
        STAKEHOLDERS, INTERVIEWS, SCENARIOS, PROCESSES, FLOW_ANSWERS, REQUIREMENTS, SET_ASIDE, ACCEPTANCE, CHANGES,
        BASELINES, SIGN_OFFS, ROUNDS, RUNS, COMMENTS, QUESTIONS, FEEDBACK_LINKS, FEEDBACK, ASKINGS,
        WANTED, TAKEN_SETS, ASKED_OF, PLANNED_TALKS, FINDINGS, LET_STAND, SHEETS,
        DOCUMENTS, FIGURES, PASSAGE_QUESTIONS, TOUCHES, TEMPLATES, RUSHED, REVIEWS, STAGES,
        ABSENCES, MEETINGS, WAIVERS, FIELDS, DATA_SETS, DEFECTS, BRANCHES,
    )
    for thing in things
}  # fmt: skip

__all__ = [
    "ABSENCES",
    "ACCEPTANCE",
    "ASKED_OF",
    "ASKINGS",
    "BASELINES",
    "BRANCHES",
    "BY_REF",
    "CHANGES",
    "COMMENTS",
    "DATA_SETS",
    "DEFECTS",
    "DOCUMENTS",
    "FEEDBACK",
    "FEEDBACK_LINKS",
    "FIELDS",
    "FIGURES",
    "FINDINGS",
    "FLOW_ANSWERS",
    "INTERVIEWS",
    "LET_STAND",
    "MEETINGS",
    "PASSAGE_QUESTIONS",
    "PLANNED_TALKS",
    "PROCESSES",
    "PROJECT",
    "QUESTIONS",
    "REQUIREMENTS",
    "REVIEWS",
    "ROUNDS",
    "RUNS",
    "RUSHED",
    "SCENARIOS",
    "SET_ASIDE",
    "SHEETS",
    "SIGN_OFFS",
    "STAGES",
    "STAKEHOLDERS",
    "STORY",
    "TAKEN_SETS",
    "TEMPLATES",
    "TOUCHES",
    "USERS",
    "WAIVERS",
    "WANTED",
    "Language",
    "T",
    "Table",
    "say",
]
