"""The roles by name, and what each is for, in one sentence."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

ROLE_NAMES: dict[str, Any] = {
    "project_manager": _l("Project manager"),
    "business_owner": _l("Business owner"),
    "analyst": _l("Analyst"),
    "tester": _l("Tester"),
    "contributor": _l("Contributor"),
    "implementer": _l("Implementer"),
    "sponsor": _l("Sponsor"),
    "auditor": _l("Auditor"),
}
ROLE_SENTENCES: dict[str, Any] = {
    "project_manager": _l("Runs the project: plans, invites, steers changes; decides small ones."),
    "business_owner": _l("Approves the scope and the changes to it, and signs for them."),
    "analyst": _l("Interviews people, writes scenarios, requirements and acceptance scenarios, assesses changes."),
    "tester": _l("Runs acceptance scenarios on real data and records what happened."),
    "contributor": _l("Knows the work: drafts items, asks for changes, comments."),
    "implementer": _l("Builds it: estimates, says what is built; sees agreed requirements only, no names, no costs."),
    "sponsor": _l("Pays for it: reads everything, decides the large changes, signs."),
    "auditor": _l("Reads everything but names, changes nothing, checks the log."),
}
