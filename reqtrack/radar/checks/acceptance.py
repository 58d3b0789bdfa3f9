"""What was tested, and does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from flask_babel import lazy_gettext as _l

from reqtrack.radar.checks.check import Check, Details, of_kind, register
from reqtrack.radar.checks.facts import Facts

NOTHING: Details = {}


class OfStatus(Check):
    """Acceptance scenarios with a status."""

    area, early = "acceptance", True
    status: ClassVar[str]
    lead = staticmethod(of_kind("acceptance"))  # type: ignore[assignment]

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {key: NOTHING for key, status, imported in facts.statuses if status == self.status and not imported}


@register
class AcceptanceFailed(OfStatus):
    name, severity, status = "acceptance_failed", "serious", "failed"
    title = _l("Acceptance scenarios that failed")
    meaning = _l("The system does not do what was agreed, or what was agreed is not right.")
    mending = _l("Have it mended and test again; or change the requirement.")
    text = _l("failed.")
    verb = _l("Look at it")


@register
class ResultStale(OfStatus):
    name, status = "result_stale", "stale"
    title = _l("Results older than what they tested")
    meaning = _l("The text was changed after it passed: nobody knows whether it still does.")
    mending = _l("Test again, or say that the result still stands.")
    text = _l("passed on an older text.")
    verb = _l("Test again")
