"""What may be done to an acceptance scenario, and why not. Pure: everything it needs to know comes in."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.errors import YES, Verdict, no
from reqtrack.items.kinds import Kind
from reqtrack.requirements.policy import labels, scope_fields


def may_edit(kind: Kind, key: str, changed: Sequence[str], locked: Sequence[str], change: str) -> Verdict:
    """The lock: what an acceptance scenario says is part of the scope of the approved requirements that it accepts.

    Args:
        key: of the acceptance scenario; "" for a new one.
        changed: names of the fields that the save would change, ``retired`` among them.
        locked: keys of the approved requirements that it accepts before or after the save.
        change: the key of the change request that brings the save, or "".
    """
    touched = scope_fields(kind, changed)
    if change or not locked or not touched:
        return YES
    requirements = ", ".join(locked)
    if not key:
        return no(
            "locked",
            "%(requirements)s is approved scope: a new acceptance scenario for it takes a change request.",
            field="accepts",
            requirements=requirements,
        )
    return no(
        "locked",
        "%(key)s accepts %(requirements)s, which is approved scope: changing its %(fields)s takes a change request.",
        field=touched[0],
        key=key,
        requirements=requirements,
        fields=labels(kind, touched),
    )
