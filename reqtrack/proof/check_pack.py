#!/usr/bin/env python3
"""Check a pack of a sign-off, or of a decision on a change, of reqtrack, with nothing but Python 3.9 or later.

    python3 check_pack.py FILE [--key HEX]... [--keys FILE] [--lang en|zh] [--json]

FILE is the PDF, or the JSON archive that is attached to it. ``--key`` names a public key that you trust (64 hex digits), ``--keys``
the list of them as the installation serves it at /V/keys. Exit 0: genuine, 1: broken, 2: called wrongly.

The program itself checks by the functions here; there is no second implementation. What is sealed and how is told in
docs/decisions/seal.md, how to check by hand in docs/en/check-a-pack.md. This is one file so that it can be handed on.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

FORMAT = "reqtrack-sign-off-pack/1"
# What is sealed, so that a seal of one thing never passes for that of another.
ARCHIVE_KIND, FILE_KIND = "sign-off-pack", "sign-off-pack-file"
MAX_FILE = 1 << 30
MAX_ARCHIVE = 256 << 20
# How many streams of a file that carries no seal are looked into for an archive.
MAX_STREAMS = 20_000
# What data that say what they should not raise when they are read.
UNFIT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

# -- what is said ---------------------------------------------------------------------------------------------------------

PLACES = {
    "file": ("the file", "整个文件"),
    "pages": ("the pages", "页面"),
    "frame": ("what joins the pages and the attachments", "页面与附件之间的连接部分"),
    "archive": ("the attached archive", "所附的数据档案"),
    "evidence": ("an attached file of evidence", "所附的证据文件"),
    "seal": ("the seal", "封印"),
    "end": ("the end of the file", "文件末尾"),
    "key": ("the key", "密钥"),
    "fingerprint": ("the fingerprint", "校验码"),
    "items": ("the texts", "条目原文"),
    "results": ("the results", "验收结果"),
    "signatures": ("the signatures", "签名"),
    "events": ("the events", "事件记录"),
    "signers": ("the signers", "签署人"),
    "redline": ("the comparison with the text before", "与此前文本的对比"),
}
SENTENCES = {
    "not_a_pack": (
        "This is neither a pack nor its archive.",
        "这既不是档案包，也不是其中的数据档案。",
    ),
    "too_large": ("It is larger than any pack may be.", "它超过了档案包允许的大小。"),
    "no_seal": (
        "The seal is missing: the file was cut off, or another program wrote it anew. Ask for the file as it was sent.",
        "缺少封印：文件被截断，或被其他程序重新保存过。请索取原始文件。",
    ),
    "seal_damaged": ("The seal was changed: it cannot be read any more.", "封印被改动，已无法读取。"),
    "seal_wrong": (
        "The signature does not fit what is sealed and the key: it was changed, or made with another key.",
        "数字签名与封存内容及密钥不符：内容被改动，或用了别的密钥。",
    ),
    "changed": ("Its bytes are not those that were sealed (bytes %(start)s to %(stop)s).",
                "其内容与封存时不一致（第 %(start)s 至 %(stop)s 字节）。"),
    "appended": ("%(count)s bytes were added after the end.", "结尾之后多出 %(count)s 个字节。"),
    "length": ("It is %(count)s bytes long and was sealed with %(sealed)s.",
               "现有 %(count)s 个字节，封存时为 %(sealed)s 个字节。"),
    "parts": ("It names other parts than a pack has.", "它所列的组成部分不符合档案包的要求。"),
    "unreadable": ("It cannot be read.", "无法读取。"),
    "not_canonical": ("It is not in its canonical form.", "它不是规范形式。"),
    "unknown_format": ("Its format is %(format)s, which this checker does not know.",
                       "其格式为 %(format)s，本检查程序不认识。"),
    "malformed": ("Something that belongs there is missing, or is not what it should be.", "缺少应有的内容，或内容不合要求。"),
    "archive_changed": ("Its content is not the one that was sealed.", "其内容与封存时不一致。"),
    "two_keys": ("The archive was sealed with another key than the file: they do not belong together.",
                 "数据档案与文件用了不同的密钥封存，二者并不属于同一份档案包。"),
    "other_key": ("It was sealed with the key %(key)s, which is none of those given.",
                  "封存所用的密钥 %(key)s 不在给定的密钥之中。"),
    "key_unlisted": ("The key of the seal is not among the keys of the installation.", "封印的密钥不在该系统的密钥之列。"),
    "key_id": ("A key does not have the name that it is listed by.", "某个密钥与其编号不符。"),
    "key_time": ("The key was not in use when the pack was made (%(at)s).", "档案包生成时（%(at)s）该密钥不在有效期内。"),
    "foreign_file": ("A file is attached that no result names.", "附有一个验收结果中没有提到的文件。"),
    "wrong_print": ("What was signed does not have its fingerprint.", "所签内容与其校验码不符。"),
    "item_print": ("%(what)s does not have its print.", "%(what)s 的原文与其校验码不符。"),
    "item_missing": ("The text of %(what)s, which was signed, is missing.", "缺少所签的 %(what)s 的原文。"),
    "item_foreign": ("%(what)s is no part of what was signed.", "%(what)s 不属于所签内容。"),
    "row_seal": ("%(what)s does not have its seal: one of its columns was changed.", "%(what)s 与其封印不符：有内容被改动。"),
    "stamp": ("Signature %(what)s does not bear the seal of the installation.", "签名 %(what)s 没有系统的封印，或封印不符。"),
    "result_differs": ("Result %(what)s is not the one that was signed.", "验收结果 %(what)s 与所签的不一致。"),
    "evidence_differs": ("The evidence of result %(what)s is not the one that was recorded.",
                         "验收结果 %(what)s 的证据与记录不一致。"),
    "other_print": ("Signature %(what)s is over something else.", "签名 %(what)s 所签的是别的内容。"),
    "other_meaning": ("Signature %(what)s was given with another meaning.", "签名 %(what)s 的含义与此不同。"),
    "no_event": ("The event that made %(what)s is missing, or does not tell of it.", "缺少生成 %(what)s 的事件，或该事件未提到它。"),
    "event_hash": ("Event %(what)s does not have its hash.", "事件 %(what)s 与其哈希值不符。"),
    "event_chain": ("Event %(what)s does not follow on the one before.", "事件 %(what)s 与前一事件不衔接。"),
    "signer_differs": ("What is told of %(what)s is not what the signature says.", "关于 %(what)s 的记载与其签名不一致。"),
    "unnamed": ("Signature %(what)s belongs to none of the signers.", "签名 %(what)s 不属于任何签署人。"),
    "rule": ("It is called signed, and those who signed are not all that were needed.", "记为已签署，但签名尚未达到要求。"),
    "redline_differs": ("What it says of %(what)s does not lead to the text that was signed.",
                        "关于 %(what)s 的对比结果与所签原文不符。"),
    "redline_base": ("What it says of %(what)s does not begin with the text that was there.",
                     "关于 %(what)s 的对比结果与修改前的原文不符。"),
    "other_outcome": ("Vote %(what)s is for something else than what was decided.", "第 %(what)s 号表决与所作的决定不符。"),
    "other_votes": ("The votes are not those by which the change took effect.", "所列表决并非使该变更生效的表决。"),
}  # fmt: skip
LINES = {
    "genuine": ("%(file)s: genuine.", "%(file)s：真实有效。"),
    "broken": ("%(file)s: broken. Do not rely on it.", "%(file)s：已损坏或被改动，请勿采信。"),
    "finding": ("  - %(where)s: %(what)s", "  - %(where)s：%(what)s"),
    "checked": ("Checked: %(what)s.", "已检查：%(what)s。"),
    "file_seal": ("the seal of the file over %(count)s parts", "文件封印（%(count)s 个部分）"),
    "archive_seal": ("the seal of the archive", "数据档案的封印"),
    "items": ("%(count)s texts with their prints", "%(count)s 条原文及其校验码"),
    "results": ("%(count)s results with their seals", "%(count)s 条验收结果及其封印"),
    "signatures": ("%(count)s signatures with seals and events", "%(count)s 个签名及其封印和事件"),
    "evidence": ("%(count)s attached files of evidence", "%(count)s 个所附证据文件"),
    "left_out": ("Files of evidence that are named and not attached: %(count)s.", "有名称但未随附的证据文件：%(count)s 个。"),
    "signed": ("%(signoff)s over %(subject)s of %(project)s, %(state)s: “%(meaning)s”",
               "%(project)s 的 %(signoff)s，签署对象 %(subject)s，状态 %(state)s：“%(meaning)s”"),
    "decided": ("%(signoff)s of %(project)s was decided: %(outcome)s: “%(meaning)s”",
                "%(project)s 的 %(signoff)s 已作决定：%(outcome)s：“%(meaning)s”"),
    "fingerprint": ("Fingerprint: %(value)s", "校验码：%(value)s"),
    "signer": ("  %(name)s (%(roles)s): %(state)s", "  %(name)s（%(roles)s）：%(state)s"),
    "program": ("  %(name)s: %(state)s", "  %(name)s：%(state)s"),
    "behalf": (", for %(name)s", "，代 %(name)s"),
    "when": (", %(at)s (%(zone)s), %(way)s, %(method)s", "，%(at)s（%(zone)s），%(way)s，%(method)s"),
    "came": (", %(at)s (%(zone)s), %(method)s", "，%(at)s（%(zone)s），%(method)s"),
    "reason": (": “%(text)s”", "：“%(text)s”"),
    "reservation": (", with the reservation “%(text)s”", "，保留意见：“%(text)s”"),
    "known": ("The key is one of those given: %(key)s.", "密钥在给定的密钥之中：%(key)s。"),
    "unknown": ("Made by the installation whose key is %(key)s. Only the pack itself says so: compare the key with %(place)s.",
                "由密钥为 %(key)s 的系统生成。这仅是档案包自己的说法，请与 %(place)s 核对密钥。"),
    "ask": ("what the installation shows at its own address under /V/keys", "该系统网址下 /V/keys 页面所示的密钥"),
    "archive_alone": ("Only the archive was checked; of the pages it says nothing.", "仅检查了数据档案，未涉及页面。"),
    "inside": ("The archive inside has a sound seal of its own, by the key %(key)s; the pages are vouched for by nothing.",
               "其中的数据档案自身的封印完好（密钥 %(key)s），但页面已无任何保证。"),
}  # fmt: skip
WORDS = {
    "signed": "已签署", "declined": "已拒绝", "waiting": "待签署", "requested": "待签署", "withdrawn": "已撤回", "superseded": "已失效",
    "electronic": "电子签名", "paper": "纸签", "password": "密码", "totp": "动态码", "passkey": "通行密钥", "sso": "单点登录",
    "link": "一次性链接",
    "sign_in": "登录", "scan": "扫描件", "approved": "已批准", "rejected": "已驳回", "deferred": "已推迟", "must": "必须有",
    "should": "期望有", "later": "以后加", "silence": "无人异议", "template": "按模板生效", "business_owner": "业务负责人",
    "sponsor": "发起人", "project_manager": "项目经理", "administrator": "管理员",
}  # fmt: skip


def plain(text: Any) -> str:
    """A text as one line that a terminal shows and does not obey."""
    shown = str(text)[:4_000]
    return "".join(char if unicodedata.category(char)[0] not in "CZ" or char == " " else " " for char in shown)


def told(sentences: Mapping[str, tuple[str, str]], code: str, lang: str, params: Mapping[str, Any]) -> str:
    """A sentence in a language, with what it names."""
    return sentences[code][lang == "zh"] % {name: plain(value) for name, value in params.items()}


class Finding(NamedTuple):
    """One thing that is wrong: where (a key of ``PLACES``), what (a key of ``SENTENCES``), and what that names."""

    where: str
    code: str
    params: Mapping[str, Any]

    def sentence(self, lang: str = "en") -> str:
        """It in words, with its place."""
        what = told(SENTENCES, self.code, lang, self.params)
        return told(LINES, "finding", lang, {"where": PLACES[self.where][lang == "zh"], "what": what}).strip(" -")


class Key(NamedTuple):
    """A public key that is trusted, and from when until when it was in use (ISO 8601, "" when that is not known)."""

    public: bytes
    since: str = ""
    until: str = ""


class Report:
    """What a check found. ``genuine`` when nothing is wrong; ``key`` sealed it; ``known`` when that key was given."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.checked: dict[str, int] = {}
        self.document: dict[str, Any] | None = None
        self.key = b""
        self.known = False
        self.left_out = 0
        self.inside = b""

    @property
    def genuine(self) -> bool:
        return not self.findings

    def add(self, where: str, code: str, **params: Any) -> None:
        """Note what is wrong."""
        self.findings.append(Finding(where, code, params))

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "genuine": self.genuine,
            "key": self.key.hex(),
            "key_known": self.known,
            "checked": self.checked,
            "left_out": self.left_out,
            "findings": [
                {"where": one.where, "code": one.code, "params": dict(one.params), "sentence": one.sentence()}
                for one in self.findings
            ],
        }


