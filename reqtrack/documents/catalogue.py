"""The documents that can be made: what each is about and who builds its context."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reqtrack.acceptance import queries as rounds
from reqtrack.accounts.models import Project
from reqtrack.baselines import queries as baselines
from reqtrack.baselines.pages import between
from reqtrack.changes import packs
from reqtrack.changes import queries as changes
from reqtrack.documents.contexts import (
    acceptance_report,
    acceptance_slip,
    certificate,
    change_record,
    comparison,
    decision_pack,
    impact,
    minutes,
    sign_off_pack,
    signature_sheet,
    specification,
)
from reqtrack.documents.contexts.common import Context, Reader
from reqtrack.exchange.exporting import BOOKS, REPORTS
from reqtrack.items.kinds import by_plural
from reqtrack.permissions import Actor
from reqtrack.reviews import queries as reviews
from reqtrack.signoff import queries as signoffs
from reqtrack.signoff import subjects as signables


@dataclass(frozen=True)
class Document:
    """One document: ``subject`` loads what it is about (raises NotFound), ``build`` its context, ``carried`` what travels along."""

    name: str
    label: Any
    about: Any
    subject: Callable[[Actor, Project, str], Any]
    build: Callable[[Reader, Any], Context]
    carried: Callable[[Reader, Any], Any] | None = None
    # Whose folder in ``exports/`` it is printed by, where not its own.
    printed_as: str = ""


def _baseline(actor: Actor, project: Project, key: str) -> Any:
    return baselines.baseline_for(actor, project.id, key) if key else None


def _points(actor: Actor, project: Project, given: str) -> comparison.Points:
    return comparison.points(actor, project, given)


def _round(actor: Actor, project: Project, key: str) -> Any:
    return rounds.round_for(actor, project.id, key)


def _signoff(actor: Actor, project: Project, key: str) -> Any:
    return signoffs.signoff_for(actor, project.id, key)


def _subject(actor: Actor, project: Project, key: str) -> Any:
    """A baseline or a round that is to be accepted; what of it may be seen is looked at by its own loader."""
    number = signables.number_in(key)
    (_round if key.upper().startswith("RND") else _baseline)(actor, project, key)
    return signables.kind_of(key).load(project.id, number)


def _change(actor: Actor, project: Project, key: str) -> Any:
    return changes.change_for(actor, project.id, key)


def _decided(actor: Actor, project: Project, key: str) -> Any:
    """Refused at once, and not by a job that fails: what is not decided, and who may not see all of it."""
    change = changes.change_for(actor, project.id, key)
    packs.is_decided(change).require(409)
    packs.is_kept(page := changes.change_page(actor, change)).require(409)
    packs.may_pack(actor, page).require()
    return change


def _review(actor: Actor, project: Project, key: str) -> Any:
    return reviews.review_for(actor, project.id, key)


DOCUMENTS = {
    one.name: one
    for one in (
        Document(
            "specification", _l("Specification"), _l("The scope of a baseline, or as it stands now"), _baseline,
            specification.build,
        ),
        Document(
            "comparison", _l("Comparison of two points of the scope"),
            _l("What came, what went, what says something else, what moved to another phase"), _points, comparison.build,
        ),
        Document(
            "change-record", _l("Change record"), _l("What a change does, costs and breaks, and who decided it"), _change,
            change_record.build,
        ),
        Document(
            "decision-pack", _l("Decision pack"),
            _l("A decided change with its redline, what it costs and who decided it, sealed: anybody can check it with Python alone"),
            _decided, decision_pack.build, decision_pack.carried, "change-record",
        ),
        Document(
            "impact", _l("Impact of a change"), _l("What a change touches, what falls, and who is told"), _change, impact.build
        ),
        Document(
            "acceptance-report", _l("Acceptance report"), _l("What a round found"), _round, acceptance_report.build
        ),
        Document(
            "minutes", _l("Minutes of a review"), _l("What was said of each line of an agenda, and how that stands"), _review,
            minutes.build,
        ),
        Document(
            "certificate", _l("Signature certificate"), _l("Who signed what, to be checked without reqtrack"), _signoff,
            certificate.build, certificate.data,
        ),
        Document(
            "sign-off-pack", _l("Sign-off pack"),
            _l("All that was signed, with texts, results, evidence and names, sealed: anybody can check it with Python alone"),
            _signoff, sign_off_pack.build, sign_off_pack.carried,
        ),
        Document(
            "signature-sheet", _l("Signature sheet"), _l("To be signed and sealed by hand, and brought back"), _signoff,
            signature_sheet.build,
        ),
        Document(
            "acceptance-slip", _l("Acceptance slip"), _l("One page for both parties to sign and seal"), _subject,
            acceptance_slip.build,
        ),
    )
}  # fmt: skip


# document → the page of what it is about, and what that page is found by.
_PAGES = {
    "specification": ("baselines.show", "number"),
    "change-record": ("changes.show", "key"),
    "decision-pack": ("changes.show", "key"),
    "impact": ("changes.impact", "key"),
    "acceptance-report": ("acceptance.round", "number"),
    "minutes": ("reviews.show", "key"),
    "certificate": ("signoff.show", "number"),
    "sign-off-pack": ("signoff.show", "number"),
    "signature-sheet": ("signoff.show", "number"),
    "acceptance-slip": ("acceptance.round", "number"),
}
_BOOK_PAGES = {"matrix": "trace.matrix"}
_REPORT_PAGES = {"text": "requirements.text", "change-figures": "changes.figures"}


def about(project: Project, payload: Mapping[str, Any]) -> tuple[str, str]:
    """What a document is about: how that is called, and the address of its page."""
    name, subject = payload["document"], payload["subject"]
    if name in BOOKS and name != "comparison":
        query = parse_qsl(subject)
        return str(BOOKS[name].label), url_for(_BOOK_PAGES[name], project=project.key) + (
            f"?{urlencode(query)}" if query else ""
        )
    if name == "comparison":
        return subject, f"{url_for('baselines.compare', project=project.key)}?{urlencode(between(subject))}"
    if name in DOCUMENTS and subject:
        endpoint, by = _PAGES["specification" if subject.startswith("BL-") else name]
        found = subject if by == "key" else subject.partition("-")[2]
        return subject, url_for(endpoint, project=project.key, **{by: found})
    if name in DOCUMENTS:
        return str(_("Scope")), url_for("requirements.scope", project=project.key)
    if name in REPORTS:
        return str(REPORTS[name].label), url_for(_REPORT_PAGES[name], project=project.key)
    return str(label(name)), url_for("items.listing", project=project.key, plural=name)


def label(name: str) -> Any:
    """How a document, a report, or a table of a kind of item, is called."""
    if name in DOCUMENTS:
        return DOCUMENTS[name].label
    if name in REPORTS:
        return REPORTS[name].label
    if name in BOOKS:
        return BOOKS[name].label
    kind = by_plural(name)
    return kind.label_plural if kind is not None else name
