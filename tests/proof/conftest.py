"""A ring of keys, and packs sealed with it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest

from reqtrack.proof import pack
from reqtrack.proof.seal import Ring
from tests.proof import sample


class Made(NamedTuple):
    """A pack: its archive, and the PDF that carries it."""

    archive: bytes
    file: bytes


@pytest.fixture(scope="session")
def ring(tmp_path_factory):
    return Ring.make(tmp_path_factory.mktemp("data") / "seal-keys", sample.AT - timedelta(days=90))


def made(data, ring, evidence=()):
    archive = pack.build(data, ring, sample.AT)
    return Made(archive, pack.attach(sample.printed(), archive, ring, evidence))


@pytest.fixture(scope="session")
def scope(ring):
    """A signed scope."""
    return made(sample.baseline(), ring)


@pytest.fixture(scope="session")
def decided(ring):
    """A decision on a change."""
    return made(sample.decision(), ring)


@pytest.fixture(scope="session")
def tested(ring):
    """A signed round, with a picture attached."""
    return made(sample.round_(), ring, [sample.PICTURE])
