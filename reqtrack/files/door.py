"""The one door: every file from outside is opened here, before anything else looks at it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import BinaryIO

from reqtrack.files import archives, kinds
from reqtrack.files.archives import Member
from reqtrack.files.limits import DEFAULT, MB, Limits
from reqtrack.files.names import clean_name, ending
from reqtrack.files.problems import N_, Place, refuse


@dataclass(frozen=True)
class Upload:
    """A file that passed the door: its bytes, a name fit to show, what it is by its content, its members."""

    name: str
    data: bytes = field(repr=False)
    kind: str
    digest: str
    members: tuple[Member, ...] = ()
    limits: Limits = DEFAULT

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def ending(self) -> str:
        """The ending of the name in lower case, with its dot."""
        return ending(self.name)

    @property
    def place(self) -> Place:
        return Place(file=self.name)

    def member(self, name: str) -> bytes:
        """The bytes of one file of the archive.

        Raises:
            FileProblem: it is not there, or inflates past the limits.
        """
        return archives.read_member(self.data, name, self.limits, self.place)


def open_upload(source: BinaryIO | bytes, name: str | None, limits: Limits = DEFAULT) -> Upload:
    """Take a file in: size, type by content, and for archives count, real size, density, depth and names.

    ``source`` is a stream, read no further than the limit, or bytes. An empty file is let in with the kind ``empty``:
    what it means is for its reader to say. Nothing is parsed here but the directory of an archive.

    Raises:
        FileProblem: too large, a name that no file may have, a password, a damaged or dangerous archive.
    """
    shown = clean_name(name)
    place = Place(file=shown)
    data = source if isinstance(source, bytes) else source.read(limits.size + 1)
    if len(data) > limits.size:
        raise refuse(
            "size",
            N_("The file is larger than %(limit)s MB."),
            place,
            N_("Split it, or leave out pictures."),
            limit=limits.size // MB,
        )
    members = archives.check_archive(data, limits, place) if archives.is_zip(data) else ()
    kind = kinds.kind_of(data, members)
    if kind == "encrypted":
        message = N_("The file is protected by a password.")
        raise refuse("password", message, place, N_("Save it without a password."))
    return Upload(shown, data, kind, hashlib.sha256(data).hexdigest(), members, limits)
