"""What is sent about phases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from reqtrack.accounts.models import Project
from reqtrack.errors import Invalid, Reason
from reqtrack.items.kinds import Field
from reqtrack.items.values import PARSERS, Unfit

PHASE_FIELDS = (
    Field("name", "line", _l("Name")),
    Field("starts_on", "date", _l("Begins on")),
    Field("ends_on", "date", _l("Ends on")),
    Field("capacity_days", "decimal", _l("Capacity (person-days)")),
)


def phase_values(project: Project, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what was sent about a phase into values; empty ones become None.

    Raises:
        Invalid: with a reason for each field that does not fit or that a phase does not have.
    """
    known = {field.name: field for field in PHASE_FIELDS}
    values: dict[str, Any] = {}
    reasons = []
    for name, given in raw.items():
        if name not in known:
            reasons.append(Reason("unknown_field", "A phase has no field %(name)s.", {"name": name}, name))
            continue
        field = known[name]
        try:
            values[name] = None if given is None or given == "" else PARSERS[field.type](field, project, given)
        except Unfit as unfit:
            reasons.append(Reason("invalid", unfit.message, unfit.params, name))
    if reasons:
        raise Invalid(reasons)
    return values
