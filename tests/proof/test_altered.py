"""Whatever is done to a pack is found, and found where it was done."""

import io
import json
import random
import zlib
from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from reqtrack.proof import check_pack, pack
from reqtrack.proof.check_pack import check
from reqtrack.proof.seal import Ring
from tests.proof import sample
from tests.proof.conftest import made

FLIPS = 2_000


def places(report):
    return {finding.where for finding in report.findings}


def codes(report):
    return {finding.code for finding in report.findings}


def flipped(data, at, by):
    return data[:at] + bytes([data[at] ^ by]) + data[at + 1 :]


def part_at(seal, at):
    """Where a byte of a file belongs."""
    return next((part.where for part in seal.parts if part.start <= at < part.stop), "seal")


def resealed(document, ring):
    """A document with a seal as `build` would give it, without asking the checker."""
    rest = check_pack.canonical({name: value for name, value in document.items() if name != "seal"})
    seal = {
        "key": ring.current.id, "public": ring.current.public.hex(), "digest": f"sha256:{sample.sha(rest)}",
        "signature": ring.sign(check_pack.ARCHIVE_KIND, rest).signature.hex(),
    }  # fmt: skip
    return check_pack.canonical({**document, "seal": seal})


def unchecked(monkeypatch, archive, ring, evidence=()):
    """A file as `attach` makes it, without asking the checker."""
    with monkeypatch.context() as patched:
        patched.setattr(pack, "_sound", lambda data, _ring: data)
        return pack.attach(sample.printed(), archive, ring, evidence)


