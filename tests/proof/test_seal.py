"""The installation's keys: made once, kept to themselves, rotated; and what is sealed with them."""

import json
import os
import stat
import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from reqtrack.proof import check_pack, seal
from reqtrack.proof.seal import Ring, Seal, SealError
from tests.proof.sample import AT

DAY = timedelta(days=1)
DATA = "签署".encode()


@pytest.fixture
def own(tmp_path):
    return Ring.make(tmp_path / "seal-keys", AT)


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


def private_files(ring):
    return sorted(path.name for path in ring.folder.glob("*.key"))


def test_the_first_key_is_made_once_and_kept_to_its_owner(own):
    again = Ring.make(own.folder, AT + DAY)
    assert again.keys == own.keys and own.current.since == AT and own.current.until is None
    assert private_files(own) == [f"{own.current.id}.key"]
    if os.name == "posix":
        assert stat.S_IMODE((own.folder / f"{own.current.id}.key").stat().st_mode) == 0o600
        assert stat.S_IMODE(own.folder.stat().st_mode) == 0o700


def test_the_list_holds_nothing_private(own):
    private = (own.folder / f"{own.current.id}.key").read_text().strip()
    assert len(private) == 64
    assert private not in (own.folder / "keys.json").read_text() and private not in json.dumps(own.public())
    assert check_pack.keys_from(json.dumps(own.public())) == list(own.trusted)


def test_makers_at_the_same_time_make_one_key(tmp_path):
    found = []
    threads = [threading.Thread(target=lambda: found.append(Ring.make(tmp_path / "k").current)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert len(list((tmp_path / "k").glob("*.key"))) == 1


def test_a_seal_is_over_the_data_and_over_what_kind_of_thing_it_is(own):
    given = own.sign("sign-off-pack", DATA)
    assert own.verify("sign-off-pack", DATA, given, AT)
    assert codes(own.verify("sign-off-pack", DATA + b".", given, AT)) == ["wrong_seal"]
    assert codes(own.verify("checkpoint", DATA, given, AT)) == ["wrong_seal"]
    assert codes(own.verify("sign-off-pack", DATA, given, AT - DAY)) == ["key_time"]
    # Anybody's library says the same.
    message = check_pack.seal_message("sign-off-pack", DATA)
    assert message.startswith(b"reqtrack seal v1\nsign-off-pack\n") and message.count(b"\n") == 3
    Ed25519PublicKey.from_public_bytes(own.current.public).verify(given.signature, message)


def test_a_kind_cannot_run_into_the_digest(own):
    with pytest.raises(ValueError):
        own.sign("a\nb", DATA)


def test_after_a_rotation_old_seals_hold_and_nobody_can_make_new_ones(own):
    old, given = own.current, own.sign("x", DATA)
    new = own.rotate(AT + DAY)
    assert own.current == new and Ring.open(own.folder).keys == own.keys
    assert own.keys[0].until == own.keys[1].since == AT + DAY
    assert private_files(own) == [f"{new.id}.key"]
    assert own.verify("x", DATA, given, AT)
    assert own.verify("x", DATA, given, AT + DAY - timedelta(microseconds=1))
    assert codes(own.verify("x", DATA, given, AT + DAY)) == ["key_time"]
    assert own.sign("x", DATA).key_id == new.id != old.id
    assert codes(own.verify("x", DATA, own.sign("x", DATA), AT)) == ["key_time"]


def test_a_private_key_is_overwritten_before_it_is_removed(own, monkeypatch):
    path = own.folder / f"{own.current.id}.key"
    kept = own.folder / "held"
    os.link(path, kept)  # another name for the same bytes
    own.rotate(AT + DAY)
    assert not path.exists() and set(kept.read_bytes()) == {0}


def test_a_rotation_cut_short_leaves_nothing_behind(own, monkeypatch):
    monkeypatch.setattr(seal.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("power")))
    with pytest.raises(OSError):
        own.rotate(AT + DAY)
    monkeypatch.undo()
    held = Ring.open(own.folder)
    assert len(held.keys) == 1 and held.sign("x", DATA)
    held.rotate(AT + 2 * DAY)
    assert private_files(held) == [f"{held.current.id}.key"] and len(held.keys) == 2


def test_a_key_does_not_end_before_it_began(own):
    with pytest.raises(SealError, match="clock"):
        own.rotate(AT)
    assert len(Ring.open(own.folder).keys) == 1


def test_who_finds_the_keys_being_changed_is_told(own, monkeypatch):
    monkeypatch.setattr(seal, "PATIENCE", 0.05)
    (own.folder / seal.BUSY).touch()
    with pytest.raises(SealError, match="remove"):
        own.rotate(AT + DAY)


def test_a_folder_from_a_backup_knows_old_seals_and_can_begin_a_new_key(own):
    given = own.sign("x", DATA)
    (own.folder / f"{own.current.id}.key").unlink()
    restored = Ring.open(own.folder)
    assert restored.verify("x", DATA, given, AT)
    with pytest.raises(SealError, match="rotate"):
        restored.sign("x", DATA)
    restored.rotate(AT + DAY)
    assert restored.verify("x", DATA, restored.sign("x", DATA), AT + DAY)


def test_a_private_key_that_is_another_is_refused(own, tmp_path):
    other = Ring.make(tmp_path / "other", AT)
    (own.folder / f"{own.current.id}.key").write_bytes((other.folder / f"{other.current.id}.key").read_bytes())
    with pytest.raises(SealError, match="not the key"):
        own.sign("x", DATA)


def test_who_holds_a_ring_that_another_process_rotates_is_told_to_begin_again(own):
    held = Ring.open(own.folder)
    own.rotate(AT + DAY)
    with pytest.raises(SealError, match="again"):
        held.sign("x", DATA)


def test_a_foreign_seal_is_refused(own, tmp_path):
    other = Ring.make(tmp_path / "other", AT)
    assert codes(own.verify("x", DATA, other.sign("x", DATA), AT)) == ["unknown_key"]
    stolen = Seal(own.current.id, other.sign("x", DATA).signature)
    assert codes(own.verify("x", DATA, stolen, AT)) == ["wrong_seal"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"keys": []}',
        '{"keys": [{}]}',
        "[1]",
        '{"keys": [{"id": "x", "public": "00", "since": "x", "until": null}]}',
    ],
)
def test_a_damaged_list_is_said_in_a_sentence(own, text):
    (own.folder / "keys.json").write_text(text)
    with pytest.raises(SealError, match="backup"):
        Ring.open(own.folder)


def test_a_list_whose_key_was_exchanged_is_noticed(own, tmp_path):
    told = own.public()
    told["keys"][0]["public"] = Ring.make(tmp_path / "other", AT).current.public.hex()
    (own.folder / "keys.json").write_text(json.dumps(told))
    with pytest.raises(SealError):
        Ring.open(own.folder)


def test_no_keys_is_said_in_a_sentence(tmp_path):
    with pytest.raises(SealError, match="init"):
        Ring.open(tmp_path)


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SealError, match="cannot be written"):
        Ring.make(tmp_path / "file" / "seal-keys")