# -- Ed25519 (RFC 8032) ---------------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
# A point as (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def _sum(a: Point, b: Point) -> Point:
    first, second = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    third, fourth = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return e * f % P, g * h % P, f * g % P, e * h % P


def _twice(a: Point) -> Point:
    first, second, third = a[0] * a[0] % P, a[1] * a[1] % P, 2 * a[2] * a[2] % P
    h = first + second
    e, g = h - (a[0] + a[1]) ** 2 % P, first - second
    f = third + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(data: bytes) -> Point | None:
    """The point that 32 bytes stand for; None where they stand for none, or write a number that has a shorter form."""
    y = int.from_bytes(data, "little")
    odd, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and odd):
        return None
    if x & 1 != odd:
        x = P - x
    return x, y, 1, x * y % P


def _bytes(a: Point) -> bytes:
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _small(a: Point) -> bool:
    """Whether a point is one of the eight by which many messages have the same signature."""
    eight = _twice(_twice(_twice(a)))
    return eight[0] % P == 0 and (eight[1] - eight[2]) % P == 0


BASE = _point(bytes.fromhex("58" + "66" * 31)) or ZERO


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature is that of the message by the key. Stricter than RFC 8032 asks: one signature has one form,
    and points of small order are refused."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER or _small(a) or _small(r):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus_a = (P - a[0], a[1], 1, P - a[3])
    both, found = _sum(BASE, minus_a), ZERO
    for bit in range(253, -1, -1):  # both products in one pass
        found = _twice(found)
        choice = (s >> bit & 1) + 2 * (k >> bit & 1)
        if choice:
            found = _sum(found, (BASE, minus_a, both)[choice - 1])
    return _bytes(found) == signature[:32]


