"""Ed25519 as the checker verifies it: RFC 8032's own vectors, what is refused, and agreement with a library."""

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.proof import check_pack
from reqtrack.proof.check_pack import ORDER, P, verify

# RFC 8032, 7.1: public key, message, signature (TEST 1, 2, 3 and SHA(abc)).
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]  # fmt: skip
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
# The points of order 1, 2, 4 (two), 8 (four), as bytes; and spellings of them that are longer than need be.
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def library(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(public, message, signature):
    public, message, signature = map(bytes.fromhex, (public, message, signature))
    assert verify(public, message, signature) and library(public, message, signature)
    assert not verify(public, message + b"\0", signature)
    for at in range(64):
        assert not verify(public, message, signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :])


@settings(max_examples=150, deadline=None)
@given(
    secret=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    flip=st.integers(0, 96 * 8 - 1),
    change=st.booleans(),
)
def test_it_agrees_with_the_library(secret, message, flip, change):
    key = Ed25519PrivateKey.from_private_bytes(secret)
    both = bytearray(key.public_key().public_bytes_raw() + key.sign(message))
    assert verify(bytes(both[:32]), message, bytes(both[32:]))
    if change:
        both[flip // 8] ^= 1 << flip % 8
        public, signature = bytes(both[:32]), bytes(both[32:])
        assert not verify(public, message, signature) and not library(public, message, signature)


def test_a_signature_has_one_form():
    """S and S + L sign the same in a careless verifier."""
    signature = KEY.sign(b"x")
    more = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert verify(PUBLIC, b"x", signature)
    assert not verify(PUBLIC, b"x", signature[:32] + more)
    assert not verify(PUBLIC, b"x", signature[:32] + ORDER.to_bytes(32, "little"))


@pytest.mark.parametrize("point", SMALL)
def test_points_of_small_order_are_refused(point):
    """With such a key one signature fits every message, or one in eight."""
    small = bytes.fromhex(point)
    assert not any(verify(small, bytes([at]), small + bytes(32)) for at in range(64))
    assert not any(verify(small, bytes([at]), bytes.fromhex(SMALL[0]) + bytes(32)) for at in range(64))
    assert not verify(PUBLIC, b"x", small + KEY.sign(b"x")[32:])


def test_the_small_ones_are_all_there():
    """The first eight are points, and the checker sees that they are small; the last two are no spelling of a point."""
    found = [check_pack._point(bytes.fromhex(one)) for one in SMALL]
    assert all(point is not None and check_pack._small(point) for point in found[:8])
    assert found[8:] == [None, None] and len(set(found[:8])) == 8
    base = check_pack._point(PUBLIC)
    assert base is not None and not check_pack._small(base)


@pytest.mark.parametrize("y", [P, P + 1, P + 18, 2**255 - 1])
def test_a_number_with_a_shorter_form_is_no_point(y):
    assert check_pack._point(y.to_bytes(32, "little")) is None


@pytest.mark.parametrize("lengths", [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_wrong_lengths_are_no_signature(lengths):
    assert not verify(bytes(lengths[0]), b"x", bytes(lengths[1]))
