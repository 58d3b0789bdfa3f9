"""The text checker: what a careful reader would stumble over in a requirement statement, in English and in Chinese.

Pure: text in, findings out. It advises and never refuses. The rules are named after the INCOSE *Guide to Writing
Requirements*, version 4 (INCOSE-TP-2010-006-04, 2023), whose numbers (R7 …) each gives, and after EARS (Mavin et al.,
"Easy Approach to Requirements Syntax", RE'09). docs/decisions/text-checker.md tells what was weighed and how well it does.
"""

from __future__ import annotations

from reqtrack.requirements.text import measures, sentences, thoughts, words
from reqtrack.requirements.text.check import check
from reqtrack.requirements.text.reading import language_of
from reqtrack.requirements.text.rule import RULES, Finding, Rule

__all__ = ["RULES", "Finding", "Rule", "check", "language_of", "measures", "sentences", "thoughts", "words"]
