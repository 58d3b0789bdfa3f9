"""What a file is, told from its bytes; its name is only believed where bytes cannot tell."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from reqtrack.files.archives import Member, is_zip

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"fLaC", "flac"),
    (b"#!AMR", "amr"),
    (b"{\\rtf", "rtf"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Magic of two letters is also how a text may begin; only what holds bytes no text holds is taken for it.
_SHORT = {"bmp", "program", "bzip2", "ogg", "mp3", "flac", "amr", "aac"}
# What a browser may show within a page, with the type that it is sent as: kinds told from the bytes alone, none of which holds
# script. All else is only ever downloaded.
PICTURES = {"jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}
RECORDINGS = {
    "m4a": "audio/mp4", "mp3": "audio/mpeg", "ogg": "audio/ogg", "weba": "audio/webm", "wav": "audio/wav", "aac": "audio/aac",
    "flac": "audio/flac",
}  # fmt: skip
# What somebody's voice can be heard in, whether a browser plays it or not.
VOICES = frozenset({*RECORDINGS, "amr", "video"})
# And what shows somebody, or their hand, where it is of an interview.
TELLTALES = VOICES | {*PICTURES, "heic"}
_HEIC = {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}
_PICTURE_TRACK = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_PICTURE_CODEC = re.compile(rb"V_(?:VP8|VP9|AV1|MPEG)")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(data: bytes, members: Iterable[Member] = ()) -> str:
    """One word for what the bytes are.

    ``empty xlsx xls docx pptx odt ods reqifz zip encrypted doc ole pdf png jpeg gif webp heic m4a mp3 ogg weba wav … video
    xml html json text binary``.
    """
    if not data:
        return "empty"
    if is_zip(data):
        return _archive_kind({member.name.lower() for member in members})
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(data[8:12], "video")
    if data[4:8] == b"ftyp":
        return _movie_kind(data)
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "video" if b"webm" not in data[:80] or _PICTURE_CODEC.search(data[: 256 * 1024]) else "weba"
    for magic, kind in _MAGIC:
        if data.startswith(magic) and (kind not in _SHORT or _CONTROL.search(data[:4096])):
            return kind
    return _frames(data) or _text_kind(data)


def _movie_kind(data: bytes) -> str:
    """A box file by its brands: a photo of a telephone, a film, or, without a track of pictures, a recording."""
    size = int.from_bytes(data[:4], "big")
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(size, 256), 4))}
    if brands & _HEIC:
        return "heic"
    if b"avif" in brands:
        return "avif"
    if data[8:12] in (b"M4A ", b"M4B "):
        return "m4a"
    return "video" if _PICTURE_TRACK.search(data) or b"soun" not in data else "m4a"


def _frames(data: bytes) -> str:
    """Sound that begins with its first frame, without a head: MP3 or AAC; "" for anything else."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0 or not _CONTROL.search(data[:4096]):
        return ""
    if data[1] & 0xF6 == 0xF0:
        return "aac"
    known = data[1] & 0x18 != 0x08 and data[2] & 0xF0 not in (0x00, 0xF0) and data[2] & 0x0C != 0x0C
    return "mp3" if data[1] & 0x06 == 0x02 and known else ""


def _archive_kind(names: set[str]) -> str:
    if "[content_types].xml" in names:
        for folder, kind in (("xl/", "xlsx"), ("word/", "docx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return kind if folder != "xl/" or "xl/workbook.bin" not in names else "xlsb"
    if "content.xml" in names and "mimetype" in names:
        return "opendocument"
    if any(name.endswith(".reqif") for name in names):
        return "reqifz"
    return "zip"


def _ole_kind(data: bytes) -> str:
    """Old Office files name their streams in UTF-16; a password turns any of them into an encrypted package."""
    for stream, kind in (
        ("EncryptedPackage", "encrypted"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("WordDocument", "doc"),
        ("PowerPoint Document", "ppt"),
    ):
        if stream.encode("utf-16-le") + b"\x00\x00" in data:
            return kind
    return "ole"


def _text_kind(data: bytes) -> str:
    head = data[:4096]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = head.decode("utf-16", "replace")
    elif b"\x00" in head and not _looks_utf16(head):
        # One stray NUL in a text is a text with a mistake, which can be named; many are no text at all.
        return "binary" if len(_CONTROL.findall(head)) > max(2, len(head) // 100) else "text"
    elif b"\x00" in head:
        start = head.decode("utf-16-le" if head[1:2] == b"\x00" else "utf-16-be", "replace")
    else:
        if len(_CONTROL.findall(head)) > len(head) // 20:
            return "binary"
        start = head.decode("utf-8", "replace")
    start = start.lstrip("\ufeff \t\r\n").lower()
    if start.startswith(("<!doctype html", "<html")):
        return "html"
    if start.startswith("<?xml") or re.match(r"<[!a-z_]", start):
        return "xml"
    if re.match(r'[{\[]\s*(["{\[\]}\d]|true|false|null|$)', start):
        return "json"
    return "text"


def _looks_utf16(head: bytes) -> bool:
    pairs = len(head) // 2
    return pairs > 1 and max(head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)) > pairs * 0.3
