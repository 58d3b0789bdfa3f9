"""What was agreed elsewhere, and nobody has confirmed."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack import workdays
from reqtrack.accounts.models import Project
from reqtrack.radar.checks.check import Check, Details, register
from reqtrack.radar.checks.facts import Facts


@register
class AgreedElsewhereUnconfirmed(Check):
    name, area, setting = "agreed_elsewhere_unconfirmed", "change", "waiting_days"
    title = _l("Agreed elsewhere, and not confirmed")
    meaning = _l(
        "Somebody wrote that it was decided; who is said to have decided it has not said so. It is not in effect."
    )
    mending = _l("Ask those named, by a link if they do not sign in; or have it decided here.")
    text = _l("agreed elsewhere, not confirmed by who decided it.")
    verb = _l("Look")

    def find(self, facts: Facts) -> Mapping[str, Details]:
        calendar, days = workdays.of(facts.project.calendar), facts.project.waiting_days
        found = {}
        for row in facts.changing.rows:
            due = calendar.later(row.agreed_on, days) if row.agreed_on is not None and row.stage == "deciding" else None
            late = due is not None and due < facts.today
            # Where all of them have, it waits for who decides it, as any other does.
            if late and (waits := facts.changing.unconfirmed.get(row.id, 0)):
                found[row.key] = {"waits": waits}
        return found

    def lead(self, count: int) -> str:
        return str(ngettext("%(num)s change request", "%(num)s change requests", count))

    def detail(self, project: Project, details: Details) -> str:
        return str(ngettext("%(num)s person has not confirmed", "%(num)s people have not confirmed", details["waits"]))
