"""A card moved on the board: the lawful move that this means, what it still asks for, or why nobody moves it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.changes import dossier, policy, queries
from reqtrack.changes.models import Change
from reqtrack.changes.pages.board import columns_of
from reqtrack.changes.queries import ChangePage
from reqtrack.changes.queries.flows import flows_for
from reqtrack.errors import Verdict
from reqtrack.permissions import Actor
from reqtrack.web.problems import sentence
from reqtrack.web.words import listed
from reqtrack.workflow.presets import PRESETS


@dataclass(frozen=True)
class Move:
    """What a move to a column means. ``action``: where it is sent, with ``fields``; ``asks``: the name of a text that goes with
    it; ``link``: (words, address) of where it is done instead; ``reasons``: why it cannot be."""

    text: Any
    action: str = ""
    verb: Any = ""
    fields: tuple[tuple[str, Any], ...] = ()
    asks: tuple[str, Any] | None = None
    link: tuple[Any, str] | None = None
    reasons: tuple[str, ...] = ()


def placing(actor: Actor, project: Project, change: Change, by: str, to: str) -> dict[str, Any]:
    """The page that says what moving a change to a column means, and asks for what is needed."""
    by = by if by in queries.GROUPS else "stage"
    columns = columns_of(project, by)
    target = to if to in columns else next(iter(columns))
    if by == "stage":
        moves = _staged(actor, project, change, target)
    else:
        moves = [_placed(actor, project, change, by, target, columns[target])]
    return {
        "item": change,
        "column": columns[target],
        "moves": moves,
        "by": by,
        "home": url_for("changes.board", project=project.key, by=None if by == "stage" else by),
        "href": url_for("changes.show", project=project.key, key=change.key),
    }


def _sentences(verdict: Verdict) -> tuple[str, ...]:
    return tuple(sentence(reason) for reason in verdict.reasons)


def _placed(actor: Actor, project: Project, change: Change, by: str, to: str, label: Any) -> Move:
    """Proposing a tier or a phase."""
    verdict = policy.may_write(actor, project.id, change.key, change.stage, dossier.load(change).origin)
    if by == "tier":
        text = _("The change then proposes the priority %(name)s; who decides may choose another.", name=label)
    else:
        text = _("The change then proposes the phase %(name)s; who decides may choose another.", name=label)
    return Move(
        text,
        url_for("changes.place", project=project.key, key=change.key),
        _("Propose it"),
        (("by", by), ("to", to), ("seen", change.version)),
        reasons=_sentences(verdict),
    )


# -- by stage ----------------------------------------------------------------------------------------------------------


def _staged(actor: Actor, project: Project, change: Change, to: str) -> list[Move]:
    page = queries.change_page(actor, change)
    here = PRESETS[flows_for(project).preset].folded(page.stage, change.came_from)
    if to == here:
        return [Move(_("It is there already."))]
    if to == "draft":
        return [
            Move(_("What was handed in is no draft again. It can still be edited while it is open; that voids votes."))
        ]
    if not page.dossier.open and (here, to) != ("applied", "closed"):
        return [Move(_("It is decided: what was decided stays. A further change may change it."))]
    ways = {
        "submitted": _to_assess, "assessing": _to_assess, "needs_information": _asked, "deciding": _to_decide, "deferred": _decided,
        "applied": _into_effect, "rejected": _decided,
    }  # fmt: skip
    return ways.get(to, _out)(project, page, here)


def _at(project: Project, page: ChangePage, endpoint: str = "show", anchor: str = "") -> str:
    more: dict[str, Any] = {"_anchor": anchor} if anchor else {}
    return url_for(f"changes.{endpoint}", project=project.key, key=page.change.key, **more)


def _to_assess(project: Project, page: ChangePage, here: str) -> list[Move]:
    if here != "draft":
        return [
            Move(
                _("It goes back to its assessors, who are asked again."), _at(project, page, "reassess"),
                _("Ask for a new assessment"), (("seen_stage", page.stage),), reasons=_sentences(page.verdicts["reassess"]),
            )
        ]  # fmt: skip
    if page.change.change_kind == "standard":
        return [
            Move(
                _("A standard change takes effect when it is handed in."),
                link=(_("Hand it in"), _at(project, page, anchor="submit")),
            )
        ]
    text = _("It is handed in, and assessed by: %(who)s.", who=listed(one.name for one in page.asked) or "–")
    if page.facts.emergency:
        text = _("An emergency is decided at once, and assessed later.")
    seen = ("seen", page.dossier.package_print[:16])
    return [
        Move(text, _at(project, page, "submit"), _("Submit it"), (seen,), reasons=_sentences(page.verdicts["submit"]))
    ]


def _to_decide(project: Project, page: ChangePage, here: str) -> list[Move]:
    if here == "draft":
        return [
            Move(
                _("Nobody moves it there by hand: it is handed in first, and goes there with the last assessment."),
                link=(_("Open it"), _at(project, page)),
            )
        ]
    who = listed(one.name for one in page.still_asked)
    text = _("Nobody moves it there by hand: it goes there with the last assessment that is needed.")
    if page.change.stage == "needs_information":
        return [
            Move(
                _("It was asked back: once that is answered it goes on."),
                link=(_("Open it"), _at(project, page, anchor="answer")),
            )
        ]
    if page.verdicts["assess"]:
        return [Move(text, link=(_("Assess it"), _at(project, page, anchor="assess")))]
    return [Move(text, reasons=(_("It waits for an assessment by %(who)s.", who=who or "–"),))]


def _into_effect(project: Project, page: ChangePage, here: str) -> list[Move]:
    text = _("Nobody moves it there by hand: it takes effect with the last vote that the delegation rule asks for.")
    if page.stage != "deciding":
        return [Move(text, reasons=(_("It is not there to be decided yet."),))]
    return [
        Move(
            text,
            link=(_("See the impact and decide"), _at(project, page, anchor="decide")),
            reasons=_sentences(page.verdicts["decide"]),
        )
    ]


def _asked(project: Project, page: ChangePage, here: str) -> list[Move]:
    link = (_("Open it"), _at(project, page))
    return [
        Move(
            _("Who assesses or decides it asks back, with a question."),
            link=link,
            reasons=_sentences(page.verdicts["ask"]),
        )
    ]


def _decided(project: Project, page: ChangePage, here: str) -> list[Move]:
    text = _("Who decides it says so: rejected with a reason, deferred until a phase, a date or a review.")
    link = (_("Decide"), _at(project, page, anchor="decide"))
    return [Move(text, link=link, reasons=_sentences(page.verdicts["decide"]))]


def _out(project: Project, page: ChangePage, here: str) -> list[Move]:
    if here == "applied":
        text = _("It is closed. If it is not verified yet, say why it is closed all the same.")
        asks = ("reason", _("Why it is closed although it is not verified"))
        seen = (("seen_stage", page.change.stage),)
        return [
            Move(
                text, _at(project, page, "close"), _("Close it"), seen, asks, reasons=_sentences(page.verdicts["close"])
            )
        ]
    moves = [
        Move(
            _("It is taken back, and changes nothing."), _at(project, page, "withdraw"), _("Withdraw it"),
            (("seen_stage", page.change.stage),), ("reason", _("Why it is taken back")),
            reasons=_sentences(page.verdicts["withdraw"]),
        )
    ]  # fmt: skip
    if page.stage == "deciding" and page.verdicts["decide"]:
        moves.append(
            Move(
                _("Who decides it may reject it, with a reason."),
                link=(_("Decide"), _at(project, page, anchor="decide")),
            )
        )
    return moves
