"""The pack of a decision on paper: the record of the change with the votes that decided it, what they are over, and how that is
checked."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _

from reqtrack.changes.models import Change
from reqtrack.documents import decisions
from reqtrack.documents.archives import Carried, read_once
from reqtrack.documents.contexts import change_record
from reqtrack.documents.contexts.common import Context, Reader
from reqtrack.documents.contexts.sign_off_pack import keys_of


def build(reader: Reader, change: Change) -> Context:
    """The context of ``exports/change-record``, with ``proof``."""
    held = read_once(decisions.held_by, reader, change)
    numbers = {one.number for one in held.votes}
    decided = [replace(one, void=False) for one in held.page.votes if one.decision.number in numbers]
    return {
        **change_record.of(reader, replace(held.page, votes=decided)),
        "kicker": _("Decision pack  %(key)s", key=change.key),
        "fingerprint": held.fingerprint,
        "address": reader.address(held.fingerprint),
        "proof": {
            "package": f"sha256:{held.page.dossier.package_print}",
            "seals": [
                {"number": one.number, "name": change_record.decider(one), "seal": one.seal, "key": one.stamp_key or ""}
                for one in held.votes
            ],
            **keys_of(reader),
        },
    }  # fmt: skip


def carried(reader: Reader, change: Change) -> Carried:
    """What travels in the file: the archive's data."""
    return Carried(decisions.pack_data(reader, read_once(decisions.held_by, reader, change)))