def seal_message(kind: str, data: bytes) -> bytes:
    """What a seal signs: three lines, of which the last is the SHA-256 of the data."""
    return f"reqtrack seal v1\n{kind}\n{hashlib.sha256(data).hexdigest()}\n".encode()


def key_id(public: bytes) -> str:
    """The short name of a key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


# -- canonical JSON -------------------------------------------------------------------------------------------------------


def canonical(value: Any) -> bytes:
    """The canonical bytes of plain JSON: keys sorted, no needless space, UTF-8, texts as they are.

    Raises:
        ValueError: a text that is not Unicode, or a number that is none.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def row_seal(columns: Mapping[str, Any]) -> str:
    """The seal of a row, or the hash of an event, over its columns as the database holds them."""
    text = json.dumps(columns, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def parse(data: bytes) -> Any:
    """JSON without floats, constants, long numbers and repeated keys.

    Raises:
        ValueError, RecursionError: it is not that.
    """
    return json.loads(
        data.decode("utf-8"), object_pairs_hook=_pairs, parse_float=_no, parse_constant=_no, parse_int=_number
    )


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is there twice")
    return made


def _no(text: str) -> Any:
    raise ValueError(text[:40])


def _number(text: str) -> int:
    if len(text) > 20:
        raise ValueError("too long a number")
    return int(text)


# -- the file -------------------------------------------------------------------------------------------------------------

MARK = b"%reqtrack-seal/1 "
SEAL = re.compile(
    rb"%reqtrack-seal/1 sign-off-pack-file\n((?:%part [a-z]{1,10} (?:0|[1-9][0-9]{0,11}) [0-9a-f]{64}\n)+)"
    rb"%key ([0-9a-f]{64})\n%signature ([0-9a-f]{128})\nstartxref\n[0-9]{1,12}\n%%EOF\n"
)
REMAINS = re.compile(rb"\n%(?:part [a-z]+ [0-9]+ |key |signature )[0-9a-f]{32}")


class Part(NamedTuple):
    """A stretch of a file: ``pages``, ``frame``, ``archive`` or ``file``, and the SHA-256 that was sealed."""

    kind: str
    start: int
    length: int
    digest: str

    @property
    def stop(self) -> int:
        return self.start + self.length

    @property
    def where(self) -> str:
        return "evidence" if self.kind == "file" else self.kind


class FileSeal(NamedTuple):
    """The seal of a file: where it stands, the parts before it, whose it is, and the bytes that it signs."""

    start: int
    stop: int
    parts: tuple[Part, ...]
    public: bytes
    signature: bytes
    signed: bytes


def find_seal(data: bytes) -> FileSeal | None:
    """The last seal in a file; None where there is none that can be read."""
    start = data.rfind(MARK)
    match = SEAL.match(data, start) if start >= 0 else None
    if match is None or REMAINS.search(data, match.end()):
        return None
    parts, at = [], 0
    for line in match.group(1).decode().splitlines():
        _word, kind, length, digest = line.split(" ")
        parts.append(Part(kind, at, int(length), digest))
        at += int(length)
    signed = data[start : match.start(3)] + data[match.end(3) : match.end()]
    key, signature = bytes.fromhex(match.group(2).decode()), bytes.fromhex(match.group(3).decode())
    return FileSeal(start, match.end(), tuple(parts), key, signature, signed)


def check(data: bytes, keys: Sequence[Key] = ()) -> Report:
    """Check a pack (PDF) or its archive (JSON).

    Args:
        data: the bytes of the file, whatever they are.
        keys: public keys that are trusted; without any the pack is held against the key that it names itself.
    """
    report = Report()
    try:
        if len(data) > MAX_FILE:
            report.add("file", "too_large")
        elif data[:1] == b"{":
            _check_archive(data, keys, report)
        else:
            _check_file(data, keys, report)
    except (*UNFIT, MemoryError):
        report.add("file", "unreadable")
    return report


def _check_file(data: bytes, keys: Sequence[Key], report: Report) -> None:
    seal = find_seal(data)
    if seal is None:
        _unsealed(data, keys, report)
        return
    report.key = seal.public
    if not verify(seal.public, seal_message(FILE_KIND, seal.signed), seal.signature):
        report.add("seal", "seal_wrong")
        return  # what it says of the parts is worth nothing
    kinds = [part.kind for part in seal.parts]
    if kinds[0] != "pages" or kinds.count("pages") != 1 or kinds.count("archive") != 1:
        report.add("seal", "parts")
        return
    _check_parts(data, seal, report)
    report.checked["file_seal"] = len(seal.parts)
    archive = next(part for part in seal.parts if part.kind == "archive")
    if any(one.where in ("archive", "file") for one in report.findings):
        return  # what is to be read now is not what was sealed
    body = _inflated(data[archive.start : archive.stop])
    if body is None:
        report.add("archive", "unreadable")
        return
    _check_archive(body, keys, report)
    if report.document is not None:
        _guarded(report, "evidence", lambda: _check_files(report, seal))


def _check_parts(data: bytes, seal: FileSeal, report: Report) -> None:
    """Each part has its digest, and there is nothing but the parts and the seal."""
    for part in seal.parts:
        if part.stop > seal.start or _sha(data[part.start : part.stop]) != part.digest:
            report.add(part.where, "changed", start=part.start, stop=part.stop)
            if seal.start != seal.parts[-1].stop:
                break  # all after it has moved
    if seal.start != seal.parts[-1].stop:
        report.add("file", "length", count=seal.start, sealed=seal.parts[-1].stop)
    if len(data) > seal.stop:
        report.add("end", "appended", count=len(data) - seal.stop)


def _unsealed(data: bytes, keys: Sequence[Key], report: Report) -> None:
    """Say of a file without a seal what it may have been; the archive in it is looked for."""
    if MARK in data[-65_536:] or REMAINS.search(data):
        report.add("seal", "seal_damaged")
        return
    body = next(_archives(data), None)
    if body is None:
        report.add("file", "not_a_pack" if data[:5] != b"%PDF-" or FORMAT.encode() not in data else "no_seal")
        return
    report.add("seal", "no_seal")
    inner = Report()
    _check_archive(body, keys, inner)
    report.document = inner.document
    report.inside = inner.key if inner.genuine else b""
    report.findings += [one for one in inner.findings if one not in report.findings]


def _archives(data: bytes) -> Iterator[bytes]:
    """What is attached to a PDF and says that it is an archive, found without reading the PDF's structure."""
    left = MAX_ARCHIVE
    for number, match in enumerate(re.finditer(rb"stream\r?\n", data)):
        stop = data.find(b"endstream", match.end())
        if number >= MAX_STREAMS or left <= 0 or stop < 0:
            return
        start = match.end()
        if data[start : start + 2] == b'{"':
            body: bytes | None = data[start:stop].rstrip(b"\r\n")
        elif _begins(data[start : min(start + 256, stop)]) == b'{"':
            body = _inflated(data[start:stop], left, whole=False)
        else:
            continue
        left -= len(body or b"")
        if body is not None and FORMAT.encode() in body:
            yield body


def _begins(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, 2)
    except zlib.error:
        return b""


def _inflated(data: bytes, most: int = MAX_ARCHIVE, *, whole: bool = True) -> bytes | None:
    """What was compressed; None when it is damaged, too large or, where it should be the ``whole``, something stands after it."""
    reader = zlib.decompressobj()
    try:
        body = reader.decompress(data, most)
    except zlib.error:
        return None
    return body if reader.eof and not (whole and reader.unused_data) else None


def _check_files(report: Report, seal: FileSeal) -> None:
    """Each attached file of evidence is one that a result names; those that are not attached are counted."""
    document = report.document or {}
    named = {one["sha256"]: one["size"] for result in document["results"] for one in result["evidence"]}
    attached = {part.digest: part.length for part in seal.parts if part.kind == "file"}
    if any(named.get(digest) != length for digest, length in attached.items()):
        report.add("evidence", "foreign_file")
    report.checked["evidence"] = len(attached)
    report.left_out = len(named.keys() - attached.keys())


# -- the archive ----------------------------------------------------------------------------------------------------------


def _guarded(report: Report, where: str, look: Callable[[], None]) -> None:
    """Make one check; data that are not what the format says are a finding."""
    try:
        look()
    except UNFIT:
        report.add(where, "malformed")


def _check_archive(data: bytes, keys: Sequence[Key], report: Report) -> None:
    try:
        document = parse(data)
        sound = canonical(document) == data
    except UNFIT:
        report.add("archive", "unreadable")
        return
    if not isinstance(document, dict) or not isinstance(document.get("format"), str):
        report.add("archive", "not_a_pack")
        return
    if document["format"] != FORMAT:
        report.add("archive", "unknown_format", format=document["format"][:60])
        return
    if not sound:
        report.add("archive", "not_canonical")
    report.document = document
    before = len(report.findings)
    _guarded(report, "seal", lambda: _check_seal(document, report))
    if len(report.findings) > before:
        return  # whatever else it says, somebody else may have written
    _guarded(report, "key", lambda: _check_key(document, keys, report))
    report.checked["archive_seal"] = 1
    for where, look in LOOKS:
        _guarded(report, where, partial(look, document, report))


def _check_seal(document: Mapping[str, Any], report: Report) -> None:
    seal = document["seal"]
    rest = canonical({name: value for name, value in document.items() if name != "seal"})
    public, signature = _hex(seal["public"], 32), _hex(seal["signature"], 64)
    if report.key and report.key != public:
        report.add("key", "two_keys")
    report.key = report.key or public
    same = seal["digest"] == f"sha256:{_sha(rest)}"
    if not verify(public, seal_message(ARCHIVE_KIND, rest), signature):
        report.add(*(("seal", "seal_wrong") if same else ("archive", "archive_changed")))
    elif not same or seal["key"] != key_id(public) or set(seal) != {"key", "public", "digest", "signature"}:
        report.add("seal", "seal_damaged")


def _hex(text: str, length: int) -> bytes:
    if not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text):
        raise ValueError(text[:200])
    return bytes.fromhex(text)


