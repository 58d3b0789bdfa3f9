"""The certificate of a sign-off, and what travels in its file."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack import clock
from reqtrack.acceptance import queries as rounds
from reqtrack.acceptance.models import VERDICTS
from reqtrack.baselines import queries as baselines
from reqtrack.baselines.content import content_at
from reqtrack.documents.contexts.common import Context, Reader, shared, signatures
from reqtrack.signoff import queries as signoffs
from reqtrack.signoff import subjects
from reqtrack.signoff.models import Signoff
from reqtrack.web.words import acting, listed

WORDS = {
    "requirement": ("%(num)s requirement", "%(num)s requirements"),
    "scenario": ("%(num)s scenario", "%(num)s scenarios"),
    "acceptance": ("%(num)s acceptance scenario", "%(num)s acceptance scenarios"),
    "links": ("%(num)s link", "%(num)s links"),
    "results": ("%(num)s result", "%(num)s results"),
    "covers": ("%(num)s exception", "%(num)s exceptions"),
}


def build(reader: Reader, signoff: Signoff) -> Context:
    """The context of ``exports/certificate``."""
    page = signoffs.page_of(reader.actor, signoff)
    names = listed(acting(one.signer_name, one.behalf_name) for one in page.signatures)
    subject = f"{page.subject.key} {page.subject.title}"
    statement = (
        _("%(names)s signed %(subject)s.", names=names, subject=subject)
        if names
        else _("%(subject)s was put up for signature; nobody has signed yet.", subject=subject)
    )
    return {
        **shared(reader, signoff.fingerprint, f"{signoff.key}  {subject}", signatures(reader, [signoff])),
        "kicker": f"{reader.project.name}  {signoff.key}",
        "statement": f"{statement} “{signoff.meaning}”",
        "subject": f"{subject}  ({counted(page.subject.counts)})" if page.subject.counts else subject,
        "chain": " + ".join((page.subject.key, listed(page.outcome.carried_by))) if page.outcome.carried_by else "",
        "requested": f"{reader.moment(signoff.requested_at)}, {signoff.requested_by}",
        "replaces": "",
        "state": page.outcome.state,
        "state_text": _standing(reader, page),
    }


def _standing(reader: Reader, page: signoffs.Page) -> str:
    """When it was complete, and when it was withdrawn."""
    parts = []
    if page.completed_at is not None:
        parts.append(_("Complete on %(moment)s", moment=reader.moment(page.completed_at)))
    if page.withdrawal is not None:
        told = page.withdrawal
        parts.append(
            _(
                "Withdrawn on %(moment)s by %(name)s: %(reason)s",
                moment=reader.moment(told.at),
                name=told.by,
                reason=told.reason,
            )
        )
    return " · ".join(str(part) for part in parts)


def counted(counts: Any) -> str:
    """How much a subject holds, in words."""
    parts = []
    for name, count in counts.items():
        if name in WORDS:
            one, many = WORDS[name]
            parts.append(str(ngettext(one, many, count)))
        else:
            parts.append(f"{VERDICTS.get(name, name)} {count}")
    return listed(parts)


def data(reader: Reader, signoff: Signoff) -> dict[str, Any]:
    """What a certificate's file carries for machines: all that the fingerprint is computed over, and the signatures."""
    page = signoffs.page_of(reader.actor, signoff)
    return {
        "subject": signoff.subject,
        "kind": page.subject.key.partition("-")[0],
        "project": reader.project.key,
        "fingerprint": signoff.fingerprint,
        "content": content_of(reader, signoff),
        "signoff": signoff.key,
        "meaning": signoff.meaning,
        "signatures": [
            {
                "number": one.number,
                "name": one.signer_name,
                "login": one.signer,
                "role": one.roles,
                "meaning": one.meaning,
                "at": clock.iso(one.at),
                "zone": one.zone,
                "fingerprint": one.fingerprint,
                "for": one.behalf_name,
                "seal": one.seal,
                **({"remarks": one.reason} if one.reason else {}),
            }
            for one in page.signatures
        ],
    }


def content_of(reader: Reader, signoff: Signoff) -> dict[str, Any]:
    """What the fingerprint of the subject is computed over."""
    prefix, _dash, number = signoff.subject.partition("-")
    if prefix == "BL":
        baseline = baselines.baseline_for(reader.actor, reader.project.id, int(number))
        held = content_at(reader.project.id, baseline.seq, baselines.keys_of(baseline))
        items = sorted([one.key, one.print.scope_print] for one in held.items.values())
        return {"items": items, "links": sorted(list(one) for one in held.links)}
    kind = subjects.kind_of(signoff.subject)
    if kind.content is not None:
        return dict(kind.content(reader.project.id, int(number)))
    return rounds.round_content(rounds.round_for(reader.actor, reader.project.id, number))
