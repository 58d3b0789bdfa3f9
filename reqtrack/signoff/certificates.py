"""Checking a certificate's file: it agrees with itself, and with the sign-off, the content and the signatures here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from reqtrack import clock
from reqtrack.acceptance.queries import round_content
from reqtrack.accounts.models import Project
from reqtrack.audit.checks.report import Report
from reqtrack.audit.seals import digest, raw_columns, seal_of
from reqtrack.baselines.content import told_at
from reqtrack.baselines.queries import keys_of, number_of
from reqtrack.db import canonical, db
from reqtrack.errors import Reason
from reqtrack.signoff import queries, rounds, scope, subjects
from reqtrack.signoff.models import Signature, Signoff
from reqtrack.signoff.subjects import number_in


def check(data: Mapping[str, Any], report: Report) -> None:
    """Compare what a certificate carries with the database, and note what differs.

    ``data`` is what the document *certificate* carries for machines: project, signoff, subject, meaning, fingerprint, the
    content that the fingerprint is over, and the signatures. Packs of decisions are compared elsewhere.
    """
    if "decision" in data:
        return
    key = str(data.get("signoff", ""))[:40]
    for column, reason in _itself(data):
        report.add("certificate", key, reason, column)
    signoff = _signoff(data)
    if signoff is None:
        report.add("certificate", key, Reason("unknown", "There is no sign-off %(key)s here.", {"key": key}), "signoff")
        return
    report.count("certificates")
    meant = subjects.meanings_of(signoff.subject, signoff.meaning).values()
    for name in ("subject", "meaning", "fingerprint"):
        if data.get(name) not in (meant if name == "meaning" else (getattr(signoff, name),)):
            reason = Reason("differs", "The certificate says something else than the sign-off.")
            report.add("certificate", key, reason, name)
    _content_differs(data, signoff, key, report)
    _signatures_differ(data, signoff, key, report)
    state = queries.outcome_of(signoff).state
    if state == "superseded":
        report.count("superseded")
    elif state != "signed":
        reason = Reason(
            "not_signed", "The sign-off is %(state)s: the certificate does not stand any more.", {"state": state}
        )
        report.add("certificate", key, reason, "state")


def _itself(data: Mapping[str, Any]) -> Iterator[tuple[str, Reason]]:
    """Whether the certificate agrees with itself: its content has its fingerprint, and each signature is over that."""
    try:
        found = "sha256:" + digest(canonical(data.get("content")))
    except TypeError:
        found = ""
    if found != data.get("fingerprint"):
        yield "content", Reason("wrong_print", "The content in the certificate does not have its fingerprint.")
    told = data.get("signatures")
    if not isinstance(told, list) or not told:
        yield "signatures", Reason("unsigned", "The certificate carries no signatures.")
        return
    if any(not isinstance(one, dict) or one.get("fingerprint") != data.get("fingerprint") for one in told):
        yield "signatures", Reason("wrong_print", "A signature in the certificate is over another fingerprint.")


def _signoff(data: Mapping[str, Any]) -> Signoff | None:
    project = db.session.execute(select(Project).where(Project.key == str(data.get("project", "")))).scalar()
    number = number_of(str(data.get("signoff", "")), "SGN")
    if project is None or number is None:
        return None
    return db.session.execute(
        select(Signoff).where(Signoff.project_id == project.id, Signoff.number == number)
    ).scalar()


def _content_differs(data: Mapping[str, Any], signoff: Signoff, key: str, report: Report) -> None:
    """Compare the content in the certificate with the content here; the first thing that differs is named."""
    here = content_of(signoff)
    if "sha256:" + digest(canonical(here)) != signoff.fingerprint:
        reason = Reason("wrong_print", "What was signed does not have the fingerprint that was signed.")
        report.add("certificate", key, reason, "fingerprint")
    told = data.get("content")
    if told == here or not isinstance(told, dict):
        return
    for name in sorted(here):
        given = told.get(name)
        if not isinstance(here[name], list):
            first = "" if given == here[name] else name
        else:
            first = _first_difference(given if isinstance(given, list) else [], here[name])
        if first:
            reason = Reason("differs", "%(what)s is not here as the certificate has it.", {"what": first})
            report.add("certificate", key, reason, "content")
            return


def content_of(signoff: Signoff) -> Mapping[str, Any]:
    """What the fingerprint of the subject of a sign-off is over."""
    if signoff.subject.startswith("BL-"):
        baseline = scope.baseline_of(signoff)
        items, links = told_at(signoff.project_id, baseline.seq, keys_of(baseline))
        return {"items": items, "links": links}
    kind = subjects.kind_of(signoff.subject)
    if kind.content is not None:
        return kind.content(signoff.project_id, number_in(signoff.subject))
    return round_content(rounds.round_of(signoff.project_id, number_in(signoff.subject)))


def _first_difference(told: list[Any], here: list[list[Any]]) -> str:
    """The name of the first part that is not the same in both lists ("" when there is none)."""
    known = [canonical(one) for one in here]
    for part in told:
        if canonical(part) not in known:
            return " ".join(str(word) for word in part[:-1]) if isinstance(part, list) else str(part)[:80]
    given = {canonical(part) for part in told}
    return next((" ".join(str(word) for word in one[:-1]) for one in here if canonical(one) not in given), "")


def signature_data(row: Signature) -> dict[str, Any]:
    """A signature as a certificate carries it."""
    return {
        "number": row.number,
        "name": row.signer_name,
        "login": row.signer,
        "role": row.roles,
        "meaning": row.meaning,
        "at": clock.iso(row.at),
        "zone": row.zone,
        "fingerprint": row.fingerprint,
        "seal": row.seal,
        "for": row.behalf_name,
        # Said where there are any: certificates of before have no place for them.
        **({"remarks": row.reason} if row.reason else {}),
    }


def of_pack(document: Mapping[str, Any]) -> dict[str, Any]:
    """What ``check`` takes, from the archive of a sign-off pack; of a decision on a change, what the check of changes takes."""
    if document["signoff"]["subject_kind"] == "decision":
        return {"decision": document}
    given = [one for one in document["signatures"] if one["columns"].get("outcome") == "signed"]
    return {
        "project": document["project"]["key"],
        "signoff": document["signoff"]["key"],
        "subject": document["signoff"]["subject"],
        "meaning": next(iter(document["signoff"]["meaning"].values())),
        "fingerprint": document["fingerprint"],
        "content": json.loads(document["over"]),
        "signatures": [_of_columns(one["columns"], one["seal"]) for one in given],
    }


def _of_columns(columns: Mapping[str, Any], seal: str) -> dict[str, Any]:
    told = {
        "number": columns["number"], "name": columns["signer_name"], "login": columns["signer"], "role": columns["roles"],
        "meaning": columns["meaning"], "at": columns["at"], "zone": columns["zone"], "fingerprint": columns["fingerprint"],
        "seal": seal, "for": columns.get("behalf_name"),
    }  # fmt: skip
    return {**told, "remarks": columns["reason"]} if columns["reason"] else told


def _signatures_differ(data: Mapping[str, Any], signoff: Signoff, key: str, report: Report) -> None:
    given = {row.number: row for row in queries.answers([signoff.id])[signoff.id] if row.outcome == "signed"}
    told = data.get("signatures")
    for at, one in enumerate(told if isinstance(told, list) else [], 1):
        number = one.get("number") if isinstance(one, dict) else None
        row = given.pop(number, None) if isinstance(number, int) else None
        if row is None:
            reason = Reason("unknown", "There is no such signature here.")
            report.add("certificate", f"{key} {at}", reason, "signatures")
            continue
        report.count("signatures")
        for name, value in signature_data(row).items():
            if one.get(name) != value:
                reason = Reason("differs", "The certificate says something else than the signature.")
                report.add("certificate", f"{key} {at}", reason, name)
        if seal_of(raw_columns(row)) != row.seal:
            report.add("signatures", f"{row.project_id}:{row.number}", Reason("changed", "It does not have its seal."))
    for row in given.values():
        reason = Reason("missing", "The certificate leaves out the signature of %(name)s.", {"name": row.signer_name})
        report.add("certificate", key, reason, "signatures")
