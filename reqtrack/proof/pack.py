"""The sign-off pack: one canonical JSON archive with its seal (``build``), attached to the printed PDF and sealed with it (``attach``).

What the archive holds is told in docs/sign-off-pack.schema.json, what is sealed and why so in docs/decisions/seal.md. Nothing is
handed out that the checker refuses.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from reqtrack import clock
from reqtrack.proof import check_pack
from reqtrack.proof.check_pack import ARCHIVE_KIND, FILE_KIND, FORMAT, canonical, key_id, row_seal
from reqtrack.proof.seal import Ring

NAME = "reqtrack-sign-off.json"
# What would lead a reader that saves attachments out of its folder.
UNSAFE = re.compile(r"[/\\:\x00-\x1f]")
# What `build` adds itself.
OURS = frozenset({"format", "made_at", "seal"})


class Evidence(NamedTuple):
    """A file that a result names, to be attached: its bytes go in as they are."""

    name: str
    data: bytes


class PackError(ValueError):
    """The data do not make a pack: every sentence of the checker, one a line."""


def row(columns: Mapping[str, Any], **told: Any) -> dict[str, Any]:
    """A sealed row as a pack holds it: ``columns`` are those that its seal is over, as the database holds them (``seal`` and
    ``hash`` are taken out, and set beside); ``told`` stands beside them, too.

    Raises:
        PackError: the row does not have its seal.
    """
    names = [name for name in ("seal", "hash") if name in columns]
    over = {name: value for name, value in columns.items() if name not in names}
    if len(names) != 1 or row_seal(over) != columns[names[0]]:
        raise PackError("A row does not have its seal.")
    return {"columns": over, names[0]: columns[names[0]], **told}


def build(data: Mapping[str, Any], ring: Ring, at: datetime | None = None, *, alone: bool = True) -> bytes:
    """The archive: canonical JSON of ``data`` with format, time, the installation's keys and the seal.

    Args:
        data: all that the schema asks for but ``format``, ``made_at``, ``seal`` and ``installation.keys``.
        at: when it is made (now).
        alone: whether it is handed out as it is; else ``attach`` has the checker look at it, with the file that it goes into.

    Raises:
        PackError: the checker would not call it genuine. SealError: there is no key to seal with.
        ValueError, TypeError: it is not plain JSON without floats, or sets what is set here.
    """
    if OURS & data.keys() or "keys" in data["installation"]:
        raise ValueError("format, made_at, seal and the keys are set here")
    document: dict[str, Any] = {
        **data,
        "format": FORMAT,
        "made_at": clock.iso(at or clock.now()),
        "installation": {**data["installation"], **ring.public()},
    }
    rest = canonical(document)
    seal = ring.sign(ARCHIVE_KIND, rest)
    document["seal"] = {
        "key": seal.key_id,
        "public": ring.current.public.hex(),
        "digest": f"sha256:{hashlib.sha256(rest).hexdigest()}",
        "signature": seal.signature.hex(),
    }
    made = canonical(document)
    return _sound(made, ring) if alone else made


def attach(pdf: bytes, archive: bytes, ring: Ring, evidence: Sequence[Evidence] = ()) -> bytes:
    """The PDF with the archive and files of evidence attached, and the whole sealed. Its first bytes are those of ``pdf``.

    Raises:
        PackError: the checker would not call it genuine (a file that no result names, a key that was rotated since ``build``).
        SealError: there is no key to seal with.
    """
    body = zlib.compress(archive, 9)
    files = list({hashlib.sha256(one.data).hexdigest(): one for one in evidence}.values())
    grown = _grown(pdf, body, files)
    end = grown.rindex(b"startxref\n")
    start, tail = grown[:end], grown[end:]
    lines = [b"%reqtrack-seal/1 " + FILE_KIND.encode() + b"\n"]
    for kind, part in _parts(start, len(pdf), [("archive", body), *(("file", one.data) for one in files)]):
        lines.append(f"%part {kind} {len(part)} {hashlib.sha256(part).hexdigest()}\n".encode())
    lines.append(f"%key {ring.current.public.hex()}\n%signature ".encode())
    head, tail = b"".join(lines), b"\n" + tail
    seal = ring.sign(FILE_KIND, head + tail)
    return _sound(start + head + seal.signature.hex().encode() + tail, ring)


def _sound(made: bytes, ring: Ring) -> bytes:
    report = check_pack.check(made, ring.trusted)
    if not report.genuine:
        raise PackError("\n".join(one.sentence() for one in report.findings))
    return made


def _grown(pdf: bytes, body: bytes, files: Sequence[Evidence]) -> bytes:
    """The PDF with its attachments, each piece of evidence under a number and described by its fingerprint."""
    # With it comes pypdf, which nobody needs who makes no pack.
    from reqtrack.proof.attaching import File, attached

    return attached(
        pdf,
        [
            File(NAME, body, "Data", media_type="application/json", filter="FlateDecode"),
            *(
                File(
                    f"{number:04}-{UNSAFE.sub('_', one.name)[-120:]}",
                    one.data,
                    "Supplement",
                    hashlib.sha256(one.data).hexdigest(),
                )
                for number, one in enumerate(files, 1)
            ),
        ],
    )


def _parts(data: bytes, pages: int, streams: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The file up to its seal in parts, without a gap: the pages, then each stream between what frames it."""
    yield "pages", data[:pages]
    at = pages
    places = sorted((_place(data, pages, content), kind, len(content)) for kind, content in streams)
    for start, kind, length in places:
        if start > at:
            yield "frame", data[at:start]
        yield kind, data[start : start + length]
        at = start + length
    yield "frame", data[at:]


def _place(data: bytes, after: int, content: bytes) -> int:
    """Where a stream's bytes stand."""
    found = data.find(b"stream\n" + content + b"\nendstream", after)
    if found < 0:
        raise PackError("An attachment was not written as it is.")
    return found + len(b"stream\n")


__all__ = ["NAME", "Evidence", "PackError", "attach", "build", "key_id", "row"]
