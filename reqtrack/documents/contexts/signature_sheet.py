"""The sheet on which a request is signed by hand: meaning, texts or redline, lines for names, dates and seals."""

from __future__ import annotations

from reqtrack.documents.contexts import sign_off_pack
from reqtrack.documents.contexts.common import Context, Reader, role_words
from reqtrack.signoff import queries as signoffs
from reqtrack.signoff.models import Signoff
from reqtrack.signoff.pages import seat_name
from reqtrack.signoff.paper import mark_of
from reqtrack.web.words import listed


def build(reader: Reader, signoff: Signoff) -> Context:
    """The context of ``exports/signature-sheet``."""
    told = sign_off_pack.build(reader, signoff)
    page = signoffs.page_of(reader.actor, signoff)
    waiting = [one for one in page.signers if one.answer is None and one.way != "electronic"]
    return {
        **told,
        "meaning": signoff.meaning,
        "address": told["address"] + mark_of(signoff),
        "seats": [
            {
                "name": seat_name(one),
                "role": listed(part for part in (role_words(one.roles) if one.name else "", one.organisation) if part),
            }
            for one in waiting or page.signers
        ],
        "signatures": [],
    }
