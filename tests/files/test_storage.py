"""Bytes by digest: kept once, whole or not at all, found again, never outside of the folder."""

import errno
import hashlib
import os

import pytest

from reqtrack.errors import NotFound
from reqtrack.files import storage
from reqtrack.files.storage import Storage, StorageFull


@pytest.fixture
def store(tmp_path):
    return Storage(tmp_path / "files")


def test_what_is_put_can_be_opened(store):
    digest = store.put(b"hello")
    assert digest == hashlib.sha256(b"hello").hexdigest()
    with store.open(digest) as stream:
        assert stream.read() == b"hello"
    assert (store.read(digest), store.size(digest), store.exists(digest)) == (b"hello", 5, True)


def test_the_same_bytes_are_kept_once(store, tmp_path):
    assert store.put(b"x") == store.put(b"x")
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("digest", ["../../etc/passwd", "a" * 63, "A" * 64, "", "a" * 64])
def test_what_is_not_there_is_not_found(store, digest):
    assert not store.exists(digest)
    with pytest.raises(NotFound):
        store.open(digest)


def test_the_bytes_are_synced_before_they_have_a_name(store, monkeypatch):
    order = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(storage.os, "fsync", lambda handle: (order.append("sync"), sync(handle)))
    monkeypatch.setattr(storage.os, "replace", lambda a, b: (order.append("rename"), replace(a, b)))
    store.put(b"x")
    assert order == ["sync", "rename", "sync", "sync", "sync"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing_behind(store, tmp_path, monkeypatch, step):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(storage.os, step, full)
        with pytest.raises(StorageFull) as caught:
            store.put(b"x")
    assert caught.value.status == 507
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert store.exists(store.put(b"x"))


def test_damage_is_seen(store, tmp_path):
    digest = store.put(b"hello")
    assert store.is_sound(digest)
    (tmp_path / "files" / digest[:2] / digest[2:4] / digest).write_bytes(b"jello")
    assert not store.is_sound(digest)
    store.remove(digest)
    assert not store.is_sound(digest)


def test_a_sweeper_sees_only_what_is_old(store, tmp_path):
    old, new = store.put(b"old"), store.put(b"new")
    os.utime(tmp_path / "files" / old[:2] / old[2:4] / old, (0, 0))
    assert set(store.digests()) == {old, new}
    assert set(store.digests(older_than=3600)) == {old}
    store.put(b"old")
    assert set(store.digests(older_than=3600)) == set()


def test_what_is_named_anew_meanwhile_stays(store, tmp_path):
    digest = store.put(b"x")
    store.remove(digest, older_than=3600)
    assert store.read(digest) == b"x"
    os.utime(tmp_path / "files" / digest[:2] / digest[2:4] / digest, (0, 0))
    assert store.renew(digest)
    store.remove(digest, older_than=3600)
    assert store.read(digest) == b"x"
    store.remove(digest)
    store.remove(digest)
    assert not store.exists(digest) and not store.renew(digest)


def test_what_a_process_left_half_done_is_tidied_up(store, tmp_path):
    digest = store.put(b"x")
    folder = tmp_path / "files" / digest[:2] / digest[2:4]
    (folder / digest).rename(folder / f".leaving-{digest}")
    (folder / ".writing-old").write_bytes(b"x")
    os.utime(folder / ".writing-old", (0, 0))
    (folder / ".writing-new").write_bytes(b"x")
    store.clear(3600)
    assert sorted(path.name for path in folder.iterdir()) == [".writing-new", digest]