def _check_key(document: Mapping[str, Any], keys: Sequence[Key], report: Report) -> None:
    """The key is one of the installation's, was in use then and, where keys were given, is one of them."""
    public = bytes.fromhex(document["seal"]["public"])
    listed = []
    for one in document["installation"]["keys"]:
        listed.append(Key(_hex(one["public"], 32), one["since"], one["until"] or ""))
        if one["id"] != key_id(listed[-1].public):
            report.add("key", "key_id")
    mine = [one for one in listed if one.public == public]
    if not mine:
        report.add("key", "key_unlisted")
    trusted = [one for one in keys if one.public == public]
    if keys and not trusted:
        report.add("key", "other_key", key=public.hex())
    report.known = bool(trusted)
    at = document["made_at"]
    if not all(in_use(one, at) for one in (*mine, *trusted)):
        report.add("key", "key_time", at=at)


INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def in_use(key: Key, at: str) -> bool:
    """Whether a key was in use at an instant: from ``since`` until before ``until`` (instants of fixed width, so that text order is
    time order)."""
    if not all(INSTANT.fullmatch(one) for one in (at, *filter(None, (key.since, key.until)))):
        raise ValueError(at)
    return (not key.since or key.since <= at) and (not key.until or at < key.until)


def _check_fingerprint(document: Mapping[str, Any], report: Report) -> None:
    over = document["over"].encode("utf-8")
    if document["fingerprint"] != f"sha256:{_sha(over)}" or canonical(parse(over)) != over:
        report.add("fingerprint", "wrong_print")


