"""Reasons that somebody types and everybody reads. In the chain they stay for good: nobody who was heard is named there."""

from __future__ import annotations

from reqtrack.errors import Invalid, Reason
from reqtrack.interviews.queries import tells_names
from reqtrack.items.values import Unfit, text_of

LONGEST = 2_000
NAMES = "Everybody reads this, and it names somebody who was interviewed: say their job role."


def read(project_id: int, given: str, needed: str = "") -> tuple[str, list[Reason]]:
    """A reason as it is kept, and what is the matter with it.

    Args:
        needed: what to say where there is none; "" when it may be left out.
    """
    try:
        said = text_of(given or "", LONGEST).strip()
    except Unfit as unfit:
        return "", [Reason("invalid", unfit.message, unfit.params, "reason")]
    if needed and not said:
        return "", [Reason("required", needed, field="reason")]
    if said and tells_names(project_id, [said]):
        return "", [Reason("names", NAMES, field="reason")]
    return said, []


def checked(project_id: int, given: str, needed: str = "") -> str:
    """The same, refused when something is the matter.

    Raises:
        Invalid: there is none, it is too long, it names somebody.
    """
    said, wrong = read(project_id, given, needed)
    if wrong:
        raise Invalid(wrong)
    return said
