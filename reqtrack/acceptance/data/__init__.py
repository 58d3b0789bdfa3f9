"""Data sets as plain rules: what stands in the columns of real business records, what of it is personal, how it is hidden, and
how it becomes rows that the project's data dictionary knows. Plain data in and out: no database, no pages.

``profile`` looks, ``propose`` maps columns to the dictionary, ``apply_mapping`` types the rows, ``Masks`` and ``hide`` keep
clear values of persons out of whatever is stored. docs/decisions/masking.md tells what is stored and what is not.
"""

from __future__ import annotations

from reqtrack.acceptance.data.applying import Applied, apply_mapping
from reqtrack.acceptance.data.dictionary import Entry, check, parse_entry
from reqtrack.acceptance.data.hiding import hide, leaks
from reqtrack.acceptance.data.mapping import Match, propose
from reqtrack.acceptance.data.masks import Masks
from reqtrack.acceptance.data.profile import HiddenProfile, Profile, profile

__all__ = [
    "Applied",
    "Entry",
    "HiddenProfile",
    "Masks",
    "Match",
    "Profile",
    "apply_mapping",
    "check",
    "hide",
    "leaks",
    "parse_entry",
    "profile",
    "propose",
]