def _check_items(document: Mapping[str, Any], report: Report) -> None:
    """Each text has its two prints, and the texts are those that were signed."""
    for one in document["items"]:
        report.checked["items"] = report.checked.get("items", 0) + 1
        content, kind = parse(one["content"].encode("utf-8")), document["kinds"][one["kind"]]
        if (one["text_print"], one["scope_print"]) != prints(content, kind):
            report.add("items", "item_print", what=one["key"])
    over = json.loads(document["over"])
    if document["signoff"]["subject_kind"] == "baseline":
        signed = dict(over["items"])
        here = {one["key"]: one["scope_print"] for one in document["items"]}
        _compare_keys(signed, here, report)
        if len(here) != len(document["items"]) or len(signed) != len(over["items"]):
            report.add("items", "malformed")
    elif document["signoff"]["subject_kind"] == "round":
        here_too = {(one["key"], one["text_print"]) for one in document["items"]}
        for key, text_print in sorted({(one[0], one[2]) for one in over["results"]} - here_too):
            report.add("items", "item_missing", what=f"{key} ({text_print[:12]})")
    elif document["signoff"]["subject_kind"] == "decision":
        edited = {one["item"] for one in over["package"]["edits"] if "item" in one}
        for key in sorted({one["key"] for one in document["items"]} - edited):
            report.add("items", "item_foreign", what=key)


def _compare_keys(signed: Mapping[str, str], here: Mapping[str, str], report: Report) -> None:
    for key in sorted(signed.keys() | here.keys()):
        if key not in here:
            report.add("items", "item_missing", what=key)
        elif key not in signed:
            report.add("items", "item_foreign", what=key)
        elif signed[key] != here[key]:
            report.add("items", "item_print", what=key)