@pytest.mark.parametrize("quarter", range(4))
def test_each_flipped_byte_of_a_file_is_found_where_it_is(tested, ring, quarter):
    """All kinds of parts are hit, and the seal itself."""
    chance = random.Random(quarter)
    seal = check_pack.find_seal(tested.file)
    found = {}
    for _ in range(FLIPS // 4):
        at, by = chance.randrange(len(tested.file)), chance.randrange(1, 256)
        report = check(flipped(tested.file, at, by), ring.trusted)
        place = part_at(seal, at)
        assert places(report) == {place}, (at, by, report.findings)
        found[place] = found.get(place, 0) + 1
    assert found.keys() == {"pages", "frame", "archive", "evidence", "seal"} and min(found.values()) > 20


def test_every_byte_of_the_seal_counts_whatever_is_made_of_it(tested, ring):
    """Upper case, a blank, one bit: in each place of the seal."""
    seal = check_pack.find_seal(tested.file)
    for at in range(seal.start, len(tested.file)):
        assert places(check(flipped(tested.file, at, 0x20), ring.trusted)) == {"seal"}, at
    assert check(tested.file, ring.trusted).genuine


def test_each_flipped_byte_of_an_archive_is_found(scope, ring):
    chance = random.Random(6)
    start = scope.archive.index(b'"seal":{"digest"')
    stop = scope.archive.index(b"}", start)
    for _ in range(400):
        at, by = chance.randrange(len(scope.archive)), chance.randrange(1, 256)
        where = places(check(flipped(scope.archive, at, by), ring.trusted))
        assert where and (where <= {"seal", "archive"} if start <= at <= stop else where <= {"archive", "file"}), (
            at,
            by,
        )


def test_each_flipped_byte_of_a_decision_is_found_where_it_is(decided, ring):
    chance = random.Random(7)
    seal = check_pack.find_seal(decided.file)
    assert check(decided.file, ring.trusted).genuine
    for _ in range(150):
        at, by = chance.randrange(len(decided.file)), chance.randrange(1, 256)
        report = check(flipped(decided.file, at, by), ring.trusted)
        assert places(report) == {part_at(seal, at)}, (at, by, report.findings)


@pytest.mark.parametrize("cut", [1, 2, 6, 7, 20, 150, 400, 1_000, 3_000])
def test_a_file_that_was_cut_off(tested, ring, cut):
    report = check(tested.file[:-cut], ring.trusted)
    assert places(report) <= {"seal", "file"} and codes(report) <= {"seal_damaged", "no_seal", "not_a_pack"}


def test_every_way_to_cut_a_file_is_noticed(tested):
    for length in range(0, len(tested.file), 7):
        assert not check(tested.file[:length]).genuine, length


@pytest.mark.parametrize(
    "more", [b"\n", b"x", b"%%EOF\n", b"\n" * 5_000, b"\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"]
)
def test_what_was_added_after_the_end(tested, ring, more):
    report = check(tested.file + more, ring.trusted)
    assert places(report) == {"end"}
    assert f"{len(more)} bytes were added" in report.findings[0].sentence()


def test_bytes_put_in_or_taken_out_shift_what_follows(tested, ring):
    seal = check_pack.find_seal(tested.file)
    for part in seal.parts:
        at = part.start + part.length // 2
        for data in (tested.file[:at] + b"x" + tested.file[at:], tested.file[:at] + tested.file[at + 1 :]):
            assert places(check(data, ring.trusted)) == {part.where, "file"}


def test_a_second_seal_behind_the_first_covers_nothing(tested, ring):
    seal = check_pack.find_seal(tested.file)
    again = tested.file + tested.file[seal.start :]
    assert not check(again, ring.trusted).genuine
    assert not check(tested.file[seal.start :], ring.trusted).genuine


def test_the_archive_of_another_pack(tested, scope, ring):
    """Swapped in the file, as it is; and by somebody who makes the seal anew with a key of their own."""
    one, other = check_pack.find_seal(tested.file), check_pack.find_seal(scope.file)
    mine, theirs = one.parts[2], other.parts[2]
    swapped = tested.file[: mine.start] + scope.file[theirs.start : theirs.stop] + tested.file[mine.stop :]
    assert "archive" in places(check(swapped, ring.trusted))


def test_a_pack_whose_parts_were_sealed_with_two_keys(scope, ring, tmp_path, monkeypatch):
    stranger = Ring.make(tmp_path / "k", ring.current.since)
    mixed = unchecked(monkeypatch, scope.archive, stranger)
    assert "two_keys" in codes(check(mixed)) and "two_keys" in codes(check(mixed, ring.trusted))


def test_a_pack_made_elsewhere_is_refused_where_the_key_is_known(tmp_path, ring):
    """By itself it agrees with itself; so the checker names the key and says that only the pack vouches for it."""
    stranger = Ring.make(tmp_path / "k", ring.current.since)
    for data in (*made(sample.round_(), stranger, [sample.PICTURE]), *made(sample.decision(), stranger)):
        assert codes(check(data, ring.trusted)) == {"other_key"}
        alone = check(data)
        assert alone.genuine and not alone.known and alone.key == stranger.current.public
        assert any(
            stranger.current.public.hex() in line and "/V/keys" in line
            for line in check_pack.lines_of(alone, "f", "en")
        )
        assert check(data, stranger.trusted).known


def test_a_stranger_cannot_claim_our_key(scope, ring, tmp_path):
    """The archive edited, its digest made to fit, and sealed by somebody who has not our private key."""
    stranger = Ring.make(tmp_path / "k", ring.current.since)
    document = json.loads(scope.archive)
    document["signoff"]["title"] = "Scope 2"
    rest = check_pack.canonical({name: value for name, value in document.items() if name != "seal"})
    seal = {**document["seal"], "digest": f"sha256:{sample.sha(rest)}"}
    for told in (seal, {**seal, "signature": stranger.sign(check_pack.ARCHIVE_KIND, rest).signature.hex()}):
        report = check(check_pack.canonical({**document, "seal": told}), ring.trusted)
        assert codes(report) == {"seal_wrong"} and places(report) == {"seal"}
    own = json.loads(resealed(document, stranger))
    assert codes(check(check_pack.canonical(own), ring.trusted)) == {"key_unlisted", "other_key"}


def test_a_seal_of_one_thing_is_none_of_another(scope, ring):
    document = json.loads(scope.archive)
    rest = check_pack.canonical({name: value for name, value in document.items() if name != "seal"})
    document["seal"]["signature"] = ring.sign(check_pack.FILE_KIND, rest).signature.hex()
    assert codes(check(check_pack.canonical(document))) == {"seal_wrong"}


def test_a_rotated_key_still_verifies_and_no_key_counts_outside_its_time(tmp_path):
    day = timedelta(days=1)
    keys = Ring.make(tmp_path / "k", sample.AT - day)
    before = made(sample.baseline(), keys)
    keys.rotate(sample.AT + day)
    for data in before:
        assert check(data, keys.trusted).genuine
    assert codes(check(before.archive, [check_pack.Key(keys.keys[1].public)])) == {"other_key"}
    # The new key on a pack that says it is older, as the ring's own list tells; and an end that only those who check know of.
    document = json.loads(before.archive)
    document["installation"].update(keys.public())
    assert codes(check(resealed(document, keys))) == {"key_time"}
    ended = check_pack.Key(keys.keys[0].public, "", "2026-11-01T00:00:00.000000Z")
    assert codes(check(before.archive, [ended])) == {"key_time"}


def test_json_that_says_the_same_in_other_bytes_is_not_the_same(scope, ring):
    loose = json.dumps(json.loads(scope.archive), ensure_ascii=False, indent=1).encode()
    assert codes(check(loose, ring.trusted)) == {"not_canonical"}
    twice = scope.archive.replace(b'"format":', b'"format":"x","format":', 1)
    assert codes(check(twice, ring.trusted)) == {"unreadable"}


def test_a_file_that_another_program_wrote_anew(tested, ring):
    """Its seal is gone; the archive in it is found all the same, and the checker says what that is worth."""
    out = io.BytesIO()
    PdfWriter(clone_from=PdfReader(io.BytesIO(tested.file))).write(out)
    report = check(out.getvalue(), ring.trusted)
    assert codes(report) == {"no_seal"} and report.inside == ring.current.public
    assert any("vouched for by nothing" in line for line in check_pack.lines_of(report, "f", "en"))


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"{}", b"%PDF-", b"%PDF-1.7\nstream\n", b"\xff" * 100, b'{"format":1}', b'{"format":"reqtrack-sign-off-pack/2"}',
     b"{" + b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' + b"9" * 10_000 + b"}", b'{"a":1.5}', b'{"a":NaN}', check_pack.MARK,
     b"%PDF-1.7\n" + b"stream\n\x78\x9c" * 3_000, b'{"format":"\\ud800"}'],
)  # fmt: skip
def test_what_is_no_pack_is_said_to_be_none(data):
    report = check(data)
    assert not report.genuine
    for lang in ("en", "zh"):
        assert list(check_pack.lines_of(report, "f", lang))


