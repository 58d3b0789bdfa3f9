"""The pages of changes in words: what ``queries`` found, as the templates take it."""

from reqtrack.changes.pages.asking import asked
from reqtrack.changes.pages.board import board
from reqtrack.changes.pages.delegation import delegation
from reqtrack.changes.pages.figures import figures
from reqtrack.changes.pages.forms import edit, edit_item, moved, new, new_item, stale
from reqtrack.changes.pages.impact import touched
from reqtrack.changes.pages.placing import placing
from reqtrack.changes.pages.show import show
from reqtrack.changes.pages.stages import stages
from reqtrack.changes.pages.templates import template, templates

__all__ = [
    "asked",
    "board",
    "delegation",
    "edit",
    "edit_item",
    "figures",
    "moved",
    "new",
    "new_item",
    "placing",
    "show",
    "stages",
    "stale",
    "template",
    "templates",
    "touched",
]
