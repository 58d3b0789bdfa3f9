"""Verbs on branches of scope. They take plain values and an explicit actor, and know nothing of forms and pages."""

from reqtrack.branches.actions.bringing import Brought, bring
from reqtrack.branches.actions.choosing import choose
from reqtrack.branches.actions.closing import close
from reqtrack.branches.actions.opening import open_branch

__all__ = ["Brought", "bring", "choose", "close", "open_branch"]
