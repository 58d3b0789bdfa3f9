"""The Ed25519 seal of the installation: its keys in the data folder, and what is sealed with them.

``seal-keys/`` holds ``keys.json``, all public keys with when each was in use, and ``<id>.key``, the private key of the current one
(mode 0600). A private key is destroyed when the next takes over: nobody can seal with an old one later, and old seals still
verify. Private keys are in no backup; ``keys.json`` may be.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reqtrack import clock
from reqtrack.errors import YES, Reason, ReqtrackError, Verdict, no
from reqtrack.proof import check_pack

FOLDER = "seal-keys"
LIST = "keys.json"
BUSY = "changing"
# The first key of an installation stands for all that was before the second.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# So many seconds one waits for another process that changes the keys.
PATIENCE = 5.0


class SealError(ReqtrackError):
    """The keys are not as they should be; its one reason says what to do."""

    status = 409

    def __init__(self, reason: Reason) -> None:
        super().__init__((reason,))


@dataclass(frozen=True)
class SealKey:
    """A public key of the installation, and when it was in use: from ``since`` until before ``until`` (None: it is current)."""

    public: bytes
    since: datetime
    until: datetime | None = None

    @property
    def id(self) -> str:
        """The first 16 hex digits of the SHA-256 of the public key."""
        return check_pack.key_id(self.public)

    @property
    def trusted(self) -> check_pack.Key:
        """As the checker wants it."""
        return check_pack.Key(self.public, clock.iso(self.since), clock.iso(self.until) if self.until else "")

    def shown(self) -> dict[str, Any]:
        """As ``keys.json``, the fixed address and each pack tell it."""
        until = clock.iso(self.until) if self.until else None
        return {"id": self.id, "public": self.public.hex(), "since": clock.iso(self.since), "until": until}


@dataclass(frozen=True)
class Seal:
    """A signature, and by which key."""

    key_id: str
    signature: bytes


class Ring:
    """The keys of one installation. ``Ring.make`` makes the first, ``Ring.open`` reads them."""

    def __init__(self, folder: Path, keys: Sequence[SealKey]) -> None:
        self.folder, self.keys = folder, tuple(keys)

    @classmethod
    def make(cls, folder: Path, at: datetime | None = None) -> Ring:
        """The ring in ``folder`` (the data folder's ``seal-keys``), with a first key when there is none yet, in use from ``at`` on
        (``BEGINNING``).

        Raises:
            SealError: its list cannot be read, or nothing can be written there.
        """
        if (folder / LIST).exists():
            return cls.open(folder)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(folder):
                if not (folder / LIST).exists():
                    _keep(folder, [_new_key(folder, at or BEGINNING)])
        except OSError as problem:
            message = "The seal keys cannot be written to %(folder)s (%(why)s)."
            raise SealError(Reason("unwritable", message, {"folder": str(folder), "why": str(problem)})) from None
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Ring:
        """The ring that is there.

        Raises:
            SealError: there is none, or its list cannot be read.
        """
        try:
            told = json.loads((folder / LIST).read_text("utf-8"))["keys"]
            keys = [_key_from(one) for one in told]
        except FileNotFoundError:
            message = "There are no seal keys in %(folder)s; `reqtrack init` makes them."
            raise SealError(Reason("no_keys", message, {"folder": str(folder)})) from None
        except (OSError, LookupError, TypeError, ValueError) as problem:
            raise SealError(_damaged(folder, str(problem))) from None
        if not keys or any(key.until is None for key in keys[:-1]) or keys[-1].until is not None:
            raise SealError(_damaged(folder, "no key in use"))
        return cls(folder, keys)

    @property
    def current(self) -> SealKey:
        """The key in use."""
        return self.keys[-1]

    def key(self, key_id: str) -> SealKey | None:
        """The key of that id, current or old."""
        return next((key for key in self.keys if key.id == key_id), None)

    @property
    def trusted(self) -> tuple[check_pack.Key, ...]:
        """All keys, as the checker wants them."""
        return tuple(key.trusted for key in self.keys)

    def public(self) -> dict[str, Any]:
        """What the fixed address answers: ``{"keys": [{"id", "public", "since", "until"}…]}``, oldest first."""
        return {"keys": [key.shown() for key in self.keys]}

    def sign(self, kind: str, data: bytes) -> Seal:
        """Seal ``data`` as a thing of a ``kind`` (one word, which the seal covers) with the current key.

        Raises:
            SealError: its private key is not here (the folder came from a backup), or is not its own.
        """
        if not kind or "\n" in kind:
            raise ValueError("a kind is one line")
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        path = _private(self.folder, self.current)
        try:
            private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip()))
        except (OSError, ValueError):
            raise SealError(self._unusable(path)) from None
        if private.public_key().public_bytes_raw() != self.current.public:
            raise SealError(self._unusable(path))
        return Seal(self.current.id, private.sign(check_pack.seal_message(kind, data)))

    def _unusable(self, path: Path) -> Reason:
        """Why there is no private key here: somebody rotated meanwhile, or it is lost."""
        if Ring.open(self.folder).current != self.current:
            return Reason("rotated", "The seal keys were rotated just now. Make it again.")
        message = "%(file)s is missing, or is not the key that was made: rotate the seal keys to begin a new one."
        return Reason("no_private_key", message, {"file": str(path)})

    def verify(self, kind: str, data: bytes, seal: Seal, at: datetime) -> Verdict:
        """Whether ``seal`` is ours over ``data``, given at a time at which its key was in use; the reason why not."""
        key = self.key(seal.key_id)
        if key is None:
            return no("unknown_key", "It was sealed with a key that is none of this installation's.")
        if not check_pack.in_use(key.trusted, clock.iso(at)):
            return no("key_time", "It was sealed with a key that was not in use then.")
        if not check_pack.verify(key.public, check_pack.seal_message(kind, data), seal.signature):
            return no("wrong_seal", "It does not have its seal: it was changed since.")
        return YES

    def rotate(self, at: datetime | None = None) -> SealKey:
        """Begin a new key: the old one stays, as a public key that ended now; its private half is destroyed.

        Raises:
            SealError: somebody else is at it, or the time is not after the current key's beginning.
        """
        now = at or clock.now()
        with _alone(self.folder):
            held = Ring.open(self.folder).keys
            if now <= held[-1].since:
                message = "A key that has just begun cannot end yet. Look at the clock of this machine."
                raise SealError(Reason("clock", message))
            made = _new_key(self.folder, now)
            self.keys = (*held[:-1], replace(held[-1], until=now), made)
            _keep(self.folder, self.keys)
        return made


def _key_from(one: dict[str, Any]) -> SealKey:
    until = clock.parse(one["until"]) if one["until"] else None
    key = SealKey(bytes.fromhex(one["public"]), clock.parse(one["since"]), until)
    if len(key.public) != 32 or key.id != one["id"]:
        raise ValueError(f"the key {one['id']} is not what its id says")
    return key


def _damaged(folder: Path, why: str) -> Reason:
    message = "%(file)s cannot be read (%(why)s): take it from a backup."
    return Reason("damaged", message, {"file": str(folder / LIST), "why": why})


def _private(folder: Path, key: SealKey) -> Path:
    return folder / f"{key.id}.key"


def _new_key(folder: Path, since: datetime) -> SealKey:
    """A new pair; the private half is on the disk when this returns."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    key = SealKey(private.public_key().public_bytes_raw(), since)
    _write(_private(folder, key), private.private_bytes_raw().hex() + "\n", 0o600)
    return key


def _keep(folder: Path, keys: Sequence[SealKey]) -> None:
    """Write the list in one step; then destroy every private key but the last's, also one that an interrupted change left."""
    fresh = folder / f"{LIST}.new"
    fresh.unlink(missing_ok=True)
    _write(fresh, json.dumps({"keys": [key.shown() for key in keys]}, indent=1) + "\n", 0o644)
    os.replace(fresh, folder / LIST)
    for path in folder.glob("*.key"):
        if path != _private(folder, keys[-1]):
            _destroy(path)


def _write(path: Path, text: str, mode: int) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _destroy(path: Path) -> None:
    """Overwrite, then remove. On media that write elsewhere each time only the encryption of the disk helps beyond this."""
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time changes the keys."""
    mark, until = folder / BUSY, time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            break
        except FileExistsError:
            if time.monotonic() > until:
                message = "The seal keys are being changed just now. If that was cut short, remove %(file)s."
                raise SealError(Reason("busy", message, {"file": str(mark)})) from None
            time.sleep(0.02)
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)