def test_a_small_file_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(check_pack, "MAX_ARCHIVE", 1 << 20)
    bomb = zlib.compress(b'{"' + b" " * (50 << 20), 9)
    assert check_pack._inflated(bomb, 1 << 20) is None
    report = check(b"%PDF-1.7\n" + (b"stream\n" + bomb + b"\nendstream\n") * 50)
    assert codes(report) == {"not_a_pack"}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"{", b"%PDF-1.7\nstream\n", check_pack.MARK]))
def test_no_bytes_end_in_a_traceback(data, start):
    assert not check(start + data).genuine


VALUES = st.sampled_from(
    [None, True, 0, -1, 10**19, "", "x", "{}", "[]", '"', [], {}, [[]], ["x"], {"x": None}, "\x1b[2J", "Europe"]
)


def paths(value, path=()):
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from paths(part, (*path, name))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_content_ends_in_a_traceback_whoever_sealed_it(tested, decided, ring, data):
    """Somebody who holds a key may seal what they like: it is read with the same care."""
    document = json.loads(data.draw(st.sampled_from([tested, decided])).archive)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(sorted((one for one in paths(document) if one), key=str)))
        at = document
        for name in path[:-1]:
            at = at[name]
        if data.draw(st.booleans()) or isinstance(at, list):
            at[path[-1]] = deepcopy(data.draw(VALUES))  # the next change may be one within it
        else:
            del at[path[-1]]
    report = check(resealed(document, ring), data.draw(st.sampled_from([(), ring.trusted])))
    for lang in ("en", "zh"):
        shown = "\n".join(check_pack.lines_of(report, "f", lang))
        assert shown and "\x1b" not in shown
    json.dumps(report.as_dict())
