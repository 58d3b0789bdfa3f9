"""The Ed25519 seal that the installation puts on each signature, and on each vote on a change: a row altered afterwards, or made
elsewhere, does not bear it.

It is over the row's SHA-256 as the checker of packs computes it (``proof.check_pack.row_seal``), its own two columns left out;
the row's ``seal`` then covers them, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from reqtrack import clock
from reqtrack.audit.seals import fill_defaults, raw_columns, seal_of
from reqtrack.errors import YES, Verdict, no
from reqtrack.proof.check_pack import STAMP_KINDS, STAMPS
from reqtrack.proof.seal import FOLDER, Ring, Seal, SealError


def ring() -> Ring:
    """The installation's keys; the first one is made where there is none yet.

    Raises:
        SealError: they cannot be read or written.
    """
    return Ring.make(current_app.config["SETTINGS"].data / FOLDER)


def held() -> Ring | None:
    """The keys as they are there; None where there are none, or they cannot be read."""
    try:
        return Ring.open(current_app.config["SETTINGS"].data / FOLDER)
    except SealError:
        return None


def stamp(row: Any) -> None:
    """Put the installation's seal on a new row of a table of ``STAMP_KINDS``; all its other columns are set.

    Raises:
        SealError: there is no key to seal with.
    """
    fill_defaults(row)
    given = ring().sign(STAMP_KINDS[row.__tablename__], _over(raw_columns(row)))
    row.stamp_key, row.stamp = given.key_id, given.signature.hex()


def check(columns: Mapping[str, Any], held: Ring | None, table: str = "signatures") -> Verdict:
    """Whether a row, as the database holds it, bears the installation's seal. One of before there were keys bears none."""
    if columns["stamp"] is None and columns["stamp_key"] is None:
        return YES
    if held is None:
        return no(
            "no_keys", "The seal keys of this installation are not in its data folder: take keys.json from a backup."
        )
    try:
        given = Seal(str(columns["stamp_key"]), bytes.fromhex(str(columns["stamp"])))
        at = clock.parse(str(columns["at"]))
    except ValueError:
        return no("wrong_seal", "It does not have its seal: it was changed since.")
    return held.verify(STAMP_KINDS[table], _over(columns), given, at)


def _over(columns: Mapping[str, Any]) -> bytes:
    return seal_of({name: value for name, value in columns.items() if name not in STAMPS}).encode()
