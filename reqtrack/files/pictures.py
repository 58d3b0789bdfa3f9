"""Pictures without what cameras write into them: where and when they were taken, by which device, with which thumbnail.

Parts of the file are left out; nothing is decoded. How the camera was held is kept, since a picture would else lie on its side.
"""

from __future__ import annotations

from collections.abc import Iterator

# Kinds of file (``kinds.kind_of``) that browsers show.
PICTURES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
# Chunks that say how a picture looks; all others tell of its making.
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
             b"acTL", b"fcTL", b"fdAT"}  # fmt: skip
_WEBP_DROPPED = {b"EXIF", b"XMP "}
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_ORIENTATION = 0x0112


def without_traces(data: bytes, kind: str) -> bytes | None:
    """The same picture without traces; None where the bytes are no whole picture of that kind.

    Args:
        kind: as ``kinds.kind_of`` told it.
    """
    cut = {"jpeg": _jpeg, "png": _png, "webp": _webp, "gif": _gif}.get(kind)
    try:
        return cut(data) if cut is not None else None
    except (IndexError, ValueError):
        return None


# -- JPEG --------------------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> bytes:
    kept, orientation = [b"\xff\xd8"], 1
    at = 2
    while True:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at] != 0xFF or length < 2 or at + 2 + length > len(data):
            raise ValueError(at)
        segment = data[at : at + 2 + length]
        at += 2 + length
        if marker == 0xE1 and segment[4:10] == b"Exif\x00\x00":
            orientation = _orientation(segment[10:])
        elif marker in (0xE0, 0xE2, 0xEE) or not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            # Kept: JFIF, the colour profile, Adobe's colour transform, and all that is no APP and no comment.
            kept.append(segment)
        if marker == 0xDA:
            # From here on it is the picture; what some cameras write behind its end is another one.
            end = data.find(b"\xff\xd9", at)
            if end < 0:
                raise ValueError("no end")
            kept.append(data[at : _last_end(data, at)])
            break
    if orientation != 1:
        kept.insert(1, _only_orientation(orientation))
    return b"".join(kept)


def _last_end(data: bytes, at: int) -> int:
    """Where the picture that begins at ``at`` ends: a progressive one has several scans, with tables between them."""
    while True:
        at = data.index(b"\xff", at)
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker in (0x00, 0xFF) or 0xD0 <= marker <= 0xD7:
            at += 1 if marker == 0xFF else 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")


def _orientation(tiff: bytes) -> int:
    """How the camera was held (1 to 8), from the first directory of an Exif part; 1 where it does not say."""
    if tiff[:2] not in (b"II", b"MM"):
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if tiff[:2] == b"II" else "big")

    start = number(4, 4)
    for entry in range(min(number(start, 2), 200)):
        place = start + 2 + 12 * entry
        if number(place, 2) == _ORIENTATION:
            return value if 1 <= (value := number(place + 8, 2)) <= 8 else 1
    return 1


def _only_orientation(orientation: int) -> bytes:
    """An Exif part that says that alone."""
    entry = _ORIENTATION.to_bytes(2, "big") + b"\x00\x03\x00\x00\x00\x01" + orientation.to_bytes(2, "big") + b"\x00\x00"
    tiff = b"MM\x00\x2a\x00\x00\x00\x08" + b"\x00\x01" + entry + b"\x00\x00\x00\x00"
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


# -- PNG, WebP, GIF ----------------------------------------------------------------------------------------------------


def _png(data: bytes) -> bytes:
    if not data.startswith(_PNG_HEAD):
        raise ValueError("no PNG")
    kept, at = [_PNG_HEAD], len(_PNG_HEAD)
    while True:
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise ValueError(at)
        if name in _PNG_KEPT:
            kept.append(data[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def _webp(data: bytes) -> bytes:
    end = 8 + int.from_bytes(data[4:8], "little")
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or end > len(data):
        raise ValueError("no WebP")
    kept = []
    for name, chunk in _chunks(data, 12, end):
        if name == b"VP8X":
            # Its flags say that there are such parts.
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        if name not in _WEBP_DROPPED:
            kept.append(chunk)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at < end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        following = at + 8 + length + length % 2
        if following > end:
            raise ValueError(at)
        yield data[at : at + 4], data[at:following]
        at = following


def _gif(data: bytes) -> bytes:
    # It has no place for where it was taken; comments are left as they are.
    if data[-1] != 0x3B:
        raise ValueError("no end")
    return data
