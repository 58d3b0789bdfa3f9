"""Zip archives from outside, looked through before anything reads them.

Everything is counted on the bytes that really come out, never on what the archive says. Members are read by handle into
memory; no name from an archive ever becomes a path.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from reqtrack.files.limits import MB, Limits
from reqtrack.files.problems import N_, FileProblem, Place, refuse

_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# A directory entry holds a name and extras; more than this on average is stuffing.
_ENTRY_BYTES = 1024
_LOCAL_HEADER = 30


@dataclass(frozen=True)
class Member:
    """One file inside an archive, with the size that came out of it."""

    name: str
    size: int


def is_zip(data: bytes) -> bool:
    """Whether the first bytes are those of a zip archive."""
    return data[:4] in _ZIP


def check_archive(data: bytes, limits: Limits, place: Place) -> tuple[Member, ...]:
    """Look through the whole archive, nested ones too, and list its files.

    Raises:
        FileProblem: damaged, encrypted, too many or too large members, a bomb, or a name that leads outside.
    """
    return _check(data, limits, place, depth=1, budget=_Budget(limits.inflated))


def read_member(data: bytes, name: str, limits: Limits, place: Place) -> bytes:
    """The bytes of one member of an archive that ``check_archive`` let in.

    Raises:
        FileProblem: there is none of that name, or it inflates past the limits.
    """
    with _opened(data, place) as archive:
        try:
            info = archive.getinfo(name)
        except KeyError:
            raise refuse("member", N_("The archive holds no part “%(name)s”."), place, name=name) from None
        return b"".join(_inflated(archive, info, limits, place, _Budget(limits.inflated)))


@dataclass
class _Budget:
    left: int

    def spend(self, count: int, place: Place, allowed: int) -> None:
        self.left -= count
        if self.left < 0:
            raise refuse(
                "archive_size",
                N_("The archive unpacks to more than %(limit)s MB."),
                place,
                N_("Split it into smaller files."),
                limit=allowed // MB,
            )


def _check(data: bytes, limits: Limits, place: Place, depth: int, budget: _Budget) -> tuple[Member, ...]:
    if depth > limits.depth:
        raise refuse(
            "archive_depth",
            N_("An archive lies inside an archive inside an archive; only %(depth)s levels are read."),
            place,
            N_("Unpack it first."),
            depth=limits.depth,
        )
    _check_directory(data, limits, place)
    found = []
    with _opened(data, place) as archive:
        infos = archive.infolist()
        _check_members(infos, limits, place)
        _check_overlap(infos, archive.start_dir, place)
        for info in infos:
            if info.is_dir():
                continue
            head, size = _measure(archive, info, limits, place, budget)
            if is_zip(head):
                inner = b"".join(_inflated(archive, info, limits, place, _Budget(limits.inflated)))
                _check(inner, limits, Place(file=place.file, member=info.filename), depth + 1, budget)
            found.append(Member(info.filename, size))
    return tuple(found)


def _check_directory(data: bytes, limits: Limits, place: Place) -> None:
    """Read the end record by hand: building a million directory entries is itself an attack."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or end + 22 > len(data):
        raise _damaged(place)
    entries, directory = struct.unpack_from("<HI", data, end + 10)
    if entries > limits.members or directory > limits.members * _ENTRY_BYTES:
        raise refuse(
            "archive_members",
            N_("The archive holds more than %(limit)s files."),
            place,
            N_("Split it into smaller files."),
            limit=limits.members,
        )


def _opened(data: bytes, place: Place) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, struct.error, ValueError, OSError, NotImplementedError):
        raise _damaged(place) from None


def _check_members(infos: list[zipfile.ZipInfo], limits: Limits, place: Place) -> None:
    seen = set()
    if len(infos) > limits.members:
        message = N_("The archive holds more than %(limit)s files.")
        raise refuse("archive_members", message, place, N_("Split it into smaller files."), limit=limits.members)
    for info in infos:
        name = info.filename
        if _leads_outside(info):
            raise refuse(
                "archive_name",
                N_("The archive holds a name that leads outside of it: “%(name)s”."),
                place,
                N_("Pack the files again with plain names."),
                name=name[:200].encode("ascii", "backslashreplace").decode("ascii"),
            )
        if name.casefold() in seen:
            raise refuse("archive_twice", N_("The archive holds the name “%(name)s” twice."), place, name=name[:200])
        seen.add(name.casefold())
        if info.flag_bits & 1:
            raise refuse(
                "password", N_("The archive is protected by a password."), place, N_("Save it without a password.")
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(
                "archive_method",
                N_("The archive is packed in a way that is not read here."),
                place,
                N_("Pack it again as an ordinary zip file."),
            )


def _leads_outside(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    # orig_filename keeps what zipfile cuts at a NUL, and the backslashes that it turns on Windows.
    as_written = info.orig_filename
    if "\x00" in as_written or any(ord(char) < 32 for char in name) or stat.S_ISLNK(info.external_attr >> 16):
        return True
    parts = re.split(r"[\\/]", as_written)
    return name.startswith(("/", "\\")) or ".." in parts or bool(re.match(r"[A-Za-z]:", name))


def _check_overlap(infos: list[zipfile.ZipInfo], directory_at: int, place: Place) -> None:
    """Members that share bytes are how a small archive unpacks to terabytes."""
    end_before = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < end_before:
            raise _damaged(place)
        name = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
        end_before = info.header_offset + _LOCAL_HEADER + len(name) + info.compress_size
    if end_before > directory_at:
        raise _damaged(place)


def _measure(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, place: Place, budget: _Budget
) -> tuple[bytes, int]:
    head, size = b"", 0
    for chunk in _inflated(archive, info, limits, place, budget):
        head = head or chunk[:8]
        size += len(chunk)
    return head, size


def _inflated(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, place: Place, budget: _Budget
) -> Iterator[bytes]:
    """The member's bytes in pieces, counted as they come out; the checksum is checked at its end."""
    out = 0
    try:
        with archive.open(info) as member:
            while chunk := member.read(_CHUNK):
                out += len(chunk)
                budget.spend(len(chunk), place, limits.inflated)
                if out > limits.ratio_from and out > limits.ratio * max(1, info.compress_size):
                    raise refuse(
                        "archive_ratio",
                        N_("“%(name)s” in the archive unpacks to more than %(ratio)s times its size."),
                        place,
                        name=info.filename,
                        ratio=limits.ratio,
                    )
                yield chunk
    except FileProblem:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError):
        raise _damaged(place, info.filename) from None
    if out != info.file_size:
        raise _damaged(place, info.filename)


def _damaged(place: Place, member: str = "") -> FileProblem:
    if member:
        message = N_("The file is damaged: its part “%(name)s” cannot be unpacked.")
        return refuse("damaged", message, place, N_("Save or send it again."), name=member)
    return refuse("damaged", N_("The file is damaged: it cannot be unpacked."), place, N_("Save or send it again."))
