"""The kinds of link of 3-architecture.md (*Links*)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from reqtrack.items.kinds import LinkKind, register_link

for link in (
    LinkKind("gives_rise_to", "scenario", "requirement", "source", _l("gives rise to"), _l("arises from")),
    LinkKind("refines", "requirement", "requirement", "target", _l("refines"), _l("is refined by"), acyclic=True),
    LinkKind("depends_on", "requirement", "requirement", "target", _l("depends on"), _l("is needed by")),
    LinkKind("conflicts_with", "requirement", "requirement", "both", _l("conflicts with"), _l("conflicts with")),
    LinkKind("accepts", "acceptance", "requirement", "target", _l("accepts"), _l("is accepted by"), carries_text=True),
    LinkKind("part_of", "scenario", "process", "target", _l("is part of"), _l("is told by")),
    LinkKind("covers", "interview", "process", "none", _l("covers"), _l("is covered by")),
    LinkKind("touches", "change", "*", "none", _l("touches"), _l("is touched by")),
    LinkKind("about", "feedback", "*", "none", _l("is about"), _l("has feedback")),
    LinkKind("found_in", "defect", "acceptance", "none", _l("was found in"), _l("shows the defect")),
    LinkKind("duplicates", "*", "*", "none", _l("duplicates"), _l("is duplicated by")),
):
    register_link(link)
