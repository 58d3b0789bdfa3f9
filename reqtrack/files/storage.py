"""Bytes on disk under the name of their own digest: attachments, uploads, finished documents.

What is stored never changes, so the same bytes are kept once, and a row that names a digest names exactly these bytes.
A file is there completely or not at all: written aside, synced, renamed, its folder synced, then named in a row.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from reqtrack.errors import NotFound, Reason, ReqtrackError
from reqtrack.files.problems import N_

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024


class StorageFull(ReqtrackError):
    """The disk takes no more; what was there before is untouched."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            (Reason("storage_full", N_("There is no room left to keep the file. Tell an administrator.")),)
        )


class Storage:
    """Files under ``root`` (``REQTRACK_DATA/files``), in folders by the first letters of their digest."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        """Keep the bytes and give back their SHA-256 in hex. Keeping the same bytes twice does nothing.

        Raises:
            StorageFull: there is no room on the disk.
        """
        digest = hashlib.sha256(data).hexdigest()
        if self.renew(digest):
            return digest
        try:
            self._write(self._path(digest), data)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise StorageFull from error
            raise
        return digest

    def renew(self, digest: str) -> bool:
        """Let bytes that are named anew count as new for a sweeper; false where they are not there."""
        try:
            os.utime(self._path(digest))
        except FileNotFoundError:
            return False
        return True

    def open(self, digest: str) -> BinaryIO:
        """The bytes as a stream, to be closed by the caller.

        Raises:
            NotFound: nothing is kept under this digest.
        """
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound("file") from None

    def read(self, digest: str) -> bytes:
        """The bytes as a whole. Raises ``NotFound`` as ``open`` does."""
        with self.open(digest) as stream:
            return stream.read()

    def exists(self, digest: str) -> bool:
        """Whether something is kept under this digest."""
        return bool(_DIGEST.fullmatch(digest)) and self._path(digest).exists()

    def size(self, digest: str) -> int:
        """How many bytes are kept. Raises ``NotFound`` as ``open`` does."""
        with self.open(digest) as stream:
            return os.fstat(stream.fileno()).st_size

    def is_sound(self, digest: str) -> bool:
        """Whether the bytes still are the ones that were kept; false too when they are gone."""
        told = hashlib.sha256()
        try:
            with self.open(digest) as stream:
                while chunk := stream.read(_CHUNK):
                    told.update(chunk)
        except NotFound:
            return False
        return told.hexdigest() == digest

    def digests(self, older_than: float = 0.0) -> Iterator[str]:
        """What is kept, unsorted; with ``older_than`` only what was last named so many seconds ago or more."""
        before = time.time() - older_than
        for path in self._root.glob("??/??/*"):
            if _DIGEST.fullmatch(path.name) and path.stat().st_mtime <= before:
                yield path.name

    def remove(self, digest: str, older_than: float = 0.0) -> None:
        """Forget the bytes, if they are there, and were not named anew within so many seconds. Only for what no row names."""
        path = self._path(digest)
        aside = path.with_name(f".leaving-{digest}")
        try:
            # Put aside first: who names them at this moment either made them new before, which is seen, or writes them again.
            os.replace(path, aside)
            if aside.stat().st_mtime > time.time() - older_than:
                os.replace(aside, path)
            else:
                aside.unlink()
        except FileNotFoundError:
            return  # it is gone, or another sweeper is at it

    def clear(self, older_than: float) -> None:
        """Tidy up after processes that ended half-way: what was half written goes, what was half removed is there again."""
        before = time.time() - older_than
        for path in self._root.glob("??/??/.leaving-*"):
            with suppress(FileNotFoundError):
                os.replace(path, path.with_name(path.name.removeprefix(".leaving-")))
        for path in self._root.glob("??/??/.writing-*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= before:
                    path.unlink()

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise NotFound("file")
        return self._root / digest[:2] / digest[2:4] / digest

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, since a rename is only atomic within one file system.
        handle, aside = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self._root):
            _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut; Windows has no such call and no need of it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