def prints(content: Mapping[str, Any], kind: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """``(text_print, scope_print)`` of a content; ``kind`` names the fields of each."""
    text = {name: content[name] for name in kind["text"] if name in content}
    scope = {name: content[name] for name in (*kind["text"], *kind["scope"]) if name in content}
    if content.get("retired"):
        scope["retired"] = True
    return _sha(canonical(text)), _sha(canonical(scope))


def _check_results(document: Mapping[str, Any], report: Report) -> None:
    """Each result has its seal and its evidence, and the results are those that were signed."""
    given = {}
    for one in document["results"]:
        report.checked["results"] = report.checked.get("results", 0) + 1
        columns, what = one["columns"], one["columns"]["number"]
        if row_seal(columns) != one["seal"]:
            report.add("results", "row_seal", what=what)
        recorded = [digest for digest, _name in json.loads(columns["evidence"] or "[]")]
        if recorded != [file["sha256"] for file in one["evidence"]]:
            report.add("results", "evidence_differs", what=what)
        given[one["seal"]] = [one["acceptance"], columns["row"], columns["text_print"], columns["verdict"], one["seal"]]
    if document["signoff"]["subject_kind"] != "round":
        return
    signed = {line[4]: line for line in json.loads(document["over"])["results"]}
    for seal in sorted(signed.keys() | given.keys()):
        if signed.get(seal) != given.get(seal):
            line = given.get(seal) or signed[seal]
            report.add("results", "result_differs", what=f"{line[0]} {'' if line[1] is None else line[1]}".strip())


def _check_events(document: Mapping[str, Any], report: Report) -> None:
    """Each event has its hash, and follows on the one before where that is here, too."""
    before: Mapping[str, Any] = {}
    for one in sorted(document["events"], key=lambda one: one["columns"]["seq"]):
        columns = one["columns"]
        if row_seal(columns) != one["hash"]:
            report.add("events", "event_hash", what=columns["seq"])
        step = columns["seq"] - before["columns"]["seq"] if before else 2
        if step < 1 or (step == 1 and columns["previous"] != before["hash"]):
            report.add("events", "event_chain", what=columns["seq"])
        before = one


# The columns of a signature that hold the installation's own seal on it, which is over all the others.
STAMPS = ("stamp", "stamp_key")
# By table, what a stamp is over, as the seal names it.
STAMP_KINDS = {"signatures": "signature", "decisions": "decision"}


def _stamped(columns: Mapping[str, Any], table: str, document: Mapping[str, Any]) -> bool:
    """Whether a signature bears the seal of one of the pack's keys that was in use then; those of before there were keys bear none."""
    if not any(columns.get(name) for name in STAMPS):
        return True
    over = row_seal({name: value for name, value in columns.items() if name not in STAMPS}).encode()
    for told in document["installation"]["keys"]:
        if told["id"] == columns.get("stamp_key"):
            key = Key(bytes.fromhex(told["public"]), told["since"], told["until"] or "")
            given = columns.get("stamp") or ""
            return (
                bool(re.fullmatch("[0-9a-f]{128}", given))
                and in_use(key, columns["at"])
                and verify(key.public, seal_message(STAMP_KINDS[table], over), bytes.fromhex(given))
            )
    return False


def _check_signatures(document: Mapping[str, Any], report: Report) -> None:
    """Each signature has its seal, is over this fingerprint in this meaning, and its event tells of it."""
    made = {
        (one["columns"]["project_id"], one["columns"]["seq"]): [
            tuple(seal) for seal in json.loads(one["columns"]["seals"] or "[]")
        ]
        for one in document["events"]
    }
    for one in document["signatures"]:
        report.checked["signatures"] = report.checked.get("signatures", 0) + 1
        columns, table = one["columns"], one["table"]
        what, key = columns["number"], f"{columns['project_id']}:{columns['number']}"
        if row_seal(columns) != one["seal"]:
            report.add("signatures", "row_seal", what=what)
        if not _stamped(columns, table, document):
            report.add("signatures", "stamp", what=what)
        if (table, key, one["seal"]) not in made.get((columns["project_id"], one["event"]), ()):
            report.add("signatures", "no_event", what=what)
        if table == "decisions":
            _check_vote(columns, document, report)
        elif columns["fingerprint"] != document["fingerprint"]:
            report.add("signatures", "other_print", what=what)
        elif columns["meaning"] not in document["signoff"]["meaning"].values():
            report.add("signatures", "other_meaning", what=what)


def _check_vote(columns: Mapping[str, Any], document: Mapping[str, Any], report: Report) -> None:
    """A vote is on this package, and for what was decided of it; its event says how the phase was called then."""
    over = json.loads(document["over"])
    if columns["package_print"] != _sha(canonical(over["package"])):
        report.add("signatures", "other_print", what=columns["number"])
    phases = {}
    for one in document["events"]:
        load = json.loads(one["columns"]["after"] or "{}").get("load", ())
        phases.update({told["id"]: told["phase"] for told in load})
    number = columns["phase_id"]
    phase = None if number is None else phases.get(number, f"#{number}")
    if (columns["outcome"], columns["tier"], phase) != (over["outcome"], over["tier"], over["phase"]):
        report.add("signatures", "other_outcome", what=columns["number"])


# What is told of a signer, and the columns that say it, by table.
TOLD = {
    "signatures": {"name": "signer_name", "login": "signer", "at": "at", "zone": "zone", "method": "method"},
    "decisions": {"name": "decider_name", "login": "decider", "at": "at", "method": "method"},
}


def _check_signers(document: Mapping[str, Any], report: Report) -> None:
    """What is told of each signer is what the signature says, and the rule is kept where it is called signed."""
    rows = {one["columns"]["number"]: one for one in document["signatures"]}
    signers = document["signoff"]["signers"]
    for one in signers:
        row = rows.pop(one["signature"], None) if one["signature"] is not None else None
        if (row is None) != (one["state"] == "waiting") or (row is not None and not _same(one, row)):
            report.add("signers", "signer_differs", what=one["name"])
    for number in rows:
        report.add("signers", "unnamed", what=number)
    signed = [one for one in signers if one["state"] == "signed"]
    for event in document["events"]:
        columns = event["columns"]
        counted = json.loads(columns["after"] or "{}").get("votes") if columns["action"] == "change.applied" else None
        if counted is not None and sorted(counted) != sorted(
            one["columns"]["number"] for one in document["signatures"]
        ):
            report.add("signers", "other_votes")
    if document["signoff"]["state"] in ("signed", "superseded") and not complete(
        document["signoff"]["rule"], signers, signed
    ):
        report.add("signers", "rule")


def _same(one: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    columns = row["columns"]
    given = "signed" if columns["outcome"] == "approved" else columns["outcome"]
    return (
        all(one[name] == columns[column] for name, column in TOLD[row["table"]].items())
        and one["state"] == ("declined" if given in ("rejected", "deferred") else given)
        and (one["on_behalf_of"] or "") == (columns.get("behalf_name") or "")
        and (one["reservation"] or one["reason"] or "") == columns["reason"]
        and not one["reservation" if one["state"] == "declined" or row["table"] == "decisions" else "reason"]
        and one["roles"] == columns.get("roles", columns.get("seat", "")).split()
        and one["way"] == ("paper" if columns["method"] == "paper" else "electronic")
    )


def complete(
    rule: Mapping[str, Any], signers: Sequence[Mapping[str, Any]], signed: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether those who signed are all that a rule needs: ``all``, ``any``, ``number`` (of ``needed``), ``per_role`` (of ``roles``).

    A seat counts when nobody declined there, and, of a rule whose ``ways`` are ``both``, when it is signed in both.

    Raises:
        KeyError: there is no such rule.
    """
    # Packs of before there were seats: one for each signer.
    seats = [one.get("seat", f"#{at}") for at, one in enumerate(signers)]
    ways: dict[Any, set[str]] = {}
    for seat, one in zip(seats, signers, strict=True):
        held = ways.setdefault(seat, set())
        if one in signed:
            held.add(one["way"])
        elif one["state"] == "declined":
            held.add("declined")
    wanted = 2 if rule.get("ways") == "both" else 1
    full = {seat for seat, held in ways.items() if "declined" not in held and len(held) >= wanted}
    name = rule["name"]
    if name == "per_role":
        there = [one for seat, one in zip(seats, signers, strict=True) if seat in full and one in signed]
        return bool(rule["roles"]) and all(any(role in one["roles"] for one in there) for role in rule["roles"])
    needed: int = {"all": len(ways), "any": 1, "number": rule.get("needed", 0)}[name]
    return len(full) >= needed > 0


def _check_redline(document: Mapping[str, Any], report: Report) -> None:
    """Each change leads to the text that was signed."""
    if document["redline"] is None:
        return
    if document["signoff"]["subject_kind"] == "decision":
        _check_edits(document, report)
        return
    contents = {one["key"]: json.loads(one["content"]) for one in document["items"]}
    for one in document["redline"]["changes"]:
        if _leads_to(one) != contents[one["item"]].get(one["field"]):
            report.add("redline", "redline_differs", what=f"{one['item']} {one['field']}")
    for key in document["redline"]["added"]:
        if key not in contents:
            report.add("redline", "redline_differs", what=key)
    for key in document["redline"]["removed"]:
        if key in contents:
            report.add("redline", "redline_differs", what=key)


def _check_edits(document: Mapping[str, Any], report: Report) -> None:
    """Each edit of the package is told, from the text that was there to the one that was decided."""
    edits = json.loads(document["over"])["package"]["edits"]
    wanted = {(one["item"], one["field"]): one["new"] for one in edits if "field" in one}
    bases = {(one["key"], one["version"]): json.loads(one["content"]) for one in document["items"]}
    redline = document["redline"]
    for one in redline["changes"]:
        what = f"{one['item']} {one['field']}"
        if (one["item"], one["field"]) not in wanted or _leads_to(one) != wanted.pop((one["item"], one["field"])):
            report.add("redline", "redline_differs", what=what)
        if _comes_from(one) != bases[one["item"], one["base"]].get(one["field"]):
            report.add("redline", "redline_base", what=what)
    for item, field in sorted(wanted):
        report.add("redline", "redline_differs", what=f"{item} {field}")
    for part, name in (("added", "ref"), ("removed", "retire")):
        for key in sorted(set(redline[part]) ^ {one[name] for one in edits if name in one}):
            report.add("redline", "redline_differs", what=key)


def _leads_to(change: Mapping[str, Any], side: str = "new", gone: str = "del") -> Any:
    """The new value of a field: of a text, from its segments; of a list of lines, from theirs; of another value, as it is told."""
    if "segments" in change:
        return _without(gone, change["segments"])
    if "lines" in change:
        lines = [line for line in change["lines"] if line[side] is not None]
        return [_without(gone, line["segments"]) for line in sorted(lines, key=lambda line: line[side])] or None
    return change[side]


def _comes_from(change: Mapping[str, Any]) -> Any:
    """The value of a field before, likewise."""
    return _leads_to(change, "old", "ins")


def _without(gone: str, segments: Iterable[Sequence[str]]) -> str:
    return "".join(text for op, text in segments if op != gone)


LOOKS = (
    ("fingerprint", _check_fingerprint),
    ("items", _check_items),
    ("results", _check_results),
    ("events", _check_events),
    ("signatures", _check_signatures),
    ("signers", _check_signers),
    ("redline", _check_redline),
)

# -- the command ----------------------------------------------------------------------------------------------------------


def lines_of(report: Report, name: str, lang: str) -> Iterator[str]:
    """What a person is told, line by line."""

    def say(code: str, **params: Any) -> str:
        return told(LINES, code, lang, params)

    yield say("genuine" if report.genuine else "broken", file=name)
    for one in report.findings:
        yield "  - " + one.sentence(lang)
    if report.inside:
        yield say("inside", key=report.inside.hex())
    if not report.genuine or report.document is None:
        return
    comma = "，" if lang == "zh" else ", "
    parts = [say(code, count=count) for code, count in report.checked.items() if count]
    yield told({"checked": LINES["checked"]}, "checked", lang, {"what": comma.join(parts)})
    if "file_seal" not in report.checked:
        yield say("archive_alone")
    if report.left_out:
        yield say("left_out", count=report.left_out)
    yield from _story(report.document, lang)
    place = report.document["installation"].get("keys_at") or say("ask")
    yield say("known", key=report.key.hex()) if report.known else say("unknown", key=report.key.hex(), place=place)


def _story(document: Mapping[str, Any], lang: str) -> Iterator[str]:
    """What was signed, by whom, when and how."""

    def word(text: str) -> str:
        return WORDS.get(text, text) if lang == "zh" else text

    try:
        signoff = document["signoff"]
        meanings = signoff["meaning"]
        meaning = meanings.get(lang) or next(iter(meanings.values()))
        names = {"signoff": signoff["key"], "subject": signoff["subject"], "project": document["project"]["key"]}
        comma, outcome = (", ", "、")[lang == "zh"], ""
        if signoff["subject_kind"] == "decision":
            over = json.loads(document["over"])
            outcome, until = word(over["outcome"]), document.get("change", {}).get("until")
            whole = comma.join([outcome, *filter(None, (word(over["tier"] or ""), over["phase"], until))])
            yield told(LINES, "decided", lang, {**names, "outcome": whole, "meaning": meaning})
        else:
            yield told(LINES, "signed", lang, {**names, "state": word(signoff["state"]), "meaning": meaning})
        yield told(LINES, "fingerprint", lang, {"value": document["fingerprint"]})
        for one in signoff["signers"]:
            roles = comma.join(word(role) for role in one["roles"])
            state = outcome or word(one["state"])
            line = told(
                LINES, "signer" if roles else "program", lang, {"name": one["name"], "roles": roles, "state": state}
            )
            if one["on_behalf_of"]:
                line += told(LINES, "behalf", lang, {"name": one["on_behalf_of"]})
            if one["state"] != "waiting":
                how = {"way": word(one["way"]), "method": word(one["method"] or "sign_in")}
                when = {"at": _local(one["at"], one["zone"]), "zone": one["zone"] or "UTC", **how}
                line += told(LINES, "when" if roles else "came", lang, when)
            for name in ("reservation", "reason"):
                if one[name]:
                    line += told(LINES, name, lang, {"text": one[name]})
            yield line
    except UNFIT:
        return  # the seal holds, and a later version of the program tells more than this one knows


def _local(at: str, zone: str | None) -> str:
    """An instant as the clocks of its zone showed it; in UTC where this machine knows no zones."""
    instant = datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    try:
        instant = instant.astimezone(ZoneInfo(zone or "UTC"))
    except (*UNFIT, OSError):
        pass
    return instant.isoformat(" ", "seconds")


def keys_from(text: str) -> list[Key]:
    """The keys of a list as the installation serves it: ``{"keys": [{"id", "public", "since", "until"}…]}``.

    Raises:
        ValueError, KeyError, TypeError: it is not such a list.
    """
    return [Key(_hex(one["public"], 32), one["since"], one["until"] or "") for one in json.loads(text)["keys"]]


def _key(text: str) -> Key:
    try:
        return Key(_hex(text.strip().lower(), 32))
    except ValueError:
        raise argparse.ArgumentTypeError("a public key is 64 hex digits / 公钥为 64 位十六进制数") from None


def _language() -> str:
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="check_pack.py", description="Check a pack of a sign-off or a decision. 检查签署或决定的档案包。"
    )
    parser.add_argument("file", metavar="FILE", help="the PDF, or the JSON archive / PDF 或其中的 JSON 档案")
    parser.add_argument("--key", metavar="HEX", type=_key, action="append", default=[], help="a trusted key / 可信公钥")
    parser.add_argument("--keys", metavar="FILE", help="a list of them, from /V/keys / 公钥列表文件")
    parser.add_argument("--lang", choices=("en", "zh"), default=_language())
    parser.add_argument("--json", action="store_true", help="for machines / 供程序读取")
    given = parser.parse_args(arguments)
    keys = list(given.key)
    try:
        if given.keys:
            with open(given.keys, encoding="utf-8") as file:
                keys += keys_from(file.read(1 << 20))
        with open(given.file, "rb") as pack:
            data = pack.read(MAX_FILE + 1)
    except OSError as problem:
        parser.error(f"{problem.filename}: {problem.strerror}")
    except UNFIT:
        parser.error(f"{given.keys}: this is no list of keys / 这不是公钥列表")
    report = check(data, keys)
    _write(report, given.file, given.lang, given.json)
    return 0 if report.genuine else 1


def _write(report: Report, name: str, lang: str, as_json: bool) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if as_json:
        sys.stdout.write(json.dumps(report.as_dict(), indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(lines_of(report, name, lang)) + "\n")


if __name__ == "__main__":
    sys.exit(main())
