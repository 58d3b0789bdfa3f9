"""The one door: what is let in, under which name, and what is turned away with which sentence."""

import io
import stat
import struct
import zipfile

import pytest

from reqtrack.files.door import open_upload
from reqtrack.files.limits import MB, Limits
from reqtrack.files.names import clean_name, ending
from reqtrack.files.problems import FileProblem

SMALL = Limits(size=1 * MB, members=20, inflated=3 * MB)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def refused(data: bytes, name: str = "x.zip", limits: Limits = SMALL) -> str:
    with pytest.raises(FileProblem) as caught:
        open_upload(data, name, limits)
    assert caught.value.status == 422
    assert all(str(problem).startswith(clean_name(name)) for problem in caught.value.problems)
    return caught.value.problems[0].code


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\me\需求 清单.xlsx", "需求 清单.xlsx"),
        ("a\r\nSet-Cookie: x=1.csv", "aSet-Cookie: x=1.csv"),
        ("report\u202excod.exe", "reportxcod.exe"),
        ("", "file"),
        (None, "file"),
        ("...", "file"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_name_is_only_its_visible_last_part(given, shown):
    assert clean_name(given) == shown


@pytest.mark.parametrize("name", ["a\x00.csv", "a\ud800.csv"])
def test_a_name_with_broken_characters_is_refused(name):
    with pytest.raises(FileProblem) as caught:
        open_upload(b"a,b", name)
    assert caught.value.problems[0].code == "name"


def test_the_ending_of_a_markdown_feature_is_one():
    assert ending("Login.Feature.MD") == ".feature.md"
    assert ending("readme") == ""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"a,b\n1,2\n", "text"),
        (b"BMW,Audi\n1,2\n", "text"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "program"),
        (b"<?xml version='1.0'?><REQ-IF/>", "xml"),
        (b"\xef\xbb\xbf<testsuites/>", "xml"),
        (b"<!DOCTYPE html><html>", "html"),
        (b'[{"keyword": "Feature"}]', "json"),
        (b"[NOTE] not json", "text"),
        ("功能: 登录".encode("gb18030"), "text"),
        ("a\t需求\n".encode("utf-16-le"), "text"),
        (bytes(range(256)) * 4, "binary"),
        (zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "xlsx"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "docx"),
        (zipped({"a/b.reqif": b"<REQ-IF/>"}), "reqifz"),
        (zipped({"a.txt": b"x"}), "zip"),
    ],
)
def test_the_kind_is_told_by_the_bytes(data, kind):
    assert open_upload(data, "whatever.pdf").kind == kind


def test_a_stream_is_read_no_further_than_the_limit():
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            assert size >= 0
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(FileProblem) as caught:
        open_upload(endless, "a.csv", SMALL)
    assert caught.value.problems[0].code == "size"
    assert endless.given == SMALL.size + 1


def test_an_upload_knows_its_digest_and_members():
    upload = open_upload(io.BytesIO(zipped({"a.txt": b"hello", "folder/b.txt": b"x"})), "a.zip")
    assert [(member.name, member.size) for member in upload.members] == [("a.txt", 5), ("folder/b.txt", 1)]
    assert upload.member("a.txt") == b"hello"
    assert len(upload.digest) == 64
    with pytest.raises(FileProblem):
        upload.member("c.txt")


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "C:/x", "C:\\x", "..\\x", "a/../../x", "a\x01b", "\\\\host\\share"]
)
def test_names_that_lead_outside_are_refused(name):
    assert refused(zipped({name: b"x"})) == "archive_name"


def test_symbolic_links_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(out.getvalue()) == "archive_name"


def test_a_bomb_of_zeros_is_refused_by_its_density():
    assert refused(zipped({"zeros.xml": bytes(2 * MB)})) == "archive_ratio"


def test_a_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(zipped({"zeros.xml": bytes(2 * MB)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature)
        struct.pack_into("<I", data, at + offset, 10)
    assert refused(bytes(data)) in ("archive_ratio", "damaged")


def test_many_members_of_middling_density_are_stopped_by_the_sum():
    noise = bytes(range(256)) * 4096
    assert refused(zipped({f"{number}.bin": noise for number in range(4)})) in ("archive_size", "archive_ratio")


def test_a_dense_but_honest_archive_passes():
    # 34 : 1, as a genuine .reqifz of 1.5 MB has.
    line = b"".join(b'<ATTRIBUTE-VALUE-STRING THE-VALUE="%d"/>' % (number % 997) for number in range(40_000))
    upload = open_upload(zipped({"big.reqif": line}), "big.reqifz")
    assert upload.kind == "reqifz"
    assert upload.members[0].size == len(line) > 10 * upload.size


def test_archives_in_archives_in_archives_are_refused():
    inner = zipped({"a.txt": b"x"})
    two = zipped({"inner.zip": inner})
    assert open_upload(two, "two.zip", SMALL).kind == "zip"
    assert refused(zipped({"two.zip": two})) == "archive_depth"


def test_a_bomb_inside_an_inner_archive_is_found():
    bomb = zipped({"zeros": bytes(2 * MB)})
    assert refused(zipped({"inner.zip": bomb}, zipfile.ZIP_STORED)) == "archive_ratio"


def test_too_many_members_are_refused_before_they_are_listed():
    assert refused(zipped({f"{number}": b"" for number in range(21)})) == "archive_members"


def test_overlapping_members_are_refused():
    """Two directory entries for the same bytes: how 42 kB become terabytes."""
    data = zipped({"a": b"x" * 100, "b": b"y" * 100}, zipfile.ZIP_STORED)
    second = data.rindex(b"PK\x01\x02")
    first = data.index(b"PK\x01\x02")
    forged = bytearray(data)
    struct.pack_into("<I", forged, second + 42, struct.unpack_from("<I", data, first + 42)[0])
    assert refused(bytes(forged)) == "damaged"


def test_the_same_name_twice_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xml", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.xml", b"2")
    assert refused(out.getvalue()) == "archive_twice"


def test_a_password_is_named():
    data = bytearray(zipped({"a": b"x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert refused(bytes(data)) == "password"


def test_rare_compression_is_refused():
    assert refused(zipped({"a": b"x" * 100}, zipfile.ZIP_LZMA)) == "archive_method"


def test_a_wrong_checksum_is_refused():
    data = bytearray(zipped({"a.txt": b"hello world"}, zipfile.ZIP_STORED))
    data[data.index(b"hello")] = ord("j")
    assert refused(bytes(data)) == "damaged"


@pytest.mark.parametrize("cut", [5, 30, 60, -1])
def test_a_cut_archive_is_refused(cut):
    assert refused(zipped({"a.txt": b"hello" * 50})[:cut]) == "damaged"
