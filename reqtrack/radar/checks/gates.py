"""What was excused for a while, and the while is over."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from reqtrack.accounts.models import Project
from reqtrack.gates.queries import keys_in
from reqtrack.radar.checks.check import Check, Details, Way, register
from reqtrack.radar.checks.facts import Facts
from reqtrack.web.context import day


@register
class WaiverExpired(Check):
    name, area, severity = "waiver_expired", "acceptance", "serious"
    title = _l("Waivers that expired")
    meaning = _l("What was to be mended by that day stands in the way of the gates again.")
    mending = _l("Have it mended and withdraw the waiver, or ask for a new one.")
    text = _l("expired.")
    verb = _l("Look at it")
    permission = "interview.read"

    def find(self, facts: Facts) -> Mapping[str, Details]:
        return {
            f"waiver:{one.waiver.number}": {
                "label": one.waiver.key,
                "owner": one.waiver.owner_name,
                "day": one.waiver.expires_on,
                "items": tuple(
                    dict.fromkeys(key for _rule, subject, _row in one.waiver.covers for key in keys_in(subject))
                ),
                "arguments": {"number": one.waiver.number},
            }
            for one in facts.waivers
            if one.state == "expired"
        }

    def lead(self, count: int) -> str:
        return str(ngettext("%(num)s waiver", "%(num)s waivers", count))

    def way(self, names: list[str]) -> Way:
        return ("gates.waiver", {}) if len(names) == 1 else ("gates.index", {})

    def detail(self, project: Project, details: Details) -> str:
        return str(_("on %(day)s; %(name)s sees to it", day=day(details["day"]), name=details["owner"]))
